//! What the output formats promise: one record for each candidate, data only, the same bytes for
//! any number of threads. What they make of hostile names: `tests/hostile_names.rs`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::collections::BTreeMap;

use kinga::hash::{Algorithm, Quality};
use kinga::record::{DecodedAs, Line, Outcome, Record};
use serde_json::Value;
use support::{Report, end, files_below, fixture, kinga, text};

const KNOWN: [&str; 2] = ["--list", "fixtures/lists/known.csv"];
const PICTURES: &str = "fixtures/pictures";
const FOLDERS: [&str; 4] =
    ["fixtures/pictures", "fixtures/broken", "fixtures/formats", "fixtures/exif"];
/// All of the above, but for one picture that claims to be so large that it would cost seconds.
const ODD: [&str; 5] = ["--max-pixels=10M", FOLDERS[0], FOLDERS[1], FOLDERS[2], FOLDERS[3]];

fn scan(paths: &[&str]) -> assert_cmd::Command {
    let mut command = kinga(["scan"]);
    command.args(KNOWN).args(paths);
    command
}

/// Standard output of a command that may find candidates which it can't examine.
fn stdout(command: &mut assert_cmd::Command) -> String {
    let output = end(command);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

// JSON Lines and JSON.

#[test]
fn there_is_one_record_for_each_file_and_the_numbers_add_up() {
    let report = Report::of(&mut scan(&ODD));
    let mut expected = Vec::new();
    for (root, folder) in FOLDERS.iter().enumerate() {
        let folder = fixture(folder.strip_prefix("fixtures/").unwrap());
        expected.extend(files_below(&folder).into_iter().map(|file| (root, file)));
    }
    assert!(expected.len() > 120, "{} files seen", expected.len());
    let mut seen: Vec<_> = report.files.iter().map(|file| (file.root, file.path.clone())).collect();
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
    let roots: Vec<&str> = report.run.roots.iter().map(|root| &*root.path).collect();
    assert_eq!(roots, FOLDERS);
    let reasons: u64 = report.summary.reasons.values().sum();
    assert_eq!(reasons, report.files.iter().filter(|file| file.reason.is_some()).count() as u64);
}

#[test]
fn every_line_of_real_runs_fits_the_schema_and_the_schema_refuses_other_lines() {
    let schema: Value = serde_json::from_str(&stdout(&mut kinga(["schema"]))).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let records =
        stdout(kinga(["hash", "--digests", "--effort", "standard", "--format", "jsonl"]).args(ODD));
    let mixed = ["--list", "fixtures/lists/mixed.tsv", "--list", "fixtures/lists/broken-rows.csv"];
    let matching = ["match", "-", "--format", "jsonl"];
    let matched = end(kinga(matching).args(mixed).write_stdin(records.as_str()));
    let reports = [
        Report::of(scan(&ODD).args(mixed)).stdout,
        Report::of(&mut kinga(["hash", PICTURES, "--algorithm", "phash-16"])).stdout,
        Report::of(scan(&ODD).args(["--exclude", "*.jpg", "--max-size", "10K"])).stdout,
        text(&matched.stdout),
        records,
    ];
    let mut checked = 0;
    for line in reports.iter().flat_map(|report| report.lines()) {
        let line: Value = serde_json::from_str(line).unwrap();
        let problems: Vec<String> = schema.iter_errors(&line).map(|e| e.to_string()).collect();
        assert_eq!(problems, Vec::<String>::new(), "{line}");
        checked += 1;
        // Once in a while, so that the test stays quick.
        if checked % 10 != 1 {
            continue;
        }
        let (mut odd, mut lacking) = (line.clone(), line);
        odd["odd"] = Value::Bool(true);
        assert!(!schema.is_valid(&odd), "a field that the schema does not know: {odd}");
        assert!(lacking.as_object_mut().unwrap().remove("type").is_some());
        assert!(!schema.is_valid(&lacking), "no type: {lacking}");
    }
    assert!(checked > 500, "{checked} lines checked");
}

/// Every object in a JSON value, as a path to it.
fn objects(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(path.to_owned());
            fields.iter().for_each(|(key, value)| objects(value, &format!("{path}/{key}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(k, item)| {
                objects(item, &format!("{path}/{k}"), found);
            });
        }
        _ => {}
    }
}

#[test]
fn an_unknown_field_is_refused_wherever_it_stands() {
    // In these the keys are data.
    let maps = ["reasons", "turned", "unmatchable"];
    let report = Report::of(scan(&[PICTURES]).args(["--list", "fixtures/lists/mixed.tsv"]));
    let records = stdout(&mut kinga(["hash", PICTURES, "--digests", "--format", "jsonl"]));
    let mut refused = 0;
    for text in report.stdout.lines().chain(records.lines().take(3)) {
        let line: Value = serde_json::from_str(text).unwrap();
        let mut places = Vec::new();
        objects(&line, "", &mut places);
        for place in places.iter().filter(|place| !maps.iter().any(|map| place.ends_with(map))) {
            let mut odd = line.clone();
            odd.pointer_mut(place).unwrap()["odd"] = Value::Null;
            assert!(serde_json::from_value::<Line>(odd).is_err(), "{place} in {text}");
            refused += 1;
        }
    }
    assert!(refused > 100, "{refused} places tried");
}

