//! A phone's gallery, and stories.

use super::icons::Icon;
use super::parts::{Device, STATUS, phone, theme};
use crate::edit::brush::area;
use crate::edit::lettering::{bold, plain};
use crate::edit::photo::{BLACK, Photo, WHITE, hex, mix};
use crate::edit::stage::Stage;
use crate::edit::words;

/// One picture as wide as the screen (or as high as there is room), toolbars above and below.
pub(super) fn gallery(photo: &Photo, stage: &mut Stage) -> Photo {
    let theme = theme(&mut stage.dice, 0.55);
    let mut device = phone(&mut stage.dice, theme);
    device.status_bar(&mut stage.dice, theme.ink);
    let height = device.height();
    let film = stage.dice.happens(0.5);
    let low = if film { height - 108.0 } else { height - 72.0 };
    let (top, room) = (STATUS + 50.0, low - STATUS - 50.0);
    // Some galleries lay their bars over the picture's black surroundings, so a tall picture may
    // fill all of the screen.
    let inner = photo.fitted(device.page.width, device.pixels(room));
    let left = (device.page.width - inner.width.min(device.page.width)) as f32 / 2.0 / device.unit;
    let free = room - inner.height as f32 / device.unit;
    device.paste(&inner, left, top + free / 2.0);
    gallery_bars(&mut device, stage);
    if film {
        film_strip(&mut device, photo, stage, height - 104.0);
    }
    device.home_bar(&mut stage.dice, theme.ink);
    device.page
}

fn gallery_bars(device: &mut Device, stage: &mut Stage) {
    let (theme, unit, width) = (device.theme, device.unit, device.page.width as f32);
    let (day, time) = (words::day(&mut stage.dice), words::clock(&mut stage.dice));
    let middle = width / 2.0;
    let y = STATUS * unit;
    device.page.write_centred(&day, (middle, y + 12.0 * unit), bold(9.5 * unit, theme.ink));
    device.page.write_centred(&time, (middle, y + 28.0 * unit), plain(7.5 * unit, theme.faint));
    device.page.icon(Icon::Back, (22.0 * unit, y + 22.0 * unit), 9.0 * unit, theme.accent);
    device.page.icon(Icon::Dots, (width - 22.0 * unit, y + 22.0 * unit), 8.0 * unit, theme.ink);
    let icons = [Icon::Share, Icon::Heart, Icon::Pen, Icon::Bin];
    let y = device.page.height as f32 - 45.0 * unit;
    device.page.icon_row(&icons, y, 10.0 * unit, theme.ink);
}

/// The neighbours in the gallery, small, and between them the picture itself.
fn film_strip(device: &mut Device, photo: &Photo, stage: &mut Stage, top: f32) {
    let (side, pitch) = (26.0, 22.0);
    let own = 7;
    for place in 0..16 {
        let left = place as f32 * pitch + 4.0;
        let (wide, tall) = (device.pixels(pitch - 2.0), device.pixels(side));
        let cell = if place == own {
            photo.covering(wide, tall)
        } else {
            stage.other().covering(wide, tall)
        };
        device.paste(&cell, left, top);
    }
}

