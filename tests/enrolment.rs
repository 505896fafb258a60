//! Lists of one's own: crops as further entries of a picture, and pictures that make poor entries.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kinga::edit::{EDITS, Photo, STRUCTURES};
use kinga::hash::{Algorithm, Hash};
use kinga::luma::{Luma, Pixels};
use kinga::orientation::Orientation;
use kinga::record::{Level, Match, Record};
use kinga::region::{Layout, layout};
use support::{Report, changed, end, files_below, fixture, hash_of, kinga, status, text};

const ORIGINALS: &str = "fixtures/originals";
const ORIGINALS_COUNT: usize = 11;

/// The list that `hash` makes of the originals with these arguments.
fn list(folder: &Path, name: &str, args: &[&str]) -> PathBuf {
    let list = folder.join(name);
    let mut command = kinga(["hash", ORIGINALS, "--quiet"]);
    assert_eq!(status(command.args(args).arg("--output").arg(&list)), 0, "{args:?}");
    list
}

fn photo(name: &str) -> Photo {
    let bytes = fs::read(fixture("originals").join(name)).unwrap();
    let picture = image::load_from_memory(&bytes).unwrap().into_rgb8();
    let (width, height) = picture.dimensions();
    Photo::new(width as usize, height as usize, picture.into_raw()).unwrap()
}

/// Writes an edited picture.
fn edited(folder: &Path, name: &str, edit: &str) -> PathBuf {
    let edit = EDITS.iter().find(|one| one.name == edit).unwrap();
    let path = folder.join(format!("{}-{name}", edit.name));
    fs::write(&path, edit.apply(&photo(name), &[], 1)).unwrap();
    path
}

fn scanned(pictures: &Path, list: &Path) -> Vec<Record> {
    let report = Report::of(kinga(["scan"]).arg(pictures).arg("--list").arg(list));
    assert_eq!(report.files.len(), ORIGINALS_COUNT);
    report.files
}

#[test]
fn square_crops_are_missed_by_an_ordinary_list_and_found_by_one_with_the_crops_of_platforms() {
    let folder = tempfile::tempdir().unwrap();
    let crops = folder.path().join("crops");
    fs::create_dir(&crops).unwrap();
    for name in files_below(&fixture("originals")) {
        edited(&crops, &name, "square");
    }
    for format in ["csv", "jsonl", "pdq"] {
        let ordinary = list(folder.path(), format, &["--format", format]);
        let found = scanned(&crops, &ordinary).iter().filter(|file| file.matches_found > 0).count();
        // One of the originals is a square.
        assert!(found <= 3, "{format}: {found}");
        let args = ["--format", format, "--enrol", "platform"];
        let enrolled = list(folder.path(), &format!("enrolled-{format}"), &args);
        for file in scanned(&crops, &enrolled) {
            let found = &file.matches[0];
            assert_eq!(found.level, Some(Level::Match), "{format}: {}", file.path);
            let name = file.path.strip_prefix("square-");
            assert_eq!(found.label.as_deref(), name, "{format}");
            // PDQ's text has no place for ids.
            assert_eq!(found.entry.as_deref(), name.filter(|_| format != "pdq"), "{format}");
        }
    }
}

#[test]
fn all_hashes_of_a_picture_are_entries_with_its_path_as_their_id_in_csv_as_in_json_lines() {
    let folder = tempfile::tempdir().unwrap();
    for (enrol, most) in [("platform", 7), ("thorough", 16)] {
        let args = ["--digests", "--enrol", enrol, "--format"];
        let lists = ["csv", "jsonl"].map(|format| {
            list(folder.path(), &format!("{enrol}.{format}"), &[&args[..], &[format]].concat())
        });
        let [csv, jsonl] = lists.each_ref().map(|list| Report::of(&mut match_itself(list)));
        for report in [&csv, &jsonl] {
            let counts = &report.run.lists[0].counts;
            assert_eq!((counts.broken, counts.unmatchable.len()), (0, 0), "{counts:?}");
            // Of each picture its hashes, and three digests once.
            let hashes = counts.entries - 3 * ORIGINALS_COUNT as u64;
            assert!(hashes > 5 * ORIGINALS_COUNT as u64, "{hashes}");
            assert!(hashes <= most * ORIGINALS_COUNT as u64, "{hashes}");
            for file in &report.files {
                let ids: BTreeSet<&str> =
                    file.matches.iter().map(|found| found.entry.as_deref().unwrap()).collect();
                assert_eq!(ids, [&*file.path].into(), "{}", file.path);
                assert_eq!((file.matches.len(), file.matches_found), (4, 4), "{}", file.path);
                let same = file.matches.iter().filter(|found| found.level.is_none()).count();
                assert_eq!(same, 3, "{}: as the same file by each digest once", file.path);
            }
        }
        let entries = [csv, jsonl].map(|report| report.run.lists[0].counts.entries);
        assert_eq!(entries[0], entries[1], "{enrol}");
    }
}

