//! Going to what somebody types: a key or a folder, from the top of the bucket or from the folder that is looked at.

use axum::response::Response;
use byob_core::{
    Error,
    files::browse::{Entry, ListRequest},
};
use maud::html;

use super::{file_path, folder::Folder};
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
    let from_top = typed.strip_prefix('/');
    let key = from_top.unwrap_or(typed);
    if key.is_empty() || key.ends_with('/') {
        return Ok(go(folder, &Meant::Folder(key.to_owned())));
    }
    let nearer = from_top.is_none().then(|| format!("{}{key}", folder.wanted.prefix)).filter(|near| near != key);
    for candidate in nearer.as_deref().into_iter().chain([key]) {
        match find(app, folder, candidate).await {
            Ok(Some(meant)) => return Ok(go(folder, &meant)),
            Ok(None) => {}
            // What cannot be listed may still be read; what is outside of what is served is not there.
            Err(error) if error.code() == "outside_scope" => {}
            Err(_) => return Ok(go(folder, &Meant::File(format!("s3://{}/{key}", folder.wanted.bucket)))),
        }
    }
    Ok(folder.show(&[], &html! {
        div .note .warn role="alert" {
            p { "No file and no folder is called " code { (typed) } ", neither here nor from the top of the bucket." }
            p { "Keys are case-sensitive. Type all of it, such as " code { "some-folder/image.png" } "." }
        }
        p { a .button href=(folder.other(&folder.wanted.prefix)) { "Back to the folder" } }
    }))
}

fn go(folder: &Folder, meant: &Meant) -> Response {
    match meant {
        Meant::File(locator) => then(&file_path(&folder.here, locator)),
        Meant::Folder(prefix) => then(&folder.other(prefix)),
    }
}

/// The file of exactly this key, or else the folder.
async fn find(app: &App, folder: &Folder, key: &str) -> Result<Option<Meant>, Error> {
    let first_of = async |prefix: &str| {
        let (bucket, prefix) = (Some(folder.wanted.bucket.clone()), Some(prefix.to_owned()));
        let request = ListRequest { bucket, prefix, delimiter: None, glob: None, cursor: None, limit: 1 };
        let listed = app.core.list_objects(&folder.here.reach(), folder.id(), &request).await?;
        Ok::<_, Error>(listed.entries.into_iter().next())
    };
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
