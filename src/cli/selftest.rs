//! `kinga selftest`: does this program compute on this machine what it should? For the case file
//! of an analyst, and for whoever built it on a new kind of machine.

use anyhow::Result;
use kinga::algorithm::pdq;
use kinga::content::{HashOptions, fingerprint};
use kinga::hash::{Algorithm, Hash, MaxDistance, Quality};
use kinga::index::HashIndex;
use kinga::list::{HashList, ReadOptions};
use kinga::luma::{Luma, Pixels};
use kinga::orientation::Orientation;
use kinga::picture::{Content, SNIFF_BYTES, sniff};

use super::output::print;
use super::status::Status;

/// Width, height, quality and hash of [`drawing`]s.
///
/// Made by: pdqhash 0.2.8, the Python binding of PDQ's C++ reference core.
const VECTORS: [(usize, usize, u8, &str); 6] = [
    (5, 5, 100, "94a569daca73962569d8294a61d896a5962769dab58c69dace73962569d8695a"),
    (64, 64, 100, "ef45fed500ba407612ab447acf85a4a9fb506939bfd4fed1002f525910bb523a"),
    (97, 61, 100, "ff85ff45003ad0ab012a7ad105af907bfbd06929ffd4fe91002e725910bb525a"),
    (320, 240, 100, "ead054eb45aedadd32bb65608b97b0a87d50ed64ba4585bb51aee64410bab138"),
    (511, 513, 100, "fa85d8ec85aa9917333f72e866ca64936cb1cda6bb04ad08112e6b5d10fafa70"),
    (1280, 853, 100, "fb45b31ea4be4ce8586b5ddc879c8f09af318a73ba5134f011ea74c110fa70e4"),
];

/// Pictures that show the same when their EXIF orientation, 1 and 6, is applied.
const SHOWN_THE_SAME: [&[u8]; 2] = [
    include_bytes!("../../fixtures/exif/orientation-1.jpg"),
    include_bytes!("../../fixtures/exif/orientation-6.jpg"),
];

/// Entries of the list that is searched: enough for the multi-index.
const ENTRIES: usize = 20_000;

type Check = (&'static str, fn() -> Result<String, String>);

const CHECKS: [Check; 4] = [
    ("PDQ hashes", hashes),
    ("orientations", orientations),
    ("decoding", decoding),
    ("search", search),
];

pub(super) fn run() -> Result<Status> {
    let mut status = Status::Finished;
    for (name, check) in CHECKS {
        let (word, what) = match check() {
            Ok(what) => ("pass", what),
            Err(what) => {
                status = Status::Failed;
                ("FAIL", what)
            }
        };
        print(&format!("{word}  {name}: {what}\n"))?;
    }
    let version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("KINGA_COMMIT"), ")");
    print(&match status {
        Status::Finished => {
            format!("pass  kinga {version} computes on this machine what it should\n")
        }
        _ => format!("FAIL  do not trust kinga {version} on this machine, and report this\n"),
    })?;
    Ok(status)
}

/// A picture that is made of arithmetic on whole numbers alone.
fn drawing(w: usize, h: usize) -> Option<Luma> {
    let pixel = |x: usize, y: usize| {
        let red = x * x / w + 3 * y * y / h + 90 * ((4 * x / w + 3 * y / h) % 2);
        let green = (2 * x * 256 / w).abs_diff(256) + 60 * ((5 * y / h) % 2);
        let blue = x * y * 256 / (w * h) * 2 + 40 * ((7 * x / w) % 3);
        [red, green, blue].map(|value| u8::try_from(value % 256).unwrap_or(0))
    };
    let bytes = (0..h).flat_map(|y| (0..w).flat_map(move |x| pixel(x, y))).collect();
    Luma::new(w, h, Pixels::Rgb(bytes))
}

fn hashes() -> Result<String, String> {
    for (w, h, quality, text) in VECTORS {
        let picture = drawing(w, h).ok_or("no picture")?;
        let (hash, found) = pdq::hash(&picture);
        if Algorithm::Pdq.to_text(hash) != text || found != Quality(quality) {
            return Err(format!(
                "the drawing of {w}x{h} has another hash than the reference gives"
            ));
        }
    }
    Ok(format!("{} of {} are the reference's", VECTORS.len(), VECTORS.len()))
}

