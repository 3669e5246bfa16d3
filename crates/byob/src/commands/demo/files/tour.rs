//! Where robot 07 goes: along every aisle, and back along the docks. In each aisle it moves one box.

use super::{
    canvas::Area,
    sprites::HEADINGS,
    warehouse::{AISLES, DOCKS, LEFT, RIGHT, aisle},
};

/// How far it drives between two frames.
const SPEED: usize = 2;

/// For how many frames it stops to take a box, or to set it down.
const PAUSE: usize = 24;

const EAST: usize = 0;
const SOUTH: usize = HEADINGS / 4;
const WEST: usize = HEADINGS / 2;
const NORTH: usize = HEADINGS * 3 / 4;

/// Where the robot is in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pose {
    pub x: usize,
    pub y: usize,
    pub heading: usize,
    /// Whether a box is on it.
    pub loaded: bool,
}

impl Pose {
    /// What the robot covers of the floor.
    pub fn outline(self) -> Area {
        let (width, height) = if self.heading % (HEADINGS / 2) < HEADINGS / 4 { (28, 24) } else { (24, 28) };
        Area::new(self.x - width / 2, self.y - height / 2, width, height)
    }
}

/// A box on the floor, while it is there.
pub struct Left {
    pub x: usize,
    pub y: usize,
    pub frames: std::ops::Range<usize>,
}

impl Left {
    /// What the box covers of the floor.
    pub fn outline(&self) -> Area {
        Area::new(self.x, self.y, 14, 13)
    }
}

/// The whole way.
pub struct Tour {
    /// Where the robot is, by frame.
    pub poses: Vec<Pose>,
    /// Boxes that wait to be taken, and that were set down.
    pub boxes: Vec<Left>,
}

impl Tour {
    /// Plans it.
    pub fn new() -> Self {
        let start = Pose { x: LEFT, y: aisle(0), heading: EAST, loaded: false };
        let mut tour = Self { poses: vec![start], boxes: Vec::new() };
        for number in 0..AISLES {
            tour.drive(None, Some(aisle(number)));
            // One aisle to the right, the next to the left.
            let way = if number % 2 == 0 { [640, 1420, RIGHT] } else { [1280, 500, LEFT] };
            tour.drive(Some(way[0]), None);
            tour.take();
            tour.drive(Some(way[1]), None);
            tour.set_down();
            tour.drive(Some(way[2]), None);
        }
        tour.drive(None, Some(DOCKS));
        tour.drive(Some(LEFT), None);
        tour.drive(None, Some(aisle(0)));
        tour
    }

    fn now(&self) -> Pose {
        self.poses[self.poses.len() - 1]
    }

    /// Turns, and goes straight to a column or a row.
    fn drive(&mut self, x: Option<usize>, y: Option<usize>) {
        let from = self.now();
        let to = Pose { x: x.unwrap_or(from.x), y: y.unwrap_or(from.y), ..from };
        if to == from {
            return;
        }
        self.turn(match (to.x.cmp(&from.x), to.y.cmp(&from.y)) {
            (std::cmp::Ordering::Greater, _) => EAST,
            (std::cmp::Ordering::Less, _) => WEST,
            (_, std::cmp::Ordering::Greater) => SOUTH,
            _ => NORTH,
        });
        while (self.now().x, self.now().y) != (to.x, to.y) {
            let now = self.now();
            self.poses.push(Pose { x: towards(now.x, to.x), y: towards(now.y, to.y), ..now });
        }
    }

    /// Turns on the spot, the shorter way.
    fn turn(&mut self, heading: usize) {
        while self.now().heading != heading {
            let now = self.now();
            let clockwise = (heading + HEADINGS - now.heading) % HEADINGS <= HEADINGS / 2;
            let by = if clockwise { 1 } else { HEADINGS - 1 };
            self.poses.push(Pose { heading: (now.heading + by) % HEADINGS, ..now });
        }
    }

    fn take(&mut self) {
        let (x, y) = self.beside();
        self.pause(true);
        self.boxes.push(Left { x, y, frames: 0..self.poses.len() - PAUSE / 2 });
    }

    fn set_down(&mut self) {
        let (x, y) = self.beside();
        self.pause(false);
        self.boxes.push(Left { x, y, frames: self.poses.len() - PAUSE / 2..usize::MAX });
    }

    fn beside(&self) -> (usize, usize) {
        (self.now().x - 7, self.now().y - 29)
    }

    fn pause(&mut self, then_loaded: bool) {
        let now = self.now();
        self.poses.extend([now; PAUSE / 2]);
        self.poses.extend([Pose { loaded: then_loaded, ..now }; PAUSE / 2]);
    }
}

fn towards(from: usize, to: usize) -> usize {
    if from < to { to.min(from + SPEED) } else { to.max(from - SPEED.min(from)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_robot_never_jumps() {
        let tour = Tour::new();
        for pair in tour.poses.windows(2) {
            assert!(pair[0].x.abs_diff(pair[1].x) + pair[0].y.abs_diff(pair[1].y) <= SPEED, "{pair:?}");
        }
    }

    #[test]
    fn every_box_that_is_taken_is_set_down() {
        let tour = Tour::new();
        assert_eq!(tour.boxes.len(), 2 * AISLES);
        assert!(tour.boxes.chunks(2).all(|pair| pair[0].frames.end < pair[1].frames.start));
    }
}
