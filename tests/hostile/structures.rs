//! What is nested or repeated without end, and checksums that are wrong.

use std::fs;

use image::{DynamicImage, ImageFormat, RgbImage};
use kinga::hash::Algorithm;
use kinga::record::{Outcome, Reason};

use crate::files::{chunks, find, jpeg, png, put, saved, small, tiff};
use crate::support::fixture;
use crate::{hashed, must_be_sound};

/// A progressive JPEG whose first scan of AC coefficients comes again and again.
fn jpeg_of_scans(times: usize) -> Vec<u8> {
    let whole = jpeg(true);
    let starts: Vec<usize> =
        (0..whole.len() - 1).filter(|&at| whole[at..].starts_with(b"\xff\xda")).collect();
    let scan = &whole[starts[3]..starts[4]];
    [&whole[..starts[4]], &scan.repeat(times), &whole[starts[4]..]].concat()
}

fn jpeg_of_tables(times: usize) -> Vec<u8> {
    let whole = jpeg(false);
    let table = find(&whole, b"\xff\xc4");
    let length = 2 + usize::from(u16::from_be_bytes([whole[table + 2], whole[table + 3]]));
    [&whole[..table], &whole[table..table + length].repeat(times), &whole[table..]].concat()
}

/// A PNG with so many empty `IDAT` chunks, and texts, in front of its own.
fn png_of_chunks(times: usize) -> Vec<u8> {
    let mut all = chunks(&small(ImageFormat::Png));
    all.splice(1..1, std::iter::repeat_n((*b"IDAT", Vec::new()), times));
    all.splice(1..1, std::iter::repeat_n((*b"tEXt", b"a\0b".to_vec()), times));
    png(&all)
}

/// A PNG whose colour profile and whose text inflate to 64 MB.
fn png_of_inflated() -> Vec<u8> {
    let flat = saved(DynamicImage::ImageRgb8(RgbImage::new(4_000, 5_400)), ImageFormat::Png);
    let zeros: Vec<u8> = chunks(&flat)
        .into_iter()
        .filter(|(name, _)| name == b"IDAT")
        .flat_map(|(_, data)| data)
        .collect();
    let mut all = chunks(&small(ImageFormat::Png));
    all.insert(1, (*b"iCCP", [b"a\0\0", &zeros[..]].concat()));
    all.insert(1, (*b"zTXt", [b"a\0\0", &zeros[..]].concat()));
    png(&all)
}

fn gif_of_extensions(times: usize) -> Vec<u8> {
    let whole = small(ImageFormat::Gif);
    let frame = find(&whole, &[0x2c, 0, 0, 0, 0, 96, 0, 72, 0]);
    [&whole[..frame], &b"\x21\xfe\x01a\0".repeat(times), &whole[frame..]].concat()
}

fn gif_of_frames(times: usize) -> Vec<u8> {
    let whole = small(ImageFormat::Gif);
    let frame = find(&whole, &[0x2c, 0, 0, 0, 0, 96, 0, 72, 0]);
    [&whole[..frame], &whole[frame..whole.len() - 1].repeat(times), b"\x3b"].concat()
}

/// A TIFF whose first directory is its own successor.
fn tiff_in_a_circle() -> Vec<u8> {
    let tags = [
        (256, 96),
        (257, 72),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 200),
        (277, 1),
        (278, 72),
        (279, 96 * 72),
    ];
    tiff(&tags, 8, DynamicImage::ImageRgb8(crate::files::drawing(96, 72)).to_luma8().as_raw())
}

/// An icon that says to hold 65,535 pictures, and holds icons.
fn ico_of_icons() -> Vec<u8> {
    let entry = [&[0, 0, 0, 0, 1, 0, 32, 0][..], &[0xff, 0xff, 0, 0], &[0; 4]].concat();
    [&[0, 0, 1, 0, 0xff, 0][..], &entry.repeat(255)].concat()
}

