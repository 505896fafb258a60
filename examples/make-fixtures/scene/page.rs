//! A printed page: a headline, columns of text in a bitmap type, pictures, boxes, a bar chart.

use super::Kind;
use crate::canvas::{Canvas, Colour, hex, lit, mix};
use crate::dice::{Dice, fractal_noise};

/// The capitals in a type of 5 x 7 dots: five columns each, the lowest bit at the top.
const CAPITALS: [[u8; 5]; 26] = [
    [0x7C, 0x12, 0x11, 0x12, 0x7C],
    [0x7F, 0x49, 0x49, 0x49, 0x36],
    [0x3E, 0x41, 0x41, 0x41, 0x22],
    [0x7F, 0x41, 0x41, 0x41, 0x3E],
    [0x7F, 0x49, 0x49, 0x49, 0x41],
    [0x7F, 0x09, 0x09, 0x09, 0x01],
    [0x3E, 0x41, 0x49, 0x49, 0x7A],
    [0x7F, 0x08, 0x08, 0x08, 0x7F],
    [0x00, 0x41, 0x7F, 0x41, 0x00],
    [0x30, 0x40, 0x41, 0x3F, 0x01],
    [0x7F, 0x08, 0x14, 0x22, 0x41],
    [0x7F, 0x40, 0x40, 0x40, 0x40],
    [0x7F, 0x02, 0x0C, 0x02, 0x7F],
    [0x7F, 0x04, 0x08, 0x10, 0x7F],
    [0x3E, 0x41, 0x41, 0x41, 0x3E],
    [0x7F, 0x09, 0x09, 0x09, 0x06],
    [0x3E, 0x41, 0x51, 0x21, 0x5E],
    [0x7F, 0x09, 0x19, 0x29, 0x46],
    [0x26, 0x49, 0x49, 0x49, 0x32],
    [0x01, 0x01, 0x7F, 0x01, 0x01],
    [0x3F, 0x40, 0x40, 0x40, 0x3F],
    [0x1F, 0x20, 0x40, 0x20, 0x1F],
    [0x3F, 0x40, 0x38, 0x40, 0x3F],
    [0x63, 0x14, 0x08, 0x14, 0x63],
    [0x03, 0x04, 0x78, 0x04, 0x03],
    [0x61, 0x51, 0x49, 0x45, 0x43],
];

/// What the pages talk about.
const WORDS: [&str; 24] = [
    "HARBOUR", "BREAD", "THE", "OF", "BICYCLE", "GARDEN", "AND", "KETTLE", "RAIN", "A", "LANTERN",
    "MAPLE", "WINDOW", "IN", "RIVER", "COPPER", "TO", "MARKET", "SPRING", "CLOUD", "PAPER", "WITH",
    "MEADOW", "TRAIN",
];

/// What stands in one cell of a page.
#[derive(Clone, Copy)]
enum Cell {
    Text,
    Picture,
    Chart,
    Notice,
}

/// Draws a page.
pub(super) fn draw(seed: u64, width: usize, height: usize) -> Canvas {
    let mut dice = Dice::new(seed ^ 0x9A6E);
    let papers = [0xFA_F7EE, 0xF0_F4F8, 0xF6_EAD0];
    let inks = [0x22_2222, 0x1C_2B4A, 0x3A_2218];
    let accents = [0xB0_3A2E, 0x1F_618D, 0x1E_8449];
    let choice = seed as usize % 3;
    let (paper, ink, accent) = (hex(papers[choice]), hex(inks[choice]), hex(accents[choice]));
    let salt = seed as u32;
    let mut canvas = Canvas::paint(width, height, |x, y| {
        lit(paper, 0.97 + 0.06 * fractal_noise(x / 60.0, y / 60.0, 3, salt))
    });
    let unit = width.min(height) as f32;
    let margin = unit * 0.04;
    let mut top = margin;
    let headline = unit * dice.between(0.012, 0.02);
    if dice.happens(0.5) {
        canvas.rectangle(0.0, 0.0, width as f32, headline * 12.0, accent);
        write(&mut canvas, &mut dice, (margin, top, width as f32 - margin), headline, paper);
    } else {
        write(&mut canvas, &mut dice, (margin, top, width as f32 - margin), headline, ink);
    }
    top += headline * 11.0;
    let columns = 2 + dice.below(2);
    let gap = margin * 0.8;
    let column_width = (width as f32 - 2.0 * margin + gap) / columns as f32 - gap;
    for column in 0..columns {
        let left = margin + column as f32 * (column_width + gap);
        fill_column(&mut canvas, &mut dice, (left, top, column_width), [ink, accent]);
    }
    canvas
}

