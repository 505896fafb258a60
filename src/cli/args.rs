//! Every flag, once; those of what matches are in [`matching`](super::matching), and those of hash lists
//! in [`list_args`](super::list_args).

use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand};
use kinga::hash::{Algorithm, MaxDistance, Quality};
use kinga::report::ReportFormat;
use kinga::scan::DEFAULT_MAX_FILE_BYTES;
use kinga::view::Effort;

use super::choices::{
    Decode, Enrol, EvalPart, Lowest, effort_choices, group_choices, report_format_choices,
};
use super::list_args::{ListArgs, ListsArgs};
use super::matching::{MatchingArgs, RegisterArgs};
use super::values::{at_least_one, bytes, max_distance, quality, threads};

use super::sandbox::{SandboxArgs, WorkerPart};

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
    Scan(Box<ScanArgs>),
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
    /// Open or look at files for another process. Kinga starts this itself.
    #[command(hide = true)]
    Worker {
        /// What to do.
        part: WorkerPart,
    },
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
    #[command(flatten)]
    pub(super) register: RegisterArgs,
    /// In how many ways each picture is hashed and compared.
    #[arg(long, value_name = "HOW", default_value = "standard", value_parser = effort_choices())]
    pub(super) effort: Effort,
    #[command(flatten)]
    pub(super) work: WorkArgs,
    #[command(flatten)]
    pub(super) journal: JournalArgs,
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
    pub(super) journal: JournalArgs,
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
    #[command(flatten)]
    pub(super) sandbox: SandboxArgs,
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
    #[command(flatten)]
    pub(super) sandbox: SandboxArgs,
}

#[derive(Debug, Parser)]
#[command(next_help_heading = "Going on after an interruption")]
pub(super) struct JournalArgs {
    /// Also write what every finished file came to, as soon as it is, to a new FILE, so that the run
    /// can be resumed. It holds the hashes of all files: keep it as safe as them.
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub(super) journal: Option<PathBuf>,
    /// Go on with the journal FILE of an earlier run over the same paths: files that it answers for
    /// and that did not change are not decoded again, whatever the lists.
    #[arg(long, value_name = "FILE")]
    pub(super) resume: Option<PathBuf>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
