//! The flags of hash lists.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{
    NonEmptyStringValueParser, PossibleValue, PossibleValuesParser, TypedValueParser,
};
use clap::{Parser, Subcommand};
use kinga::hash::Algorithm;
use kinga::list::{ListFormat, WRITE_FORMATS, WriteFormat};

use super::choices::list_format_choices;
use super::sandbox::SandboxArgs;
use super::values::at_least_one;

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
    Check(ListCheckArgs),
    /// Compile hash lists into one file that every `--list` takes and that is ready at once,
    /// however long it is.
    Build(ListBuildArgs),
    /// Write hash lists in another format.
    Convert(ListConvertArgs),
    /// Encrypt a hash list at rest; every command reads it as it is.
    Protect(ListProtectArgs),
    /// Write an encrypted hash list as it was.
    Unprotect(ListProtectArgs),
    /// Sign a hash list.
    Sign(ListSignArgs),
    /// Verify the signature of a hash list.
    Verify(ListVerifyArgs),
    /// Make a pair of keys to sign hash lists with.
    Keys(ListKeysArgs),
    /// Except an entry from being reported: write it into a file for `--except`, with the reason.
    Remove(ListRemoveArgs),
    /// Tell which entries were added, removed and withdrawn between two editions of a list.
    Diff(ListDiffArgs),
    /// Print the formats of hash lists that kinga reads.
    Formats,
}

#[derive(Debug, Parser)]
pub(super) struct ListDiffArgs {
    /// The earlier edition; a compiled file may hold several lists.
    #[arg(value_name = "EARLIER")]
    pub(super) earlier: PathBuf,
    /// The later one.
    #[arg(value_name = "LATER")]
    pub(super) later: PathBuf,
    #[command(flatten)]
    pub(super) reading: ListReadingArgs,
    /// How to write the answer.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,
}

#[derive(Debug, Parser)]
pub(super) struct ListBuildArgs {
    /// Hash lists; `-` for standard input.
    #[arg(value_name = "FILE", required_unless_present = "base")]
    pub(super) lists: Vec<PathBuf>,
    /// An earlier edition of a list, compiled or not, that --update brings up to date.
    #[arg(long, value_name = "OLD", requires = "update", conflicts_with = "lists")]
    pub(super) base: Vec<PathBuf>,
    /// What came since: new entries, and rows that withdraw or replace those of the earlier edition
    /// with the same key in a list of the same format.
    #[arg(long, value_name = "NEW", requires = "base")]
    pub(super) update: Vec<PathBuf>,
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
pub(super) struct ListCheckArgs {
    /// Hash lists; `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: ListReadingArgs,
    /// Also look for entries that are like a picture in this folder, of which it is known that no list
    /// should have it.
    #[arg(long, value_name = "FOLDER")]
    pub(super) benign: Option<PathBuf>,
    /// Also say if the newest entry of a list, or its file where entries have no time, is older, such as
    /// 30d.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(super) max_age: Option<Duration>,
    /// More other pictures within the max distance of an entry are too many.
    #[arg(long, value_name = "N", default_value = "20", value_parser = at_least_one)]
    pub(super) usual_neighbours: usize,
    #[command(flatten)]
    pub(super) sandbox: SandboxArgs,
    /// How to write the answer.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,
}

#[derive(Debug, Parser)]
pub(super) struct ListConvertArgs {
    /// Hash lists; `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: ListReadingArgs,
    /// What to write.
    #[arg(long, value_name = "FORMAT", value_parser = target_choices())]
    pub(super) to: Target,
    /// With --to stopncii-feedback: the report of `kinga scan --format csv` with a column `feedback`, in
    /// which people who looked at the matches wrote `Blocked` or `NotBlocked`.
    #[arg(long, value_name = "REPORT.csv")]
    pub(super) reviewed: Option<PathBuf>,
    /// Where to write. It appears whole or not at all, and only you may read it.
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(super) output: PathBuf,
}

/// What a list is converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A list that is text.
    Text(WriteFormat),
    /// A database.
    Kdb,
    /// What reviewers say of entries.
    StopnciiFeedback,
}

fn target_choices() -> impl TypedValueParser<Value = Target> {
    let rows = WRITE_FORMATS.iter().map(|(_, name, help)| PossibleValue::new(*name).help(*help));
    let feedback =
        PossibleValue::new("stopncii-feedback").help("what StopNCII takes of reviewed matches");
    PossibleValuesParser::new(rows.chain([feedback])).map(|name| {
        let row = WRITE_FORMATS.iter().find(|(_, known, _)| *known == name);
        row.map_or(Target::StopnciiFeedback, |(format, ..)| Target::from(*format))
    })
}