fn orientations() -> Result<String, String> {
    for (w, h, ..) in VECTORS {
        let picture = drawing(w, h).ok_or("no picture")?;
        let all = pdq::hash_all(&picture);
        for (orientation, hash) in Orientation::ALL.into_iter().zip(all) {
            if pdq::hash(&turned(&picture, orientation).ok_or("no picture")?) != hash {
                return Err(format!(
                    "the drawing of {w}x{h}, {orientation}, has another hash than its pixels"
                ));
            }
        }
    }
    Ok(format!("{} are those of the turned pixels", 8 * VECTORS.len()))
}

/// The same picture with its pixels turned.
fn turned(picture: &Luma, orientation: Orientation) -> Option<Luma> {
    let (transpose, mirror, flip) = orientation.steps();
    let (w, h) = (picture.width(), picture.height());
    let (new_w, new_h) = if transpose { (h, w) } else { (w, h) };
    let mut bytes = Vec::with_capacity(picture.bytes().len());
    for y in 0..new_h {
        for x in 0..new_w {
            let x = if mirror { new_w - 1 - x } else { x };
            let y = if flip { new_h - 1 - y } else { y };
            let (x, y) = if transpose { (y, x) } else { (x, y) };
            bytes.extend_from_slice(&picture.row(y)[3 * x..3 * x + 3]);
        }
    }
    Luma::new(new_w, new_h, Pixels::Rgb(bytes))
}

fn decoding() -> Result<String, String> {
    let hash = |bytes: &[u8]| {
        let Content::Picture(kind) = sniff(&bytes[..bytes.len().min(SNIFF_BYTES)], false) else {
            return Err("a JPEG is not recognised".to_owned());
        };
        let print = fingerprint(bytes, kind, &HashOptions::new(Algorithm::Pdq));
        Ok(print.map_err(|error| error.to_string())?.hashes[0].upright())
    };
    let [plain, turned] = [hash(SHOWN_THE_SAME[0])?, hash(SHOWN_THE_SAME[1])?];
    // Two encodings of the same picture: a few bits.
    let distance = plain.distance(turned);
    if distance.0 > 10 {
        return Err(format!("two JPEGs that show the same are {distance} bits apart"));
    }
    Ok("JPEGs that show the same by their EXIF orientation have the same hash".to_owned())
}

/// Searches a list in which neighbours at every distance from 0 to 64 are planted, and compares
/// with looking at every entry.
fn search() -> Result<String, String> {
    let mut state = 1u64;
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let query = Hash::from_bits(256, |_| random() & 1 == 1);
    let mut hashes: Vec<Hash> = Vec::new();
    for k in 0..ENTRIES {
        let mut hash = query;
        for _ in 0..if k < 65 { k } else { 256 } {
            let bit = usize::try_from(random() % 256).unwrap_or(0);
            hash.0[bit / 64] ^= 1 << (bit % 64);
        }
        hashes.push(hash);
    }
    let rows: Vec<String> = hashes.iter().map(|&hash| Algorithm::Pdq.to_text(hash)).collect();
    let text = format!("pdq\n{}\n", rows.join("\n"));
    for max in [0, 15, 31, 48, 64] {
        let list = HashList::read("selftest", text.as_bytes(), &ReadOptions::default());
        let list = list.map_err(|error| error.to_string())?;
        let index = HashIndex::new(vec![list], Some(MaxDistance(max)));
        let index = index.map_err(|error| error.to_string())?;
        let mut found: Vec<usize> =
            index.lookup(Algorithm::Pdq, query).iter().map(|found| found.entry).collect();
        found.sort_unstable();
        let near = |&k: &usize| hashes[k].distance(query).0 <= max;
        let expected: Vec<usize> = (0..ENTRIES).filter(near).collect();
        if found != expected {
            return Err(format!(
                "{} entries found within {max}, and {} are there",
                found.len(),
                expected.len()
            ));
        }
    }
    Ok(format!("every neighbour among {ENTRIES} entries is found, and nothing else"))
}
