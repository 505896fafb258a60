//! Runs that are killed at any time and resumed: every path exactly once, and the report of a run
//! that was never interrupted.
//!
//! `KINGA_KILLS` says how many kills there are (default 30), and `KINGA_SEED` at which times.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kinga::record::{Line, Summary};
use support::{files_below, fixture, line};

const KNOWN: &str = "fixtures/lists/known.csv";

/// One journal is killed at most so many times before its run may end.
const KILLS_A_JOURNAL: u32 = 4;

/// Journals are written every 200 ms: so long, and some of it is written when a run is killed.
const WHILE: Duration = Duration::from_millis(600);

/// The evidence is copied at most so many times.
const MOST_COPIES: u32 = 40;

/// Numbers by lot, the same for the same seed: splitmix64.
struct Lot(u64);

impl Lot {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(bound)).unwrap()
    }
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// A scan of the evidence into `report`, with a journal.
fn scan(folder: &Path, flag: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinga"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command.args(["scan", "--list", KNOWN, "--effort", "orientations", "--threads", "2"]);
    command.args(["--format", "jsonl", flag]);
    command.arg(folder.join("journal")).arg("--output").arg(folder.join("report"));
    command.arg(folder.join("evidence")).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Small pictures and what is none, in folders, old enough to be journalled, and so many that a run
/// takes a while on this machine; how many, and how long it took.
fn evidence(folder: &Path) -> (usize, Duration) {
    let evidence = folder.join("evidence");
    for copy in 0..MOST_COPIES {
        for from in ["exact", "broken"] {
            let to = evidence.join(format!("{copy}/{from}"));
            fs::create_dir_all(&to).unwrap();
            // Some that claim to be huge take most of the time.
            let names = files_below(&fixture(from)).into_iter();
            for name in names.filter(|name| !name.starts_with("claims")) {
                fs::copy(fixture(from).join(&name), to.join(&name)).unwrap();
            }
        }
        let begun = Instant::now();
        assert_eq!(scan(folder, "--journal").status().unwrap().code(), Some(3));
        let took = begun.elapsed();
        fs::remove_file(folder.join("journal")).unwrap();
        if took > WHILE || copy + 1 == MOST_COPIES {
            std::thread::sleep(kinga::journal::SETTLED_AFTER + Duration::from_millis(50));
            return (files_below(&evidence).len(), took);
        }
    }
    unreachable!("the last copy is followed by a return")
}

/// What must be the same of two reports: all but times and the command line.
fn told(report: &Path) -> (Vec<String>, String) {
    let text = fs::read_to_string(report).unwrap();
    let mut files = Vec::new();
    let mut rest = String::new();
    for text in text.lines() {
        match line(text) {
            Line::File(_) => files.push(text.to_owned()),
            Line::Run(mut run) => {
                (run.argv, run.started) = (Vec::new(), String::new());
                rest += &serde_json::to_string(&run).unwrap();
            }
            Line::Summary(summary) => {
                let plain = Summary { seconds: 0.0, finished: String::new(), ..*summary };
                rest += &serde_json::to_string(&plain).unwrap();
            }
        }
    }
    (files, rest)
}

/// How often each path is in the journal.
fn journalled(folder: &Path) -> BTreeMap<String, u32> {
    let text = fs::read_to_string(folder.join("journal")).unwrap();
    let mut times = BTreeMap::new();
    for line in text.lines().filter(|line| line.contains("\"type\":\"file\"")) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let path = line["record"]["path"].as_str().unwrap().to_owned();
        *times.entry(path).or_default() += 1;
    }
    times
}

/// Where a run was when it was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// No file was journalled.
    Beginning,
    /// Some files were journalled.
    Hashing,
    /// All files were journalled.
    Ending,
    /// It had ended before the signal came.
    Over,
}

