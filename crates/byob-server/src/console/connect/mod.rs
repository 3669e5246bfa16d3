//! Connecting a bucket, step by step. Everything is kept in the draft, so that whoever leaves can come back.
//!
//! Whoever has a bucket begins with it, and makes the role from the documents; whoever has a role already begins with that.

mod bucket;
mod check;
mod documents;
mod notes;
mod role;
mod start;
mod steps;

use axum::{
    Router,
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use byob_aws::{RoleArn, arn::Dialect};
use byob_core::{
    Error, Kind,
    check::Report,
    id::IntegrationId,
    integration::{Record, settings::Authentication},
    runtime::from_millis,
};
use maud::{Markup, html};
use serde::Deserialize;

use self::{
    notes::Notes,
    steps::{Order, Step},
};
use super::{
    connection::{self, made_of},
    form::{Faults, Form},
    frame::{Frame, Place},
    here::{Admin, Here},
    icons::{Icon, icon},
    parts::{OnceMore, prose},
    then,
};
use crate::{body::Query, problem::Failure, router::App};

const DRAFT: &str = "/o/{organization}/connect/{id}";

pub fn router() -> Router<App> {
    let of = |rest: &str| format!("{DRAFT}/{rest}");
    Router::new()
        .route("/o/{organization}/connect", get(start::page).post(start::begin))
        .route(DRAFT, get(start::resume))
        .route(&of("bucket"), get(bucket::page).post(bucket::change))
        .route(&of("access-policy"), get(documents::access_policy))
        .route(&of("trust-policy"), get(documents::trust_policy))
        .route(&of("pages"), get(documents::pages))
        .route(&of("bucket/typed"), post(|app, draft, form| notes::note(Step::Bucket, app, draft, form)))
        .route(&of("role/typed"), post(|app, draft, form| notes::note(Step::Role, app, draft, form)))
        .route(&of("documents/{file}"), get(documents::download))
        .route(&of("role"), get(role::page).post(role::change))
        .route(&of("check"), get(check::page))
        .route(&of("apply"), post(check::apply))
        .route(&of("save"), post(check::save))
        .route(&of("discard"), post(start::discard))
}

/// Making a check.
pub fn checks_router() -> Router<App> {
    Router::new().route(&format!("{DRAFT}/check"), post(check::check))
}

/// A draft on its way, for an admin of its organization.
struct Draft {
    here: Here,
    record: Record,
    notes: Notes,
    /// In which form documents are shown.
    form: String,
    /// Its last check, if there was one.
    last: Option<Report>,
    /// The integration that serves its scope already.
    taken: Option<Record>,
    /// What is said of its name if another integration has it.
    name_taken: Option<Error>,
}

/// Part of the query of the steps with documents.
#[derive(Debug, Default, Deserialize)]
struct Shown {
    #[serde(default)]
    form: String,
}

impl FromRequestParts<App> for Draft {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Admin(here) = Admin::from_request_parts(parts, app).await?;
        let refused = |error: Error| Failure(error).into_response();
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let id = path.iter().find(|(name, _)| *name == "id").map(|(_, value)| value).unwrap_or_default();
        let id = IntegrationId::parse(id).map_err(refused)?;
        let shown = Query::<Shown>::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?.0;
        let record = match app.core.get_draft(here.organization(), &id).await {
            Ok(record) => record,
            // Whoever has an address of it from before finds what it has become.
            Err(error) if error.kind() == Kind::NotFound => {
                app.core.get_integration(&here.reach(), &id).await.map_err(|_| refused(error))?;
                return Err(then(&here.path(&format!("integrations/{id}"))));
            }
            Err(error) => return Err(refused(error)),
        };
        let last = last_check(app, &here, &id).await.map_err(refused)?;
        let taken = app.core.find_tie(here.organization(), &record).await.map_err(refused)?;
        let name_taken = app.core.find_name_taken(here.organization(), &record).await.map_err(refused)?;
        Ok(Self { here, notes: Notes::of(&record), record, form: shown.form, last, taken, name_taken })
    }
}

impl Draft {
    /// Whether a role is assumed; until something else is chosen, it will be.
    fn is_by_role(&self) -> bool {
        matches!(self.record.settings.authentication, None | Some(Authentication::Role { .. }))
    }

    /// The role that is chosen with a form that chooses one: the one of before, if it is one there.
    fn role(&self, form: &Form) -> Option<&str> {
        let dialect = if form.get("endpoint_url").trim().is_empty() { Dialect::Aws } else { Dialect::Compatible };
        let noted = self.notes.role.as_deref().filter(|role| RoleArn::parse(role, dialect).is_ok());
        self.record.settings.role_arn().or(noted)
    }

