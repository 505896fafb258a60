//! What is found and what is not: scans of the fixtures against lists of every shape and size, and
//! the bounds of what matches.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use kinga::hash::{Algorithm, Hash};
use kinga::record::{How, Level, Outcome, Reason, Record};
use support::{Report, changed, end, files_below, fixture, hash_of, kinga, status, text};

const PICTURES: &str = "fixtures/pictures";
const ORIGINALS: &str = "fixtures/originals";
const KNOWN: &str = "fixtures/lists/known.csv";
const ORIGINALS_COUNT: usize = 11;

/// A plain bound in place of the levels: the one that the reference's makers recommend.
const WITHIN_31: [&str; 2] = ["--max-distance", "31"];

/// Distances of one picture may differ so much between our decoders and the reference's.
const DECODERS_DIFFER: u16 = 10;

fn scan(path: &str, list: impl AsRef<Path>) -> assert_cmd::Command {
    let mut command = kinga(["scan", path, "--list"]);
    command.arg(list.as_ref());
    command
}

/// Each file with a match, and the entries that it matches.
fn found(report: &Report) -> BTreeMap<String, Vec<String>> {
    let entry = |record: &Record| {
        record.matches.iter().map(|found| found.entry.clone().unwrap_or_default()).collect()
    };
    let matched = report.files.iter().filter(|record| record.matches_found > 0);
    matched.map(|record| (record.path.clone(), entry(record))).collect()
}

// The demonstration folder, as the reference sees it.

/// What `expected-matches.csv` says of each file: the entry that is nearest and its distance, in
/// the columns `nearest_*` and `distance_*`; only entries that are listed and within 31.
fn expected(which: &str) -> BTreeMap<String, (String, u16)> {
    let mut reader = csv::Reader::from_path(fixture("expected-matches.csv")).unwrap();
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let mut files: Vec<&String> = rows.iter().map(|row| &row["file"]).collect();
    files.sort();
    assert_eq!(files_below(&fixture("pictures")).iter().collect::<Vec<_>>(), files);
    assert_eq!(rows.len(), 42);
    let near = |row: &BTreeMap<String, String>| {
        let entry = row[&format!("nearest_{which}")].clone();
        let distance = row[&format!("distance_{which}")].parse().unwrap_or(u16::MAX);
        (distance <= 31 && entry != "K-0011").then(|| (row["file"].clone(), (entry, distance)))
    };
    rows.iter().filter_map(near).collect()
}

#[test]
fn within_31_whole_pictures_find_exactly_what_the_reference_says_the_withdrawn_one_excepted() {
    let expected = expected("any");
    assert_eq!(expected.len(), 19);
    let report = Report::of(scan(PICTURES, KNOWN).args(WITHIN_31).args(["--effort=orientations"]));
    let entries = expected.iter().map(|(file, (entry, _))| (file.clone(), vec![entry.clone()]));
    assert_eq!(found(&report), entries.collect());
    for (file, (_, distance)) in &expected {
        let found = report.file(file).matches[0].distance.unwrap().0;
        assert!(found <= distance + DECODERS_DIFFER, "{file}: {found} for {distance}");
    }
    assert_eq!(report.file("holiday/IMG_2077.jpg").outcome, Outcome::Hashed);
    assert_eq!(report.file("holiday/IMG_2077.jpg").matches_found, 0, "its entry is withdrawn");
}

#[test]
fn by_default_a_scan_also_finds_the_cut_picture_and_says_that_it_is_only_likely() {
    let mut expected: BTreeMap<String, (String, Level)> = expected("any")
        .into_iter()
        .map(|(file, (entry, _))| (file, (entry, Level::Match)))
        .collect();
    // `pictures-origin.csv`: cut off in the middle; the rest of it is grey.
    let cut = ("K-0010".to_owned(), Level::Likely);
    assert_eq!(expected.insert("downloads/interrupted.jpg".to_owned(), cut), None);
    for effort in ["standard", "deep"] {
        let report = Report::of(scan(PICTURES, KNOWN).args(["--effort", effort]));
        let told = |record: &Record| match &record.matches[..] {
            [found] => (found.entry.clone().unwrap(), found.level.unwrap()),
            more => panic!("{}: {more:?}", record.path),
        };
        let matched = report.files.iter().filter(|record| record.matches_found > 0);
        let found: BTreeMap<_, _> =
            matched.map(|record| (record.path.clone(), told(record))).collect();
        assert_eq!(found, expected, "{effort}");
    }
}

