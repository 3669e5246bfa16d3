//! The floor of the warehouse, seen from above: what the cameras see, and what the map shows.

use super::{
    canvas::{Area, Canvas},
    dice::Dice,
    palette::{
        AMBER, BEAM, BLUE, BLUE_DARK, BLUE_LIGHT, BODY, BODY_DARK, CORAL, CORAL_DARK, CORAL_LIGHT, DARK, FLOOR, GREEN,
        GREEN_DARK, GREEN_LIGHT, JOINT, KRAFT, KRAFT_DARK, KRAFT_LIGHT, LANE, SHADE, SHELF, STEEL, SUN, TAN, TAN_DARK,
        TAN_LIGHT, TEAL, TEAL_LIGHT, WALL, WHITE, WHITE_DARK, WHITE_LIGHT, WINDOW,
    },
};

/// The floor, in pixels; twenty are a metre.
pub const WIDTH: usize = 1920;
/// See [`WIDTH`].
pub const HEIGHT: usize = 1280;

/// The middle of the corridor along the left wall.
pub const LEFT: usize = 96;
/// The middle of the corridor along the right wall.
pub const RIGHT: usize = 1824;
/// The middle of the lane along the docks.
pub const DOCKS: usize = 1204;
/// Aisles between the rows of racks.
pub const AISLES: usize = 11;

const RACK: Area = Area { x: 152, y: 124, width: 360, height: 44 };
const RACKS_IN_A_ROW: usize = 4;
/// From one rack to the next in a row, and from one row to the next.
const PITCH: (usize, usize) = (418, 104);

/// The middle of an aisle.
pub fn aisle(number: usize) -> usize {
    RACK.y + PITCH.1 * number - 30
}

/// Where the racks are.
pub fn racks() -> impl Iterator<Item = Area> {
    let row = |row| (0..RACKS_IN_A_ROW).map(move |column| RACK.moved(PITCH.0 * column, PITCH.1 * row));
    (0..AISLES - 1).flat_map(row)
}

/// Colours of a box: its top, the edge in the light, the edge in the shade.
pub type Paint = [u8; 3];

/// Boxes and totes; cardboard is the most common.
pub const PAINTS: [Paint; 9] = [
    [KRAFT, KRAFT_LIGHT, KRAFT_DARK],
    [TAN, TAN_LIGHT, TAN_DARK],
    [KRAFT, KRAFT_LIGHT, KRAFT_DARK],
    [WHITE, WHITE_LIGHT, WHITE_DARK],
    [BLUE, BLUE_LIGHT, BLUE_DARK],
    [TAN, TAN_LIGHT, TAN_DARK],
    [GREEN, GREEN_LIGHT, GREEN_DARK],
    [KRAFT, KRAFT_LIGHT, KRAFT_DARK],
    [CORAL, CORAL_LIGHT, CORAL_DARK],
];

/// The floor with everything that does not move. Another `stock` gives other boxes.
pub fn floor(stock: u32) -> Canvas {
    let mut dice = Dice::new(stock);
    let mut map = Canvas::new(WIDTH, HEIGHT, FLOOR);
    daylight(&mut map);
    markings(&mut map);
    walls(&mut map);
    for area in racks() {
        rack(&mut map, area, &mut dice);
    }
    chargers(&mut map);
    conveyor(&mut map, &mut dice);
    docks(&mut map, &mut dice);
    map
}

/// A box seen from above.
pub fn parcel(map: &mut Canvas, area: Area, [top, light, dark]: Paint) {
    map.fill(area, dark);
    map.fill(Area { width: area.width - 1, height: area.height - 1, ..area }, light);
    map.fill(area.inset(1), top);
    // The tape.
    if area.height > 8 {
        map.fill(Area::new(area.x + 1, area.y + area.height / 2, area.width - 2, 1), light);
    }
}

/// Slabs, and the sun through the skylights.
fn daylight(map: &mut Canvas) {
    for y in (0..HEIGHT).step_by(320) {
        for x in (40..WIDTH - 300).step_by(470) {
            for line in 0..150 {
                map.fill(Area::new(x + y / 4 % 130 + line / 2, y + 60 + line, 120, 1), SUN);
            }
        }
    }
    for x in (0..WIDTH).step_by(120) {
        map.fill(Area::new(x, 0, 1, HEIGHT), JOINT);
    }
    for y in (0..HEIGHT).step_by(120) {
        map.fill(Area::new(0, y, WIDTH, 1), JOINT);
    }
}

