//! Mountain ridges one behind the other, a sun in a cloudy sky, sometimes a lake that mirrors them.

use crate::canvas::{Canvas, Colour, hex, lit, mix, smooth};
use crate::dice::{Dice, fractal_noise};

/// Colours of an hour of the day: sky above, sky below, sun, rock in light, rock in shade.
const HOURS: [[u32; 5]; 4] = [
    [0x2E_6DB4, 0xD6_E6F0, 0xFF_F8DC, 0xC9_B18A, 0x4A_4F5C],
    [0x2B_1B4D, 0xF7_A35C, 0xFF_EFB0, 0xD0_7A55, 0x33_2344],
    [0x5B_7F95, 0xF2_E9D0, 0xFF_FFFF, 0x8F_A36B, 0x2F_4A3A],
    [0x0B_1730, 0x50_6E9A, 0xF4_F4FF, 0x8A_98B5, 0x1A_2238],
];

/// A ridge: its profile is noise around `base`, in parts of the picture's height from the top.
struct Ridge {
    base: f32,
    rise: f32,
    pace: f32,
    seed: u32,
}

impl Ridge {
    fn top(&self, x: f32) -> f32 {
        let bumps = fractal_noise(x * self.pace, self.seed as f32 * 0.37, 6, self.seed);
        let sharp = 1.0 - (2.0 * bumps - 1.0).abs();
        self.base - self.rise * (0.35 * bumps + 0.65 * sharp * sharp)
    }
}

/// A whole landscape.
struct Land {
    colours: [Colour; 5],
    sun: (f32, f32, f32),
    ridges: Vec<Ridge>,
    shore: f32,
    seed: u32,
}

/// Draws a landscape.
pub(super) fn draw(seed: u64, width: usize, height: usize) -> Canvas {
    let mut dice = Dice::new(seed ^ 0x1A4D);
    let land = survey(&mut dice, seed);
    let unit = height as f32;
    Canvas::paint(width, height, |x, y| {
        let (x, y) = (x / unit, y / unit);
        if y < land.shore {
            return view(&land, x, y);
        }
        let deep = (y - land.shore) / (1.0 - land.shore);
        let ripple = fractal_noise(x * 9.0, 40.0 * deep.powf(0.6), 3, land.seed + 3) - 0.5;
        let mirrored = view(&land, x + ripple * 0.06 * deep, 2.0 * land.shore - y + ripple * 0.05);
        let glint = smooth(0.62, 0.72, fractal_noise(x * 14.0, 55.0 * deep, 2, land.seed + 4));
        mix(mix(lit(mirrored, 0.72), land.colours[0], 0.2), land.colours[2], glint * 0.35)
    })
}

/// Chooses the hour, the ridges and the shore.
fn survey(dice: &mut Dice, seed: u64) -> Land {
    let count = 3 + dice.below(3);
    let horizon = dice.between(0.42, 0.6);
    let mut ridges = Vec::new();
    for number in 0..count {
        let near = number as f32 / count as f32;
        ridges.push(Ridge {
            base: horizon + near * 0.5,
            rise: dice.between(0.28, 0.5) * (1.0 - 0.35 * near),
            pace: dice.between(1.3, 2.6) + near,
            seed: seed as u32 * 31 + number as u32,
        });
    }
    let shore = if dice.happens(0.5) { dice.between(0.66, 0.78) } else { 2.0 };
    Land {
        colours: HOURS[seed as usize % HOURS.len()].map(hex),
        sun: (dice.between(0.15, 1.15), dice.between(0.08, 0.35), dice.between(0.045, 0.1)),
        ridges,
        shore,
        seed: seed as u32,
    }
}

/// The colour at a point above the shore; both coordinates in parts of the height.
fn view(land: &Land, x: f32, y: f32) -> Colour {
    let [_, haze, _, light, shade] = land.colours;
    let count = land.ridges.len() as f32;
    for (number, ridge) in land.ridges.iter().enumerate().rev() {
        let top = ridge.top(x);
        if y < top {
            continue;
        }
        let near = (number as f32 + 1.0) / count;
        let below = y - top;
        let slope = (ridge.top(x + 0.01) - ridge.top(x - 0.01)) / 0.02;
        // Gullies run down the slopes to both sides, so the texture is drawn askew.
        let askew = if slope > 0.0 { below } else { -below };
        let grain = fractal_noise(x * 8.0 + askew * 9.0, below * 8.0 + 3.0, 5, ridge.seed + 91);
        let toward_sun = if land.sun.0 > x { -slope } else { slope };
        let facing = 0.5 + 0.35 * toward_sun + 2.4 * (grain - 0.5);
        let mut rock = mix(shade, light, facing);
        let snow_line = 0.16 + 0.16 * near + 0.22 * (grain - 0.5);
        if ridge.base < 0.75 && y < snow_line + 0.08 {
            rock = mix(rock, hex(0xF8_FAFF), 0.45 + 0.5 * facing.clamp(0.0, 1.0));
        } else if near > 0.7 {
            let meadow = fractal_noise(x * 5.0, y * 7.0, 4, ridge.seed + 17);
            rock = mix(rock, hex(0x3F_6B35), smooth(0.45, 0.6, meadow) * 0.8);
        }
        return mix(rock, haze, 0.55 * (1.0 - near) + 0.05);
    }
    sky(land, x, y)
}

/// The colour of the sky: gradient, sun with its glow, clouds.
fn sky(land: &Land, x: f32, y: f32) -> Colour {
    let [above, below, sun, ..] = land.colours;
    let gradient = mix(above, below, (y / 0.6).powf(0.8));
    let far = ((x - land.sun.0).powi(2) + (y - land.sun.1).powi(2)).sqrt();
    let glow = mix(gradient, sun, 0.6 * (-far * 7.0).exp());
    let disc = mix(glow, sun, smooth(land.sun.2, land.sun.2 - 0.008, far));
    let cloud = fractal_noise(x * 2.6 + 9.0, y * 7.5, 5, land.seed + 55);
    mix(disc, mix(below, hex(0xFF_FFFF), 0.6), smooth(0.5, 0.66, cloud) * 0.85)
}
