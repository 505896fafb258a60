//! A conversation.

use super::icons::Icon;
use super::parts::{Device, STATUS, contrast, phone, theme};
use crate::edit::brush::area;
use crate::edit::dice::Dice;
use crate::edit::lettering::{bold, plain};
use crate::edit::photo::{BLACK, Colour, Photo, WHITE, hex, mix};
use crate::edit::stage::Stage;
use crate::edit::words;

/// The grounds of conversations, and the colours of one's own bubbles on them.
const LOOKS: [(u32, u32, bool); 6] = [
    (0xEF_E7DD, 0xD9_FDD3, false),
    (0x0B_141A, 0x00_5C4B, true),
    (0xFF_FFFF, 0x0A_84FF, false),
    (0x00_0000, 0x26_6BD8, true),
    (0xC8_DAE8, 0xE3_F3D6, false),
    (0x17_212B, 0x2B_5278, true),
];

/// A conversation in which someone has sent the photograph.
pub(super) fn chat(photo: &Photo, stage: &mut Stage) -> Photo {
    let (ground, own, dark) = stage.dice.pick(&LOOKS);
    let mut theme = theme(&mut stage.dice, f32::from(u8::from(dark)));
    theme.accent = hex(own);
    let mut device = phone(&mut stage.dice, theme);
    wallpaper(&mut device, &mut stage.dice, hex(ground));
    let bottom = device.height() - 64.0;
    // Newest at the lower end, so the conversation is laid from there upwards.
    let after = stage.dice.below(4);
    let mut low = bottom - 6.0;
    for place in 0..14 {
        if low < STATUS + 40.0 {
            break;
        }
        let mine = stage.dice.happens(0.5);
        low = if place == after {
            picture_bubble(&mut device, &mut stage.dice, photo, low, mine)
        } else {
            text_bubble(&mut device, &mut stage.dice, low, mine)
        };
    }
    bars(&mut device, stage);
    device.page
}

/// The ground: plain, or with faint small drawings all over.
fn wallpaper(device: &mut Device, dice: &mut Dice, ground: Colour) {
    let (wide, tall) = (device.page.width, device.page.height);
    device.page = Photo::filled(wide, tall, ground);
    if ground == WHITE || ground == BLACK {
        return;
    }
    if dice.happens(0.3) {
        let page = area(0.0, 0.0, wide as f32, tall as f32);
        device.page.gradient(page, ground, mix(ground, hex(0x7A_8FC0), 0.35));
    }
    let faint = mix(ground, contrast(ground), 0.07);
    let icons = [Icon::Heart, Icon::Plane, Icon::House, Icon::Camera, Icon::Bubble, Icon::Call];
    let pitch = 46.0;
    let mut y = 10.0;
    let mut shift = 0.0;
    while y < device.height() {
        let mut x = 8.0 + shift;
        while x < device.width() {
            let place = (x + dice.between(-8.0, 8.0), y + dice.between(-8.0, 8.0));
            let at = device.at(place.0, place.1);
            device.page.icon(dice.pick(&icons), at, 8.0 * device.unit, faint);
            x += pitch;
        }
        shift = if shift == 0.0 { pitch / 2.0 } else { 0.0 };
        y += pitch * 0.85;
    }
}

/// The ground of a bubble, and the ink on it.
fn bubble_colours(device: &Device, mine: bool) -> (Colour, Colour) {
    let dark = contrast(device.theme.paper) == WHITE;
    let others = if dark { hex(0x20_2C33) } else { hex(0xFF_FFFF) };
    let others =
        if device.page.at(2, device.page.height / 2) == WHITE { hex(0xE9_E9EB) } else { others };
    let ground = if mine { device.theme.accent } else { others };
    (ground, contrast(ground))
}

/// A message of text that ends at `low`. Returns where the one above it ends.
fn text_bubble(device: &mut Device, dice: &mut Dice, low: f32, mine: bool) -> f32 {
    let unit = device.unit;
    let (ground, ink) = bubble_colours(device, mine);
    let count = 6 + dice.below(18);
    let text = if dice.happens(0.7) {
        words::phrase(dice).to_owned()
    } else {
        words::paragraph(dice, count)
    };
    let letters = plain(8.8 * unit, ink);
    let lines = letters.wrapped(&text, 215.0 * unit);
    let longest = lines.iter().map(|line| letters.width(line)).fold(0.0, f32::max) / unit;
    let line = letters.line_height() / unit;
    let (wide, tall) = (longest.max(34.0) + 24.0, line * lines.len() as f32 + 22.0);
    let left = if mine { device.width() - 12.0 - wide } else { 12.0 };
    let top = low - tall;
    let bounds = area(left * unit, top * unit, wide * unit, tall * unit);
    device.page.rounded(bounds, 10.0 * unit, ground, 1.0);
    for (row, text) in lines.iter().enumerate() {
        let y = top + 8.0 + line * row as f32;
        device.write(text, (left + 12.0, y), 8.8, ink, false);
    }
    let time = words::clock(dice);
    let at = device.at(left + wide - 9.0, low - 9.5);
    device.page.write_right(&time, at, plain(5.6 * unit, mix(ink, ground, 0.45)));
    top - dice.pick(&[3.0, 7.0])
}

