//! Faces, hearts, stars and labels.

use std::f32::consts::{PI, TAU};

use crate::edit::brush::area;
use crate::edit::dice::Dice;
use crate::edit::lettering::{Type, bold};
use crate::edit::photo::{Colour, Photo, WHITE, hex};
use crate::edit::warp::Point;

/// A place that is not quite at the rim.
fn place(page: &Photo, dice: &mut Dice) -> Point {
    (dice.between(0.12, 0.88) * page.width as f32, dice.between(0.12, 0.88) * page.height as f32)
}

/// A place near the middle, where the subject mostly is.
fn middle(page: &Photo, dice: &mut Dice) -> Point {
    (dice.between(0.3, 0.7) * page.width as f32, dice.between(0.25, 0.65) * page.height as f32)
}

pub(super) fn faces(page: &mut Photo, dice: &mut Dice, count: usize) {
    for number in 0..count {
        let (low, high) = if count == 1 { (0.12, 0.18) } else { (0.06, 0.12) };
        let radius = page.short() as f32 * dice.between(low, high);
        let at = if number == 0 { middle(page, dice) } else { place(page, dice) };
        face(page, dice, at, radius);
    }
}

/// A yellow face: eyes, and a mouth that is glad, open or kissing.
fn face(page: &mut Photo, dice: &mut Dice, (x, y): Point, radius: f32) {
    let dark = hex(0x66_4500);
    page.disc((x, y), radius, hex(0xE8_9F1A), 1.0);
    page.disc((x, y - radius * 0.03), radius * 0.95, hex(0xFF_CC3D), 1.0);
    page.disc((x, y - radius * 0.2), radius * 0.7, hex(0xFF_D95E), 0.6);
    let eye = |side: f32| (x + side * radius * 0.36, y - radius * 0.22);
    let kind = dice.below(4);
    for side in [-1.0, 1.0] {
        match kind {
            0 => heart(page, eye(side), radius * 0.3, hex(0xE0_2F3F)),
            1 => {
                let (at, wide) = (eye(side), radius * 0.2);
                let arc = [
                    (at.0 - wide, at.1 + wide * 0.5),
                    (at.0, at.1 - wide * 0.4),
                    (at.0 + wide, at.1 + wide * 0.5),
                ];
                page.stroke(&arc, radius * 0.1, dark, 1.0);
            }
            _ => page.disc(eye(side), radius * 0.13, dark, 1.0),
        }
    }
    if kind == 3 {
        page.disc((x, y + radius * 0.42), radius * 0.2, dark, 1.0);
        return;
    }
    let mouth: Vec<Point> = (0..=12)
        .map(|step| {
            let angle = PI * (0.12 + 0.76 * step as f32 / 12.0);
            (x + radius * 0.58 * angle.cos(), y + radius * (0.1 + 0.5 * angle.sin()))
        })
        .collect();
    if kind == 1 {
        page.convex(&mouth, dark, 1.0);
    }
    page.stroke(&mouth, radius * 0.11, dark, 1.0);
}

/// A heart of this size from its middle.
pub(in crate::edit) fn heart(page: &mut Photo, (x, y): Point, size: f32, colour: Colour) {
    let bounds = area(x - size, y - size, 2.0 * size, 2.0 * size);
    page.cover(bounds, colour, |point| {
        // (x^2 + y^2 - 1)^3 = x^2 y^3, the usual curve, made smooth by its slope.
        let (across, up) = ((point.0 - x) / size * 1.25, -(point.1 - y) / size * 1.25 + 0.1);
        let round = across * across + up * up - 1.0;
        let value = round.powi(3) - across * across * up.powi(3);
        0.5 - value * size
    });
}

/// A star with five points.
fn star(page: &mut Photo, at: Point, size: f32, colour: Colour) {
    let turn = |step: f32, far: f32| {
        let angle = TAU * step / 10.0 - PI / 2.0;
        (at.0 + far * angle.cos(), at.1 + far * angle.sin())
    };
    for point in 0..5 {
        let step = 2.0 * point as f32;
        let wing =
            [at, turn(step - 1.0, size * 0.42), turn(step, size), turn(step + 1.0, size * 0.42)];
        page.convex(&wing, colour, 1.0);
    }
    page.disc(at, size * 0.36, colour, 1.0);
}

/// A round label with a word.
fn label(page: &mut Photo, dice: &mut Dice, at: Point, size: f32) {
    let text = dice.pick(&["WOW", "LOL", "OMG", "YES", "NEW", "100%"]);
    let colour = hex(dice.pick(&[0xE9_1E63, 0x3F_51B5, 0x00_9688, 0xFF_5722]));
    let letters = Type { turned: -8.0, ..bold(size * 0.6, WHITE) };
    let wide = letters.width(text) + size;
    let bounds = area(at.0 - wide / 2.0, at.1 - size * 0.7, wide, size * 1.4);
    page.rounded(bounds.grown(size * 0.1), size * 0.6, WHITE, 1.0);
    page.rounded(bounds, size * 0.5, colour, 1.0);
    page.write(text, (at.0 - letters.width(text) / 2.0, at.1 - size * 0.22), letters);
}

pub(super) fn mixed(page: &mut Photo, dice: &mut Dice) {
    let unit = page.short() as f32;
    for number in 0..5 + dice.below(4) {
        let at = place(page, dice);
        let size = unit * dice.between(0.05, 0.1);
        match number % 3 {
            0 => {
                let colour = hex(dice.pick(&[0xF4_3F5E, 0xE1_1D48, 0xFF_7AA8]));
                heart(page, at, size * 1.18, WHITE);
                heart(page, at, size, colour);
            }
            1 => {
                star(page, at, size * 1.2, WHITE);
                star(page, at, size, hex(0xFA_CC15));
            }
            _ => label(page, dice, at, size),
        }
    }
}
