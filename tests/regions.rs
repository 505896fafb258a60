//! Edited copies of the fixtures, and how they are found: levels, regions, efforts and bounds.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fs;
use std::path::Path;

use kinga::edit::{EDITS, Photo};
use kinga::hash::{Algorithm, Distance, MaxDistance};
use kinga::orientation::Orientation;
use kinga::record::{Level, Match, Record};
use kinga::view::{Effort, Place, View};
use support::{Report, fixture, kinga};
use tempfile::TempDir;

const KNOWN: &str = "fixtures/lists/known.csv";

/// Scenes that differ much, and their entries.
const SCENES: [(&str, &str); 4] = [
    ("mountains.jpg", "K-0002"),
    ("skyline.jpg", "K-0004"),
    ("spheres.jpg", "K-0001"),
    ("vases.jpg", "K-0008"),
];

fn decoded(bytes: &[u8]) -> Photo {
    let picture = image::load_from_memory(bytes).unwrap().into_rgb8();
    let (width, height) = picture.dimensions();
    Photo::new(width as usize, height as usize, picture.into_raw()).unwrap()
}

fn scene(name: &str) -> Photo {
    decoded(&fs::read(fixture("originals").join(name)).unwrap())
}

fn edit(name: &str, photo: &Photo) -> Vec<u8> {
    EDITS.iter().find(|edit| edit.name == name).unwrap().apply(photo, &[], 1)
}

/// A folder with this edit of all scenes.
fn edited(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, _) in SCENES {
        fs::write(folder.path().join(file), edit(name, &scene(file))).unwrap();
    }
    folder
}

fn scan(folder: &Path, args: &[&str]) -> Report {
    Report::of(kinga(["scan", "--list", KNOWN]).arg(folder).args(args))
}

/// The one match of each scene, which must be its own entry.
fn found(report: &Report) -> Vec<(&Record, &Match)> {
    let own = |(file, entry): (&str, &str)| {
        let record = report.file(file);
        let [found] = &record.matches[..] else { panic!("{file}: {:?}", record.matches) };
        assert_eq!(found.entry.as_deref(), Some(entry), "{file}");
        (record, found)
    };
    SCENES.map(own).into()
}

// What is found, and how.

#[test]
fn turned_and_mirrored_pictures_match_and_the_orientation_is_told() {
    for (name, orientation) in [
        ("mirrored", Orientation::Mirrored),
        ("flipped", Orientation::Flipped),
        ("turned-90", Orientation::Rotated270),
        ("turned-180", Orientation::Rotated180),
        ("turned-270", Orientation::Rotated90),
    ] {
        let folder = edited(name);
        for (_, found) in found(&scan(folder.path(), &["--effort", "orientations"])) {
            let told = (found.level, found.orientation, found.negative);
            assert_eq!(told, (Some(Level::Match), Some(orientation), false), "{name}");
        }
        let upright = scan(folder.path(), &["--effort", "upright"]);
        assert_eq!(upright.summary.matches, 0, "{name}");
    }
}

#[test]
fn a_negative_matches_as_a_negative_and_never_beyond_the_bound_of_that_level() {
    let folder = edited("negative");
    let report = scan(folder.path(), &["--effort", "orientations"]);
    let mut distances = Vec::new();
    for (_, found) in found(&report) {
        assert_eq!((found.level, found.negative), (Some(Level::Match), true));
        distances.push(found.distance.unwrap());
    }
    let nearest = distances.iter().min().unwrap().0;
    for (bound, matches) in [(nearest, true), (nearest - 1, false)] {
        let bounds = format!("{bound},256,256");
        let report = scan(folder.path(), &["--effort=orientations", "--whole-bounds", &bounds]);
        let negatives = report.files.iter().flat_map(|file| &file.matches);
        assert_eq!(negatives.filter(|found| found.negative).count() > 0, matches, "{bound}");
    }
}

/// Where the photograph is in an edited picture: the longest run of rows, and of columns in them,
/// that are others when a black one is shown than when a white one is. (On some screens there are
/// small copies of it, too.)
fn true_place(name: &str, photo: &Photo) -> Place {
    let [black, white] = [0, 255].map(|grey| {
        let rgb = vec![grey; photo.rgb.len()];
        decoded(&edit(name, &Photo::new(photo.width, photo.height, rgb).unwrap()))
    });
    let pixels = black.rgb.chunks(3).zip(white.rgb.chunks(3));
    let differ: Vec<bool> =
        pixels.map(|(black, white)| black[0].abs_diff(white[0]) > 128).collect();
    let (columns, rows) = (black.width, black.height);
    let some = |count: usize, of: usize| count * 10 > of;
    let (y, height) = longest_run((0..rows).map(|y| {
        some(differ[y * columns..][..columns].iter().filter(|differs| **differs).count(), columns)
    }));
    let (x, width) = longest_run(
        (0..columns)
            .map(|x| some((y..y + height).filter(|y| differ[y * columns + x]).count(), height)),
    );
    let [x, y] = [x, y].map(|start| i32::try_from(start).unwrap());
    let [width, height] = [width, height].map(|side| u32::try_from(side).unwrap());
    Place { x, y, width, height, angle: 0.0 }
}

