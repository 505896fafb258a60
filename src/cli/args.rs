//! Every flag, once.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use kinga::edit::Group;
use kinga::hash::{Algorithm, MaxDistance, Quality};
use kinga::list::{LIST_FORMATS, ListFormat};
use kinga::record::{Bounds, Level};
use kinga::report::{REPORT_FORMATS, ReportFormat};
use kinga::scan::DEFAULT_MAX_FILE_BYTES;
use kinga::view::{Effort, Enrolment};

/// Finds known non-consensual intimate images in folders, by perceptual hash, without anyone
/// having to share them.
///
/// A match is a candidate for a human to look at, never a verdict. A miss means "not in these
/// lists", never "harmless".
#[derive(Debug, Parser)]
#[command(
    name = "kinga",
    version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("KINGA_COMMIT"), ")"),
    after_help = "Exit status: 0 finished; 1 failed, trust nothing; 2 usage; 3 finished, but something \
                  could not be examined or searched for; 10 matches found, with --fail-on-match; \
                  130 interrupted."
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Hash the files under PATH and compare them with hash lists.
    Scan(ScanArgs),
    /// Hash the files under PATH; the output is itself a hash list.
    Hash(HashArgs),
    /// Compare records made earlier by `hash` with hash lists, without the images.
    Match(MatchArgs),
    /// Compare two images or hashes, in plain words.
    Compare(CompareArgs),
    /// Look into hash lists and validate them.
    List(ListArgs),
    /// Measure on your own pictures how many edited copies are found, and how near unrelated
    /// pictures come.
    Eval(EvalArgs),
    /// Print the JSON Schema of the `jsonl` format.
    Schema,
    /// Check this program on this machine: built-in hashes, orientations and searches.
    Selftest,
}

#[derive(Debug, Parser)]
pub(super) struct ScanArgs {
    #[command(flatten)]
    pub(super) inputs: InputArgs,
    #[command(flatten)]
    pub(super) lists: ListsArgs,
    #[command(flatten)]
    pub(super) matching: MatchingArgs,
    /// In how many ways each picture is hashed and compared.
    #[arg(long, value_name = "HOW", default_value = "standard", value_parser = effort_choices())]
    pub(super) effort: Effort,
    #[command(flatten)]
    pub(super) work: WorkArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Parser)]
pub(super) struct HashArgs {
    #[command(flatten)]
    pub(super) inputs: InputArgs,
    /// Which hash to make, such as pdq, gradient-8 or median-16-dct.
    #[arg(long, value_name = "NAME", default_value = "pdq")]
    pub(super) algorithm: Algorithm,
    /// A hash of lower quality is marked `low-quality`, so that it is not taken for a list entry.
    #[arg(long, value_name = "0-100", default_value = "50", value_parser = quality)]
    pub(super) min_quality: Quality,
    /// How much `jsonl` and `json` records hold beside the one hash, for `kinga match`. With
    /// `standard` it then finds what `kinga scan` finds.
    #[arg(long, value_name = "HOW", default_value = "orientations", value_parser = effort_choices())]
    pub(super) effort: Effort,
    /// Also list crops of each picture, as further entries with its path as their common id, and warn
    /// of pictures that make poor entries. For lists of up to some 50,000 pictures.
    #[arg(long, value_name = "HOW")]
    pub(super) enrol: Option<Enrol>,
    #[command(flatten)]
    pub(super) work: WorkArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Parser)]
pub(super) struct MatchArgs {
    /// Records that `kinga hash --format jsonl` wrote; `-` for standard input.
    #[arg(value_name = "RECORDS")]
    pub(super) records: PathBuf,
    #[command(flatten)]
    pub(super) lists: ListsArgs,
    #[command(flatten)]
    pub(super) matching: MatchingArgs,
    /// How much of each picture the records must hold, and is compared.
    #[arg(long, value_name = "HOW", default_value = "standard", value_parser = effort_choices())]
    pub(super) effort: Effort,
    /// How many records are worked on at the same time [default: the number of cores].
    #[arg(long, short = 'j', value_name = "N", value_parser = threads)]
    pub(super) threads: Option<usize>,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Parser)]