#[test]
fn upright_only_finds_all_but_the_turned_and_the_mirrored_picture() {
    let expected = expected("shown");
    let report = Report::of(scan(PICTURES, KNOWN).args(WITHIN_31).args(["--effort=upright"]));
    let entries = expected.iter().map(|(file, (entry, _))| (file.clone(), vec![entry.clone()]));
    assert_eq!(found(&report), entries.collect());
    for (file, (_, distance)) in &expected {
        let found = report.file(file).matches[0].distance.unwrap().0;
        assert!(found.abs_diff(*distance) <= DECODERS_DIFFER, "{file}: {found} for {distance}");
    }
    let all = found(&Report::of(scan(PICTURES, KNOWN).args(WITHIN_31)));
    let only_turned: Vec<&String> =
        all.keys().filter(|file| !expected.contains_key(*file)).collect();
    assert_eq!(only_turned, ["holiday/mirror.jpg", "office/scan0007.jpg"]);
}

#[test]
fn an_entry_that_a_later_row_withdraws_is_never_found() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    let known = fs::read_to_string(fixture("lists/known.csv")).unwrap();
    let withdrawn = known.lines().last().unwrap();
    assert!(withdrawn.starts_with("K-0011,"));
    let active = withdrawn.rsplit_once(',').unwrap().0.to_owned() + ",active\n";
    let header = known.lines().next().unwrap();
    let picture = "fixtures/pictures/holiday/IMG_2077.jpg";
    let rest = known.lines().nth(1).unwrap();
    fs::write(&list, format!("{header}\n{rest}\n{active}")).unwrap();
    assert_eq!(Report::of(&mut scan(picture, &list)).summary.matches, 1);
    fs::write(&list, format!("{header}\n{rest}\n{active}{withdrawn}\n")).unwrap();
    let report = Report::of(&mut scan(picture, &list));
    assert_eq!((report.summary.matches, report.run.lists[0].counts.removed), (0, 1));
}

// Lists of every shape.

#[test]
fn each_list_of_the_fixtures_finds_what_it_knows_or_is_refused() {
    // Status, and files with a match; a list that is refused finds nothing.
    let table = [
        ("bom-crlf-upper.csv", 0, 20),
        ("broken-rows.csv", 3, 0),
        ("empty.csv", 1, 0),
        ("known-hasher.txt", 0, 20),
        ("known-pdq.txt", 0, 20),
        ("known.csv", 0, 20),
        ("known.md5", 0, 3),
        ("known.sha256", 0, 3),
        ("mixed.tsv", 0, 4),
        ("poison.csv", 1, 0),
        ("single.csv", 0, 2),
        ("too-broken.csv", 1, 0),
    ];
    // Those of services: `tests/list_formats.rs`.
    let lists = files_below(&fixture("lists")).into_iter();
    let lists: Vec<String> = lists.filter(|list| !list.starts_with("services/")).collect();
    assert_eq!(lists, table.map(|(list, ..)| list));
    for (list, expected, files) in table {
        let list = fixture("lists").join(list);
        if expected == 1 {
            assert_eq!(status(&mut scan(PICTURES, &list)), 1, "{}", list.display());
            continue;
        }
        let report = Report::of(&mut scan(PICTURES, &list));
        let outcome = (report.status, report.summary.with_matches);
        assert_eq!(outcome, (expected, files), "{}", list.display());
    }
}

#[test]
fn a_list_may_come_from_standard_input_and_several_lists_are_searched_at_once() {
    let single = fs::read(fixture("lists/single.csv")).unwrap();
    let mut command = scan(PICTURES, "-");
    command.args(["--list", "fixtures/lists/known.md5"]).write_stdin(single);
    let report = Report::of(&mut command);
    assert_eq!(report.run.lists[0].name, "-");
    let how = |file: &str| -> Vec<(&str, How)> {
        report.file(file).matches.iter().map(|found| (&*found.list, found.how)).collect()
    };
    let both = [("fixtures/lists/known.md5", How::SameFile), ("-", How::SimilarImage)];
    assert_eq!(how("holiday/IMG_2041.jpg"), both);
    assert_eq!(how("phone/IMG-20240611-WA0003.jpg"), both[1..]);
}