#[test]
fn pictures_of_the_same_name_below_two_roots_have_ids_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let roots = [path("one"), path("two")];
    for (root, original) in roots.iter().zip(["cloth.jpg", "map.jpg"]) {
        fs::create_dir(root).unwrap();
        fs::copy(fixture("originals").join(original), Path::new(root).join("a.jpg")).unwrap();
    }
    for format in ["csv", "jsonl"] {
        let list = path(&format!("list.{format}"));
        let enrol = ["--enrol=platform", "--quiet", "--format", format, "--output", &list];
        assert_eq!(status(kinga(["hash"]).args(&roots).args(enrol)), 0);
        let report = Report::of(kinga(["scan"]).args(&roots).args(["--list", &list]));
        assert_eq!(report.files.len(), 2);
        for (root, file) in roots.iter().zip(&report.files) {
            let id = format!("{root}/a.jpg");
            let ids = file.matches.iter().map(|one| one.entry.as_deref().unwrap());
            assert_eq!(ids.collect::<Vec<_>>(), [id], "{format}");
        }
    }
}

/// The originals against a list that was made of them.
fn match_itself(list: &Path) -> assert_cmd::Command {
    let mut command = kinga(["scan", ORIGINALS, "--max-matches", "100", "--list"]);
    command.arg(list);
    command
}

#[test]
fn crops_lie_in_the_picture_and_have_enough_to_see() {
    let report = Report::of(&mut kinga(["hash", ORIGINALS, "--enrol", "thorough", "--quiet"]));
    assert_eq!(report.files.len(), ORIGINALS_COUNT);
    let mut seen = 0;
    for file in &report.files {
        for crop in &file.hashes[0].enrolled {
            let place = crop.place;
            let right = i64::from(place.x) + i64::from(place.width);
            let bottom = i64::from(place.y) + i64::from(place.height);
            assert!(place.x >= 0 && right <= i64::try_from(file.width.unwrap()).unwrap());
            assert!(place.y >= 0 && bottom <= i64::try_from(file.height.unwrap()).unwrap());
            assert!(crop.quality.0 >= 80, "{}: {crop:?}", file.path);
            seen += 1;
        }
    }
    assert!(seen > 10 * ORIGINALS_COUNT, "{seen}");
}

#[test]
fn without_enrolment_lists_are_as_they_ever_were() {
    for format in ["csv", "jsonl", "pdq"] {
        let output = end(&mut kinga(["hash", ORIGINALS, "--format", format]));
        let said = text(&output.stdout);
        let header = said.lines().next().unwrap();
        assert!(!header.contains("enrol") && !header.ends_with("cut"), "{header}");
        assert!(!said.contains("enrolled") && !said.contains("layout"), "{format}");
        assert_eq!(text(&output.stderr), "");
    }
}

#[test]
fn only_pdq_hashes_crops() {
    let args = ["hash", ORIGINALS, "--enrol", "platform", "--algorithm", "gradient-8"];
    let output = end(&mut kinga(args));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--enrol"), "{}", text(&output.stderr));
}

// Entries that share an id.

/// Writes a list of hashes with ids; an empty id is none.
fn with_ids(path: &Path, rows: &[(&str, Hash)]) {
    let row = |&(id, hash): &(&str, Hash)| format!("{},{id}\n", Algorithm::Pdq.to_text(hash));
    fs::write(path, format!("pdq,id\n{}", rows.iter().map(row).collect::<String>())).unwrap();
}