pub(super) struct CompareArgs {
    /// An image file, or a hash in hex.
    pub(super) a: PathBuf,
    /// An image file, or a hash in hex.
    pub(super) b: PathBuf,
    /// Which hash to compare.
    #[arg(long, value_name = "NAME", default_value = "pdq")]
    pub(super) algorithm: Algorithm,
    /// The largest distance that counts as a match, inclusive; then regions of the two are not
    /// looked at [default: 31 for pdq, and levels for regions].
    #[arg(long, value_name = "BITS", value_parser = max_distance)]
    pub(super) max_distance: Option<MaxDistance>,
    /// Also draw the 64x64 grey samples that are compared, side by side, with the outline of the
    /// region that is alike; never the pictures' own pixels.
    #[arg(long, value_name = "OUT.png")]
    pub(super) picture: Option<PathBuf>,
    /// How to write the answer.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,
}

#[derive(Debug, Parser)]
pub(super) struct EvalArgs {
    /// A folder of pictures, at least 16, no two of which show the same. Edits of them are made in
    /// memory; nothing is written.
    #[arg(value_name = "FOLDER")]
    pub(super) folder: PathBuf,
    /// Which groups of edits are made, such as cropped,framed [default: all of them].
    #[arg(long, value_name = "GROUP,...", value_delimiter = ',', value_parser = group_choices())]
    pub(super) edits: Vec<String>,
    /// Entries of the list: the pictures, and parts of other pictures to fill it up.
    #[arg(long, value_name = "N", default_value = "100000", value_parser = at_least_one)]
    pub(super) list_size: usize,
    /// Set the levels as for a list of so many entries [default: of those that there are].
    #[arg(long, value_name = "N")]
    pub(super) as_if: Option<u64>,
    /// In how many ways each edited picture is hashed and compared.
    #[arg(long, value_name = "HOW", default_value = "standard", value_parser = effort_choices())]
    pub(super) effort: Effort,
    /// The lowest level that is looked for.
    #[arg(long, value_name = "LEVEL", default_value = "likely")]
    pub(super) level: Lowest,
    /// Which of the pictures are edited: settings that were chosen by one half are to be measured
    /// on the other.
    #[arg(long, value_name = "WHICH", default_value = "all")]
    pub(super) part: EvalPart,
    /// Where positions, texts and colours that are drawn by lot come from.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(super) seed: u64,
    /// With --effort deep: unrelated entries that regions of each edited picture are moved to fit.
    #[arg(long, value_name = "N", default_value = "2")]
    pub(super) hard_negatives: usize,
    /// How many pictures are worked on at the same time [default: the number of cores].
    #[arg(long, short = 'j', value_name = "N", value_parser = threads)]
    pub(super) threads: Option<usize>,
    /// How to write the answer.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,
    /// Show no progress.
    #[arg(long)]
    pub(super) no_progress: bool,
}

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

