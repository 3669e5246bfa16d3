//! Going to what somebody types: a key or a folder, from the top of the bucket or from the folder that is looked at.

use axum::response::Response;
use byob_aws::Locator;
use byob_core::{
    Error,
    files::browse::{Entry, ListRequest},
};
use maud::html;

use super::folder::{Folder, Where};
use crate::{
    console::{Answer, then},
    router::App,
};

/// What was meant.
enum Meant {
    /// By its locator.
    File(String),
    /// By its prefix.
    Folder(String),
}

/// One slash at the beginning means the top of the bucket, and one at the end a folder.
pub async fn page(app: &App, folder: &Folder) -> Answer {
    let typed = folder.wanted.jump.as_str();
    let bucket = &folder.wanted.bucket;
    for key in meant(folder, typed) {
        match find(app, folder, &key).await {
            Ok(Some(meant)) => return Ok(go(folder, &meant)),
            Ok(None) => {}
            // What is outside of what is served is not there.
            Err(error) if error.code() == "outside_scope" => {}
            // What cannot be listed may still be read, and the page of a folder says why it is not listed.
            Err(_) => {
                let key = typed.strip_prefix('/').unwrap_or(typed);
                let is_folder = key.is_empty() || key.ends_with('/');
                let from_top =
                    if is_folder { Meant::Folder(key.to_owned()) } else { Meant::File(format!("s3://{bucket}/{key}")) };
                return Ok(go(folder, &from_top));
            }
        }
    }
    if typed.starts_with("s3://") && Locator::parse(typed).is_ok() {
        return Ok(go(folder, &Meant::File(typed.to_owned())));
    }
    Ok(folder.show(&[], &html! {
        div .note .warn role="alert" {
            p { "No file and no folder is called " code { (typed) } ", neither from here nor from the top of the bucket." }
            p { "Keys are case-sensitive. Type all of it, such as " code { "some-folder/image.png" } "." }
        }
        p { a .button href=(folder.other(&folder.wanted.prefix)) { "Back to the folder" } }
    }))
}

/// The keys that are meant, the nearest first. A key may begin as a locator does, so that a locator is tried last.
fn meant(folder: &Folder, typed: &str) -> Vec<String> {
    let Where { bucket, prefix, .. } = &folder.wanted;
    let mut keys = match typed.strip_prefix('/') {
        Some(from_top) => vec![from_top.to_owned()],
        None => vec![format!("{prefix}{typed}"), typed.to_owned()],
    };
    keys.extend(typed.strip_prefix(&format!("s3://{bucket}/")).map(str::to_owned));
    keys
}

fn go(folder: &Folder, meant: &Meant) -> Response {
    match meant {
        Meant::File(locator) => then(&folder.file(locator)),
        Meant::Folder(prefix) => then(&folder.other(prefix)),
    }
}

/// The file of exactly this key, or else the folder. One that ends with a slash is a folder in any case.
async fn find(app: &App, folder: &Folder, key: &str) -> Result<Option<Meant>, Error> {
    let first_of = async |prefix: &str| {
        let (bucket, prefix) = (Some(folder.wanted.bucket.clone()), Some(prefix.to_owned()));
        let request = ListRequest { bucket, prefix, delimiter: None, glob: None, cursor: None, limit: 1 };
        let listed = app.core.list_objects(&folder.here.reach(), folder.id(), &request).await?;
        Ok::<_, Error>(listed.entries.into_iter().next())
    };
    if key.is_empty() || key.ends_with('/') {
        let is_there = key.is_empty() || first_of(key).await?.is_some();
        return Ok(is_there.then(|| Meant::Folder(key.to_owned())));
    }
    // S3 lists the key itself first of all that begin with it.
    if let Some(Entry::File(file)) = first_of(key).await?
        && file.locator.key().as_str() == key
    {
        return Ok(Some(Meant::File(file.locator.to_string())));
    }
    let inside = format!("{key}/");
    let is_folder = first_of(&inside).await?.is_some();
    Ok(is_folder.then_some(Meant::Folder(inside)))
}
