//! Findings: a cause with its words filled in, and the document that mends it.

use byob_aws::Partition;

use super::{
    causes::Cause,
    judged::Because,
    report::{CorrectedDocument, DocumentKind, Finding, Written},
    subject::Subject,
};
use crate::{
    core::Core,
    integration::{
        Record, Spec,
        changes::{diff, text},
        documents::Documents,
        drafts::merged,
        settings::Authentication,
    },
};

/// What it means, and what to do, where an access key may not do something.
const KEY_LACKS: (&str, &str) = (
    "The store refused {action} on {resource} to the access key.",
    "On AWS, let a policy of the key's IAM user be this document, and look for a `Deny` in the bucket policy. Other stores have a page of their own for what a key may do.",
);

/// The same where nobody in particular asks.
const EVERYBODY_LACKS: (&str, &str) = (
    "The store refused {action} on {resource} to requests without credentials.",
    "Only a bucket that is open to everybody can be reached so: its policy has to allow {action} to everybody. If it is not meant to be open, set `authentication` to `role`.",
);

/// The words that sentences of causes are filled in with.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts(Vec<(&'static str, String)>);

impl Facts {
    /// What is known from the start.
    pub fn of(subject: &Subject) -> Self {
        let record = &subject.record;
        let spec = subject.integration.as_ref().map(|integration| &integration.spec);
        let bucket = subject.bucket.as_ref().map(ToString::to_string);
        let arn = subject.bucket.as_ref().map(|bucket| bucket.arn(spec.map_or(Partition::Aws, Spec::partition)));
        let quoted = |text: Option<String>| text.map(|text| format!("`{text}`"));
        let or = |text: Option<String>, otherwise: &str| text.unwrap_or_else(|| otherwise.to_owned());
        Self(vec![
            ("role", or(quoted(subject.role.as_ref().map(ToString::to_string)), subject.asker())),
            ("principal", or(quoted(record.principal.as_ref().map(ToString::to_string)), "the platform's principal")),
            ("external_id", format!("`{}`", record.external_id.as_str())),
            ("bucket", or(quoted(bucket), "the bucket")),
            ("bucket_arn", or(quoted(arn), "the bucket's ARN")),
            ("region", or(quoted(record.settings.region.clone()), "the one that is set")),
            ("endpoint", or(quoted(record.settings.endpoint_url.clone()), "AWS's address")),
            ("prefix", spec.and_then(|spec| spec.scope.prefix()).map(ToString::to_string).unwrap_or_default()),
            ("duration", record.settings.session_duration.to_string()),
            ("found_region", "its page in the S3 console shows it".to_owned()),
        ])
    }

    /// One more, or another one in place of it.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    fn fill(&self, sentence: &str) -> String {
        let mut filled = String::with_capacity(sentence.len());
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, after)) = after.split_once('}') else { break };
            let value = self.0.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
            filled.push_str(value.unwrap_or("it"));
            rest = after;
        }
        filled + rest
    }

    /// The finding of a cause. Where no role is assumed, there is no role whose access policy could be mended.
    pub fn finding(&self, cause: &Cause, subject: &Subject) -> Finding {
        let of_role = (cause.means, cause.fix);
        let (means, fix) = match (cause.document, &subject.record.settings.authentication) {
            (Some(DocumentKind::AccessPolicy), Some(Authentication::AccessKey { .. })) => KEY_LACKS,
            (Some(DocumentKind::AccessPolicy), Some(Authentication::Anonymous {})) => EVERYBODY_LACKS,
            _ => of_role,
        };
        Finding {
            cause: cause.name.to_owned(),
            detail: self.fill(means),
            fix: self.fill(fix),
            document: None,
            settings: None,
        }
    }
}

/// What is known of the customer's document, where it differs from ours.
pub(super) enum Known {
    /// Nothing.
    Nothing,
    /// There is none at all.
    Absent,
    /// It lacks this action.
    Lacks(String),
    /// It demands no external ID.
    Undemanding,
    /// It exposes these headers only.
    Exposes(Vec<String>),
}

/// The document that mends it, with what to change; of the settings as they are to become, where a fix names some.
pub(super) fn corrected(
    core: &Core,
    subject: &Subject,
    kind: DocumentKind,
    because: &Because,
) -> Option<CorrectedDocument> {
    if matches!(subject.record.settings.authentication, Some(Authentication::Anonymous {}))
        && kind != DocumentKind::Cors
    {
        return None;
    }
    let changes = because.settings.as_ref().and_then(|settings| settings.as_object()).cloned().unwrap_or_default();
    let settings = merged(&subject.record.settings, changes).ok()?;
    let ours = core.policies(&Record { settings, ..subject.record.clone() }).ok()?;
    let theirs = granted(core, subject, &ours, kind).or_else(|| theirs(&ours, kind, &because.known));
    let document = match kind {
        DocumentKind::AccessPolicy => Written::new(ours.access_policy.as_ref()?),
        DocumentKind::TrustPolicy => Written::new(ours.trust_policy.as_ref()?),
        DocumentKind::Cors => Written::new(&ours.cors.cors_rules),
    };
    let diff = theirs.and_then(|theirs| Some(diff(&theirs, &text(&ours, kind)?))).filter(|diff| !diff.is_empty());
    Some(CorrectedDocument { kind, document: document?, diff })
}

/// The customer's document of when a check last passed, where ours has changed since.
fn granted(core: &Core, subject: &Subject, ours: &Documents, kind: DocumentKind) -> Option<String> {
    let granted = text(&core.granted(&subject.record)?, kind)?;
    (Some(&granted) != text(ours, kind).as_ref()).then_some(granted)
}

/// The customer's document, as far as it is known.
fn theirs(ours: &Documents, kind: DocumentKind, known: &Known) -> Option<String> {
    let mut theirs = ours.clone();
    match known {
        Known::Nothing => return None,
        Known::Absent => return Some(String::new()),
        Known::Lacks(action) => {
            let statements = &mut theirs.access_policy.as_mut()?.statement;
            for statement in statements.iter_mut() {
                statement.action.retain(|one| one != action);
            }
            statements.retain(|statement| !statement.action.is_empty());
        }
        Known::Undemanding => {
            theirs.trust_policy.as_mut()?.statement.iter_mut().for_each(|statement| statement.condition.clear());
        }
        Known::Exposes(headers) => {
            let seen = |header: &&str| headers.iter().any(|seen| seen.eq_ignore_ascii_case(header));
            theirs.cors.cors_rules.iter_mut().for_each(|rule| rule.expose_headers.retain(seen));
        }
    }
    text(&theirs, kind)
}
