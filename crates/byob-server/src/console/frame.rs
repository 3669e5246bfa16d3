//! What is around every page: the places, the organization, and who is signed in.

use axum::response::{IntoResponse, Response};
use byob_core::organization::accounts::SignedIn;
use maud::{DOCTYPE, Markup, html};

use super::{
    assets,
    here::Here,
    icons::{Icon, icon},
    parts, search,
};

/// A place of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Files,
    Integrations,
    Members,
    Tokens,
    Audit,
    Organization,
    Organizations,
    Platform,
    Endpoints,
    Health,
    /// None of those in the list.
    Search,
}

/// Whose pages these are.
#[derive(Clone, Copy)]
enum Around<'a> {
    Organization(&'a Here),
    Platform(&'a SignedIn),
}

/// A page, as far as it is the same everywhere.
pub struct Frame<'a> {
    around: Around<'a>,
    pub place: Place,
    /// Also the heading.
    pub title: &'a str,
    /// What lies above the page: where it is, and its name.
    pub trail: Vec<(String, String)>,
    /// Which of the pages about what the heading names; none if there is one.
    part: Option<&'static str>,
    /// Beside the heading.
    pub actions: Markup,
    /// Scripts besides those of every page.
    pub scripts: &'a [&'a str],
}

impl<'a> Frame<'a> {
    /// Around a page of an organization.
    pub fn new(here: &'a Here, place: Place, title: &'a str) -> Self {
        Self::around(Around::Organization(here), place, title)
    }

    /// Around a page of the operator's.
    pub fn of_platform(signed_in: &'a SignedIn, place: Place, title: &'a str) -> Self {
        Self::around(Around::Platform(signed_in), place, title)
    }

    fn around(around: Around<'a>, place: Place, title: &'a str) -> Self {
        Self { around, place, title, trail: Vec::new(), part: None, actions: html! {}, scripts: &[] }
    }

    /// One more page above this one.
    pub fn below(mut self, path: String, name: impl Into<String>) -> Self {
        self.trail.push((path, name.into()));
        self
    }

    /// Which of several pages with the same heading.
    pub fn part(self, part: &'static str) -> Self {
        Self { part: Some(part), ..self }
    }

    pub fn actions(self, actions: Markup) -> Self {
        Self { actions, ..self }
    }

    pub fn scripts(self, scripts: &'a [&'a str]) -> Self {
        Self { scripts, ..self }
    }

    /// The whole page.
    pub fn page(&self, content: &Markup) -> Response {
        let around = self.around;
        let part = self.part.map(|part| format!("{part} · ")).unwrap_or_default();
        let title = format!("{part}{} · {} · BYOB", parts::plain(self.title), around.name());
        // Only an organization has something to search through.
        let palette = matches!(around, Around::Organization(_)).then_some("palette.js");
        let scripts: Vec<&str> = palette.into_iter().chain(self.scripts.iter().copied()).collect();
        document(&title, &scripts, &html! {
            a .skip href="#main" { "Skip to the page" }
            div .frame {
                header .side {
                    (brand("/"))
                    (around.switch())
                    (around.search())
                    nav aria-label="Places" {
                        ul .places {
                            @for (place, picture, path, name) in around.places() {
                                li { a href=(path) aria-current=[(place == self.place).then_some("page")] { (icon(picture)) (name) } }
                            }
                        }
                    }
                    (who(&around.signed_in().account.email))
                }
                main #main tabindex="-1" {
                    @if !self.trail.is_empty() {
                        nav aria-label="Above this page" {
                            ol .trail { @for (path, name) in &self.trail { li { a href=(path) { (parts::name(name)) } } } }
                        }
                    }
                    div .top { h1 { (parts::name(self.title)) } @if !self.actions.0.is_empty() { div .row { (self.actions) } } }
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

impl Around<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Organization(here) => &here.membership.name,
            Self::Platform(_) => "The platform",
        }
    }

    fn signed_in(&self) -> &SignedIn {
        match self {
            Self::Organization(here) => &here.signed_in,
            Self::Platform(signed_in) => signed_in,
        }
    }

    fn places(&self) -> Vec<(Place, Icon, String, &'static str)> {
        match self {
            Self::Organization(here) => places(here),
            Self::Platform(_) => [
                (Place::Organizations, Icon::Building, "organizations", "Organizations"),
                (Place::Platform, Icon::Key, "platform", "AWS identity"),
                (Place::Endpoints, Icon::Bucket, "endpoints", "Buckets and endpoints"),
                (Place::Health, Icon::Pulse, "health", "Health"),
            ]
            .map(|(place, icon, path, name)| (place, icon, format!("/operator/{path}"), name))
            .into(),
        }
    }

    /// The way to the search: a page, or with scripts a dialog over this one.
    fn search(&self) -> Markup {
        html! {
            @if let Self::Organization(here) = self {
                a #find .find href=(here.path("search")) aria-label="Search" data-placeholder=(search::placeholder(here)) { (icon(Icon::Search)) span { "Search" } kbd aria-hidden="true" { "/" } }
            }
        }
    }

    /// Where else somebody may go: their organizations, and the platform if they run it.
    fn switch(&self) -> Markup {
        let here = match self {
            Self::Organization(here) => Some(here.organization()),
            Self::Platform(_) => None,
        };
        html! {
            details .switch {
                summary { span { (self.name()) } (icon(Icon::Down)) }
                ul {
                    @for other in &self.signed_in().memberships {
                        li { a href={ "/o/" (other.organization) } aria-current=[(Some(&other.organization) == here).then_some("true")] { (other.name) } }
                    }
                    @if self.signed_in().account.is_operator {
                        li { a href="/operator" aria-current=[here.is_none().then_some("true")] { "Operate the platform" } }
                    }
                }
            }
        }
    }
}

/// The places of an organization to which somebody may go.
pub fn places(here: &Here) -> Vec<(Place, Icon, String, &'static str)> {
    let all = [
        (Place::Files, Icon::Folder, "files", "Files"),
        (Place::Integrations, Icon::Bucket, "integrations", "Integrations"),
        (Place::Members, Icon::People, "members", "Members"),
        (Place::Tokens, Icon::Key, "tokens", "API tokens"),
        (Place::Audit, Icon::Book, "audit", "Audit log"),
        (Place::Organization, Icon::Building, "organization", "Organization"),
    ];
    let mine = all.into_iter().filter(|(place, ..)| *place == Place::Files || here.is_admin());
    mine.map(|(place, icon, path, name)| (place, icon, here.path(path), name)).collect()
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
                @for script in assets::imported(scripts) { link rel="modulepreload" href=(assets::url(script)); }
            }
            body { (body) }
        }
    }
}
