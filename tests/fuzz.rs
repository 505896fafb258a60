//! Damaged inputs of every kind to the targets of `kinga::fuzz`, for as many seconds as
//! `KINGA_FUZZ_SECONDS` says: none may panic, hang or answer nonsense.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
#[path = "hostile/damage.rs"]
mod damage;

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use damage::Dice;
use kinga::fuzz::{Seeds, TARGETS, Target};

/// Seconds for all targets together where nothing else is asked for.
const SECONDS: f64 = 5.0;

/// Whatever takes longer hangs. The slowest takes a few hundredths of a second.
const HANGS: Duration = Duration::from_secs(60);

/// Larger files make little but slow runs.
const LARGEST: u64 = 80_000;

/// The files of a folder of `fixtures/`, and what their names are to end in, if it matters.
fn files(folder: &str, ends: &[&str], into: &mut Vec<Vec<u8>>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.is_file()) {
        let named = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        let fits = ends.is_empty() || ends.contains(&named);
        if fits && fs::metadata(path).unwrap().len() <= LARGEST {
            into.push(fs::read(path).unwrap());
        }
    }
}

fn seeds(of: Seeds) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    match of {
        Seeds::Jpegs => {
            for folder in ["formats", "broken", "exif"] {
                files(folder, &["jpg"], &mut seeds);
            }
        }
        Seeds::Pictures => ["formats", "broken"].iter().for_each(|f| files(f, &[], &mut seeds)),
        Seeds::Lists => {
            files("lists", &[], &mut seeds);
            files("lists/services", &[], &mut seeds);
            let record = br#"{"type":"file","path":"a","hashes":[{"algorithm":"pdq","hash":""#;
            seeds.push([&record[..], "f0".repeat(32).as_bytes(), b"\"}]}\n"].concat());
            seeds.push(format!("{{\"pdq\":\"{}\",\"id\":\"K\"}}\n", "0f".repeat(32)).into());
            seeds.push(format!("{}\n", "a5".repeat(8)).repeat(3).into());
            seeds.push(format!("{}  a.jpg\n", "a5".repeat(20)).repeat(3).into());
        }
        Seeds::Databases => files("lists/services", &["db", "kdb"], &mut seeds),
        Seeds::Journal => seeds.push(kinga::journal::fuzz::seed().unwrap()),
        Seeds::Answers => {
            let mut pictures = Vec::new();
            files("formats", &["gif"], &mut pictures);
            for picture in &pictures {
                seeds.extend(kinga::worker::fuzz::answers(picture));
            }
        }
        Seeds::Texts => {
            seeds.push(b"\x01\0\0\0\x40\0\0\0\0/photos/\xff\n.png".to_vec());
            seeds.push(b"\x05\0\0\0hello and more".to_vec());
            seeds.push("=cmd|' /C x'!A0\u{202e}gpj.\u{1b}[31m\u{2028}\r\n,\"é\"".into());
            seeds.push(b"folder/\xff\xfe\xe2\x80/\xc3\xa9.jpg".to_vec());
        }
    }
    seeds
}

/// Feeds a target for so long; how often, and the slowest run.
fn fed(target: &Target, time: Duration) -> (u64, Duration) {
    let seeds = seeds(target.seeds);
    assert!(!seeds.is_empty(), "{}: nothing to begin with", target.name);
    let (begun, mut runs, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    while runs == 0 || begun.elapsed() < time {
        let mut dice = Dice::new(runs);
        let [whole, other] = [(); 2].map(|()| &seeds[dice.below(seeds.len())]);
        let bytes = dice.damaged(whole, other);
        let started = Instant::now();
        let answer = catch_unwind(|| (target.run)(&bytes));
        slowest = slowest.max(started.elapsed());
        if answer.is_err() || slowest > HANGS {
            let path = std::env::temp_dir().join(format!("kinga-fuzz-{}-{runs}", target.name));
            fs::write(&path, &bytes).unwrap();
            let what = if answer.is_err() { "panics" } else { "hangs" };
            panic!("{} {what} with seed {runs}, kept as {}", target.name, path.display());
        }
        runs += 1;
    }
    (runs, slowest)
}

#[test]
fn no_damage_makes_a_reader_panic_hang_or_answer_nonsense() {
    let seconds = std::env::var("KINGA_FUZZ_SECONDS").map_or(SECONDS, |s| s.parse().unwrap());
    let each =
        Duration::from_secs_f64(seconds).div_f64(f64::from(u32::try_from(TARGETS.len()).unwrap()));
    let mut bad = Vec::new();
    for target in TARGETS {
        match catch_unwind(|| fed(target, each)) {
            Ok((runs, slowest)) => eprintln!("{}: {runs} runs, slowest {slowest:?}", target.name),
            Err(_) => bad.push(target.name),
        }
    }
    assert_eq!(bad, Vec::<&str>::new());
}

#[test]
fn every_target_takes_its_seeds_as_they_are() {
    let mut taken = 0;
    for target in TARGETS {
        for seed in seeds(target.seeds).iter().chain([&Vec::new()]) {
            (target.run)(seed);
            taken += 1;
        }
    }
    assert!(taken > 300, "only {taken}");
}
