//! Slides, text pages and forms.

use super::brush::{Area, area};
use super::dice::Dice;
use super::lettering::{bold, plain};
use super::photo::{Colour, Photo, WHITE, hex, mix};
use super::stage::Stage;
use super::words;

/// What stands below the headline of a slide.
#[derive(Clone, Copy, Debug)]
pub(super) enum Style {
    /// Points in words, beside the photograph in small.
    Points,
    /// The photograph with a line of text.
    Picture,
    /// Bars.
    Chart,
}

/// A slide of 16:9 with a headline, a coloured bar, and a number in the corner.
pub(super) fn slide(photo: &Photo, stage: &mut Stage, style: Style) -> Photo {
    let (width, height) = (960.0, 540.0);
    let dice = &mut stage.dice;
    let accent = hex(dice.pick(&[0x1F_4E79, 0xB0_3A2E, 0x1E_8449, 0x6C_3483, 0xCA_6F1E]));
    let mut page = Photo::filled(960, 540, WHITE);
    match dice.below(3) {
        0 => page.fill(area(0.0, 0.0, width, 74.0), accent),
        1 => page.fill(area(0.0, 0.0, 22.0, height), accent),
        _ => page.fill(area(40.0, 78.0, width - 80.0, 3.0), accent),
    }
    let ink = if page.at(480, 20) == WHITE { hex(0x22_2222) } else { WHITE };
    let count = 3 + dice.below(3);
    let title = words::sentence(dice, count);
    page.write(&title, (50.0, 28.0), bold(24.0, ink));
    match style {
        Style::Points => {
            points(&mut page, dice, area(60.0, 120.0, 480.0, 360.0), accent);
            let inner = photo.fitted(340, 340);
            let top = 110 + (340 - inner.height.min(340)) / 2;
            page.paste(&inner, 580, top as isize);
        }
        Style::Picture => {
            let inner = photo.fitted(840, 370);
            page.paste(&inner, (960 - inner.width as isize) / 2, 96);
            let text = words::sentence(dice, 9);
            page.write_centred(&text, (480.0, 482.0), plain(15.0, hex(0x44_4444)));
        }
        Style::Chart => chart(&mut page, dice, area(90.0, 120.0, 780.0, 340.0), accent),
    }
    let number = (1 + dice.below(60)).to_string();
    page.write_right(&number, (width - 24.0, height - 24.0), plain(10.0, hex(0x88_8888)));
    let name = words::name(dice);
    page.write(name, (40.0, height - 24.0), plain(10.0, hex(0x88_8888)));
    page
}

fn points(page: &mut Photo, dice: &mut Dice, room: Area, accent: Colour) {
    let letters = plain(16.0, hex(0x22_2222));
    let mut top = room.top;
    while top < room.bottom() - 40.0 {
        page.disc((room.left + 6.0, top + 8.0), 5.0, accent, 1.0);
        let count = 4 + dice.below(8);
        let text = words::sentence(dice, count);
        top = page.write_lines(&text, (room.left + 26.0, top), room.width - 26.0, letters) + 16.0;
    }
}

fn chart(page: &mut Photo, dice: &mut Dice, room: Area, accent: Colour) {
    let grey = hex(0xBB_BBBB);
    for line in 0..5 {
        let y = room.top + room.height * line as f32 / 5.0;
        page.fill(area(room.left, y, room.width, 1.0), hex(0xDD_DDDD));
    }
    let bars = 4 + dice.below(5);
    let pitch = room.width / bars as f32;
    for bar in 0..bars {
        let tall = room.height * dice.between(0.15, 0.95);
        let left = room.left + pitch * (bar as f32 + 0.2);
        let colour = if bar % 2 == 0 { accent } else { mix(accent, WHITE, 0.45) };
        page.fill(area(left, room.bottom() - tall, pitch * 0.6, tall), colour);
        let label = (2015 + bar).to_string();
        let middle = (left + pitch * 0.3, room.bottom() + 10.0);
        page.write_centred(&label, middle, plain(11.0, hex(0x55_5555)));
    }
    page.fill(area(room.left, room.bottom(), room.width, 2.0), grey);
}

/// A sheet of A4 with paragraphs, as scanned.
pub(super) fn text_page(dice: &mut Dice) -> Photo {
    let (width, height) = (595.0, 842.0);
    let paper = hex(dice.pick(&[0xFF_FFFF, 0xFB_F9F4, 0xF4_F4F2]));
    let mut page = Photo::filled(595, 842, paper);
    let margin = dice.between(50.0, 75.0);
    let letters = plain(dice.between(6.2, 8.0), hex(0x22_2222));
    let mut top = margin;
    if dice.happens(0.6) {
        let text = words::sentence(dice, 4);
        top = page.write_lines(
            &text,
            (margin, top),
            width - 2.0 * margin,
            bold(14.0, hex(0x11_1111)),
        );
        top += 12.0;
    }
    while top < height - margin {
        let count = 30 + dice.below(60);
        let text = words::paragraph(dice, count);
        for line in letters.wrapped(&text, width - 2.0 * margin) {
            if top < height - margin {
                page.write(&line, (margin, top), letters);
            }
            top += letters.line_height();
        }
        top += letters.line_height() * 0.7;
    }
    let number = (1 + dice.below(300)).to_string();
    page.write_centred(&number, (width / 2.0, height - 30.0), plain(7.0, hex(0x22_2222)));
    page
}

/// A sheet of A4 with fields to fill in, some of which are.
pub(super) fn form(dice: &mut Dice) -> Photo {
    let (width, height) = (595.0, 842.0);
    let mut page = Photo::filled(595, 842, WHITE);
    let ink = hex(0x22_2222);
    page.fill(area(40.0, 40.0, width - 80.0, 40.0), hex(dice.pick(&[0xE4_E9F0, 0xDD_DDDD])));
    let head = words::sentence(dice, 3);
    page.write(&head, (52.0, 53.0), bold(13.0, ink));
    let mut top = 104.0;
    while top < height - 70.0 {
        let label = words::sentence(dice, 2);
        page.write(&label, (44.0, top), plain(6.0, hex(0x55_5555)));
        let columns = 1 + dice.below(2);
        let wide = (width - 80.0) / columns as f32;
        for column in 0..columns {
            let left = 40.0 + wide * column as f32;
            let field = area(left, top + 11.0, wide - 8.0, 22.0);
            page.outline(field, 1.0, 1.0, hex(0x99_9999));
            if dice.happens(0.6) {
                let text = format!("{} {}", words::name(dice), words::day(dice));
                page.write(&text, (left + 8.0, top + 18.0), plain(8.0, hex(0x1B_2A6B)));
            }
        }
        top += 44.0;
    }
    page
}
