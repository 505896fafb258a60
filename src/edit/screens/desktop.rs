//! A computer's screen: a viewer's window, and a page of a web site.

use super::icons::Icon;
use super::parts::{Device, contrast, theme};
use crate::edit::brush::area;
use crate::edit::dice::Dice;
use crate::edit::lettering::{bold, plain};
use crate::edit::photo::{Colour, Photo, WHITE, hex, mix};
use crate::edit::stage::Stage;
use crate::edit::words;

/// An empty screen of a computer, at about half its real resolution; a unit is a pixel of a
/// screen that is 960 wide.
fn computer(stage: &mut Stage, dark_share: f32) -> Device {
    // 1920 x 1080, 1920 x 1200, 2560 x 1440 halved and 1366 x 768 whole.
    let (width, height) = stage.dice.pick(&[(960, 540), (960, 600), (1280, 720), (1024, 576)]);
    let theme = theme(&mut stage.dice, dark_share);
    let page = Photo::filled(width, height, theme.paper);
    Device { page, unit: width as f32 / 960.0, theme }
}

/// A viewer's window on a desktop with icons and a task bar.
pub(super) fn desktop(photo: &Photo, stage: &mut Stage) -> Photo {
    let mut device = computer(stage, 0.5);
    let (wide, tall) = (device.page.width, device.page.height);
    if stage.dice.happens(0.6) {
        device.page = stage.other().covering(wide, tall);
    } else {
        let (from, to) = stage.dice.pick(&[
            (0x0A_3D62, 0x3C_A0C8),
            (0x43_2371, 0xFA_AE7B),
            (0x1B_4332, 0x95_D5B2),
        ]);
        device.page.gradient(area(0.0, 0.0, wide as f32, tall as f32), hex(from), hex(to));
    }
    for place in 0..3 + stage.dice.below(5) {
        let (x, y) = (20.0, 16.0 + 64.0 * place as f32);
        file_icon(&mut device, &mut stage.dice, x, y);
    }
    window(&mut device, stage, photo);
    task_bar(&mut device, &mut stage.dice);
    device.page
}

fn file_icon(device: &mut Device, dice: &mut Dice, x: f32, y: f32) {
    let unit = device.unit;
    let colour = hex(dice.pick(&[0xF2_C14E, 0x4F_9DDE, 0xE9_E9E9, 0xD8_5B53]));
    let bounds = area((x + 6.0) * unit, y * unit, 30.0 * unit, 30.0 * unit);
    device.page.rounded(bounds, 4.0 * unit, colour, 1.0);
    let name = words::name(dice);
    device.write(name, (x + 4.0, y + 36.0), 6.5, WHITE, true);
}

