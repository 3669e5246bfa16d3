//! What is around every page: the places, the organization, and who is signed in.

use axum::response::{IntoResponse, Response};
use byob_core::organization::accounts::SignedIn;
use maud::{DOCTYPE, Markup, html};

use super::{
    assets,
    here::Here,
    icons::{Icon, icon},
};

/// A place of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Files,
    Integrations,
    Members,
    Tokens,
    Organization,
}

/// A page of an organization, as far as it is the same everywhere.
pub struct Frame<'a> {
    pub here: &'a Here,
    pub place: Place,
    /// Also the heading.
    pub title: &'a str,
    /// What lies above the page: where it is, and its name.
    pub trail: Vec<(String, String)>,
    /// Beside the heading.
    pub actions: Markup,
    /// Scripts besides those of every page.
    pub scripts: &'a [&'a str],
}

impl<'a> Frame<'a> {
    pub fn new(here: &'a Here, place: Place, title: &'a str) -> Self {
        Self { here, place, title, trail: Vec::new(), actions: html! {}, scripts: &[] }
    }

    /// One more page above this one.
    pub fn below(mut self, path: String, name: impl Into<String>) -> Self {
        self.trail.push((path, name.into()));
        self
    }

    pub fn actions(self, actions: Markup) -> Self {
        Self { actions, ..self }
    }

    pub fn scripts(self, scripts: &'a [&'a str]) -> Self {
        Self { scripts, ..self }
    }

    /// The whole page.
    pub fn page(&self, content: &Markup) -> Response {
        let here = self.here;
        let title = format!("{} · {} · BYOB", self.title, here.membership.name);
        document(&title, self.scripts, &html! {
            a .skip href="#main" { "Skip to the page" }
            div .frame {
                header .side {
                    (brand("/"))
                    (organizations(here))
                    nav aria-label="Places" {
                        ul .places {
                            (place(here, self.place == Place::Files, Icon::Folder, "files", "Files"))
                            @if here.is_admin() {
                                (place(here, self.place == Place::Integrations, Icon::Bucket, "integrations", "Integrations"))
                                (place(here, self.place == Place::Members, Icon::People, "members", "Members"))
                                (place(here, self.place == Place::Tokens, Icon::Key, "tokens", "API tokens"))
                                (place(here, self.place == Place::Organization, Icon::Building, "organization", "Organization"))
                            }
                        }
                    }
                    (who(&here.signed_in.account.email))
                }
                main #main tabindex="-1" {
                    @if !self.trail.is_empty() {
                        nav aria-label="Above this page" {
                            ol .trail { @for (path, name) in &self.trail { li { a href=(path) { (name) } } } }
                        }
                    }
                    div .top { h1 { (self.title) } @if !self.actions.0.is_empty() { div .row { (self.actions) } } }
                    (content)
                }
            }
        })
        .into_response()
    }
}

/// The page of somebody's own, whatever organization they are in.
pub fn own(signed_in: &SignedIn, title: &str, content: &Markup) -> Markup {
    document(
        &format!("{title} · BYOB"),
        &[],
        &html! {
            a .skip href="#main" { "Skip to the page" }
            div .frame {
                header .side {
                    (brand("/"))
                    nav aria-label="Organizations" {
                        ul .places {
                            @for membership in &signed_in.memberships {
                                li { a href={ "/o/" (membership.organization) } { (icon(Icon::People)) (membership.name) } }
                            }
                        }
                    }
                    (who(&signed_in.account.email))
                }
                main #main tabindex="-1" { div .top { h1 { (title) } } (content) }
            }
        },
    )
}

fn who(email: &str) -> Markup {
    html! {
        div .who {
            span .email { (email) }
            div .row {
                a .small href="/account" { "Account" }
                form method="post" action="/sign-out" { button .plain .small { "Sign out" } }
            }
        }
    }
}

fn place(here: &Here, current: bool, picture: Icon, path: &str, name: &str) -> Markup {
    html! { li { a href=(here.path(path)) aria-current=[current.then_some("page")] { (icon(picture)) (name) } } }
}

fn organizations(here: &Here) -> Markup {
    let others = &here.signed_in.memberships;
    html! {
        details .switch {
            summary { span { (here.membership.name) } (icon(Icon::Down)) }
            ul {
                @for other in others {
                    li { a href={ "/o/" (other.organization) } aria-current=[(other.organization == here.membership.organization).then_some("true")] { (other.name) } }
                }
            }
        }
    }
}

/// A page for somebody who is in no organization yet: signing in, accepting an invitation, being refused.
pub fn door(title: &str, content: &Markup) -> Markup {
    document(
        &format!("{title} · BYOB"),
        &[],
        &html! {
            div .door {
                main #main { div { (brand("/")) div .card { h1 { (title) } (content) } } }
            }
        },
    )
}

fn brand(path: &str) -> Markup {
    html! { a .brand href=(path) { (icon(Icon::Bucket)) "BYOB" } }
}

fn document(title: &str, scripts: &[&str], body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" type="image/svg+xml" href=(assets::url("icon.svg"));
                link rel="stylesheet" href=(assets::url("console.css"));
                script type="module" src=(assets::url("frame.js")) {}
                @for script in scripts { script type="module" src=(assets::url(script)) {} }
            }
            body { (body) }
        }
    }
}
