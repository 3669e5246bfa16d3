//! The way back from a file to its folder, as that was shown: the address of the file's page says it.

use byob_core::{files::glob::Glob, id::IntegrationId};

use super::{folder_path_with, with};
use crate::console::here::Here;

/// How the folder was shown.
#[derive(Clone, Default)]
pub struct Back {
    pub view: String,
    pub glob: String,
}

impl Back {
    /// As it stands in an address. A pattern that goes through folders is not one of the folder in which the file lies.
    fn query(&self) -> [(&str, &str); 2] {
        let stays = Glob::parse(&self.glob).is_ok_and(|glob| !glob.is_deep());
        [("view", &self.view), ("glob", if stays { &self.glob } else { "" })]
    }

    /// The page of a file, from which the way back is known.
    pub fn file(&self, here: &Here, locator: &str) -> String {
        self.file_with(here, locator, &[])
    }

    /// The same, with more in its address.
    pub fn file_with(&self, here: &Here, locator: &str, more: &[(&str, &str)]) -> String {
        with(&here.path("file"), &[&[("locator", locator)], more, &self.query()].concat())
    }

    /// What is known of the file.
    pub fn details(&self, here: &Here, locator: &str) -> String {
        with(&here.path("file/details"), &[&[("locator", locator)][..], &self.query()].concat())
    }

    /// A folder above the file; the pattern is one of the nearest.
    pub fn folder(&self, here: &Here, id: &IntegrationId, bucket: &str, prefix: &str, is_nearest: bool) -> String {
        let [view, glob] = self.query();
        let more: &[_] = if is_nearest { &[view, glob] } else { &[view] };
        folder_path_with(here, id, &[&[("bucket", bucket), ("prefix", prefix)], more].concat())
    }

    /// The names in the folder of the file, for the ways to the files beside it.
    pub fn keys(&self, here: &Here, id: &IntegrationId, bucket: &str, prefix: &str) -> String {
        let [_, glob] = self.query();
        with(&here.path(&format!("files/{id}/keys")), &[("bucket", bucket), ("prefix", prefix), glob])
    }
}
