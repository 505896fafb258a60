//! How a picture is looked at: with which effort, which region of it, and which crops of it are
//! listed.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// In how many ways a candidate is hashed and compared.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    /// As a viewer shows it, once.
    Upright,
    /// The whole of it in all eight orientations and as a negative, by PDQ's own sampling and free
    /// of aliasing.
    Orientations,
    /// Also the pictures in frames, screens and collages, and windows that undo small crops and
    /// tilts.
    Standard,
    /// The same, and then windows are moved to where they fit a listed hash best.
    Deep,
}

impl Effort {
    /// All, from the least to the greatest.
    pub const ALL: [Self; 4] = [Self::Upright, Self::Orientations, Self::Standard, Self::Deep];

    /// Its name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upright => "upright",
            Self::Orientations => "orientations",
            Self::Standard => "standard",
            Self::Deep => "deep",
        }
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which further hashes of a picture its owner puts on a list.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Enrolment {
    /// The crops that platforms make: squares at three places, 4:5, 9:16 and 16:9.
    Platform,
    /// The same, and nine windows of 85 % of each side.
    Thorough,
}

/// What is left of a picture that was cropped.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// As wide as high: at one end of the longer side, in the middle, or at the other end.
    Square,
    /// The middle, 4 wide and 5 high.
    FourToFive,
    /// The middle, 9 wide and 16 high.
    NineToSixteen,
    /// The middle, 16 wide and 9 high.
    SixteenToNine,
    /// 85 % of each side, at one of nine places.
    Window,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Square => "square",
            Self::FourToFive => "four-to-five",
            Self::NineToSixteen => "nine-to-sixteen",
            Self::SixteenToNine => "sixteen-to-nine",
            Self::Window => "window",
        })
    }
}

/// What a region of a candidate is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// The whole picture, free of aliasing.
    Whole,
    /// The whole picture, squashed to 512x512 pixels first as PDQ's command line does it.
    Squashed,
    /// A part that looks like a picture of its own.
    Framed,
    /// A window that undoes a crop or a tilt.
    Window,
}

impl View {
    /// Whether it shows the whole picture and nothing else.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Whole | Self::Squashed)
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => "whole",
            Self::Squashed => "squashed",
            Self::Framed => "framed",
            Self::Window => "window",
        })
    }
}

/// A rectangle of a picture in its pixels as stored (before any EXIF orientation), which is then
/// turned about its middle. It may reach beyond the picture, whose edge is then continued.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Pixels from the picture's left edge to the rectangle's; negative to the left of it.
    pub x: i32,
    /// Pixels from the picture's upper edge to the rectangle's; negative above it.
    pub y: i32,
    /// Pixels from left to right, at least 1.
    pub width: u32,
    /// Pixels from top to bottom, at least 1.
    pub height: u32,
    /// By how many degrees the rectangle is turned, clockwise; absent for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub angle: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(angle: &f64) -> bool {
    angle.abs() < f64::EPSILON
}

impl fmt::Display for Place {
    /// Such as `640x480 at 10,20, turned by -3 degrees`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { x, y, width, height, angle } = self;
        write!(f, "{width}x{height} at {x},{y}")?;
        if is_zero(angle) { Ok(()) } else { write!(f, ", turned by {angle} degrees") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_text_and_in_json() {
        for effort in Effort::ALL {
            assert_eq!(serde_json::to_string(&effort).unwrap(), format!("\"{effort}\""));
        }
        for view in [View::Whole, View::Squashed, View::Framed, View::Window] {
            assert_eq!(serde_json::to_string(&view).unwrap(), format!("\"{view}\""));
        }
        let shapes = [Cut::FourToFive, Cut::NineToSixteen, Cut::SixteenToNine];
        for cut in [Cut::Square, Cut::Window].into_iter().chain(shapes) {
            assert_eq!(serde_json::to_string(&cut).unwrap(), format!("\"{cut}\""));
        }
    }

    #[test]
    fn a_place_without_an_angle_does_not_speak_of_one() {
        let place = Place { x: -3, y: 4, width: 50, height: 60, angle: 0.0 };
        assert_eq!(place.to_string(), "50x60 at -3,4");
        let json = serde_json::to_string(&place).unwrap();
        assert_eq!(json, r#"{"x":-3,"y":4,"width":50,"height":60}"#);
        let turned = Place { angle: -4.5, ..place };
        assert_eq!(turned.to_string(), "50x60 at -3,4, turned by -4.5 degrees");
    }
}
