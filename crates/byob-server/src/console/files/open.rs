//! To the file itself: its URL is made when somebody goes there, for that of a page that stood open for long has died.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Redirect},
};
use byob_core::{Error, display::Disposition, resolve::ResolveOptions};
use serde::Deserialize;

use super::one::{LIFE, refused};
use crate::{
    body::Query,
    console::{
        Answer,
        here::{Here, Viewer},
    },
    router::App,
};

#[derive(Deserialize)]
pub struct What {
    #[serde(default)]
    locator: String,
    /// To be saved, not shown.
    #[serde(default)]
    download: bool,
}

/// Where it is opened, or saved.
pub fn path(here: &Here, locator: &str, download: bool) -> String {
    let download = if download { "true" } else { "" };
    super::with(&here.path("file/open"), &[("locator", locator), ("download", download)])
}

pub async fn open(Viewer(here): Viewer, State(app): State<App>, Query(what): Query<What>) -> Answer {
    let locator = super::locator(&what.locator).map_err(Error::from)?;
    let disposition = if what.download { Disposition::Attachment } else { Disposition::Auto };
    let options = ResolveOptions { expires_in: LIFE, disposition, content_type: None };
    let answers = app.core.resolve(&here.reach(), &[locator.to_string()], &options).await?;
    match answers.into_iter().next() {
        Some(Ok(resolved)) => {
            Ok(([(header::REFERRER_POLICY, "no-referrer")], Redirect::to(&resolved.url)).into_response())
        }
        Some(Err(error)) => Ok(refused(&app, &here, &locator, &error).await),
        None => Err(Error::not_found("file").into()),
    }
}