/// Where the longest run of what is true begins, and how long it is.
fn longest_run(all: impl Iterator<Item = bool>) -> (usize, usize) {
    let (mut best, mut run) = ((0, 0), 0);
    for (at, is) in all.enumerate() {
        run = if is { run + 1 } else { 0 };
        if run > best.1 {
            best = (at + 1 - run, run);
        }
    }
    best
}

/// The largest distance of a side from its true place, as a share of the true side.
fn error(found: Place, truth: Place) -> f64 {
    let ends = |start: i32, side: u32| [f64::from(start), f64::from(start) + f64::from(side)];
    let along = |found: [f64; 2], truth: [f64; 2]| {
        let side = truth[1] - truth[0];
        (found[0] - truth[0]).abs().max((found[1] - truth[1]).abs()) / side
    };
    let across = along(ends(found.x, found.width), ends(truth.x, truth.width));
    across.max(along(ends(found.y, found.height), ends(truth.y, truth.height)))
}

#[test]
fn pictures_in_frames_and_on_screens_match_with_a_region_that_is_where_they_are() {
    for name in [
        "border-black-5",
        "letterboxed",
        "pillarboxed",
        "meme-bar",
        "screenshot-gallery",
        "letterboxed-in-gallery",
        "video-frame",
    ] {
        let folder = edited(name);
        for (record, found) in found(&scan(folder.path(), &[])) {
            let path = &record.path;
            assert_eq!(found.level, Some(Level::Match), "{name}, {path}");
            assert!(found.distance <= Some(Distance(31)) && found.distance_before.is_none());
            let region = found.region.unwrap();
            assert_eq!(region.view, View::Framed, "{name}, {path}");
            assert!(region.quality.0 >= 80, "{name}, {path}: {region:?}");
            let truth = true_place(name, &scene(path));
            let error = error(region.place, truth);
            assert!(error < 0.04, "{name}, {path}: {} for {truth}", region.place);
        }
        let plain = scan(folder.path(), &["--effort", "orientations"]);
        assert!(plain.summary.matches <= 1, "{name}: {}", plain.summary.matches);
    }
}

#[test]
fn a_crop_of_three_percent_is_found_through_a_window_that_reaches_beyond_the_picture() {
    let folder = edited("cropped-3");
    let report = scan(folder.path(), &[]);
    let mut windows = 0;
    for (record, found) in found(&report) {
        assert!(found.level <= Some(Level::Likely), "{}: {found:?}", record.path);
        let Some(region) = found.region.filter(|region| region.view == View::Window) else {
            continue;
        };
        let Place { x, y, width, height, .. } = region.place;
        assert!(x < 0 && y < 0, "{}: {}", record.path, region.place);
        assert!(
            u64::from(width) > record.width.unwrap() && u64::from(height) > record.height.unwrap()
        );
        windows += 1;
    }
    assert!(windows >= 2, "{windows} found through windows");
}

#[test]
fn deep_finds_what_standard_does_not_and_says_how_far_it_was_before() {
    let folder = tempfile::tempdir().unwrap();
    let photo = scene("spheres.jpg");
    fs::write(folder.path().join("a.jpg"), edit("perspective-strong", &photo)).unwrap();
    assert_eq!(scan(folder.path(), &[]).summary.matches, 0);
    let report = scan(folder.path(), &["--effort", "deep"]);
    let levels = report.run.settings.levels.unwrap();
    assert_eq!(levels.register_within, Some(MaxDistance(72)));
    assert_eq!(levels.registered, Some(MaxDistance(40)));
    let [found] = &report.files[0].matches[..] else { panic!("{:?}", report.files[0].matches) };
    assert_eq!((found.entry.as_deref(), found.level), (Some("K-0001"), Some(Level::Registered)));
    assert_eq!(found.max_distance, levels.registered);
    let (before, after) = (found.distance_before.unwrap(), found.distance.unwrap());
    assert!(after < before && after.0 <= 40 && before.0 <= 72, "{before} to {after}");
    let said = String::from_utf8(
        kinga(["scan", "--list", KNOWN, "--effort", "deep"]).arg(folder.path()).unwrap().stdout,
    );
    let told = format!("distance {after}, max 40, {before} before its region was moved");
    assert!(said.unwrap().contains(&told));
    for (flag, bound, matches) in [
        ("--register-accept", after.0, 1),
        ("--register-accept", after.0 - 1, 0),
        ("--register-within", before.0, 1),
        ("--register-within", before.0 - 1, 0),
    ] {
        let report = scan(folder.path(), &["--effort=deep", flag, &bound.to_string()]);
        assert_eq!(report.summary.matches, matches, "{flag} {bound}");
    }
}

