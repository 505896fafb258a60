//! The road of our own against zune-jpeg, which decodes everything: same levels, and the same
//! answers about what is cut, turned or out of the ordinary.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small numbers"
)]

use std::path::{Path, PathBuf};

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::reduced::{Reduced, Refusal, Wanted, decode};
use super::*;

/// Width and height of [`picture`]: no multiples of a block, nor of an MCU.
const SIZE: (u16, u16) = (203, 141);

/// How a picture is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    sampling: SamplingFactor,
    progressive: bool,
    /// MCUs between restart markers, 0 for none.
    restart: u16,
    quality: u8,
}

const PLAIN: Form =
    Form { sampling: SamplingFactor::R_4_2_0, progressive: false, restart: 0, quality: 90 };

/// All that an ordinary encoder may do.
pub(super) fn forms() -> impl Iterator<Item = Form> {
    use SamplingFactor::{R_4_1_1, R_4_2_0, R_4_2_2, R_4_4_0, R_4_4_4};
    let samplings = [R_4_4_4, R_4_2_2, R_4_2_0, R_4_4_0, R_4_1_1];
    let with = move |(progressive, restart, quality)| {
        samplings.map(|sampling| Form { sampling, progressive, restart, quality })
    };
    [(false, 0, 75), (false, 3, 98), (true, 0, 90), (true, 5, 30)].into_iter().flat_map(with)
}

/// Waves of all frequencies, hard edges, and a flat corner.
fn picture(colour: ColorType) -> Vec<u8> {
    let level = |x: f32, y: f32, phase: f32| {
        let wave = (x * x / 260.0 + phase).sin() * (y * y / 190.0).cos();
        let edge = if (x * 0.6 + y) as u32 % 37 < 9 { 60.0 } else { 0.0 };
        if x < 60.0 && y < 50.0 { 90.0 } else { 110.0 + 70.0 * wave + edge }
    };
    let mut bytes = Vec::new();
    for y in 0..SIZE.1 {
        for x in 0..SIZE.0 {
            for channel in 0..if colour == ColorType::Luma { 1 } else { 3 } {
                bytes.push(level(x.into(), y.into(), 0.4 * channel as f32) as u8);
            }
        }
    }
    bytes
}

pub(super) fn encode(form: Form, colour: ColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, form.quality);
    encoder.set_sampling_factor(form.sampling);
    encoder.set_progressive(form.progressive);
    encoder.set_restart_interval(form.restart);
    encoder.encode(&picture(colour), SIZE.0, SIZE.1, colour).unwrap();
    bytes
}

pub(super) fn at_scale(scale: usize) -> Wanted {
    let scale_for = match scale {
        1 => |_, _| 1,
        2 => |_, _| 2,
        4 => |_, _| 4,
        _ => |_, _| 8,
    };
    Wanted { scale_for, finest: 0 }
}

fn ours(bytes: &[u8], scale: usize) -> Result<Reduced, Refusal> {
    decode(bytes, at_scale(scale), &Limits::default())
}

/// The luma plane as zune-jpeg decodes it.
fn theirs(bytes: &[u8]) -> Vec<u8> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options).decode().unwrap()
}

/// That the planes differ by at most 1, but for one pixel in a thousand.
fn assert_same_levels(ours: &[u8], theirs: &[u8], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let far = ours.iter().zip(theirs).filter(|(a, b)| a.abs_diff(**b) > 1).count();
    assert!(far * 1000 <= ours.len(), "{what}: {far} of {} pixels", ours.len());
}

fn jpegs_in(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            jpegs_in(&path, found);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        if bytes.starts_with(b"\xff\xd8\xff") {
            found.push((path, bytes));
        }
    }
}

pub(super) fn fixtures() -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    jpegs_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &mut found);
    found.sort();
    assert!(found.len() >= 60, "only {}", found.len());
    found
}