#[test]
fn digests_say_same_file_for_pictures_and_for_a_text() {
    for (list, by) in [("known.md5", "md5"), ("known.sha256", "sha256")] {
        let report = Report::of(&mut scan(PICTURES, fixture("lists").join(list)));
        let files: Vec<String> = found(&report).into_keys().collect();
        let text = "office/shopping-list.txt";
        assert_eq!(files, ["downloads/backup/old.jpg", "holiday/IMG_2041.jpg", text]);
        for file in files {
            let found = &report.file(&file).matches[0];
            assert_eq!((found.how, &*found.by, found.distance), (How::SameFile, by, None));
            assert_eq!(found.label.as_deref(), Some(&*file));
        }
        // A list of digests asks for nothing that a text has not: it was wholly examined.
        assert_eq!(report.file(text).outcome, Outcome::Hashed);
        assert_eq!((report.summary.same_file, report.status), (3, 0));
    }
}

#[test]
fn digests_find_every_broken_file_again_but_not_the_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    let hash = ["hash", "fixtures/broken", "--digests", "--max-pixels", "1M", "--format", "jsonl"];
    assert_eq!(status(kinga(hash).arg("--output").arg(&list)), 3);
    let report = Report::of(scan("fixtures/broken", &list).args(["--max-pixels", "1M"]));
    assert_eq!(report.files.len(), files_below(&fixture("broken")).len());
    for file in &report.files {
        let same = file.matches.iter().filter(|found| found.how == How::SameFile);
        let by: Vec<&str> = same.map(|found| &*found.by).collect();
        if file.path == "empty.jpg" {
            assert_eq!(by, Vec::<&str>::new(), "every empty file would match");
        } else {
            assert_eq!(by, ["md5", "sha1", "sha256"], "{}", file.path);
        }
    }
}

#[test]
fn bare_64_digits_need_a_format_where_their_bits_do_not_prove_pdq() {
    let sums = fs::read_to_string(fixture("lists/known.sha256")).unwrap();
    let bare = sums.lines().map(|line| &line[..64]).collect::<Vec<_>>().join("\n");
    let refused = end(scan(PICTURES, "-").write_stdin(bare.as_str()));
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("--list-format"));
    let mut named = scan(PICTURES, "-");
    let report = Report::of(named.args(["--list-format", "sha256"]).write_stdin(bare));
    assert_eq!((report.status, report.summary.same_file), (0, 3));
}

// Bounds.

/// A table of PDQ hashes with the ids `E-0`, `E-1` and so on.
fn table(hashes: &[Hash]) -> String {
    let mut table = "id,pdq\n".to_owned();
    for (number, hash) in hashes.iter().enumerate() {
        writeln!(table, "E-{number},{}", Algorithm::Pdq.to_text(*hash)).unwrap();
    }
    table
}

#[test]
fn distance_31_is_found_and_32_is_not_and_so_at_every_bound() {
    let picture = "fixtures/originals/cloth.jpg";
    let hash = hash_of(picture);
    for (distance, max, expected) in
        [(31, None, 1), (32, None, 0), (0, Some(0), 1), (1, Some(0), 0), (60, Some(60), 1)]
            .into_iter()
            .chain([(61, Some(60), 0), (31, Some(31), 1), (32, Some(31), 0), (32, Some(32), 1)])
    {
        let list = table(&[changed(hash, distance, 5)]);
        let mut command = scan(picture, "-");
        let bound =
            max.map_or("--level=match".to_owned(), |max: u16| format!("--max-distance={max}"));
        let report = Report::of(command.args(["--effort=upright", &bound]).write_stdin(list));
        assert_eq!(report.summary.matches, expected, "{distance}");
    }
}