#[test]
fn what_is_repeated_or_nested_ends_soon_with_a_record_of_each() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("scans.jpg", jpeg_of_scans(5_000), Outcome::Hashed, true),
        ("some-scans.jpg", jpeg_of_scans(400), Outcome::Hashed, false),
        ("tables.jpg", jpeg_of_tables(5_000), Outcome::Hashed, false),
        ("chunks.png", png_of_chunks(20_000), Outcome::Hashed, false),
        ("inflated.png", png_of_inflated(), Outcome::Hashed, false),
        ("extensions.gif", gif_of_extensions(50_000), Outcome::Hashed, false),
        ("frames.gif", gif_of_frames(1_000), Outcome::Hashed, false),
        ("circle.tiff", tiff_in_a_circle(), Outcome::Failed, false),
        ("icons.ico", ico_of_icons(), Outcome::Failed, false),
    ];
    for (name, bytes, ..) in &files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let report = hashed(folder.path());
    assert_eq!(report.files.len(), files.len());
    for (name, _, outcome, truncated) in files {
        let record = report.file(name);
        must_be_sound(record);
        assert_eq!(
            (record.outcome, record.truncated),
            (outcome, truncated),
            "{name}: {:?}",
            record.detail
        );
    }
    assert!(report.file("frames.gif").more_pictures);
}

/// A byte of the checksum of the chunk of this name is another.
fn wrong(name: [u8; 4]) -> Vec<u8> {
    let mut bytes = small(ImageFormat::Png);
    let at = find(&bytes, &name);
    let length = u32::from_be_bytes(bytes[at - 4..at].try_into().unwrap()) as usize;
    bytes[at + 4 + length] ^= 1;
    bytes
}

#[test]
fn a_png_with_wrong_checksums_has_the_hash_of_its_pixels_and_is_not_called_whole() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("header.png", wrong(*b"IHDR")),
        ("data.png", wrong(*b"IDAT")),
        ("end.png", wrong(*b"IEND")),
        ("whole.png", small(ImageFormat::Png)),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let report = hashed(folder.path());
    let hash = |name: &str| report.file(name).hashes[0].hash.clone();
    for name in ["header.png", "data.png"] {
        let record = report.file(name);
        assert_eq!((record.truncated, record.share), (true, Some(1.0)), "{name}");
        assert_eq!(hash(name), hash("whole.png"), "{name}");
    }
    // Behind the pixels nothing matters.
    assert_eq!((report.file("end.png").truncated, hash("end.png")), (false, hash("whole.png")));
}

#[test]
fn a_png_whose_data_are_no_longer_deflated_is_hashed_as_far_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let whole = saved(DynamicImage::ImageRgb8(crate::files::drawing(300, 200)), ImageFormat::Png);
    for (name, from) in [("early.png", 3), ("late.png", 8)] {
        let mut bytes = whole.clone();
        let (start, length) = (bytes.len() * from / 10, bytes.len() / 10);
        put(&mut bytes, start, &vec![0xff; length]);
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let report = hashed(folder.path());
    report.files.iter().for_each(must_be_sound);
    assert_eq!(report.file("early.png").reason, Some(Reason::Partial));
    assert!(report.file("late.png").share.is_some_and(|share| share < 0.95), "late");
}

#[test]
fn an_interlaced_picture_of_which_the_first_passes_are_there_is_near_its_whole_hash() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["formats/grey-interlaced.png", "formats/scene-progressive.jpg"] {
        let whole = fs::read(fixture(name)).unwrap();
        let end = &name[name.len() - 3..];
        fs::write(folder.path().join(format!("whole.{end}")), &whole).unwrap();
        fs::write(folder.path().join(format!("third.{end}")), &whole[..whole.len() / 3]).unwrap();
    }
    let report = hashed(folder.path());
    for end in ["png", "jpg"] {
        let [whole, third] = ["whole", "third"].map(|name| report.file(&format!("{name}.{end}")));
        assert_eq!((third.truncated, third.share), (true, Some(1.0)), "{end}");
        let [a, b] = [whole, third].map(|file| Algorithm::Pdq.parse(&file.hashes[0].hash).unwrap());
        assert!(a.distance(b).0 <= 31, "{end}: {}", a.distance(b).0);
    }
}
