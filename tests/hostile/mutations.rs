//! Whole pictures of every format, damaged at random: 100 files of each go through the program, and
//! as many as `KINGA_FUZZ_RUNS` says through the library, where a panic or a slow answer is told
//! with the file's number.

use std::collections::BTreeMap;
use std::fs;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use kinga::picture::{Content, Detail, Kind, Limits, PictureError, decode, sniff};
use kinga::record::{Outcome, Reason};

use crate::damage::Dice;
use crate::support::{Report, files_below, fixture, kinga};
use crate::{hashed, must_be_sound};

/// Runs where nothing else is asked for: as many as take some seconds.
const RUNS: usize = 3_000;

/// No damaged file takes longer: the largest has a third of a megabyte.
const SLOW: Duration = Duration::from_secs(5);

/// The pictures of each format, by the ends of their names.
fn formats() -> BTreeMap<String, Vec<Vec<u8>>> {
    let mut formats: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for name in files_below(&fixture("formats")) {
        let end = name.rsplit('.').next().unwrap();
        if end != "csv" && !name.contains('/') {
            let bytes = fs::read(fixture("formats").join(&name)).unwrap();
            formats.entry(end.to_owned()).or_default().push(bytes);
        }
    }
    assert_eq!(formats.len(), 15, "{:?}", formats.keys());
    formats
}

#[test]
fn a_hundred_damaged_files_of_each_format_have_one_record_each() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::new(1);
    let formats = formats();
    for (end, pictures) in &formats {
        for number in 0..100 {
            let whole = &pictures[dice.below(pictures.len())];
            let other = &pictures[dice.below(pictures.len())];
            let path = folder.path().join(format!("{number:03}.{end}"));
            fs::write(path, dice.damaged(whole, other)).unwrap();
        }
    }
    let report = hashed(folder.path());
    assert_eq!(report.files.len(), 100 * formats.len());
    report.files.iter().for_each(must_be_sound);
    let count = |reason| report.files.iter().filter(|file| file.reason == Some(reason)).count();
    let whole =
        report.files.iter().filter(|file| file.outcome == Outcome::Hashed && !file.truncated);
    let [whole, cut, little] =
        [whole.count(), usize::try_from(report.summary.truncated).unwrap(), count(Reason::Partial)];
    eprintln!(
        "{} files: {whole} whole, {cut} in part, {little} less than half",
        report.files.len()
    );
    assert!(whole > 300 && cut > 50 && little > 50, "{whole}, {cut}, {little}");
}

#[test]
fn every_cut_of_every_format_is_whole_in_part_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = 0;
    for (end, pictures) in formats() {
        // The smallest says as much as the others.
        let whole = pictures.iter().min_by_key(|picture| picture.len()).unwrap();
        for percent in (1..100).step_by(7) {
            let path = folder.path().join(format!("{percent:02}.{end}"));
            fs::write(path, &whole[..whole.len() * percent / 100]).unwrap();
            files += 1;
        }
    }
    let report = Report::of(kinga(["hash", "--effort", "upright"]).arg(folder.path()));
    assert_eq!(report.files.len(), files);
    report.files.iter().for_each(must_be_sound);
    // Of these, a share is known wherever the header is there.
    for end in ["bmp", "ff", "gif", "pgm", "png", "ppm", "qoi", "tga", "webp"] {
        let record = report.file(&format!("85.{end}"));
        assert!(record.truncated && record.share.is_some(), "{end}: {:?}", record.detail);
        assert_eq!(report.file(&format!("29.{end}")).reason, Some(Reason::Partial), "{end}");
    }
}

#[test]
fn no_damage_makes_a_decoder_panic_or_hang() {
    let runs = std::env::var("KINGA_FUZZ_RUNS").map_or(RUNS, |runs| runs.parse().unwrap());
    let pictures: Vec<Vec<u8>> =
        formats().into_values().flatten().filter(|p| p.len() < 80_000).collect();
    let limits = Limits { max_pixels: 4_000_000, max_memory: 64 << 20 };
    let seed = std::env::var("KINGA_FUZZ_SEED").map_or(7, |seed| seed.parse().unwrap());
    let mut dice = Dice::new(seed);
    let mut answers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut bad = Vec::new();
    for run in 0..runs {
        let [whole, other] = [(); 2].map(|()| &pictures[dice.below(pictures.len())]);
        let bytes = dice.damaged(whole, other);
        let Content::Picture(kind) = sniff(&bytes, true) else {
            *answers.entry("no picture").or_default() += 1;
            continue;
        };
        let detail = if dice.below(2) == 0 { Detail::Full } else { Detail::Luma };
        let begun = Instant::now();
        let answer = catch_unwind(|| decode(&bytes, kind, &limits, detail));
        if begun.elapsed() > SLOW || answer.is_err() {
            bad.push(told(run, kind, &bytes, begun.elapsed()));
        }
        let answer = match answer {
            Ok(Ok(picture)) if picture.truncated => "in part",
            Ok(Ok(_)) => "whole",
            Ok(Err(PictureError::Partial { .. })) => "less than half",
            Ok(Err(_)) => "not",
            Err(_) => "panic",
        };
        *answers.entry(answer).or_default() += 1;
    }
    eprintln!("{runs} damaged files decoded: {answers:?}");
    assert_eq!(bad, Vec::<String>::new());
}

/// A file that went wrong is kept where it can be looked at.
fn told(run: usize, kind: Kind, bytes: &[u8], took: Duration) -> String {
    let path = std::env::temp_dir().join(format!("kinga-mutation-{run}.{kind}"));
    fs::write(&path, bytes).unwrap();
    format!("run {run}, {} after {took:?}", path.display())
}
