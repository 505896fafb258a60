//! The eight ways in which a picture can be turned and mirrored, and how they follow one another.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done to a picture: one of the eight symmetries of a rectangle. Turns are clockwise.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Orientation {
    /// Nothing is done.
    #[serde(rename = "upright")]
    Upright,
    /// Turned clockwise by a quarter.
    #[serde(rename = "rotated-90")]
    Rotated90,
    /// Turned by a half.
    #[serde(rename = "rotated-180")]
    Rotated180,
    /// Turned clockwise by three quarters.
    #[serde(rename = "rotated-270")]
    Rotated270,
    /// Left and right change places.
    #[serde(rename = "mirrored")]
    Mirrored,
    /// Top and bottom change places.
    #[serde(rename = "flipped")]
    Flipped,
    /// Mirrored along the diagonal from the top left.
    #[serde(rename = "transposed")]
    Transposed,
    /// Mirrored along the diagonal from the top right.
    #[serde(rename = "transversed")]
    Transversed,
}

impl Orientation {
    /// All eight, [`Orientation::Upright`] first.
    pub const ALL: [Self; 8] = [
        Self::Upright,
        Self::Rotated90,
        Self::Rotated180,
        Self::Rotated270,
        Self::Mirrored,
        Self::Flipped,
        Self::Transposed,
        Self::Transversed,
    ];

    /// What a viewer does to stored pixels for this EXIF value; `None` unless it is 1 to 8.
    ///
    /// Source: EXIF 2.32 (CIPA DC-008), tag 0x0112.
    pub fn from_exif(value: u8) -> Option<Self> {
        Some(match value {
            1 => Self::Upright,
            2 => Self::Mirrored,
            3 => Self::Rotated180,
            4 => Self::Flipped,
            5 => Self::Transposed,
            6 => Self::Rotated90,
            7 => Self::Transversed,
            8 => Self::Rotated270,
            _ => return None,
        })
    }

    /// The same as three steps: whether it transposes first, then whether it mirrors left and
    /// right, then whether it mirrors top and bottom.
    pub fn steps(self) -> (bool, bool, bool) {
        match self {
            Self::Upright => (false, false, false),
            Self::Mirrored => (false, true, false),
            Self::Flipped => (false, false, true),
            Self::Rotated180 => (false, true, true),
            Self::Transposed => (true, false, false),
            Self::Rotated90 => (true, true, false),
            Self::Rotated270 => (true, false, true),
            Self::Transversed => (true, true, true),
        }
    }

    fn from_steps(steps: (bool, bool, bool)) -> Self {
        match steps {
            (false, false, false) => Self::Upright,
            (false, true, false) => Self::Mirrored,
            (false, false, true) => Self::Flipped,
            (false, true, true) => Self::Rotated180,
            (true, false, false) => Self::Transposed,
            (true, true, false) => Self::Rotated90,
            (true, false, true) => Self::Rotated270,
            (true, true, true) => Self::Transversed,
        }
    }

    /// First `self`, then `next`.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        let (transpose, mirror, flip) = self.steps();
        let (next_transpose, next_mirror, next_flip) = next.steps();
        // Transposing after a mirror is the same as a flip after transposing.
        let (mirror, flip) = if next_transpose { (flip, mirror) } else { (mirror, flip) };
        Self::from_steps((transpose ^ next_transpose, mirror ^ next_mirror, flip ^ next_flip))
    }
}

impl fmt::Display for Orientation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Upright => "upright",
            Self::Rotated90 => "rotated-90",
            Self::Rotated180 => "rotated-180",
            Self::Rotated270 => "rotated-270",
            Self::Mirrored => "mirrored",
            Self::Flipped => "flipped",
            Self::Transposed => "transposed",
            Self::Transversed => "transversed",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a viewer sees of the 2x3 picture `abc/def` in this orientation.
    fn turned(picture: &[Vec<char>], orientation: Orientation) -> Vec<Vec<char>> {
        let (transpose, mirror, flip) = orientation.steps();
        let mut rows = picture.to_vec();
        if transpose {
            rows =
                (0..picture[0].len()).map(|x| picture.iter().map(|row| row[x]).collect()).collect();
        }
        if mirror {
            for row in &mut rows {
                row.reverse();
            }
        }
        if flip {
            rows.reverse();
        }
        rows
    }

    fn picture() -> Vec<Vec<char>> {
        vec!["abc".chars().collect(), "def".chars().collect()]
    }

    #[test]
    fn a_quarter_turn_is_clockwise() {
        let right = turned(&picture(), Orientation::Rotated90);
        assert_eq!(right, ["da", "eb", "fc"].map(|row| row.chars().collect::<Vec<_>>()));
    }

    #[test]
    fn one_after_the_other_is_what_then_says() {
        for first in Orientation::ALL {
            for next in Orientation::ALL {
                let both = turned(&turned(&picture(), first), next);
                assert_eq!(both, turned(&picture(), first.then(next)), "{first} then {next}");
            }
        }
    }

    #[test]
    fn the_name_is_the_same_in_text_and_in_json() {
        for orientation in Orientation::ALL {
            let json = serde_json::to_string(&orientation).unwrap();
            assert_eq!(json, format!("\"{orientation}\""));
        }
    }

    #[test]
    fn exif_values_1_to_8_are_known_and_0_and_9_are_not() {
        assert_eq!(Orientation::from_exif(6), Some(Orientation::Rotated90));
        assert_eq!((1..=8).filter_map(Orientation::from_exif).count(), 8);
        assert_eq!((Orientation::from_exif(0), Orientation::from_exif(9)), (None, None));
    }
}
