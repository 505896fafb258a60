//! The other commands: `hash`, whose output is a list, `match`, `compare`, `list` and `selftest`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use kinga::list::LIST_FORMATS;
use kinga::record::{Match, Record};
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::{Report, end, fixture, kinga, status, text};

const PICTURES: &str = "fixtures/pictures";
const ORIGINALS: &str = "fixtures/originals";
const KNOWN: &str = "fixtures/lists/known.csv";
const ORIGINALS_COUNT: usize = 11;

fn scan(path: &str, list: impl AsRef<Path>) -> assert_cmd::Command {
    let mut command = kinga(["scan", path, "--list"]);
    command.arg(list.as_ref());
    command
}

// Hashes that come back as lists.

/// A list that `hash` made of the originals.
fn made_of_originals(folder: &Path, format: &str, algorithm: &str) -> PathBuf {
    let list = folder.join(format!("{algorithm}.{format}"));
    let mut command = kinga(["hash", ORIGINALS, "--format", format, "--algorithm", algorithm]);
    assert_eq!(status(command.arg("--output").arg(&list)), 0);
    list
}

/// How many of the originals match themselves at distance 0, by this algorithm.
fn found_themselves(report: &Report, algorithm: &str) -> usize {
    let is_itself = |file: &&Record| {
        file.matches.iter().any(|near| {
            let same = near.label.as_deref() == Some(&*file.path) && near.by == algorithm;
            same && near.distance.is_some_and(|distance| distance.0 == 0)
        })
    };
    report.files.iter().filter(is_itself).count()
}

#[test]
fn what_hash_writes_is_a_list_that_finds_every_one_of_its_pictures() {
    let folder = tempfile::tempdir().unwrap();
    for format in ["jsonl", "csv", "pdq"] {
        let list = made_of_originals(folder.path(), format, "pdq");
        let report = Report::of(&mut scan(ORIGINALS, &list));
        assert_eq!(report.run.lists[0].format, format);
        assert_eq!(report.run.lists[0].counts.entries, ORIGINALS_COUNT as u64, "{format}");
        assert_eq!(found_themselves(&report, "pdq"), ORIGINALS_COUNT, "{format}");
        assert_eq!(report.summary.matches, ORIGINALS_COUNT as u64, "{format}: no other matches");
        assert_eq!((report.status, report.stderr.as_str()), (0, ""), "{format}");
    }
}

#[test]
fn hashes_of_other_algorithms_come_back_as_lists_too() {
    let folder = tempfile::tempdir().unwrap();
    for algorithm in
        ["gradient-8", "median-8-dct", "gradient-16", "double-gradient-16", "blockhash-8"]
    {
        for format in ["csv", "jsonl"] {
            let list = made_of_originals(folder.path(), format, algorithm);
            let report = Report::of(&mut scan(ORIGINALS, &list));
            let used: Vec<String> =
                report.run.settings.algorithms.iter().map(|a| a.algorithm.to_string()).collect();
            assert_eq!(used, [algorithm], "{format}");
            assert_eq!(
                found_themselves(&report, algorithm),
                ORIGINALS_COUNT,
                "{algorithm} {format}"
            );
        }
    }
}

#[test]
fn bare_hashes_of_16_digits_are_found_once_their_algorithm_is_named() {
    let made = Report::of(&mut kinga(["hash", ORIGINALS, "--algorithm", "gradient-8"]));
    let bare: String = made.files.iter().map(|file| file.hashes[0].hash.clone() + "\n").collect();
    let refused = end(scan(ORIGINALS, "-").write_stdin(bare.as_str()));
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("--algorithm"), "{}", text(&refused.stderr));
    let mut named = scan(ORIGINALS, "-");
    let report = Report::of(named.args(["--algorithm", "gradient-8"]).write_stdin(bare));
    assert_eq!(report.summary.with_matches, ORIGINALS_COUNT as u64);
}

#[test]
fn lists_of_two_algorithms_are_searched_in_one_scan_without_being_mixed_up() {
    let folder = tempfile::tempdir().unwrap();
    let [pdq, gradient] =
        ["pdq", "gradient-16"].map(|algorithm| made_of_originals(folder.path(), "csv", algorithm));
    let report = Report::of(scan(ORIGINALS, &pdq).arg("--list").arg(&gradient));
    assert_eq!(report.run.settings.algorithms.len(), 2);
    for algorithm in ["pdq", "gradient-16"] {
        assert_eq!(found_themselves(&report, algorithm), ORIGINALS_COUNT, "{algorithm}");
    }
    for found in report.files.iter().flat_map(|file| &file.matches) {
        let list = if found.by == "pdq" { &pdq } else { &gradient };
        assert_eq!(Path::new(&found.list), list);
    }
}

