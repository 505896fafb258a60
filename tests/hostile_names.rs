//! File names, entries and lists from hostile places: nothing that a terminal would obey or that
//! would deceive a reader reaches the output raw, and each name comes back byte for byte.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use support::{Report, end, fixture, kinga, text};

const KNOWN: [&str; 2] = ["--list", "fixtures/lists/known.csv"];

fn stdout(command: &mut assert_cmd::Command) -> String {
    let output = end(command);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// Names that would move a cursor, break a line, deceive a reader or are no text at all.
const NAMES: [&[u8]; 13] = [
    b"plain.jpg",
    b"new\nline.jpg",
    b"carriage\rreturn.jpg",
    b"tab\t.jpg",
    b"escape\x1b[31mred\x1b[2J.jpg",
    b"delete\x7f\x08.jpg",
    "c1 \u{9b}31m.jpg".as_bytes(),
    "bidi \u{202e}gpj.exe".as_bytes(),
    "isolate \u{2066}\u{200f}\u{2028}.jpg".as_bytes(),
    b"quote \" comma, semicolon; 'single'.jpg",
    b"back\\slash \\n.jpg",
    b"latin \xe9\xff.jpg",
    b"latin \xe9\n\x1b.jpg",
];

fn folder_of_names() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in NAMES {
        let file = folder.path().join(OsStr::from_bytes(name));
        fs::copy(fixture("pictures/holiday/IMG_2041.jpg"), file).unwrap();
    }
    folder
}

/// No character but the ends of lines is one that a terminal obeys or that turns the writing.
fn must_be_harmless(text: &str, lines: usize) {
    let harmless = |c: char| c == '\n' || kinga::report::printable(&c.to_string()) == c.to_string();
    let raw = text.chars().find(|&c| !harmless(c));
    assert_eq!(raw, None, "{}", text.escape_debug());
    assert_eq!(text.lines().count(), lines, "{text}");
}

fn bytes_of(path: &str, path_b64: Option<&str>) -> OsString {
    OsString::from_vec(match path_b64 {
        Some(text) => BASE64_STANDARD.decode(text).unwrap(),
        None => path.as_bytes().to_vec(),
    })
}

#[test]
fn hostile_names_never_reach_the_output_raw_and_come_back_byte_for_byte() {
    let folder = folder_of_names();
    let mut names: Vec<OsString> = NAMES.iter().map(|n| OsStr::from_bytes(n).to_owned()).collect();
    names.sort();
    let on = |command: &str| {
        let mut made = kinga([command]);
        made.arg(folder.path()).args(KNOWN.iter().filter(|_| command == "scan"));
        made
    };
    for command in ["scan", "hash"] {
        let lines = stdout(on(command).args(["--format", "jsonl"]));
        must_be_harmless(&lines, NAMES.len() + 2);
        let report = Report::of(&mut on(command));
        let found = report.files.iter().map(|file| bytes_of(&file.path, file.path_b64.as_deref()));
        assert_eq!(found.collect::<Vec<_>>(), names);
        assert_eq!(report.files.iter().filter(|file| file.path_b64.is_some()).count(), 2);
        let document = stdout(on(command).args(["--format", "json"]));
        must_be_harmless(&document, NAMES.len() + 5);
        let table = stdout(on(command).args(["--format", "csv"]));
        must_be_harmless(&table, NAMES.len() + 1);
        let optional = |text: &String| (!text.is_empty()).then(|| text.clone());
        let found: Vec<OsString> = rows(&table)
            .iter()
            .map(|row| bytes_of(&row["path"], optional(&row["path_b64"]).as_deref()))
            .collect();
        assert_eq!(found, names, "{command} csv");
    }
    let plain = stdout(&mut on("scan"));
    must_be_harmless(plain.split_once("\n\n").unwrap().0, NAMES.len());
    must_be_harmless(&stdout(on("hash").args(["--format", "pdq"])), NAMES.len());
}

#[test]
fn hostile_lists_and_missing_paths_never_reach_the_output_raw() {
    let folder = tempfile::tempdir().unwrap();
    let [list, refused, odd] =
        ["list", "refused", "broken"].map(|name| folder.path().join(format!("{name} \x1b[31m\n")));
    let known = fs::read_to_string(fixture("lists/single.csv")).unwrap();
    let known = known.replace("demo:", "\x1b[2J\u{202e}demo\u{9b}:").replace("K-0001", "K\x1b-1");
    fs::write(&list, &known).unwrap();
    fs::write(&refused, known + "K-2,12,100,\x1b[31m,active\n").unwrap();
    fs::copy(fixture("lists/broken-rows.csv"), &odd).unwrap();
    let file = Path::new("fixtures/pictures/holiday/IMG_2041.jpg");
    let missing = Path::new("no such \x1b[31m file");
    let [scan, hash, compare] = ["scan", "hash", "compare"].map(Path::new);
    let [info, check, lists, option] = ["info", "check", "list", "--list"].map(Path::new);
    for (args, expected) in [
        (vec![scan, file, option, &refused], 1),
        (vec![scan, file, option, &odd], 3),
        (vec![lists, info, &odd], 3),
        (vec![lists, check, &list], 0),
        (vec![hash, missing], 1),
        (vec![compare, missing, file], 1),
    ] {
        let output = end(&mut kinga(&args));
        assert_eq!(output.status.code(), Some(expected), "{args:?}: {}", text(&output.stderr));
        for said in [text(&output.stdout), text(&output.stderr)] {
            must_be_harmless(&said, said.lines().count());
        }
    }
    for format in ["text", "jsonl", "json", "csv"] {
        let said = stdout(kinga([scan, file, option, &list]).args(["--format", format]));
        assert!(said.contains("[2J"), "{format}: the match is shown");
        must_be_harmless(&said, said.lines().count());
    }
}

#[test]
fn a_name_that_is_no_text_is_still_opened_and_matched() {
    let folder = folder_of_names();
    let report = Report::of(kinga(["scan"]).args(KNOWN).arg(folder.path()));
    assert_eq!(report.summary.with_matches, NAMES.len() as u64);
    assert!(Path::new(&report.run.roots[0].path).is_dir());
}
