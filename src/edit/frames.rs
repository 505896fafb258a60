//! What is put around a photograph: borders, bars, cards, backgrounds.

use super::brush::area;
use super::dice::Dice;
use super::lettering::{Type, bold, plain};
use super::photo::{BLACK, Colour, Photo, WHITE, hex, mix};
use super::stage::Stage;
use super::words;

/// Something around the whole photograph.
#[derive(Clone, Copy, Debug)]
pub(super) enum Frame {
    /// A border as wide as this share of the shorter side.
    Border(f32, Ink),
    /// Black above and below, to a page of this width by height.
    Page(f32),
    /// A white card with a broad lower edge.
    Polaroid,
    /// A white bar with text above it.
    BarAbove,
    /// Bars with text above and below it.
    Bars,
    /// White below, with a line of small text.
    Caption,
    /// The corners rounded, on one colour.
    RoundCorners,
    /// On a 9:16 page of itself, enlarged and out of focus.
    BlurredFill,
    /// On light grey with a shadow behind.
    Shadow,
    /// A border that goes from one colour to another.
    Gradient,
}

/// The colour of a border.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ink {
    White,
    Black,
    Bright,
}

/// Colours that people like.
const BRIGHT: [Colour; 8] = [
    hex(0xE6_4C3C),
    hex(0xF5_B301),
    hex(0x2E_9E5B),
    hex(0x1D_7FC4),
    hex(0x8E_44AD),
    hex(0xF7_8FB3),
    hex(0x16_A5A5),
    hex(0x5D_4037),
];

impl Frame {
    /// The photograph within it.
    pub(super) fn apply(self, photo: &Photo, stage: &mut Stage) -> Photo {
        let dice = &mut stage.dice;
        let unit = photo.short() as f32;
        match self {
            Self::Border(share, ink) => {
                let colour = match ink {
                    Ink::White => WHITE,
                    Ink::Black => BLACK,
                    Ink::Bright => dice.pick(&BRIGHT),
                };
                let side = (unit * share).round().max(1.0);
                on_ground(photo, [side; 4], colour)
            }
            Self::Page(aspect) => page(photo, aspect),
            Self::Polaroid => polaroid(photo, dice),
            Self::BarAbove => bars(photo, dice, false),
            Self::Bars => bars(photo, dice, true),
            Self::Caption => caption(photo, dice),
            Self::RoundCorners => {
                let ground = if dice.happens(0.6) { WHITE } else { BLACK };
                let mut page = Photo::filled(photo.width, photo.height, ground);
                page.paste_rounded(photo, 0, 0, unit * dice.between(0.06, 0.13));
                page
            }
            Self::BlurredFill => blurred_fill(photo),
            Self::Shadow => {
                let ground = hex(dice.pick(&[0xF0_F0F0, 0xE6_E8EB, 0xF5_F1EA]));
                let side = (unit * dice.between(0.06, 0.1)).round();
                let mut page = Photo::filled(
                    photo.width + 2 * side as usize,
                    photo.height + 2 * side as usize,
                    ground,
                );
                let inner = area(side, side + side * 0.15, photo.width as f32, photo.height as f32);
                page.shadow(inner, side * 0.4, 0.55);
                page.paste(photo, side as isize, side as isize);
                page
            }
            Self::Gradient => {
                let side = (unit * dice.between(0.05, 0.1)).round() as usize;
                let (wide, tall) = (photo.width + 2 * side, photo.height + 2 * side);
                let (from, to) = (dice.pick(&BRIGHT), dice.pick(&BRIGHT));
                let reach = (wide + tall) as f32;
                let mut page =
                    Photo::paint(wide, tall, |x, y| mix(from, to, (x + y) as f32 / reach));
                page.paste(photo, side as isize, side as isize);
                page
            }
        }
    }
}

/// The photograph on one colour, with so many pixels on the left, top, right and bottom.
fn on_ground(photo: &Photo, [left, top, right, bottom]: [f32; 4], colour: Colour) -> Photo {
    let wide = photo.width + (left + right) as usize;
    let tall = photo.height + (top + bottom) as usize;
    let mut page = Photo::filled(wide, tall, colour);
    page.paste(photo, left as isize, top as isize);
    page
}

