//! What most screens have: colours, a status bar, round portraits, a bar at the lower end.

use crate::edit::brush::area;
use crate::edit::dice::Dice;
use crate::edit::lettering::bold;
use crate::edit::photo::{BLACK, Colour, Photo, WHITE, hex};
use crate::edit::stage::Stage;
use crate::edit::warp::Point;
use crate::edit::words;

/// The colours of a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Theme {
    /// The ground.
    pub(super) paper: Colour,
    /// Text and signs.
    pub(super) ink: Colour,
    /// Less important text.
    pub(super) faint: Colour,
    /// Boxes that stand out a little, and lines.
    pub(super) raised: Colour,
    /// The colour of buttons.
    pub(super) accent: Colour,
}

/// Dark letters on white, or light ones on black.
pub(super) fn theme(dice: &mut Dice, dark_share: f32) -> Theme {
    let accent = hex(dice.pick(&[0x0A_84FF, 0xE1_306C, 0x00_A884, 0x7C_4DFF]));
    if dice.happens(dark_share) {
        let paper = hex(dice.pick(&[0x00_0000, 0x12_1212, 0x15_202B]));
        let (ink, faint, raised) = (hex(0xF2_F2F2), hex(0x8E_8E93), hex(0x2A_2C30));
        Theme { paper, ink, faint, raised, accent }
    } else {
        let (ink, faint, raised) = (hex(0x14_1414), hex(0x85_888D), hex(0xEC_EDF0));
        Theme { paper: WHITE, ink, faint, raised, accent }
    }
}

/// A screen that is being drawn.
#[derive(Debug)]
pub(super) struct Device {
    /// What is on it so far.
    pub(super) page: Photo,
    /// Pixels to a 360th of a phone's width: the unit that programs are laid out in.
    pub(super) unit: f32,
    /// Its colours.
    pub(super) theme: Theme,
}

/// Height of the status bar, in units.
pub(super) const STATUS: f32 = 30.0;

/// An empty phone: one of the usual shapes, at about half its real resolution.
pub(super) fn phone(dice: &mut Dice, theme: Theme) -> Device {
    // 1080 x 2340, 1170 x 2532, 1080 x 2400, 1080 x 1920, 1284 x 2778.
    let (width, height) =
        dice.pick(&[(540, 1170), (585, 1266), (540, 1200), (540, 960), (642, 1389)]);
    let unit = width as f32 / 360.0;
    Device { page: Photo::filled(width, height, theme.paper), unit, theme }
}

impl Device {
    /// Width in units.
    pub(super) fn width(&self) -> f32 {
        self.page.width as f32 / self.unit
    }

    /// Height in units.
    pub(super) fn height(&self) -> f32 {
        self.page.height as f32 / self.unit
    }

    /// A number of units in whole pixels.
    pub(super) fn pixels(&self, units: f32) -> usize {
        (units * self.unit).round().max(1.0) as usize
    }

    /// A box, given in units.
    pub(super) fn fill(&mut self, [left, top, width, height]: [f32; 4], colour: Colour) {
        let unit = self.unit;
        self.page.fill(area(left * unit, top * unit, width * unit, height * unit), colour);
    }

    /// A point, given in units.
    pub(super) fn at(&self, x: f32, y: f32) -> Point {
        (x * self.unit, y * self.unit)
    }

    /// Lays a picture with its left upper corner at a point in units.
    pub(super) fn paste(&mut self, picture: &Photo, left: f32, top: f32) {
        let (x, y) = self.at(left, top);
        self.page.paste(picture, x.round() as isize, y.round() as isize);
    }

    /// Lays a picture with rounded corners; all in units.
    pub(super) fn paste_rounded(&mut self, picture: &Photo, left: f32, top: f32, radius: f32) {
        let (x, y) = self.at(left, top);
        let radius = radius * self.unit;
        self.page.paste_rounded(picture, x.round() as isize, y.round() as isize, radius);
    }

    /// The time on the left; signal and battery on the right.
    pub(super) fn status_bar(&mut self, dice: &mut Dice, ink: Colour) {
        let (unit, width) = (self.unit, self.page.width as f32);
        let time = words::clock(dice);
        self.page.write(&time, (16.0 * unit, 11.0 * unit), bold(9.0 * unit, ink));
        let level = dice.between(0.2, 1.0);
        let battery = area(width - 36.0 * unit, 10.0 * unit, 21.0 * unit, 10.0 * unit);
        self.page.outline(battery, 3.0 * unit, unit, ink);
        let inner = area(battery.left, battery.top, battery.width * level, battery.height);
        self.page.rounded(inner.grown(-2.0 * unit), unit, ink, 1.0);
        for bar in 0..4 {
            let high = (3.0 + 2.5 * bar as f32) * unit;
            let left = width - (70.0 - 5.0 * bar as f32) * unit;
            let bottom = 20.0 * unit;
            self.page.rounded(area(left, bottom - high, 3.2 * unit, high), unit, ink, 1.0);
        }
    }

    /// The bar that one swipes at the lower end, or the three buttons.
    pub(super) fn home_bar(&mut self, dice: &mut Dice, ink: Colour) {
        let (unit, width, height) = (self.unit, self.page.width as f32, self.page.height as f32);
        let y = height - 10.0 * unit;
        if dice.happens(0.6) {
            let bar = area(width * 0.33, y - 2.0 * unit, width * 0.34, 4.5 * unit);
            self.page.rounded(bar, 3.0 * unit, ink, 0.9);
        } else {
            let size = 5.0 * unit;
            let left = [
                (width * 0.25 + size, y - size),
                (width * 0.25 - size * 0.6, y),
                (width * 0.25 + size, y + size),
            ];
            self.page.stroke(&[left[0], left[1], left[2], left[0]], unit * 1.3, ink, 1.0);
            self.page.ring((width * 0.5, y), (size, size), unit * 1.3, ink);
            let square = area(width * 0.75 - size, y - size, 2.0 * size, 2.0 * size);
            self.page.outline(square, unit, unit * 1.3, ink);
        }
    }

    /// A round portrait around a point, cut from another picture; all in units.
    pub(super) fn portrait(&mut self, stage: &mut Stage, (x, y): Point, radius: f32) {
        let side = self.pixels(2.0 * radius);
        let other = stage.other();
        // Mostly a detail: a face fills a portrait.
        let close = 0.35 + 0.5 * stage.dice.unit();
        let part = (other.short() as f32 * close) as usize;
        let left = (other.width.saturating_sub(part)) / 2;
        let top = (other.height.saturating_sub(part)) / 3;
        let face = other.cropped(left, top, part, part).resized(side, side);
        self.paste_rounded(&face, x - radius, y - radius, radius);
    }

    /// A row of text lines that are only hinted at would not be read: this writes one in units.
    pub(super) fn write(&mut self, text: &str, (x, y): Point, size: f32, ink: Colour, heavy: bool) {
        let letters = crate::edit::lettering::Type { bold: heavy, ..bold(size * self.unit, ink) };
        let at = self.at(x, y);
        self.page.write(text, at, letters);
    }
}

/// Black or white, whichever is seen on the other.
pub(super) fn contrast(ground: Colour) -> Colour {
    if crate::edit::photo::brightness(ground) > 128.0 { BLACK } else { WHITE }
}
