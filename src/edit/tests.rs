//! The table of edits: every row of it makes a picture, always the same one.

use std::collections::BTreeSet;

use super::*;

/// Waves and a disc: something in every direction, in colour.
fn photo(width: usize, height: usize, phase: f32) -> Photo {
    Photo::paint(width, height, |x, y| {
        let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
        let wave = (9.0 * x + 4.0 * y + phase).sin() + (5.0 * y - 7.0 * x * y).cos();
        let disc = (x - 0.4).hypot(y - 0.6) < 0.2;
        let light = 128.0 + 50.0 * wave;
        [light as u8, (light * (1.0 - 0.4 * y)) as u8, if disc { 230 } else { (200.0 * x) as u8 }]
    })
}

fn decoded(bytes: &[u8]) -> image::RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}

#[test]
fn names_are_unique_and_made_of_small_letters_digits_dots_and_hyphens() {
    let names: BTreeSet<&str> = EDITS.iter().map(|edit| edit.name).collect();
    assert_eq!(names.len(), EDITS.len());
    let structures: BTreeSet<&str> = STRUCTURES.iter().map(|structure| structure.name).collect();
    assert_eq!(structures.len(), STRUCTURES.len());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    assert!(names.iter().chain(&structures).all(|name| name.chars().all(plain)));
}

#[test]
fn groups_have_as_many_edits_as_in_the_first_measurements() {
    let count = |group| EDITS.iter().filter(|edit| edit.group == group).count();
    let counts = Group::ALL.map(count);
    assert_eq!(counts, [26, 24, 6, 14, 16, 13, 7, 10, 16, 2, 10]);
    assert_eq!(EDITS.len(), 144);
}

#[test]
fn a_group_is_read_by_the_name_that_is_shown() {
    for group in Group::ALL {
        assert_eq!(group.to_string().parse(), Ok(group));
    }
    assert_eq!("re-encoded".parse(), Ok(Group::Reencoded));
    assert_eq!("Framed".parse::<Group>(), Err(UnknownGroup("Framed".to_owned())));
}

/// Whether an edit leaves nothing to the seed.
fn is_fixed(edit: &Edit) -> bool {
    match edit.group {
        Group::Reencoded | Group::Turned | Group::VideoFrame => true,
        Group::Toned => !edit.name.starts_with("noise"),
        Group::Cropped => !(edit.name.contains("off-centre") || edit.name.contains("one-side")),
        Group::Framed => {
            let by_chance = ["border-coloured-10", "polaroid", "meme-bar", "meme-bars"];
            let others = ["caption-below", "rounded-corners", "drop-shadow", "gradient-frame"];
            !by_chance.contains(&edit.name) && !others.contains(&edit.name)
        }
        Group::Chained => ["mirrored-cropped", "turned-bordered"].contains(&edit.name),
        _ => false,
    }
}

#[test]
fn every_edit_gives_a_picture_of_sane_size_and_another_only_by_another_seed() {
    let (photo, other) = (photo(120, 80, 0.0), photo(80, 100, 2.0));
    for edit in EDITS {
        let bytes = edit.apply(&photo, &[&other], 0);
        let (width, height) = decoded(&bytes).dimensions();
        assert!((30..=1400).contains(&width.min(height)), "{}: {width} x {height}", edit.name);
        assert!(width.max(height) <= 1500, "{}: {width} x {height}", edit.name);
        if is_fixed(edit) {
            assert_eq!(bytes, edit.apply(&photo, &[&other], 1), "{}", edit.name);
            continue;
        }
        assert_eq!(bytes, edit.apply(&photo, &[&other], 0), "{}", edit.name);
        // A tilt is by chance to the left or to the right: one of a few seeds must differ.
        let differs = (1..9).any(|seed| edit.apply(&photo, &[&other], seed) != bytes);
        assert!(differs, "{}", edit.name);
    }
}

#[test]
fn the_smallest_photographs_survive_every_edit() {
    for (place, edit) in EDITS.iter().enumerate() {
        let (width, height) = [(1, 1), (1, 40), (40, 1)][place % 3];
        let tiny = photo(width, height, 0.0);
        let picture = decoded(&edit.apply(&tiny, &[], 1));
        assert!(picture.width() > 0, "{}", edit.name);
    }
    for (structure, (width, height)) in STRUCTURES.iter().zip([(1, 40), (40, 1)].iter().cycle()) {
        let tiny = photo(*width, *height, 0.0);
        let page = structure.apply(&tiny, &[&tiny], 1);
        assert!(Photo::new(page.width, page.height, page.rgb).is_some(), "{}", structure.name);
    }
}

#[test]
fn structures_with_one_seed_differ_only_where_the_photograph_is() {
    let (one, two, other) = (photo(90, 60, 0.0), photo(90, 60, 3.0), photo(60, 60, 1.0));
    let mut seen = 0;
    for structure in STRUCTURES {
        let (a, b) = (structure.apply(&one, &[&other], 8), structure.apply(&two, &[&other], 8));
        assert_eq!((a.width, a.height), (b.width, b.height), "{}", structure.name);
        let same = a.rgb.iter().zip(&b.rgb).filter(|(a, b)| a == b).count();
        let shows = !["slide-chart", "text-page", "form"].contains(&structure.name);
        assert_eq!(a == b, !shows, "{}", structure.name);
        if !structure.name.starts_with("meme") && structure.name != "story" {
            assert!(same * 5 > a.rgb.len(), "{}", structure.name);
            seen += 1;
        }
        assert_ne!(a, structure.apply(&one, &[&other], 9), "{}", structure.name);
    }
    assert_eq!(seen, 11);
}
