//! What the camera above robot 07 saw, in ten thousand small pictures.

use super::{
    Sample,
    canvas::{Area, Canvas, Stamp},
    palette::{self, BAR, BAR_DIM, LIGHTS, LIT, TEAL},
    png::PngWriter,
    sprites::{self, REACH, ROBOT, Robot},
    tour::{Left, Pose, Tour},
    types,
    warehouse::{self, PAINTS, parcel},
};

/// How many there are.
pub const FRAMES: usize = 10_000;

/// The size of a frame, and of the bar with its number below.
pub const WIDTH: usize = 160;
/// See [`WIDTH`].
pub const HEIGHT: usize = 120;
const BAR_HEIGHT: usize = 12;

/// The key of a frame, counted from 0.
pub fn key(frame: usize) -> String {
    format!("frames/robot-07/{:06}.png", frame + 1)
}

/// All of them in order, drawn by two threads.
pub fn images() -> impl Iterator<Item = Sample> + Send {
    let halves = [0..FRAMES / 2, FRAMES / 2..FRAMES].map(|frames| std::thread::spawn(move || shoot(frames)));
    halves.into_iter().flat_map(|half| half.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

fn shoot(frames: std::ops::Range<usize>) -> Vec<Sample> {
    let mut camera = Camera::new();
    frames.map(|frame| Sample::new(key(frame), types::PNG, camera.file(frame))).collect()
}

/// Where the robot is in a frame.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    pub pose: Pose,
    /// What part of the floor the frame shows.
    pub view: Area,
    /// How far the day is.
    pub light: usize,
}

impl Sight {
    /// Of a frame counted from 0.
    pub fn of(tour: &Tour, frame: usize) -> Self {
        let pose = tour.poses[frame % tour.poses.len()];
        // The camera sways a little, so that the robot is not always in the middle.
        let sway = (frame % 160).abs_diff(80);
        let (width, height) = (WIDTH, HEIGHT - BAR_HEIGHT);
        let x = (pose.x + sway).saturating_sub(40 + width / 2).min(warehouse::WIDTH - width);
        let y = (pose.y + sway / 8).saturating_sub(5 + height / 2).min(warehouse::HEIGHT - height);
        Self { pose, view: Area::new(x, y, width, height), light: frame * LIGHTS / FRAMES + LIGHTS / 8 }
    }
}

/// A floor, and everything that is put on it for the moment of a frame.
pub struct Camera {
    tour: Tour,
    empty: Canvas,
    /// The same floor in the light of a lamp.
    lit: Canvas,
    floor: Canvas,
    robot: Robot,
    loaded: Robot,
    beams: Vec<Vec<Area>>,
    glyphs: Vec<Stamp>,
    palettes: Vec<Vec<u8>>,
    frame: Canvas,
    png: PngWriter,
}

impl Camera {
    /// Before the first frame.
    pub fn new() -> Self {
        let empty = warehouse::floor(7);
        let mut lit = empty.clone();
        lit.pixels.iter_mut().for_each(|pixel| *pixel |= LIT);
        Self {
            tour: Tour::new(),
            lit,
            floor: empty.clone(),
            empty,
            robot: Robot::new(None),
            loaded: Robot::new(Some(PAINTS[0])),
            beams: sprites::beams(),
            glyphs: sprites::glyphs(),
            palettes: (0..LIGHTS).map(palette::palette).collect(),
            frame: Canvas::new(WIDTH, HEIGHT, BAR),
            png: PngWriter::new(),
        }
    }

    /// The floor without a robot.
    pub fn empty(&self) -> &Canvas {
        &self.empty
    }

    /// A frame as a PNG file.
    pub fn file(&mut self, frame: usize) -> Vec<u8> {
        let light = Sight::of(&self.tour, frame).light % LIGHTS;
        self.draw(frame);
        self.png.indexed(&self.frame, &self.palettes[light])
    }

    /// A frame as a picture.
    pub fn draw(&mut self, frame: usize) -> &Canvas {
        let sight = Sight::of(&self.tour, frame);
        let mut changed = self.put_boxes(frame, sight.pose);
        changed.push(self.put_robot(sight));
        self.frame.copy(&self.floor, sight.view, 0, 0);
        for area in changed {
            self.floor.copy(&self.empty, area, area.x, area.y);
        }
        self.caption(frame);
        &self.frame
    }

    /// Boxes that the robot is about to take, or has set down; where they were put.
    fn put_boxes(&mut self, frame: usize, pose: Pose) -> Vec<Area> {
        let near = |left: &&Left| left.x.abs_diff(pose.x) < WIDTH && left.y.abs_diff(pose.y) < HEIGHT;
        let there = self.tour.boxes.iter().filter(near).filter(|left| left.frames.contains(&frame));
        let places: Vec<_> = there.map(Left::outline).collect();
        for place in &places {
            parcel(&mut self.floor, *place, PAINTS[0]);
        }
        places
    }

    /// The robot, and by night what its lamp shines on; all of which it may have changed.
    fn put_robot(&mut self, Sight { pose, light, .. }: Sight) -> Area {
        let robot = if pose.loaded { &self.loaded } else { &self.robot };
        let (x, y) = (pose.x - ROBOT / 2, pose.y - ROBOT / 2);
        self.floor.stamp(&robot.shadows[pose.heading], x + 2, y + 3);
        if !palette::is_dark(light) {
            self.floor.stamp(&robot.bodies[pose.heading], x, y);
            return Area::new(x, y, ROBOT + 2, ROBOT + 3);
        }
        // The corridors are wide enough for all of it to lie on the floor.
        let around = Area::new(pose.x - REACH, pose.y - REACH, 2 * REACH, 2 * REACH);
        for line in &self.beams[pose.heading] {
            let line = line.moved(around.x, around.y);
            self.floor.copy(&self.lit, line, line.x, line.y);
        }
        self.floor.stamp(&robot.lit[pose.heading], x, y);
        around
    }

    /// The robot's number, the charge of its battery, and the frame's number.
    fn caption(&mut self, frame: usize) {
        let top = HEIGHT - BAR_HEIGHT + 3;
        for (place, glyph) in [10, 0, 7].into_iter().enumerate() {
            self.frame.stamp(&self.glyphs[glyph], 5 + 6 * place, top);
        }
        let charge = 40 - frame % 2500 / 70;
        self.frame.fill(Area::new(WIDTH / 2 - 20, top + 2, 40, 3), BAR_DIM);
        self.frame.fill(Area::new(WIDTH / 2 - 20, top + 2, charge, 3), TEAL);
        let mut rest = frame + 1;
        for place in 0..6 {
            self.frame.stamp(&self.glyphs[rest % 10], WIDTH - 10 - 6 * place, top);
            rest /= 10;
        }
    }
}
