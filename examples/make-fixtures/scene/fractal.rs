//! Windows into the Mandelbrot set and into Julia sets, smoothly coloured.

use crate::canvas::{Canvas, Colour, hex, mix};
use crate::dice::Dice;

/// Most steps before a point counts as inside.
const STEPS: u32 = 220;

/// Corners of the Mandelbrot set worth a look: middle (real, imaginary) and height of the window.
const VIEWS: [(f32, f32, f32); 5] = [
    (-0.60, 0.35, 1.70),
    (-0.7436, 0.1318, 0.022),
    (0.2925, 0.0149, 0.022),
    (-1.25, 0.05, 0.32),
    (-0.16, 1.035, 0.085),
];

/// Seeds of Julia sets: constant (real, imaginary), middle and height of the window.
const JULIAS: [(f32, f32, f32, f32, f32); 3] =
    [(-0.8, 0.156, 0.42, 0.18, 1.1), (-0.4, 0.6, -0.35, 0.42, 1.3), (0.285, 0.01, 0.20, 0.50, 0.9)];

/// Draws the window of the Mandelbrot set with number `seed`.
pub(super) fn mandelbrot(seed: u64, width: usize, height: usize) -> Canvas {
    let (middle, above, high) = VIEWS[seed as usize % VIEWS.len()];
    let palette = Palette::new(seed);
    let scale = high / height as f32;
    Canvas::paint(width, height, |x, y| {
        let real = middle + (x - width as f32 / 2.0) * scale;
        let imaginary = above + (y - height as f32 / 2.0) * scale;
        palette.colour(escape((0.0, 0.0), (real, imaginary)))
    })
}

/// Draws the window of a Julia set with number `seed`.
pub(super) fn julia(seed: u64, width: usize, height: usize) -> Canvas {
    let (real, imaginary, middle, above, high) = JULIAS[seed as usize % JULIAS.len()];
    let palette = Palette::new(seed + 17);
    let scale = high / height as f32;
    Canvas::paint(width, height, |x, y| {
        let start =
            (middle + (x - width as f32 / 2.0) * scale, above + (y - height as f32 / 2.0) * scale);
        palette.colour(escape(start, (real, imaginary)))
    })
}

/// After how many steps (a smooth number) the point leaves, or `None` if it stays.
fn escape(start: (f32, f32), constant: (f32, f32)) -> Option<f32> {
    let (mut real, mut imaginary) = (f64::from(start.0), f64::from(start.1));
    let constant = (f64::from(constant.0), f64::from(constant.1));
    for step in 0..STEPS {
        let (square_real, square_imaginary) = (real * real, imaginary * imaginary);
        let far = square_real + square_imaginary;
        if far > 256.0 {
            return Some(step as f32 + 1.0 - ((far.ln() / 2.0).log2() as f32));
        }
        imaginary = 2.0 * real * imaginary + constant.1;
        real = square_real - square_imaginary + constant.0;
    }
    None
}

/// Five colours that follow each other round and round.
struct Palette {
    stops: [Colour; 5],
    pace: f32,
    offset: f32,
}

impl Palette {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0xF2AC);
        let choices = [
            [0x06_1A40, 0x2E_86C1, 0xF7_F3E3, 0xF2_A541, 0x6B_1D1D],
            [0x14_0F2D, 0x7B_2D8B, 0xF0_6543, 0xF9_E79F, 0x1B_4F72],
            [0x0B_3D2E, 0x58_B368, 0xF4_F1BB, 0xD9_8324, 0x43_2818],
        ];
        let stops = choices[seed as usize % choices.len()].map(hex);
        Self { stops, pace: dice.between(0.55, 0.8), offset: dice.between(0.0, 5.0) }
    }

    fn colour(&self, steps: Option<f32>) -> Colour {
        let Some(steps) = steps else { return hex(0x05_0508) };
        // The square root stretches the far outside, where few steps are made, over many colours.
        let place = (self.offset + self.pace * 2.6 * steps.max(0.0).sqrt()).rem_euclid(5.0);
        let stop = place as usize % 5;
        mix(self.stops[stop], self.stops[(stop + 1) % 5], place.fract())
    }
}
