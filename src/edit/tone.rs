//! Brightness, colour, sharpness and grain.

use super::dice::Dice;
use super::photo::{Colour, Photo, brightness, byte, mix};

/// What a filter does to the tones of a picture, without moving anything.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tone {
    /// Out of focus; the standard deviation in pixels of a picture with a long side of 512.
    Blur(f32),
    /// Sharper: how much of the difference to a blurred copy is added.
    Sharpen(f32),
    /// Grain with this standard deviation, of 255.
    Noise(f32),
    /// Each pixel the median of the nine around it: what a denoiser leaves.
    Median,
    /// So many times as bright.
    Brightness(f32),
    /// So many times as far from middle grey.
    Contrast(f32),
    /// Brightness to this power.
    Gamma(f32),
    /// So many times as colourful; 0 is grey.
    Saturation(f32),
    /// Red raised and blue lowered by this share (or the other way round, if negative).
    Warmth(f32),
    /// Brown and white.
    Sepia,
    /// Dark towards the corners.
    Vignette,
    /// Each colour its complement.
    Negative,
    /// So many steps of brightness for each of red, green and blue.
    Steps(u8),
    /// So many colours for each of red, green and blue, with dithering.
    Palette(u8),
}

impl Tone {
    /// The picture after it.
    pub(super) fn apply(self, photo: Photo, dice: &mut Dice) -> Photo {
        let each = |change: &dyn Fn(f32) -> f32| {
            let table: [u8; 256] = std::array::from_fn(|value| byte(change(value as f32)));
            photo.clone().map(|colour| colour.map(|part| table[usize::from(part)]))
        };
        match self {
            Self::Blur(deviation) => photo.blurred(deviation * photo.long() as f32 / 512.0),
            Self::Sharpen(amount) => sharpened(&photo, amount),
            Self::Noise(deviation) => photo.noisy(deviation, dice),
            Self::Median => median(&photo),
            Self::Brightness(by) => each(&|value| value * by),
            Self::Contrast(by) => each(&|value| 128.0 + (value - 128.0) * by),
            Self::Gamma(power) => each(&|value| 255.0 * (value / 255.0).powf(power)),
            Self::Saturation(by) => photo.map(|colour| {
                let grey = brightness(colour);
                colour.map(|part| byte(grey + (f32::from(part) - grey) * by))
            }),
            Self::Warmth(by) => photo.map(|[red, green, blue]| {
                let times = |part: u8, by: f32| byte(f32::from(part) * by);
                [times(red, 1.0 + by), green, times(blue, 1.0 - by)]
            }),
            Self::Sepia => photo.map(sepia),
            Self::Vignette => vignette(photo),
            Self::Negative => photo.map(|colour| colour.map(|part| 255 - part)),
            Self::Steps(steps) => {
                let last = f32::from(steps - 1);
                each(&|value| (value / 255.0 * last).round() / last * 255.0)
            }
            Self::Palette(steps) => dithered(photo, steps),
        }
    }
}

/// The usual brown tint.
///
/// Source: W3C, Filter Effects Module Level 1, `sepia()`.
fn sepia(colour: Colour) -> Colour {
    let [red, green, blue] = colour.map(f32::from);
    [
        byte(0.393 * red + 0.769 * green + 0.189 * blue),
        byte(0.349 * red + 0.686 * green + 0.168 * blue),
        byte(0.272 * red + 0.534 * green + 0.131 * blue),
    ]
}

fn vignette(photo: Photo) -> Photo {
    let (width, height) = (photo.width as f32, photo.height as f32);
    photo.map_placed(|x, y, colour| {
        let (across, down) = (2.0 * x as f32 / width - 1.0, 2.0 * y as f32 / height - 1.0);
        let far = (across * across).midpoint(down * down).clamp(0.0, 1.0);
        mix(colour, [0; 3], 0.75 * far.powf(1.4))
    })
}

fn sharpened(photo: &Photo, amount: f32) -> Photo {
    let soft = photo.blurred(1.2 * (photo.long() as f32 / 512.0).max(0.5));
    let pairs = photo.rgb.iter().zip(&soft.rgb).map(|(&sharp, &soft)| {
        let (sharp, soft) = (f32::from(sharp), f32::from(soft));
        byte(sharp + (sharp - soft) * amount)
    });
    Photo { width: photo.width, height: photo.height, rgb: pairs.collect() }
}