#[derive(Debug, Parser)]
pub(super) struct ListArgs {
    #[command(subcommand)]
    pub(super) command: ListCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ListCommand {
    /// Show format, algorithms, counts and SHA-256 of hash lists.
    Info(ListFilesArgs),
    /// Validate hash lists and look for entries that would match pictures they have nothing to do
    /// with.
    Check(ListFilesArgs),
    /// Compile hash lists into one file that every `--list` takes and that is ready at once,
    /// however long it is.
    Build(ListBuildArgs),
    /// Print the formats of hash lists that kinga reads.
    Formats,
}

#[derive(Debug, Parser)]
pub(super) struct ListBuildArgs {
    /// Hash lists; `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(super) lists: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: ListReadingArgs,
    /// Where to write; `.kidx` is the usual end of its name. It appears whole or not at all.
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(super) output: PathBuf,
    /// Say nothing on stderr but errors.
    #[arg(long, short)]
    pub(super) quiet: bool,
}

#[derive(Debug, Parser)]
pub(super) struct ListFilesArgs {
    /// Hash lists; `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: ListReadingArgs,
    /// How to write the answer.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,
}

#[derive(Debug, Parser)]
#[command(next_help_heading = "Which files")]
pub(super) struct InputArgs {
    /// Files and folders, in any mix. Hidden files are included.
    #[arg(value_name = "PATH", required_unless_present_any = ["files_from", "files0_from"])]
    pub(super) paths: Vec<PathBuf>,
    /// Also read paths from FILE, one a line; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    pub(super) files_from: Vec<PathBuf>,
    /// The same with NUL bytes between the paths, as `find -print0` writes them.
    #[arg(long, value_name = "FILE")]
    pub(super) files0_from: Vec<PathBuf>,
    /// Leave out what this pattern matches: names, or paths below PATH if it has a `/`. Each is a
    /// record all the same.
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Leave out files of more bytes (such as 20M). Each is a record all the same.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(super) max_size: Option<u64>,
    /// Follow symbolic links.
    #[arg(long)]
    pub(super) follow: bool,
    /// Do not enter other file systems.
    #[arg(long)]
    pub(super) one_file_system: bool,
}

#[derive(Debug, Parser)]
#[command(next_help_heading = "Which lists")]
pub(super) struct ListsArgs {
    /// A hash list; `-` for standard input. May be given several times.
    #[arg(long = "list", value_name = "FILE", required = true)]
    pub(super) lists: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: ListReadingArgs,
}

#[derive(Debug, Parser)]
pub(super) struct ListReadingArgs {
    /// The format of the lists, where their content leaves it open. Once for all lists, or once
    /// for each in order.
    #[arg(long, value_name = "FORMAT", value_parser = list_format_choices())]
    pub(super) list_format: Vec<ListFormat>,
    /// The algorithm of hashes of which the list does not say it, such as gradient-8.
    #[arg(long = "algorithm", value_name = "NAME")]
    pub(super) list_algorithm: Option<Algorithm>,
    /// Refuse a list with any broken row, instead of more than one in a hundred.
    #[arg(long)]
    pub(super) strict_lists: bool,
}

#[derive(Debug, Parser)]
#[command(next_help_heading = "What matches")]
pub(super) struct MatchingArgs {
    /// One plain bound for all hashes, inclusive, in place of the levels; regions are then not moved
    /// [default: levels for pdq, and for other hashes the share of the bits that 31 is of pdq's].
    #[arg(long, value_name = "BITS", value_parser = max_distance)]
    pub(super) max_distance: Option<MaxDistance>,
    /// The lowest level of pdq matches that is reported.
    #[arg(long, value_name = "LEVEL", default_value = "likely", conflicts_with = "max_distance")]
    pub(super) level: Lowest,
    /// Where the whole picture is like the entry's, the largest distances of `match`, `likely` and
    /// `possible`, such as 31,48,52 [default: from the number of entries; see `run` in the
    /// report].
    #[arg(long, value_name = "M,L,P", value_parser = bounds, conflicts_with = "max_distance")]
    pub(super) whole_bounds: Option<Bounds>,
    /// The same where a region of the picture is.
    #[arg(long, value_name = "M,L,P", value_parser = bounds, conflicts_with = "max_distance")]
    pub(super) region_bounds: Option<Bounds>,
    /// With --effort deep: entries so near to a region are tried by moving it.
    #[arg(long, value_name = "BITS", default_value = "72", value_parser = max_distance)]
    pub(super) register_within: MaxDistance,
    /// With --effort deep: a moved region that is so near is level `registered`.
    #[arg(long, value_name = "BITS", default_value = "40", value_parser = max_distance)]
    pub(super) register_accept: MaxDistance,
    /// With --effort deep: at most so many entries are tried for a picture, the nearest first.
    #[arg(long, value_name = "N", default_value = "16", value_parser = at_least_one)]
    pub(super) register_most: usize,
    /// Pictures of lower quality are not matched by their hash.
    #[arg(long, value_name = "0-100", default_value = "50", value_parser = quality)]
    pub(super) min_quality: Quality,
    /// List at most so many matches of a candidate. How many there are is always stated.
    #[arg(long, value_name = "N", default_value = "10", value_parser = at_least_one)]
    pub(super) max_matches: usize,
    /// End with status 10 if anything matches.
    #[arg(long)]
    pub(super) fail_on_match: bool,
}

#[derive(Debug, Parser)]
#[command(next_help_heading = "How to work")]
pub(super) struct WorkArgs {
    /// How many files are worked on at the same time [default: the number of cores].
    #[arg(long, short = 'j', value_name = "N", value_parser = threads)]
    pub(super) threads: Option<usize>,
    /// Record MD5, SHA-1 and SHA-256 of every file. Those that a list needs are always made.
    #[arg(long)]
    pub(super) digests: bool,
    /// How much of a picture is decoded for PDQ.
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub(super) decode: Decode,
    /// Do not decode pictures of more pixels [default: 4294836225, 65535 times 65535]. Above 200
    /// million, JPEG and PNG are reduced as they are read; other kinds need all their pixels at once.
    #[arg(long, value_name = "N", value_parser = bytes)]
    pub(super) max_pixels: Option<u64>,
    /// Do not decode pictures that need more memory [default: 2G]. That keeps most kinds of pictures
    /// of more than 200 to 700 megapixels out.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(super) max_memory: Option<u64>,
    /// Do not decode pictures whose file is larger.
    #[arg(long, value_name = "BYTES", value_parser = bytes, default_value_t = DEFAULT_MAX_FILE_BYTES)]
    pub(super) max_file_bytes: u64,
}

#[derive(Debug, Parser)]
#[command(next_help_heading = "Output")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct OutputArgs {
    /// How to write the report.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = report_format_choices())]
    pub(super) format: ReportFormat,
    /// Write the report to FILE, whole or not at all. An interrupted report goes to FILE.partial.
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Show candidates without a match, too, in formats that leave them out (text, csv).
    #[arg(long)]
    pub(super) all: bool,
    /// Leave candidates without a match out, in formats that show them (jsonl, json).
    #[arg(long, conflicts_with = "all")]
    pub(super) only_matches: bool,
    /// Say nothing on stderr but errors.
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Show no progress.
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) no_progress: bool,
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

