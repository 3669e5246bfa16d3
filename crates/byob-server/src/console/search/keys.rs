//! Keys that begin as it was typed, asked of the buckets themselves while somebody types.

use std::time::Duration;

use byob_core::files::browse::{Entry, ListRequest};
use futures::future::join_all;
use tokio::time::timeout;

use super::find::{Hit, Place, file, folder, name};
use crate::{console::here::Here, router::App};

/// So many buckets are asked, the one that is looked at first: each costs its owner a request.
const MOST_BUCKETS: usize = 3;

/// So many keys of each are shown.
const MOST_KEYS: i32 = 6;

/// Nobody who types waits longer.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What begins with each of these keys in its bucket. Where that cannot be found out, a key that is whole is offered itself.
pub async fn beginning(app: &App, here: &Here, keys: Vec<(String, Place<'_>)>, is_whole: bool) -> Vec<Hit> {
    let (asked, others) = keys.split_at(keys.len().min(MOST_BUCKETS));
    let asked = asked.iter().map(async |(key, place)| match timeout(PATIENCE, listed(app, here, place, key)).await {
        Ok(Some(hits)) => hits,
        _ => itself(here, place, key, is_whole).into_iter().collect(),
    });
    let mut hits = join_all(asked).await.concat();
    hits.extend(others.iter().filter_map(|(key, place)| itself(here, place, key, is_whole)));
    hits
}

/// What the bucket has; none if it does not say.
async fn listed(app: &App, here: &Here, place: &Place<'_>, key: &str) -> Option<Vec<Hit>> {
    let request = ListRequest {
        bucket: Some(place.bucket.to_owned()),
        prefix: Some(key.to_owned()),
        delimiter: Some("/".to_owned()),
        glob: None,
        cursor: None,
        limit: MOST_KEYS,
    };
    let page = app.core.list_objects(&here.reach(), &place.integration.id, &request).await.ok()?;
    let mut entries = page.entries;
    // In the order of names, so that what was typed whole comes first.
    entries.sort_by(|one, other| one.name().cmp(other.name()));
    // The folder itself, where one was typed: whoever goes there sees what is in it.
    let own = is_folder(key) && !entries.is_empty();
    let own = own.then(|| folder(here, place.integration, place.bucket, key));
    let below = entries.into_iter().filter(|entry| !is_folder(key) || entry.name() != key);
    Some(own.into_iter().chain(below.map(|entry| hit(here, place, &entry))).collect())
}

/// Whether that is where names begin, not a name.
fn is_folder(key: &str) -> bool {
    key.is_empty() || key.ends_with('/')
}

fn hit(here: &Here, place: &Place<'_>, entry: &Entry) -> Hit {
    match entry {
        Entry::Folder(prefix) => folder(here, place.integration, place.bucket, prefix),
        Entry::File(found) => file(here, &found.locator.to_string(), Some(name(place.integration))),
    }
}

/// A key of which nothing is known but what was typed. A folder is one in any case.
fn itself(here: &Here, place: &Place<'_>, key: &str, is_whole: bool) -> Option<Hit> {
    if is_folder(key) {
        return Some(folder(here, place.integration, place.bucket, key));
    }
    is_whole.then(|| file(here, &format!("s3://{}/{key}", place.bucket), Some(name(place.integration))))
}