/// The viewer: title bar, toolbar, and the photograph whole on one colour.
fn window(device: &mut Device, stage: &mut Stage, photo: &Photo) {
    let (theme, unit) = (device.theme, device.unit);
    let (width, height) = (device.width(), device.height() - 36.0);
    let dice = &mut stage.dice;
    let (wide, tall) = (width * dice.between(0.62, 0.9), height * dice.between(0.75, 0.96));
    let left = ((width - wide) * dice.between(0.3, 0.9)).round();
    let top = ((height - tall) * dice.between(0.2, 0.8)).round();
    let bounds = area(left * unit, top * unit, wide * unit, tall * unit);
    device.page.shadow(bounds.grown(4.0 * unit), 16.0 * unit, 0.5);
    device.page.rounded(bounds, 7.0 * unit, theme.raised, 1.0);
    let number = 1000 + dice.below(8999);
    let title = format!("IMG-{number}.jpg - Photos");
    device.write(&title, (left + 14.0, top + 9.0), 7.5, theme.ink, false);
    for (place, colour) in [0xE8_5B4F, 0xF0_B73A, 0x4C_B65A].into_iter().enumerate() {
        let at = device.at(left + wide - 16.0 - 20.0 * place as f32, top + 13.0);
        device.page.disc(at, 5.5 * unit, hex(colour), 1.0);
    }
    let icons = [Icon::Back, Icon::Search, Icon::Pen, Icon::Heart, Icon::Share, Icon::Bin];
    for (place, icon) in icons.into_iter().enumerate() {
        let at = device.at(left + 24.0 + 34.0 * place as f32, top + 40.0);
        device.page.icon(icon, at, 7.0 * unit, theme.ink);
    }
    let (room_top, room_wide, room_tall) = (top + 56.0, wide - 2.0, tall - 58.0 - 18.0);
    let ground = if dice.happens(0.5) { theme.paper } else { mix(theme.paper, theme.ink, 0.12) };
    device.fill([left + 1.0, room_top, room_wide, room_tall], ground);
    let share = dice.pick(&[1.0, 1.0, 0.94]);
    let inner = photo.fitted(device.pixels(room_wide * share), device.pixels(room_tall * share));
    let x = left + 1.0 + (room_wide - inner.width as f32 / unit) / 2.0;
    let y = room_top + (room_tall - inner.height as f32 / unit) / 2.0;
    device.paste(&inner, x, y);
    let size = format!("{} x {}    {}%", photo.width, photo.height, 20 + dice.below(80));
    device.write(&size, (left + 14.0, top + tall - 14.0), 6.5, theme.faint, false);
}

fn task_bar(device: &mut Device, dice: &mut Dice) {
    let (theme, unit, width, height) = (device.theme, device.unit, device.width(), device.height());
    let bar = mix(theme.paper, hex(0x80_8890), 0.15);
    device.fill([0.0, height - 36.0, width, 36.0], bar);
    let count = 5 + dice.below(5);
    let start = width / 2.0 - 18.0 * count as f32;
    for place in 0..count {
        let colour = hex(dice.pick(&[0x3B_82F6, 0xF5_9E0B, 0x10_B981, 0xEF_4444, 0x8B_5CF6]));
        let left = (start + 36.0 * place as f32) * unit;
        let bounds = area(left, (height - 29.0) * unit, 22.0 * unit, 22.0 * unit);
        device.page.rounded(bounds, 5.0 * unit, colour, 1.0);
    }
    let at = device.at(width - 14.0, height - 22.0);
    let ink = plain(7.5 * unit, theme.ink);
    device.page.write_right(&words::clock(dice), at, ink);
}

/// An article of a web site: headline, photograph, columns of text, small pictures aside.
pub(super) fn web(photo: &Photo, stage: &mut Stage) -> Photo {
    let mut device = computer(stage, 0.15);
    let (theme, unit, width) = (device.theme, device.unit, device.width());
    browser(&mut device, &mut stage.dice);
    let colour = hex(stage.dice.pick(&[0xB8_1D24, 0x0B_3D91, 0x1A_1A1A, 0x00_6B5E]));
    device.fill([0.0, 58.0, width, 34.0], colour);
    let site = stage.dice.pick(&["The Daily Harbour", "Coast & Country", "Morning Post"]);
    device.write(site, (60.0, 69.0), 12.0, contrast(colour), true);
    let (left, main, aside) = (60.0, 540.0, 640.0);
    let letters = bold(16.0 * unit, theme.ink);
    let count = 6 + stage.dice.below(5);
    let headline = words::sentence(&mut stage.dice, count);
    let start = device.at(left, 110.0 - stage.dice.between(0.0, 30.0));
    let top = device.page.write_lines(&headline, start, main * unit, letters) / unit;
    device.fill([0.0, 58.0, width, 34.0], colour);
    device.write(site, (60.0, 69.0), 12.0, contrast(colour), true);
    let by = format!("By {} - {}", words::name(&mut stage.dice), words::day(&mut stage.dice));
    device.write(&by, (left, top + 2.0), 7.0, theme.faint, false);
    let inner = article_picture(&device, photo, stage, main);
    device.paste(&inner, left, top + 18.0);
    let (wide, tall) = (inner.width as f32 / unit, inner.height as f32 / unit);
    let ink = plain(7.6 * unit, theme.ink);
    let low = if wide < main * 0.7 {
        let beside = device.at(left + wide + 16.0, top + 18.0);
        let count = (tall / 1.6) as usize;
        let text = words::paragraph(&mut stage.dice, count * 3 / 4);
        device.page.write_lines(&text, beside, (main - wide - 16.0) * unit, ink);
        top + tall + 32.0
    } else {
        let text = words::sentence(&mut stage.dice, 12);
        device.write(&text, (left, top + tall + 24.0), 6.5, theme.faint, false);
        top + tall + 44.0
    };
    let text = words::paragraph(&mut stage.dice, 260);
    let start = device.at(left, low);
    device.page.write_lines(&text, start, main * unit, ink);
    sidebar(&mut device, stage, aside);
    device.page
}

