//! Variety that is the same every time: a small generator of numbers, always from the same seed.

/// Marsaglia's xorshift. Good enough to scatter boxes over shelves, and for nothing that has to be unpredictable.
pub struct Dice(u32);

impl Dice {
    /// The same seed gives the same numbers for ever.
    pub fn new(seed: u32) -> Self {
        // Neighbouring seeds would begin alike, and a state of zero would stay zero.
        Self(seed.wrapping_mul(0x9e37_79b1) | 1)
    }

    /// A number from 0 to `sides` − 1.
    pub fn below(&mut self, sides: u32) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 % sides) as usize
    }

    /// One of the choices.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let sides = u32::try_from(choices.len()).ok().filter(|sides| *sides > 0)?;
        choices.get(self.below(sides)).copied()
    }
}
