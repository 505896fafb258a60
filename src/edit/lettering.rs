//! Text on pictures: dots of a small type, drawn so large or small that they melt into strokes.

use super::brush::area;
use super::glyphs::{Rows, glyph};
use super::photo::{BLACK, Colour, Photo};
use super::warp::Point;

/// How text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    /// Height of a capital, in pixels.
    pub(super) size: f32,
    /// Its colour.
    pub(super) ink: Colour,
    /// Whether the strokes are thick.
    pub(super) bold: bool,
    /// How much of the ground it covers, 0 to 1.
    pub(super) opacity: f32,
    /// By how many degrees the line is turned clockwise.
    pub(super) turned: f32,
}

/// Type of thin strokes, upright.
pub(super) const fn plain(size: f32, ink: Colour) -> Type {
    Type { size, ink, bold: false, opacity: 1.0, turned: 0.0 }
}

/// Type of thick strokes, upright.
pub(super) const fn bold(size: f32, ink: Colour) -> Type {
    Type { bold: true, ..plain(size, ink) }
}

impl Type {
    /// How wide a line would be, in pixels.
    pub(super) fn width(self, text: &str) -> f32 {
        let dots: f32 = text.chars().map(|letter| advance(glyph(letter).0)).sum();
        (dots - 1.0).max(0.0) * self.size / 7.0
    }

    /// The text in lines that are no wider than this, in pixels; a longer word has its own line.
    pub(super) fn wrapped(self, text: &str, width: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            if let Some(line) = lines.last_mut() {
                let longer = format!("{line} {word}");
                if self.width(&longer) <= width {
                    *line = longer;
                    continue;
                }
            }
            lines.push(word.to_owned());
        }
        lines
    }

    /// From one line to the next, in pixels.
    pub(super) fn line_height(self) -> f32 {
        self.size * 1.6
    }
}

/// The first and last column with a dot, from the left.
fn columns(rows: Rows) -> Option<(u32, u32)> {
    let dots = rows.iter().fold(0, |dots, row| dots | row);
    (dots != 0).then(|| (dots.leading_zeros() - 3, 4 - dots.trailing_zeros()))
}

/// From one letter to the next, in dots.
fn advance(rows: Rows) -> f32 {
    columns(rows).map_or(3.0, |(first, last)| (last - first + 2) as f32)
}

/// 1 where there is a dot, 0 where there is none, and a straight way between two middles.
fn dots(rows: Rows, (x, y): Point) -> f32 {
    let dot = |column: f32, row: f32| {
        let inside = (0.0..5.0).contains(&column) && (0.0..7.0).contains(&row);
        let set = inside && rows[row as usize] >> (4 - column as u8) & 1 == 1;
        f32::from(u8::from(set))
    };
    let (column, row) = ((x - 0.5).floor(), (y - 0.5).floor());
    let (across, down) = (x - 0.5 - column, y - 0.5 - row);
    let upper = dot(column, row) * (1.0 - across) + dot(column + 1.0, row) * across;
    let lower = dot(column, row + 1.0) * (1.0 - across) + dot(column + 1.0, row + 1.0) * across;
    upper * (1.0 - down) + lower * down
}

impl Photo {
    /// Writes a line; `(x, y)` is its left upper corner.
    pub(super) fn write(&mut self, text: &str, (x, y): Point, letters: Type) {
        let dot = letters.size / 7.0;
        let (sin, cos) = letters.turned.to_radians().sin_cos();
        let least = if letters.bold { 0.26 } else { 0.44 };
        let mut along = 0.0;
        for letter in text.chars() {
            let (rows, hangs) = glyph(letter);
            if let Some((first, _)) = columns(rows) {
                let shift = along - first as f32;
                let middle = ((shift + 2.5) * dot, (hangs as f32 + 3.5) * dot);
                let (middle_x, middle_y) =
                    (x + middle.0 * cos - middle.1 * sin, y + middle.0 * sin + middle.1 * cos);
                let reach = 5.2 * dot;
                let bounds = area(middle_x - reach, middle_y - reach, 2.0 * reach, 2.0 * reach);
                self.cover(bounds, letters.ink, |(px, py)| {
                    let (dx, dy) = ((px - x) / dot, (py - y) / dot);
                    let place = (dx * cos + dy * sin - shift, dy * cos - dx * sin - hangs as f32);
                    let share = (dots(rows, place) - least) * dot.max(1.2) + 0.5;
                    share.clamp(0.0, 1.0).min(dots(rows, place) * 3.0) * letters.opacity
                });
            }
            along += advance(rows);
        }
    }

    /// Writes a line around the middle `x`, its top at `y`.
    pub(super) fn write_centred(&mut self, text: &str, (x, y): Point, letters: Type) {
        self.write(text, (x - letters.width(text) / 2.0, y), letters);
    }

    /// Writes a line that ends at `x`, its top at `y`.
    pub(super) fn write_right(&mut self, text: &str, (x, y): Point, letters: Type) {
        self.write(text, (x - letters.width(text), y), letters);
    }

    /// Writes lines of text no wider than `width` below `(x, y)`, and says where the next begins.
    pub(super) fn write_lines(
        &mut self,
        text: &str,
        (x, y): Point,
        width: f32,
        letters: Type,
    ) -> f32 {
        let mut top = y;
        for line in letters.wrapped(text, width) {
            self.write(&line, (x, top), letters);
            top += letters.line_height();
        }
        top
    }

    /// Writes a line around the middle `x` with a dark rim around each letter.
    pub(super) fn write_outlined(&mut self, text: &str, (x, y): Point, letters: Type) {
        let rim = letters.size * 0.11;
        let dark = Type { ink: BLACK, ..letters };
        for (dx, dy) in [(-1.0, -1.0), (0.0, -1.3), (1.0, -1.0), (-1.3, 0.0)] {
            self.write_centred(text, (x + dx * rim, y + dy * rim), dark);
            self.write_centred(text, (x - dx * rim, y - dy * rim), dark);
        }
        self.write_centred(text, (x, y), letters);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::photo::WHITE;

    #[test]
    fn text_is_broken_between_words_where_it_would_be_too_wide() {
        let type_ = plain(7.0, BLACK);
        assert!((type_.width("HH") - 11.0).abs() < 1e-3);
        assert_eq!(type_.wrapped("HH HH HH", 30.0), ["HH HH", "HH"]);
        assert_eq!(type_.wrapped("HHHHHHHHHH H", 30.0), ["HHHHHHHHHH", "H"]);
        assert_eq!(type_.wrapped("", 30.0), [""; 0]);
    }

    #[test]
    fn a_letter_is_drawn_as_wide_as_it_says() {
        let mut page = Photo::filled(40, 30, WHITE);
        page.write("I", (10.0, 5.0), plain(14.0, BLACK));
        let dark: Vec<usize> =
            (0..40).filter(|&x| (0..30).any(|y| page.at(x, y)[0] < 128)).collect();
        assert_eq!((dark.first(), dark.last()), (Some(&10), Some(&15)));
    }
}
