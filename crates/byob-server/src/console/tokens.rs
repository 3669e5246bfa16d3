//! API tokens.

use std::collections::HashMap;

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use byob_core::{
    id::{MemberId, TokenId},
    integration::Record,
    organization::{
        Role,
        tokens::{NewToken, TokenRequest},
    },
    store::{MemberRow, TokenRow},
};
use maud::{Markup, html};

use super::{
    Answer,
    form::{Faults, Form, Line},
    frame::{Frame, Place},
    here::{Admin, Here},
    members::role,
    parts::{self, OnceMore, Pasted},
    then,
};
use crate::{
    body::Query,
    page::{Page, PageQuery},
    router::App,
};

pub fn router() -> Router<App> {
    Router::new()
        .route("/o/{organization}/tokens", get(page).post(create))
        .route("/o/{organization}/tokens/{id}/revoke", post(revoke))
}

/// More than an organization has; the API has them by pages.
const MOST_INTEGRATIONS: i64 = 1000;

/// So many names of integrations are shown of a token.
const NAMES: usize = 3;

const LIVES: [(&str, &str); 4] =
    [("2592000", "30 days"), ("7776000", "90 days"), ("31536000", "A year"), ("", "Until it is revoked")];

/// What the page shows besides the form.
struct Shown {
    tokens: Page<TokenRow>,
    integrations: Vec<Record>,
    /// Whose they are, by their ID.
    owners: HashMap<String, MemberRow>,
}

impl Shown {
    async fn load(app: &App, here: &Here, query: &PageQuery) -> Answer<Self> {
        let limit = query.fetch_limit_after(TokenId::parse)?;
        let rows = app.core.store().token_list(here.organization(), &query.cursor, limit).await?;
        let tokens = query.page(rows, |row| row.id.clone());
        let integrations = app.core.list_integrations(&here.reach(), "", MOST_INTEGRATIONS).await?;
        let mut owners = HashMap::new();
        for id in tokens.items.iter().filter_map(|token| token.member_id.as_ref()) {
            if !owners.contains_key(id) {
                owners.insert(id.clone(), app.core.get_member(here.organization(), &MemberId::from_text(id)).await?);
            }
        }
        Ok(Self { tokens, integrations, owners })
    }
}

async fn page(Admin(here): Admin, State(app): State<App>, Query(query): Query<PageQuery>) -> Answer {
    let shown = Shown::load(&app, &here, &query).await?;
    let role = Role::Viewer.to_string();
    let form = Form::of([("role", role), ("reach", "all".to_owned()), ("expires_in", LIVES[1].0.to_owned())]);
    Ok(view(&here, &shown, &form, &Faults::default()))
}

async fn create(Admin(here): Admin, State(app): State<App>, form: Form) -> Answer {
    // Only one of the lives that are offered; whoever leaves it out gets a short one.
    let offered = LIVES.iter().find(|(seconds, _)| form.has("expires_in", seconds)).unwrap_or(&LIVES[0]);
    let named: Vec<String> = form.all("integration_ids").map(str::to_owned).collect();
    let made = async {
        let request = TokenRequest {
            name: form.get("name"),
            role: role(&form)?,
            expires_in: offered.0.parse().ok(),
            // A form that does not say that it reaches all does not.
            integrations: (!form.has("reach", "all")).then_some(&named),
        };
        app.core.create_token(here.organization(), &here.by, &here.membership.member, request).await
    };
    match made.await {
        Ok(token) => Ok(view_new(&here, &token)),
        Err(error) => {
            let shown = Shown::load(&app, &here, &PageQuery::default()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&here, &shown, &form, &Faults::of(error)?)).into_response())
        }
    }
}

async fn revoke(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    app.core.revoke_token(here.organization(), &here.by, &TokenId::parse(&id)?).await?;
    Ok(then(&here.path("tokens")))
}

fn view(here: &Here, shown: &Shown, form: &Form, faults: &Faults) -> Response {
    Frame::new(here, Place::Tokens, "API tokens").page(&html! {
        @if shown.tokens.items.is_empty() { p .lead { "There is none yet. Programs show a token to resolve locators, list files, or connect buckets." } }
        @else { (list(here, shown)) }
        (parts::more(&here.path("tokens"), shown.tokens.next_cursor.as_deref()))
        section .card {
            h2 { "Make a token" }
            (faults.summary(&["name", "role", "integration_ids"]))
            form method="post" { (fields(&shown.integrations, form, faults)) button .primary { "Make token" } }
        }
    })
}

