//! Regions of drawn pictures whose truth is known.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "all numbers are small"
)]

use super::grey::{Grey, Rect};
use super::pyramid::Pyramid;
use super::window::Window;
use super::*;
use crate::algorithm::pdq::SIDE;
use crate::hash::Distance;
use crate::luma::Pixels;

/// A picture with detail of all sizes, different for each seed: waves that get weaker the finer
/// they are, as in photographs.
fn scene(seed: u64, width: usize, height: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f32::from((state >> 48) as u16) / 65_536.0
    };
    let waves: Vec<[f32; 4]> = (0..160)
        .map(|n| {
            let frequency = 0.7 * 1.03f32.powi(n);
            let angle = random() * std::f32::consts::TAU;
            [frequency * angle.cos(), frequency * angle.sin(), random() * 6.3, 1.0 / frequency]
        })
        .collect();
    let scale: f32 = waves.iter().map(|wave| wave[3] * wave[3] / 2.0).sum::<f32>().sqrt();
    let pixel = |x: usize, y: usize| {
        let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
        let value =
            |[a, b, phase, weight]: &[f32; 4]| (6.3 * (a * x + b * y) + phase).sin() * weight;
        let sum: f32 = waves.iter().map(value).sum();
        (128.0 + 45.0 * sum / scale).clamp(0.0, 255.0) as u8
    };
    (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| pixel(x, y)).collect()
}

fn luma(width: usize, height: usize, bytes: Vec<u8>) -> Luma {
    Luma::new(width, height, Pixels::Grey(bytes)).unwrap()
}

fn picture(seed: u64) -> Luma {
    luma(480, 320, scene(seed, 480, 320))
}

/// A part of a picture.
fn cut(from: &Luma, rect: Rect) -> Luma {
    let rows = (rect.top..rect.bottom).flat_map(|y| from.row(y)[rect.left..rect.right].to_vec());
    luma(rect.width(), rect.height(), rows.collect())
}

/// A plane of one brightness with pictures laid on it.
fn laid(ground: u8, width: usize, height: usize, pictures: &[(usize, usize, &Luma)]) -> Luma {
    let mut bytes = vec![ground; width * height];
    for (left, top, picture) in pictures {
        for y in 0..picture.height() {
            bytes[(top + y) * width + left..][..picture.width()].copy_from_slice(picture.row(y));
        }
    }
    luma(width, height, bytes)
}

fn grey(picture: &Luma) -> Grey {
    Grey::of(Pyramid::of(picture).first())
}

fn rect(left: usize, top: usize, width: usize, height: usize) -> Rect {
    Rect { left, top, right: left + width, bottom: top + height }
}

fn nearest(known: &Luma, candidate: &Luma, effort: Effort) -> (Distance, Region, Orientation) {
    let (hash, _) = pdq::hash(known);
    let (regions, _) = regions(candidate, Orientation::Upright, effort);
    let all = regions.into_iter().flat_map(|region| {
        region
            .turned
            .clone()
            .into_iter()
            .map(move |(turn, of)| (of.distance(hash), region.clone(), turn))
    });
    all.min_by_key(|(distance, ..)| *distance).unwrap()
}

// Frames.

#[test]
fn a_border_is_cut_away_on_each_side_and_a_border_within_it_next() {
    let inner = laid(0, 300, 260, &[(10, 30, &cut(&picture(1), rect(0, 0, 280, 200)))]);
    let outer = laid(255, 340, 300, &[(20, 20, &inner)]);
    let found = trim::trim(&grey(&outer), rect(0, 0, 340, 300));
    assert_eq!(found, [rect(20, 20, 300, 260), rect(30, 50, 280, 200)]);
}

#[test]
fn a_picture_without_a_border_is_left_alone() {
    assert!(trim::trim(&grey(&picture(2)), rect(0, 0, 480, 320)).is_empty());
}

#[test]
fn a_flat_picture_leaves_nothing() {
    assert!(trim::trim(&grey(&laid(90, 100, 100, &[])), rect(0, 0, 100, 100)).is_empty());
}

#[test]
fn pictures_on_flat_ground_are_found_to_the_pixel_and_letters_are_not() {
    let (a, b) = (cut(&picture(3), rect(0, 0, 240, 160)), cut(&picture(4), rect(0, 0, 200, 220)));
    let mut screen = laid(250, 480, 720, &[(100, 83, &a), (171, 401, &b)]);
    let mut bytes = screen.bytes().to_vec();
    // Strokes as of letters, a third of the ground covered.
    for y in 300..380 {
        for x in (40..440).filter(|x| x % 9 < 3 && y % 16 < 10) {
            bytes[y * 480 + x] = 20;
        }
    }
    screen = luma(480, 720, bytes);
    let mut found = ground::pictures(&grey(&screen), rect(0, 0, 480, 720));
    found.sort_by_key(|rect| rect.top);
    assert_eq!(found.len(), 2);
    for (found, truth) in found.iter().zip([rect(100, 83, 240, 160), rect(171, 401, 200, 220)]) {
        assert!(found.is_like(&truth), "{found:?} {truth:?}");
    }
}