/// The photograph as wide as the column, or half of it with text beside; cut to 16:9 at most.
fn article_picture(device: &Device, photo: &Photo, stage: &mut Stage, main: f32) -> Photo {
    let wide = if photo.aspect() < 1.0 || stage.dice.happens(0.4) { main * 0.52 } else { main };
    let shape = photo.aspect().clamp(0.7, 1.78);
    let room = device.height() - 175.0;
    let (wide, tall) = (wide, wide / shape);
    let by = (room / tall).min(1.0);
    photo.covering(device.pixels(wide * by), device.pixels(tall * by))
}

/// Tabs, address and buttons of a browser.
fn browser(device: &mut Device, dice: &mut Dice) {
    let (theme, unit, width) = (device.theme, device.unit, device.width());
    let bar: Colour = mix(theme.raised, theme.faint, 0.25);
    device.fill([0.0, 0.0, width, 28.0], bar);
    device.fill([0.0, 28.0, width, 30.0], theme.raised);
    for tab in 0..2 + dice.below(4) {
        let bounds =
            area((10.0 + 150.0 * tab as f32) * unit, 5.0 * unit, 144.0 * unit, 23.0 * unit);
        let colour = if tab == 0 { theme.raised } else { bar };
        device.page.rounded(bounds, 6.0 * unit, colour, 1.0);
        let title = words::sentence(dice, 2);
        device.write(&title, (26.0 + 150.0 * tab as f32, 13.0), 6.5, theme.ink, false);
    }
    for (place, icon) in [Icon::Back, Icon::Repeat, Icon::House].into_iter().enumerate() {
        let at = device.at(20.0 + 26.0 * place as f32, 43.0);
        device.page.icon(icon, at, 6.0 * unit, theme.ink);
    }
    let field = area(100.0 * unit, 33.0 * unit, (width - 200.0) * unit, 20.0 * unit);
    device.page.rounded(field, 10.0 * unit, theme.paper, 1.0);
    let address =
        format!("https://www.{}.example/{}", words::handle(dice), 2000 + dice.below(7000));
    device.write(&address, (116.0, 40.0), 7.0, theme.faint, false);
}

/// Small pictures with headlines on the right.
fn sidebar(device: &mut Device, stage: &mut Stage, left: f32) {
    let (theme, unit) = (device.theme, device.unit);
    let mut top = 108.0;
    let wide = device.width() - left - 60.0;
    device.write("Most read", (left, top), 9.0, theme.ink, true);
    top += 22.0;
    while top < device.height() {
        let small = stage.other().covering(device.pixels(96.0), device.pixels(64.0));
        device.paste(&small, left, top);
        let count = 5 + stage.dice.below(5);
        let text = words::sentence(&mut stage.dice, count);
        let start = device.at(left + 106.0, top + 4.0);
        device.page.write_lines(&text, start, (wide - 106.0) * unit, plain(7.0 * unit, theme.ink));
        device.fill([left, top + 71.0, wide, 1.0], theme.raised);
        top += 80.0;
    }
}
