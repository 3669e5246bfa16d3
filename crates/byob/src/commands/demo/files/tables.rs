//! What robot 07 measured and what the frames show, as tables: CSV, TSV, JSON and JSON lines.
//!
//! They tell of the same drive as the frames do.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    BUCKET, Sample,
    canvas::Area,
    dice::Dice,
    frames::{self, Sight},
    tour::{Pose, Tour},
    types,
};

/// Rows of the telemetry, and frames from one to the next.
const ROWS: usize = 2_000;
const FRAMES_BETWEEN: usize = 5;

/// How many frames have annotations.
const ANNOTATED: usize = 2_000;

/// All of them.
pub fn samples() -> Vec<Sample> {
    let tour = Tour::new();
    let rows = rows(&tour);
    vec![
        Sample::new("tables/telemetry.csv", types::CSV, table(&rows, ",")),
        Sample::new("tables/telemetry.tsv", types::TSV, table(&rows, "\t")),
        Sample::new("tables/telemetry-pipe.csv", types::CSV, table(&rows[..201], "|")),
        Sample::new("tables/picks.json", types::JSON, format!("{:#}\n", picks(&tour))),
        Sample::new("annotations/robot-07.jsonl", types::JSONL, annotations(&tour)),
        Sample::new("annotations/classes.json", types::JSON, format!("{:#}\n", classes())),
    ]
}

type Row = [String; 9];

fn rows(tour: &Tour) -> Vec<Row> {
    let head = ["time", "robot", "x_m", "y_m", "speed_m_s", "battery_percent", "temperature_c", "status", "note"]
        .map(str::to_owned);
    let mut dice = Dice::new(11);
    let mut before = tour.poses[0];
    let measured = (0..ROWS).map(|row| {
        let now = tour.poses[row * FRAMES_BETWEEN % tour.poses.len()];
        let moved = now.x.abs_diff(before.x) + now.y.abs_diff(before.y);
        before = now;
        [
            clock(5 * row),
            "robot-07".to_owned(),
            metres(now.x),
            metres(now.y),
            // Twenty pixels are a metre, and five seconds have passed.
            decimal(moved, 100),
            decimal(9_800 - row * 4, 100),
            decimal(312 + dice.below(9) + row / 40, 10),
            status(now, moved).to_owned(),
            note(row),
        ]
    });
    [head].into_iter().chain(measured).collect()
}

