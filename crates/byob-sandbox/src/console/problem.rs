//! Pages that say why there is no page, and offer a way out.

use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;

use super::{link::Link, shell};
use crate::refusal::Refusal;

/// Why a request came to nothing. Boxed, since it stands in the error of most functions of the console.
pub struct Problem(Box<Told>);

/// What a problem says.
struct Told {
    status: StatusCode,
    title: String,
    message: String,
    code: Option<String>,
    back: Option<(Link, String)>,
}

impl Problem {
    /// A problem with its title and what to do about it.
    pub fn new(status: u16, title: impl Into<String>, message: impl Into<String>) -> Self {
        Self(Box::new(Told {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            title: title.into(),
            message: message.into(),
            code: None,
            back: None,
        }))
    }

    /// Something that is not there.
    pub fn missing(what: &str, name: &str) -> Self {
        Self::new(
            404,
            format!("There is no such {what}"),
            format!("This account has no {what} “{name}”. It may have been deleted."),
        )
    }

    /// Offers a page to go on from.
    #[must_use]
    pub fn back(mut self, to: Link, name: impl Into<String>) -> Self {
        self.0.back = Some((to, name.into()));
        self
    }
}

/// What AWS refuses where there is no form to show it in.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let mut problem = Self::new(refusal.status.as_u16(), "AWS would refuse this", refusal.message);
        problem.0.code = Some(refusal.code);
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Told { status, title, message, code, back } = *self.0;
        let body = html! {
            p { (message) }
            @if let Some(code) = code { p.hint { "Error code: " code { (code) } } }
            p.actions {
                @if let Some((to, name)) = back { a.button href=(to) { "Go back to " (name) } " " }
                a.button href="/_console/" { "Open the console" }
            }
        };
        (status, shell::bare(&title, &body)).into_response()
    }
}

/// Whatever else is asked for below `/_console`.
pub async fn no_such_page(request: Request) -> Problem {
    Problem::new(404, "There is no such page", format!("The console has no page at {}.", request.uri().path()))
}

/// An address that a form was sent to, opened again: there is nothing to show.
pub async fn only_for_forms() -> Problem {
    Problem::new(
        405,
        "There is nothing to show here",
        "A form was sent to this address. Open the page with the form and send it again.",
    )
}
