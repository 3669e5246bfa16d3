//! What the customer has to change since a check last passed: today's documents beside those of then.

use std::collections::HashSet;

use byob_aws::{PrincipalArn, arn::Dialect, policies::Access};
use serde::{Deserialize, Serialize};
use similar::TextDiff;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{Record, Settings, documents::Documents, settings::AccessName};
use crate::{core::Core, runtime::from_millis};

/// A document of the customer's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// What the role may do.
    AccessPolicy,
    /// Who may assume the role.
    TrustPolicy,
    /// Which pages may read the bucket.
    Cors,
}

/// Unified diffs of the documents that are others now than when a check last passed; those that are the same have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// When that check ended.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Of the access policy.
    pub access_policy: Option<String>,
    /// Of the trust policy.
    pub trust_policy: Option<String>,
    /// Of the CORS rules.
    pub cors: Option<String>,
    /// Of part of it no request can tell. What is to be taken away is out of reach anyhow, for sessions reach no farther than what is declared,
    /// and access lists are not tried.
    #[serde(skip)]
    pub(crate) out_of_sight: bool,
    /// KMS keys are declared that were not then.
    #[serde(skip)]
    pub(crate) more_keys: bool,
}

impl Core {
    /// What the customer has to change; none if nothing differs, or no check has passed yet.
    pub(crate) fn changes(&self, record: &Record, documents: &Documents) -> Option<Changes> {
        let (settings, then) = (&record.settings, granted_settings(record)?);
        let granted = self.granted(record)?;
        let texts = |kind| Some((text(&granted, kind).unwrap_or_default(), text(documents, kind)?));
        let of = |kind| texts(kind).map(|(before, after)| diff(&before, &after)).filter(|diff| !diff.is_empty());
        let kinds = [DocumentKind::AccessPolicy, DocumentKind::TrustPolicy, DocumentKind::Cors];
        let changes = Changes {
            since: from_millis(record.row.granted_at?),
            access_policy: of(DocumentKind::AccessPolicy),
            trust_policy: of(DocumentKind::TrustPolicy),
            cors: of(DocumentKind::Cors),
            out_of_sight: (sets_lists(settings) && !sets_lists(&then))
                || kinds.into_iter().filter_map(texts).any(|(before, after)| lacks_lines(&before, &after)),
            more_keys: settings.kms_key_arns.iter().any(|key| !then.kms_key_arns.contains(key)),
        };
        let any = changes.access_policy.is_some() || changes.trust_policy.is_some() || changes.cors.is_some();
        any.then_some(changes)
    }

    /// The documents at which a check last passed.
    pub(crate) fn granted(&self, record: &Record) -> Option<Documents> {
        let settings = granted_settings(record)?;
        let principal = record.row.granted_principal_arn.as_deref();
        let principal = principal.and_then(|arn| PrincipalArn::parse(arn, Dialect::Compatible).ok());
        self.policies(&Record { settings, principal, ..record.clone() }).ok()
    }
}

fn granted_settings(record: &Record) -> Option<Settings> {
    serde_json::from_str(record.row.granted_settings.as_ref()?).ok()
}

fn sets_lists(settings: &Settings) -> bool {
    settings.access.contains(&AccessName(Access::Acl))
}

/// Whether something of the one is not in the other; commas come and go with the last entry.
fn lacks_lines(before: &str, after: &str) -> bool {
    let lines = |text: &'_ str| text.lines().map(|line| line.trim_end_matches(',').to_owned()).collect::<HashSet<_>>();
    !lines(before).is_subset(&lines(after))
}

/// A document as people read it, in the order of its fields.
pub(crate) fn text(documents: &Documents, kind: DocumentKind) -> Option<String> {
    let pretty = match kind {
        DocumentKind::AccessPolicy => serde_json::to_string_pretty(documents.access_policy.as_ref()?),
        DocumentKind::TrustPolicy => serde_json::to_string_pretty(documents.trust_policy.as_ref()?),
        DocumentKind::Cors => serde_json::to_string_pretty(&documents.cors.cors_rules),
    };
    pretty.ok().map(|text| text + "\n")
}

/// A unified diff of two texts; empty where they are the same.
pub(crate) fn diff(before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after).unified_diff().context_radius(3).to_string()
}
