//! Agreement with PDQ's C++ reference, on pictures and hashes that came from elsewhere.
//!
//! Where their set is absent (`support::conformance`), these tests are skipped, loudly; the same
//! ground is then covered by `tests/fixtures.rs` on the project's own pictures.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::path::PathBuf;

use kinga::algorithm::pdq;
use kinga::content::{HashOptions, fingerprint};
use kinga::hash::{Algorithm, Hash, Quality};
use kinga::luma::{Luma, Pixels};
use kinga::picture::{Decoded, Detail, Kind};
use support::conformance;

struct Reference {
    file: PathBuf,
    quality: Quality,
    hashes: [Hash; 8],
}

/// The reference's own rule for a correct implementation: from files, within this distance where
/// the quality is at least [`RULE_QUALITY`] (ThreatExchange, `pdq/README.md`).
const RULE_DISTANCE: u16 = 10;
const RULE_QUALITY: Quality = Quality(80);

/// The rows of the reference's table whose file begins with `prefix`; `None` if there is no set.
fn reference(prefix: &str) -> Option<Vec<Reference>> {
    let table = conformance("pdq_reference.csv")?;
    let mut reader = csv::Reader::from_path(&table).unwrap();
    let rows = reader.records().map(Result::unwrap).filter(|row| row[0].starts_with(prefix));
    let rows = rows.map(|row| Reference {
        file: table.with_file_name(&row[0]),
        quality: Quality(row[3].parse().unwrap()),
        hashes: std::array::from_fn(|k| Algorithm::Pdq.parse(&row[4 + k]).unwrap()),
    });
    Some(rows.collect())
}

fn pixels_of(file: &PathBuf) -> Luma {
    let image = image::open(file).unwrap();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let pixels = match image {
        image::DynamicImage::ImageLuma8(grey) => Pixels::Grey(grey.into_raw()),
        other => Pixels::Rgb(other.into_rgb8().into_raw()),
    };
    Luma::new(width, height, pixels).unwrap()
}

#[test]
fn lossless_pictures_have_equal_hash_and_quality_and_reference_orientations() {
    let Some(rows) = reference("png/") else { return };
    assert_eq!(rows.len(), 36);
    for row in &rows {
        let picture = pixels_of(&row.file);
        let (hash, quality) = pdq::hash(&picture);
        assert_eq!(quality, row.quality, "{}", row.file.display());
        assert_eq!(hash.distance(row.hashes[0]).0, 0, "{}", row.file.display());
        let distances: Vec<u16> = pdq::reference_orientations(&picture)
            .iter()
            .zip(row.hashes)
            .map(|(ours, theirs)| ours.distance(theirs).0)
            .collect();
        assert_eq!(distances, [0; 8], "{}", row.file.display());
    }
    eprintln!("{} lossless pictures compared with the reference: all equal", rows.len());
}

#[test]
fn photographs_are_within_distance_10_of_the_reference() {
    let Some(rows) = reference("photos/") else { return };
    assert_eq!(rows.len(), 100);
    for (detail, name) in [(Detail::Full, "wholly decoded"), (Detail::Luma, "as PDQ needs them")] {
        let options = HashOptions { detail, ..HashOptions::new(Algorithm::Pdq) };
        let (mut compared, mut sum, mut worst) = (0, 0, 0);
        for row in rows.iter().filter(|row| row.quality >= RULE_QUALITY) {
            let bytes = std::fs::read(&row.file).unwrap();
            let print = fingerprint(&bytes, Kind::Jpeg, &options).unwrap();
            assert!(!print.truncated, "{}", row.file.display());
            assert_eq!(print.decoded == Decoded::Full, detail == Detail::Full);
            // The reference hashes pixels as stored; none of these photographs has an orientation.
            assert_eq!(print.exif_orientation.unwrap_or(1), 1);
            let distance = print.hashes[0].upright().distance(row.hashes[0]).0;
            assert!(distance <= RULE_DISTANCE, "{}: {distance}", row.file.display());
            (compared, sum, worst) = (compared + 1, sum + distance, worst.max(distance));
        }
        assert!(compared >= 90, "only {compared}");
        eprintln!(
            "{compared} photographs, {name}, compared with the reference: distances sum to {sum}, \
             at most {worst}"
        );
    }
}