fn list_format_choices() -> impl TypedValueParser<Value = ListFormat> {
    let rows = LIST_FORMATS.iter().map(|(_, name, help)| PossibleValue::new(*name).help(*help));
    PossibleValuesParser::new(rows).try_map(|name| name.parse::<ListFormat>())
}

fn report_format_choices() -> impl TypedValueParser<Value = ReportFormat> {
    let rows = REPORT_FORMATS.iter().map(|row| PossibleValue::new(row.name).help(row.help));
    PossibleValuesParser::new(rows).map(|name| {
        let row = REPORT_FORMATS.iter().find(|row| row.name == name);
        row.map_or(ReportFormat::Text, |row| row.format)
    })
}

fn group_choices() -> PossibleValuesParser {
    let all = Group::ALL.iter().map(|group| PossibleValue::new(group.name()));
    PossibleValuesParser::new([PossibleValue::new("all")].into_iter().chain(all))
}

fn effort_choices() -> impl TypedValueParser<Value = Effort> {
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

/// Three distances, each not smaller than the one before.
fn bounds(text: &str) -> Result<Bounds, String> {
    let bits = text.split(',').map(max_distance).collect::<Result<Vec<_>, _>>()?;
    match bits[..] {
        [matching, likely, possible] if matching <= likely && likely <= possible => {
            Ok(Bounds { matching, likely, possible })
        }
        _ => Err("three distances, none smaller than the one before, such as 31,48,52".to_owned()),
    }
}

fn quality(text: &str) -> Result<Quality, String> {
    let number: u8 =
        text.parse().map_err(|_not_a_number| "a whole number from 0 to 100".to_owned())?;
    if number > 100 {
        return Err("a quality is at most 100".to_owned());
    }
    Ok(Quality(number))
}

fn max_distance(text: &str) -> Result<MaxDistance, String> {
    let bits: u16 =
        text.parse().map_err(|_not_a_number| "a whole number from 0 to 256".to_owned())?;
    if bits > 256 {
        return Err("a distance is at most 256 bits".to_owned());
    }
    Ok(MaxDistance(bits))
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("a whole number from 1".to_owned()),
    }
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1024) => Ok(number),
        _ => Err("a whole number from 1 to 1024".to_owned()),
    }
}

/// A number of bytes or pixels, with an optional K, M, G or T (powers of 1024).
fn bytes(text: &str) -> Result<u64, String> {
    let suffixes = [('k', 10), ('m', 20), ('g', 30), ('t', 40)];
    let lower = text.to_ascii_lowercase();
    let found = suffixes.iter().find(|(suffix, _)| lower.ends_with(*suffix));
    let (digits, shift) =
        found.map_or((lower.as_str(), 0), |&(_, shift)| (&lower[..lower.len() - 1], shift));
    let number: u64 =
        digits.parse().map_err(|_not_a_number| "a number such as 500000, 20M or 2G".to_owned())?;
    number.checked_mul(1 << shift).ok_or_else(|| "that is too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn numbers_of_bytes_may_have_a_suffix() {
        assert_eq!((bytes("12"), bytes("2K"), bytes("1g")), (Ok(12), Ok(2048), Ok(1 << 30)));
        assert!(bytes("many").is_err() && bytes("99999999999T").is_err() && bytes("k").is_err());
    }

    #[test]
    fn bounds_of_numbers_come_in_pairs() {
        assert!(quality("100").is_ok() && quality("101").is_err());
        assert!(max_distance("256").is_ok() && max_distance("257").is_err());
        assert!(threads("1").is_ok() && threads("0").is_err());
        assert!(bounds("31,31,31").is_ok() && bounds("31,30,31").is_err());
        assert!(bounds("31,48").is_err() && bounds("31,48,52,60").is_err());
    }
}
