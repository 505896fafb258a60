//! Journals: what an interrupted run leaves, what a resumed one takes from it, and what is refused.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use support::{Report, end, fixture, kinga, text};

const KNOWN: &str = "fixtures/lists/known.csv";

/// A folder with evidence that has settled, and room for journals and reports beside it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// With pictures, a picture without end, and what is none.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let evidence = folder.path().join("evidence");
        fs::create_dir_all(evidence.join("deep")).unwrap();
        for (from, to) in [
            ("pictures/holiday/IMG_2041.jpg", "a.jpg"),
            ("pictures/holiday/IMG_2042.jpg", "b.jpg"),
            ("pictures/holiday/mirror.jpg", "deep/mirror.jpg"),
            ("pictures/office/scan0007.jpg", "deep/scan.jpg"),
            ("broken/only-magic.jpg", "broken.jpg"),
            ("lists/known.csv", "notes.csv"),
        ] {
            fs::copy(fixture(from), evidence.join(to)).unwrap();
        }
        fs::write(evidence.join("empty"), "").unwrap();
        Self { folder }
    }

    /// The same, old enough to be journalled.
    fn settled() -> Self {
        let place = Self::new();
        settle();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn evidence(&self) -> PathBuf {
        self.path("evidence")
    }

    fn scan(&self, flag: &str, journal: &str) -> Command {
        let mut command = kinga(["scan", "--list", KNOWN, flag]);
        command.arg(self.path(journal)).arg(self.evidence());
        command
    }

    /// The note that says how much came from the journal, and how much was added.
    fn used(report: &Report) -> (u64, u64) {
        let note = report.stderr.lines().find(|line| line.contains("taken from it")).unwrap();
        let words = note.split([' ', ',']);
        let numbers =
            words.filter(|word| !word.is_empty() && word.bytes().all(|c| c.is_ascii_digit()));
        let numbers: Vec<u64> = numbers.map(|number| number.parse().unwrap()).collect();
        (numbers[0], numbers[1])
    }
}

/// Files are journalled only when their times are old enough to show any change.
fn settle() {
    std::thread::sleep(kinga::journal::SETTLED_AFTER + Duration::from_millis(50));
}

