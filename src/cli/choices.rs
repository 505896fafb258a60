//! Flags of which the values are a closed set.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use kinga::edit::Group;
use kinga::list::{LIST_FORMATS, ListFormat};
use kinga::record::Level;
use kinga::report::{REPORT_FORMATS, ReportFormat};
use kinga::view::{Effort, Enrolment};

/// Which of the pictures are edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EvalPart {
    /// All.
    All,
    /// The first, the third and so on.
    Odd,
    /// The second, the fourth and so on.
    Even,
}

/// Which crops are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Enrol {
    /// Six that platforms make: squares at three places, 4:5, 9:16 and 16:9.
    Platform,
    /// The same, and nine windows of 85 % of each side.
    Thorough,
}

impl From<Enrol> for Enrolment {
    fn from(enrol: Enrol) -> Self {
        match enrol {
            Enrol::Platform => Self::Platform,
            Enrol::Thorough => Self::Thorough,
        }
    }
}

/// The lowest level that is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Lowest {
    /// Only what is surest.
    Match,
    /// Also what is farther, but unlikely to be unrelated.
    Likely,
    /// Also what is so far that some unrelated pictures are among it.
    Possible,
}

impl From<Lowest> for Level {
    fn from(lowest: Lowest) -> Self {
        match lowest {
            Lowest::Match => Self::Match,
            Lowest::Likely => Self::Likely,
            Lowest::Possible => Self::Possible,
        }
    }
}

/// How much of a picture is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Decode {
    /// Of ordinary JPEG files as much of the brightness as PDQ looks at, which is several times
    /// faster; the hash differs by 1 or 2 bits at most times, as between two decoders.
    Auto,
    /// All pixels of every picture.
    Full,
}

pub(super) fn list_format_choices() -> impl TypedValueParser<Value = ListFormat> {
    let rows = LIST_FORMATS.iter().map(|(_, name, help)| PossibleValue::new(*name).help(*help));
    PossibleValuesParser::new(rows).try_map(|name| name.parse::<ListFormat>())
}

pub(super) fn report_format_choices() -> impl TypedValueParser<Value = ReportFormat> {
    let rows = REPORT_FORMATS.iter().map(|row| PossibleValue::new(row.name).help(row.help));
    PossibleValuesParser::new(rows).map(|name| {
        let row = REPORT_FORMATS.iter().find(|row| row.name == name);
        row.map_or(ReportFormat::Text, |row| row.format)
    })
}

pub(super) fn group_choices() -> PossibleValuesParser {
    let all = Group::ALL.iter().map(|group| PossibleValue::new(group.name()));
    PossibleValuesParser::new([PossibleValue::new("all")].into_iter().chain(all))
}

pub(super) fn effort_choices() -> impl TypedValueParser<Value = Effort> {
    let help = |effort| match effort {
        Effort::Upright => "as a viewer shows it, once",
        Effort::Orientations => "the whole picture, turned and mirrored, and as a negative",
        Effort::Standard => {
            "also pictures in frames, screens and collages, and windows that undo small crops \
             and tilts"
        }
        Effort::Deep => "the same, and windows are moved to fit listed hashes (not for records)",
    };
    let value = |effort: Effort| PossibleValue::new(effort.name()).help(help(effort));
    let chosen = |name: String| {
        let mut all = Effort::ALL.into_iter();
        all.find(|effort| effort.name() == name).unwrap_or(Effort::Standard)
    };
    PossibleValuesParser::new(Effort::ALL.map(value)).map(chosen)
}
