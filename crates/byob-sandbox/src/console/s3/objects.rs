//! What is in a bucket, folder by folder, and uploads.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use maud::{Markup, html};
use time::OffsetDateTime;

use super::{
    super::{
        Answer,
        done::Done,
        form::Upload,
        link::Link,
        parts::{Field, copyable, empty, moment, size, table},
        problem::Problem,
        visit::Visit,
    },
    tabs,
};
use crate::{
    s3::{admin, list},
    state::{Bucket, Version},
};

/// Entries of a page.
const PAGE: usize = 100;

/// One page of a folder.
struct Listing {
    prefix: String,
    folders: Vec<String>,
    files: Vec<File>,
    next: Option<String>,
    /// Whether deleted objects are listed, too.
    deleted: bool,
}

struct File {
    key: String,
    size: Option<u64>,
    modified: OffsetDateTime,
    versions: usize,
}

/// A page of a folder.
pub async fn page(visit: Visit) -> Answer {
    let state = visit.sandbox.read();
    let bucket = visit.bucket(&state)?;
    let listing = listing(bucket, &visit);
    drop(state);
    Ok(visit.show(visit.param("bucket"), &view(&visit, &listing)))
}

fn listing(bucket: &Bucket, visit: &Visit) -> Listing {
    let (prefix, deleted) = (visit.param("prefix"), visit.param("deleted") == "1");
    let take = |versions: &Vec<Version>| {
        let newest = versions.last().filter(|version| deleted || !version.is_delete_marker())?;
        Some((newest.object.as_ref().map(|object| object.size), newest.modified, versions.len()))
    };
    let page = list::walk(&bucket.objects, prefix, "/", visit.param("after"), PAGE, take);
    let file = |(key, (size, modified, versions)): (&str, _)| File { key: key.to_owned(), size, modified, versions };
    Listing {
        prefix: prefix.to_owned(),
        folders: page.prefixes,
        files: page.entries.into_iter().map(file).collect(),
        next: page.last,
        deleted,
    }
}

/// Stores a file as `PutObject` does, below the folder that is looked at.
pub async fn upload(visit: Visit, upload: Upload) -> Answer {
    let (bucket, prefix) = (visit.param("bucket"), visit.param("prefix"));
    let back = visit.link("s3/bucket").with("bucket", bucket).with("prefix", prefix);
    let name = if upload.key.is_empty() { &upload.file_name } else { &upload.key };
    let key = format!("{prefix}{name}");
    if name.is_empty() {
        return Err(Problem::new(400, "There is no file to upload", "Choose a file and upload it again.")
            .back(back, "the bucket"));
    }
    let mut headers = HeaderMap::new();
    if let Some(content_type) = upload.content_type.and_then(|content_type| HeaderValue::try_from(content_type).ok()) {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    let operation = admin::Operation {
        account: &visit.account,
        method: Method::PUT,
        bucket,
        key: &key,
        headers,
        body: upload.content,
        ..admin::Operation::default()
    };
    admin::perform(&visit.sandbox, operation)
        .map_err(|refusal| Problem::from(refusal).back(back.clone(), "the bucket"))?;
    Ok(back.after(Done::OBJECT_UPLOADED))
}

/// A folder of the bucket.
fn folder(visit: &Visit, prefix: &str) -> Link {
    visit.link("s3/bucket").with("bucket", visit.param("bucket")).with("prefix", prefix)
}

/// The last part of a key or prefix; keys may have parts without a name.
fn last_part<'a>(key: &'a str, prefix: &str) -> &'a str {
    match key.strip_prefix(prefix).unwrap_or(key) {
        "" => "(no name)",
        "/" => "(no name)/",
        part => part,
    }
}

