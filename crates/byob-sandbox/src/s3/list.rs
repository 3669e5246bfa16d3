//! Lists of objects, in both versions of the call.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>.

use std::{collections::BTreeMap, ops::Bound};

use axum::response::Response;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use byob_aws::{encode, iam::Context};
use s3s::dto::{
    CommonPrefix, EncodingType, ListObjectsOutput, ListObjectsV2Output, Object as Entry, ObjectStorageClass, Owner,
};

use super::{
    request::{S3Request, invalid_argument},
    respond::{document, etag, set, timestamp},
};
use crate::{
    refusal::Refusal,
    state::{Bucket, Version},
};

/// The most entries of one page.
pub const MOST: usize = 1_000;

/// What one page of a list holds.
pub struct Page<'a, T> {
    /// Entries, by key.
    pub entries: Vec<(&'a str, T)>,
    /// Rolled-up prefixes.
    pub prefixes: Vec<String>,
    /// The last key or prefix, where there is more.
    pub last: Option<String>,
}

/// Walks over keys after `after`, rolls up what a delimiter hides, and stops when the page is full. `take` gives what is to be listed of a
/// key; nothing hides it.
pub fn walk<'a, V, T>(
    keys: &'a BTreeMap<String, V>,
    prefix: &str,
    delimiter: &str,
    after: &str,
    most: usize,
    take: impl Fn(&'a V) -> Option<T>,
) -> Page<'a, T> {
    let mut page = Page { entries: Vec::new(), prefixes: Vec::new(), last: None };
    if most == 0 {
        return page;
    }
    // A marker that is a rolled-up prefix stands for everything below it.
    let rolled = |key: &str| {
        let rest = key.strip_prefix(prefix).filter(|_| !delimiter.is_empty())?;
        rest.find(delimiter).map(|at| key[..prefix.len() + at + delimiter.len()].to_owned())
    };
    let mut from = if let Some(group) = rolled(after).filter(|group| group == after) {
        Bound::Included(past(&group))
    } else if after >= prefix && !after.is_empty() {
        Bound::Excluded(after.to_owned())
    } else {
        Bound::Included(prefix.to_owned())
    };
    let mut last = None;
    loop {
        let Some((key, value)) =
            keys.range((from.clone(), Bound::Unbounded)).next().filter(|(key, _)| key.starts_with(prefix))
        else {
            return page;
        };
        from = Bound::Excluded(key.clone());
        let group = rolled(key);
        let taken = take(value);
        if taken.is_none() && group.is_none() {
            continue;
        }
        if let Some(group) = group {
            let below = keys.range(group.clone()..).take_while(|(key, _)| key.starts_with(&group));
            let visible = below.into_iter().any(|(key, value)| key.as_str() > after && take(value).is_some());
            from = Bound::Included(past(&group));
            if !visible {
                continue;
            }
            if page.entries.len() + page.prefixes.len() == most {
                page.last = last;
                return page;
            }
            last = Some(group.clone());
            page.prefixes.push(group);
        } else if let Some(taken) = taken {
            if page.entries.len() + page.prefixes.len() == most {
                page.last = last;
                return page;
            }
            last = Some(key.clone());
            page.entries.push((key, taken));
        }
    }
}