#[derive(Debug, Parser)]
pub(super) struct ListSignArgs {
    /// The hash list.
    #[arg(value_name = "LIST")]
    pub(super) list: PathBuf,
    /// The secret key, as `kinga list keys` or minisign makes it.
    #[arg(long, value_name = "KEY.key")]
    pub(super) key: PathBuf,
    /// The number of this edition: each is to have a higher one than the last.
    #[arg(long, value_name = "N")]
    pub(super) serial: Option<u64>,
    /// After so long it is not to be used any more, such as 90d.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(super) expires: Option<Duration>,
    #[command(flatten)]
    pub(super) passphrase: PassphraseArgs,
    /// Where to write the signature [default: the list's name with .minisig behind it].
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Parser)]
pub(super) struct ListVerifyArgs {
    /// The hash list; its signature lies beside it, with .minisig behind the name.
    #[arg(value_name = "LIST")]
    pub(super) list: PathBuf,
    /// The public key.
    #[arg(long, value_name = "KEY.pub")]
    pub(super) key: PathBuf,
    /// Refuse a lower serial number.
    #[arg(long, value_name = "N")]
    pub(super) min_serial: Option<u64>,
}

#[derive(Debug, Parser)]
pub(super) struct ListKeysArgs {
    /// Where to write them: NAME.key, which you keep, and NAME.pub, which you give away.
    #[arg(value_name = "NAME")]
    pub(super) name: PathBuf,
    /// Do not protect the secret key by a passphrase.
    #[arg(long, conflicts_with = "passphrase_fd")]
    pub(super) no_passphrase: bool,
    #[command(flatten)]
    pub(super) passphrase: PassphraseArgs,
}

#[derive(Debug, Parser)]
pub(super) struct ListProtectArgs {
    /// The hash list.
    #[arg(value_name = "LIST")]
    pub(super) list: PathBuf,
    #[command(flatten)]
    pub(super) secret: SecretArgs,
    /// Where to write. It appears whole or not at all, and only you may read it.
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(super) output: PathBuf,
}

/// What opens an encrypted list.
#[derive(Debug, Parser)]
pub(super) struct SecretArgs {
    /// Open encrypted lists by the key in this file, as age-keygen makes it [default: by a passphrase].
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_fd")]
    pub(super) key_file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) passphrase: PassphraseArgs,
}

/// Where a passphrase comes from: never from the command line or the environment, which others can see.
#[derive(Debug, Parser)]
pub(super) struct PassphraseArgs {
    /// Read the passphrase from this open file descriptor, up to the first line end [default: ask on the
    /// terminal].
    #[arg(long, value_name = "N")]
    pub(super) passphrase_fd: Option<u32>,
}

#[derive(Debug, Parser)]
pub(super) struct ListRemoveArgs {
    /// The hash list that has the entry.
    #[arg(value_name = "LIST")]
    pub(super) list: PathBuf,
    #[command(flatten)]
    pub(super) reading: ListReadingArgs,
    #[command(flatten)]
    pub(super) which: WhichEntry,
    /// Why it is not to be reported.
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(super) reason: String,
    /// Who says so [default: the name of the user].
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(super) who: Option<String>,
    /// The file to add it to; it is made if there is none.
    #[arg(long, value_name = "FILE")]
    pub(super) except: PathBuf,
}

/// What names an entry.
#[derive(Debug, Parser)]
#[group(required = true, multiple = false)]
pub(super) struct WhichEntry {
    /// The id of the entry: in lists of this file name, all entries with it.
    #[arg(long, value_name = "ID")]
    pub(super) entry: Option<String>,
    /// A hash or digest in hex, in whatever list; `NAME:HEX` where its length leaves open which, such
    /// as gradient-8:0123456789abcdef.
    #[arg(long, value_name = "HEX")]
    pub(super) hash: Option<String>,
}

#[derive(Debug, Parser)]
#[command(next_help_heading = "Which lists")]
pub(super) struct ListsArgs {
    /// A hash list; `-` for standard input. May be given several times.
    #[arg(long = "list", value_name = "FILE", required = true)]
    pub(super) lists: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: ListReadingArgs,
    /// A list of known files, such as NIST's: mark what is one of them, by its digest. May be given
    /// several times.
    #[arg(long, value_name = "FILE")]
    pub(super) known: Vec<PathBuf>,
    /// Leave out known files, with the reason `known-file`. What matches is never left out.
    #[arg(long, requires = "known")]
    pub(super) skip_known: bool,
    /// Do not report matches of the entries that FILE names; they are counted. `kinga list remove`
    /// writes it.
    #[arg(long, value_name = "FILE")]
    pub(super) except: Option<PathBuf>,
    /// Warn of entries that match so many different pictures: a person should look at them.
    #[arg(long, value_name = "N", default_value = "50", value_parser = at_least_one)]
    pub(super) warn_matches: usize,
}

impl ListsArgs {
    /// All files that it names.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.lists.iter().chain(&self.known).chain(&self.except).cloned().collect()
    }
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
    /// Take only lists that this key signed: a file of their name with .minisig behind it must fit and not be
    /// expired.
    #[arg(long, value_name = "KEY.pub")]
    pub(super) require_signature: Option<PathBuf>,
    /// Refuse a signature with a lower serial number, so that nobody can pass an old list for the new
    /// one.
    #[arg(long, value_name = "N", requires = "require_signature")]
    pub(super) min_serial: Option<u64>,
    #[command(flatten)]
    pub(super) secret: SecretArgs,
    /// Keep numbers of cases, names of series and what else of a list leads to victims, and tell them with
    /// matches.
    #[arg(long)]
    pub(super) keep_case_fields: bool,
}