/// The photograph in a bubble that ends at `low`. Returns where the one above it ends.
fn picture_bubble(
    device: &mut Device,
    dice: &mut Dice,
    photo: &Photo,
    low: f32,
    mine: bool,
) -> f32 {
    let unit = device.unit;
    let (ground, _) = bubble_colours(device, mine);
    // As wide as bubbles go; what is higher than 4:3 upright or flatter than 2:1 is cut.
    let wide = dice.pick(&[230.0, 250.0, 270.0]);
    let shape = photo.aspect().clamp(0.75, 2.0);
    let wide = if shape < 1.0 { wide * 0.9 } else { wide };
    let inner = photo.covering(device.pixels(wide), device.pixels(wide / shape));
    let tall = inner.height as f32 / unit;
    let rim = dice.pick(&[0.0, 3.0, 3.0]);
    let left = if mine { device.width() - 12.0 - wide - rim } else { 12.0 + rim };
    let top = low - tall - rim;
    let bounds = area(left * unit, top * unit, wide * unit, tall * unit);
    device.page.rounded(bounds.grown(rim * unit), 11.0 * unit, ground, 1.0);
    device.paste_rounded(&inner, left, top, 9.0);
    let time = words::clock(dice);
    let letters = bold(5.8 * unit, WHITE);
    let at = device.at(left + wide - 8.0, low - rim - 13.0);
    let behind = area(
        at.0 - letters.width(&time) - 4.0 * unit,
        at.1 - 3.0 * unit,
        letters.width(&time) + 8.0 * unit,
        12.0 * unit,
    );
    device.page.rounded(behind, 6.0 * unit, BLACK, 0.35);
    device.page.write_right(&time, at, letters);
    top - rim - 6.0
}

/// Who is spoken with, and the field to write in.
fn bars(device: &mut Device, stage: &mut Stage) {
    let (theme, unit, width, height) = (device.theme, device.unit, device.width(), device.height());
    let dark = contrast(theme.paper) == WHITE;
    let bar = if dark {
        hex(0x1B_2329)
    } else {
        hex(stage.dice.pick(&[0xF6_F6F6, 0x07_5E54, 0x51_7DA2]))
    };
    let ink = contrast(bar);
    device.fill([0.0, 0.0, width, STATUS + 50.0], bar);
    device.status_bar(&mut stage.dice, ink);
    let y = STATUS + 24.0;
    let back = device.at(18.0, y);
    device.page.icon(Icon::Back, back, 8.0 * unit, ink);
    device.portrait(stage, (52.0, y), 17.0);
    device.write(words::name(&mut stage.dice), (78.0, y - 11.0), 9.5, ink, true);
    device.write("online", (78.0, y + 6.0), 7.0, mix(ink, bar, 0.35), false);
    for (icon, x) in [(Icon::Camera, 86.0), (Icon::Call, 52.0), (Icon::Dots, 20.0)] {
        let at = device.at(width - x, y);
        device.page.icon(icon, at, 8.0 * unit, ink);
    }
    let (paper, faint) =
        if dark { (hex(0x2A_3942), hex(0x8A_969C)) } else { (WHITE, hex(0x8A_8F94)) };
    let low = if dark { bar } else { hex(0xF0_F0F0) };
    device.fill([0.0, height - 62.0, width, 62.0], low);
    let field = area(12.0 * unit, (height - 56.0) * unit, (width - 72.0) * unit, 34.0 * unit);
    device.page.rounded(field, 17.0 * unit, paper, 1.0);
    device.write("Message", (30.0, height - 43.0), 9.0, faint, false);
    let round = device.at(width - 32.0, height - 39.0);
    device.page.disc(round, 18.0 * unit, hex(0x00_A884), 1.0);
    device.page.icon(Icon::Plane, round, 8.0 * unit, WHITE);
    device.home_bar(&mut stage.dice, contrast(low));
}
