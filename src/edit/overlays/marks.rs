//! Bars, boxes, lines and signs.

use crate::edit::brush::{Area, area};
use crate::edit::dice::Dice;
use crate::edit::lettering::plain;
use crate::edit::photo::{BLACK, Photo, WHITE, hex};
use crate::edit::warp::Point;

/// A box of these shares of the picture, somewhere in its middle part.
fn central(page: &Photo, dice: &mut Dice, wide: f32, tall: f32) -> Area {
    let (width, height) = (page.width as f32, page.height as f32);
    let left = dice.between(0.15, 0.85 - wide);
    let top = dice.between(0.15, 0.85 - tall);
    area(left * width, top * height, wide * width, tall * height)
}

pub(super) fn censor_bar(page: &mut Photo, dice: &mut Dice) {
    let (wide, tall) = (dice.between(0.3, 0.55), dice.between(0.09, 0.15));
    let bar = central(page, dice, wide, tall);
    page.fill(bar, BLACK);
}

pub(super) fn censor_boxes(page: &mut Photo, dice: &mut Dice) {
    for _ in 0..2 + dice.below(2) {
        let (wide, tall) = (dice.between(0.12, 0.26), dice.between(0.12, 0.26));
        let bounds = central(page, dice, wide, tall);
        page.fill(bounds, BLACK);
    }
}

pub(super) fn pixelated(page: &mut Photo, dice: &mut Dice) {
    let (wide, tall) = (dice.between(0.25, 0.4), dice.between(0.25, 0.45));
    let bounds = central(page, dice, wide, tall);
    let (left, top) = (bounds.left as usize, bounds.top as usize);
    let part = page.cropped(left, top, bounds.width as usize, bounds.height as usize);
    let square = (page.short() as f32 * 0.045).max(2.0) as usize;
    let few = part.resized(part.width.div_ceil(square), part.height.div_ceil(square));
    let coarse = Photo::paint(part.width, part.height, |x, y| few.at(x / square, y / square));
    page.paste(&coarse, left as isize, top as isize);
}

pub(super) fn scribble(page: &mut Photo, dice: &mut Dice) {
    let (width, height) = (page.width as f32, page.height as f32);
    let unit = page.short() as f32;
    for _ in 0..2 + dice.below(3) {
        let colour = hex(dice.pick(&[0xE5_2222, 0x22_D3EE, 0xFA_E022, 0x11_1111, 0xFF_FFFF]));
        let thick = unit * dice.between(0.008, 0.02);
        let mut at = (dice.between(0.2, 0.8) * width, dice.between(0.2, 0.8) * height);
        let mut angle = dice.between(0.0, 6.3);
        let mut bend = dice.between(-0.2, 0.2);
        let mut line = vec![at];
        for _ in 0..40 + dice.below(50) {
            bend = (bend + dice.between(-0.12, 0.12)).clamp(-0.45, 0.45);
            angle += bend;
            let step = unit * 0.018;
            let inside =
                (0.06..0.94).contains(&(at.0 / width)) && (0.06..0.94).contains(&(at.1 / height));
            if !inside {
                // A hand turns back before it leaves the picture.
                angle = (height / 2.0 - at.1).atan2(width / 2.0 - at.0);
            }
            at = (at.0 + step * angle.cos(), at.1 + step * angle.sin());
            line.push(at);
        }
        page.stroke(&line, thick, colour, 1.0);
    }
}

pub(super) fn arrow(page: &mut Photo, dice: &mut Dice) {
    let unit = page.short() as f32;
    let red = hex(0xEE_1C25);
    let target = (
        dice.between(0.35, 0.65) * page.width as f32,
        dice.between(0.35, 0.65) * page.height as f32,
    );
    let ring = (unit * dice.between(0.1, 0.17), unit * dice.between(0.08, 0.15));
    page.ring(target, ring, unit * 0.016, red);
    let angle = dice.between(0.0, 6.3);
    let (dx, dy) = (angle.cos(), angle.sin());
    let along = |far: f32, aside: f32| -> Point {
        (target.0 + dx * far - dy * aside, target.1 + dy * far + dx * aside)
    };
    let (tip, end) = (unit * 0.2, unit * dice.between(0.34, 0.45));
    let head = unit * 0.075;
    page.stroke(&[along(tip + head * 0.8, 0.0), along(end, 0.0)], unit * 0.03, red, 1.0);
    let corners = [along(tip, 0.0), along(tip + head, -head * 0.6), along(tip + head, head * 0.6)];
    page.convex(&corners, red, 1.0);
}

pub(super) fn play_button(page: &mut Photo, dice: &mut Dice) {
    let (width, height) = (page.width as f32, page.height as f32);
    let radius = page.short() as f32 * dice.between(0.09, 0.14);
    let (x, y) = (width / 2.0, height / 2.0);
    page.disc((x, y), radius, BLACK, 0.55);
    page.ring((x, y), (radius, radius), radius * 0.08, WHITE);
    let reach = radius * 0.5;
    let corners = [(x - reach * 0.75, y - reach), (x + reach, y), (x - reach * 0.75, y + reach)];
    page.convex(&corners, WHITE, 0.95);
    if dice.happens(0.6) {
        let size = page.short() as f32 * 0.03;
        let low = height - size * 2.5;
        page.shade(area(0.0, height * 0.82, width, height * 0.18), BLACK, 0.0, 0.65);
        page.rounded(area(size, low, width - 2.0 * size, size * 0.3), 2.0, WHITE, 0.45);
        let share = dice.between(0.05, 0.8);
        let done = area(size, low, (width - 2.0 * size) * share, size * 0.3);
        page.rounded(done, 2.0, hex(0xE0_2424), 1.0);
        page.disc((done.right(), low + size * 0.15), size * 0.45, hex(0xE0_2424), 1.0);
        let text = format!("{}:{:02} / 4:20", dice.below(4), dice.below(60));
        page.write(&text, (size, low + size * 0.8), plain(size, WHITE));
    }
}
