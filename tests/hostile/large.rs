//! Big honest pictures: more pixels than fit into memory at once are reduced while they are
//! decoded, or the limit that they hit is named.

use std::fs;

use kinga::hash::Algorithm;
use kinga::record::{DecodedAs, Reason};

use crate::files::{find, jpeg, put};
use crate::hashed;
use crate::support::{Report, kinga};

/// A PNG of `side` times `side` grey pixels, drawn row by row: bands and boxes of many sizes.
fn large_png(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::Fastest);
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    for y in 0..side {
        let row: Vec<u8> = (0..side).map(|x| level(x, y, side)).collect();
        std::io::Write::write_all(&mut stream, &row).unwrap();
    }
    stream.finish().unwrap();
    drop(writer);
    bytes
}

/// The same picture at any size.
fn level(x: u32, y: u32, side: u32) -> u8 {
    let (x, y) = (x * 64 / side, y * 64 / side);
    let mixed = (x * x + 3 * y * y + x * y / 5) % 251;
    u8::try_from(mixed).unwrap()
}

#[test]
fn a_png_of_more_than_200_megapixels_is_reduced_and_keeps_its_hash() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large.png"), large_png(14_400)).unwrap();
    fs::write(folder.path().join("small.png"), large_png(1_440)).unwrap();
    let report = hashed(folder.path());
    let (large, small) = (report.file("large.png"), report.file("small.png"));
    assert_eq!((large.decoded, small.decoded), (Some(DecodedAs::Luma8), Some(DecodedAs::Full)));
    assert_eq!((large.width, large.truncated), (Some(14_400), false));
    let [a, b] = [large, small].map(|file| Algorithm::Pdq.parse(&file.hashes[0].hash).unwrap());
    assert!(a.distance(b).0 <= 6, "{}", a.distance(b).0);
}

/// A grey JPEG of 65,535 times 65,535 pixels that are all there: each block takes two bits, the end
/// of its coefficients, and of the constant term that it is as before.
fn largest_jpeg() -> Vec<u8> {
    let blocks = 65_535usize.div_ceil(8).pow(2);
    let mut bytes = b"\xff\xd8\xff\xdb\0\x43\0".to_vec();
    bytes.extend([1; 64]);
    bytes.extend(b"\xff\xc0\0\x0b\x08\xff\xff\xff\xff\x01\x01\x11\0");
    for class in [0, 0x10] {
        // Two codes of one bit and one of two would be too many: one, and one of two bits.
        bytes.extend(b"\xff\xc4\0\x15");
        bytes.extend([class, 1, 1]);
        bytes.extend([0; 14]);
        bytes.extend([0, 7]);
    }
    bytes.extend(b"\xff\xda\0\x08\x01\x01\0\0\x3f\0");
    bytes.resize(bytes.len() + blocks.div_ceil(4), 0);
    bytes.extend(b"\xff\xd9");
    bytes
}

#[test]
fn the_largest_jpeg_there_can_be_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("largest.jpg"), largest_jpeg()).unwrap();
    let report = hashed(folder.path());
    let record = report.file("largest.jpg");
    assert_eq!(record.decoded, Some(DecodedAs::Luma8), "{:?}", record.detail);
    assert_eq!((record.width, record.height), (Some(65_535), Some(65_535)));
    assert_eq!((record.truncated, record.reason), (false, Some(Reason::LowQuality)));
}

#[test]
fn a_large_picture_that_can_only_be_decoded_at_once_is_reported_with_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    // One byte for eight pixels, and all of them there.
    let mut bits = b"P4\n9000 9000\n".to_vec();
    bits.resize(bits.len() + 1_125 * 9_000, 0x5a);
    fs::write(folder.path().join("bits.pbm"), bits).unwrap();
    for (limit, fits) in [("81000000", true), ("80999999", false)] {
        let mut command = kinga(["hash", "--max-memory", limit]);
        let report = Report::of(command.arg(folder.path()));
        let detail = report.file("bits.pbm").detail.clone().unwrap_or_default();
        assert_eq!(!detail.contains("80999999 (--max-memory)"), fits, "{detail}");
        assert_eq!(report.file("bits.pbm").reason == Some(Reason::MemoryLimit), !fits, "{detail}");
    }
}

#[test]
fn a_cut_large_picture_says_which_share_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let whole = large_png(14_400);
    for percent in [30, 80] {
        let cut = &whole[..whole.len() * percent / 100];
        fs::write(folder.path().join(format!("{percent}.png")), cut).unwrap();
    }
    let mut tall = jpeg(false);
    let frame = find(&tall, b"\xff\xc0");
    put(&mut tall, frame + 5, &144u16.to_be_bytes());
    fs::write(folder.path().join("tall.jpg"), tall).unwrap();
    let report = hashed(folder.path());
    assert_eq!(report.file("30.png").reason, Some(Reason::Partial));
    let most = report.file("80.png");
    assert!(most.truncated && most.share.is_some_and(|share| (0.7..0.9).contains(&share)));
    // 72 rows of pixels fill four and a half rows of MCUs, of nine.
    let tall = report.file("tall.jpg");
    assert!(tall.truncated && tall.share == Some(0.555), "{:?}", tall.share);
}