#[test]
fn entries_that_share_an_id_are_one_match_which_tells_the_nearest_and_how_many_they_are() {
    let picture = "fixtures/originals/cloth.jpg";
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (list, records) = (path("list.csv"), path("records.jsonl"));
    let at = |bits| changed(hash_of(picture), bits, 5);
    let rows = [("a", at(9)), ("b", at(3)), ("a", at(2)), ("", at(4)), ("", at(4)), ("a", at(6))];
    with_ids(Path::new(&list), &rows);
    let hash = ["hash", picture, "--effort=standard", "--format=jsonl", "--output", &records];
    assert_eq!(status(&mut kinga(hash)), 0);
    // Entries without an id are never taken together.
    let all = [(Some("a"), 4, 2, 3), (Some("b"), 3, 3, 1), (None, 5, 4, 1), (None, 6, 4, 1)];
    for (args, told) in [(&[][..], 4), (&["--max-matches", "3"], 3), (&["--max-distance", "31"], 4)]
    {
        for command in [["scan", picture], ["match", &records]] {
            let report = Report::of(kinga(command).args(["--list", &list]).args(args));
            let file = &report.files[0];
            assert_eq!((file.matches_found, report.summary.matches), (4, 4), "{args:?}");
            let one = |one: &Match| {
                let id = all.iter().find(|row| row.0 == one.entry.as_deref()).unwrap().0;
                (id, one.line, one.distance.unwrap().0, one.entries)
            };
            assert_eq!(file.matches.iter().map(one).collect::<Vec<_>>(), all[..told], "{args:?}");
        }
    }
    let said = text(&end(&mut kinga(["scan", picture, "--list", &list])).stdout);
    assert!(said.contains(&format!(": a in {list} (best of 3 entries with this id)\n")), "{said}");
    assert!(said.contains(&format!(": b in {list}\n")) && said.contains("4 matches"), "{said}");
    let csv = text(&end(&mut kinga(["scan", picture, "--list", &list, "--format=csv"])).stdout);
    let entries = csv.lines().map(|line| line.rsplit(',').next().unwrap());
    assert_eq!(entries.collect::<Vec<_>>(), ["entries", "3", "1", "1", "1"]);
}

#[test]
fn an_id_in_two_lists_is_two_matches_and_so_it_is_by_two_kinds_of_digests() {
    let picture = "fixtures/pictures/holiday/IMG_2041.jpg";
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("ids.csv");
    let near = changed(hash_of(picture), 4, 5);
    with_ids(&list, &[("K-0001", near), ("K-0001", hash_of(picture))]);
    let mut command = kinga(["scan", picture, "--list", "fixtures/lists/mixed.tsv", "--list"]);
    let report = Report::of(command.arg(&list));
    let told = report.files[0].matches.iter().map(|one| (&*one.by, one.entries));
    let expected = [("md5", 1), ("sha1", 1), ("sha256", 1), ("pdq", 1), ("pdq", 2)];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert_eq!(report.files[0].matches_found, 5);
}

// Screens, slides and pages.

fn layout_of(photo: &Photo) -> Option<Layout> {
    let pixels = Pixels::Rgb(photo.rgb.clone());
    layout(&Luma::new(photo.width, photo.height, pixels).unwrap(), Orientation::Upright)
}

/// Those of which every one is told.
const ALWAYS: [&str; 9] = [
    "gallery",
    "feed",
    "web",
    "post",
    "slide-points",
    "slide-picture",
    "slide-chart",
    "text-page",
    "form",
];

#[test]
fn most_screens_slides_and_pages_are_told() {
    let scenes = ["mountains.jpg", "skyline.jpg", "vases.jpg", "cloth.jpg"].map(photo);
    let others: Vec<&Photo> = scenes.iter().collect();
    let pages = STRUCTURES.iter().filter(|structure| !structure.name.starts_with("meme"));
    let (mut told, mut all) = (0, 0);
    for structure in pages {
        let is_told = |(scene, seed): (&Photo, u64)| {
            layout_of(&structure.apply(scene, &others, seed)).is_some()
        };
        let count = scenes.iter().zip(1..).filter(|&one| is_told(one)).count();
        if ALWAYS.contains(&structure.name) {
            assert_eq!(count, scenes.len(), "{}", structure.name);
        }
        told += count;
        all += scenes.len();
    }
    assert!(all == 48 && told >= 38, "{told} of {all}");
}

#[test]
fn of_the_scenes_only_the_page_is_told() {
    let names = files_below(&fixture("originals"));
    assert_eq!(names.len(), ORIGINALS_COUNT);
    let told = names.iter().filter(|name| layout_of(&photo(name)).is_some());
    assert_eq!(told.collect::<Vec<_>>(), ["page.jpg"]);
}

#[test]
fn a_screenshot_is_warned_of_and_the_picture_in_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let shown = edited(folder.path(), "mountains.jpg", "screenshot-gallery");
    let enrol = |quiet: &[&str]| {
        let mut command = kinga(["hash", "--enrol", "platform", "--format", "csv"]);
        text(&end(command.arg(&shown).args(quiet)).stderr)
    };
    let said = enrol(&[]);
    assert!(said.contains("screenshot-gallery-mountains.jpg: it looks like a screen"), "{said}");
    assert!(said.contains("list the picture in it instead, such as the part of "), "{said}");
    assert_eq!(enrol(&["--quiet"]), "");
}
