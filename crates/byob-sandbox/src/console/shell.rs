//! What is around every page.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use time::Duration;

use super::{link::Link, visit::Visit};
use crate::{Sandbox, state::Iam};

/// A bucket, drawn here.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='%230f766e' \
                    stroke-width='1.6'%3E%3Cellipse cx='8' cy='4' rx='5.5' ry='2'/%3E%3Cpath d='M2.5 4 4 13.5h8L13.5 4'/%3E%3C/svg%3E";

/// The pages that every page leads to: their addresses, their names, and what the addresses of pages below them begin with.
const SECTIONS: [(&str, &str, &[&str]); 8] = [
    ("", "Overview", &[]),
    ("s3", "Buckets", &["s3"]),
    ("iam/roles", "Roles", &["iam/role", "iam/inline"]),
    ("iam/policies", "Policies", &["iam/polic"]),
    ("iam/users", "Users", &["iam/user"]),
    ("kms", "Keys", &["kms"]),
    ("break", "Break something", &["break"]),
    ("calls", "Calls", &["calls"]),
];

/// A page of an account; where a field of a form on it is wrong, with the way there.
pub fn page(visit: &Visit, title: &str, wrong: Option<&str>, body: &Markup) -> Markup {
    let iam = visit.iam();
    let name = iam.accounts.get(&visit.account).map(|account| account.name.as_str()).unwrap_or_default();
    document(
        &format!("{title} · {name} · Sandbox"),
        &html! {
            (accounts(&iam, &visit.account, name))
            nav.sections aria-label="Sections" {
                @for (address, section, below) in SECTIONS {
                    @let current = visit.page == address || below.iter().any(|prefix| visit.page.starts_with(prefix));
                    a href=(visit.link(address)) aria-current=[current.then_some("page")] { (section) }
                }
            }
        },
        &html! {
            (broken(visit))
            @if let Some(done) = visit.done() { p.done role="status" { (done.sentence()) } }
            @if let Some(field) = wrong {
                p.refused role="alert" { "Nothing was changed. " a href={ "#" (field) "-mistake" } { "See what is wrong" } "." }
            }
            (trail(visit))
            h1 { (title) }
            (body)
        },
    )
}

/// The way back up: the section, and the bucket, role or user that the page is about a part of.
fn trail(visit: &Visit) -> Markup {
    let section = SECTIONS.iter().find(|(_, _, below)| below.iter().any(|prefix| visit.page.starts_with(prefix)));
    let section =
        section.filter(|(address, ..)| *address != visit.page).map(|(address, name, _)| (visit.link(address), *name));
    let about =
        [("s3/object", "s3/bucket", "bucket"), ("iam/inline", "iam/role", "role"), ("iam/inline", "iam/user", "user")];
    let about = about.into_iter().filter(|(page, _, param)| visit.page == *page && !visit.param(param).is_empty());
    let about = about.map(|(_, page, param)| (visit.link(page).with(param, visit.param(param)), visit.param(param)));
    let steps: Vec<(Link, &str)> = section.into_iter().chain(about).collect();
    html! {
        @if !steps.is_empty() {
            nav.trail aria-label="Path" {
                @for (link, name) in &steps { a href=(link) { (name) } span aria-hidden="true" { "/" } }
            }
        }
    }
}

/// A page that belongs to no account.
pub fn bare(title: &str, body: &Markup) -> Markup {
    document(&format!("{title} · Sandbox"), &html! {}, &html! { h1 { (title) } (body) })
}

fn document(title: &str, bar: &Markup, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href=(PreEscaped(ICON));
                link rel="stylesheet" href="/_console/console.css";
            }
            body {
                a.skip href="#main" { "Skip to the page" }
                p.sandbox {
                    strong { "This is a sandbox on your machine, not AWS." }
                    " Nothing here costs money or leaves this machine."
                }
                header { a.brand href="/_console/" { "Sandbox" span.wide { " console" } } (bar) }
                main #main tabindex="-1" { (main) }
            }
        }
    }
}

/// Who one is, and who one could be.
fn accounts(iam: &Iam, current: &str, name: &str) -> Markup {
    html! {
        details.accounts {
            summary { span.visually-hidden { "Account: " } (name) " " span.id { (current) } }
            ul {
                @for account in iam.accounts.values() {
                    li {
                        a href=(Link::to(&account.id, "")) aria-current=[(account.id == current).then_some("true")] {
                            (account.name) " " span.id { (account.id) }
                        }
                    }
                }
            }
        }
    }
}

/// Says on every page what is broken on purpose, so that nobody looks for it elsewhere.
fn broken(visit: &Visit) -> Markup {
    let what = misbehaviour(&visit.sandbox);
    let count = visit.sandbox.read().breakages.iter().filter(|breakage| breakage.account == visit.account).count();
    html! {
        @if !what.is_empty() || count > 0 {
            p.broken {
                "Broken on purpose: "
                @if count > 0 { (count) @if count == 1 { " thing" } @else { " things" } " in this account" }
                @if count > 0 && !what.is_empty() { "; " }
                (what.join("; "))
                ". " a href=(visit.link("break")) { "See and undo" }
            }
        }
    }
}

/// How the sandbox misbehaves as a whole.
fn misbehaviour(sandbox: &Sandbox) -> Vec<String> {
    let faults = sandbox.faults().clone();
    let services = [("STS", faults.sts), ("S3", faults.s3), ("IAM", faults.iam)];
    let mut what: Vec<String> = services
        .into_iter()
        .filter(|(_, fault)| fault.is_some())
        .map(|(name, _)| format!("{name} misbehaves"))
        .collect();
    if faults.iam_delay_seconds > 0 {
        what.push(format!("IAM’s changes take {} seconds", faults.iam_delay_seconds));
    }
    let ahead = sandbox.clock().ahead();
    if ahead.abs() >= Duration::seconds(1) {
        let direction = if ahead.is_positive() { "ahead" } else { "behind" };
        what.push(format!("the clock is {} minutes {direction}", ahead.abs().whole_minutes()));
    }
    what
}