/// Seconds since six in the morning, as a time.
pub fn clock(seconds: usize) -> String {
    format!("2026-03-02T{:02}:{:02}:{:02}Z", 6 + seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// From pixels of the floor.
fn metres(pixels: usize) -> String {
    decimal(pixels * 5, 100)
}

fn decimal(number: usize, of: usize) -> String {
    let places = if of == 100 { 2 } else { 1 };
    format!("{}.{:0places$}", number / of, number % of)
}

fn status(pose: Pose, moved: usize) -> &'static str {
    match (moved, pose.loaded) {
        (0, _) => "handling",
        (_, true) => "carrying",
        (_, false) => "driving",
    }
}

/// Mostly empty; some hold what has to be quoted, or is not English.
fn note(row: usize) -> String {
    let notes = [
        "Box marked \"fragile\", taken with care",
        "Sensor geprüft, alles in Ordnung",
        "温度は正常です",
        "Wait: person in the aisle, 4 s",
        "First line\nsecond line",
        "Vitesse réduite; sol mouillé | allée 3",
        "Battery 🔋 as expected",
    ];
    if row % 53 == 17 { notes[row / 53 % notes.len()].to_owned() } else { String::new() }
}

/// RFC 4180, with any separator.
fn table(rows: &[Row], separator: &str) -> String {
    let mut out = String::new();
    for row in rows {
        let cells: Vec<_> = row.iter().map(|cell| quoted(cell, separator)).collect();
        out.push_str(&cells.join(separator));
        out.push_str("\r\n");
    }
    out
}

fn quoted(cell: &str, separator: &str) -> String {
    if cell.contains(['"', '\n', '\r']) || cell.contains(separator) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

/// What was carried from where to where.
fn picks(tour: &Tour) -> Value {
    let place = |x, y| json!({ "x_m": metres(x), "y_m": metres(y) });
    let pick = |pair: &[super::tour::Left]| {
        json!({
            "robot": "robot-07",
            "from": place(pair[0].x, pair[0].y),
            "to": place(pair[1].x, pair[1].y),
            "frames": { "taken": pair[0].frames.end, "set_down": pair[1].frames.start },
            "box": { "kind": "carton", "size_cm": [70, 65, 60], "tags": ["fragile", "this side up"] },
        })
    };
    tour.boxes.chunks_exact(2).map(pick).collect()
}

/// What one frame shows.
#[derive(Serialize)]
struct Annotation {
    image: String,
    frame: usize,
    time: String,
    size: [usize; 2],
    objects: Vec<Object>,
}

#[derive(Serialize)]
struct Object {
    class: &'static str,
    /// Left, top, width, height, in pixels.
    #[serde(rename = "box")]
    area: [usize; 4],
}

fn annotations(tour: &Tour) -> String {
    (0..ANNOTATED)
        .filter_map(|frame| serde_json::to_string(&annotation(tour, frame)).ok())
        .flat_map(|line| [line, "\n".to_owned()])
        .collect()
}

fn annotation(tour: &Tour, frame: usize) -> Annotation {
    let Sight { pose, view, .. } = Sight::of(tour, frame);
    let robot = Object { class: if pose.loaded { "robot-loaded" } else { "robot" }, area: seen(pose.outline(), view) };
    let boxes = tour.boxes.iter().filter(|left| left.frames.contains(&frame));
    let boxes = boxes.map(super::tour::Left::outline).filter(|area| view.meets(*area));
    let boxes = boxes.map(|area| Object { class: "box", area: seen(area, view) });
    Annotation {
        image: format!("s3://{BUCKET}/{}", frames::key(frame)),
        frame: frame + 1,
        time: clock(frame),
        size: [frames::WIDTH, frames::HEIGHT],
        objects: [robot].into_iter().chain(boxes).collect(),
    }
}

/// The part of an area that a view shows, from the view's corner.
fn seen(area: Area, view: Area) -> [usize; 4] {
    let (left, top) = (area.x.max(view.x), area.y.max(view.y));
    let right = (area.x + area.width).min(view.x + view.width);
    let bottom = (area.y + area.height).min(view.y + view.height);
    [left - view.x, top - view.y, right - left, bottom - top]
}

fn classes() -> Value {
    json!({
        "classes": [
            { "name": "robot", "colour": "#169c96", "says": "a robot without a box" },
            { "name": "robot-loaded", "colour": "#f2a92c", "says": "a robot with a box on top" },
            { "name": "box", "colour": "#c8a278", "says": "a box on the floor" },
        ],
        "frames": { "annotated": ANNOTATED, "all": frames::FRAMES, "bucket": BUCKET, "prefix": "frames/robot-07/" },
        "annotators": [{ "name": "generator", "version": 1, "reviewed": null }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_cell_is_quoted() {
        let row = note(17 + 53 * 3);
        assert_eq!(quoted(&row, ","), "\"Wait: person in the aisle, 4 s\"");
        assert_eq!(quoted(&note(17), "\t"), "\"Box marked \"\"fragile\"\", taken with care\"");
    }

    #[test]
    fn every_annotation_is_within_its_frame() {
        let tour = Tour::new();
        let all: Vec<_> = (0..ANNOTATED).map(|frame| annotation(&tour, frame)).collect();
        assert!(all.iter().any(|annotation| annotation.objects.len() > 1));
        for [left, top, width, height] in
            all.iter().flat_map(|annotation| &annotation.objects).map(|object| object.area)
        {
            assert!(width > 0 && left + width <= frames::WIDTH);
            assert!(height > 0 && top + height <= frames::HEIGHT);
        }
    }
}
