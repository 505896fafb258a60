//! Agreement with PDQ's C++ reference on the project's own pictures: what `tests/conformance.rs`
//! asserts on a set from elsewhere, on a fresh clone without it.
//!
//! Who recorded the hashes: `fixtures/README.md`, "Who made the recorded hashes".

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use kinga::algorithm::pdq;
use kinga::hash::{Algorithm, Hash, Quality};
use kinga::luma::{Luma, Pixels};
use kinga::orientation::Orientation;
use kinga::picture::{self, Content, Detail, Kind, Limits, sniff};

/// How far the hash of a JPEG may be from the reference's, whose decoder is another one.
///
/// Source: ThreatExchange, `pdq/README.md`, "Contents" (implementations agree within 10 bits).
const DECODERS_DIFFER: u16 = 10;

/// Below this quality a hash is too unstable for that.
const CLEAR: Quality = Quality(80);

/// How many PNGs and BMPs the table has, and how many JPEGs.
const LOSSLESS: usize = 40;
const JPEGS: usize = 45;

/// A row of `fixtures/reference-hashes.csv`.
struct Row {
    file: PathBuf,
    kind: Kind,
    width: usize,
    height: usize,
    quality: Quality,
    hashes: [Hash; 8],
}

impl Row {
    fn is_lossless(&self) -> bool {
        self.kind != Kind::Jpeg
    }
}

fn rows() -> Vec<Row> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut reader = csv::Reader::from_path(folder.join("reference-hashes.csv")).unwrap();
    let row = |row: csv::StringRecord| {
        let file = folder.join(&row[0]);
        let Content::Picture(kind) = sniff(&fs::read(&file).unwrap(), false) else {
            panic!("{} is no picture", file.display())
        };
        assert!(matches!(kind, Kind::Png | Kind::Bmp | Kind::Jpeg), "{}: {kind}", file.display());
        Row {
            file,
            kind,
            width: row[1].parse().unwrap(),
            height: row[2].parse().unwrap(),
            quality: Quality(row[3].parse().unwrap()),
            hashes: std::array::from_fn(|k| Algorithm::Pdq.parse(&row[4 + k]).unwrap()),
        }
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// The pixels of a lossless picture, not by kinga's own decoders.
fn pixels_of(row: &Row) -> Luma {
    let reader = image::ImageReader::open(&row.file).unwrap().with_guessed_format().unwrap();
    let picture = match reader.decode().unwrap() {
        image::DynamicImage::ImageLuma8(grey) => Pixels::Grey(grey.into_raw()),
        other => Pixels::Rgb(other.into_rgb8().into_raw()),
    };
    Luma::new(row.width, row.height, picture).unwrap()
}

#[test]
fn lossless_fixtures_have_the_references_hash_quality_and_orientations() {
    let rows: Vec<Row> = rows().into_iter().filter(Row::is_lossless).collect();
    assert_eq!(rows.len(), LOSSLESS);
    for row in &rows {
        let (name, pixels) = (row.file.display(), pixels_of(row));
        let (hash, quality) = pdq::hash(&pixels);
        assert_eq!(quality, row.quality, "{name}");
        assert_eq!(hash, row.hashes[0], "{name}");
        assert_eq!(pdq::reference_orientations(&pixels), row.hashes, "{name}");
    }
    eprintln!("{} lossless fixtures compared with the reference: all equal", rows.len());
}

#[test]
fn jpeg_fixtures_are_near_the_references_hashes() {
    let rows: Vec<Row> = rows().into_iter().filter(|row| !row.is_lossless()).collect();
    assert_eq!(rows.len(), JPEGS);
    let (mut near, mut furthest) = (0, 0);
    for row in &rows {
        let bytes = fs::read(&row.file).unwrap();
        let decoded = picture::decode(&bytes, row.kind, &Limits::default(), Detail::Full).unwrap();
        assert_eq!((decoded.luma.width(), decoded.luma.height()), (row.width, row.height));
        let (hash, quality) = pdq::hash(&decoded.luma);
        assert!(quality.0.abs_diff(row.quality.0) <= 2, "{}: {quality}", row.file.display());
        if row.quality < CLEAR {
            continue;
        }
        let distance = hash.distance(row.hashes[0]).0;
        assert!(distance <= DECODERS_DIFFER, "{}: {distance}", row.file.display());
        (near, furthest) = (near + 1, furthest.max(distance));
    }
    assert_eq!(near, JPEGS - 1, "all but the blank one");
    eprintln!("{near} JPEGs compared with the reference: at most {furthest} bits apart");
}

/// What a viewer sees of the picture in this orientation, by plain loops: the pixel at `(x, y)` of
/// the result is the one that `from` says.
fn turned(picture: &Luma, orientation: Orientation) -> Luma {
    let (width, height) = (picture.width(), picture.height());
    let from = |x: usize, y: usize| match orientation {
        Orientation::Upright => (x, y),
        Orientation::Rotated90 => (y, height - 1 - x),
        Orientation::Rotated180 => (width - 1 - x, height - 1 - y),
        Orientation::Rotated270 => (width - 1 - y, x),
        Orientation::Mirrored => (width - 1 - x, y),
        Orientation::Flipped => (x, height - 1 - y),
        Orientation::Transposed => (y, x),
        Orientation::Transversed => (width - 1 - y, height - 1 - x),
    };
    let upright = from(1, 0).1 == from(0, 0).1;
    let (new_width, new_height) = if upright { (width, height) } else { (height, width) };
    let channels = picture.channels();
    let mut samples = Vec::with_capacity(picture.bytes().len());
    for y in 0..new_height {
        for x in 0..new_width {
            let (old_x, old_y) = from(x, y);
            samples.extend(&picture.row(old_y)[old_x * channels..][..channels]);
        }
    }
    let pixels = if channels == 1 { Pixels::Grey(samples) } else { Pixels::Rgb(samples) };
    Luma::new(new_width, new_height, pixels).unwrap()
}

#[test]
fn a_quarter_turn_brings_the_left_column_to_the_top() {
    let picture = Luma::new(3, 2, Pixels::Grey(vec![1, 2, 3, 4, 5, 6])).unwrap();
    let right = turned(&picture, Orientation::Rotated90);
    assert_eq!((right.width(), right.bytes()), (2, &[4, 1, 5, 2, 6, 3][..]));
    let left = turned(&picture, Orientation::Rotated270);
    assert_eq!((left.width(), left.bytes()), (2, &[3, 6, 2, 5, 1, 4][..]));
}

#[test]
fn each_orientation_has_the_very_hash_of_the_turned_pixels() {
    let rows: Vec<Row> = rows().into_iter().filter(Row::is_lossless).collect();
    assert_eq!(rows.len(), LOSSLESS);
    let mut compared = 0;
    for row in &rows {
        let pixels = pixels_of(row);
        for (orientation, exact) in Orientation::ALL.into_iter().zip(pdq::hash_all(&pixels)) {
            let plain = pdq::hash(&turned(&pixels, orientation));
            assert_eq!(exact, plain, "{} {orientation}", row.file.display());
            compared += 1;
        }
    }
    assert_eq!(compared, 8 * LOSSLESS);
    eprintln!("{compared} orientations compared with turned pixels: all equal");
}