#[test]
fn all_forms_have_the_levels_that_zune_jpeg_decodes() {
    for form in forms() {
        for colour in [ColorType::Rgb, ColorType::Luma] {
            let bytes = encode(form, colour);
            let reduced = ours(&bytes, 1).unwrap();
            // The sampling of chroma makes no difference to luma. (It does to zune-jpeg 0.5.15,
            // which goes wrong at progressive 4:4:0; libjpeg-turbo does not.)
            let same = Form { sampling: SamplingFactor::R_4_4_4, ..form };
            let theirs = theirs(&encode(same, colour));
            assert_same_levels(&reduced.plane, &theirs, &format!("{form:?}"));
            assert!(reduced.complete && reduced.share >= 1.0, "{form:?}");
        }
    }
}

#[test]
fn fixtures_have_the_levels_and_the_orientations_of_the_full_road() {
    let (mut compared, mut left_to_it) = (0, 0);
    for (path, bytes) in fixtures() {
        let name = path.display().to_string();
        let (full, reduced) = (full::decode(&bytes, &Limits::default()), ours(&bytes, 1));
        let (Ok(full), Ok(reduced)) = (full, reduced) else {
            left_to_it += 1;
            continue;
        };
        assert_eq!(full.truncated, !reduced.complete, "{name}");
        let orientation = reduced.exif.as_deref().and_then(orientation_in);
        assert_eq!(full.exif_orientation, orientation, "{name}");
        if reduced.complete {
            assert_same_levels(&reduced.plane, &theirs(&bytes), &name);
            compared += 1;
        }
    }
    // Without a picture, RGB, CMYK, YCCK.
    assert!(compared >= 55 && left_to_it <= 8, "{compared}, {left_to_it}");
}

#[test]
fn a_reduced_plane_holds_the_means_of_its_blocks() {
    for form in forms() {
        let bytes = encode(form, ColorType::Rgb);
        let all = ours(&bytes, 1).unwrap();
        for (scale, most) in [(2, 4.0), (4, 7.0), (8, 0.5)] {
            let reduced = ours(&bytes, scale).unwrap();
            let columns = all.width.div_ceil(scale);
            assert_eq!(reduced.plane.len(), columns * all.height.div_ceil(scale));
            let mut sum = 0.0;
            let mut count = 0.0;
            // Whole blocks only: of the others, a part lies outside of the picture.
            for y in 0..all.height / scale {
                for x in 0..all.width / scale {
                    let row = |k: usize| &all.plane[(y * scale + k) * all.width + x * scale..];
                    let pixels = (0..scale).flat_map(|k| &row(k)[..scale]);
                    let mean = pixels.map(|&p| f64::from(p)).sum::<f64>() / (scale * scale) as f64;
                    let apart = mean - f64::from(reduced.plane[y * columns + x]);
                    sum += apart * apart;
                    count += 1.0;
                }
            }
            // What is left is what the frequencies that were left out would add, and clipping.
            let rms = f64::sqrt(sum / count);
            assert!(rms <= most, "{form:?} at 1/{scale}: {rms}");
        }
    }
}

#[test]
fn what_is_out_of_the_ordinary_is_left_to_the_full_road() {
    for name in ["scene-cmyk.jpg", "scene-ycck.jpg", "scene-rgb.jpg"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats").join(name);
        let answer = decode(&std::fs::read(path).unwrap(), at_scale(1), &Limits::default());
        assert!(matches!(answer, Err(Refusal::NotOurs)), "{name}");
    }
    // Arithmetic coding, 12 bits, lossless.
    let frame = |marker, precision| {
        let mut bytes = encode(PLAIN, ColorType::Rgb);
        let at = bytes.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
        (bytes[at + 1], bytes[at + 4]) = (marker, precision);
        bytes
    };
    assert!(ours(&frame(0xc1, 8), 1).is_ok());
    for (marker, precision) in [(0xc9, 8), (0xca, 8), (0xc1, 12), (0xc3, 8)] {
        assert!(ours(&frame(marker, precision), 1).is_err());
    }
}