fn refused(command: &mut Command, status: i32, words: &str) {
    let output = end(command);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert!(said.contains(words), "{said}");
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn a_resumed_run_decodes_nothing_again_and_reports_the_same_bytes() {
    let place = Place::settled();
    let plain = Report::of(kinga(["scan", "--list", KNOWN]).arg(place.evidence()));
    let first = Report::of(&mut place.scan("--journal", "j"));
    // Of seven files, the broken one failed.
    assert_eq!(Place::used(&first), (0, 6));
    let second = Report::of(&mut place.scan("--resume", "j"));
    assert_eq!(Place::used(&second), (6, 0));
    assert_eq!(plain.file_lines(), first.file_lines());
    assert_eq!(plain.file_lines(), second.file_lines());
    assert_eq!((plain.status, first.status, second.status), (3, 3, 3));
    assert!(plain.summary.matches >= 3);
}

#[test]
fn only_changed_and_new_files_are_examined_again() {
    let place = Place::settled();
    Report::of(&mut place.scan("--journal", "j"));
    let evidence = place.evidence();
    // Same size and time of modification, other bytes.
    let (size, modified) = {
        let meta = fs::metadata(evidence.join("notes.csv")).unwrap();
        (meta.len(), meta.modified().unwrap())
    };
    fs::write(evidence.join("notes.csv"), "x".repeat(usize::try_from(size).unwrap())).unwrap();
    let file = fs::File::options().write(true).open(evidence.join("notes.csv")).unwrap();
    file.set_modified(modified).unwrap();
    fs::copy(fixture("pictures/downloads/bw.jpg"), evidence.join("new.jpg")).unwrap();
    fs::rename(evidence.join("a.jpg"), evidence.join("renamed.jpg")).unwrap();
    settle();
    let resumed = Report::of(&mut place.scan("--resume", "j"));
    assert_eq!(Place::used(&resumed), (4, 3));
    let plain = Report::of(kinga(["scan", "--list", KNOWN]).arg(place.evidence()));
    assert_eq!(resumed.file_lines(), plain.file_lines());
    let again = Report::of(&mut place.scan("--resume", "j"));
    assert_eq!(Place::used(&again), (7, 0));
}

#[test]
fn a_file_that_has_just_changed_is_not_journalled() {
    let place = Place::new();
    // However long this machine takes, it is too young.
    let later = std::time::SystemTime::now() + Duration::from_secs(3600);
    for name in support::files_below(&place.evidence()) {
        let file = fs::File::options().write(true).open(place.evidence().join(name)).unwrap();
        file.set_modified(later).unwrap();
    }
    let report = Report::of(&mut place.scan("--journal", "j"));
    assert_eq!(Place::used(&report), (0, 0));
    assert!(report.stderr.contains("6 files had changed within two seconds"), "{}", report.stderr);
}

#[test]
fn another_list_and_less_effort_need_no_new_decode() {
    let place = Place::settled();
    Report::of(&mut place.scan("--journal", "j"));
    let list = place.path("other.csv");
    let known = fs::read_to_string(fixture("lists/known.csv")).unwrap();
    let other = known.replace("K-0001", "X-0001");
    assert_ne!(known, other);
    fs::write(&list, other).unwrap();
    for effort in ["standard", "orientations", "upright"] {
        let scan = |with_journal: bool| {
            let mut command = kinga(["scan", "--effort", effort, "--list"]);
            command.arg(&list).arg(place.evidence());
            if with_journal {
                command.arg("--resume").arg(place.path("j"));
            }
            Report::of(&mut command)
        };
        let (plain, resumed) = (scan(false), scan(true));
        assert_eq!(Place::used(&resumed), (6, 0), "{effort}");
        let matches = |report: &Report| -> Vec<_> {
            report.files.iter().map(|file| (file.path.clone(), file.matches_found)).collect()
        };
        assert_eq!(matches(&plain), matches(&resumed), "{effort}");
        assert!(resumed.stdout.contains("X-0001"));
        if effort == "standard" {
            assert_eq!(plain.file_lines(), resumed.file_lines());
        }
    }
}

#[test]
fn deep_is_answered_for_the_same_lists_only() {
    let place = Place::settled();
    let deep = |flag: &str, list: &str| {
        Report::of(place.scan(flag, "j").args(["--effort", "deep", "--list", list]))
    };
    let first = deep("--journal", "fixtures/lists/single.csv");
    let second = deep("--resume", "fixtures/lists/single.csv");
    assert_eq!(Place::used(&second), (6, 0));
    assert_eq!(first.file_lines(), second.file_lines());
    let other = deep("--resume", "fixtures/lists/known.md5");
    assert_eq!(Place::used(&other), (0, 6));
}

#[test]
fn more_effort_digests_or_other_limits_are_examined_again_and_that_is_said() {
    let place = Place::settled();
    Report::of(place.scan("--journal", "j").args(["--effort", "orientations"]));
    for more in [&["--effort", "standard"][..], &["--digests"], &["--max-pixels", "1M"]] {
        let report = Report::of(place.scan("--resume", "j").args(more));
        assert_eq!(Place::used(&report), (0, 6), "{more:?}");
        assert!(report.stderr.contains("every file is examined again"), "{}", report.stderr);
        fs::remove_file(place.path("j")).unwrap();
        Report::of(place.scan("--journal", "j").args(["--effort", "orientations"]));
    }
}

#[test]
fn a_scan_takes_the_hashes_that_a_hash_run_made() {
    let place = Place::settled();
    let hash = |flag: &str| {
        let mut command = kinga(["hash", "--effort", "standard", flag]);
        Report::of(command.arg(place.path("j")).arg(place.evidence()))
    };
    let (first, second) = (hash("--journal"), hash("--resume"));
    assert_eq!((Place::used(&first), Place::used(&second)), ((0, 6), (6, 0)));
    assert_eq!(first.file_lines(), second.file_lines());
    let plain = Report::of(kinga(["scan", "--list", KNOWN]).arg(place.evidence()));
    let scan = Report::of(&mut place.scan("--resume", "j"));
    assert_eq!(Place::used(&scan), (6, 0));
    assert_eq!(scan.file_lines(), plain.file_lines());
    // And the other way round.
    let hash = hash("--resume");
    assert_eq!(first.file_lines(), hash.file_lines());
}

#[test]
fn what_failed_is_examined_again() {
    let place = Place::settled();
    Report::of(&mut place.scan("--journal", "j"));
    let journal = fs::read_to_string(place.path("j")).unwrap();
    assert!(journal.contains("a.jpg") && !journal.contains("broken.jpg"));
}

#[test]
fn size_limits_asked_for_later_leave_out_what_is_journalled() {
    let place = Place::settled();
    Report::of(&mut place.scan("--journal", "j"));
    let limit = ["--max-size", "20000"];
    let resumed = Report::of(place.scan("--resume", "j").args(limit));
    let plain = Report::of(kinga(["scan", "--list", KNOWN]).args(limit).arg(place.evidence()));
    assert_eq!(resumed.file_lines(), plain.file_lines());
    assert!(resumed.summary.skipped > 0, "the test leaves something out");
}

#[test]
fn names_that_are_not_utf8_are_found_again() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    for name in [b"\xff.jpg", b"\xfe.jpg"] {
        let path = place.evidence().join(std::ffi::OsStr::from_bytes(name));
        fs::copy(fixture("pictures/holiday/IMG_2041.jpg"), path).unwrap();
    }
    settle();
    let first = Report::of(&mut place.scan("--journal", "j"));
    let second = Report::of(&mut place.scan("--resume", "j"));
    assert_eq!(Place::used(&second), (8, 0));
    assert_eq!(first.file_lines(), second.file_lines());
}

