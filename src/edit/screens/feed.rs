//! Posts below each other: large pictures, or short messages.

use super::icons::Icon;
use super::parts::{Device, STATUS, phone, theme};
use crate::edit::brush::area;
use crate::edit::lettering::{bold, plain};
use crate::edit::photo::Photo;
use crate::edit::stage::Stage;
use crate::edit::words;

/// A photo feed, scrolled so that one whole picture is to be seen between parts of two others.
pub(super) fn feed(photo: &Photo, stage: &mut Stage) -> Photo {
    let theme = theme(&mut stage.dice, 0.4);
    let mut device = phone(&mut stage.dice, theme);
    let width = device.width();
    let high = |shape: f32| width / shape;
    // Feeds cut what is higher than 4:5 or broader than 1.91:1.
    let shape = photo.aspect().clamp(0.8, 1.91);
    let own = photo.covering(device.page.width, device.pixels(high(shape)));
    let head = STATUS + 44.0;
    let room = device.height() - head - 52.0;
    let post = 52.0 + own.height as f32 / device.unit + 96.0;
    let above = ((room - post) * stage.dice.between(0.1, 0.8)).max(0.0);
    let mut top = head + above;
    if above > 4.0 {
        let other = stage.other();
        let previous = other.covering(device.page.width, device.pixels(high(1.0)));
        device.paste(&previous, 0.0, top - high(1.0) - 96.0);
        post_foot(&mut device, stage, top - 96.0);
    }
    top = post_of(&mut device, stage, &own, top);
    while top < device.height() {
        let other = stage.other();
        let shape = other.aspect().clamp(0.8, 1.91);
        let next = other.covering(device.page.width, device.pixels(high(shape)));
        top = post_of(&mut device, stage, &next, top);
    }
    feed_bars(&mut device, stage);
    device.page
}

/// A post with its picture: whose it is, and what is said. Returns where the next begins.
fn post_of(device: &mut Device, stage: &mut Stage, picture: &Photo, top: f32) -> f32 {
    let theme = device.theme;
    device.portrait(stage, (26.0, top + 26.0), 15.0);
    let name = words::handle(&mut stage.dice);
    device.write(&name, (50.0, top + 15.0), 8.5, theme.ink, true);
    device.write(words::name(&mut stage.dice), (50.0, top + 30.0), 7.5, theme.faint, false);
    let dots = device.at(device.width() - 20.0, top + 26.0);
    device.page.icon(Icon::Dots, dots, 6.0 * device.unit, theme.ink);
    device.paste(picture, 0.0, top + 52.0);
    let below = top + 52.0 + picture.height as f32 / device.unit;
    post_foot(device, stage, below);
    below + 96.0
}

/// Buttons, who liked it, and the text below a picture.
fn post_foot(device: &mut Device, stage: &mut Stage, top: f32) {
    let (theme, unit) = (device.theme, device.unit);
    let width = device.width();
    device.fill([0.0, top, width, 96.0], theme.paper);
    let dice = &mut stage.dice;
    for (place, icon) in [Icon::Heart, Icon::Bubble, Icon::Plane].into_iter().enumerate() {
        let at = device.at(24.0 + 38.0 * place as f32, top + 21.0);
        device.page.icon(icon, at, 9.5 * unit, theme.ink);
    }
    let flag = device.at(width - 24.0, top + 21.0);
    device.page.icon(Icon::Flag, flag, 9.0 * unit, theme.ink);
    let likes = format!("{} likes", 12 + dice.below(4800));
    device.write(&likes, (14.0, top + 42.0), 8.0, theme.ink, true);
    let name = words::handle(dice);
    device.write(&name, (14.0, top + 59.0), 8.0, theme.ink, true);
    let left = 22.0 + bold(8.0, theme.ink).width(&name);
    let count = 3 + dice.below(3);
    device.write(&words::sentence(dice, count), (left, top + 59.0), 8.0, theme.ink, false);
    let hours = format!("{} hours ago", 1 + dice.below(22));
    device.write(&hours, (14.0, top + 76.0), 6.5, theme.faint, false);
}

