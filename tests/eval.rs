//! What `kinga eval` measures: on the photographs of the conformance set, where they are.
//!
//! Where that set is absent (`support::conformance`), this is skipped, loudly. The whole
//! measurement is in `benches/RESULTS.md`; here a part of it is taken again, with bounds that leave
//! room for another choice of pictures.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "what was skipped or measured is to be seen")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fs;
use std::path::PathBuf;

use kinga::edit::{Group, Photo};
use kinga::eval::{EvalError, EvalOptions, Evaluation, Original, Part, evaluate};
use kinga::record::Level;
use kinga::view::Effort;
use support::conformance;

/// So many of the photographs, every third.
const PICTURES: usize = 16;

fn photos() -> Option<Vec<Original>> {
    let folder = conformance("photos")?;
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let photo = |file: &PathBuf| {
        let image = image::open(file).unwrap().into_rgb8();
        let (width, height) = (image.width() as usize, image.height() as usize);
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        Original { name, photo: Photo::new(width, height, image.into_raw()).unwrap() }
    };
    let originals: Vec<Original> = files.iter().step_by(3).take(PICTURES).map(photo).collect();
    assert_eq!(originals.len(), PICTURES);
    Some(originals)
}

fn options(groups: &[Group], effort: Effort) -> EvalOptions {
    EvalOptions {
        groups: groups.to_vec(),
        list_size: 2000,
        effort,
        lowest: Level::Likely,
        as_if: Some(1_000_000),
        part: Part::Even,
        seed: 7,
        hard_negatives: 2,
    }
}

fn measured(originals: &[Original], groups: &[Group], effort: Effort) -> Evaluation {
    let evaluation = evaluate(originals, &options(groups, effort), &|| {}).unwrap();
    for group in &evaluation.groups {
        eprintln!(
            "{effort}, {}: {:.3} match, {:.3} registered, {:.3} likely, of {}",
            group.name,
            group.recall.matching,
            group.recall.registered,
            group.recall.likely,
            group.pictures
        );
    }
    assert_eq!(evaluation.all.false_matches, 0);
    evaluation
}

#[test]
fn turned_framed_and_filmed_photographs_are_found_and_no_others() {
    let Some(originals) = photos() else { return };
    let turned = measured(&originals, &[Group::Turned], Effort::Orientations);
    assert!(turned.all.recall.matching >= 0.99);
    let groups = [Group::Framed, Group::VideoFrame];
    let framed = measured(&originals, &groups, Effort::Standard);
    assert!(framed.groups.iter().all(|group| group.recall.matching >= 0.8));
}

#[test]
fn windows_that_are_moved_find_tilted_photographs_and_fit_no_other_entry() {
    let Some(originals) = photos() else { return };
    let tilted = measured(&originals, &[Group::Tilted], Effort::Deep);
    assert!(tilted.all.recall.registered >= 0.75);
    assert!(tilted.all.recall.registered > tilted.all.recall.matching);
    let tried: u64 = tilted.hard_negatives.iter().map(|(_, count)| count).sum();
    assert!(tried > 0);
    let accepted = tilted.levels.registered.unwrap();
    assert!(tilted.hard_negatives.iter().all(|(reached, _)| !accepted.admits(*reached)));
}

#[test]
fn pictures_with_nothing_to_see_are_refused_however_many() {
    let photo = Photo::new(8, 8, vec![0; 192]).unwrap();
    let flat = vec![Original { name: "flat".to_owned(), photo }; 20];
    let refused = evaluate(&flat, &options(&[Group::Turned], Effort::Standard), &|| {});
    assert!(matches!(refused, Err(EvalError::TooFew { found: 0, needed: 16 })));
}
