//! Files that are kept in the repository: formats that are hard to write in a few lines, and longer texts.
//!
//! `assets/demo/make.py` makes the former anew.

use bytes::Bytes;

use super::{Sample, types};

macro_rules! asset {
    ($name:literal) => {
        Bytes::from_static(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/", $name)))
    };
}

/// All of them.
pub fn samples() -> Vec<Sample> {
    vec![
        Sample::new("README.md", types::MARKDOWN, asset!("README.md")),
        Sample::new("pictures/aisle.jpg", "image/jpeg", asset!("aisle.jpg")),
        Sample::new("pictures/aisle-tall.jpg", "image/jpeg", asset!("aisle-tall.jpg")),
        Sample::new("pictures/aisle-loop.webp", "image/webp", asset!("aisle-loop.webp")),
        // Two versions: before the box was taken, and after.
        Sample::new("pictures/pick.jpg", "image/jpeg", asset!("pick-1.jpg")),
        Sample::new("pictures/pick.jpg", "image/jpeg", asset!("pick-2.jpg")),
        Sample::new("videos/aisle.mp4", "video/mp4", asset!("aisle.mp4")),
        Sample::new("videos/aisle.webm", "video/webm", asset!("aisle.webm")),
        Sample::new("audio/tune.mp3", "audio/mpeg", asset!("tune.mp3")),
        Sample::new("audio/tune.ogg", "audio/ogg", asset!("tune.ogg")),
        Sample::new("tables/telemetry.parquet", "application/vnd.apache.parquet", asset!("telemetry.parquet")),
        Sample::new("firmware/bundle.zip", "application/zip", asset!("bundle.zip")),
        Sample::new("reports/shift.html", "text/html; charset=utf-8", asset!("shift.html")),
        Sample::new("reports/fleet.xml", "application/xml", asset!("fleet.xml")),
        Sample::new("scripts/frames.py", "text/x-python; charset=utf-8", asset!("frames.py")),
        Sample::new("settings/robot-07.yaml", "application/yaml", asset!("robot-07.yaml")),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_parquet_file_was_made_from_the_csv() {
        let library = super::super::library();
        let body = |key| &library.iter().find(|sample| sample.key == key).unwrap().body;
        let mark = format!("crc32 {:08x}", crc32fast::hash(body("tables/telemetry.csv")));
        let parquet = body("tables/telemetry.parquet");
        assert!(
            parquet.windows(mark.len()).any(|bytes| bytes == mark.as_bytes()),
            "make it anew: python3 assets/demo/make.py telemetry.csv ({mark})"
        );
    }
}