struct Kills {
    folder: PathBuf,
    lot: Lot,
    /// How long a run takes that is not interrupted.
    usual: Duration,
    phases: BTreeMap<(Phase, &'static str), u32>,
    /// How many files are journalled in the end.
    finished: usize,
}

impl Kills {
    /// Sends a signal to a run at a time by lot; where it was then.
    fn kill(&mut self, mut child: Child, begun: Instant) -> Phase {
        let signal = match self.lot.below(4) {
            0 => "-TERM",
            1 => "-INT",
            _ => "-KILL",
        };
        if self.lot.below(3) == 0 {
            self.wait_for_the_end(&mut child);
            std::thread::sleep(Duration::from_micros(u64::from(self.lot.below(20_000))));
        } else {
            let micros = u32::try_from(self.usual.as_micros()).unwrap();
            let at = begun + Duration::from_micros(u64::from(self.lot.below(micros)));
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
        }
        let over = child.try_wait().unwrap().is_some();
        if !over && signal == "-KILL" {
            child.kill().unwrap();
        } else if !over {
            let id = child.id().to_string();
            assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        }
        let status = child.wait().unwrap();
        assert!(
            matches!(status.code(), None | Some(130 | 3)),
            "it was killed, interrupted or over: {status}"
        );
        let phase = if over { Phase::Over } else { self.phase() };
        *self.phases.entry((phase, signal)).or_default() += 1;
        phase
    }

    /// Waits until all files are journalled, or the run is over.
    fn wait_for_the_end(&self, child: &mut Child) {
        while child.try_wait().unwrap().is_none() && self.phase() != Phase::Ending {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// How far the journal is.
    fn phase(&self) -> Phase {
        let text = fs::read(self.folder.join("journal")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        match whole.filter(|line| line.contains("\"type\":\"file\"")).count() {
            0 => Phase::Beginning,
            files if files < self.finished => Phase::Hashing,
            _ => Phase::Ending,
        }
    }

    /// A run that goes on, or begins if it could not yet.
    fn start(&self) -> Child {
        let there = self.folder.join("journal").exists();
        scan(&self.folder, if there { "--resume" } else { "--journal" }).spawn().unwrap()
    }

    /// Kills a run some times, then lets it end.
    fn round(&mut self, most: u32) -> u32 {
        for name in ["journal", "report", "report.partial"] {
            drop(fs::remove_file(self.folder.join(name)));
        }
        let mut kills = 0;
        while kills < most {
            let begun = Instant::now();
            let child = self.start();
            let phase = self.kill(child, begun);
            kills += u32::from(phase != Phase::Over);
            let report = self.folder.join("report");
            assert!(phase != Phase::Over || report.exists());
            if report.exists() {
                break;
            }
        }
        let status = self.start().wait().unwrap();
        assert_eq!(status.code(), Some(3), "the run ends: some files are broken");
        kills
    }
}

#[test]
fn a_run_that_is_killed_at_any_time_ends_with_every_path_once_and_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_owned();
    let (files, usual) = evidence(&folder);
    assert_eq!(scan(&folder, "--journal").status().unwrap().code(), Some(3));
    let expected = told(&folder.join("report"));
    assert_eq!(expected.0.len(), files, "every path once");
    let finished = journalled(&folder).len();
    assert!(finished > files / 4, "{finished} of {files} files were journalled");
    let seed = number("KINGA_SEED", 1);
    let mut kills =
        Kills { folder: folder.clone(), lot: Lot(seed), usual, phases: BTreeMap::new(), finished };
    let wanted = u32::try_from(number("KINGA_KILLS", 30)).unwrap();
    let (mut done, mut rounds) = (0, 0);
    while done < wanted {
        let most = 1 + kills.lot.below(KILLS_A_JOURNAL);
        done += kills.round(most.min(wanted - done));
        rounds += 1;
        let found = told(&folder.join("report"));
        let others: Vec<_> = found.0.iter().filter(|line| !expected.0.contains(line)).collect();
        assert!(found == expected, "seed {seed}, after {done} kills: {others:?} {}", found.1);
        let times = journalled(&folder);
        assert_eq!(times.len(), finished, "seed {seed}, after {done} kills");
        assert!(times.values().all(|times| *times == 1), "seed {seed}: {times:?}");
    }
    println!("{done} kills in {rounds} runs of {files} files, {usual:?} each: {:?}", kills.phases);
    let phases: Vec<Phase> = kills.phases.keys().map(|(phase, _)| *phase).collect();
    assert!(phases.contains(&Phase::Hashing), "{phases:?}");
}