/// A page of 9:16 within a phone: the picture whole on a coloured ground, or filling it.
pub(super) fn story(photo: &Photo, stage: &mut Stage) -> Photo {
    let theme = theme(&mut stage.dice, 1.0);
    let mut device = phone(&mut stage.dice, theme);
    device.page = Photo::filled(device.page.width, device.page.height, BLACK);
    let (wide, tall) = (device.page.width, device.page.width * 16 / 9);
    let card = story_card(photo, stage, wide, tall);
    let spare = device.page.height as f32 - tall as f32;
    let top = if spare > 60.0 { STATUS } else { 0.0 };
    device.paste_rounded(&card, 0.0, top, if top > 0.0 { 8.0 } else { 0.0 });
    story_head(&mut device, stage, top);
    let (unit, width) = (device.unit, device.page.width as f32);
    let low = (top * unit + tall as f32).min(device.page.height as f32 - 4.0 * unit);
    let y = if spare > 60.0 { low + 10.0 * unit } else { low - 48.0 * unit };
    let field = area(14.0 * unit, y, width - 100.0 * unit, 34.0 * unit);
    device.page.outline(field, 17.0 * unit, unit, hex(0xC8_C8C8));
    let ink = plain(8.5 * unit, hex(0xD0_D0D0));
    device.page.write("Send message", (30.0 * unit, y + 13.0 * unit), ink);
    for (icon, x) in [(Icon::Heart, 62.0), (Icon::Plane, 26.0)] {
        device.page.icon(icon, (width - x * unit, y + 17.0 * unit), 10.0 * unit, WHITE);
    }
    if top > 0.0 {
        device.status_bar(&mut stage.dice, WHITE);
    }
    device.page
}

/// The story itself. Only a tall picture is cut to fill it; a wide one lies on its mean colours.
fn story_card(photo: &Photo, stage: &mut Stage, wide: usize, tall: usize) -> Photo {
    if photo.aspect() < 0.8 && stage.dice.happens(0.7) {
        return photo.covering(wide, tall);
    }
    let two = photo.resized(1, 2);
    let mut card = Photo::filled(wide, tall, BLACK);
    let (from, to) = (mix(two.at(0, 0), BLACK, 0.2), mix(two.at(0, 1), BLACK, 0.35));
    card.gradient(area(0.0, 0.0, wide as f32, tall as f32), from, to);
    let share = stage.dice.pick(&[1.0, 1.0, 0.86]);
    let inner = photo.fitted((wide as f32 * share) as usize, (tall as f32 * share * 0.9) as usize);
    let left = wide.saturating_sub(inner.width) / 2;
    let shift = stage.dice.between(0.42, 0.52);
    let top = (tall.saturating_sub(inner.height) as f32 * shift) as usize;
    let radius = if share < 1.0 { wide as f32 * 0.03 } else { 0.0 };
    card.paste_rounded(&inner, left as isize, top as isize, radius);
    if stage.dice.happens(0.5) {
        let letters = bold(wide as f32 * 0.036, WHITE);
        let text = words::phrase(&mut stage.dice);
        let y = (top + inner.height) as f32 + wide as f32 * 0.07;
        for (row, line) in letters.wrapped(text, wide as f32 * 0.8).iter().enumerate() {
            let y = y + row as f32 * letters.line_height();
            card.write_centred(line, (wide as f32 / 2.0, y), letters);
        }
    }
    card
}

/// How far the stories are, and whose they are.
fn story_head(device: &mut Device, stage: &mut Stage, top: f32) {
    let (unit, width) = (device.unit, device.page.width as f32);
    let count = 1 + stage.dice.below(5);
    let seen = stage.dice.below(count);
    device.page.shade(area(0.0, top * unit, width, 70.0 * unit), BLACK, 0.4, 0.0);
    let pitch = (width - 16.0 * unit) / count as f32;
    for part in 0..count {
        let left = 8.0 * unit + pitch * part as f32;
        let bar = area(left, (top + 8.0) * unit, pitch - 3.0 * unit, 2.2 * unit);
        device.page.rounded(bar, unit, WHITE, if part <= seen { 0.95 } else { 0.4 });
    }
    device.portrait(stage, (26.0, top + 32.0), 15.0);
    let name = words::handle(&mut stage.dice);
    let hours = format!("{} h", 1 + stage.dice.below(22));
    device.write(&name, (48.0, top + 27.0), 8.5, WHITE, true);
    let after = 56.0 + bold(8.5, WHITE).width(&name);
    device.write(&hours, (after, top + 27.0), 8.5, hex(0xD8_D8D8), false);
    device.page.icon(Icon::Dots, (width - 22.0 * unit, (top + 32.0) * unit), 7.0 * unit, WHITE);
}