/// Lanes: a dashed line in each aisle, whole lines beside the corridors.
fn markings(map: &mut Canvas) {
    for y in (0..AISLES).map(aisle) {
        for x in (RACK.x..RIGHT - 60).step_by(24) {
            map.fill(Area::new(x, y + 26, 14, 2), LANE);
        }
    }
    for x in [LEFT - 34, LEFT + 40, RIGHT - 42, RIGHT + 32] {
        map.fill(Area::new(x, 40, 3, HEIGHT - 130), LANE);
    }
    // Crossings for people, between the racks.
    for column in 1..RACKS_IN_A_ROW {
        let x = RACK.x + PITCH.0 * column - (PITCH.0 - RACK.width);
        for y in (0..AISLES).step_by(2).map(aisle) {
            for stripe in 0..5 {
                map.fill(Area::new(x + 8 + stripe * 10, y - 20, 5, 40), BODY);
            }
        }
    }
}

fn walls(map: &mut Canvas) {
    let inside = Area::new(0, 0, WIDTH, HEIGHT);
    map.fill(Area { height: 26, ..inside }, SHADE);
    map.fill(Area { height: 20, ..inside }, WALL);
    map.fill(Area { width: 12, ..inside }, WALL);
    map.fill(Area::new(WIDTH - 12, 0, 12, HEIGHT), WALL);
    for x in (40..WIDTH - 100).step_by(160) {
        map.fill(Area::new(x, 6, 90, 8), WINDOW);
    }
}

/// Two shelves back to back, in bays between uprights, and the shadow that they throw.
fn rack(map: &mut Canvas, area: Area, dice: &mut Dice) {
    map.fill(area.moved(5, 6), SHADE);
    map.fill(area, STEEL);
    for shelf in 0..2 {
        for bay in 0..8 {
            let place = Area::new(area.x + 2 + bay * 45, area.y + 1 + shelf * 22, 42, 20);
            map.fill(place, SHELF);
            for slat in (4..42).step_by(6) {
                map.fill(Area::new(place.x + slat, place.y, 1, 20), BEAM);
            }
            stock(map, place, dice);
        }
    }
}

/// What lies in a bay: a few boxes side by side, one big box, or nothing.
fn stock(map: &mut Canvas, bay: Area, dice: &mut Dice) {
    let wide = match dice.below(10) {
        0 => return,
        1..=3 => 38,
        4..=6 => 18,
        _ => 12,
    };
    for x in (2..bay.width - wide).step_by(wide + 1) {
        if dice.below(7) > 0 {
            let height = 12 + dice.below(6);
            let down = dice.below(2) + (18 - height) / 2;
            let paint = dice.pick(&PAINTS).unwrap_or(PAINTS[0]);
            parcel(map, Area::new(bay.x + x, bay.y + down, wide, height), paint);
        }
    }
}

/// Where robots rest: along the left wall.
fn chargers(map: &mut Canvas) {
    for y in (150..1000).step_by(96) {
        map.fill(Area::new(16, y, 34, 40), TEAL_LIGHT);
        map.fill(Area::new(18, y + 2, 30, 36), FLOOR);
        map.fill(Area::new(12, y + 12, 8, 16), STEEL);
        map.fill(Area::new(20, y + 18, 3, 4), TEAL);
    }
}

/// The belt along the right wall that takes boxes away.
fn conveyor(map: &mut Canvas, dice: &mut Dice) {
    let belt = Area::new(RIGHT + 44, 60, 32, 1080);
    map.fill(belt.moved(4, 5), SHADE);
    map.fill(belt, STEEL);
    map.fill(Area { x: belt.x + 3, width: 26, ..belt }, DARK);
    for y in (belt.y..belt.y + belt.height).step_by(8) {
        map.fill(Area::new(belt.x + 3, y, 26, 2), BEAM);
    }
    for y in (belt.y + 20..belt.y + belt.height - 40).step_by(64) {
        let paint = dice.pick(&PAINTS).unwrap_or(PAINTS[0]);
        parcel(map, Area::new(belt.x + 6, y + dice.below(20), 20, 18), paint);
    }
}

/// Gates to the lorries along the lower wall, with pallets in front.
fn docks(map: &mut Canvas, dice: &mut Dice) {
    let lower = Area::new(0, HEIGHT - 18, WIDTH, 18);
    map.fill(lower, WALL);
    for x in (180..WIDTH - 240).step_by(210) {
        map.fill(Area::new(x, lower.y, 120, 18), BODY_DARK);
        map.fill(Area::new(x - 6, lower.y - 3, 6, 21), AMBER);
        map.fill(Area::new(x + 120, lower.y - 3, 6, 21), AMBER);
        for pallet in 0..dice.below(4) {
            let place = Area::new(x + 6 + pallet * 38, lower.y - 30, 28, 24);
            map.fill(place.moved(3, 4), SHADE);
            map.fill(place, TAN_DARK);
            let paint = dice.pick(&PAINTS).unwrap_or(PAINTS[0]);
            parcel(map, Area { width: 13, ..place.inset(1) }, paint);
            parcel(map, Area { width: 13, ..place.inset(1) }.moved(13, 0), paint);
        }
    }
}