// Levels and bounds.

#[test]
fn a_max_distance_turns_the_levels_off() {
    let folder = edited("screenshot-gallery");
    let report = scan(folder.path(), &["--max-distance", "31"]);
    assert_eq!(report.run.settings.levels, None);
    assert_eq!(report.summary.levels.len(), 0);
    for (_, found) in found(&report) {
        assert_eq!((found.level, found.max_distance), (None, Some(MaxDistance(31))));
    }
    let levels = scan(folder.path(), &[]);
    assert_eq!(levels.run.settings.effort, Effort::Standard);
    assert_eq!(levels.summary.levels["match"], 4);
}

/// A list of one entry, so many bits from the picture's hash.
fn entry_at(picture: &Path, bits: usize) -> String {
    let report = Report::of(kinga(["hash"]).arg(picture));
    let mut hash = Algorithm::Pdq.parse(&report.files[0].hashes[0].hash).unwrap();
    for k in 0..bits {
        let bit = (k * 7 + 5) % 256;
        hash.0[bit / 64] ^= 1 << (bit % 64);
    }
    format!("pdq\n{}\n", Algorithm::Pdq.to_text(hash))
}

#[test]
fn each_level_goes_up_to_its_bound_and_not_one_bit_beyond() {
    let picture = fixture("originals/cloth.jpg");
    for (bits, level, lowest) in [
        (10, Some(Level::Match), "match"),
        (11, None, "match"),
        (11, Some(Level::Likely), "likely"),
        (20, Some(Level::Likely), "likely"),
        (21, None, "likely"),
        (21, Some(Level::Possible), "possible"),
        (30, Some(Level::Possible), "possible"),
        (31, None, "possible"),
    ] {
        let args = ["--effort=upright", "--whole-bounds=10,20,30", "--level", lowest];
        let mut command = kinga(["scan", "--list", "-"]);
        let report =
            Report::of(command.arg(&picture).args(args).write_stdin(entry_at(&picture, bits)));
        let found = report.files[0].matches.first();
        assert_eq!(found.and_then(|found| found.level), level, "{bits} bits, {lowest}");
        assert_eq!(report.summary.matches, u64::from(level.is_some()), "{bits} bits, {lowest}");
        let levels = report.run.settings.levels.unwrap();
        assert_eq!(levels.false_matches_per_million, None, "nobody knows of such bounds");
    }
}

#[test]
fn regions_have_bounds_of_their_own() {
    let folder = edited("meme-bar");
    let report = scan(folder.path(), &[]);
    let (record, nearest) = found(&report)[0];
    let nearest = nearest.distance.unwrap().0;
    let of_regions = |bound: u16| {
        let bounds = format!("{bound},{bound},{bound}");
        let args = ["--whole-bounds=0,0,0", "--region-bounds", &bounds];
        scan(&folder.path().join(&record.path), &args).summary.matches
    };
    assert_eq!((of_regions(nearest), of_regions(nearest - 1)), (1, 0));
}

#[test]
fn level_match_leaves_out_what_is_only_likely() {
    let cut = fixture("pictures/downloads/interrupted.jpg");
    for (level, matches) in [("match", 0), ("likely", 1), ("possible", 1)] {
        assert_eq!(scan(&cut, &["--level", level]).summary.matches, matches, "{level}");
    }
}

// Work in parallel.

#[test]
fn records_of_every_effort_are_the_same_bytes_for_one_and_for_eight_threads() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["screenshot-feed", "tilted-5", "cropped-5", "negative", "perspective-strong"] {
        for (file, _) in SCENES {
            let path = folder.path().join(format!("{name}-{file}"));
            fs::write(path, edit(name, &scene(file))).unwrap();
        }
    }
    for effort in ["standard", "deep"] {
        let [one, eight] = ["1", "8"].map(|threads| {
            scan(folder.path(), &["--effort", effort, "--level=possible", "--threads", threads])
        });
        assert_eq!(one.files.len(), 20);
        assert!(one.summary.matches >= 10, "{effort}: {}", one.summary.matches);
        assert_eq!(one.file_lines(), eight.file_lines(), "{effort}");
    }
}
