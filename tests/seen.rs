//! `compare` where one picture is seen in a part of the other, and what it draws of that; and
//! `eval`, which measures how often edited copies are found.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use kinga::edit::{EDITS, Photo};
use serde_json::Value;
use support::{end, fixture, kinga, status, text};
use tempfile::TempDir;

const SPHERES: &str = "fixtures/originals/spheres.jpg";
const VASES: &str = "fixtures/originals/vases.jpg";

/// An edit of the spheres, in a folder of its own.
fn edited(name: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let picture = image::open(fixture("originals/spheres.jpg")).unwrap().into_rgb8();
    let (width, height) = picture.dimensions();
    let photo = Photo::new(width as usize, height as usize, picture.into_raw()).unwrap();
    let edit = EDITS.iter().find(|edit| edit.name == name).unwrap();
    let path = folder.path().join("edited.jpg");
    fs::write(&path, edit.apply(&photo, &[], 1)).unwrap();
    (folder, path)
}

/// The answer in JSON and in words.
fn compared(a: &str, b: &Path) -> (Value, String) {
    let json = end(kinga(["compare", a, "--format", "json"]).arg(b));
    let words = end(kinga(["compare", a]).arg(b));
    assert_eq!((json.status.code(), words.status.code()), (Some(0), Some(0)));
    (serde_json::from_slice(&json.stdout).unwrap(), text(&words.stdout))
}

// `compare`.

#[test]
fn a_picture_on_a_screen_is_said_to_be_seen_there_and_where() {
    let (_folder, shown) = edited("screenshot-gallery");
    let (answer, words) = compared(SPHERES, &shown);
    assert_eq!(answer["matches"], false, "the two as a whole do not match");
    let seen = &answer["seen"];
    assert_eq!((&seen["inside"], &seen["level"]), (&"B".into(), &"match".into()));
    let place = &seen["region"]["place"];
    let [width, height] = ["width", "height"].map(|side| place[side].as_u64().unwrap());
    assert!(words.contains(&format!("A is seen in B: the part of B of {width}x{height}")));
    assert!(words.ends_with("They match. A human should look at both.\n"), "{words}");
}

#[test]
fn a_region_that_was_moved_is_told_with_the_distances_before_and_after() {
    let (_folder, warped) = edited("perspective-strong");
    let (answer, words) = compared(SPHERES, &warped);
    let seen = &answer["seen"];
    assert_eq!(seen["level"], "registered");
    let [before, after] = ["distance_before", "distance"].map(|key| seen[key].as_u64().unwrap());
    assert!(after < before, "{before} to {after}");
    assert!(words.contains(&format!("it was {before} before the window was moved")), "{words}");
    assert!(words.contains("once a window is moved"), "{words}");
}

#[test]
fn a_negative_is_called_one() {
    let (_folder, negative) = edited("negative");
    let (answer, words) = compared(SPHERES, &negative);
    assert_eq!(answer["seen"]["negative"], true);
    assert!(words.contains("as a negative"), "{words}");
}

#[test]
fn strangers_are_seen_in_neither_and_with_a_plain_bound_nobody_looks() {
    let (answer, words) = compared(SPHERES, Path::new(VASES));
    assert_eq!(answer["seen"], Value::Null);
    assert!(words.contains("They do not match"), "{words}");
    let (_folder, shown) = edited("screenshot-gallery");
    let plain = ["compare", SPHERES, "--max-distance", "31", "--format", "json"];
    let answer: Value = serde_json::from_slice(&end(kinga(plain).arg(&shown)).stdout).unwrap();
    assert_eq!((&answer["seen"], &answer["matches"]), (&Value::Null, &false.into()));
}

/// Sides of the samples as they are drawn, and of the gaps.
const DRAWN: u32 = 64 * 6;
const GAP: u32 = 12;

#[test]
fn the_picture_shows_64x64_samples_of_each_and_an_outline_and_no_more() {
    let (folder, shown) = edited("screenshot-gallery");
    let out = folder.path().join("out.png");
    let mut command = kinga(["compare", SPHERES, "--picture"]);
    assert_eq!(status(command.arg(&out).arg(&shown)), 0);
    let drawn = image::open(&out).unwrap().into_luma8();
    assert_eq!(drawn.dimensions(), (2 * DRAWN + 3 * GAP, DRAWN + 2 * GAP));
    // Of the picture that is seen elsewhere there is nothing but blocks of one brightness.
    let mut brightnesses = [false; 256];
    for y in 0..DRAWN {
        for x in 0..DRAWN {
            let at = |x: u32, y: u32| drawn.get_pixel(GAP + x, GAP + y).0[0];
            assert_eq!(at(x, y), at(x / 6 * 6, y / 6 * 6), "at {x},{y}");
            brightnesses[usize::from(at(x, y))] = true;
        }
    }
    assert!(brightnesses.iter().filter(|seen| **seen).count() > 50);
    // The outline of the picture in the screenshot: the upper end of it, from side to side.
    let answer = compared(SPHERES, &shown).0;
    let place = &answer["seen"]["region"]["place"];
    let height = image::image_dimensions(&shown).unwrap().1;
    let share = place["y"].as_f64().unwrap() / f64::from(height);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels")]
    let y = GAP + (share * f64::from(DRAWN)).round() as u32;
    let across = (0..DRAWN).map(|x| drawn.get_pixel(2 * GAP + DRAWN + x, y).0[0]);
    assert!(across.filter(|grey| *grey == 255).count() > DRAWN as usize * 9 / 10);
}