#[test]
fn the_share_of_a_cut_picture_is_about_that_of_its_data() {
    let whole = encode(PLAIN, ColorType::Rgb);
    for tenths in 3..10 {
        let mut cut = whole[..whole.len() * tenths / 10].to_vec();
        for end in [&b""[..], b"\xff\xd9"] {
            cut.extend(end);
            let reduced = ours(&cut, 1).unwrap();
            assert!(!reduced.complete);
            assert!((reduced.share - tenths as f64 / 10.0).abs() < 0.25, "{}", reduced.share);
            let last = reduced.plane.last();
            assert_eq!(last, Some(&128), "what is not there is mid-grey");
        }
    }
}

#[test]
fn a_progressive_picture_of_which_scans_are_missing_is_not_complete() {
    let whole = encode(Form { progressive: true, ..PLAIN }, ColorType::Rgb);
    let scans = segment::Segments::of(&whole).filter(|segment| segment.marker == segment::SOS);
    // With one component, the first: luma.
    let luma = |segment: &segment::Segment<'_>| segment.body[0] == 3 || segment.body[1] == 0;
    let ends: Vec<usize> = scans.filter(luma).map(|segment| segment.at).collect();
    assert!(ends.len() >= 2, "{ends:?}");
    for &end in &ends[1..] {
        let cut = [&whole[..end], b"\xff\xd9"].concat();
        let reduced = ours(&cut, 1).unwrap();
        assert!(reduced.share >= 1.0 && !reduced.complete, "{end} of {ends:?}");
    }
    let middle = [&whole[..usize::midpoint(ends[0], ends[1])], b"\xff\xd9"].concat();
    assert!(ours(&middle, 8).unwrap().share < 0.9);
}

#[test]
fn damage_ends_at_the_next_restart_marker() {
    let form = Form { restart: 13, ..PLAIN };
    let whole = encode(form, ColorType::Rgb);
    let expected = ours(&whole, 1).unwrap().plane;
    let markers: Vec<usize> = memchr::memchr_iter(0xff, &whole)
        .filter(|&at| matches!(whole.get(at + 1), Some(0xd0..=0xd7)))
        .collect();
    // One row of MCUs has 13: rows 2 and 3 are lost, with the marker between them, or one of them
    // is full of ones, which are no code.
    let mut lost = whole.clone();
    lost.drain(markers[1]..markers[3]);
    let mut damaged = whole.clone();
    damaged[markers[1] + 2..markers[2]].fill(0xfe);
    for (bytes, rows) in [(lost, 2), (damaged, 1)] {
        let reduced = ours(&bytes, 1).unwrap();
        assert!(!reduced.complete && reduced.share < 1.0 && reduced.share > 0.6);
        let (kept, from) = (2 * 16 * 203, (2 + rows) * 16 * 203);
        assert_eq!(reduced.plane[..kept], expected[..kept]);
        assert_eq!(reduced.plane[from..], expected[from..]);
    }
}

#[test]
fn limits_are_told_before_anything_is_decoded() {
    let bytes = encode(PLAIN, ColorType::Rgb);
    let pixels = 203 * 141;
    for (limits, fits) in [
        (Limits { max_pixels: pixels, max_memory: pixels }, true),
        (Limits { max_pixels: pixels - 1, ..Limits::default() }, false),
        (Limits { max_memory: pixels - 1, ..Limits::default() }, false),
    ] {
        let answer = decode(&bytes, at_scale(1), &limits);
        assert_eq!(answer.is_ok(), fits);
        assert!(fits || matches!(answer, Err(Refusal::Refused(_))));
    }
}

#[test]
fn the_scale_grows_where_the_kernel_gathers_four_reduced_pixels_more() {
    let scales = [1, 512, 513, 1024, 1025, 2048, 2049, 65_535].map(|n| scale_for(n, 65_535));
    assert_eq!(scales, [1, 1, 2, 2, 4, 4, 8, 8]);
}