// `match`.

#[test]
fn matching_records_is_the_same_as_scanning_again() {
    let lists = ["known.csv", "mixed.tsv", "known.md5"];
    let lists: Vec<String> = lists.iter().map(|l| format!("--list=fixtures/lists/{l}")).collect();
    for options in [
        &["--effort=upright"][..],
        &["--effort=orientations"],
        &["--effort=standard"],
        &["--effort=standard", "--level=possible", "--max-matches=100"],
        &["--effort=orientations", "--min-quality=0", "--max-distance=130", "--max-matches=3"],
    ] {
        let effort = options.iter().filter(|option| option.starts_with("--effort"));
        let hash = kinga(["hash", PICTURES, "--digests", "--format=jsonl"]).args(effort).unwrap();
        let mut again = kinga(["match", "-"]);
        let matched = Report::of(again.args(&lists).args(options).write_stdin(hash.stdout));
        let scan = ["scan", PICTURES, "--digests"];
        let scanned = Report::of(kinga(scan).args(&lists).args(options));
        assert_eq!(matched.files.len(), 42);
        assert!(scanned.summary.matches >= 20, "{options:?}");
        for (matched, scanned) in matched.files.into_iter().zip(&scanned.files) {
            let mut matched: Record = matched;
            for hash in &mut matched.hashes {
                hash.turned.clear();
                hash.regions.clear();
            }
            assert_eq!(matched, *scanned, "{options:?}");
        }
        assert_eq!(matched.summary.matches, scanned.summary.matches);
        let [matched, scanned] = [matched.run, scanned.run].map(|run| run.settings);
        assert_eq!((matched.effort, matched.levels), (scanned.effort, scanned.levels));
    }
}

