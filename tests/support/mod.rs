//! What the end-to-end tests share: the program, run with a time limit, and its reports, read
//! strictly.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use kinga::hash::{Algorithm, Hash};
use kinga::record::{Line, Record, Run, Summary};

/// Nothing that the tests ask for takes longer; what does hangs, and is killed.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The program, in the folder of the project.
pub(crate) fn kinga<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    keep_lists_private();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinga"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(args).timeout(TIME_LIMIT);
    command
}

/// Takes the lists of the fixtures from other readers, which every run would warn of: a checkout makes
/// files that all may read.
fn keep_lists_private() {
    #[cfg(unix)]
    ONCE.call_once(|| {
        use std::os::unix::fs::PermissionsExt;
        let lists = fixture("lists");
        for list in files_below(&lists) {
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(lists.join(list), private).unwrap();
        }
    });
}

#[cfg(unix)]
static ONCE: std::sync::Once = std::sync::Once::new();

/// A path below `fixtures/`.
pub(crate) fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

/// A file or folder of the conformance set; `None`, and a word about it, where it is not there.
///
/// `KINGA_CONFORMANCE` names the folder of the set (default `../shared/conformance`).
#[expect(clippy::print_stderr, reason = "what was skipped is to be seen")]
pub(crate) fn conformance(part: &str) -> Option<PathBuf> {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance");
    let path = std::env::var_os("KINGA_CONFORMANCE").map_or_else(usual, PathBuf::from).join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: no conformance set: {} is not there", path.display());
    None
}

/// Runs a command, which must end by itself and without a panic.
pub(crate) fn end(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let said = text(&output.stderr);
    assert!(output.status.code().is_some(), "killed after {TIME_LIMIT:?} or by a signal: {said}");
    assert!(!said.contains("panicked"), "{said}");
    output
}

/// A run's exit status.
pub(crate) fn status(command: &mut Command) -> i32 {
    end(command).status.code().unwrap()
}

/// Output that must be UTF-8.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A report in JSON Lines, whole, with numbers that add up.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) run: Run,
    pub(crate) files: Vec<Record>,
    pub(crate) summary: Summary,
    pub(crate) status: i32,
    pub(crate) stderr: String,
    pub(crate) stdout: String,
}

impl Report {
    /// Runs a command with `--format jsonl`, which must write a whole report.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = end(command.args(["--format", "jsonl"]));
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Self { stderr, ..Self::read(&stdout, output.status.code().unwrap()) }
    }

    /// Reads a whole report, of a run that ended with this status.
    pub(crate) fn read(stdout: &str, status: i32) -> Self {
        let mut lines = stdout.lines().map(line);
        let Some(Line::Run(run)) = lines.next() else { panic!("no run first: {stdout}") };
        let Some(Line::Summary(summary)) = lines.next_back() else {
            panic!("no summary: {stdout}")
        };
        let files = lines.map(|line| match line {
            Line::File(record) => *record,
            other => panic!("not a file between run and summary: {other:?}"),
        });
        let (run, files, summary) = (*run, files.collect(), *summary);
        let (stderr, stdout) = (String::new(), stdout.to_owned());
        let report = Self { run, files, summary, status, stderr, stdout };
        report.must_add_up();
        report
    }

    fn must_add_up(&self) {
        let Summary { seen, hashed, unsupported, failed, skipped, .. } = self.summary;
        assert_eq!(seen, hashed + unsupported + failed + skipped);
        assert_eq!(seen, self.files.len() as u64, "one record for each candidate");
        let numbers: Vec<u64> = self.files.iter().map(|file| file.number).collect();
        assert_eq!(numbers, (0..seen).collect::<Vec<_>>(), "numbered in the order of the walk");
        let matches: u64 = self.files.iter().map(|file| file.matches_found).sum();
        assert_eq!(self.summary.matches, matches);
        let unexamined = self.files.iter().filter(|file| file.is_unexamined()).count();
        assert_eq!(self.summary.not_examined, unexamined as u64);
    }

    /// The record of the one file with this path.
    pub(crate) fn file(&self, path: &str) -> &Record {
        let mut found = self.files.iter().filter(|file| file.path == path);
        let file = found.next().unwrap_or_else(|| panic!("no record of {path}"));
        assert!(found.next().is_none(), "two records of {path}");
        file
    }

    /// The lines of the file records, as they were written.
    pub(crate) fn file_lines(&self) -> Vec<&str> {
        self.stdout.lines().filter(|line| line.starts_with("{\"type\":\"file\"")).collect()
    }
}

/// A line of a report. Unknown fields are refused by the structs themselves.
pub(crate) fn line(text: &str) -> Line {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The PDQ hash of a picture, as `kinga hash` says it.
pub(crate) fn hash_of(path: &str) -> Hash {
    let report = Report::of(&mut kinga(["hash", path]));
    Algorithm::Pdq.parse(&report.files[0].hashes[0].hash).unwrap()
}

/// The hash with `count` bits changed, spread over all of it; `salt` chooses which.
pub(crate) fn changed(hash: Hash, count: usize, salt: usize) -> Hash {
    let mut words = hash.0;
    for k in 0..count {
        let bit = (k * 7 + salt) % 256;
        words[bit / 64] ^= 1 << (bit % 64);
    }
    Hash(words)
}

/// Paths of all regular files below a folder, relative to it, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    files.map(|entry| name(entry.path())).collect()
}
