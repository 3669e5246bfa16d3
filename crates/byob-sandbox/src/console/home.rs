//! Where visitors come in, and the overview of an account.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    Answer,
    link::Link,
    parts::{copyable, facts},
    shell,
    visit::Visit,
};
use crate::Sandbox;

/// Leads to the last account, which is the customer's where nothing else was asked for.
pub async fn enter(State(sandbox): State<Sandbox>) -> Response {
    match sandbox.read().iam.written().accounts.keys().next_back() {
        Some(account) => Redirect::to(&Link::to(account, "").to_string()).into_response(),
        None => shell::bare("There is no account yet", &html! { p { "Start the sandbox with an account to visit." } })
            .into_response(),
    }
}

/// What an account holds.
struct Overview {
    id: String,
    name: String,
    /// Pages with how much is behind them.
    counts: Vec<(Link, &'static str, usize)>,
}

/// The overview.
pub async fn page(visit: Visit) -> Answer {
    let iam = visit.iam();
    let account = visit.of(&iam)?;
    let buckets = visit.sandbox.read().buckets.values().filter(|bucket| bucket.account == visit.account).count();
    let overview = Overview {
        id: account.id.clone(),
        name: account.name.clone(),
        counts: vec![
            (visit.link("s3"), "Buckets", buckets),
            (visit.link("iam/roles"), "Roles", account.roles.len()),
            (visit.link("iam/policies"), "Policies", account.policies.len()),
            (visit.link("iam/users"), "Users", account.users.len()),
            (visit.link("kms"), "Keys", account.keys.len()),
        ],
    };
    Ok(visit.show("Overview", &view(&visit, &overview)))
}

fn view(visit: &Visit, overview: &Overview) -> Markup {
    html! {
        p.lead {
            "You are the administrator of the account " strong { (overview.name) } ". What you change here is enforced at once: trust \
             policies, external IDs, permissions, CORS and versions, as AWS documents them."
        }
        (facts(&[("Account ID", copyable(&overview.id)), ("Signed in as", html! { "Administrator" })]))
        ul.counts {
            @for (link, name, count) in &overview.counts {
                li { a href=(link) { span.count { (count) } " " (name) } }
            }
        }
        h2 { "Connect a bucket" }
        p { "Do it in the order in which AWS asks for it. BYOB shows the documents to paste." }
        ol.steps {
            li {
                "Tell BYOB where this AWS is: under " b { "A store that is not AWS, or no role" } " of the step " b { "Bucket" }
                ", its endpoint is what stands before " code { "/_console/" } " in the address of this page; tick " b { "The bucket’s name stands in the path" }
                ". The region stands in the list of " a href=(visit.link("s3")) { "buckets" } "."
            }
            li { a href=(visit.link("iam/policies/create")) { "Create a policy" } " from the access policy that BYOB shows." }
            li { a href=(visit.link("iam/roles/create")) { "Create a role" } " from the trust policy, and add that policy to it." }
            li { "Copy the role’s ARN into BYOB, and save." }
            li { "Paste the CORS configuration under Permissions of the " a href=(visit.link("s3")) { "bucket" } "." }
            li { a href=(visit.link("break")) { "Break something" } " and see what BYOB says." }
        }
    }
}
