//! A folder as a grid of pictures. The page has the frame; a script fills it.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use byob_aws::Locator;
use byob_core::{Error, display::Disposition, files::browse::Entry, id::IntegrationId, resolve::ResolveOptions};
use maud::html;
use serde::Serialize;

use super::{
    folder::{Folder, Where},
    one::allow_bucket,
    selection,
};
use crate::{
    body::Query,
    console::{
        Answer,
        here::{Here, Member},
        icons::{Icon, icon},
        trouble::told,
    },
    router::App,
};

/// As many as S3 lists at once.
const PAGE: i32 = 1000;

/// The names of a folder: those in it without what they have in common.
#[derive(Serialize)]
struct Keys {
    folders: Vec<String>,
    files: Vec<String>,
    next_cursor: Option<String>,
}

pub async fn keys(
    Member(here): Member,
    State(app): State<App>,
    Path((_, id)): Path<(String, String)>,
    Query(wanted): Query<Where>,
) -> Answer {
    let page = app.core.list_objects(&here.reach(), &IntegrationId::parse(&id)?, &wanted.request(PAGE)?).await;
    let page = page.map_err(|error| told(&here, error))?;
    let mut keys = Keys { folders: Vec::new(), files: Vec::new(), next_cursor: page.next_cursor };
    let short = |key: &str| key.strip_prefix(&wanted.prefix).unwrap_or(key).to_owned();
    for entry in page.entries {
        match entry {
            Entry::Folder(prefix) => keys.folders.push(short(&prefix)),
            // A folder that was made in S3's console is an object without a name of its own.
            Entry::File(file) if file.locator.key().as_str() == wanted.prefix => {}
            Entry::File(file) => keys.files.push(short(file.locator.key().as_str())),
        }
    }
    Ok(Json(keys).into_response())
}

/// The frame, and where the tiles come.
pub async fn page(app: &App, folder: &Folder) -> Result<Response, Error> {
    // What is wrong with the pattern is said at once, not by the script.
    folder.wanted.request(PAGE)?;
    let (here, wanted) = (&folder.here, &folder.wanted);
    let query = [("prefix", wanted.prefix.as_str()), ("glob", &wanted.glob)];
    let mut page = folder.show(&["grid.js"], &html! {
        (folder.filter())
        form #selection method="post" action=(folder.as_shown("/selection")) {
            div #grid data-organization=(here.organization()) data-bucket=(wanted.bucket) data-prefix=(wanted.prefix)
                data-keys=(folder.path("/keys", &query)) data-file=(folder.file("")) data-folder=(folder.other("")) {
                p .hint role="status" {}
                div #trouble .note .bad role="alert" hidden {
                    p {} p {} p .small {}
                    div .row { button type="button" { "Try again" } span { (folder.mend()) } }
                }
                template #folder { (icon(Icon::Folder)) }
                noscript { p .lead { "The grid needs scripts. " a href=(folder.path("", &query)) { "See the list" } "." } }
            }
            (selection::bar(folder, true))
        }
    });
    allow(app, here, wanted, &mut page).await;
    Ok(page)
}

/// Lets the page load pictures from the bucket's own origin.
async fn allow(app: &App, here: &Here, wanted: &Where, response: &mut Response) {
    let any = format!("s3://{}/{}x", wanted.bucket, wanted.prefix);
    let Ok(locator) = Locator::parse(&any) else { return };
    let options = ResolveOptions { expires_in: 60, disposition: Disposition::Auto, content_type: None };
    // Where there is no address, there are no pictures either.
    let answers = app.core.resolve(&here.reach(), &[locator.to_string()], &options).await;
    if let Ok(Some(Ok(resolved))) = answers.map(|answers| answers.into_iter().next()) {
        allow_bucket(response, &resolved.url);
    }
}