fn list(here: &Here, shown: &Shown) -> Markup {
    let names: HashMap<&str, &str> =
        shown.integrations.iter().map(|integration| (integration.id.as_str(), name_of(integration))).collect();
    html! {
        table .table .stack {
            thead { tr { th { "What it is for" } th { "May" } th { "Reaches" } th { "Last used" } th { "Ends" } th .action { span .visually-hidden { "Revoke" } } } }
            tbody {
                @for token in &shown.tokens.items {
                    @let owner = token.member_id.as_ref().and_then(|id| shown.owners.get(id));
                    tr {
                        th scope="row" { (token.name) span .hint { "Made " @if let Some(owner) = owner { "by " (owner.email) ", " } (parts::moment_of(token.created_at)) } }
                        td { span .narrow { "May: " } (may(token, owner)) }
                        td { span .narrow { "Reaches: " } (reached(token, &names)) }
                        td .quiet { span .narrow { "Last used: " } (parts::once(token.last_used_at)) }
                        td .quiet { span .narrow { "Ends: " } @match token.expires_at { Some(at) => (parts::moment_of(at)), None => "When it is revoked" } }
                        td .action {
                            (OnceMore {
                                verb: "Revoke",
                                what: &token.name,
                                then: "Programs that show it are refused at once. It cannot be brought back.",
                                action: &here.path(&format!("tokens/{}/revoke", token.id)),
                            }.ask())
                        }
                    }
                }
            }
        }
    }
}

/// What each role adds to those before it.
const ROLES: [(Role, &str); 3] = [
    (Role::Viewer, "resolve locators"),
    (Role::Member, "list files"),
    (Role::Admin, "connect buckets and manage the organization"),
];

/// What a token may do today: it is worth no more than its owner, whose role may have changed since it was made.
fn may(token: &TokenRow, owner: Option<&MemberRow>) -> Markup {
    let role = |name: &str| Role::from_name(name).unwrap_or(Role::Viewer);
    let own = role(&token.role);
    let now = owner.map_or(Role::Viewer, |owner| role(&owner.role)).min(own);
    let words = ROLES.iter().filter(|(role, _)| *role <= now).map(|(role, text)| match role {
        // One that reaches some integrations changes nothing.
        Role::Admin if token.restricted => "check integrations",
        _ => *text,
    });
    html! {
        (capital(&words.collect::<Vec<_>>().join(", ")))
        @if let Some(owner) = owner.filter(|_| now < own) {
            span .hint { "Less than it was made for: " (owner.email) " has the role " (now) " today." }
        }
    }
}

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}", first.to_uppercase())
}

fn name_of(integration: &Record) -> &str {
    integration.settings.name.as_deref().unwrap_or("Unnamed")
}

fn reached(token: &TokenRow, names: &HashMap<&str, &str>) -> Markup {
    if !token.restricted {
        return html! { "All integrations" };
    }
    let known: Vec<&str> =
        token.integration_ids.iter().map(|id| names.get(id.as_str()).copied().unwrap_or(id)).collect();
    html! {
        @if known.is_empty() { span .badge .warn { "None: they were removed" } }
        (known[..known.len().min(NAMES)].join(", "))
        @if known.len() > NAMES { " and " (known.len() - NAMES) " more" }
    }
}

fn fields(integrations: &[Record], form: &Form, faults: &Faults) -> Markup {
    let name = Line {
        name: "name",
        label: "What it is for",
        kind: "text",
        hint: html! { "Such as “Labeling tool”." },
        autocomplete: "off",
        required: true,
    };
    html! {
        (name.field(form, faults))
        fieldset {
            legend { "It may" }
            @for (role, text) in ROLES {
                @let text = if role == Role::Viewer { capital(text) } else { format!("Also {text}") };
                label .choice { input type="radio" name="role" value=(role) checked[form.has("role", role.as_str())]; span { b { (text) } } }
            }
            (faults.told("role"))
        }
        fieldset .reach {
            legend { "It reaches" }
            label .choice { input type="radio" name="reach" value="all" checked[form.has("reach", "all")]; span { b { "All integrations" } span { "Also those that are connected later." } } }
            @if !integrations.is_empty() {
                label .choice { input type="radio" name="reach" value="some" checked[!form.has("reach", "all")]; span { b { "Some integrations" } span { "All else in the organization does not exist for it. It may read and check them if it acts as admin, and change nothing." } } }
                fieldset .some {
                    legend { "Which" }
                    @for integration in integrations {
                        @let id = integration.id.as_str();
                        label .choice {
                            input type="checkbox" name="integration_ids" value=(id) checked[form.has("integration_ids", id)];
                            span { b { (name_of(integration)) } span { (parts::scope(&integration.settings)) } }
                        }
                    }
                }
                (faults.told_of_list("integration_ids"))
            }
        }
        div .field {
            label for="expires_in" { "It ends after" }
            select #expires_in name="expires_in" {
                @for (seconds, name) in LIVES { option value=(seconds) selected[form.get("expires_in") == seconds] { (name) } }
            }
        }
    }
}

fn view_new(here: &Here, token: &NewToken) -> Response {
    Frame::new(here, Place::Tokens, "Keep this token").below(here.path("tokens"), "API tokens").scripts(&["copy.js", "once.js"]).page(&html! {
        p { "It is shown only now. Put it where secrets are kept; whoever has it may do what “" (token.row.name) "” may do." }
        (Pasted { id: "token", title: "Token", text: &token.secret, download: None }.show())
        p { a .button href=(here.path("tokens")) { "Done" } }
    })
}
