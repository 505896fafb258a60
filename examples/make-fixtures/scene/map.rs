//! A map: coasts and hills from noise, roads between towns, a grid and a frame.

use crate::canvas::{Canvas, Colour, hex, lit, mix, smooth};
use crate::dice::{Dice, fractal_noise};

/// Colours of a map: deep sea, shallow sea, lowland, hills, peaks, ink, road.
const PRINTS: [[u32; 7]; 3] = [
    [0x4A_86B8, 0xA8_D0E4, 0xB8_CC90, 0xD8_BE84, 0x9A_6A44, 0x2A_2A2A, 0xC8_3A2A],
    [0xC8_B898, 0xE4_D8BC, 0xF4_EAD0, 0xC0_9868, 0x7A_5230, 0x40_2A18, 0x6A_2A1A],
    [0x1E_3A56, 0x3A_6A86, 0xE0_E4C8, 0x98_B078, 0x5A_7048, 0x10_1820, 0xE8_8A2A],
];

/// The shape of the land: noise plus a tilt toward one corner, so that land lies differently.
struct Ground {
    pace: f32,
    tilt: (f32, f32),
    sea: f32,
    seed: u32,
}

impl Ground {
    /// Height above the sea at a point in parts of the map's height; below 0 is water.
    fn height(&self, x: f32, y: f32) -> f32 {
        let base = fractal_noise(x * self.pace + 5.0, y * self.pace, 6, self.seed);
        base + self.tilt.0 * (x - 0.66) + self.tilt.1 * (y - 0.5) - self.sea
    }
}

/// Draws a map.
pub(super) fn draw(seed: u64, width: usize, height: usize) -> Canvas {
    let mut dice = Dice::new(seed ^ 0x3A90);
    let angle = dice.between(0.0, std::f32::consts::TAU);
    let ground = Ground {
        pace: dice.between(2.2, 3.4),
        tilt: (0.22 * angle.cos(), 0.22 * angle.sin()),
        sea: 0.48,
        seed: seed as u32 + 400,
    };
    let print = PRINTS[seed as usize % PRINTS.len()].map(hex);
    let [deep, shallow, low, hill, peak, ink, road] = print;
    let unit = height as f32;
    let mut canvas = Canvas::paint(width, height, |x, y| {
        let (x, y) = (x / unit, y / unit);
        let high = ground.height(x, y);
        if high < 0.0 {
            let wave = ((high * 90.0).sin() * smooth(-0.07, 0.0, high)).max(0.0);
            return mix(mix(shallow, deep, -high * 6.0), ink, wave * 0.35);
        }
        let slope = ground.height(x + 0.006, y + 0.006) - high;
        let colour = mix(mix(low, hill, high * 8.0), peak, smooth(0.1, 0.2, high));
        let contour = (high * 40.0).fract();
        let line = if contour < 0.09 { 0.3 } else { 0.0 };
        let shore = if high < 0.006 { 0.8 } else { 0.0 };
        let forest = smooth(0.55, 0.6, fractal_noise(x * 6.0, y * 6.0, 4, ground.seed + 8));
        let wooded = mix(colour, lit(colour, 0.55), forest * 0.8);
        mix(lit(wooded, (1.0 - slope * 22.0).clamp(0.5, 1.4)), ink, line + shore)
    });
    grid(&mut canvas, mix(ink, shallow, 0.5));
    let towns = settle(&mut dice, &ground, width as f32 / unit);
    for (number, &from) in towns.iter().enumerate() {
        let mut others = towns[..number].to_vec();
        let far = |to: &(f32, f32)| (to.0 - from.0).hypot(to.1 - from.1);
        others.sort_by(|a, b| far(a).total_cmp(&far(b)));
        for &to in others.iter().take(2) {
            pave(&mut canvas, &mut dice, from, to, [road, ink]);
        }
    }
    for &(x, y) in &towns {
        let size = dice.between(0.008, 0.02) * unit;
        canvas.disc(x * unit, y * unit, size * 1.5, ink);
        canvas.disc(x * unit, y * unit, size, hex(0xFF_FFFF));
    }
    canvas
}

/// Places on land for towns.
fn settle(dice: &mut Dice, ground: &Ground, wide: f32) -> Vec<(f32, f32)> {
    let mut towns: Vec<(f32, f32)> = Vec::new();
    for _attempt in 0..400 {
        let (x, y) = (dice.between(0.06, wide - 0.06), dice.between(0.06, 0.94));
        let alone = towns.iter().all(|t| (t.0 - x).abs() + (t.1 - y).abs() > 0.16);
        if ground.height(x, y) > 0.012 && alone && towns.len() < 14 {
            towns.push((x, y));
        }
    }
    towns
}

/// Draws a winding road, ink below and colour on top.
fn pave(
    canvas: &mut Canvas,
    dice: &mut Dice,
    from: (f32, f32),
    to: (f32, f32),
    [road, ink]: [Colour; 2],
) {
    let unit = canvas.height as f32;
    let bend = (dice.between(-0.05, 0.05), dice.between(-0.05, 0.05));
    let point = |share: f32| {
        let arch = 4.0 * share * (1.0 - share);
        (
            (from.0 + (to.0 - from.0) * share + bend.0 * arch) * unit,
            (from.1 + (to.1 - from.1) * share + bend.1 * arch) * unit,
        )
    };
    for (thick, colour) in [(0.014, ink), (0.009, road)] {
        for piece in 0..24 {
            let share = piece as f32 / 24.0;
            canvas.stroke(point(share), point(share + 1.0 / 24.0), thick * unit, colour);
        }
    }
}

/// Meridians and parallels.
fn grid(canvas: &mut Canvas, ink: Colour) {
    let (wide, high) = (canvas.width as f32, canvas.height as f32);
    let pitch = high / 5.0;
    let mut at = pitch / 2.0;
    while at < wide {
        canvas.stroke((at, 0.0), (at, high), 2.0, ink);
        canvas.stroke((0.0, at), (wide, at), 2.0, ink);
        at += pitch;
    }
}
