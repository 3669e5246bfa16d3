//! What somebody means who types something: a place, an integration, a bucket, a folder, a file.

use byob_aws::{Bucket, Locator};
use byob_core::integration::Record;

use super::keys;
use crate::{
    console::{
        files::{file_path, folder_path, places, serves_any},
        frame,
        here::Here,
        icons::Icon,
    },
    router::App,
};

/// Somewhere to go.
#[derive(Clone)]
pub struct Hit {
    pub icon: Icon,
    pub name: String,
    /// Which sort of thing it is.
    pub what: String,
    pub path: String,
}

/// A bucket that can be browsed, with the integration and the folder of it that is served.
pub struct Place<'a> {
    pub integration: &'a Record,
    pub bucket: &'a str,
    prefix: String,
}

/// More than somebody reads; whoever types on gets fewer.
const MOST: usize = 20;

/// The closest first: a locator is meant as one, a key is most likely one of the bucket that is looked at.
pub async fn find(app: &App, here: &Here, integrations: &[Record], q: &str, bucket: &str) -> Vec<Hit> {
    // A key may end with a blank.
    let typed = q.trim_start();
    let named = typed.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
    let mut places: Vec<Place> = buckets(integrations).collect();
    places.extend(unlisted(integrations, &places, named.map_or(bucket, |(named, _)| named)));
    places.sort_by_key(|place| place.bucket != bucket);
    let mut hits = if let Some(rest) = typed.strip_prefix("s3://") {
        by_locator(app, here, places, typed, rest).await
    } else {
        let mut hits = by_name(here, integrations, typed.trim_end());
        if !typed.is_empty() {
            let keys = places.into_iter().map(|place| (place.key(typed), place)).collect();
            hits.extend(keys::beginning(app, here, keys, is_whole(typed)).await);
        }
        hits
    };
    hits.truncate(MOST);
    hits
}

fn buckets(integrations: &[Record]) -> impl Iterator<Item = Place<'_>> {
    let enabled = integrations.iter().filter(|integration| integration.row.enabled);
    enabled.flat_map(places).map(|(integration, bucket, prefix)| Place { integration, bucket, prefix })
}

/// The bucket that is meant, where no integration names it and one serves any.
fn unlisted<'a>(integrations: &'a [Record], known: &[Place<'_>], bucket: &'a str) -> Option<Place<'a>> {
    if known.iter().any(|place| place.bucket == bucket) || Bucket::parse(bucket).is_err() {
        return None;
    }
    let integration = integrations.iter().find(|one| one.row.enabled && serves_any(one))?;
    Some(Place { integration, bucket, prefix: String::new() })
}

impl Place<'_> {
    /// The key that is meant. Nothing else of the bucket is served, so one that is not below the prefix is meant from there.
    fn key(&self, typed: &str) -> String {
        let key = typed.strip_prefix('/').unwrap_or(typed);
        if key.starts_with(&self.prefix) { key.to_owned() } else { format!("{}{key}", self.prefix) }
    }

    /// The key of a locator, before which nothing is put, if it is served here; on the way to what is served, where that begins.
    fn key_of_locator(&self, key: &str) -> Option<String> {
        let is_on_the_way = || self.prefix.starts_with(key).then(|| self.prefix.clone());
        if key.starts_with(&self.prefix) { Some(key.to_owned()) } else { is_on_the_way() }
    }
}

pub fn name(integration: &Record) -> &str {
    integration.settings.name.as_deref().unwrap_or("Unnamed")
}

async fn by_locator(app: &App, here: &Here, places: Vec<Place<'_>>, typed: &str, rest: &str) -> Vec<Hit> {
    let Some((bucket, key)) = rest.split_once('/') else {
        let known = places.iter().filter(|place| place.bucket.starts_with(rest));
        return known.map(|place| folder(here, place.integration, place.bucket, &place.prefix)).collect();
    };
    let known = places.into_iter().filter(|place| place.bucket == bucket);
    let known: Vec<_> = known.filter_map(|place| Some((place.key_of_locator(key)?, place))).collect();
    let is_version = key.contains("?versionId=");
    if (known.is_empty() || is_version) && Locator::parse(typed).is_ok() {
        return vec![file(here, typed, None)];
    }
    keys::beginning(app, here, known, is_whole(key)).await
}

/// Whether a key is whole, for all that is known: it has a folder or an ending.
fn is_whole(typed: &str) -> bool {
    typed.contains(['/', '.'])
}

/// Integrations by name, bucket or ID, what is in their buckets, and places by name.
fn by_name(here: &Here, integrations: &[Record], typed: &str) -> Vec<Hit> {
    let wanted = typed.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let mut hits = Vec::new();
    for (_, icon, path, name) in frame::places(here).into_iter().filter(|(.., name)| has(name)) {
        hits.push(Hit { icon, name: name.to_owned(), what: "Place".to_owned(), path });
    }
    for integration in integrations.iter().filter(|_| here.is_admin()) {
        let is_named = has(name(integration)) || integration.id.as_str() == wanted;
        if is_named || places(integration).iter().any(|(_, bucket, _)| has(bucket)) {
            hits.push(Hit {
                icon: Icon::Bucket,
                name: name(integration).to_owned(),
                what: "Integration".to_owned(),
                path: here.path(&format!("integrations/{}", integration.id)),
            });
        }
    }
    for place in buckets(integrations) {
        if has(place.bucket) || has(name(place.integration)) {
            hits.push(folder(here, place.integration, place.bucket, &place.prefix));
        }
    }
    for any in integrations.iter().filter(|one| one.row.enabled && serves_any(one) && has(name(one))) {
        let path = folder_path(here, &any.id, "", "");
        hits.push(Hit { icon: Icon::Folder, name: "Any bucket".to_owned(), what: files_of(any), path });
    }
    hits
}

/// A file, of this integration if it is known to be there.
pub fn file(here: &Here, locator: &str, integration: Option<&str>) -> Hit {
    let what = integration.map_or_else(|| "File".to_owned(), |name| format!("File in {name}"));
    Hit { icon: Icon::File, name: locator.to_owned(), what, path: file_path(here, locator) }
}

pub fn folder(here: &Here, integration: &Record, bucket: &str, prefix: &str) -> Hit {
    Hit {
        icon: Icon::Folder,
        name: format!("s3://{bucket}/{prefix}"),
        what: files_of(integration),
        path: folder_path(here, &integration.id, bucket, prefix),
    }
}

fn files_of(integration: &Record) -> String {
    format!("Files of {}", name(integration))
}
