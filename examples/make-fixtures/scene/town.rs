//! A town's skyline: rows of houses with windows, by day or by night, sometimes at the water.

use crate::canvas::{Canvas, Colour, hex, lit, mix, smooth};
use crate::dice::{Dice, fractal_noise};

/// Colours of an hour: sky above and below, far walls, near walls, lit and dark windows.
const HOURS: [[u32; 6]; 4] = [
    [0x10_1838, 0x6A_4A78, 0x3A_3A60, 0x14_1626, 0xFF_D87A, 0x20_2440],
    [0x6A_A8DC, 0xF2_F2EA, 0xC8_C2B8, 0xA0_5A40, 0x2C_3E50, 0xE8_F0F4],
    [0xE0_6A4A, 0xFC_DCA0, 0x8A_4A5A, 0x30_2238, 0xFF_F0B0, 0x50_3048],
    [0x9A_A6AE, 0xE4_E6E4, 0x7E_8890, 0x48_5058, 0xF4_E6B8, 0x2A_3036],
];

/// Draws a town.
pub(super) fn draw(seed: u64, width: usize, height: usize) -> Canvas {
    let mut dice = Dice::new(seed ^ 0x70A4);
    let colours = HOURS[seed as usize % HOURS.len()].map(hex);
    let unit = height as f32;
    let mut canvas = sky(&mut dice, seed as u32, &colours, width, height);
    let layers = 3;
    // The town rises toward one place, so that different seeds have different outlines.
    let peak = dice.between(0.1, 0.9) * width as f32;
    for layer in 0..layers {
        let near = layer as f32 / (layers - 1) as f32;
        let wall = mix(colours[2], colours[3], near);
        let mut left = -dice.between(0.0, 0.1) * unit;
        while left < width as f32 {
            let wide = dice.between(0.07, 0.17) * unit * (1.0 + 0.5 * near);
            let close = 1.0 - ((left - peak).abs() / width as f32).min(1.0);
            let tall = dice.between(0.1, 0.55) * (1.0 - 0.45 * near) + 0.3 * close * (1.0 - near);
            let foot = unit * (0.84 + 0.1 * near);
            let frame = (left, foot - tall * unit, wide, tall * unit);
            let tint = lit(wall, dice.between(0.75, 1.25));
            house(&mut canvas, &mut dice, frame, tint, &colours, near);
            left += wide * dice.between(0.92, 1.25);
        }
    }
    if dice.happens(0.6) {
        river(&mut canvas, seed as u32, colours[0]);
    } else {
        street(&mut canvas, &mut dice, &colours);
    }
    canvas
}

/// The sky with clouds and a sun or moon.
fn sky(dice: &mut Dice, seed: u32, colours: &[Colour; 6], width: usize, height: usize) -> Canvas {
    let unit = height as f32;
    let at = (dice.between(0.1, 0.9) * width as f32 / unit, dice.between(0.1, 0.4));
    let size = dice.between(0.05, 0.11);
    let (above, below) = (colours[0], colours[1]);
    Canvas::paint(width, height, |x, y| {
        let (x, y) = (x / unit, y / unit);
        let gradient = mix(above, below, y / 0.8);
        let cloud = smooth(0.5, 0.68, fractal_noise(x * 2.4, y * 6.5, 5, seed + 21));
        let clouded = mix(gradient, mix(below, hex(0xFF_FFFF), 0.55), cloud * 0.85);
        let far = ((x - at.0).powi(2) + (y - at.1).powi(2)).sqrt();
        mix(clouded, hex(0xFF_F9E0), smooth(size, size - 0.01, far))
    })
}

/// One house: walls with light from the left, a roof, windows.
fn house(
    canvas: &mut Canvas,
    dice: &mut Dice,
    (left, top, wide, tall): (f32, f32, f32, f32),
    wall: Colour,
    colours: &[Colour; 6],
    near: f32,
) {
    canvas.over((left, top, left + wide, top + tall), |x, _| {
        let share = (x - left) / wide;
        (0.0..1.0).contains(&share).then(|| (lit(wall, 1.15 - 0.4 * share), 1.0))
    });
    match dice.below(3) {
        0 => gable(canvas, left, top, wide, wall),
        1 => canvas.rectangle(left + wide * 0.4, top - wide * 0.5, wide * 0.08, wide * 0.5, wall),
        _ => canvas.rectangle(left - 2.0, top, wide + 4.0, wide * 0.06, lit(wall, 0.6)),
    }
    let columns = 3 + dice.below(3);
    let pitch = wide / (columns as f32 + 0.5);
    let lit_share = dice.between(0.2, 0.75);
    let mut row = top + pitch * 0.6;
    while row + pitch < top + tall {
        for column in 0..columns {
            let bright = dice.happens(lit_share);
            let glass = if bright { colours[4] } else { colours[5] };
            let x = left + pitch * (column as f32 + 0.45);
            let faded = mix(glass, wall, 0.45 * (1.0 - near));
            canvas.rectangle(x, row, pitch * 0.6, pitch * 0.75, faded);
        }
        row += pitch * 1.25;
    }
}

/// A pointed roof.
fn gable(canvas: &mut Canvas, left: f32, top: f32, wide: f32, wall: Colour) {
    let rise = wide * 0.45;
    canvas.over((left, top - rise, left + wide, top), |x, y| {
        let inside = (x - left - wide / 2.0).abs() < (y - top + rise) / rise * wide / 2.0;
        (inside && y < top).then(|| (lit(wall, 0.6), 1.0))
    });
}

/// Water along the lower edge that mirrors the town, darker and wavy.
fn river(canvas: &mut Canvas, seed: u32, tint: Colour) {
    let (unit, wide) = (canvas.height as f32, canvas.width as f32);
    let shore = unit * 0.82;
    let dry = canvas.clone();
    canvas.over((0.0, shore, wide, unit), |x, y| {
        let deep = (y - shore) / unit;
        let wave = fractal_noise(x / unit * 8.0, deep * 90.0, 3, seed + 77) - 0.5;
        let mirrored = dry.at(x + wave * 0.05 * unit, 2.0 * shore - y * 1.0 - deep * unit * 0.8);
        Some((mix(lit(mirrored, 0.85), tint, 0.25 + wave * 0.3), 1.0))
    });
}

/// A street with trees along the lower edge.
fn street(canvas: &mut Canvas, dice: &mut Dice, colours: &[Colour; 6]) {
    let (unit, wide) = (canvas.height as f32, canvas.width as f32);
    canvas.rectangle(0.0, unit * 0.9, wide, unit * 0.1, lit(colours[3], 0.7));
    let mut x = dice.between(0.0, 0.1) * unit;
    while x < wide {
        canvas.rectangle(x, unit * 0.955, unit * 0.05, unit * 0.012, colours[1]);
        let size = dice.between(0.03, 0.07) * unit;
        canvas.rectangle(x, unit * 0.86, size * 0.2, unit * 0.05, hex(0x3A_2A1E));
        canvas.disc(x + size * 0.1, unit * 0.86 - size * 0.4, size, hex(0x35_6B3A));
        canvas.disc(x - size * 0.2, unit * 0.86 - size * 0.7, size * 0.5, hex(0x5A_9A55));
        x += dice.between(0.1, 0.25) * unit;
    }
}