#[test]
fn a_journal_is_never_overwritten_and_must_be_there_to_be_resumed() {
    let place = Place::new();
    fs::write(place.path("photo.jpg"), "precious").unwrap();
    refused(&mut place.scan("--journal", "photo.jpg"), 1, "already there");
    refused(&mut place.scan("--resume", "photo.jpg"), 1, "no journal of kinga's");
    assert_eq!(fs::read_to_string(place.path("photo.jpg")).unwrap(), "precious");
    refused(&mut place.scan("--resume", "none"), 1, "can't be opened");
    assert!(!place.path("none").exists());
    refused(place.scan("--resume", "a").arg("--journal").arg(place.path("b")), 2, "--journal");
    refused(&mut place.scan("--resume", "evidence"), 1, "evidence");
    let pipe = place.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    refused(&mut place.scan("--resume", "pipe"), 1, "regular file");
}

#[test]
fn a_journal_among_what_is_scanned_is_refused_and_nothing_is_written() {
    let place = Place::new();
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(place.path(target), place.path(name)).unwrap();
    };
    link("evidence", "link");
    link("evidence/a.jpg", "link-to-file");
    let before = support::files_below(&place.evidence());
    for journal in ["evidence/j", "evidence/deep/j", "link/j", "link/deep/../j"] {
        refused(&mut place.scan("--journal", journal), 1, "which is scanned");
    }
    for journal in ["evidence/a.jpg", "link/a.jpg", "link-to-file"] {
        let bytes = fs::read(place.path(journal)).unwrap();
        refused(&mut place.scan("--resume", journal), 1, "which is scanned");
        assert_eq!(fs::read(place.path(journal)).unwrap(), bytes);
    }
    assert_eq!(support::files_below(&place.evidence()), before);
}

#[test]
fn a_report_never_takes_the_place_of_its_journal() {
    let place = Place::new();
    let mut command = place.scan("--journal", "j");
    refused(command.arg("-o").arg(place.path("j")), 1, "would overwrite the journal");
    assert!(!place.path("j").exists());
    let mut command = place.scan("--journal", "r.partial");
    refused(command.arg("-o").arg(place.path("r")), 1, "would overwrite the journal");
    Report::of(&mut place.scan("--journal", "j"));
    let bytes = fs::read(place.path("j")).unwrap();
    let dotted = place.evidence().join("../j");
    let mut command = place.scan("--resume", "j");
    refused(command.arg("-o").arg(dotted), 1, "would overwrite");
    assert_eq!(fs::read(place.path("j")).unwrap(), bytes);
}

