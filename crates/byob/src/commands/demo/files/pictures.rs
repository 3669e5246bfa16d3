//! Larger pictures: the map, a sheet of frames, a depth image and a drawing.

use std::fmt::Write;

use super::{
    Sample,
    canvas::{Area, Canvas},
    frames::{self, Camera},
    palette::{self, BAR, NOON},
    png::PngWriter,
    types,
    warehouse::{self, AISLES, DOCKS, LEFT, RIGHT, aisle},
};

/// All of them.
pub fn samples() -> Vec<Sample> {
    let mut png = PngWriter::new();
    let noon = palette::palette(NOON);
    let mut camera = Camera::new();
    let sheet = contact_sheet(&mut camera);
    vec![
        Sample::new("pictures/floor-map.png", types::PNG, png.indexed(camera.empty(), &noon)),
        Sample::new("pictures/contact-sheet.png", types::PNG, png.indexed(&sheet, &noon)),
        Sample::new("pictures/depth.png", types::PNG, png.grey(DEPTH.0, DEPTH.1, &depth())),
        Sample::new("pictures/floor-plan.svg", "image/svg+xml", plan()),
    ]
}

/// Every thirtieth frame of the day, four in a row: a tall picture.
fn contact_sheet(camera: &mut Camera) -> Canvas {
    let (columns, rows, gap) = (4, 30, 8);
    let (right, down) = (frames::WIDTH + gap, frames::HEIGHT + gap);
    let mut sheet = Canvas::new(columns * right + gap, rows * down + gap, BAR);
    for place in 0..columns * rows {
        let frame = camera.draw(1500 + 30 * place);
        let all = Area::new(0, 0, frame.width, frame.height);
        sheet.copy(frame, all, gap + place % columns * right, gap + place / columns * down);
    }
    sheet
}

const DEPTH: (usize, usize) = (480, 320);

/// How far away everything in an aisle is: floor, ceiling, racks with their shelves, and a robot. White is far.
fn depth() -> Vec<u8> {
    let (width, height) = DEPTH;
    let mut pixels = Vec::with_capacity(2 * width * height);
    for y in 0..height {
        let down = y.abs_diff(140).max(1);
        let ground = 2_400_000 / down;
        for x in 0..width {
            let across = x.abs_diff(240).max(1);
            let rack = 2_600_000 / across;
            // Between two shelves the view goes deeper.
            let gap = rack / 9_000 % 2 * 5_000 + down * rack / 700_000 % 2 * 2_500;
            let robot = if (192..270).contains(&y) && (200..284).contains(&x) { 26_000 } else { usize::MAX };
            let distance = ground.min(rack + gap).min(robot).min(65_535);
            pixels.extend(u16::try_from(distance).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    pixels
}

/// The floor plan, with the way of robot 07.
fn plan() -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" \
         font-family=\"system-ui, sans-serif\">\n<title>Warehouse 2</title>\n\
         <rect width=\"{0}\" height=\"{1}\" fill=\"#f6f7f7\" stroke=\"#5c6974\" stroke-width=\"24\"/>\n",
        warehouse::WIDTH,
        warehouse::HEIGHT
    );
    for (number, rack) in (1..).zip(warehouse::racks()) {
        let Area { x, y, width, height } = rack;
        line(
            &mut svg,
            &format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\" fill=\"#4a627a\"/>"),
        );
        let (x, y) = (x + width / 2, y + height / 2 + 7);
        line(
            &mut svg,
            &format!(
                "<text x=\"{x}\" y=\"{y}\" font-size=\"20\" fill=\"#fff\" text-anchor=\"middle\">R{number:02}</text>"
            ),
        );
    }
    let way = (0..AISLES).map(|number| {
        let (from, to) = if number % 2 == 0 { (LEFT, RIGHT) } else { (RIGHT, LEFT) };
        format!("{from},{0} {to},{0} ", aisle(number))
    });
    let way = way.collect::<String>();
    line(
        &mut svg,
        &format!(
            "<polyline points=\"{way}{RIGHT},{DOCKS} {LEFT},{DOCKS} {LEFT},{}\" fill=\"none\" stroke=\"#169c96\" \
             stroke-width=\"6\" stroke-linejoin=\"round\" stroke-dasharray=\"18 10\"/>",
            aisle(0)
        ),
    );
    line(&mut svg, &format!("<circle cx=\"{LEFT}\" cy=\"{}\" r=\"14\" fill=\"#f2a92c\"/>", aisle(0)));
    svg + "</svg>\n"
}

fn line(svg: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(svg, "{text}");
}
