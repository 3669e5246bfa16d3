//! What somebody may mean whose locator is no file as it stands: a bucket, a folder, or a file without the blank that came along with it.

use byob_aws::{Bucket, Locator};
use byob_core::{integration::Record, organization::Role};

use super::{
    back::Back,
    bucket::{self, serves_any},
    folder_path, places,
};
use crate::{console::here::Here, router::App};

/// The page of the bucket, if somebody who browses wrote no more than its name.
pub async fn bucket(app: &App, here: &Here, typed: &str) -> Option<String> {
    let name = typed.trim().starts_with("s3://").then(|| bucket::name(typed))?;
    if here.membership.role < Role::Member {
        return None;
    }
    let integrations = app.core.list_integrations(&here.reach(), "", super::MOST).await.ok()?;
    let on = || integrations.iter().filter(|one| one.row.enabled);
    if let Some((integration, bucket, prefix)) = on().flat_map(places).find(|(_, bucket, _)| *bucket == name) {
        return Some(folder_path(here, &integration.id, bucket, &prefix));
    }
    let any = on().find(|one| serves_any(one)).filter(|_| Bucket::parse(name).is_ok())?;
    Some(folder_path(here, &any.id, name, ""))
}

/// The page of what is there, if the locator's own key is not. Keys may end with a slash or a blank; few do.
pub async fn other(
    app: &App,
    here: &Here,
    integration: Option<&Record>,
    locator: &Locator,
    back: &Back,
) -> Option<String> {
    let text = locator.to_string();
    let trimmed = text.trim_end();
    // Those who only open files see no folders.
    let is_folder = text.ends_with('/') && integration.is_some();
    if locator.version_id().is_some() || !(trimmed != text || is_folder) {
        return None;
    }
    let size = async |locator| Some(app.core.file_details(&here.reach(), locator).await.ok()?.size);
    // S3's console makes an empty object of a folder.
    if size(locator).await.is_some_and(|size| size > 0 || !is_folder) {
        return None;
    }
    let Ok(meant) = Locator::parse(trimmed) else { return bucket(app, here, trimmed).await };
    if meant.key().as_str().ends_with('/') {
        return integration.map(|one| folder_path(here, &one.id, meant.bucket().as_str(), meant.key().as_str()));
    }
    size(&meant).await.map(|_| back.file(here, trimmed))
}