#[test]
fn json_is_one_document_with_the_records_of_jsonl() {
    let document = stdout(scan(&ODD).args(["--format", "json"]));
    let document: Value = serde_json::from_str(&document).unwrap();
    let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 4, "{keys:?}");
    assert_eq!(document["schema"], kinga::record::SCHEMA);
    let files: Vec<Record> = serde_json::from_value(document["files"].clone()).unwrap();
    let lines = Report::of(&mut scan(&ODD));
    assert_eq!(files, lines.files);
    let run: kinga::record::Run = serde_json::from_value(document["run"].clone()).unwrap();
    assert_eq!((run.settings, run.lists), (lines.run.settings, lines.run.lists));
    assert_eq!(document["summary"]["seen"], lines.summary.seen);
}

#[test]
fn only_matches_leaves_the_other_files_out_but_not_out_of_the_summary() {
    let output = stdout(scan(&[PICTURES]).args(["--format", "jsonl", "--only-matches"]));
    let lines: Vec<Line> = output.lines().map(support::line).collect();
    let files = lines.iter().filter(|line| match line {
        Line::File(file) => {
            assert!(file.matches_found > 0);
            true
        }
        _ => false,
    });
    assert_eq!(files.count(), 20);
    let Some(Line::Summary(summary)) = lines.last() else { panic!("no summary") };
    assert_eq!((summary.seen, summary.with_matches), (42, 20));
    let document = stdout(scan(&[PICTURES]).args(["--format", "json", "--only-matches"]));
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["files"].as_array().unwrap().len(), 20);
}

#[test]
fn records_are_the_same_bytes_for_any_number_of_threads_and_in_every_run() {
    let lists = ["--list", "fixtures/lists/mixed.tsv", "--digests"];
    let run = |threads: &str| Report::of(scan(&ODD).args(lists).args(["--threads", threads]));
    let once = run("1");
    assert!(once.file_lines().len() > 120);
    for threads in ["1", "2", "8"] {
        let again = run(threads);
        assert_eq!(again.file_lines(), once.file_lines(), "{threads} threads");
        assert_eq!(again.summary.matches, once.summary.matches);
    }
    let csv = |threads| stdout(scan(&ODD).args(["--all", "--format", "csv", "-j", threads]));
    assert_eq!(csv("1"), csv("8"));
}

// CSV and PDQ.

#[test]
fn csv_has_a_row_for_each_match_and_with_all_one_for_each_other_file_too() {
    let matches = rows(&stdout(scan(&[PICTURES]).args(["--format", "csv"])));
    assert_eq!(matches.len(), 20);
    assert!(matches.iter().all(|row| row["how"] == "similar-image" && row["matches_found"] == "1"));
    let all = rows(&stdout(scan(&[PICTURES]).args(["--format", "csv", "--all"])));
    assert_eq!(all.len(), 42, "no file matches twice");
    assert_eq!(all.iter().filter(|row| row["matches_found"] == "0").count(), 22);
    let report = Report::of(&mut scan(&[PICTURES]));
    for (row, file) in all.iter().zip(&report.files) {
        assert_eq!(row["path"], file.path);
        assert_eq!(row["size"], file.size.unwrap().to_string());
        let hash = file.hashes.first().map_or("", |hash| &hash.hash);
        assert_eq!(row["hash"], hash, "{}", file.path);
    }
}

#[test]
fn csv_has_a_row_for_each_of_several_matches_of_one_file() {
    let file = "fixtures/pictures/holiday/IMG_2041.jpg";
    let args = ["scan", file, "--list", "fixtures/lists/mixed.tsv", "--format", "csv"];
    let rows = rows(&stdout(&mut kinga(args)));
    let by: Vec<(&str, &str)> = rows.iter().map(|row| (&*row["how"], &*row["by"])).collect();
    let same = "same-file";
    let expected = [(same, "md5"), (same, "sha1"), (same, "sha256"), ("similar-image", "pdq")];
    assert_eq!(by, expected);
    assert!(rows.iter().all(|row| row["entry"] == "K-0001" && row["matches_found"] == "4"));
}

#[test]
fn csv_from_hash_has_a_row_for_each_candidate_with_outcome_and_reason() {
    let made = rows(&stdout(kinga(["hash", "--format", "csv"]).args(ODD)));
    let report = Report::of(kinga(["hash"]).args(ODD));
    assert_eq!(made.len(), report.files.len());
    for (row, file) in made.iter().zip(&report.files) {
        assert_eq!(row["path"], file.path);
        assert_eq!(row["outcome"] == "hashed", file.outcome == Outcome::Hashed, "{}", file.path);
        assert_eq!(row["reason"], file.reason.map_or("", |reason| reason.code()), "{}", file.path);
    }
}