    /// The last check, if it was of the settings as they are now.
    fn checked(&self) -> Option<&Report> {
        self.last.as_ref().filter(|report| report.started_at >= from_millis(self.record.row.updated_at))
    }

    /// Whether there is a role already whose policies are to be edited.
    fn has_role(&self) -> bool {
        self.notes.began_with == Order::Role || self.record.settings.role_arn().is_some()
    }

    /// The steps that ask for something that is not there yet.
    fn open(&self) -> Vec<Step> {
        self.steps().into_iter().filter(|step| !self.is_said(*step)).collect()
    }

    /// Whether what a step asks for is there, is right, and is free.
    fn is_said(&self, step: Step) -> bool {
        let is_free = step != Step::Bucket || (self.taken.is_none() && self.name_taken.is_none());
        self.has(step) && self.notes.typed(step).is_none() && is_free
    }

    /// Whether what a step asks for is there.
    fn has(&self, step: Step) -> bool {
        let lacks_secret = self.record.settings.access_key_id().is_some() && self.record.row.sealed_secret.is_none();
        step.is_said(&self.record.settings) && (step != Step::Bucket || !lacks_secret)
    }

    fn is_done(&self, step: Step) -> bool {
        self.is_said(step) && step.holds(self.checked())
    }

    /// The path of a step.
    fn path(&self, step: Step) -> String {
        path(&self.here, &self.record.id, &format!("/{}", step.path()))
    }

    /// Where a form of this draft is sent.
    fn action(&self, what: &str) -> String {
        path(&self.here, &self.record.id, &format!("/{what}"))
    }

    /// The form of a step: the settings, and over them what was typed and is not saved.
    fn form(&self, step: Step) -> Form {
        let saved = self.saved_form(step);
        self.notes.typed(step).map_or(saved.clone(), |typed| saved.with(typed))
    }

    fn saved_form(&self, step: Step) -> Form {
        match step {
            Step::Bucket => connection::form(&self.record.settings),
            Step::Role => connection::role(&self.record.settings),
            _ => Form::default(),
        }
    }

    /// Part of each form: of which settings it was made, and what is said where nothing can be kept at the moment.
    fn state(&self, step: Step) -> Markup {
        html! {
            (made_of::field(&self.saved_form(step)))
            p .note .warn role="alert" data-not-kept hidden {
                "What you type is not kept at the moment: BYOB does not answer, or you are no longer signed in. Do not leave this page before it is; you can "
                a href="/sign-in" target="_blank" { "sign in" } " in another tab."
            }
        }
    }

    /// What is said of a form that would undo what was saved since it was made.
    fn stale(&self, step: Step, sent: &Form) -> Faults {
        made_of::stale(sent, &self.saved_form(step), "This step was saved")
    }

    /// What is wrong with a form that is not sent yet.
    fn faults_of(&self, app: &App, step: Step, form: &Form) -> Result<Faults, Failure> {
        let changes = match step {
            Step::Bucket => connection::wanted(self.role(form), form),
            Step::Role => connection::by_role(form),
            _ => return Ok(Faults::default()),
        };
        app.core.changed(&self.record, changes).err().map_or(Ok(Faults::default()), Faults::of)
    }

    /// What is wrong with the name in a form, if it is that of another integration.
    fn faults_of_name(&self, form: &Form) -> Result<Faults, Failure> {
        let saved = self.record.settings.name.as_deref().unwrap_or_default();
        let taken = self.name_taken.clone().filter(|_| form.get("name").trim() == saved.trim());
        taken.map_or(Ok(Faults::default()), Faults::of)
    }

    /// Keeps what was typed at a step and is not saved, for who comes back.
    async fn keep(&self, app: &App, step: Step, form: &Form) -> Result<(), Error> {
        let mut typed = form.differing_from(&self.saved_form(step));
        typed.remove(made_of::MADE_OF);
        match self.note(app, |notes| notes.set_typed(step, typed.clone())).await {
            // What is too long to be noted still stands on the page.
            Err(error) if error.kind() == Kind::Invalid => Ok(()),
            kept => kept,
        }
    }

    async fn note(&self, app: &App, change: impl Fn(&mut Notes)) -> Result<(), Error> {
        note(app, &self.here, &self.record.id, change).await
    }

    fn steps(&self) -> Vec<Step> {
        steps::of(self.notes.began_with, self.is_by_role())
    }

    /// The step after this one.
    fn next(&self, step: Step) -> Option<Step> {
        self.steps().into_iter().skip_while(|one| *one != step).nth(1)
    }

