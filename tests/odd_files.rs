//! Broken, misnamed and rare files: what becomes of each of the fixtures, and that pictures that
//! show the same have the same hash in every format, colour type and EXIF orientation.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::collections::BTreeMap;

use kinga::hash::{Algorithm, Hash};
use kinga::orientation::Orientation;
use kinga::record::Outcome::{Failed, Hashed, Unsupported};
use kinga::record::{Outcome, Reason, Record};
use support::{Report, files_below, fixture, kinga};

/// What lossy compression may change of a hash, in bits.
const CLOSE: u16 = 10;

/// What must become of a file.
type Row<'a> = (&'a str, Outcome, Option<Reason>, &'a str, &'a [&'a str]);

const TRUNCATED: &[&str] = &["truncated"];

/// Path, outcome, reason, kind, and what else the record says.
const BROKEN: [Row; 23] = [
    ("claims-13000x13000.jpg", Failed, Some(Reason::Partial), "jpeg", &[]),
    ("claims-60000x60000.png", Failed, Some(Reason::Partial), "png", &[]),
    ("cut-20.jpg", Failed, Some(Reason::Partial), "jpeg", &[]),
    ("cut-20.png", Failed, Some(Reason::Partial), "png", &[]),
    ("cut-50-progressive.jpg", Hashed, None, "jpeg", TRUNCATED),
    ("cut-50.jpg", Failed, Some(Reason::Partial), "jpeg", &[]),
    ("cut-50.png", Failed, Some(Reason::Partial), "png", &[]),
    ("cut-60.bmp", Hashed, None, "bmp", TRUNCATED),
    ("cut-60.gif", Hashed, None, "gif", TRUNCATED),
    ("cut-60.webp", Hashed, None, "webp", TRUNCATED),
    ("cut-90.jpg", Hashed, None, "jpeg", TRUNCATED),
    ("cut-90.png", Hashed, None, "png", TRUNCATED),
    ("document.pdf", Hashed, None, "jpeg", &[]),
    ("empty.jpg", Unsupported, Some(Reason::Empty), "", &[]),
    ("flipped-byte.jpg", Hashed, None, "jpeg", &[]),
    ("noise.bin", Unsupported, Some(Reason::NotAPicture), "unknown data", &[]),
    ("notes.jpg", Unsupported, Some(Reason::NotAPicture), "text", &[]),
    ("only-magic.jpg", Failed, Some(Reason::Truncated), "jpeg", &[]),
    ("photo.jpg", Hashed, None, "png", &[]),
    ("tiny-1x1.gif", Hashed, Some(Reason::LowQuality), "gif", &[]),
    ("tiny-4x4.png", Hashed, Some(Reason::LowQuality), "png", &[]),
    ("tiny-5x5.png", Hashed, None, "png", &[]),
    ("wrong-crc.png", Hashed, None, "png", TRUNCATED),
];

/// Formats that are known by sight only: each says by name that it was not looked at.
const UNDECODABLE: [Row; 11] = [
    ("codestream.jxl", Unsupported, Some(Reason::UnsupportedFormat), "jxl", &[]),
    ("container.jxl", Unsupported, Some(Reason::UnsupportedFormat), "jxl", &[]),
    ("shell.avi", Unsupported, Some(Reason::Video), "video/x-msvideo", &[]),
    ("shell.avif", Unsupported, Some(Reason::UnsupportedFormat), "avif", &[]),
    ("shell.cr2", Unsupported, Some(Reason::UnsupportedFormat), "camera raw (cr2)", &[]),
    ("shell.dng", Unsupported, Some(Reason::UnsupportedFormat), "camera raw (tiff)", &[]),
    ("shell.mkv", Unsupported, Some(Reason::Video), "video/x-matroska", &[]),
    ("shell.mp4", Unsupported, Some(Reason::Video), "video/mp4", &[]),
    ("shell.pdf", Unsupported, Some(Reason::Container), "application/pdf", &[]),
    ("shell.psd", Unsupported, Some(Reason::UnsupportedFormat), "image/vnd.adobe.photoshop", &[]),
    ("shell.zip", Unsupported, Some(Reason::Container), "application/zip", &[]),
];

/// The kinds of the pictures in `formats/`, by the ends of their names.
const KINDS: [(&str, &str); 14] = [
    ("bmp", "bmp"),
    ("ff", "farbfeld"),
    ("gif", "gif"),
    ("hdr", "hdr"),
    ("heic", "heic"),
    ("ico", "ico"),
    ("jpg", "jpeg"),
    ("pbm", "pnm"),
    ("pgm", "pnm"),
    ("png", "png"),
    ("ppm", "pnm"),
    ("qoi", "qoi"),
    ("tga", "tga"),
    ("tiff", "tiff"),
];

fn must_be(record: &Record, (path, outcome, reason, kind, flags): Row) {
    let mut said = Vec::new();
    if record.truncated {
        said.push("truncated");
    }
    if record.more_pictures {
        said.push("more pictures");
    }
    let found = (record.outcome, record.reason, record.kind.as_deref().unwrap_or(""), &*said);
    assert_eq!(found, (outcome, reason, kind, flags), "{path}: {:?}", record.detail);
    assert_eq!(record.hashes.len(), usize::from(outcome == Hashed), "{path}");
}

/// The rows of all files below a folder, each with its record.
fn must_become(folder: &str, rows: &[Row]) {
    let report = Report::of(&mut kinga(["hash", &format!("fixtures/{folder}")]));
    assert_eq!(report.files.len(), files_below(&fixture(folder)).len());
    assert_eq!(report.files.len(), rows.len(), "a row for each file");
    // All of them, so that a failure shows more than the first.
    let wrong = rows.iter().filter_map(|row| {
        let record = report.file(row.0).clone();
        std::panic::catch_unwind(|| must_be(&record, *row)).is_err().then_some(row.0)
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<&str>::new(), "said above, each with its reason");
}

#[test]
fn each_broken_file_becomes_what_it_must() {
    must_become("broken", &BROKEN);
}

#[test]
fn a_cut_picture_of_which_nothing_is_left_to_see_counts_as_not_examined() {
    let report = Report::of(&mut kinga(["hash", "fixtures/broken/claims-13000x13000.jpg"]));
    assert_eq!((report.summary.not_examined, report.status), (1, 3));
}

#[test]
fn each_undecodable_format_says_by_name_that_it_was_not_looked_at() {
    must_become("formats/known-but-undecodable", &UNDECODABLE);
    assert!(UNDECODABLE.iter().all(|(_, _, reason, ..)| reason.unwrap().leaves_unexamined()));
}

#[test]
fn each_decodable_format_and_colour_type_is_hashed() {
    let below = files_below(&fixture("formats"));
    let names: Vec<&String> = below.iter().filter(|name| !name.contains('/')).collect();
    assert_eq!(names.len(), 56);
    let report = Report::of(&mut kinga(["hash", "fixtures/formats"]));
    assert_eq!(report.files.len(), below.len());
    let kinds: BTreeMap<&str, &str> = KINDS.into();
    for name in names {
        let end = name.rsplit('.').next().unwrap();
        let kind = if end == "webp" { "webp" } else { kinds.get(end).copied().unwrap_or("text") };
        let several = ["scene-animated.gif", "small-two-pages.tiff"].contains(&&**name);
        let flags: &[&str] = if several { &["more pictures"] } else { &[] };
        let row: Row = match &**name {
            "twins.csv" => (name, Unsupported, Some(Reason::NotAPicture), "text", &[]),
            _ => (name, Hashed, None, kind, flags),
        };
        must_be(report.file(name), row);
    }
}

#[test]
fn what_was_cut_is_hashed_as_far_as_it_goes() {
    let report = Report::of(&mut kinga(["hash", "fixtures/broken"]));
    let hash = |file: &str| hash(report.file(file));
    let whole = [("jpg", hash("document.pdf")), ("png", hash("photo.jpg"))];
    for (end, whole) in whole {
        let apart = hash(&format!("cut-90.{end}")).distance(whole).0;
        assert!((1..100).contains(&apart), "{end}: {apart}");
    }
    // The other 40 % is grey; chance would be 128 bits.
    for end in ["bmp", "gif", "webp"] {
        let apart = hash(&format!("cut-60.{end}")).distance(whole[1].1).0;
        assert!((1..110).contains(&apart), "{end}: {apart}");
    }
    assert_eq!(hash("wrong-crc.png"), hash("photo.jpg"), "its pixels are whole");
}

// Pictures that show the same.

fn hash(record: &Record) -> Hash {
    Algorithm::Pdq.parse(&record.hashes[0].hash).unwrap()
}

fn distance(report: &Report, a: &str, b: &str) -> u16 {
    hash(report.file(a)).distance(hash(report.file(b))).0
}

#[test]
fn twins_have_the_same_hash_or_after_lossy_compression_a_near_one() {
    let report = Report::of(&mut kinga(["hash", "fixtures/formats"]));
    let mut reader = csv::Reader::from_path(fixture("formats/twins.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut files: Vec<&str> = rows.iter().map(|row| &row[0]).collect();
    files.sort_unstable();
    let hashed = report.files.iter().filter(|record| record.outcome == Hashed);
    assert_eq!(files, hashed.map(|record| &*record.path).collect::<Vec<_>>());
    assert_eq!(rows.len(), 55);
    for row in &rows {
        let bound = match &row[2] {
            "equal" => 0,
            "close" => CLOSE,
            other => panic!("'{other}' is neither equal nor close"),
        };
        let apart = distance(&report, &row[0], &row[1]);
        assert!(apart <= bound, "{} is {apart} bits from {}", &row[0], &row[1]);
    }
}

#[test]
fn cmyk_and_ycck_jpegs_are_near_the_rgb_one() {
    let report = Report::of(&mut kinga(["hash", "fixtures/formats"]));
    for file in ["scene-cmyk.jpg", "scene-ycck.jpg"] {
        let apart = distance(&report, file, "scene-rgb.jpg");
        assert!(apart <= CLOSE, "{file}: {apart}");
    }
}

#[test]
fn each_exif_orientation_is_reported_and_hashed_as_it_is_shown() {
    let report = Report::of(&mut kinga(["hash", "fixtures/exif"]));
    assert_eq!(report.files.len(), 9);
    let shown = report.file("shown.png");
    for value in 1..=8 {
        let name = format!("orientation-{value}.jpg");
        let record = report.file(&name);
        assert_eq!(record.exif_orientation, Some(value).filter(|&value| value != 1), "{name}");
        let stored = if value < 5 { (192, 144) } else { (144, 192) };
        assert_eq!((record.width, record.height), (Some(stored.0), Some(stored.1)), "{name}");
        let apart = hash(record).distance(hash(shown)).0;
        assert!(apart <= 4, "{name}: {apart}");
    }
}

#[test]
fn an_upright_scan_finds_all_eight_exif_orientations() {
    let shown = Report::of(&mut kinga(["hash", "fixtures/exif/shown.png"]));
    let list = format!("pdq\n{}\n", shown.files[0].hashes[0].hash);
    for effort in ["upright", "orientations", "standard"] {
        let mut scan = kinga(["scan", "fixtures/exif", "--list", "-"]);
        scan.args(["--effort", effort]).write_stdin(list.as_str());
        let report = Report::of(&mut scan);
        assert_eq!((report.files.len(), report.summary.with_matches), (9, 9), "{effort}");
        for file in &report.files {
            let turn = file.matches[0].orientation;
            assert_eq!(turn, Some(Orientation::Upright), "{}", file.path);
        }
    }
}

// Work in parallel.

#[test]
fn many_pictures_whose_decoder_has_threads_of_its_own_are_all_hashed_by_any_number_of_threads() {
    let list = format!("{}\n", fixture("formats/scene.heic").display()).repeat(30);
    let hash = |threads: &str| {
        let mut command = kinga(["hash", "--files-from", "-", "--threads", threads]);
        Report::of(command.write_stdin(list.as_str()))
    };
    let once = hash("1");
    assert_eq!(once.summary.hashed, 30);
    // An accident of timing does not show every time.
    for threads in ["2", "16", "64"].repeat(5) {
        let again = hash(threads);
        assert_eq!((again.status, again.summary.hashed), (0, 30), "{threads} threads");
        assert_eq!(again.file_lines(), once.file_lines(), "{threads} threads");
    }
}

#[test]
fn of_a_cut_picture_the_share_that_is_there_is_told_and_of_a_whole_one_nothing() {
    let report = Report::of(&mut kinga(["hash", "fixtures/broken"]));
    let share = |path: &str| report.file(path).share.unwrap();
    for end in ["jpg", "png"] {
        let [fifth, half, most] = [20, 50, 90].map(|cut| share(&format!("cut-{cut}.{end}")));
        assert!(0.2 < fifth && fifth < half && half < most && most < 1.0, "{fifth} {half} {most}");
    }
    for end in ["bmp", "gif", "webp"] {
        let share = share(&format!("cut-60.{end}"));
        assert!((0.55..0.65).contains(&share), "{end}: {share}");
    }
    // Of each block there is the mean, and rows are there whose checksum is wrong.
    for whole in ["cut-50-progressive.jpg", "wrong-crc.png"] {
        assert!(share(whole) >= 1.0, "{whole}");
    }
    assert_eq!(report.file("flipped-byte.jpg").share, None);
    let full = Report::of(kinga(["hash", "fixtures/broken"]).args(["--decode", "full"]));
    let said = |report: &Report| -> Vec<(String, bool, Option<f64>)> {
        let of = |file: &Record| (file.path.clone(), file.truncated, file.share);
        report.files.iter().map(of).collect()
    };
    assert_eq!(said(&report), said(&full), "both roads see what is cut");
}

#[test]
fn a_picture_of_which_less_than_half_is_there_is_not_examined_and_one_of_more_is_but_not_whole() {
    let report = Report::of(&mut kinga(["hash", "fixtures/broken"]));
    let (mut less, mut more) = (0, 0);
    for file in report.files.iter().filter(|file| file.share.is_some()) {
        let share = file.share.unwrap();
        if share < 0.5 {
            assert_eq!(
                (file.outcome, file.reason),
                (Failed, Some(Reason::Partial)),
                "{}",
                file.path
            );
            assert!(file.is_unexamined() && !file.truncated && file.width.is_some());
            less += 1;
        } else {
            assert!(file.outcome == Hashed && file.truncated, "{}", file.path);
            more += 1;
        }
    }
    assert_eq!((less, more), (6, 7));
    assert_eq!((report.summary.reasons["partial"], report.summary.truncated), (6, 7));
}
