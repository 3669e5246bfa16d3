//! Access and session policies: what they grant, compared with what is wanted.

mod broad;
mod effects;
mod missing;
mod requests;

use super::{
    codes::Code,
    finding::{Findings, Place},
    pasted::Pasted,
    question::Want,
};
use crate::policies::Grant;

/// Mends what grants nothing, and finds what is missing and what is too broad.
pub(super) fn examine(pasted: &mut Pasted, want: &Want, findings: &mut Findings) {
    effects::find(pasted, want.grant.is_none(), findings);
    let Some(grant) = &want.grant else {
        broad::find_everything(pasted, findings);
        return;
    };
    let grant = affordable(grant, pasted, findings);
    missing::find(pasted, &grant, findings);
    broad::find(pasted, &grant, findings);
}

/// So many comparisons of a request with a pattern are made, that no document keeps anybody waiting.
const MOST_COMPARISONS: usize = 1_000_000;

/// As much of the grant as there is time for; a document that AWS takes has time for all.
fn affordable(grant: &Grant, pasted: &Pasted, findings: &mut Findings) -> Grant {
    // Three requests for each action on buckets and objects, and eight for each key, more or less.
    let requests = 3 * broad::needed(grant).len() + 8 * grant.kms_keys.len();
    let each = requests * pasted.size().max(1);
    let most = (MOST_COMPARISONS / each).max(1);
    let mut grant = grant.clone();
    if grant.buckets.len() > most {
        let detail = format!("Of the {} buckets, the first {most} were tried.", grant.buckets.len());
        findings.add(Code::NotAllChecked, Place::of(pasted.root.at), detail);
        grant.buckets.truncate(most);
    }
    grant
}
