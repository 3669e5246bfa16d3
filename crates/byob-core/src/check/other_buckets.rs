//! The other buckets of a list. All steps look at one; of the others, whether they can be listed says the most for one request each.

use byob_aws::Bucket;

use super::{judged::Judged, run::Run, steps::StepName};
use crate::integration::scope::Scope;

/// So many are asked: a step has ten seconds.
const MOST: usize = 50;

impl Run<'_> {
    /// The buckets of the list that the steps do not look at, unless somebody named the one that they want to know of.
    pub(super) fn other_buckets(&self) -> Vec<Bucket> {
        match self.spec().map(|spec| &spec.scope) {
            Some(Scope::AllPermitted(buckets)) if self.subject.named.is_none() => {
                buckets.iter().filter(|bucket| self.subject.bucket.as_ref() != Some(bucket)).cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether the others can be listed as well, after `seen` of the first.
    pub(super) async fn others_listable(&mut self, seen: String) -> Judged {
        let Some(spec) = self.spec() else { return Judged::passed(seen) };
        let others = self.other_buckets();
        for bucket in others.iter().take(MOST) {
            let Err(fault) = self.list_of(bucket, "", false).await else { continue };
            let facts = self.facts.clone().with("bucket", format!("`{bucket}`"));
            let facts = facts.with("resource", format!("`{}`", bucket.arn(spec.partition())));
            let detail = format!("`{bucket}`: {}.", fault.in_words().trim_end_matches('.'));
            if super::bucket::is_elsewhere(&fault) {
                let region = fault.region.as_ref().map(|region| format!("`{region}`"));
                let facts = region.into_iter().fold(facts, |facts, region| facts.with("found_region", region));
                return Judged::failed("bucket_in_another_region", facts, detail);
            }
            if fault.is_denied() {
                return Judged::failed("other_bucket_not_permitted", facts, detail).may_change();
            }
            return self.refused(StepName::PrefixListable, &fault, self.signs(), facts);
        }
        Judged::passed(match (others.len(), others.len().saturating_sub(MOST)) {
            (0, _) => seen,
            (1, _) => format!("{seen} So can `{}`.", others[0]),
            (all, 0) => format!("{seen} So can the {all} other buckets."),
            (_, left) => format!("{seen} So can {MOST} of the other buckets; {left} more were not looked at."),
        })
    }
}
