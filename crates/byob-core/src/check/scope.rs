//! Whether the session reaches only what is declared.

use byob_aws::{Locator, ObjectKey};

use super::{causes::Signs, judged::Judged, report::Proof, run::Run, steps::StepName};
use crate::aws_io::fault::Fault;

impl Run<'_> {
    pub(super) async fn scope_enforced(&mut self) -> Judged {
        if !self.subject.is_by_role() {
            return Judged::not_applicable("Only sessions of roles are narrowed.");
        }
        let Some(spec) = self.spec() else { return Judged::skipped("The settings are not right.") };
        let (resource, answer) =
            if spec.scope.prefix().is_some() { self.beside_the_prefix().await } else { self.undeclared().await };
        match answer {
            Err(fault) if fault.is_denied() => {
                Judged::passed(format!("The session may not reach {resource}.")).proving(Proof::Proven)
            }
            Err(fault) if fault.is_inconclusive() => self.undecided(&fault).proving(Proof::Inconclusive),
            // These answers come only after the permission was looked at.
            Ok(()) | Err(Fault { status: 404, .. }) => {
                let facts = self.facts.clone().with("resource", &resource);
                Judged::failed("scope_not_enforced", facts, format!("The session reached {resource}."))
                    .proving(Proof::NotProven)
            }
            Err(fault) if matches!(fault.status, 400 | 405 | 501) => {
                Judged::not_applicable("The store does not know the request that would tell.")
            }
            Err(fault) => self.refused(StepName::ScopeEnforced, &fault, Signs::default(), self.facts.clone()),
        }
    }

    /// A name that does not exist, outside the prefix: whoever may read it is told that it does not exist.
    async fn beside_the_prefix(&mut self) -> (String, Result<(), Fault>) {
        const READ: &str = "s3:GetObject";
        let name = format!("byob-check-outside-{}", base16ct::lower::encode_string(&self.core.rng.bytes::<8>()));
        let (Some(client), Some(bucket), Ok(key)) =
            (self.found.s3.clone(), self.subject.bucket.clone(), ObjectKey::parse(&name))
        else {
            return (String::new(), Ok(()));
        };
        let locator = Locator::new(bucket, key, None);
        let get = client.get_object().bucket(locator.bucket().as_str()).key(locator.key().as_str());
        let answer = self.ask(READ, format!("of {locator}"), get.send(), |error| Fault::of(READ, error)).await;
        ("objects beside the prefix".to_owned(), answer.map(drop))
    }

    /// The bucket's tags, which no access declares.
    async fn undeclared(&mut self) -> (String, Result<(), Fault>) {
        const TAGS: &str = "s3:GetBucketTagging";
        let (Some(client), Some(bucket)) = (self.found.s3.clone(), self.subject.bucket.clone()) else {
            return (String::new(), Ok(()));
        };
        let get = client.get_bucket_tagging().bucket(bucket.as_str());
        let answer = self.ask(TAGS, format!("on {bucket}"), get.send(), |error| Fault::of(TAGS, error)).await;
        ("the bucket's tags".to_owned(), answer.map(drop))
    }
}