/// Fills a column from `top` to the lower edge with cells of changing kinds.
fn fill_column(
    canvas: &mut Canvas,
    dice: &mut Dice,
    (left, mut top, wide): (f32, f32, f32),
    [ink, accent]: [Colour; 2],
) {
    let end = canvas.height as f32 * 0.97;
    let mut last_was_text = dice.happens(0.5);
    while top < end - 12.0 {
        let tall = (wide * dice.between(0.45, 0.9)).min(end - top);
        let others = [Cell::Picture, Cell::Picture, Cell::Chart, Cell::Notice];
        let cell = if last_was_text { dice.pick(&others) } else { Cell::Text };
        last_was_text = matches!(cell, Cell::Text);
        match cell {
            Cell::Text => {
                let dot = (wide / 110.0).clamp(1.6, 3.0);
                let mut line = top;
                while line + dot * 8.0 < top + tall {
                    write(canvas, dice, (left, line, left + wide), dot, ink);
                    line += dot * 10.5;
                }
            }
            Cell::Picture => picture(canvas, dice, (left, top, wide, tall), ink),
            Cell::Chart => chart(canvas, dice, (left, top, wide, tall), [ink, accent]),
            Cell::Notice => {
                canvas.rectangle(left, top, wide, tall * 0.9, mix(accent, ink, dice.unit()));
                let dot = wide / 60.0;
                let inner = (left + dot * 4.0, top + tall * 0.3, left + wide - dot * 4.0);
                write(canvas, dice, inner, dot, hex(0xFF_FFFF));
            }
        }
        top += tall + wide * 0.06;
    }
}

/// One line of words from `left` to at most `right`, each dot of the type `dot` pixels wide.
fn write(
    canvas: &mut Canvas,
    dice: &mut Dice,
    (left, top, right): (f32, f32, f32),
    dot: f32,
    ink: Colour,
) {
    let mut x = left;
    loop {
        let word = dice.pick(&WORDS);
        if x + word.len() as f32 * 6.0 * dot > right {
            return;
        }
        for letter in word.bytes() {
            let columns = CAPITALS[usize::from(letter - b'A')];
            for (column, bits) in columns.iter().enumerate() {
                for row in (0..7).filter(|row| bits >> row & 1 == 1) {
                    let (dx, dy) = (column as f32 * dot, row as f32 * dot);
                    canvas.rectangle(x + dx, top + dy, dot, dot, ink);
                }
            }
            x += 6.0 * dot;
        }
        x += 3.0 * dot;
    }
}

/// A framed picture of another kind.
fn picture(
    canvas: &mut Canvas,
    dice: &mut Dice,
    (left, top, wide, tall): (f32, f32, f32, f32),
    ink: Colour,
) {
    canvas.rectangle(left, top, wide, tall, ink);
    let (inner_wide, inner_tall) = (wide - 6.0, tall - 6.0);
    if inner_wide < 8.0 || inner_tall < 8.0 {
        return;
    }
    let kind = dice.pick(&[Kind::Balls, Kind::Land, Kind::Town, Kind::Plants, Kind::Vases]);
    let seed = dice.bits() % 1000;
    let inner = super::draw(kind, seed, inner_wide as u32, inner_tall as u32);
    canvas.paste(&inner, left as usize + 3, top as usize + 3);
}

/// A bar chart with axes.
fn chart(
    canvas: &mut Canvas,
    dice: &mut Dice,
    (left, top, wide, tall): (f32, f32, f32, f32),
    [ink, accent]: [Colour; 2],
) {
    let bars = 5 + dice.below(4);
    let pitch = wide / bars as f32;
    for bar in 0..bars {
        let high = dice.between(0.15, 0.95) * tall;
        let x = left + pitch * (bar as f32 + 0.2);
        let colour = if bar % 3 == 1 { mix(accent, hex(0xFF_FFFF), 0.4) } else { accent };
        canvas.rectangle(x, top + tall - high, pitch * 0.7, high, colour);
    }
    canvas.stroke((left, top + tall), (left + wide, top + tall), 4.0, ink);
    canvas.stroke((left, top), (left, top + tall), 4.0, ink);
}