    /// Leads to the next step.
    fn go_on(&self, step: Step) -> Response {
        then(&self.path(self.next(step).unwrap_or(Step::Check)))
    }

    /// A link to the next step.
    fn next_button(&self, step: Step) -> Markup {
        html! {
            @if let Some(next) = self.next(step) {
                p .row { a .button .primary href=(self.path(next)) { "Next: " (next.name()) } }
            }
        }
    }

    /// The page around a step.
    fn page(&self, step: Step, title: &str, scripts: &[&str], content: &Markup) -> Response {
        Frame::new(&self.here, Place::Integrations, title)
            .below(self.here.path("integrations"), "Integrations")
            .below(self.path(Step::Bucket), self.record.settings.name.as_deref().unwrap_or("New connection"))
            .scripts(scripts)
            .page(&html! {
                (self.progress(step))
                (self.unsettled(step))
                (content)
                div .leave {
                    p .small .quiet { "Everything is kept: come back within 30 days." }
                    (OnceMore {
                        verb: "Discard this draft",
                        what: "",
                        then: "Its external ID goes with it: a trust policy that names it has to be changed.",
                        action: &path(&self.here, &self.record.id, "/discard"),
                    }.ask())
                }
            })
    }

    /// What other steps have to know of what is said at one.
    fn unsettled(&self, current: Step) -> Markup {
        let typed: Vec<Step> = self.steps().into_iter().filter(|step| self.notes.typed(*step).is_some()).collect();
        html! {
            @if let Some(other) = &self.taken {
                div .note .bad role=[(current == Step::Bucket).then_some("alert")] {
                    p {
                        "“" a href=(self.here.path(&format!("integrations/{}", other.id))) { (other.settings.name.as_deref().unwrap_or_default()) }
                        "” serves the same already. Use that one, or "
                        @if current == Step::Bucket { "name" } @else { a href=(self.path(Step::Bucket)) { "name" } }
                        " another bucket or folder."
                    }
                }
            }
            @if let Some(taken) = self.name_taken.as_ref().filter(|_| current != Step::Bucket) {
                div .note .bad { p { (prose(taken.detail())) " Choose another name at the step " a href=(self.path(Step::Bucket)) { (Step::Bucket.name()) } "." } }
            }
            @for step in typed {
                @if step == current {
                    div .note { p { "Not all that stands here is saved: it is kept, and counts when you choose “Save and go on”." } }
                } @else {
                    div .note .warn { p { "What was typed at the step " a href=(self.path(step)) { (step.name()) } " is not saved, and not part of what you see here." } }
                }
            }
        }
    }

    /// Where somebody is.
    fn progress(&self, current: Step) -> Markup {
        html! {
            nav aria-label="Steps" {
                ol .progress {
                    @for step in self.steps() {
                        @let done = self.is_done(step);
                        li {
                            a href=(self.path(step)) aria-current=[(step == current).then_some("step")] class=[done.then_some("done")] {
                                @if done { (icon(Icon::Check)) span .visually-hidden { "Done: " } }
                                (step.name())
                            }
                        }
                    }
                }
            }
        }
    }
}

async fn note(app: &App, here: &Here, id: &IntegrationId, change: impl Fn(&mut Notes)) -> Result<(), Error> {
    app.core.note_draft(here.organization(), id, |all| Notes::change(all, |notes| change(notes))).await?;
    Ok(())
}

/// What a draft is called, if only by what was typed.
pub fn called(draft: &Record) -> String {
    let typed = || Notes::of(draft).typed(Step::Bucket).and_then(|fields| fields.get("name")?.first().cloned());
    let name = draft.settings.name.clone().or_else(typed).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| "Unnamed".to_owned())
}

async fn last_check(app: &App, here: &Here, id: &IntegrationId) -> Result<Option<Report>, Error> {
    match app.core.last_draft_check(here.organization(), id).await {
        Ok(report) => serde_json::from_str(report.get()).map(Some).map_err(Error::internal),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The path of a draft's page; `rest` begins with a slash.
fn path(here: &Here, id: &IntegrationId, rest: &str) -> String {
    here.path(&format!("connect/{id}{rest}"))
}

/// Where in AWS somebody has to be for this.
fn in_aws(way: &[&str], what: &Markup) -> Markup {
    html! {
        div .note .aws {
            @if !way.is_empty() { p { b { "In AWS: " } @for (number, place) in way.iter().enumerate() { @if number > 0 { " → " } (place) } } }
            p { (what) }
        }
    }
}
