//! Hashes of JPEGs decoded only as far as PDQ looks, against those of all their pixels: over the
//! conformance photographs, as they are and stored anew in other ways.
//!
//! Where their set is absent (`support::conformance`), these tests are skipped, loudly.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fs;

use image::RgbImage;
use image::imageops::{FilterType, resize};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use kinga::algorithm::pdq;
use kinga::picture::{Decoded, Detail, Kind, Limits, Picture, decode};
use support::conformance;

/// The photographs; `None`, and a word about it, where they are not there.
fn photographs() -> Option<Vec<Vec<u8>>> {
    let entries = fs::read_dir(conformance("photos")?).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert_eq!(paths.len(), 100);
    Some(paths.iter().map(|path| fs::read(path).unwrap()).collect())
}

/// The ways in which a picture is stored anew: quality, sampling, progressive, restart interval.
const FORMS: [(u8, SamplingFactor, bool, u16); 6] = [
    (75, SamplingFactor::R_4_2_0, false, 0),
    (90, SamplingFactor::R_4_4_4, false, 0),
    (75, SamplingFactor::R_4_2_2, false, 7),
    (90, SamplingFactor::R_4_2_0, true, 0),
    (75, SamplingFactor::R_4_4_4, true, 11),
    (90, SamplingFactor::R_4_2_2, true, 0),
];

fn encode(picture: &RgbImage, form: usize) -> Vec<u8> {
    let (quality, sampling, progressive, restart) = FORMS[form % FORMS.len()];
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(progressive);
    encoder.set_restart_interval(restart);
    let [width, height] = [picture.width(), picture.height()].map(|n| n.try_into().unwrap());
    encoder.encode(picture, width, height, ColorType::Rgb).unwrap();
    bytes
}

fn decoded(bytes: &[u8], detail: Detail) -> Picture {
    let picture = decode(bytes, Kind::Jpeg, &Limits::default(), detail).unwrap();
    assert!(!picture.truncated);
    picture
}

/// The pixels of a picture.
fn pixels(bytes: &[u8]) -> RgbImage {
    let luma = decoded(bytes, Detail::Full).luma;
    let [width, height] = [luma.width(), luma.height()].map(|n| n.try_into().unwrap());
    let rgb: Vec<u8> = match luma.channels() {
        3 => luma.bytes().to_vec(),
        _ => luma.bytes().iter().flat_map(|&grey| [grey; 3]).collect(),
    };
    RgbImage::from_raw(width, height, rgb).unwrap()
}

/// How far the hashes of the two ways are apart, having checked the rest.
fn distance(bytes: &[u8], scale: usize) -> u16 {
    let (all, enough) = (decoded(bytes, Detail::Full), decoded(bytes, Detail::Luma));
    assert_eq!((all.decoded, enough.decoded), (Decoded::Full, Decoded::Luma { scale }));
    assert_eq!(all.exif_orientation, enough.exif_orientation);
    let ((hash, quality), (near, like)) = (pdq::hash(&all.luma), pdq::hash(&enough.luma));
    assert!(quality.0.abs_diff(like.0) <= 3, "{quality} and {like}");
    hash.distance(near).0
}

/// Mean, the value below which 99 of 100 are, and the largest.
fn spread(mut distances: Vec<u16>) -> (f64, u16, u16) {
    distances.sort_unstable();
    let sum: u16 = distances.iter().sum();
    let mean = f64::from(sum) / f64::from(u16::try_from(distances.len()).unwrap());
    let place = distances.len() * 99 / 100;
    (mean, distances[place.min(distances.len() - 1)], distances[distances.len() - 1])
}

#[test]
fn small_photographs_keep_their_hashes() {
    let Some(photographs) = photographs() else { return };
    let mut distances = Vec::new();
    for (form, bytes) in photographs.iter().enumerate() {
        distances.push(distance(bytes, 1));
        distances.push(distance(&encode(&pixels(bytes), form), 1));
    }
    let (mean, p99, most) = spread(distances);
    eprintln!(
        "200 small pictures: {mean} bits apart on average, 99 % within {p99}, at most {most}"
    );
    assert!(mean <= 1.0 && p99 <= 6);
}

#[test]
fn photographs_of_some_hundred_pixels_keep_their_hashes_nearly() {
    let Some(photographs) = photographs() else { return };
    let mut distances = Vec::new();
    for (form, bytes) in photographs.iter().step_by(5).enumerate() {
        let small = pixels(bytes);
        for (times, scale) in [(1.7, 2), (3.4, 4)] {
            let [width, height] = [small.width(), small.height()].map(|n| scaled(n, times));
            let larger = resize(&small, width, height, FilterType::CatmullRom);
            distances.push(distance(&encode(&larger, form), scale));
        }
    }
    let (mean, p99, most) = spread(distances);
    eprintln!(
        "40 middle pictures: {mean} bits apart on average, 99 % within {p99}, at most {most}"
    );
    assert!(mean <= 2.5 && p99 <= 10);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands")]
fn scaled(side: u32, times: f64) -> u32 {
    (f64::from(side) * times) as u32
}

#[test]
fn large_pictures_keep_their_hashes_but_for_some_bits() {
    let Some(photographs) = photographs() else { return };
    let small: Vec<RgbImage> = photographs.iter().map(|bytes| pixels(bytes)).collect();
    let mut distances = Vec::new();
    for form in 0..FORMS.len() {
        // One photograph, enlarged, and a mosaic of fine ones.
        let large = resize(&small[7 * form], 2600, 2100, FilterType::CatmullRom);
        let mosaic = RgbImage::from_fn(2200, 1600, |x, y| {
            let tile = &small[(x / 300 + 8 * (y / 300)) as usize + form];
            *tile.get_pixel(x % 300, y % 300)
        });
        distances.push(distance(&encode(&large, form), 8));
        distances.push(distance(&encode(&mosaic, form), 4));
    }
    let (mean, _, most) = spread(distances);
    eprintln!("12 large pictures: {mean} bits apart on average, at most {most}");
    assert!(mean <= 1.0 && most <= 6);
}
