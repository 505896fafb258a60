//! `kinga list build`: what a compiled list finds, and when it is refused.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use kinga::hash::{Algorithm, Hash};
use support::{Report, end, fixture, kinga, status, text};
use tempfile::TempDir;

const PICTURES: &str = "fixtures/pictures";
const KNOWN: &str = "fixtures/lists/known.csv";
const DIGESTS: &str = "fixtures/lists/known.md5";
const MIXED: &str = "fixtures/lists/mixed.tsv";

fn built(lists: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lists.kidx");
    let output = end(kinga(["list", "build"]).args(lists).arg("-o").arg(&file));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    (folder, file)
}

fn scan(lists: &[&Path]) -> assert_cmd::Command {
    let mut command = kinga(["scan", PICTURES]);
    for list in lists {
        command.arg("--list").arg(list);
    }
    command
}

#[test]
fn a_compiled_list_gives_the_same_records_as_its_sources() {
    let sources = [KNOWN, DIGESTS, MIXED];
    let (_folder, file) = built(&sources);
    let read = Report::of(&mut scan(&sources.map(Path::new)));
    let compiled = Report::of(&mut scan(&[&file]));
    assert_eq!(compiled.file_lines(), read.file_lines());
    assert!(read.summary.same_file > 0 && read.summary.with_matches > 19);
    assert_eq!(compiled.run.lists.len(), 3);
    for (compiled, read) in compiled.run.lists.into_iter().zip(read.run.lists) {
        let from = compiled.compiled.as_ref().unwrap();
        assert_eq!(from.file, file.to_str().unwrap());
        assert_eq!(kinga::record::ListUsed { compiled: None, ..compiled }, read);
    }
}

#[test]
fn compiled_lists_and_others_go_together_in_the_order_given() {
    let (_folder, file) = built(&[KNOWN]);
    let digests = Path::new(DIGESTS);
    let read = Report::of(&mut scan(&[digests, Path::new(KNOWN), digests]));
    let mixed = Report::of(&mut scan(&[digests, &file, digests]));
    assert_eq!(mixed.file_lines(), read.file_lines());
}

#[test]
fn a_compiled_list_is_built_into_another_as_its_sources_would_be() {
    let (_folder, file) = built(&[KNOWN]);
    let (_other, again) = built(&[file.to_str().unwrap()]);
    assert_eq!(fs::read(file).unwrap(), fs::read(again).unwrap());
}

/// Hashes that differ from those of the pictures in up to 40 bits, and as many others.
fn long_list(folder: &Path) -> PathBuf {
    let hashed = Report::of(&mut kinga(["hash", PICTURES, "--effort", "upright"]));
    let mut state = 1u64;
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut rows = String::from("pdq,id\n");
    for number in 0..12_000 {
        let known = &hashed.files[number % hashed.files.len()].hashes;
        let mut hash = match known.first() {
            Some(known) if number % 2 == 0 => Algorithm::Pdq.parse(&known.hash).unwrap(),
            _ => Hash::from_bits(256, |_| random() % 2 == 1),
        };
        for _ in 0..random() % 41 {
            let bit = usize::try_from(random() % 256).unwrap();
            hash.0[bit / 64] ^= 1 << (bit % 64);
        }
        writeln!(rows, "{},{number}", Algorithm::Pdq.to_text(hash)).unwrap();
    }
    let list = folder.join("long.csv");
    fs::write(&list, rows).unwrap();
    list
}

#[test]
fn a_long_compiled_list_gives_the_same_records_as_its_source_at_any_max_distance() {
    let folder = tempfile::tempdir().unwrap();
    let list = long_list(folder.path());
    let (_folder, file) = built(&[list.to_str().unwrap()]);
    for max in ["10", "31", "40"] {
        let arguments = ["--max-distance", max, "--max-matches", "10000"];
        let read = Report::of(scan(&[&list]).args(arguments));
        let compiled = Report::of(scan(&[&file]).args(arguments));
        assert_eq!(compiled.file_lines(), read.file_lines(), "{max}");
        assert!(read.summary.matches > 1000, "{}", read.summary.matches);
    }
}

#[test]
fn every_max_distance_finds_the_same_in_a_compiled_list() {
    let (_folder, file) = built(&[KNOWN]);
    for max in ["0", "15", "31", "64", "256"] {
        let read = Report::of(scan(&[Path::new(KNOWN)]).args(["--max-distance", max]));
        let compiled = Report::of(scan(&[&file]).args(["--max-distance", max]));
        assert_eq!(compiled.file_lines(), read.file_lines(), "{max}");
    }
}

#[test]
fn a_cut_or_altered_file_is_refused_and_no_report_is_left() {
    let (folder, file) = built(&[KNOWN]);
    let whole = fs::read(&file).unwrap();
    let report = folder.path().join("report");
    let refused = |bytes: &[u8], what: &str| {
        fs::write(&file, bytes).unwrap();
        let output = end(scan(&[&file]).arg("--output").arg(&report));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{what}: {said}");
        assert!(said.contains("cut or altered") && said.contains("build it again"), "{said}");
        assert!(!report.exists());
        assert_eq!(status(kinga(["list", "check"]).arg(&file)), 1, "{what}");
    };
    refused(&whole[..whole.len() - 1], "a byte less");
    refused(&[&whole[..], b"0"].concat(), "a byte more");
    let mut altered = whole.clone();
    *altered.last_mut().unwrap() ^= 1;
    refused(&altered, "the last byte");
    altered.clone_from(&whole);
    altered[40] ^= 1;
    refused(&altered, "a byte of the header");
}

#[test]
fn building_refuses_to_overwrite_what_it_reads_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    fs::copy(fixture("lists/known.csv"), &list).unwrap();
    assert_eq!(status(kinga(["list", "build"]).arg(&list).arg("-o").arg(&list)), 1);
    assert_eq!(fs::read(&list).unwrap(), fs::read(fixture("lists/known.csv")).unwrap());
    let file = folder.path().join("lists.kidx");
    let broken = "fixtures/lists/too-broken.csv";
    assert_eq!(status(kinga(["list", "build", broken, "-o"]).arg(&file)), 1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn broken_rows_of_a_source_are_told_when_building_and_whenever_the_compiled_list_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lists.kidx");
    let broken = "fixtures/lists/broken-rows.csv";
    assert_eq!(status(kinga(["list", "build", broken, "-o"]).arg(&file)), 3);
    let read = Report::of(&mut scan(&[Path::new(broken)]));
    let compiled = Report::of(&mut scan(&[&file]));
    assert_eq!((compiled.status, compiled.stderr), (3, read.stderr));
    assert_eq!(compiled.summary.list_rows_not_searched, read.summary.list_rows_not_searched);
}

#[test]
fn a_compiled_list_on_standard_input_is_refused_with_advice() {
    let (_folder, file) = built(&[KNOWN]);
    let output = end(scan(&[Path::new("-")]).write_stdin(fs::read(file).unwrap()));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("name the file"));
}

#[test]
fn info_tells_of_each_source_and_of_the_compiled_file() {
    let (_folder, file) = built(&[KNOWN, DIGESTS]);
    let output = end(kinga(["list", "info"]).arg(&file));
    let said = text(&output.stdout);
    assert!(said.contains(KNOWN) && said.contains(DIGESTS), "{said}");
    assert_eq!(said.matches("compiled in").count(), 2);
    assert_eq!(status(kinga(["list", "check"]).arg(&file)), 0);
}
