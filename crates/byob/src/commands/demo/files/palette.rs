//! The colours of the warehouse, by day and by night.

/// Red, green, blue.
type Rgb = [u8; 3];

/// What a pixel's number means.
macro_rules! colours {
    ($($name:ident $rgb:expr;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Number { $($name),* }
        $(pub const $name: u8 = Number::$name as u8;)*
        /// By number, in white light.
        const COLOURS: &[Rgb] = &[$($rgb),*];
    };
}

colours! {
    FLOOR [0xd9, 0xdc, 0xda];
    SUN [0xea, 0xe8, 0xdd];
    JOINT [0xcb, 0xcf, 0xcd];
    SHADE [0xb3, 0xb9, 0xb9];
    DARK [0x8b, 0x94, 0x98];
    LANE [0xe2, 0xbe, 0x62];
    WALL [0x5c, 0x69, 0x74];
    WINDOW [0xb9, 0xd6, 0xe2];
    STEEL [0x4a, 0x62, 0x7a];
    BEAM [0x6d, 0x86, 0x9e];
    SHELF [0x93, 0xa4, 0xb2];
    KRAFT [0xc8, 0xa2, 0x78];
    KRAFT_LIGHT [0xdd, 0xbf, 0x9a];
    KRAFT_DARK [0xa6, 0x80, 0x58];
    TAN [0xb8, 0x8d, 0x62];
    TAN_LIGHT [0xce, 0xa9, 0x80];
    TAN_DARK [0x93, 0x6c, 0x46];
    WHITE [0xf2, 0xf1, 0xec];
    WHITE_LIGHT [0xff, 0xff, 0xff];
    WHITE_DARK [0xcd, 0xcd, 0xc8];
    BLUE [0x6b, 0x93, 0xb4];
    BLUE_LIGHT [0x8f, 0xb2, 0xcd];
    BLUE_DARK [0x4c, 0x72, 0x94];
    GREEN [0x76, 0xa7, 0x90];
    GREEN_LIGHT [0x99, 0xc2, 0xae];
    GREEN_DARK [0x55, 0x85, 0x6f];
    CORAL [0xd4, 0x83, 0x6c];
    CORAL_LIGHT [0xe6, 0xa5, 0x92];
    CORAL_DARK [0xb0, 0x63, 0x4e];
    BODY [0xf7, 0xf8, 0xf8];
    BODY_DARK [0xc4, 0xcb, 0xd0];
    TYRE [0x2c, 0x34, 0x3c];
    TEAL [0x16, 0x9c, 0x96];
    TEAL_LIGHT [0x4f, 0xc4, 0xbc];
    AMBER [0xf2, 0xa9, 0x2c];
    LAMP [0xff, 0xf6, 0xcf];
    BAR [0x1e, 0x27, 0x31];
    BAR_DIM [0x55, 0x63, 0x70];
    BAR_TEXT [0xe6, 0xec, 0xf0];
}

/// Added to a colour's number: the same colour in the light of a lamp.
pub const LIT: u8 = 0x40;

/// Colours that shine of themselves, whatever the hour.
const SHINING: [u8; 4] = [LAMP, BAR, BAR_DIM, BAR_TEXT];

/// How much red, green and blue there is in the light, of 256, through a day of eight parts.
const DAY: [[u16; 3]; 8] = [
    [98, 112, 134],
    [210, 200, 194],
    [246, 243, 238],
    [256, 256, 256],
    [254, 256, 256],
    [256, 246, 230],
    [246, 216, 190],
    [140, 140, 156],
];

/// Whether lamps are on in this light.
pub fn is_dark(light: usize) -> bool {
    mixed(light)[0] < 170
}

/// In how many steps the light changes through a day.
pub const LIGHTS: usize = DAY.len() * 16;

/// Midday: the light of maps.
pub const NOON: usize = 3 * 16;

/// All colours in the light of a part of the day, three bytes each, as PNG wants them.
pub fn palette(light: usize) -> Vec<u8> {
    let day = lit(mixed(light));
    if !is_dark(light) {
        return day.concat();
    }
    let filler = vec![[0; 3]; usize::from(LIT) - day.len()];
    [day, filler, lit([232, 222, 192])].concat().concat()
}

fn mixed(light: usize) -> [u16; 3] {
    let (part, step) = (light / 16 % DAY.len(), light % 16);
    let next = DAY[(part + 1) % DAY.len()];
    let step = u16::try_from(step).unwrap_or_default();
    std::array::from_fn(|channel| (DAY[part][channel] * (16 - step) + next[channel] * step) / 16)
}

fn lit(light: [u16; 3]) -> Vec<Rgb> {
    let shining = |number: usize| SHINING.iter().any(|it| usize::from(*it) == number);
    let dimmed = |rgb: &Rgb| {
        std::array::from_fn(|channel| {
            let value = u32::from(rgb[channel]) * u32::from(light[channel]) / 256;
            u8::try_from(value).unwrap_or(u8::MAX)
        })
    };
    COLOURS.iter().enumerate().map(|(number, rgb)| if shining(number) { *rgb } else { dimmed(rgb) }).collect()
}
