//! Whether the session reaches only what is declared.

use byob_aws::{Locator, ObjectKey};

use super::{causes::Signs, judged::Judged, report::Proof, run::Run, steps::StepName};
use crate::aws_io::{fault::Fault, web::Request};

impl Run<'_> {
    pub(super) async fn scope_enforced(&mut self) -> Judged {
        if !self.subject.is_by_role() {
            return Judged::not_applicable("Only sessions of roles are narrowed.");
        }
        let Some(spec) = self.spec() else { return Judged::skipped("The settings are not right.") };
        let (resource, path, answer) =
            if spec.scope.prefix().is_some() { self.beside_the_prefix().await } else { self.undeclared().await };
        match answer {
            Err(fault) if fault.is_denied() => {
                Judged::passed(format!("The session may not reach {resource}.")).proving(Proof::Proven)
            }
            Err(fault) if fault.is_inconclusive() => self.undecided(&fault).proving(Proof::Inconclusive),
            // These answers come only after the permission was looked at.
            Ok(()) | Err(Fault { status: 404, .. }) => {
                if self.is_open_to_everybody(&path).await {
                    let facts = self.facts.clone().with("resource", resource);
                    let detail = format!("The session reached {resource}, as everybody does.");
                    return Judged::warned("scope_open_to_everybody", facts, detail);
                }
                let facts = self.facts.clone().with("resource", resource);
                Judged::failed("scope_not_enforced", facts, format!("The session reached {resource}."))
                    .proving(Proof::NotProven)
            }
            Err(fault) if matches!(fault.status, 400 | 405 | 501) => {
                Judged::not_applicable("The store does not know the request that would tell.")
            }
            Err(fault) => self.refused(StepName::ScopeEnforced, &fault, Signs::default(), self.facts.clone()),
        }
    }

    /// Whether somebody without credentials gets there as well.
    async fn is_open_to_everybody(&mut self, path: &str) -> bool {
        let (Some(integration), Some(bucket)) = (self.subject.integration.as_ref(), self.subject.bucket.as_ref())
        else {
            return false;
        };
        let Ok(endpoint) = self.core.endpoint_for(integration, bucket) else { return false };
        let url = format!("{}/{path}", endpoint.base_url().trim_end_matches('/'));
        let request = Request { method: "GET", url, headers: Vec::new() };
        let reply = self.fetch("s3:GetObject", "of the same, without credentials", request).await;
        reply.is_ok_and(|reply| reply.status < 300 || reply.status == 404)
    }

    /// A name that does not exist, outside the prefix: whoever may read it is told that it does not exist.
    async fn beside_the_prefix(&mut self) -> (&'static str, String, Result<(), Fault>) {
        const READ: &str = "s3:GetObject";
        let name = format!("byob-check-outside-{}", base16ct::lower::encode_string(&self.core.rng.bytes::<8>()));
        let (Some(client), Some(bucket), Ok(key)) =
            (self.found.s3.clone(), self.subject.bucket.clone(), ObjectKey::parse(&name))
        else {
            return ("", String::new(), Ok(()));
        };
        let locator = Locator::new(bucket, key, None);
        let get = client.get_object().bucket(locator.bucket().as_str()).key(locator.key().as_str());
        let answer = self.ask(READ, format!("of {locator}"), get.send(), |error| Fault::of(READ, error)).await;
        ("objects beside the prefix", name, answer.map(drop))
    }

    /// The bucket's tags, which no access declares.
    async fn undeclared(&mut self) -> (&'static str, String, Result<(), Fault>) {
        const TAGS: &str = "s3:GetBucketTagging";
        let (Some(client), Some(bucket)) = (self.found.s3.clone(), self.subject.bucket.clone()) else {
            return ("", String::new(), Ok(()));
        };
        let get = client.get_bucket_tagging().bucket(bucket.as_str());
        let answer = self.ask(TAGS, format!("on {bucket}"), get.send(), |error| Fault::of(TAGS, error)).await;
        ("the bucket's tags", "?tagging".to_owned(), answer.map(drop))
    }
}