/// The bars that stay while the posts move.
fn feed_bars(device: &mut Device, stage: &mut Stage) {
    let (theme, unit, width, height) = (device.theme, device.unit, device.width(), device.height());
    device.fill([0.0, 0.0, width, STATUS + 44.0], theme.paper);
    device.status_bar(&mut stage.dice, theme.ink);
    let title = stage.dice.pick(&["Photogram", "Pictures", "Snapbook", "Moments"]);
    device.write(title, (16.0, STATUS + 14.0), 14.0, theme.ink, true);
    for (icon, x) in [(Icon::Heart, 64.0), (Icon::Bubble, 26.0)] {
        let at = device.at(width - x, STATUS + 22.0);
        device.page.icon(icon, at, 10.0 * unit, theme.ink);
    }
    device.fill([0.0, height - 56.0, width, 56.0], theme.paper);
    device.fill([0.0, height - 56.0, width, 1.0], theme.raised);
    let icons = [Icon::House, Icon::Search, Icon::Plus, Icon::Camera, Icon::Person];
    let y = (height - 37.0) * unit;
    device.page.icon_row(&icons, y, 10.0 * unit, theme.ink);
    device.home_bar(&mut stage.dice, theme.ink);
}

/// Short messages, one of which has the photograph in a rounded box.
pub(super) fn posts(photo: &Photo, stage: &mut Stage) -> Photo {
    let theme = theme(&mut stage.dice, 0.5);
    let mut device = phone(&mut stage.dice, theme);
    let height = device.height();
    let mut top = STATUS + 44.0 - stage.dice.between(0.0, 70.0);
    let own = stage.dice.below(2);
    for place in 0..9 {
        if top > height {
            break;
        }
        let picture = (place == own).then(|| photo.clone());
        let picture =
            picture.or_else(|| stage.dice.happens(0.35).then(|| stage.other().into_owned()));
        top = message(&mut device, stage, picture.as_ref(), top);
    }
    feed_bars(&mut device, stage);
    device.page
}

/// One message. Returns where the next begins.
fn message(device: &mut Device, stage: &mut Stage, picture: Option<&Photo>, top: f32) -> f32 {
    let (theme, unit, width) = (device.theme, device.unit, device.width());
    device.portrait(stage, (30.0, top + 30.0), 18.0);
    let (left, room) = (58.0, width - 58.0 - 16.0);
    let name = words::name(&mut stage.dice);
    device.write(name, (left, top + 14.0), 8.5, theme.ink, true);
    let after = left + 8.0 + bold(8.5, theme.ink).width(name);
    let handle = format!("@{} - {}h", words::handle(&mut stage.dice), 1 + stage.dice.below(22));
    device.write(&handle, (after, top + 14.0), 8.0, theme.faint, false);
    let count = 8 + stage.dice.below(16);
    let text = words::paragraph(&mut stage.dice, count);
    let letters = plain(8.5 * unit, theme.ink);
    let start = device.at(left, top + 31.0);
    let mut y = device.page.write_lines(&text, start, room * unit, letters) / unit + 6.0;
    if let Some(picture) = picture {
        // A box in the picture's shape, within 16:9 and 3:4.
        let shape = picture.aspect().clamp(0.75, 1.78);
        let inner = picture.covering(device.pixels(room), device.pixels(room / shape));
        device.paste_rounded(&inner, left, y, 12.0);
        let tall = inner.height as f32;
        let bounds = area(left * unit, y * unit, inner.width as f32, tall);
        device.page.outline(bounds, 12.0 * unit, 0.8 * unit, theme.raised);
        y += tall / unit + 10.0;
    }
    let icons = [Icon::Bubble, Icon::Repeat, Icon::Heart, Icon::Share];
    for (place, icon) in icons.into_iter().enumerate() {
        let x = left + 8.0 + room * 0.27 * place as f32;
        let at = device.at(x, y + 8.0);
        device.page.icon(icon, at, 6.5 * unit, theme.faint);
        if place < 3 {
            let number = stage.dice.below(900).to_string();
            device.write(&number, (x + 13.0, y + 5.0), 7.0, theme.faint, false);
        }
    }
    device.fill([0.0, y + 24.0, width, 1.0], theme.raised);
    y + 25.0
}