/// An ordered dither to a few colours, as old programs make it: a fixed pattern decides which of
/// the two nearest steps a pixel takes.
fn dithered(photo: Photo, steps: u8) -> Photo {
    // Source: B. Bayer, "An optimum method for two-level rendition", 1973: the matrix of order 4.
    const BAYER: [[u8; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let last = f32::from(steps - 1);
    photo.map_placed(|x, y, colour| {
        let threshold = (f32::from(BAYER[y % 4][x % 4]) + 0.5) / 16.0;
        colour.map(|part| byte((f32::from(part) / 255.0 * last + threshold).floor() / last * 255.0))
    })
}

/// So many bytes are sorted side by side, for the compiler to do in one register.
const LANES: usize = 32;

fn median(photo: &Photo) -> Photo {
    let stride = 3 * photo.width;
    // A row with its first and last pixel repeated, and room for the last lanes.
    let padded: Vec<Vec<u8>> = photo
        .rgb
        .chunks_exact(stride)
        .map(|row| {
            let mut padded = vec![0; 3 + stride + 3 + LANES];
            padded[3..3 + stride].copy_from_slice(row);
            padded.copy_within(3..6, 0);
            padded.copy_within(stride..stride + 3, stride + 3);
            padded
        })
        .collect();
    let mut rgb = Vec::with_capacity(photo.rgb.len());
    for y in 0..photo.height {
        let rows = [y.saturating_sub(1), y, (y + 1).min(photo.height - 1)];
        for start in (0..stride).step_by(LANES) {
            let mut around = [[0; LANES]; 9];
            for (place, values) in around.iter_mut().enumerate() {
                let from = start + 3 * (place % 3);
                values.copy_from_slice(&padded[rows[place / 3]][from..from + LANES]);
            }
            rgb.extend_from_slice(&middle(around)[..LANES.min(stride - start)]);
        }
    }
    Photo { width: photo.width, height: photo.height, rgb }
}

/// The fifth of nine values, for each lane.
fn middle<const N: usize>(mut values: [[u8; N]; 9]) -> [u8; N] {
    // Source: J. L. Smith, "Implementing median filters in XC4000E FPGAs", 1996: the nineteen
    // exchanges after which the median lies in the middle.
    const EXCHANGES: [(usize, usize); 19] = [
        (1, 2),
        (4, 5),
        (7, 8),
        (0, 1),
        (3, 4),
        (6, 7),
        (1, 2),
        (4, 5),
        (7, 8),
        (0, 3),
        (5, 8),
        (4, 7),
        (3, 6),
        (1, 4),
        (2, 5),
        (4, 7),
        (4, 2),
        (6, 4),
        (4, 2),
    ];
    for (low, high) in EXCHANGES {
        let (mut lesser, mut greater) = (values[low], values[high]);
        for (a, b) in lesser.iter_mut().zip(&mut greater) {
            (*a, *b) = ((*a).min(*b), (*a).max(*b));
        }
        (values[low], values[high]) = (lesser, greater);
    }
    values[4]
}

impl Photo {
    /// The picture with grain of this standard deviation, of 255: mostly one for all three
    /// colours, as of a camera in little light.
    pub(super) fn noisy(self, deviation: f32, dice: &mut Dice) -> Self {
        self.map(|colour| {
            let shared = 0.8 * dice.normal();
            colour.map(|part| byte(f32::from(part) + deviation * (shared + 0.6 * dice.normal())))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_nine_is_the_median() {
        let mut dice = Dice::new(3, "median");
        for _ in 0..200 {
            let values: [[u8; 1]; 9] = std::array::from_fn(|_| [dice.below(20) as u8]);
            let mut sorted = values;
            sorted.sort_unstable();
            assert_eq!(middle(values), sorted[4], "{values:?}");
        }
    }

    #[test]
    fn a_palette_keeps_the_mean_of_an_area() {
        let mut dice = Dice::new(0, "palette");
        let plain = Photo::filled(32, 32, [100; 3]);
        let few = Tone::Palette(4).apply(plain, &mut dice);
        let sum: usize = few.rgb.iter().map(|&part| usize::from(part)).sum();
        assert!((sum / few.rgb.len()).abs_diff(100) <= 5, "{}", sum / few.rgb.len());
        assert!(few.rgb.iter().all(|part| part % 85 == 0));
    }

    #[test]
    fn a_negative_of_a_negative_is_the_picture() {
        let mut dice = Dice::new(0, "negative");
        let plain = Photo::filled(3, 3, [1, 2, 250]);
        let once = Tone::Negative.apply(plain.clone(), &mut dice);
        assert_eq!(once.at(0, 0), [254, 253, 5]);
        assert_eq!(Tone::Negative.apply(once, &mut dice), plain);
    }
}
