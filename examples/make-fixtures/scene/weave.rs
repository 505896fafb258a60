//! Woven cloth: threads that cross over and under, large shapes in colour, and folds.

use crate::canvas::{Canvas, Colour, hex, lit, mix};
use crate::dice::{Dice, fractal_noise};

/// Four thread colours for each cloth.
const CLOTHS: [[u32; 4]; 3] = [
    [0xEA_DDC0, 0x8C_2F2B, 0x24_4A6B, 0xD9_A441],
    [0x2B_3A42, 0xE8_E0D0, 0xC8_6B3C, 0x5E_8C6A],
    [0xF2_EFEA, 0x4B_2E63, 0xC8_4A6E, 0x3C_8DAD],
];

/// A band, lozenge or ring woven into the cloth.
struct Figure {
    at: (f32, f32),
    size: f32,
    shape: usize,
    thread: usize,
}

impl Figure {
    fn holds(&self, x: f32, y: f32) -> bool {
        let (dx, dy) = ((x - self.at.0).abs(), (y - self.at.1).abs());
        match self.shape {
            0 => dx + dy < self.size,
            1 => (dx * dx + dy * dy).sqrt() < self.size * 0.8,
            2 => ((dx * dx + dy * dy).sqrt() - self.size * 0.8).abs() < self.size * 0.2,
            3 => dx < self.size * 0.22 || dy < self.size * 0.12,
            _ => dx < self.size * 0.7 && dy < self.size * 0.5,
        }
    }
}

/// Draws a cloth.
pub(super) fn draw(seed: u64, width: usize, height: usize) -> Canvas {
    let mut dice = Dice::new(seed ^ 0x3EA7);
    let threads = CLOTHS[seed as usize % CLOTHS.len()].map(hex);
    let unit = height as f32;
    let wide = width as f32 / unit;
    let figures: Vec<Figure> = (0..9 + dice.below(5))
        .map(|_| Figure {
            at: (dice.between(0.0, wide), dice.between(0.0, 1.0)),
            size: dice.between(0.1, 0.32),
            shape: dice.below(5),
            thread: dice.below(4),
        })
        .collect();
    let pitch = 1.0 / dice.between(46.0, 62.0);
    let (fold, salt) = (dice.between(1.2, 2.6), seed as u32);
    Canvas::paint(width, height, |x, y| {
        let (x, y) = (x / unit, y / unit);
        let sway = 0.05 * (fractal_noise(x * 1.5, y * 1.5, 2, salt) - 0.5);
        let (warp, weft) = ((x + sway) / pitch, (y - sway) / pitch);
        let (column, row) = (warp.floor(), weft.floor());
        let colour = dye(&figures, &threads, (column * pitch, row * pitch));
        let over = (column as i32 + row as i32).rem_euclid(2) == 0;
        // Each thread is round: bright along its middle, dark where it dips under the other.
        let (across, along) =
            if over { (warp.fract(), weft.fract()) } else { (weft.fract(), warp.fract()) };
        let round = 1.0 - 1.5 * (across - 0.5).powi(2) - 1.1 * (along - 0.5).powi(2);
        let folds = fractal_noise(x * fold + y * 0.8, y * fold * 0.45, 3, salt + 31);
        let light = (round + if over { 0.08 } else { -0.08 }) * (0.35 + 1.25 * folds);
        lit(colour, light)
    })
}

/// The colour of the cloth at a point.
fn dye(figures: &[Figure], threads: &[Colour; 4], (x, y): (f32, f32)) -> Colour {
    let stripe = (y * 5.0).floor() as i32 % 2 == 0;
    let mut colour = if stripe { threads[0] } else { mix(threads[0], threads[1], 0.3) };
    for figure in figures {
        if figure.holds(x, y) {
            colour = threads[figure.thread];
        }
    }
    colour
}