#[test]
fn records_that_lack_what_a_list_needs_are_refused() {
    let hash = kinga(["hash", ORIGINALS, "--format=jsonl"]).unwrap().stdout;
    let gradients = kinga(["hash", ORIGINALS, "--format=csv", "--algorithm=gradient-8"]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("gradients.csv");
    fs::write(&list, gradients.stdout).unwrap();
    for (list, lacking) in [(list.as_path(), "gradient-8"), (&fixture("lists/known.md5"), "md5")] {
        let mut command = kinga(["match", "-", "--list"]);
        let output = end(command.arg(list).write_stdin(hash.clone()));
        assert_eq!(output.status.code(), Some(1), "{lacking}");
        assert_eq!(text(&output.stdout), "", "{lacking}");
        assert!(text(&output.stderr).contains(lacking), "{}", text(&output.stderr));
    }
}

#[test]
fn records_that_hold_less_than_is_asked_for_are_refused_and_those_that_hold_as_much_are_not() {
    for (kept, wanted, missed, found) in [
        ("upright", "orientations", "turned and mirrored pictures", 18),
        ("upright", "standard", "turned and mirrored pictures", 18),
        ("orientations", "standard", "pictures in frames, screens and collages", 20),
    ] {
        let hash = ["hash", PICTURES, "--format=jsonl", "--effort", kept];
        let records = kinga(hash).unwrap().stdout;
        let again = |effort: &str| {
            let mut command = kinga(["match", "-", "--list", KNOWN, "--effort", effort]);
            command.write_stdin(records.clone());
            command
        };
        let refused = end(&mut again(wanted));
        assert_eq!((refused.status.code(), text(&refused.stdout).as_str()), (Some(1), ""));
        let said = text(&refused.stderr);
        assert!(said.contains(missed), "{said}");
        assert!(said.contains(&format!("kinga hash --effort {wanted}")), "{said}");
        let report = Report::of(&mut again(kept));
        assert_eq!((report.status, report.summary.with_matches), (0, found), "{kept}");
    }
}

#[test]
fn records_that_hold_more_than_is_asked_for_are_compared_no_further_than_asked() {
    let hash = ["hash", PICTURES, "--format=jsonl", "--effort=standard"];
    let records = kinga(hash).unwrap().stdout;
    for (effort, found) in [("upright", 18), ("orientations", 20)] {
        let mut again = kinga(["match", "-", "--list", KNOWN, "--effort", effort]);
        let report = Report::of(again.write_stdin(records.clone()));
        assert_eq!(report.summary.with_matches, found, "{effort}");
        let whole = |found: &Match| found.region.is_none_or(|region| region.view.is_whole());
        assert!(report.files.iter().flat_map(|file| &file.matches).all(whole), "{effort}");
    }
}

#[test]
fn moving_regions_needs_the_pictures_so_records_refuse_it() {
    for mut command in [
        kinga(["hash", ORIGINALS, "--format=jsonl", "--effort=deep"]),
        kinga(["match", "-", "--list", KNOWN, "--effort=deep"]),
    ] {
        let refused = end(command.write_stdin(""));
        assert_eq!(refused.status.code(), Some(2), "{command:?}");
        assert!(text(&refused.stderr).contains("kinga scan"), "{}", text(&refused.stderr));
    }
}

// `compare`.

fn compared(a: &str, b: &str) -> (Value, String) {
    let json = end(&mut kinga(["compare", a, b, "--format", "json"]));
    let words = end(&mut kinga(["compare", a, b]));
    assert_eq!((json.status.code(), words.status.code()), (Some(0), Some(0)));
    (serde_json::from_slice(&json.stdout).unwrap(), text(&words.stdout))
}

#[test]
fn two_copies_of_a_file_are_the_same_file_and_match() {
    let copy = "fixtures/pictures/downloads/backup/old.jpg";
    let (answer, words) = compared("fixtures/originals/cloth.jpg", copy);
    assert_eq!((&answer["same_file"], &answer["matches"]), (&true.into(), &true.into()));
    assert_eq!((&answer["distance"], &answer["max_distance"]), (&0.into(), &31.into()));
    assert!(words.contains("the same, byte for byte"), "{words}");
}

#[test]
fn the_same_hash_is_not_called_the_same_file() {
    let copy = "fixtures/pictures/phone/IMG-20240611-WA0003.jpg";
    let (answer, words) = compared("fixtures/originals/spheres.jpg", copy);
    assert_eq!((&answer["same_file"], &answer["distance"]), (&false.into(), &0.into()));
    assert!(words.contains("not mean the same file"), "{words}");
    assert!(!words.contains("byte for byte"), "{words}");
}

#[test]
fn a_mirrored_copy_matches_and_the_orientation_is_told() {
    let copy = "fixtures/pictures/holiday/mirror.jpg";
    let (answer, words) = compared("fixtures/originals/skyline.jpg", copy);
    assert_eq!(answer["nearest_orientation"], "mirrored");
    assert!(answer["distance"].as_u64() > Some(31) && answer["nearest_distance"] == 0);
    assert!(answer["matches"] == true && words.contains("mirrored"), "{words}");
}

#[test]
fn two_strangers_do_not_match() {
    let stranger = "fixtures/originals/map.jpg";
    let (answer, words) = compared("fixtures/originals/cloth.jpg", stranger);
    assert!(answer["matches"] == false && answer["nearest_distance"].as_u64() > Some(31));
    assert!(words.contains("do not match"), "{words}");
}

#[test]
fn a_hash_can_stand_for_a_picture() {
    let picture = "fixtures/originals/spheres.jpg";
    let known = fs::read_to_string(fixture("lists/known-pdq.txt")).unwrap();
    let hash = known.lines().next().unwrap();
    for (a, b) in [(hash, picture), (picture, hash), (hash, hash)] {
        let (answer, words) = compared(a, b);
        assert!(answer["distance"] == 0 && answer["matches"] == true);
        assert!(answer["same_file"].is_null() && !words.contains("byte for byte"), "{words}");
    }
}

#[test]
fn pictures_without_features_are_not_said_to_match() {
    let (answer, words) = compared("fixtures/broken/tiny-1x1.gif", "fixtures/broken/tiny-4x4.png");
    assert_eq!(answer["qualities"], serde_json::json!([0, 0]));
    assert_eq!(answer["matches"], false, "a scan would not match them either");
    assert!(words.contains("featureless") && !words.contains("They match"), "{words}");
    for digit in ["0", "f", "7"] {
        let (answer, _) = compared("fixtures/originals/page.jpg", &digit.repeat(64));
        assert_eq!((&answer["matches"], &answer["seen"]), (&false.into(), &Value::Null));
    }
}

// `list`.

#[test]
fn list_info_says_what_is_in_a_list_and_its_digest() {
    let [list, mixed] = [KNOWN, "fixtures/lists/mixed.tsv"];
    let json = end(&mut kinga(["list", "info", list, mixed, "--format", "json"]));
    assert_eq!(json.status.code(), Some(0));
    let answer: Value = serde_json::from_slice(&json.stdout).unwrap();
    let digest = hex::encode(Sha256::digest(fs::read(fixture("lists/known.csv")).unwrap()));
    let expected = serde_json::json!({
        "rows": 11, "contributing": 10, "broken": 0, "tombstones": 1, "unmatchable_rows": 0,
        "unmatchable": {}, "entries": 10, "duplicates": 0, "removed": 0,
        "replaced": 0,
    });
    assert_eq!((&answer[0]["counts"], &answer[0]["sha256"]), (&expected, &digest.clone().into()));
    assert_eq!((&answer[0]["format"], &answer[1]["format"]), (&"csv".into(), &"tsv".into()));
    assert_eq!(answer[1]["counts"]["entries"], 11);
    let words = text(&end(&mut kinga(["list", "info", list])).stdout);
    for expected in [list, "csv", "pdq", "10", digest.as_str()] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
}

#[test]
fn list_info_names_broken_rows_and_gives_status_3() {
    let output = end(&mut kinga(["list", "info", "fixtures/lists/broken-rows.csv"]));
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("broken-rows.csv:202"), "{}", text(&output.stderr));
}

