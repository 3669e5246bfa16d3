//! What moves over the floor, in every direction that it can look in, and the digits on a frame.

use super::{
    canvas::{Area, CLEAR, Canvas, Stamp},
    palette::{AMBER, BAR, BAR_TEXT, BODY, BODY_DARK, DARK, LAMP, LIT, SHADE, TEAL, TEAL_LIGHT, TYRE},
    warehouse::{Paint, parcel},
};

/// Directions, clockwise; 0 is to the right.
pub const HEADINGS: usize = 16;

/// The side of a robot's picture. Its middle is the robot's.
pub const ROBOT: usize = 32;

/// How far the lamp reaches from the robot's middle.
pub const REACH: usize = 72;

/// Cosine and sine, of 256, of the headings of a quarter turn.
const QUARTER: [(i32, i32); HEADINGS / 4] = [(256, 0), (237, 98), (181, 181), (98, 237)];

fn turn(heading: usize) -> (i32, i32) {
    let (cos, sin) = QUARTER[heading % QUARTER.len()];
    match heading / QUARTER.len() % 4 {
        0 => (cos, sin),
        1 => (-sin, cos),
        2 => (-cos, -sin),
        _ => (sin, -cos),
    }
}

/// A square picture of something that looks to the right, turned.
fn turned(picture: &Canvas, heading: usize) -> Canvas {
    let side = picture.width;
    let middle = i32::try_from(side).unwrap_or_default() - 1;
    let (cos, sin) = turn(heading);
    // Twice the distance from the middle, so that it is a whole number.
    let source = |along: i32| usize::try_from((along / 256 + middle + 1) / 2).ok().filter(|it| *it < side);
    let mut out = Canvas::new(side, side, CLEAR);
    let mut down = -middle;
    for row in out.pixels.chunks_exact_mut(side) {
        let mut right = -middle;
        for pixel in row {
            if let (Some(x), Some(y)) = (source(right * cos + down * sin), source(down * cos - right * sin)) {
                *pixel = picture.pixels[y * side + x];
            }
            right += 2;
        }
        down += 2;
    }
    out
}

/// The pictures of a robot, by heading.
pub struct Robot {
    pub bodies: Vec<Stamp>,
    pub shadows: Vec<Stamp>,
    /// In the light of its own lamp.
    pub lit: Vec<Stamp>,
}

impl Robot {
    /// With a box on top, or without.
    pub fn new(load: Option<Paint>) -> Self {
        let mut body = Canvas::new(ROBOT, ROBOT, CLEAR);
        draw(&mut body);
        if let Some(paint) = load {
            parcel(&mut body, Area::new(8, 9, 13, 14), paint);
        }
        let all = |picture: &Canvas| (0..HEADINGS).map(|heading| turned(picture, heading).into()).collect();
        let shadows = all(&painted(&body, |_| SHADE));
        let lit = all(&painted(&body, |colour| colour | LIT));
        Self { bodies: all(&body), shadows, lit }
    }
}

fn painted(picture: &Canvas, paint: impl Fn(u8) -> u8) -> Canvas {
    let pixels = picture.pixels.iter().map(|colour| if *colour == CLEAR { CLEAR } else { paint(*colour) }).collect();
    Canvas { pixels, ..*picture }
}

fn draw(body: &mut Canvas) {
    // Wheels, chassis with cut corners, deck, front with lamps.
    for (x, y) in [(7, 5), (19, 5), (7, 24), (19, 24)] {
        body.fill(Area::new(x, y, 7, 3), TYRE);
    }
    body.fill(Area::new(4, 8, 25, 16), BODY_DARK);
    body.fill(Area::new(5, 7, 22, 18), BODY_DARK);
    body.fill(Area::new(5, 8, 22, 15), BODY);
    body.fill(Area::new(4, 10, 2, 12), TEAL);
    body.fill(Area::new(22, 8, 4, 16), TEAL);
    body.fill(Area::new(22, 8, 1, 16), TEAL_LIGHT);
    body.fill(Area::new(27, 10, 2, 3), LAMP);
    body.fill(Area::new(27, 19, 2, 3), LAMP);
    body.fill(Area::new(8, 11, 12, 10), DARK);
    body.fill(Area::new(9, 12, 10, 8), BODY_DARK);
    body.fill(Area::new(23, 15, 2, 2), AMBER);
}

/// Where the lamp of a robot shines, by heading: lines one pixel high, from [`REACH`] left of and above its middle.
pub fn beams() -> Vec<Vec<Area>> {
    let mut beam = Canvas::new(2 * REACH, 2 * REACH, CLEAR);
    for far in 0..REACH - 4 {
        let half = 7 + far / 3;
        beam.fill(Area::new(REACH + far, REACH - half, 1, 2 * half), LIT);
    }
    (0..HEADINGS).map(|heading| Stamp::from(turned(&beam, heading)).runs).collect()
}

/// The digits 0 to 9 and an `R`, five pixels wide and seven high, each row as bits.
const GLYPHS: [[u8; 7]; 11] = [
    [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
    [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
    [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
    [0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110],
    [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
    [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
    [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
    [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
    [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
    [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
    [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
];

/// Pictures of the digits, and of an `R` at the end.
pub fn glyphs() -> Vec<Stamp> {
    let pixel = |row: u8, column: u8| if row >> (4 - column) & 1 == 1 { BAR_TEXT } else { BAR };
    let picture = |rows: &[u8; 7]| {
        let pixels = rows.iter().flat_map(|row| (0..5).map(move |column| pixel(*row, column))).collect();
        Canvas { width: 5, height: 7, pixels }.into()
    };
    GLYPHS.iter().map(picture).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_quarter_turns_are_none() {
        let body = Robot::new(None).bodies.swap_remove(0).picture;
        let around = (0..4).fold(body.clone(), |body, _| turned(&body, HEADINGS / 4));
        assert_eq!(around.pixels, body.pixels);
    }
}
