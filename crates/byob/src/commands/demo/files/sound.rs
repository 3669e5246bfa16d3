//! What a robot sounds like: a WAV file.

/// Samples in a second.
const RATE: u32 = 16_000;

/// Pitch in hertz, and how long until the next, in eighths of a second: a tune that says "I am on my way".
const TUNE: [(f32, u32); 14] = [
    (392.0, 2),
    (523.25, 2),
    (659.25, 2),
    (783.99, 3),
    (659.25, 1),
    (698.46, 2),
    (587.33, 2),
    (493.88, 4),
    (523.25, 2),
    (659.25, 2),
    (587.33, 2),
    (493.88, 2),
    (523.25, 2),
    (1046.5, 8),
];

/// The tune, 16 bits for each sample, one channel.
pub fn wav() -> Vec<u8> {
    let samples = tune();
    let size = u32::try_from(2 * samples.len()).unwrap_or_default();
    let mut file = Vec::with_capacity(44 + 2 * samples.len());
    file.extend(b"RIFF");
    file.extend((36 + size).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // Plain samples, one channel, two bytes each.
    file.extend([1, 0, 1, 0]);
    file.extend(RATE.to_le_bytes());
    file.extend((2 * RATE).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(size.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

fn tune() -> Vec<i16> {
    let mut samples = Vec::new();
    for (pitch, eighths) in TUNE {
        let mut bells = [Bell::new(pitch, 0.3), Bell::new(pitch * 2.0, 0.1), Bell::new(pitch * 3.0, 0.04)];
        for _ in 0..eighths * RATE / 8 {
            samples.push(loudness(bells.iter_mut().map(Bell::swing).sum()));
        }
    }
    samples
}

/// A tone that fades: a point that circles the middle and comes nearer with each sample, so that no sine is computed.
struct Bell {
    at: (f32, f32),
    step: (f32, f32),
}

impl Bell {
    fn new(pitch: f32, loud: f32) -> Self {
        // RATE has too few digits to lose any.
        #[allow(clippy::cast_precision_loss)]
        let (sin, cos) = (std::f32::consts::TAU * pitch / RATE as f32).sin_cos();
        let fade = 0.9997;
        Self { at: (loud, 0.0), step: (cos * fade, sin * fade) }
    }

    fn swing(&mut self) -> f32 {
        let ((x, y), (cos, sin)) = (self.at, self.step);
        self.at = (x * cos - y * sin, x * sin + y * cos);
        self.at.1
    }
}

/// From −1 … 1 to the numbers of a file.
// The value is within an i16, and its fraction is not heard.
#[allow(clippy::cast_possible_truncation)]
fn loudness(value: f32) -> i16 {
    (value.clamp(-1.0, 1.0) * 32_000.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_tells_the_length() {
        let file = wav();
        assert_eq!(u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize, file.len() - 8);
        assert_eq!(u32::from_le_bytes(file[40..44].try_into().unwrap()) as usize, file.len() - 44);
    }

    #[test]
    fn the_tune_is_heard_and_never_clipped() {
        let loudest = tune().into_iter().map(i16::unsigned_abs).max().unwrap();
        assert!((5_000..32_000).contains(&loudest), "{loudest}");
    }
}