#[test]
fn other_roots_are_refused_by_both_names() {
    let place = Place::new();
    Report::of(&mut place.scan("--journal", "j"));
    let bytes = fs::read(place.path("j")).unwrap();
    let deep = place.evidence().join("deep");
    let mut command = kinga(["scan", "--list", KNOWN, "--resume"]);
    command.arg(place.path("j")).arg(&deep);
    refused(&mut command, 1, &format!("and this one is over \"{}\"", real(&deep).display()));
    let mut command = kinga(["scan", "--list", KNOWN, "--resume"]);
    command.arg(place.path("j")).arg(&deep);
    refused(&mut command, 1, &format!("over \"{}\"", real(&place.evidence()).display()));
    assert_eq!(fs::read(place.path("j")).unwrap(), bytes);
}

fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap()
}

#[test]
fn the_same_roots_may_be_named_from_another_folder() {
    let place = Place::settled();
    Report::of(&mut place.scan("--journal", "j"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinga"));
    command.current_dir(place.folder.path()).args(["scan", "evidence", "--resume", "j", "--list"]);
    let report = Report::of(command.arg(fixture("lists/known.csv")));
    assert_eq!(Place::used(&report), (6, 0));
}

#[test]
fn a_torn_last_line_is_cut_off_and_said_but_other_damage_ends_the_run() {
    let place = Place::settled();
    Report::of(&mut place.scan("--journal", "j"));
    let whole = fs::read(place.path("j")).unwrap();
    fs::write(place.path("j"), &whole[..whole.len() - 20]).unwrap();
    let report = Report::of(&mut place.scan("--resume", "j"));
    assert_eq!(Place::used(&report), (5, 1));
    assert!(report.stderr.contains("the last line was not whole"), "{}", report.stderr);
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 4;
    fs::write(place.path("j"), &damaged).unwrap();
    refused(&mut place.scan("--resume", "j"), 1, "is damaged");
    assert_eq!(fs::read(place.path("j")).unwrap(), damaged);
}

#[test]
fn a_journal_in_use_is_refused() {
    let place = Place::new();
    Report::of(&mut place.scan("--journal", "j"));
    let held = fs::File::open(place.path("j")).unwrap();
    held.lock().unwrap();
    refused(&mut place.scan("--resume", "j"), 1, "another run of kinga uses this journal");
    drop(held);
    Report::of(&mut place.scan("--resume", "j"));
}

/// A file system of 64 KiB, where that can be made; unmounted at the end.
#[cfg(target_os = "linux")]
struct SmallDisk(PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let mut command = std::process::Command::new("mount");
        command.args(["-t", "tmpfs", "-o", "size=64k", "none"]).arg(&at);
        let mounted = command.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Self(at))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        std::process::Command::new("umount").arg(&self.0).status().unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_run_with_status_1_and_what_was_written_stays_valid() {
    let place = Place::new();
    for copy in 0..40 {
        let name = format!("copy-{copy}.jpg");
        fs::copy(fixture("pictures/holiday/IMG_2041.jpg"), place.evidence().join(name)).unwrap();
    }
    settle();
    let Some(disk) = SmallDisk::mount(place.path("disk")) else {
        println!("skipped: no small file system could be mounted");
        return;
    };
    let failed = end(place.scan("--journal", "disk/j").arg("-o").arg(place.path("report")));
    let said = text(&failed.stderr);
    assert_eq!(failed.status.code(), Some(1), "{said}");
    assert!(said.contains("disk/j: the journal can't be written"), "{said}");
    assert!(said.contains("No space left"), "{said}");
    assert!(!place.path("report").exists(), "trust nothing");
    let full = fs::read(place.path("disk/j")).unwrap();
    assert!(full.len() > 40_000 && full.ends_with(b"\n"), "{} bytes", full.len());
    // With more room, the run goes on.
    fs::write(place.path("j"), &full).unwrap();
    drop(disk);
    let report = Report::of(&mut place.scan("--resume", "j"));
    let (taken, added) = Place::used(&report);
    assert!(taken > 0 && added > 0 && taken + added == 46, "{taken} and {added}");
    let plain = Report::of(kinga(["scan", "--list", KNOWN]).arg(place.evidence()));
    assert_eq!(report.file_lines(), plain.file_lines());
}