fn view(visit: &Visit, listing: &Listing) -> Markup {
    let Listing { prefix, folders, files, next, deleted } = listing;
    let bucket = visit.param("bucket");
    html! {
        (tabs::view(visit, "s3/bucket"))
        (path(visit, prefix))
        (jump(visit, prefix))
        @if folders.is_empty() && files.is_empty() {
            (empty("Nothing lies here.", &html! { p { "Upload a file below, or put one here with the AWS CLI." } }))
        } @else {
            (table("Objects", &["Name", "Size", "Versions", "Last modified"], &rows(visit, listing)))
        }
        p.actions {
            @if let Some(next) = next {
                a.button href=(with_deleted(folder(visit, prefix), *deleted).with("after", next)) { "Next " (PAGE) }
            }
            @if !visit.param("after").is_empty() {
                a.button href=(with_deleted(folder(visit, prefix), *deleted)) { "First page" }
            }
            @if *deleted {
                a.button href=(folder(visit, prefix)) { "Hide deleted objects" }
            } @else {
                a.button href=(folder(visit, prefix).with("deleted", "1")) { "Show deleted objects" }
            }
        }
        h2 { "Upload a file" }
        @let upload = visit.link("s3/upload").with("bucket", bucket).with("prefix", prefix);
        form.stack method="post" enctype="multipart/form-data" action=(upload) {
            (name_field(prefix).view(None))
            div.field { label for="file" { "File" } input #file type="file" name="file" required; }
            p.actions { button.primary type="submit" { "Upload" } }
        }
    }
}

fn name_field(prefix: &str) -> Field<'_> {
    let hint = if prefix.is_empty() {
        "Without a name, the object is called like the file."
    } else {
        "Without a name, the object is called like the file. It goes into the folder above."
    };
    Field { name: "key", label: "Name of the object", hint, value: "", kind: "text", optional: true }
}

fn with_deleted(link: Link, deleted: bool) -> Link {
    if deleted { link.with("deleted", "1") } else { link }
}

fn rows(visit: &Visit, listing: &Listing) -> Markup {
    let bucket = visit.param("bucket");
    html! {
        @for group in &listing.folders {
            tr {
                th scope="row" {
                    a.folder href=(with_deleted(folder(visit, group), listing.deleted)) { (last_part(group, &listing.prefix)) }
                }
                td {} td {} td {}
            }
        }
        @for file in &listing.files {
            tr {
                th scope="row" {
                    a href=(visit.link("s3/object").with("bucket", bucket).with("key", &file.key)) {
                        (last_part(&file.key, &listing.prefix))
                    }
                }
                td.number { @if let Some(bytes) = file.size { (size(bytes)) } @else { span.badge { "Deleted" } } }
                td.number { (file.versions) }
                td { (moment(file.modified)) }
            }
        }
    }
}

/// The folders above, each a link; parts without a name are folders, too.
fn path(visit: &Visit, prefix: &str) -> Markup {
    let ends = prefix.match_indices('/').map(|(at, _)| at + 1);
    let mut start = 0;
    let folders: Vec<(&str, &str)> = ends
        .map(|end| {
            let part = &prefix[start..end];
            start = end;
            (&prefix[..end], part)
        })
        .collect();
    html! {
        @if !folders.is_empty() {
            nav.path aria-label="Folder" {
                a href=(folder(visit, "")) { (visit.param("bucket")) }
                @for (whole, part) in folders {
                    span aria-hidden="true" { "/" }
                    a href=(folder(visit, whole)) { @if *part == *"/" { "(no name)" } @else { (part.trim_end_matches('/')) } }
                }
            }
        }
        p { (copyable(&format!("s3://{}/{prefix}", visit.param("bucket")))) }
    }
}

/// Goes to any prefix: not everything that keys begin with is a folder.
fn jump(visit: &Visit, prefix: &str) -> Markup {
    html! {
        form.row method="get" action=(visit.link("s3/bucket")) role="search" {
            input type="hidden" name="bucket" value=(visit.param("bucket"));
            label.visually-hidden for="prefix" { "Prefix" }
            input #prefix name="prefix" value=(prefix) placeholder="Keys that begin with…" autocomplete="off" spellcheck="false";
            button type="submit" { "Show" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::last_part;

    #[test]
    fn parts_without_a_name_can_be_clicked_too() {
        for (key, prefix, shown) in
            [("a/b.txt", "a/", "b.txt"), ("a//", "a/", "(no name)/"), ("a/", "a/", "(no name)"), ("../x", "", "../x")]
        {
            assert_eq!(last_part(key, prefix), shown);
        }
    }
}