#[test]
fn list_check_finds_nothing_in_good_lists() {
    for list in ["known.csv", "known-pdq.txt", "known.md5", "mixed.tsv", "single.csv"] {
        let output = end(kinga(["list", "check"]).arg(fixture("lists").join(list)));
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{list}: {said}");
        assert!(said.contains("0 rows broken, 0 suspicions"), "{list}: {said}");
    }
}

/// The lines of a list that `list check` names, whether as broken or as poison.
fn lines_named(list: &str) -> (Option<i32>, Vec<u64>) {
    let output = end(&mut kinga(["list", "check", list]));
    let said = text(&output.stdout) + &text(&output.stderr);
    let name = format!("{list}:");
    let after = said.match_indices(&name).map(|(at, found)| &said[at + found.len()..]);
    let number = |rest: &str| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse()
    };
    let mut lines: Vec<u64> = after.filter_map(|rest| number(rest).into_iter().next()).collect();
    lines.sort_unstable();
    lines.dedup();
    (output.status.code(), lines)
}

#[test]
fn list_check_names_constant_hashes_and_few_bits_and_no_good_entry() {
    let (status, lines) = lines_named("fixtures/lists/poison.csv");
    for line in [2, 3, 4, 5] {
        assert!(lines.contains(&line), "line {line} is not named, but only {lines:?}");
    }
    assert!(!lines.contains(&7), "line 7 is good");
    assert!(matches!(status, Some(1 | 3)), "{status:?}");
}

#[test]
fn list_check_names_an_entry_whose_stated_quality_is_too_low_to_be_matched() {
    let (_, lines) = lines_named("fixtures/lists/poison.csv");
    assert!(lines.contains(&6), "line 6 has quality 12 and is not named, but only {lines:?}");
}

#[test]
fn list_check_names_every_broken_row_of_a_list_that_a_scan_refuses() {
    let (status, lines) = lines_named("fixtures/lists/too-broken.csv");
    assert_eq!(lines, [4, 7, 10]);
    assert!(matches!(status, Some(1 | 3)), "{status:?}");
}

#[test]
fn list_formats_names_every_format() {
    let said = text(&end(&mut kinga(["list", "formats"])).stdout);
    let names: Vec<&str> = said.lines().map(|line| line.split(' ').next().unwrap()).collect();
    let read = LIST_FORMATS.map(|(_, name, _)| name);
    assert_eq!(names, [&read[..], &["kidx"]].concat());
}

// `selftest`.

#[test]
fn the_selftest_passes_and_says_so() {
    let output = end(&mut kinga(["selftest"]));
    let said = text(&output.stdout);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{said}");
    assert!(said.lines().any(|line| line.contains("pass")), "{said}");
    assert!(!said.contains("FAIL"), "{said}");
}
