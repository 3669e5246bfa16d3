//! Entries as sentences.

use byob_core::{audit::Action, store::EntryRow};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::PER_PAGE;
use crate::console::{here::Here, parts};

/// Entries, newest first. The last one of a full page only tells that there are more.
pub fn table(here: &Here, entries: &[EntryRow]) -> Markup {
    html! {
        table .table .stack .log {
            thead { tr { th .number { "No." } th { "When" } th { "What happened" } } }
            tbody {
                @for entry in page(entries) {
                    tr {
                        td .number .quiet { span .narrow { "No. " } (entry.number) }
                        td .quiet { (parts::moment_of(entry.created_at)) }
                        td { p { (sentence(here, entry)) } (more(entry)) }
                    }
                }
            }
        }
    }
}

fn page(entries: &[EntryRow]) -> &[EntryRow] {
    &entries[..entries.len().min(usize::try_from(PER_PAGE).unwrap_or_default())]
}

/// The way to older entries.
pub struct Older<'a> {
    /// Of the page.
    pub path: String,
    /// What it shows.
    pub query: Vec<(&'a str, &'a str)>,
}

impl Older<'_> {
    /// Links to the next page, and back to the first.
    pub fn link(&self, entries: &[EntryRow], is_later_page: bool) -> Markup {
        let shown = page(entries);
        let last = shown.last().filter(|_| shown.len() < entries.len()).map(|entry| entry.number.to_string());
        html! {
            p .row {
                @if let Some(last) = last { a .button href=(self.at(Some(&last))) rel="next" { "Older entries" } }
                @if is_later_page { a href=(self.at(None)) { "To the newest" } }
            }
        }
    }

    fn at(&self, cursor: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.iter().filter(|(_, value)| !value.is_empty()));
        query.extend_pairs(cursor.map(|cursor| ("cursor", cursor)));
        let query = query.finish();
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }
}

/// An action without its object, to be chosen from a list.
pub fn name(action: Action) -> &'static str {
    use Action as A;
    match action {
        A::OrganizationCreated => "Organization made",
        A::OrganizationRenamed => "Organization renamed",
        A::MemberInvited => "Member invited",
        A::MemberLinkMade => "Link made for a member",
        A::MemberJoined => "Member joined",
        A::MemberRoleChanged => "Role changed",
        A::MemberRemoved => "Member removed",
        A::MemberSignedIn => "Signed in",
        A::MemberSignInFailed => "Sign-in failed",
        A::MemberPasswordSet => "Password set",
        A::TokenCreated => "Token made",
        A::TokenRevoked => "Token revoked",
        A::DraftCreated => "Draft begun",
        A::DraftChanged => "Draft changed",
        A::DraftChecked => "Draft checked",
        A::DraftDropped => "Draft discarded",
        A::DraftExpired => "Draft expired",
        A::IntegrationSaved => "Integration saved",
        A::IntegrationChanged => "Integration changed",
        A::IntegrationTurnedOn => "Integration turned on",
        A::IntegrationTurnedOff => "Integration turned off",
        A::IntegrationChecked => "Integration checked",
        A::IntegrationRemoved => "Integration removed",
        A::IntegrationPrincipalRoleMade => "Principal role made",
        A::IntegrationPrincipalRoleRemoved => "Principal role removed",
    }
}

