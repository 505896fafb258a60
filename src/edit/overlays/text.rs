//! Text on a photograph.

use crate::edit::brush::area;
use crate::edit::dice::Dice;
use crate::edit::lettering::{Type, bold, plain};
use crate::edit::photo::{Photo, WHITE, hex};
use crate::edit::words;

/// Lines of large text with a dark rim, centred; `top` is where they begin, and `up` whether that
/// is rather where they end.
fn outlined(page: &mut Photo, text: &str, top: f32, up: bool, letters: Type) {
    let width = page.width as f32;
    let lines = letters.wrapped(text, width * 0.9);
    let mut y = if up { top - letters.line_height() * lines.len() as f32 } else { top };
    for line in &lines {
        page.write_outlined(line, (width / 2.0, y), letters);
        y += letters.line_height();
    }
}

pub(super) fn caption(page: &mut Photo, dice: &mut Dice) {
    let size = page.short() as f32 * dice.between(0.055, 0.08);
    let ink = dice.pick(&[WHITE, WHITE, hex(0xFF_E45C)]);
    let text = if dice.happens(0.5) { words::meme(dice) } else { words::phrase(dice) };
    outlined(page, text, page.height as f32 * 0.97, true, bold(size, ink));
}

pub(super) fn meme(page: &mut Photo, dice: &mut Dice) {
    let letters = bold(page.short() as f32 * dice.between(0.07, 0.09), WHITE);
    let (above, below) = (words::meme(dice), words::phrase(dice));
    outlined(page, &above.to_uppercase(), page.height as f32 * 0.04, false, letters);
    outlined(page, &below.to_uppercase(), page.height as f32 * 0.97, true, letters);
}

/// The size at which a text is this wide.
fn size_for(text: &str, width: f32) -> f32 {
    width / bold(1.0, WHITE).width(text).max(1.0)
}

pub(super) fn diagonal(page: &mut Photo, dice: &mut Dice) {
    let (width, height) = (page.width as f32, page.height as f32);
    let text = dice.pick(&["SAMPLE", "PREVIEW", "COPYRIGHT", "DO NOT COPY", "STOCK PHOTO"]);
    let size = size_for(text, width.hypot(height) * dice.between(0.6, 0.8));
    let size = size.min(page.short() as f32 * 0.2);
    let turned = -height.atan2(width).to_degrees();
    let opacity = dice.between(0.25, 0.45);
    let letters = Type { opacity, turned, ..bold(size, WHITE) };
    // The line's middle comes to lie on that of the picture.
    let (sin, cos) = turned.to_radians().sin_cos();
    let (along, down) = (letters.width(text) / 2.0, size / 2.0);
    let start = (width / 2.0 - along * cos + down * sin, height / 2.0 - along * sin - down * cos);
    page.write(text, start, letters);
}

pub(super) fn tiled(page: &mut Photo, dice: &mut Dice) {
    let size = page.short() as f32 * dice.between(0.028, 0.045);
    let turned = dice.pick(&[-30.0, -20.0, 0.0, 25.0]);
    let letters = Type { turned, opacity: dice.between(0.22, 0.4), ..plain(size, WHITE) };
    let text = format!("@{}", words::handle(dice));
    let (across, down) = (letters.width(&text) + size * 3.0, size * 5.0);
    let mut y = -0.2 * page.height as f32;
    let mut shift = 0.0;
    while y < page.height as f32 * 1.3 {
        let mut x = shift - across;
        while x < page.width as f32 {
            page.write(&text, (x, y), letters);
            x += across;
        }
        shift = if shift == 0.0 { across / 2.0 } else { 0.0 };
        y += down;
    }
}

pub(super) fn corner_logo(page: &mut Photo, dice: &mut Dice) {
    let size = page.short() as f32 * dice.between(0.04, 0.06);
    let opacity = dice.between(0.65, 0.95);
    let letters = Type { opacity, ..bold(size, WHITE) };
    let name = words::handle(dice);
    let wide = letters.width(&name) + size * 2.4;
    let margin = size;
    let right = page.width as f32 - margin - wide;
    let left = if dice.happens(0.3) { margin } else { right.max(0.0) };
    let top = if dice.happens(0.3) { margin } else { page.height as f32 - margin - size * 1.6 };
    let colour = hex(dice.pick(&[0xE2_3D3D, 0x1F_8EF1, 0x11_1111, 0xF2_A900]));
    page.disc((left + size * 0.8, top + size * 0.8), size * 0.8, colour, opacity);
    page.disc((left + size * 0.8, top + size * 0.8), size * 0.35, WHITE, opacity);
    let shade = Type { ink: [0; 3], opacity: opacity * 0.6, ..letters };
    page.write(&name, (left + size * 2.0 + 1.0, top + size * 0.3 + 1.0), shade);
    page.write(&name, (left + size * 2.0, top + size * 0.3), letters);
}

pub(super) fn date_stamp(page: &mut Photo, dice: &mut Dice) {
    let year = 2009 + dice.below(16);
    let (month, date) = (1 + dice.below(12), 1 + dice.below(28));
    let text = format!("{year}/{month:02}/{date:02} {}", words::clock(dice));
    let letters = bold(page.short() as f32 * 0.05, hex(0xFF_9A2E));
    let margin = page.short() as f32 * 0.05;
    let (right, bottom) = (page.width as f32 - margin, page.height as f32 - margin - letters.size);
    page.write_right(&text, (right, bottom), letters);
}

pub(super) fn banner(page: &mut Photo, dice: &mut Dice) {
    let (width, height) = (page.width as f32, page.height as f32);
    let size = page.short() as f32 * 0.05;
    let colour = hex(dice.pick(&[0xC4_1E1E, 0x12_3E7C, 0x1A_1A1A]));
    let top = height * dice.between(0.76, 0.84);
    page.fill(area(0.0, top, width, size * 2.2), colour);
    page.fill(area(0.0, top + size * 2.2, width, size * 1.8), WHITE);
    let head = dice.pick(&["BREAKING NEWS", "LIVE", "TOP STORY", "EXCLUSIVE"]);
    page.write(head, (size, top + size * 0.6), bold(size, WHITE));
    let text = words::sentence(dice, 9);
    page.write(&text, (size, top + size * 2.7), plain(size * 0.8, hex(0x11_1111)));
}
