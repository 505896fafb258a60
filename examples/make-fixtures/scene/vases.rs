//! A still life: turned vases (surfaces of revolution) on a table before a papered wall.

use crate::canvas::{Canvas, Colour, hex, lit, mix};
use crate::dice::{Dice, fractal_noise};

/// Colours of a room: wall, its pattern, table light, table dark.
const ROOMS: [[u32; 4]; 3] = [
    [0x6E_7F80, 0x8F_A3A0, 0xB0_7A48, 0x5E_3A1E],
    [0xC9_B79C, 0xA8_8C6A, 0x4A_3A30, 0x22_1A16],
    [0x3E_4A61, 0x5A_6A88, 0xD8_C8A8, 0x98_8460],
];

const GLAZES: [u32; 8] =
    [0xB0_4A2F, 0xE8_E0CC, 0x2F_5D8A, 0x5A_8F69, 0xD8_A23A, 0x6E_3B5E, 0x20_2428, 0xC8_D6DC];

/// The outline of a vase and its painting.
struct Vase {
    middle: f32,
    foot: f32,
    tall: f32,
    belly: f32,
    waves: [f32; 4],
    glaze: Colour,
    band: Colour,
    bands: f32,
    leaning: f32,
}

impl Vase {
    /// Half the width at a height from 0 (foot) to 1 (lip).
    fn radius(&self, up: f32) -> f32 {
        let [swell, place, neck, lip] = self.waves;
        let bulge = (-((up - place) / 0.26).powi(2)).exp();
        let flare = ((up - 0.88) / 0.12).clamp(0.0, 1.0).powi(2);
        self.belly * (neck + swell * bulge + lip * flare)
    }
}

/// Draws a still life.
pub(super) fn draw(seed: u64, width: usize, height: usize) -> Canvas {
    let mut dice = Dice::new(seed ^ 0x7A5E);
    let room = ROOMS[seed as usize % ROOMS.len()].map(hex);
    let unit = height as f32;
    let edge = dice.between(0.56, 0.7);
    let mut canvas = background(&mut dice, seed as u32, &room, edge, (width, height));
    let wide = width as f32 / unit;
    let count = 4 + dice.below(3);
    let mut vases: Vec<Vase> = (0..count)
        .map(|number| {
            let share = (number as f32 + dice.between(0.2, 0.8)) / count as f32;
            Vase {
                middle: share * wide,
                foot: dice.between(edge + 0.06, 0.96),
                tall: dice.between(0.25, 0.72),
                belly: dice.between(0.09, 0.17) * wide.min(1.3),
                waves: [
                    dice.between(0.35, 0.8),
                    dice.between(0.25, 0.65),
                    dice.between(0.25, 0.55),
                    dice.between(0.1, 0.4),
                ],
                glaze: hex(dice.pick(&GLAZES)),
                band: hex(dice.pick(&GLAZES)),
                bands: dice.between(3.0, 9.0),
                leaning: dice.between(-2.0, 2.0),
            }
        })
        .collect();
    vases.sort_by(|a, b| a.foot.total_cmp(&b.foot));
    for vase in &vases {
        let foot = (vase.middle * unit, vase.foot * unit);
        let size = vase.belly * unit;
        canvas.stain((foot.0 + size, foot.1), (size * 2.2, size * 0.4), room[3], 0.95);
        turn(&mut canvas, vase, seed as u32);
    }
    canvas
}

/// Wall and table.
fn background(
    dice: &mut Dice,
    seed: u32,
    room: &[Colour; 4],
    edge: f32,
    (width, height): (usize, usize),
) -> Canvas {
    let [wall, pattern, light, dark] = *room;
    let (unit, repeat) = (height as f32, dice.between(4.0, 7.0));
    let (lamp, wavy) = (dice.between(0.1, 1.2), dice.between(0.4, 1.4));
    Canvas::paint(width, height, |x, y| {
        let (x, y) = (x / unit, y / unit);
        if y > edge {
            let grain = fractal_noise(x * 3.0, (y - edge) * 38.0, 4, seed + 12);
            let shine = 1.0 - 0.5 * (x - lamp).abs();
            return lit(mix(dark, light, 1.8 * grain - 0.3), 0.55 + 0.55 * shine);
        }
        let (column, row) = (x * repeat, y * repeat + wavy * (x * repeat).sin());
        let motif = ((column * 3.1).sin() * (row * 3.1).cos() - 0.15).clamp(0.0, 0.3) / 0.3;
        let far = ((x - lamp).powi(2) + (y - 0.2).powi(2)).sqrt();
        lit(mix(wall, pattern, motif), (1.35 - 0.75 * far).clamp(0.25, 1.5))
    })
}

/// Draws one vase, lit from the upper left.
fn turn(canvas: &mut Canvas, vase: &Vase, seed: u32) {
    let unit = canvas.height as f32;
    let reach = vase.belly * 1.7;
    let frame = (
        (vase.middle - reach) * unit,
        (vase.foot - vase.tall) * unit,
        (vase.middle + reach) * unit,
        (vase.foot + 0.03) * unit,
    );
    canvas.over(frame, |x, y| {
        let (x, y) = (x / unit - vase.middle, y / unit);
        // The foot and the lip are seen from a little above, so they bend down in the middle.
        let bend = 0.16 * (vase.belly * vase.belly * 0.4 - x * x).max(0.0).sqrt();
        let up = (vase.foot + bend - y) / vase.tall;
        if !(0.0..=1.0).contains(&up) {
            return None;
        }
        let radius = vase.radius(up);
        let side = x / radius;
        if side.abs() >= 1.0 {
            return None;
        }
        let front = (1.0 - side * side).sqrt();
        let slope = (vase.radius(up + 0.01) - radius) / (0.01 * vase.tall);
        let long = (1.0 + slope * slope).sqrt();
        let facing = (-0.55 * side + 0.27 * slope + 0.7 * front) / long;
        let swing = up * vase.bands + vase.leaning * side.asin() * 0.4;
        let painted = (swing * std::f32::consts::TAU).sin() > 0.25;
        let glaze = if painted { vase.band } else { vase.glaze };
        let crackle = 0.85 + 0.3 * fractal_noise(x * 26.0, y * 26.0, 3, seed + 40);
        let shine = (facing / 0.9).clamp(0.0, 1.0).powi(26);
        let body = lit(glaze, (0.22 + 0.85 * facing.max(0.0)) * crackle);
        Some((mix(body, hex(0xFF_FFFF), shine * 0.6), 1.0))
    });
}
