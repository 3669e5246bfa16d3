//! The second bucket, which is not connected yet: last year, month by month.

use serde_json::json;

use super::{Sample, dice::Dice, frames::Camera, types};

const README: &str = "\
# Archive of 2025

One folder for each month: a picture, a summary and the hours of each robot. When the demo starts, this bucket
is not connected: whoever reads this through BYOB has connected it, as a customer would.
";

/// All of them.
pub fn samples() -> Vec<Sample> {
    let mut camera = Camera::new();
    let mut samples = vec![Sample::new("README.md", types::MARKDOWN, README)];
    for month in 1..=12 {
        let folder = format!("2025/{month:02}");
        let mut dice = Dice::new(month);
        let robots = [7, 8, 9].map(|robot| (robot, 90 + dice.below(80), 900 + dice.below(700)));
        let boxes: usize = robots.iter().map(|(_, _, boxes)| boxes).sum();
        let summary = json!({ "month": format!("2025-{month:02}"), "boxes": boxes, "incidents": dice.below(4) });
        let hours = robots.map(|(robot, hours, boxes)| format!("robot-{robot:02},{hours},{boxes}\r\n")).concat();
        // A frame of another hour each month.
        let picture = camera.file(month as usize * 800);
        samples.push(Sample::new(format!("{folder}/aisle.png"), types::PNG, picture));
        samples.push(Sample::new(format!("{folder}/summary.json"), types::JSON, format!("{summary:#}\n")));
        samples.push(Sample::new(format!("{folder}/hours.csv"), types::CSV, format!("robot,hours,boxes\r\n{hours}")));
    }
    samples
}
