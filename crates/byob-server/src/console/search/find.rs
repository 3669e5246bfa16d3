//! What somebody means who types something: a place, an integration, a bucket, a folder, a file.

use byob_aws::Locator;
use byob_core::integration::Record;

use crate::console::{
    files::{file_path, folder_path, places},
    frame,
    here::Here,
    icons::Icon,
};

/// Somewhere to go.
pub struct Hit {
    pub icon: Icon,
    pub name: String,
    /// Which sort of thing it is.
    pub what: String,
    pub path: String,
}

/// More than somebody reads; whoever types on gets fewer.
const MOST: usize = 20;

/// The closest first: a locator is meant as one, a key is most likely one of the bucket that is looked at.
pub fn find(here: &Here, integrations: &[Record], q: &str, bucket: &str) -> Vec<Hit> {
    // A key may end with a blank.
    let typed = q.trim_start();
    let mut hits = if typed.starts_with("s3://") {
        by_locator(here, integrations, typed)
    } else {
        let mut hits = by_name(here, integrations, typed.trim_end());
        hits.extend(by_key(here, integrations, typed, bucket));
        hits
    };
    hits.truncate(MOST);
    hits
}

/// A bucket that can be browsed, with the integration and the folder of it that is served.
fn buckets(integrations: &[Record]) -> impl Iterator<Item = (&Record, &str, String)> {
    integrations.iter().filter(|integration| integration.row.enabled).flat_map(places)
}

fn name(integration: &Record) -> &str {
    integration.settings.name.as_deref().unwrap_or("Unnamed")
}

fn by_locator(here: &Here, integrations: &[Record], typed: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let (bucket, key) = typed["s3://".len()..].split_once('/').unwrap_or((&typed["s3://".len()..], ""));
    if !key.is_empty() && !key.ends_with('/') && Locator::parse(typed).is_ok() {
        hits.push(file(here, typed, "File"));
    }
    for (integration, known, prefix) in buckets(integrations).filter(|(_, known, _)| known.starts_with(bucket)) {
        if known == bucket && (key.is_empty() || key.ends_with('/')) {
            let below = if key.starts_with(&prefix) { key } else { &prefix };
            hits.push(folder(here, integration, known, below));
        } else if key.is_empty() {
            hits.push(folder(here, integration, known, &prefix));
        }
    }
    hits
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
    for (integration, bucket, prefix) in buckets(integrations) {
        if has(bucket) || has(name(integration)) {
            hits.push(folder(here, integration, bucket, &prefix));
        }
    }
    hits
}

/// A key in each bucket, if it looks like one: with a folder or an ending.
fn by_key(here: &Here, integrations: &[Record], typed: &str, looked_at: &str) -> Vec<Hit> {
    let key = typed.strip_prefix('/').unwrap_or(typed);
    if key.is_empty() || !typed.contains(['/', '.']) {
        return Vec::new();
    }
    let mut buckets: Vec<_> = buckets(integrations).collect();
    buckets.sort_by_key(|(_, bucket, _)| *bucket != looked_at);
    let in_bucket = |(integration, bucket, prefix): (&Record, &str, String)| {
        // Nothing else of the bucket is served, so a key that is not below the prefix is meant from there.
        let key = if key.starts_with(&prefix) { key.to_owned() } else { prefix + key };
        if key.ends_with('/') {
            folder(here, integration, bucket, &key)
        } else {
            file(here, &format!("s3://{bucket}/{key}"), &format!("File in {}", name(integration)))
        }
    };
    buckets.into_iter().map(in_bucket).collect()
}

fn file(here: &Here, locator: &str, what: &str) -> Hit {
    Hit { icon: Icon::File, name: locator.to_owned(), what: what.to_owned(), path: file_path(here, locator) }
}

fn folder(here: &Here, integration: &Record, bucket: &str, prefix: &str) -> Hit {
    Hit {
        icon: Icon::Folder,
        name: format!("s3://{bucket}/{prefix}"),
        what: format!("Files of {}", name(integration)),
        path: folder_path(here, &integration.id, bucket, prefix),
    }
}
