//! The files of the demo: what Acme Robotics, who films and photographs the robots of a warehouse, keeps in its
//! buckets.
//!
//! All are made up and, but for a few that lie in `assets/demo`, made at every start: the same bytes each time. Nothing
//! here reads a clock, draws a random number or touches a disk.

mod archive;
mod assets;
mod canvas;
mod dice;
mod frames;
mod names;
mod palette;
mod pdf;
mod pictures;
mod png;
mod sound;
mod sprites;
mod tables;
mod tour;
mod types;
mod warehouse;
mod words;

use bytes::Bytes;

pub use frames::images;

/// The bucket that [`images`] and [`library`] are for. Some files name others in it by locator.
pub const BUCKET: &str = "acme-robotics-data";

/// The bucket that [`archive()`] is for.
pub const ARCHIVE_BUCKET: &str = "acme-robotics-archive";

/// One file of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Where it lies in its bucket.
    pub key: String,
    /// What it is.
    pub content_type: &'static str,
    /// What is in it.
    pub body: Bytes,
}

impl Sample {
    fn new(key: impl Into<String>, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { key: key.into(), content_type, body: body.into() }
    }
}

/// Everything of [`BUCKET`] but the frames. A key that comes more than once is a file with versions, the oldest first.
pub fn library() -> Vec<Sample> {
    let mut samples = assets::samples();
    samples.extend(pictures::samples());
    samples.push(Sample::new("audio/signal.wav", "audio/wav", sound::wav()));
    samples.push(Sample::new("reports/inspection-robot-07.pdf", "application/pdf", pdf::report()));
    samples.extend(tables::samples());
    samples.extend(words::samples());
    samples.extend(names::samples());
    samples
}

/// Everything of [`ARCHIVE_BUCKET`].
pub fn archive() -> Vec<Sample> {
    archive::samples()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ten_thousand_small_pictures_lie_below_one_prefix() {
        let images: Vec<_> = images().collect();
        let keys: HashSet<_> = images.iter().map(|image| image.key.as_str()).collect();
        assert_eq!((images.len(), keys.len()), (10_000, 10_000));
        assert!(keys.iter().all(|key| key.starts_with("frames/robot-07/")));
        assert!(images.iter().map(|image| image.body.len()).sum::<usize>() < 20_000_000);
        let pictures: HashSet<_> = images.iter().map(|image| &image.body).collect();
        assert_eq!(pictures.len(), 10_000, "every frame differs from the others");
    }

    #[test]
    fn every_start_makes_the_same_files() {
        assert!(images().eq(images()));
        assert_eq!((library(), archive()), (library(), archive()));
    }

    #[test]
    fn frames_can_be_read() {
        for image in images().step_by(500) {
            let (width, pixels) = png::tests::read(&image.body);
            assert_eq!((width, pixels.len()), (frames::WIDTH, frames::WIDTH * frames::HEIGHT), "{}", image.key);
        }
    }

    #[test]
    fn the_library_is_small_and_has_versions() {
        let library = library();
        assert!(library.iter().map(|sample| sample.body.len()).sum::<usize>() < 8_000_000);
        let versions = |key| library.iter().filter(|sample| sample.key == key).count();
        assert_eq!((versions("reports/calibration.json"), versions("pictures/pick.jpg")), (4, 2));
        assert!((24..100).contains(&archive().len()));
    }

    #[test]
    fn the_readme_names_only_files_that_there_are() {
        let library = library();
        let readme = library.iter().find(|sample| sample.key == "README.md").unwrap();
        let text = std::str::from_utf8(&readme.body).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let there = library.iter().any(|sample| sample.key == link);
            assert!(there || link.starts_with("mailto:"), "{link}");
        }
    }
}