#[test]
fn parts_of_a_collage_are_found_by_the_lines_between_them() {
    let [a, b, c, d] = [5, 6, 7, 8].map(|seed| cut(&picture(seed), rect(0, 0, 240, 160)));
    let collage = laid(0, 480, 320, &[(0, 0, &a), (240, 0, &b), (0, 160, &c), (240, 160, &d)]);
    let found = frames::parts(Pyramid::of(&collage).first());
    for (left, top) in [(0, 0), (240, 0), (0, 160), (240, 160)] {
        let truth = rect(left, top, 240, 160);
        assert!(found.iter().any(|rect| rect.is_like(&truth)), "{truth:?} in {found:?}");
    }
}

#[test]
fn no_picture_makes_more_than_a_few_parts() {
    // A chessboard has lines everywhere.
    let chess =
        (0..512 * 512).map(|n| if (n % 512 / 32 + n / 512 / 32) % 2 == 0 { 0 } else { 255 });
    let chess = luma(512, 512, chess.collect());
    assert!(frames::parts(Pyramid::of(&chess).first()).len() <= 20);
}

#[test]
fn a_framed_picture_is_found_where_it_is() {
    let known = picture(9);
    let screen = laid(240, 540, 960, &[(30, 300, &known)]);
    let (distance, region, _) = nearest(&known, &screen, Effort::Standard);
    assert!(distance.0 <= 16, "{distance}");
    assert_eq!(region.view, View::Framed);
    let Place { x, y, width, height, angle } = region.place;
    assert!(x.abs_diff(30) <= 3 && y.abs_diff(300) <= 3, "{:?}", region.place);
    assert!(width.abs_diff(480) <= 5 && height.abs_diff(320) <= 5 && angle.abs() < 0.1);
    let (distance, ..) = nearest(&known, &screen, Effort::Orientations);
    assert!(distance.0 > 48, "the whole screen is not like it: {distance}");
}

// Windows.

#[test]
fn a_slope_is_sampled_where_it_is() {
    let slope = luma(256, 256, (0..256 * 256).map(|n| (n % 256) as u8).collect());
    let pyramid = Pyramid::of(&slope);
    let window = Window::between([64.0, 32.0], [192.0, 224.0]);
    for row in window.samples(&pyramid) {
        for (j, sample) in row.iter().enumerate() {
            // Pixel 0 lies from 0 to 1, its middle at one half.
            let expected = 64.0 + (j as f32 + 0.5) * 2.0 - 0.5;
            assert!((sample - expected).abs() < 0.1, "{sample} {expected}");
        }
    }
}

#[test]
fn a_window_turned_by_a_quarter_sees_the_picture_turned() {
    let pyramid = Pyramid::of(&luma(320, 320, scene(10, 320, 320)));
    let window = Window::between([60.0, 60.0], [220.0, 220.0]);
    let plane = window.samples(&pyramid);
    let turned = Window { angle: 90.0, ..window }.samples(&pyramid);
    for i in 0..SIDE {
        for j in 0..SIDE {
            let (here, there) = (turned[i][j], plane[j][SIDE - 1 - i]);
            assert!((here - there).abs() < 0.05, "{here} {there}");
        }
    }
}

#[test]
fn the_two_ways_to_look_agree() {
    let pyramid = Pyramid::of(&picture(11));
    for (from, to) in [([0.0, 0.0], [480.0, 320.0]), ([-30.0, -20.0], [510.0, 340.0])] {
        let upright = Window::between(from, to);
        // So little that nothing moves, and enough to take the other way.
        let turned = Window { angle: 1e-4, ..upright };
        let (a, b) = (upright.samples(&pyramid), turned.samples(&pyramid));
        for (a, b) in a.as_flattened().iter().zip(b.as_flattened()) {
            assert!((a - b).abs() < 1.5, "{a} {b}");
        }
    }
}

#[test]
fn the_whole_has_nearly_the_same_hash_at_every_size() {
    let large = luma(1536, 1024, scene(12, 1536, 1024));
    let (regions, _) = regions(&large, Orientation::Upright, Effort::Orientations);
    for (width, height) in [(768, 512), (480, 320), (144, 96)] {
        let small = luma(width, height, scene(12, width, height));
        let (others, _) = super::regions(&small, Orientation::Upright, Effort::Orientations);
        let distance = regions[0].turned[0].1.distance(others[0].turned[0].1);
        assert!(distance.0 <= 16, "{width}: {distance}");
    }
}

#[test]
fn a_crop_of_four_in_a_hundred_and_a_tilt_are_undone() {
    let known = picture(13);
    let (plain, _) = pdq::hash(&cut(&known, rect(19, 13, 442, 294)));
    let cropped = cut(&known, rect(19, 13, 442, 294));
    let (distance, region, _) = nearest(&known, &cropped, Effort::Standard);
    assert!(distance < plain.distance(pdq::hash(&known).0), "{distance}");
    assert!(distance.0 <= 31 && region.view == View::Window, "{distance}");
}

