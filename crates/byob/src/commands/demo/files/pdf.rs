//! An inspection report of two pages: a table, and a diagram.
//!
//! Written by hand after ISO 32000-1: objects, one after the other, and a table of where each begins.

use std::fmt::Write;

use super::dice::Dice;

/// A4, in points.
const PAGE: (i32, i32) = (595, 842);

const INK: &str = "0.12 0.16 0.20 rg";
const PALE: &str = "0.45 0.51 0.56 rg";
const TEAL: &str = "0.09 0.61 0.59 rg";
const LINE: &str = "0.80 0.83 0.85 rg";
const TINT: &str = "0.95 0.97 0.97 rg";

/// The report.
pub fn report() -> Vec<u8> {
    let pages = [first_page(), second_page()];
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Lang (en) >>".to_owned(),
        "<< /Type /Pages /Kids [6 0 R 8 0 R] /Count 2 >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>".to_owned(),
        "<< /Title (Inspection report: robot 07) /Author (Acme Robotics) >>".to_owned(),
    ];
    for content in pages {
        let content_number = objects.len() + 2;
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Contents {content_number} 0 R \
             /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>",
            PAGE.0, PAGE.1
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}endstream", content.len()));
    }
    file(&objects)
}

/// Objects numbered from 1, the first being the catalogue and the fifth the title.
fn file(objects: &[String]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(objects) {
        // Each entry has exactly 20 bytes.
        offsets.push(format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
    }
    let (table, size, offsets) = (file.len(), objects.len() + 1, offsets.concat());
    file.extend(format!("xref\n0 {size}\n0000000000 65535 f \n{offsets}").into_bytes());
    file.extend(format!("trailer\n<< /Size {size} /Root 1 0 R /Info 5 0 R >>\n").into_bytes());
    file.extend(format!("startxref\n{table}\n%%EOF\n").into_bytes());
    file
}

/// Instructions that draw a page. Distances are from its lower left corner.
struct Page(String);

impl Page {
    fn new(title: &str, number: u32) -> Self {
        let mut page = Self(String::new());
        page.fill(TEAL, [0, PAGE.1 - 8, PAGE.0, 8]);
        page.text("F2", 20, INK, (56, 766), title);
        page.text("F1", 9, PALE, (56, 750), "Acme Robotics, warehouse 2, 2 March 2026");
        page.fill(LINE, [56, 56, PAGE.0 - 112, 1]);
        page.text("F1", 8, PALE, (56, 42), &format!("Sample of the BYOB demo. Page {number} of 2"));
        page
    }

    /// Left, bottom, width, height.
    fn fill(&mut self, colour: &str, [x, y, width, height]: [i32; 4]) {
        self.write(format_args!("{colour} {x} {y} {width} {height} re f"));
    }

    /// The text has neither brackets nor backslashes, which would have to be escaped.
    fn text(&mut self, font: &str, size: u32, colour: &str, (x, y): (i32, i32), text: &str) {
        self.write(format_args!("BT {colour} /{font} {size} Tf {x} {y} Td ({text}) Tj ET"));
    }

    fn write(&mut self, instruction: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{instruction}");
    }
}

const CHECKS: [[&str; 4]; 14] = [
    ["Wheels", "Tread of the drive wheels", "3.1 mm", "Good"],
    ["Wheels", "Play of the bearings", "0.02 mm", "Good"],
    ["Brakes", "Way to a stop from 1.2 m/s", "0.31 m", "Good"],
    ["Brakes", "Holding on a slope of 5 %", "held", "Good"],
    ["Battery", "Capacity of the new one", "94 %", "Good"],
    ["Battery", "Warmest cell under load", "38.5 C", "Good"],
    ["Gripper", "Force of the fingers", "12.5 N", "Good"],
    ["Gripper", "Repeats within", "0.4 mm", "Good"],
    ["Gripper", "Wear of the left pad", "1.8 mm", "Replace soon"],
    ["Camera", "Sharpness, front", "0.42", "Good"],
    ["Camera", "Calibration error", "0.21 px", "Good"],
    ["Lidar", "Lost returns", "0.6 %", "Good"],
    ["Safety", "Emergency stop", "0.11 s", "Good"],
    ["Safety", "Bumper, all sides", "closed", "Good"],
];

fn first_page() -> String {
    let mut page = Page::new("Inspection report: robot 07", 1);
    let first = "Robot 07 was inspected after 1,204 hours of work. It may go on working.";
    let second = "One part wears: the left pad of the gripper is to be replaced within 200 hours.";
    page.text("F1", 11, INK, (56, 712), first);
    page.text("F1", 11, INK, (56, 696), second);
    let columns = [56, 136, 350, 440];
    for (x, title) in columns.into_iter().zip(["Part", "What was measured", "Value", "Judgement"]) {
        page.text("F2", 10, INK, (x + 6, 660), title);
    }
    page.fill(INK, [56, 652, PAGE.0 - 112, 1]);
    for (down, check) in (0..).zip(CHECKS) {
        let y = 628 - 24 * down;
        if down % 2 == 0 {
            page.fill(TINT, [56, y, PAGE.0 - 112, 24]);
        }
        for ((x, cell), column) in columns.into_iter().zip(check).zip(0..) {
            let colour = if column == 3 && cell == "Good" { TEAL } else { INK };
            page.text("F1", 10, colour, (x + 6, y + 8), cell);
        }
    }
    page.text("F2", 11, INK, (56, 240), "Inspector");
    page.text("F1", 11, INK, (56, 222), "M. Sato");
    page.fill(LINE, [56, 212, 180, 1]);
    page.0
}

fn second_page() -> String {
    let mut page = Page::new("Battery over one shift", 2);
    page.text("F1", 11, INK, (56, 712), "Charge in per cent, each quarter of an hour, from 6:00 to 14:00.");
    for percent in (0..=100).step_by(20) {
        let y = 420 + percent * 5 / 2;
        page.fill(LINE, [88, y, 450, 1]);
        page.text("F1", 9, PALE, (60, y - 3), &percent.to_string());
    }
    let mut dice = Dice::new(3);
    let mut charge = 98;
    for quarter in 0..32 {
        // It is charged over noon.
        let noon = (20..25).contains(&quarter);
        let used = i32::try_from(dice.below(5)).unwrap_or_default();
        charge = if noon { (charge + 11).min(99) } else { charge - 1 - used };
        page.fill(TEAL, [94 + quarter * 14, 421, 9, charge * 5 / 2]);
        if quarter % 4 == 0 {
            page.text("F1", 9, PALE, (90 + quarter * 14, 404), &format!("{}:00", 6 + quarter / 4));
        }
    }
    page.text("F2", 11, INK, (56, 356), "Where the pad wears");
    page.fill(TINT, [56, 120, PAGE.0 - 112, 220]);
    gripper(&mut page);
    page.0
}

/// A gripper from above, with the worn pad marked.
fn gripper(page: &mut Page) {
    page.fill(PALE, [250, 290, 96, 30]);
    page.fill(INK, [200, 264, 196, 26]);
    page.fill(PALE, [200, 160, 22, 104]);
    page.fill(PALE, [374, 160, 22, 104]);
    page.fill("0.83 0.51 0.42 rg", [222, 160, 8, 70]);
    page.fill(TEAL, [366, 160, 8, 70]);
    page.fill("0.78 0.64 0.47 rg", [244, 150, 108, 84]);
    page.text("F1", 9, INK, (88, 190), "left pad: 1.8 mm worn");
    page.fill(INK, [186, 193, 36, 1]);
    page.text("F1", 9, INK, (430, 190), "right pad: good");
    page.fill(INK, [374, 193, 50, 1]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_where_objects_begin() {
        let text = String::from_utf8(report()).unwrap();
        let start: usize = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        let mut lines = text[start..].lines();
        assert_eq!((lines.next(), lines.next()), (Some("xref"), Some("0 10")));
        for (number, line) in lines.skip(1).take(9).enumerate() {
            let offset: usize = line[..10].parse().unwrap();
            assert!(text[offset..].starts_with(&format!("{} 0 obj\n", number + 1)), "{line}");
        }
    }

    #[test]
    fn streams_have_the_length_that_they_tell() {
        let text = String::from_utf8(report()).unwrap();
        for part in text.split("<< /Length ").skip(1) {
            let (length, rest) = part.split_once(" >>\nstream\n").unwrap();
            assert_eq!(rest.find("endstream"), Some(length.parse().unwrap()));
        }
    }
}
