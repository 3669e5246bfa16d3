//! What a role or user may do: the part of its page about policies, and attaching them.

use maud::{Markup, html};

use super::{
    super::{
        Answer,
        done::Done,
        form::Form,
        parts::{button, dangerous, empty, table},
        problem::Problem,
        visit::Visit,
    },
    about, home, who,
};
use crate::{
    iam::{
        identities::{self, Who},
        policies,
    },
    refusal::Refusal,
    state::Iam,
};

/// The policies of a role or user.
pub struct Permissions {
    attached: Vec<String>,
    inline: Vec<String>,
    /// ARNs of what could be attached.
    others: Vec<String>,
}

impl Permissions {
    /// Those of somebody.
    pub fn of(iam: &Iam, account: &str, who: Who<'_>) -> Result<Self, Refusal> {
        let common = identities::get(iam, account, who)?;
        Ok(Self {
            attached: common.attached.iter().cloned().collect(),
            inline: common.inline.keys().cloned().collect(),
            others: attachable(iam, account).into_iter().filter(|arn| !common.attached.contains(arn)).collect(),
        })
    }
}

/// The ARNs of all managed policies that can be attached in an account, its own first.
pub fn attachable(iam: &Iam, account: &str) -> Vec<String> {
    let own = iam.accounts.get(account).into_iter();
    let own = own.flat_map(|account| account.policies.values().map(|policy| account.policy_arn(policy)));
    own.chain(policies::of_aws().map(|(arn, _)| arn)).collect()
}

/// Attaches a managed policy.
pub async fn attach(visit: Visit, form: Form) -> Answer {
    let who = who(&visit);
    let attached = visit.sandbox.change_iam(|iam| identities::attach(iam, &visit.account, who, form.get("policy")));
    attached.map_err(|refusal| Problem::from(refusal).back(home(&visit, who), who.name()))?;
    Ok(home(&visit, who).after(Done::POLICY_ATTACHED))
}

/// Detaches a managed policy.
pub async fn detach(visit: Visit, _: Form) -> Answer {
    let who = who(&visit);
    let detached = visit.sandbox.change_iam(|iam| identities::detach(iam, &visit.account, who, visit.param("policy")));
    detached.map_err(|refusal| Problem::from(refusal).back(home(&visit, who), who.name()))?;
    Ok(home(&visit, who).after(Done::POLICY_DETACHED))
}

/// The part of the page.
pub fn view(visit: &Visit, who: Who<'_>, permissions: &Permissions) -> Markup {
    let Permissions { attached, inline, others } = permissions;
    let rows = html! {
        @for arn in attached { (attached_row(visit, who, arn)) }
        @for name in inline { (inline_row(visit, who, name)) }
    };
    html! {
        h2 { "Permissions" }
        @if attached.is_empty() && inline.is_empty() {
            @let advice = html! { p { "Attach a policy, or write one into it." } };
            (empty(&format!("This {} may do nothing yet.", who.kind()), &advice))
        } @else {
            (table("Permissions policies", &["Policy", "Kind", ""], &rows))
        }
        form.row method="post" action=(about(visit, "iam/attach", who)) {
            label for="policy" { "Attach a policy" }
            select #policy name="policy" {
                @for arn in others { option value=(arn) { (short(arn)) @if is_of_aws(arn) { " (AWS managed)" } } }
            }
            button type="submit" { "Attach" }
        }
        p.actions { a.button href=(about(visit, "iam/inline", who)) { "Create inline policy" } }
    }
}

fn attached_row(visit: &Visit, who: Who<'_>, arn: &str) -> Markup {
    html! {
        tr {
            th scope="row" { a href=(visit.link("iam/policy").with("arn", arn)) { (short(arn)) } }
            td { @if is_of_aws(arn) { "AWS managed" } @else { "Customer managed" } }
            td.buttons { (button(&about(visit, "iam/detach", who).with("policy", arn), "Detach")) }
        }
    }
}

fn inline_row(visit: &Visit, who: Who<'_>, name: &str) -> Markup {
    html! {
        tr {
            th scope="row" { a href=(about(visit, "iam/inline", who).with("policy", name)) { (name) } }
            td { "Inline" }
            td.buttons {
                @let delete = about(visit, "iam/inline/delete", who).with("policy", name);
                (dangerous(&delete, "Delete", "An inline policy is gone for good."))
            }
        }
    }
}

/// The name in a policy's ARN.
pub fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// Whether a policy is one of AWS.
pub fn is_of_aws(arn: &str) -> bool {
    policies::owner(arn) == "aws"
}