#[test]
fn the_picture_is_a_png_and_never_takes_the_place_of_one_that_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let read = folder.path().join("a.png");
    fs::copy(fixture("originals/vases.jpg"), &read).unwrap();
    let before = fs::read(&read).unwrap();
    for (out, expected, word) in [("a.png", 1, "overwrite"), ("b.jpg", 2, "PNG"), ("b", 2, "PNG")] {
        let out = folder.path().join(out);
        let mut command = kinga(["compare", SPHERES]);
        let refused = end(command.arg(&read).arg("--picture").arg(&out));
        assert_eq!(refused.status.code(), Some(expected), "{}", out.display());
        assert!(text(&refused.stderr).contains(word), "{}", text(&refused.stderr));
        assert_eq!(text(&refused.stdout), "");
    }
    assert_eq!(fs::read(&read).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn of_a_hash_alone_nothing_is_drawn_and_it_can_be_seen_in_a_picture() {
    let report = support::Report::of(&mut kinga(["hash", SPHERES]));
    let hash = &report.files[0].hashes[0].hash;
    let (folder, shown) = edited("screenshot-gallery");
    let (answer, _) = compared(hash, &shown);
    assert_eq!(
        (&answer["seen"]["inside"], &answer["seen"]["level"]),
        (&"B".into(), &"match".into())
    );
    let out = folder.path().join("out.png");
    assert_eq!(status(kinga(["compare", hash, "--picture"]).arg(&out).arg(&shown)), 0);
    let drawn = image::open(&out).unwrap().into_luma8();
    let left = (0..GAP + DRAWN).flat_map(|x| (0..drawn.height()).map(move |y| (x, y)));
    assert!(left.map(|(x, y)| drawn.get_pixel(x, y).0[0]).all(|grey| grey == 128));
}

// `eval`.

/// A folder of so many different scenes: originals and strangers.
fn scenes(count: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut names: Vec<PathBuf> =
        fs::read_dir(fixture("originals")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let strangers = ["IMG_2042", "IMG_2043", "IMG_2050", "IMG_2051"];
    names.extend(strangers.map(|name| fixture(&format!("pictures/holiday/{name}.jpg"))));
    names.push(fixture("pictures/downloads/coral.jpg"));
    names.sort();
    assert_eq!(names.len(), 16);
    for name in names.iter().take(count) {
        fs::copy(name, folder.path().join(name.file_name().unwrap())).unwrap();
    }
    folder
}

fn eval(folder: &Path) -> assert_cmd::Command {
    let mut command = kinga(["eval", "--no-progress", "--list-size", "500", "--edits", "turned"]);
    command.args(["--effort", "orientations", "--part", "odd"]).arg(folder);
    command
}

#[test]
fn sixteen_pictures_can_be_measured_with_and_fifteen_cannot() {
    let refused = end(&mut eval(scenes(15).path()));
    assert_eq!((refused.status.code(), text(&refused.stdout).as_str()), (Some(1), ""));
    let said = text(&refused.stderr);
    assert!(said.contains("15 pictures") && said.contains("at least 16"), "{said}");
    let folder = scenes(16);
    fs::write(folder.path().join("notes.txt"), "no picture").unwrap();
    let output = end(&mut eval(folder.path()));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("notes.txt is left out"), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(
        said.starts_with("6 edits of 8 of 16 pictures, against a list of 500 entries"),
        "{said}"
    );
    let turned = said.lines().find(|line| line.starts_with("turned ")).unwrap();
    assert!(turned.contains("100.0%"), "{turned}");
}

#[test]
fn what_is_measured_is_the_same_in_every_run_but_for_the_times() {
    let folder = scenes(16);
    let figures = |threads: &str| {
        let mut command = eval(folder.path());
        let output = end(command.args(["--format", "json", "--threads", threads]));
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let mut answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let groups = ["groups", "edits"].map(|key| answer[key].as_array().unwrap().len());
        assert_eq!(groups, [1, 6]);
        for key in ["groups", "edits"] {
            for group in answer[key].as_array_mut().unwrap() {
                assert!(group["milliseconds"].take().as_f64().unwrap() > 0.0);
            }
        }
        assert!(answer["all"]["milliseconds"].take().as_f64().unwrap() > 0.0);
        answer
    };
    let once = figures("1");
    assert_eq!((&once["entries"], &once["edited"]), (&500.into(), &8.into()));
    assert_eq!(
        (&once["all"]["recall"]["match"], &once["all"]["pictures"]),
        (&1.0.into(), &48.into())
    );
    assert_eq!(once, figures("2"));
}

#[test]
fn a_folder_that_is_not_there_cannot_be_measured_with() {
    let output = end(&mut kinga(["eval", "/no/such/folder", "--no-progress"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("/no/such/folder"), "{}", text(&output.stderr));
}
