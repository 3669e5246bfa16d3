//! The list of managed policies.

use maud::{Markup, html};

use super::super::{
    Answer,
    parts::{empty, moment, table},
    visit::Visit,
};
use crate::{iam::policies, state::ManagedPolicy};

/// A policy in the list.
struct Row {
    arn: String,
    policy: ManagedPolicy,
    uses: usize,
}

/// The list: the account's own, and those of AWS.
pub async fn page(visit: Visit) -> Answer {
    let iam = visit.iam();
    let account = visit.of(&iam)?;
    let row = |(arn, policy): (String, ManagedPolicy)| {
        let (attached, bounds) = policies::uses(&iam, &visit.account, &arn);
        Row { arn, policy, uses: attached + bounds }
    };
    let own: Vec<Row> =
        account.policies.values().map(|policy| (account.policy_arn(policy), policy.clone())).map(row).collect();
    let of_aws: Vec<Row> = policies::of_aws().map(row).collect();
    Ok(visit.show("Policies", &view(&visit, &own, &of_aws)))
}

fn view(visit: &Visit, own: &[Row], of_aws: &[Row]) -> Markup {
    let create = html! { a.button.primary href=(visit.link("iam/policies/create")) { "Create policy" } };
    html! {
        @if own.is_empty() {
            (empty("This account has no policies of its own yet.", &create))
        } @else {
            p.actions { (create) }
            (table("Policies", &["Name", "Used by", "Versions", "Edited"], &rows(visit, own)))
        }
        h2 { "Managed by AWS" }
        (table("Policies of AWS", &["Name", "Used by", "Versions", "Edited"], &rows(visit, of_aws)))
    }
}

fn rows(visit: &Visit, rows: &[Row]) -> Markup {
    html! {
        @for row in rows {
            tr {
                th scope="row" { a href=(visit.link("iam/policy").with("arn", &row.arn)) { (row.policy.name) } }
                td.number { (row.uses) }
                td.number { (row.policy.versions.len()) }
                td { (moment(row.policy.updated)) }
            }
        }
    }
}
