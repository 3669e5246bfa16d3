//! Who is in the organization.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use byob_aws::Invalid;
use byob_core::{
    Error,
    id::MemberId,
    organization::{Role, accounts::Invitation},
    store::MemberRow,
};
use maud::{Markup, html};

use super::{
    Answer,
    form::{Faults, Form, Line},
    frame::{Frame, Place},
    here::{Admin, Here},
    parts::{self, OnceMore, Pasted},
    then,
};
use crate::{
    body::Query,
    page::{Page, PageQuery},
    router::App,
};

pub fn router() -> Router<App> {
    const ONE: &str = "/o/{organization}/members/{id}";
    Router::new()
        .route("/o/{organization}/members", get(page).post(invite))
        .route(ONE, get(one))
        .route(&format!("{ONE}/role"), post(change))
        .route(&format!("{ONE}/link"), post(link))
        .route(&format!("{ONE}/remove"), post(remove))
}

/// The roles, in words.
const ROLES: [(Role, &str, &str); 3] = [
    (Role::Viewer, "Viewer", "Opens files."),
    (Role::Member, "Member", "Works with files: browses buckets."),
    (Role::Admin, "Admin", "Connects buckets and manages the organization."),
];

async fn load(app: &App, here: &Here, query: &PageQuery) -> Answer<Page<MemberRow>> {
    let limit = query.fetch_limit_after(MemberId::parse)?;
    let rows = app.core.list_members(here.organization(), &query.cursor, limit).await?;
    Ok(query.page(rows, |row| row.id.clone()))
}

async fn page(Admin(here): Admin, State(app): State<App>, Query(query): Query<PageQuery>) -> Answer {
    let members = load(&app, &here, &query).await?;
    Ok(view(&here, &members, &Form::of([("role", Role::Viewer.to_string())]), &Faults::default()))
}

async fn invite(Admin(here): Admin, State(app): State<App>, form: Form) -> Answer {
    let invited =
        async { app.core.invite_member(here.organization(), &here.by, form.get("email"), role(&form)?).await };
    match invited.await {
        Ok((member, invitation)) => Ok(view_link(&app, &here, &member, &invitation)),
        Err(error) => {
            let members = load(&app, &here, &PageQuery::default()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&here, &members, &form, &Faults::of(error)?)).into_response())
        }
    }
}

async fn one(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    let member = app.core.get_member(here.organization(), &MemberId::parse(&id)?).await?;
    Ok(view_one(&here, &member, &Faults::default()))
}

async fn change(
    Admin(here): Admin,
    State(app): State<App>,
    Path((_, id)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let id = MemberId::parse(&id)?;
    let changed = async { app.core.change_member(here.organization(), &here.by, &id, role(&form)?).await };
    match changed.await {
        Ok(_) => Ok(then(&here.path("members"))),
        Err(error) => refused(&app, &here, &id, error).await,
    }
}

async fn remove(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    let id = MemberId::parse(&id)?;
    match app.core.remove_member(here.organization(), &here.by, &id).await {
        Ok(()) => Ok(then(&here.path("members"))),
        Err(error) => refused(&app, &here, &id, error).await,
    }
}

async fn link(Admin(here): Admin, State(app): State<App>, Path((_, id)): Path<(String, String)>) -> Answer {
    let (member, invitation) = app.core.invite_again(here.organization(), &here.by, &MemberId::parse(&id)?).await?;
    Ok(view_link(&app, &here, &member, &invitation))
}

async fn refused(app: &App, here: &Here, id: &MemberId, error: Error) -> Answer {
    let member = app.core.get_member(here.organization(), id).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, view_one(here, &member, &Faults::of(error)?)).into_response())
}

/// The role that was chosen. One that nobody knows is none.
pub fn role(form: &Form) -> Result<Role, Error> {
    let unknown = Invalid::new("unknown_role", "No role is chosen.", "Choose one of these.");
    Role::from_name(form.get("role")).ok_or_else(|| Error::field("role", &unknown))
}

fn view(here: &Here, members: &Page<MemberRow>, form: &Form, faults: &Faults) -> Response {
    let email = Line {
        name: "email",
        label: "E-mail address",
        kind: "email",
        hint: html! {},
        autocomplete: "off",
        required: true,
    };
    Frame::new(here, Place::Members, "Members").page(&html! {
        table .table .stack {
            thead { tr { th { "Who" } th { "Role" } th { "Since" } } }
            tbody {
                @for member in &members.items {
                    tr {
                        th scope="row" { a href=(here.path(&format!("members/{}", member.id))) { (member.email) } }
                        td { (name_of(&member.role)) @if member.account_id.is_none() { " " span .badge { "Has not joined yet" } } }
                        td .quiet { span .narrow { "Since " } (parts::moment_of(member.created_at)) }
                    }
                }
            }
        }
        (parts::more(&here.path("members"), members.next_cursor.as_deref()))
        section .card {
            h2 { "Invite somebody" }
            (faults.summary(&["email", "role"]))
            form method="post" {
                (email.field(form, faults))
                (roles(role(form).ok(), faults))
                button .primary { "Make a link" }
                p .hint { "You get a link to hand over. Nothing is mailed." }
            }
        }
    })
}

fn roles(chosen: Option<Role>, faults: &Faults) -> Markup {
    html! {
        fieldset {
            legend { "Role" }
            @for (role, name, text) in ROLES {
                label .choice {
                    input type="radio" name="role" value=(role) checked[chosen == Some(role)];
                    span { b { (name) } span { (text) } }
                }
            }
            (faults.told("role"))
        }
    }
}

fn name_of(role: &str) -> &str {
    ROLES.iter().find(|(known, ..)| known.as_str() == role).map_or(role, |(_, name, _)| name)
}

fn view_one(here: &Here, member: &MemberRow, faults: &Faults) -> Response {
    let path = |rest: &str| here.path(&format!("members/{}/{rest}", member.id));
    Frame::new(here, Place::Members, &member.email).below(here.path("members"), "Members").page(&html! {
        (faults.summary(&["role"]))
        @if member.account_id.is_none() {
            section .card {
                h2 { "Has not joined yet" }
                p { "They join by opening their link, which works once and for a week. A new link ends the one before." }
                form method="post" action=(path("link")) { button { "Make a new link" } }
            }
        }
        form method="post" action=(path("role")) .card {
            (roles(Role::from_name(&member.role), faults))
            button .primary { "Change role" }
            p .hint { "Their tokens are worth no more than their role." }
        }
        section .card {
            h2 { "Remove" }
            (OnceMore {
                verb: &format!("Remove from {}", here.membership.name),
                what: "",
                then: "They are out at once, and their tokens stop working. To come back, they need a new link.",
                action: &path("remove"),
            }.ask_plainly())
        }
    })
}

fn view_link(app: &App, here: &Here, member: &MemberRow, invitation: &Invitation) -> Response {
    let link = app.core.link(invitation);
    Frame::new(here, Place::Members, "Hand over this link").below(here.path("members"), "Members").scripts(&["copy.js", "once.js"]).page(&html! {
        p { "With it, " b { (member.email) } " joins " (here.membership.name) " as " (name_of(&member.role)) ". It works once, until " (parts::moment_of(invitation.expires_at)) ", and is shown only now." }
        (Pasted { id: "link", title: "Link", text: &link, download: None }.show())
        p { a .button href=(here.path("members")) { "Done" } }
    })
}
