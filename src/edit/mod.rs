//! Realistic edits of a photograph, to measure what is still found after them.
//!
//! What really happens to pictures that are passed on: they are saved again, shrunk, mirrored,
//! cut, framed, shown on screens, put into collages, drawn upon. Each [`Edit`] makes one of these
//! in memory. The same photograph, company and seed give the same bytes.
//!
//! [`STRUCTURES`] are the other side of a measurement: pages, slides and screens that look alike
//! although their pictures differ.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "drawing goes to and fro between pixel numbers (some thousands) and f32, where nothing is large enough to be lost"
)]

mod acts;
mod brush;
mod catalogue;
mod collages;
mod dice;
mod encode;
mod frames;
mod glyphs;
mod lettering;
mod overlays;
mod pages;
mod photo;
mod resample;
mod screens;
mod stage;
mod structure;
mod tilts;
mod tone;
mod warp;
mod words;

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

pub use catalogue::EDITS;
pub(crate) use dice::Dice;
pub use photo::Photo;
pub use structure::{STRUCTURES, Structure};

use acts::Act;
use encode::Save;
use stage::Stage;

/// Edits that do the same kind of thing to a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Saved in other formats, qualities and sizes.
    Reencoded,
    /// Blurred, sharpened, grainy, brighter, in other colours.
    Toned,
    /// Mirrored, or turned by quarters.
    Turned,
    /// Tilted by some degrees, in perspective, photographed from a screen or a print.
    Tilted,
    /// Cut.
    Cropped,
    /// With something around it.
    Framed,
    /// Shown on the screen of a phone or a computer.
    Screenshot,
    /// Together with other pictures.
    Collage,
    /// With something drawn onto it.
    Overlaid,
    /// A still of a video that shows it.
    VideoFrame,
    /// Several of these after one another.
    Chained,
}

impl Group {
    /// All groups, in the order of [`EDITS`].
    pub const ALL: [Self; 11] = [
        Self::Reencoded,
        Self::Toned,
        Self::Turned,
        Self::Tilted,
        Self::Cropped,
        Self::Framed,
        Self::Screenshot,
        Self::Collage,
        Self::Overlaid,
        Self::VideoFrame,
        Self::Chained,
    ];
}

impl Group {
    /// Its name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reencoded => "re-encoded",
            Self::Toned => "toned",
            Self::Turned => "turned",
            Self::Tilted => "tilted",
            Self::Cropped => "cropped",
            Self::Framed => "framed",
            Self::Screenshot => "screenshot",
            Self::Collage => "collage",
            Self::Overlaid => "overlaid",
            Self::VideoFrame => "video-frame",
            Self::Chained => "chained",
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no group's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no group of edits is named '{0}'")]
pub struct UnknownGroup(pub String);

impl FromStr for Group {
    type Err = UnknownGroup;

    fn from_str(name: &str) -> Result<Self, UnknownGroup> {
        let mut all = Self::ALL.into_iter();
        all.find(|group| group.to_string() == name).ok_or_else(|| UnknownGroup(name.to_owned()))
    }
}

/// Something that people do to a photograph before they pass it on.
#[derive(Clone, Copy, Debug)]
pub struct Edit {
    /// What it is called: small letters, digits, dots and hyphens. No two have one name.
    pub name: &'static str,
    /// What kind of edit it is.
    pub group: Group,
    acts: &'static [Act],
    save: Save,
}

impl Edit {
    /// The edited picture as the bytes of a file: mostly a JPEG; `png` and `few-colours` give a
    /// PNG, `webp` and `gif` what they say.
    ///
    /// `others` are different photographs, for collages and feeds; where there are none, drawn
    /// pictures stand in. `seed` chooses positions, texts and colours, differently for each edit.
    pub fn apply(&self, photo: &Photo, others: &[&Photo], seed: u64) -> Vec<u8> {
        let mut stage = Stage::new(others, Dice::new(seed, self.name));
        let edited =
            self.acts.iter().fold(photo.clone(), |photo, act| act.apply(photo, &mut stage));
        self.save.write(&edited)
    }
}