/// The first string after all that begin with `prefix`. Keys are UTF-8, whose bytes never reach 0xFF, so that the greatest character
/// ends them all.
fn past(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// `ListObjectsV2`.
pub fn v2(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    demand_list(request, bucket, "s3:ListBucket")?;
    let options = Options::of(request)?;
    let token = match request.param("continuation-token") {
        None => None,
        Some(token) => Some(
            BASE64_URL_SAFE_NO_PAD
                .decode(token)
                .ok()
                .and_then(|key| String::from_utf8(key).ok())
                .filter(|key| !key.is_empty())
                .ok_or_else(|| {
                    invalid_argument("The continuation token provided is incorrect", "continuation-token", token)
                })?,
        ),
    };
    let after = token.as_deref().or(request.param("start-after")).unwrap_or_default();
    let page =
        walk(&bucket.objects, options.prefix, options.delimiter, after, options.most, |versions| newest(versions));
    let owners = request.param("fetch-owner") == Some("true");
    let owner = |version: &Version| owners.then(|| request.owner_of_version(bucket, version));
    document(&ListObjectsV2Output {
        name: Some(bucket.name.clone()),
        prefix: Some(options.encode(options.prefix)),
        max_keys: Some(count(options.most)),
        key_count: Some(count(page.entries.len() + page.prefixes.len())),
        continuation_token: request.param("continuation-token").map(str::to_owned),
        is_truncated: Some(page.last.is_some()),
        next_continuation_token: page.last.as_ref().map(|key| BASE64_URL_SAFE_NO_PAD.encode(key)),
        start_after: request.param("start-after").map(|key| options.encode(key)),
        delimiter: request.param("delimiter").filter(|text| !text.is_empty()).map(|text| options.encode(text)),
        encoding_type: options.encoding(),
        contents: Some(page.entries.iter().map(|(key, version)| options.entry(key, version, owner(version))).collect()),
        common_prefixes: Some(options.prefixes(&page.prefixes)),
        ..ListObjectsV2Output::default()
    })
    .map(|response| with_region(response, bucket))
}

/// `ListObjects`.
pub fn v1(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    demand_list(request, bucket, "s3:ListBucket")?;
    let options = Options::of(request)?;
    let marker = request.param("marker").unwrap_or_default();
    let page =
        walk(&bucket.objects, options.prefix, options.delimiter, marker, options.most, |versions| newest(versions));
    let owner = |version: &Version| Some(request.owner_of_version(bucket, version));
    document(&ListObjectsOutput {
        name: Some(bucket.name.clone()),
        // The one text that this call never encodes, and SDKs do not decode.
        prefix: Some(options.prefix.to_owned()),
        marker: Some(options.encode(marker)),
        max_keys: Some(count(options.most)),
        is_truncated: Some(page.last.is_some()),
        // Without a delimiter the last key serves as the marker, and none is given.
        next_marker: page.last.as_ref().filter(|_| !options.delimiter.is_empty()).map(|key| options.encode(key)),
        delimiter: request.param("delimiter").filter(|text| !text.is_empty()).map(|text| options.encode(text)),
        encoding_type: options.encoding(),
        contents: Some(page.entries.iter().map(|(key, version)| options.entry(key, version, owner(version))).collect()),
        common_prefixes: Some(options.prefixes(&page.prefixes)),
        ..ListObjectsOutput::default()
    })
    .map(|response| with_region(response, bucket))
}

fn newest(versions: &[Version]) -> Option<&Version> {
    versions.last().filter(|version| !version.is_delete_marker())
}

/// What the lists of objects, versions and uploads have in common.
pub struct Options<'a> {
    /// Only keys that begin with it.
    pub prefix: &'a str,
    /// Rolls up keys; empty for none.
    pub delimiter: &'a str,
    /// The size of a page.
    pub most: usize,
    url: bool,
}

impl<'a> Options<'a> {
    /// Reads them from the query.
    pub fn of(request: &'a S3Request) -> Result<Self, Refusal> {
        let url = match request.param("encoding-type") {
            None | Some("") => false,
            Some("url") => true,
            Some(other) => {
                return Err(invalid_argument("Invalid Encoding Method specified in Request", "encoding-type", other));
            }
        };
        let text = |name| request.param(name).unwrap_or_default();
        Ok(Self { prefix: text("prefix"), delimiter: text("delimiter"), most: request.number("max-keys", MOST)?, url })
    }

    /// A key or prefix as the client wants it: keys may hold what XML cannot.
    pub fn encode(&self, text: &str) -> String {
        if self.url { encode::path(text).to_string() } else { text.to_owned() }
    }

    /// What `EncodingType` says.
    pub fn encoding(&self) -> Option<EncodingType> {
        self.url.then(|| EncodingType::from_static(EncodingType::URL))
    }

    /// The rolled-up prefixes.
    pub fn prefixes(&self, prefixes: &[String]) -> Vec<CommonPrefix> {
        prefixes.iter().map(|prefix| CommonPrefix { prefix: Some(self.encode(prefix)) }).collect()
    }

    fn entry(&self, key: &str, version: &Version, owner: Option<Owner>) -> Entry {
        let object = version.object.as_ref();
        Entry {
            key: Some(self.encode(key)),
            last_modified: Some(timestamp(version.modified)),
            e_tag: object.map(|object| etag(&object.etag)),
            size: object.and_then(|object| i64::try_from(object.size).ok()),
            storage_class: object.map(|object| ObjectStorageClass::from(object.storage_class.clone())),
            owner,
            ..Entry::default()
        }
    }
}

/// Listing looks at prefix, delimiter and size of the page, which a request without them has as empty, empty and 1,000 only where
/// AWS documents it: an absent parameter is an absent condition key.
pub fn demand_list(request: &S3Request, bucket: &Bucket, action: &str) -> Result<(), Refusal> {
    request.demand_with(bucket, action, None, Context::new())
}

impl S3Request {
    /// The owner of one version.
    pub fn owner_of_version(&self, bucket: &Bucket, version: &Version) -> Owner {
        let Some(id) = version.object.as_ref().and_then(|object| object.acl.owner.clone()) else {
            return self.owner_of(bucket);
        };
        let account = self.call.iam.accounts.values().find(|account| account.canonical_id == id);
        Owner { display_name: account.map(|account| account.name.clone()), id: Some(id) }
    }

    /// The owner of a bucket, and of everything in it that nobody else wrote.
    pub fn owner_of(&self, bucket: &Bucket) -> Owner {
        let account = self.call.iam.accounts.get(&bucket.account);
        Owner {
            id: account.map(|account| account.canonical_id.clone()),
            display_name: account.map(|account| account.name.clone()),
        }
    }
}

/// A count as documents have it.
pub fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn with_region(mut response: Response, bucket: &Bucket) -> Response {
    set(&mut response, "x-amz-bucket-region", &bucket.region);
    response
}