#[test]
fn each_match_is_found_at_its_distance_and_not_below_it() {
    let report = Report::of(scan(PICTURES, KNOWN).args(["--max-distance", "48"]));
    let distance = |report: &Report| -> BTreeMap<String, u16> {
        let near = report.files.iter().filter(|file| file.matches_found > 0);
        near.map(|file| (file.path.clone(), file.matches[0].distance.unwrap().0)).collect()
    };
    let all = distance(&report);
    let bounds: BTreeSet<u16> = all.values().copied().collect();
    assert!(bounds.len() > 4, "{bounds:?}");
    for bound in bounds.into_iter().flat_map(|bound| [bound, bound.saturating_sub(1)]) {
        let mut command = scan(PICTURES, KNOWN);
        let near = Report::of(command.args(["--max-distance", &bound.to_string()]));
        let expected: BTreeMap<String, u16> =
            all.clone().into_iter().filter(|(_, distance)| *distance <= bound).collect();
        assert_eq!(distance(&near), expected, "max distance {bound}");
    }
}

#[test]
fn only_the_nearest_matches_are_listed_and_all_are_counted() {
    let picture = "fixtures/originals/cloth.jpg";
    let hash = hash_of(picture);
    let list = table(&(0..25).rev().map(|k| changed(hash, k, 5)).collect::<Vec<_>>());
    for (max, listed) in [(None, 10), (Some("3"), 3), (Some("25"), 25), (Some("1"), 1)] {
        let args: Vec<&str> = max.map_or(vec![], |max| vec!["--max-matches", max]);
        let report = Report::of(scan(picture, "-").args(&args).write_stdin(list.as_str()));
        let file = &report.files[0];
        assert_eq!((file.matches.len(), file.matches_found), (listed, 25), "{max:?}");
        let distances: Vec<u16> =
            file.matches.iter().map(|near| near.distance.unwrap().0).collect();
        assert_eq!(distances, (0..u16::try_from(listed).unwrap()).collect::<Vec<_>>());
        assert_eq!((report.summary.matches, report.summary.with_matches), (25, 1));
        let said = end(scan(picture, "-").args(&args).write_stdin(list.as_str()));
        let untold = 25 - listed;
        assert_eq!(text(&said.stdout).contains(&format!("{untold} more match")), untold > 0);
    }
}

#[test]
fn quality_56_is_matched_at_min_quality_56_and_not_at_57() {
    let picture = "fixtures/broken/tiny-5x5.png";
    let list = table(&[hash_of(picture)]);
    for (min, matches, reason) in [("56", 1, None), ("57", 0, Some(Reason::LowQuality))] {
        let mut command = scan(picture, "-");
        let report = Report::of(command.args(["--min-quality", min]).write_stdin(list.as_str()));
        let file = &report.files[0];
        assert_eq!(
            (file.matches_found, file.reason, file.outcome),
            (matches, reason, Outcome::Hashed)
        );
        assert_eq!(file.hashes.len(), 1, "the hash is shown in any case");
    }
}

#[test]
fn two_entries_with_the_same_hash_are_both_found() {
    let picture = "fixtures/originals/cloth.jpg";
    let list = table(&[hash_of(picture), hash_of(picture)]);
    let report = Report::of(scan(picture, "-").write_stdin(list));
    assert_eq!(found(&report)["cloth.jpg"], ["E-0", "E-1"]);
}

/// Numbers that look random and are the same in every run.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn planted_entries_are_all_found_in_lists_of_any_size() {
    let names = files_below(&fixture("originals"));
    assert_eq!(names.len(), ORIGINALS_COUNT);
    let hashes: Vec<Hash> =
        names.iter().map(|name| hash_of(&format!("{ORIGINALS}/{name}"))).collect();
    let mut state = 1;
    for size in [1, 2, 1000, 30_000] {
        let mut entries: Vec<Hash> =
            (0..size).map(|_| Hash([(); 4].map(|()| splitmix(&mut state)))).collect();
        let planted = size.min(ORIGINALS_COUNT);
        let mut expected = BTreeMap::new();
        for k in 0..planted {
            // The last of them in the last row.
            let row = size - 1 - k * (size / ORIGINALS_COUNT).max(1);
            entries[row] = changed(hashes[k], 31 - k, row);
            expected.insert(names[k].clone(), vec![format!("E-{row}")]);
        }
        let report = Report::of(scan(ORIGINALS, "-").write_stdin(table(&entries)));
        assert_eq!(report.run.lists[0].counts.entries, size as u64);
        assert_eq!(found(&report), expected, "{planted} planted among {size}");
    }
}