#[test]
fn every_orientation_is_told_by_how_the_picture_must_be_turned() {
    let known = picture(14);
    let mirrored: Vec<u8> =
        (0..320).flat_map(|y| known.row(y).iter().rev().copied().collect::<Vec<_>>()).collect();
    let (distance, _, turn) = nearest(&known, &luma(480, 320, mirrored), Effort::Orientations);
    assert_eq!(turn, Orientation::Mirrored);
    assert!(distance.0 <= 10, "{distance}");
}

#[test]
fn orientations_count_from_how_a_viewer_shows_the_picture() {
    let known = picture(15);
    // Stored turned counter-clockwise; a viewer turns it back, clockwise.
    let stored: Vec<u8> = (0..480)
        .rev()
        .flat_map(|x| (0..320).map(move |y| (x, y)))
        .map(|(x, y)| known.row(y)[x])
        .collect();
    let stored = luma(320, 480, stored);
    let (shown, _) = regions(&stored, Orientation::Rotated90, Effort::Standard);
    let distance = shown[0].turned[0].1.distance(pdq::hash(&known).0);
    assert_eq!(shown[0].turned[0].0, Orientation::Upright);
    assert!(distance.0 <= 10, "{distance}");
}

#[test]
fn regions_of_poor_quality_are_not_hashed_but_the_whole_is() {
    let flat = laid(128, 400, 300, &[]);
    for effort in [Effort::Orientations, Effort::Standard, Effort::Deep] {
        let (found, _) = regions(&flat, Orientation::Upright, effort);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].view, found[0].quality), (View::Whole, Quality(0)));
    }
    let (found, _) = regions(&picture(16), Orientation::Upright, Effort::Deep);
    assert!(found.iter().all(|region| region.view.is_whole() || region.quality >= MIN_QUALITY));
}

#[test]
fn each_effort_looks_at_all_that_the_one_below_it_looks_at() {
    let picture = luma(900, 600, scene(17, 900, 600));
    let [none, whole, standard, deep] =
        Effort::ALL.map(|effort| regions(&picture, Orientation::Upright, effort).0);
    assert!(none.is_empty());
    assert_eq!(
        whole.iter().map(|region| region.view).collect::<Vec<_>>(),
        [View::Whole, View::Squashed]
    );
    assert!(standard.len() > 20 && standard.starts_with(&whole));
    assert!(deep.len() > standard.len() && deep.starts_with(&standard));
}

#[test]
fn pictures_too_small_or_too_thin_do_no_harm() {
    for (width, height) in [(1, 1), (4, 400), (5, 5), (5, 3000), (3000, 6), (33, 32), (70_000, 5)] {
        let picture = luma(width, height, scene(18, width, height));
        for effort in Effort::ALL {
            let (_, sight) = regions(&picture, Orientation::Rotated90, effort);
            if let Some(sight) = sight {
                sight.register(0, Orientation::Upright, Hash([0x0f; 4]));
            }
        }
    }
}

// Registration.

#[test]
fn a_window_is_moved_to_where_the_listed_picture_was() {
    let known = picture(19);
    let (hash, _) = pdq::hash(&known);
    let part = rect(30, 12, 430, 290);
    let (regions, sight) = regions(&cut(&known, part), Orientation::Upright, Effort::Deep);
    let numbered = regions.iter().enumerate().filter(|(_, region)| region.view != View::Squashed);
    let (number, start) = numbered
        .map(|(number, region)| (number, region.turned[0].1.distance(hash)))
        .min_by_key(|&(_, distance)| distance)
        .unwrap();
    let moved = sight.unwrap().register(number, Orientation::Upright, hash).unwrap();
    assert!(moved.distance < start && moved.distance.0 <= 40, "{start} {}", moved.distance);
    // The whole picture begins 30 pixels to the left and 12 above what is left of it.
    let Place { x, y, width, height, .. } = moved.place;
    assert!(x.abs_diff(-30) <= 16 && y.abs_diff(-12) <= 12, "{:?}", moved.place);
    assert!(width.abs_diff(480) <= 40 && height.abs_diff(320) <= 30, "{:?}", moved.place);
}

#[test]
fn a_window_on_another_picture_does_not_fit_wherever_it_is_moved() {
    let mut tried = 0;
    for seed in 20..23 {
        let (hash, _) = pdq::hash(&picture(seed + 100));
        let (regions, sight) = regions(&picture(seed), Orientation::Upright, Effort::Deep);
        let sight = sight.unwrap();
        for number in (0..regions.len()).step_by(4) {
            for turn in [Orientation::Upright, Orientation::Mirrored] {
                let moved = sight.register(number, turn, hash).unwrap();
                assert!(moved.distance.0 > 50, "{}", moved.distance);
                tried += 1;
            }
        }
    }
    assert!(tried >= 50, "{tried}");
}
