//! One object with its versions.

use axum::http::Method;
use maud::{Markup, html};

use super::super::{
    Answer,
    done::Done,
    form::Form,
    link::Link,
    parts::{copyable, dangerous, facts, moment, size, table},
    problem::Problem,
    visit::Visit,
};
use crate::{
    s3::admin,
    state::{
        Version,
        buckets::{Encryption, Object},
    },
};

/// The object.
pub async fn page(visit: Visit) -> Answer {
    let state = visit.sandbox.read();
    let bucket = visit.bucket(&state)?;
    let key = visit.param("key");
    let Some(versions) = bucket.objects.get(key).cloned() else {
        return Err(Problem::missing("object", key).back(back(&visit), "the bucket"));
    };
    drop(state);
    Ok(visit.show(key.rsplit('/').find(|part| !part.is_empty()).unwrap_or(key), &view(&visit, &versions)))
}

/// Deletes the object, or one version of it for good.
pub async fn delete(visit: Visit, _: Form) -> Answer {
    let (key, version) = (visit.param("key"), visit.param("version"));
    let named = [("versionId", version)];
    let operation = admin::Operation {
        account: &visit.account,
        method: Method::DELETE,
        bucket: visit.param("bucket"),
        key,
        query: if version.is_empty() { &[] } else { &named },
        ..admin::Operation::default()
    };
    if key.is_empty() {
        return Err(Problem::missing("object", key));
    }
    admin::perform(&visit.sandbox, operation)
        .map_err(|refusal| Problem::from(refusal).back(object(&visit), "the object"))?;
    let is_there =
        visit.sandbox.read().buckets.get(visit.param("bucket")).is_some_and(|bucket| bucket.objects.contains_key(key));
    let done = if version.is_empty() { Done::OBJECT_DELETED } else { Done::VERSION_DELETED };
    Ok(if is_there { object(&visit) } else { back(&visit) }.after(done))
}

fn object(visit: &Visit) -> Link {
    visit.link("s3/object").with("bucket", visit.param("bucket")).with("key", visit.param("key"))
}

/// The folder that the object lies in.
fn back(visit: &Visit) -> Link {
    let key = visit.param("key");
    let folder = key.rfind('/').map_or("", |at| &key[..=at]);
    visit.link("s3/bucket").with("bucket", visit.param("bucket")).with("prefix", folder)
}

fn view(visit: &Visit, versions: &[Version]) -> Markup {
    let (bucket, key) = (visit.param("bucket"), visit.param("key"));
    let newest = versions.last().and_then(|version| version.object.as_ref());
    html! {
        @match newest {
            Some(object) => (about(visit, object)),
            None => p {
                "This object is deleted: its newest version is a delete marker. Delete the marker, and it is back."
            },
        }
        (facts(&[
            ("S3 URI", copyable(&format!("s3://{bucket}/{key}"))),
            ("ARN", copyable(&format!("arn:aws:s3:::{bucket}/{key}"))),
        ]))
        h2 { "Versions" }
        (table("Versions", &["Version ID", "Size", "Last modified", ""], &rows(visit, versions)))
        @if newest.is_some() {
            (dangerous(
                &delete_link(visit),
                "Delete object",
                "With Bucket Versioning, a delete marker hides it, and its versions stay.",
            ))
        }
    }
}

fn delete_link(visit: &Visit) -> Link {
    visit.link("s3/object/delete").with("bucket", visit.param("bucket")).with("key", visit.param("key"))
}

fn content_link(visit: &Visit) -> Link {
    visit.link("s3/object/content").with("bucket", visit.param("bucket")).with("key", visit.param("key"))
}

fn about(visit: &Visit, object: &Object) -> Markup {
    let encryption = match &object.encryption {
        Encryption::S3 => html! { "SSE-S3" },
        Encryption::Kms { key_arn, .. } => html! { "SSE-KMS " (copyable(key_arn)) },
        Encryption::Customer { .. } => html! { "SSE-C, with a key that only its owner has" },
    };
    let kind = object.headers.get("content-type").map_or("", String::as_str);
    html! {
        p.actions { a.button href=(content_link(visit)) { "Download" } }
        (facts(&[
            ("Size", html! { (size(object.size)) " (" (object.size) " bytes)" }),
            ("Type", html! { (kind) }),
            ("ETag", html! { code { (object.etag) } }),
            ("Storage class", html! { (object.storage_class) }),
            ("Encryption", encryption),
        ]))
        @if !object.metadata.is_empty() {
            h2 { "Metadata" }
            dl.facts { @for (name, value) in &object.metadata { div { dt { "x-amz-meta-" (name) } dd { (value) } } } }
        }
    }
}

/// The newest first.
fn rows(visit: &Visit, versions: &[Version]) -> Markup {
    html! {
        @for (n, version) in versions.iter().rev().enumerate() {
            tr {
                th scope="row" { code { (version.id) } @if n == 0 { " " span.badge { "Newest" } } }
                td.number {
                    @if let Some(object) = &version.object { (size(object.size)) } @else { span.badge { "Delete marker" } }
                }
                td { (moment(version.modified)) }
                td.buttons {
                    @if version.object.is_some() {
                        a href=(content_link(visit).with("version", &version.id)) {
                            "Download" span.visually-hidden { " version " (version.id) }
                        }
                    }
                    @let delete = delete_link(visit).with("version", &version.id);
                    (dangerous(&delete, "Delete version", "This version is gone for good."))
                }
            }
        }
    }
}