/// The photograph in the middle of a black page of this width by height.
fn page(photo: &Photo, aspect: f32) -> Photo {
    let (width, height) = (photo.width as f32, photo.height as f32);
    let (wide, tall) =
        if photo.aspect() > aspect { (width, width / aspect) } else { (height * aspect, height) };
    let (across, down) = ((wide - width) / 2.0, (tall - height) / 2.0);
    on_ground(photo, [across.floor(), down.floor(), across.ceil(), down.ceil()], BLACK)
}

fn polaroid(photo: &Photo, dice: &mut Dice) -> Photo {
    // A square picture on a card of 88 x 107 mm, as the instant cameras made it.
    let square = if dice.happens(0.5) { photo.cropped_to(1.0, (0.5, 0.5)) } else { photo.clone() };
    let side = square.width as f32 * 0.057;
    let low = square.width as f32 * 0.23;
    let mut page = on_ground(&square, [side, side * 1.3, side, low], hex(0xFA_F8F3));
    if dice.happens(0.7) {
        let ink = plain(side * 0.9, hex(0x33_3A55));
        let middle = page.width as f32 / 2.0;
        let text = if dice.happens(0.5) { words::day(dice) } else { words::name(dice).to_owned() };
        page.write_centred(&text, (middle, page.height as f32 - low * 0.62), ink);
    }
    page
}

/// A block of centred text, as a picture of this width.
fn text_bar(text: &str, width: usize, ground: Colour, letters: Type) -> Photo {
    let lines = letters.wrapped(text, width as f32 * 0.92);
    let tall = letters.line_height() * lines.len() as f32 + letters.size * 1.2;
    let mut bar = Photo::filled(width, tall as usize, ground);
    let mut top = letters.size * 0.85;
    for line in &lines {
        bar.write_centred(line, (width as f32 / 2.0, top), letters);
        top += letters.line_height();
    }
    bar
}

/// The pictures below each other; they are of one width.
fn stacked(parts: &[&Photo]) -> Photo {
    let rgb = parts.iter().flat_map(|part| part.rgb.iter().copied()).collect();
    let height = parts.iter().map(|part| part.height).sum();
    Photo { width: parts[0].width, height, rgb }
}

fn bars(photo: &Photo, dice: &mut Dice, below_too: bool) -> Photo {
    let dark = dice.happens(0.25);
    let (ground, ink) = if dark { (BLACK, WHITE) } else { (WHITE, hex(0x11_1111)) };
    let letters = bold(photo.width as f32 * dice.between(0.038, 0.055), ink);
    let above = text_bar(words::meme(dice), photo.width, ground, letters);
    if below_too {
        let below = text_bar(words::phrase(dice), photo.width, ground, letters);
        stacked(&[&above, photo, &below])
    } else {
        stacked(&[&above, photo])
    }
}

fn caption(photo: &Photo, dice: &mut Dice) -> Photo {
    let size = photo.width as f32 * 0.024;
    let margin = photo.width as f32 * dice.pick(&[0.0, 0.03]);
    let letters = plain(size.max(5.0), hex(0x33_3333));
    let words = 7 + dice.below(14);
    let text = words::paragraph(dice, words);
    let width = photo.width as f32 - 2.0 * size;
    let low = letters.line_height() * letters.wrapped(&text, width).len() as f32 + size * 2.0;
    let mut page = on_ground(photo, [margin, margin, margin, low], WHITE);
    let start = (margin + size, margin + photo.height as f32 + size);
    page.write_lines(&text, start, width, letters);
    page
}

/// The photograph whole on a page of 9:16 that is filled by itself, enlarged and out of focus.
pub(super) fn blurred_fill(photo: &Photo) -> Photo {
    let width = photo.width.clamp(360, 720);
    let height = width * 16 / 9;
    let small = photo.covering(width / 6, height / 6).blurred(3.5);
    let mut page = small.resized(width, height).map(|colour| mix(colour, BLACK, 0.15));
    let inner = photo.fitted(width, height);
    let (left, top) = ((width - inner.width) / 2, height.saturating_sub(inner.height) / 2);
    page.paste(&inner, left as isize, top as isize);
    page
}
