//! Logs, a document in several versions, and bytes that are no text at all.

use serde_json::json;

use super::{Sample, dice::Dice, tables::clock, types};

/// All of them; versions of a file from the oldest to the newest.
pub fn samples() -> Vec<Sample> {
    let mut samples = vec![
        Sample::new("logs/robot-07.log", types::TEXT, log("robot-07", 400)),
        Sample::new("logs/fleet.log", types::TEXT, log("fleet", 4_800)),
        Sample::new("firmware/gripper-2.4.1.bin", "application/octet-stream", firmware()),
        Sample::new("empty.txt", types::TEXT, ""),
        // What consoles make for a folder in which there is nothing.
        Sample::new("empty-folder/", "application/x-directory", ""),
    ];
    samples.extend(CALIBRATIONS.map(calibration));
    samples
}

const EVENTS: [(&str, &str); 10] = [
    ("INFO ", "drive: lane kept, 3 cm to the left"),
    ("INFO ", "camera: frame written"),
    ("INFO ", "drive: corner taken, 90 degrees"),
    ("INFO ", "battery: cells within 12 mV of each other"),
    ("INFO ", "camera: exposure 8 ms"),
    ("INFO ", "gripper: box taken, 4.2 kg"),
    ("DEBUG", "lidar: 1080 returns, 6 lost"),
    ("INFO ", "gripper: box set down"),
    ("WARN ", "drive: wheel slipped, corrected after 0.2 s"),
    ("ERROR", "radio: no answer of the dispatcher for 5 s; driving on by the last plan"),
];

fn log(source: &str, lines: usize) -> String {
    let mut dice = Dice::new(u32::try_from(lines).unwrap_or_default());
    let line = |number: usize| {
        // The last two are rare.
        let event = if dice.below(40) == 0 { 8 + dice.below(2) } else { dice.below(8) };
        let (level, text) = EVENTS[event];
        format!("{} {level} {source} #{number:05} {text}\n", clock(number * 5))
    };
    (1..=lines).map(line).collect()
}

/// Date, focal length, centre, error and author of each calibration.
type Calibration = (&'static str, f64, [f64; 2], f64, &'static str);

/// Four states of one document: a lens that was calibrated again and again.
const CALIBRATIONS: [Calibration; 4] = [
    ("2025-11-04", 612.4, [81.9, 58.2], 0.84, "M. Sato"),
    ("2025-12-16", 614.9, [80.6, 59.4], 0.47, "M. Sato"),
    ("2026-01-27", 615.2, [80.2, 59.9], 0.33, "A. Okafor"),
    ("2026-03-02", 615.3, [80.1, 60.0], 0.21, "A. Okafor"),
];

fn calibration((date, focal_length, centre, error, by): Calibration) -> Sample {
    let mut document = json!({
        "camera": "robot-07",
        "date": date,
        "focal_length_px": focal_length,
        "centre_px": centre,
        "error_px": error,
        "passed": error < 0.5,
        "by": by,
    });
    if error > 0.5 {
        document["remark"] = json!("The lens was loose; to be repeated.");
    }
    if error < 0.3 {
        document["temperatures_c"] = json!([18.0, 24.5, 31.0]);
    }
    Sample::new("reports/calibration.json", types::JSON, format!("{document:#}\n"))
}

/// A header, a few names, and a table of numbers.
fn firmware() -> Vec<u8> {
    let mut dice = Dice::new(241);
    let mut file = b"ACMEFW\x00\x01\x02\x04\x01\x00gripper\x00".to_vec();
    file.resize(64, 0);
    file.extend(b"force\x00speed\x00retry\x00release-on-power-fail\x00");
    file.resize(256, 0xff);
    file.extend((0..8_000).filter_map(|_| u8::try_from(dice.below(256)).ok()));
    file
}