#[test]
fn pdq_has_a_line_for_each_hash_that_is_fit_for_matching() {
    let lines = stdout(&mut kinga(["hash", PICTURES, "--format", "pdq"]));
    let report = Report::of(&mut kinga(["hash", PICTURES]));
    let fit = report.files.iter().filter(|file| !file.hashes.is_empty() && file.reason.is_none());
    let expected: Vec<String> = fit
        .map(|file| {
            let hash = &file.hashes[0];
            format!("{},{},{}", hash.hash, hash.quality.unwrap(), file.path)
        })
        .collect();
    assert_eq!(expected.len(), 40, "all but a blank page and a text");
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn formats_without_a_summary_say_on_stderr_what_was_not_examined() {
    let broken = "fixtures/broken/only-magic.jpg";
    for mut command in [
        kinga(["hash", broken, "--format", "pdq"]),
        kinga(["hash", broken, "--format", "csv"]),
        kinga(["scan", broken, "--list", "fixtures/lists/known.csv", "--format", "csv"]),
    ] {
        let output = end(&mut command);
        assert_eq!(output.status.code(), Some(3));
        assert!(text(&output.stderr).contains("not examined"), "{command:?}");
    }
}

// Text, and what is data and what is not.

#[test]
fn text_has_a_line_for_each_match_and_the_summary_once_at_the_end() {
    let output = stdout(&mut scan(&[PICTURES]));
    let (matches, summary) = output.split_once("\n\n").unwrap();
    assert_eq!(matches.lines().filter(|line| line.contains(": similar image")).count(), 20);
    assert_eq!(matches.lines().count(), 20);
    assert!(summary.starts_with("42 candidates seen"), "{summary}");
    assert!(summary.contains("41 hashed, 1 unsupported, 0 failed, 0 skipped"), "{summary}");
    assert_eq!(output.matches("candidates seen").count(), 1);
    let all = stdout(scan(&[PICTURES]).arg("--all"));
    assert_eq!(all.split_once("\n\n").unwrap().0.lines().count(), 42);
}

#[test]
fn text_without_a_match_says_that_nothing_is_in_these_lists() {
    let output = stdout(&mut scan(&["fixtures/pictures/holiday/IMG_2042.jpg"]));
    assert!(output.contains("in these lists"), "{output}");
    assert!(!output.contains("similar image"), "{output}");
}

#[test]
fn a_clean_run_writes_data_to_stdout_and_nothing_to_stderr() {
    for format in ["text", "jsonl", "json", "csv"] {
        let output = end(scan(&["fixtures/originals"]).args(["--format", format]));
        assert_eq!(text(&output.stderr), "", "{format}: no progress where nobody watches");
        assert!(output.stdout.ends_with(b"\n"), "{format}");
    }
    let with_warning = ["--list", "fixtures/lists/broken-rows.csv"];
    let [loud, quiet] = [false, true].map(|quiet| {
        let mut command = scan(&[PICTURES]);
        end(command.args(with_warning).args(quiet.then_some("--quiet")).args(["--format", "csv"]))
    });
    assert_eq!(loud.stdout, quiet.stdout, "warnings are no data");
    assert!(text(&loud.stderr).contains("broken-rows.csv:202"));
    assert_eq!(text(&quiet.stderr), "");
}

#[test]
fn ordinary_jpegs_are_decoded_as_far_as_pdq_needs_them_unless_all_of_them_is_asked_for() {
    let decoded = |arguments: &[&str]| {
        let report = Report::of(kinga(["hash", "fixtures/formats"]).args(arguments));
        let of = |name: &str| report.file(name).decoded.unwrap();
        ["420", "422", "444", "progressive", "restart", "cmyk", "ycck", "rgb"]
            .map(|kind| of(&format!("scene-{kind}.jpg")))
    };
    let (luma, full) = (DecodedAs::Luma, DecodedAs::Full);
    assert_eq!(decoded(&[]), [luma, luma, luma, luma, luma, full, full, full]);
    assert_eq!(decoded(&["--decode", "full"]), [full; 8]);
    assert_eq!(decoded(&["--algorithm", "gradient-8"]), [full; 8]);
}

#[test]
fn what_is_decoded_as_far_as_pdq_needs_it_is_near_what_is_decoded_wholly() {
    let hashes = |how: &str| Report::of(kinga(["hash", "fixtures"]).args(["--decode", how])).files;
    let mut compared = 0;
    for (auto, full) in hashes("auto").iter().zip(&hashes("full")) {
        let ([a], [b]) = (&auto.hashes[..], &full.hashes[..]) else { continue };
        let [a_hash, b_hash] = [a, b].map(|hash| Algorithm::Pdq.parse(&hash.hash).unwrap());
        if auto.truncated || a.quality < Some(Quality(80)) {
            continue;
        }
        let distance = a_hash.distance(b_hash).0;
        assert!(distance <= 6, "{}: {distance}", auto.path);
        assert!(a.quality.unwrap().0.abs_diff(b.quality.unwrap().0) <= 3, "{}", auto.path);
        compared += usize::from(auto.decoded != full.decoded);
    }
    assert!(compared >= 30, "only {compared} pictures were decoded in two ways");
}