fn sentence(here: &Here, entry: &EntryRow) -> Markup {
    use Action as A;
    let object = object(here, entry);
    let details: Map<String, Value> = serde_json::from_str(&entry.details).unwrap_or_default();
    let detail = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default();
    let role = details.get("changed").map(|changed| &changed["role"]);
    let role = |when: &str| role.and_then(|role| role[when].as_str()).unwrap_or_default();
    let done = match A::from_name(&entry.action) {
        Some(A::OrganizationCreated) => html! { "made the organization " (object) },
        Some(A::OrganizationRenamed) => html! { "renamed the organization: " (object) },
        Some(A::MemberInvited) => html! { "invited " (object) " as " (detail("role")) },
        Some(A::MemberLinkMade) => html! { "made a link for " (object) },
        Some(A::MemberJoined) => html! { "joined" },
        Some(A::MemberRoleChanged) => html! { "made " (object) " " (role("after")) ", who was " (role("before")) },
        Some(A::MemberRemoved) if entry.actor_id.as_deref() == Some(&entry.object_id) => html! { "left" },
        Some(A::MemberRemoved) => html! { "removed " (object) ", who was " (detail("role")) },
        Some(A::MemberSignedIn) => html! { "signed in" },
        Some(A::MemberSignInFailed) => html! { "tried to sign in as " (object) " with a wrong password" },
        Some(A::MemberPasswordSet) => html! { "set a new password" },
        Some(A::TokenCreated) => html! { "made the token " (object) ", which may act as " (detail("role")) },
        Some(A::TokenRevoked) => html! { "revoked the token " (object) },
        Some(A::DraftCreated) => html! { "began to connect a bucket: the draft " (object) },
        Some(A::DraftChanged) => html! { "changed the draft " (object) (fields(&details)) },
        Some(A::DraftChecked) => html! { "checked the draft " (object) ": " (detail("outcome")) },
        Some(A::DraftDropped) => html! { "discarded the draft " (object) },
        Some(A::DraftExpired) => html! { "removed the draft " (object) ", which nobody used" },
        Some(A::IntegrationSaved) => html! { "saved the integration " (object) },
        Some(A::IntegrationChanged) => html! { "changed the integration " (object) (fields(&details)) },
        Some(A::IntegrationTurnedOn) => html! { "turned the integration " (object) " on" },
        Some(A::IntegrationTurnedOff) => html! { "turned the integration " (object) " off" },
        Some(A::IntegrationChecked) => html! { "checked the integration " (object) ": " (detail("outcome")) },
        Some(A::IntegrationRemoved) => html! { "removed the integration " (object) },
        Some(A::IntegrationPrincipalRoleMade) => html! { "made a principal role for " (object) },
        Some(A::IntegrationPrincipalRoleRemoved) => html! { "removed the principal role of " (object) },
        // Written by another release.
        None => html! { code { (entry.action) } " " (object) },
    };
    html! { b { (who(entry)) } " " (done) "." }
}

fn who(entry: &EntryRow) -> &str {
    match entry.actor_kind.as_str() {
        "operator" => "The operator",
        "service" => "BYOB",
        "nobody" => "Somebody",
        _ => entry.actor_name.as_deref().unwrap_or("A member"),
    }
}

/// Its name of that time, which leads to everything that was done to it.
fn object(here: &Here, entry: &EntryRow) -> Markup {
    let path = here.path(&format!("audit?object={}", entry.object_id));
    html! { a href=(path) { (entry.object_name.as_deref().unwrap_or(&entry.object_id)) } }
}

/// The settings that were changed, by their names.
fn fields(details: &Map<String, Value>) -> Markup {
    let mut names: Vec<String> = changed(details).map(|(name, ..)| name.replace('_', " ")).collect();
    names.extend(details.contains_key("secret_access_key").then(|| "secret access key".to_owned()));
    html! { @if !names.is_empty() { ": " (names.join(", ")) } }
}

fn changed(details: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value, &Value)> {
    let changed = details.get("changed").and_then(Value::as_object).into_iter().flatten();
    changed.map(|(name, change)| (name, &change["before"], &change["after"]))
}

/// What the sentence leaves out.
fn more(entry: &EntryRow) -> Markup {
    let details: Map<String, Value> = serde_json::from_str(&entry.details).unwrap_or_default();
    let settings = details.get("settings").and_then(Value::as_object).into_iter().flatten();
    let others =
        details.iter().filter(|(name, value)| !["changed", "settings"].contains(&name.as_str()) && !value.is_null());
    html! {
        details {
            summary { "Details" span .visually-hidden { " of entry " (entry.number) } }
            dl .facts {
                @if let (Some(id), Some(name)) = (&entry.token_id, &entry.token_name) { dt { "With the token" } dd { (name) " " code { (id) } } }
                @for (name, before, after) in changed(&details) { dt { (label(name)) } dd { (shown(before)) " → " (shown(after)) } }
                @for (name, value) in settings.chain(others) { dt { (label(name)) } dd { (shown(value)) } }
                dt { (label(&entry.object_kind)) } dd { code { (entry.object_id) } }
                @if let Some(request) = &entry.request_id { dt { "Request" } dd { code { (request) } } }
                dt { "Hash" } dd { code { (entry.hash) } }
            }
        }
    }
}

fn label(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut rest = words.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

fn shown(value: &Value) -> Markup {
    html! {
        @match value {
            Value::Null => span .quiet { "not set" },
            Value::String(text) => code { (text) },
            other => code { (other) },
        }
    }
}
