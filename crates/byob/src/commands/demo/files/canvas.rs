//! A picture whose pixels are numbers of colours, one byte each.
//!
//! Everything on it is made of rows that are filled or copied whole: 10,000 frames are drawn while the visitor waits,
//! in a build without optimization too.

/// The pixel of a stamp that lets the picture below show.
pub const CLEAR: u8 = u8::MAX;

/// A place and a size, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

impl Area {
    /// A place and a size.
    pub fn new(x: usize, y: usize, width: usize, height: usize) -> Self {
        Self { x, y, width, height }
    }

    /// The same without an edge of `by` pixels.
    pub fn inset(self, by: usize) -> Self {
        let (width, height) = (self.width.saturating_sub(2 * by), self.height.saturating_sub(2 * by));
        Self::new(self.x + by, self.y + by, width, height)
    }

    /// Whether the two have pixels in common.
    pub fn meets(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    /// The same elsewhere.
    pub fn moved(self, right: usize, down: usize) -> Self {
        Self { x: self.x + right, y: self.y + down, ..self }
    }
}

/// A picture. Areas have to lie within it.
#[derive(Clone)]
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

impl Canvas {
    /// All of one colour.
    pub fn new(width: usize, height: usize, colour: u8) -> Self {
        Self { width, height, pixels: vec![colour; width * height] }
    }

    /// Fills an area.
    pub fn fill(&mut self, area: Area, colour: u8) {
        for y in area.y..area.y + area.height {
            self.row(area.x, y, area.width).fill(colour);
        }
    }

    /// Copies an area of another picture to this place.
    pub fn copy(&mut self, from: &Canvas, area: Area, x: usize, y: usize) {
        for line in 0..area.height {
            let start = (area.y + line) * from.width + area.x;
            self.row(x, y + line, area.width).copy_from_slice(&from.pixels[start..start + area.width]);
        }
    }

    /// Puts a stamp on this picture.
    pub fn stamp(&mut self, stamp: &Stamp, x: usize, y: usize) {
        for run in &stamp.runs {
            self.copy(&stamp.picture, *run, x + run.x, y + run.y);
        }
    }

    /// Part of a row, to paint on.
    pub fn row(&mut self, x: usize, y: usize, width: usize) -> &mut [u8] {
        let start = y * self.width + x;
        &mut self.pixels[start..start + width]
    }
}

/// A picture to put on others, except where it is [`CLEAR`].
pub struct Stamp {
    pub picture: Canvas,
    /// What is not clear: areas one pixel high.
    pub runs: Vec<Area>,
}

impl From<Canvas> for Stamp {
    fn from(picture: Canvas) -> Self {
        let mut runs = Vec::new();
        for (y, row) in picture.pixels.chunks_exact(picture.width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|left, right| (*left == CLEAR) == (*right == CLEAR)) {
                if run[0] != CLEAR {
                    runs.push(Area::new(x, y, run.len(), 1));
                }
                x += run.len();
            }
        }
        Self { picture, runs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_covers_only_where_it_is_painted() {
        let mut picture = Canvas::new(3, 2, 7);
        let mut stamp = Canvas::new(2, 1, CLEAR);
        stamp.fill(Area::new(1, 0, 1, 1), 1);
        picture.stamp(&stamp.into(), 1, 1);
        assert_eq!(picture.pixels, [7, 7, 7, 7, 7, 1]);
    }

    #[test]
    fn an_area_is_copied_to_another_place() {
        let mut from = Canvas::new(3, 3, 0);
        from.fill(Area::new(1, 1, 2, 1), 5);
        let mut to = Canvas::new(2, 1, 9);
        to.copy(&from, Area::new(1, 1, 1, 1), 1, 0);
        assert_eq!(to.pixels, [9, 5]);
    }
}
