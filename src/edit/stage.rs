//! What an edit finds around the photograph: other pictures, and the dice.

use std::borrow::Cow;

use super::brush::area;
use super::dice::Dice;
use super::photo::{Photo, hex, mix};

/// The surroundings of one edit.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    /// Chooses positions, texts and colours.
    pub(super) dice: Dice,
    others: &'a [&'a Photo],
    next: usize,
}

impl<'a> Stage<'a> {
    /// Surroundings with these other photographs.
    pub(super) fn new(others: &'a [&'a Photo], mut dice: Dice) -> Self {
        let next = dice.below(others.len().max(1));
        Self { dice, others, next }
    }

    /// One of the other photographs, a different one each time while there are some; where there
    /// are none, a drawn one.
    pub(super) fn other(&mut self) -> Cow<'a, Photo> {
        if self.others.is_empty() {
            return Cow::Owned(drawn(&mut self.dice));
        }
        self.next = (self.next + 1) % self.others.len();
        Cow::Borrowed(self.others[self.next])
    }
}

/// A sky, some hills and a few round things: what stands in for a photograph.
fn drawn(dice: &mut Dice) -> Photo {
    const SKIES: [(u32, u32); 5] = [
        (0x2C_5F9E, 0xC9_DDEE),
        (0x1B_1F3B, 0xE0_7A5F),
        (0x7A_8B99, 0xE8_E4D8),
        (0x0B_3954, 0x87_C3C9),
        (0x5C_4B8A, 0xF2_C6A0),
    ];
    let (wide, tall) = dice.pick(&[(480, 360), (360, 480), (420, 420)]);
    let (width, height) = (wide as f32, tall as f32);
    let mut page = Photo::filled(wide, tall, [0; 3]);
    let (above, below) = dice.pick(&SKIES);
    page.gradient(area(0.0, 0.0, width, height), hex(above), hex(below));
    let ground = hex(dice.pick(&[0x3A_5A40, 0x6B_4F2A, 0x37_3F51, 0x8A_7F5C]));
    let disc = (dice.between(0.1, 0.9) * width, dice.between(0.1, 0.4) * height);
    page.disc(disc, dice.between(0.04, 0.12) * width, hex(0xFF_F3D0), 0.9);
    for ridge in 0..3 {
        let base = (0.4 + 0.18 * ridge as f32) * height;
        let (pitch, shift) = (dice.between(60.0, 160.0), dice.between(0.0, 600.0));
        let high = dice.between(0.05, 0.15) * height;
        let colour = mix(ground, hex(below), 0.6 - 0.3 * ridge as f32);
        let line = |x: f32| {
            let at = (x + shift) / pitch;
            base + high * (at.sin() + 0.4 * (2.7 * at).sin())
        };
        let bounds = area(0.0, base - 2.0 * high, width, height);
        page.cover(bounds, colour, |(x, y)| y - line(x) + 0.5);
    }
    for _ in 0..4 + dice.below(6) {
        let at = (dice.unit() * width, dice.between(0.6, 1.0) * height);
        let radius = dice.between(0.02, 0.09) * width;
        let light = mix(ground, hex(dice.pick(&[0xF2_C14E, 0xC0_392B, 0xEC_F0F1])), 0.7);
        page.disc(at, radius, mix(light, [0; 3], 0.35), 1.0);
        page.disc((at.0 - radius * 0.2, at.1 - radius * 0.2), radius * 0.7, light, 0.9);
    }
    let mut grain = dice.clone();
    page.noisy(4.0, &mut grain)
}
