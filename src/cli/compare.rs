//! `kinga compare`: two images or hashes, in plain words.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use kinga::algorithm::Hashes;
use kinga::content::{ContentOptions, DigestKinds, Fingerprint, HashOptions, look_at};
use kinga::hash::{Algorithm, Distance, Hash, MaxDistance, Quality};
use kinga::orientation::Orientation;
use kinga::record::{Digests, Outcome, Reason};
use kinga::report::printable;
use kinga::scan::DEFAULT_MAX_FILE_BYTES;
use kinga::view::Effort;
use kinga::worker::Pool;
use serde::Serialize;

use super::args::CompareArgs;
use super::output::print;
use super::seen::{Sighting, draw, sighting};
use super::status::{Status, usage};

/// One of the two.
pub(super) struct Side {
    pub(super) name: String,
    pub(super) hashes: Hashes,
    /// The digests of the file's bytes and what its pixels came to; a hash alone has none.
    pub(super) file: Option<(Digests, Fingerprint)>,
}

/// The answer, as `--format json` writes it.
#[derive(Debug, Serialize)]
struct Comparison {
    algorithm: Algorithm,
    /// Of the two as they are shown, in bits.
    distance: Distance,
    /// Of A as it is shown and B in the orientation that is nearest, in bits.
    nearest_distance: Distance,
    /// How B must be turned to be nearest to A.
    nearest_orientation: Orientation,
    max_distance: MaxDistance,
    /// Whether a hash says too little of one of the two to be compared.
    featureless: bool,
    /// Whether the nearest distance is within the max distance.
    matches: bool,
    qualities: [Option<Quality>; 2],
    /// Whether the bytes of the two files are equal; absent if one is a hash.
    same_file: Option<bool>,
    /// In which of the two a region is like the whole of the other, and how; absent if in none, or
    /// if a plain max distance was asked for.
    seen: Option<Sighting>,
}

pub(super) fn run(args: &CompareArgs) -> Result<Status> {
    if args.picture.is_some() && args.algorithm != Algorithm::Pdq {
        return Err(usage("--picture draws what pdq looks at; leave out --algorithm"));
    }
    let options = ContentOptions {
        hashing: HashOptions { effort: Effort::Deep, ..HashOptions::new(args.algorithm) },
        digests: DigestKinds { sha256: true, ..DigestKinds::default() },
        max_file_bytes: DEFAULT_MAX_FILE_BYTES,
        max_size: None,
    };
    let hashes = [hash_alone(&args.a, args.algorithm)?, hash_alone(&args.b, args.algorithm)?];
    // Nobody is needed to look at two hashes.
    let any_file = hashes.contains(&None);
    let workers = if any_file { args.sandbox.workers(&options)? } else { None };
    let eyes = Eyes { workers, options };
    let [a, b] = [side(&args.a, hashes[0], &eyes)?, side(&args.b, hashes[1], &eyes)?];
    let max_distance = args.max_distance.unwrap_or(args.algorithm.default_max_distance());
    let mut answer = compare(&a, &b, max_distance);
    if args.max_distance.is_none() && args.algorithm == Algorithm::Pdq {
        answer.seen = sighting(&a, &b)?;
    }
    if let Some(path) = &args.picture {
        let inputs = [args.a.clone(), args.b.clone()];
        draw(path, &inputs, [&a, &b], answer.seen.as_ref())?;
    }
    if args.format == "json" {
        print(&(serde_json::to_string_pretty(&answer)? + "\n"))?;
    } else {
        print(&in_words(&answer, &a, &b))?;
    }
    Ok(Status::Finished)
}

/// What looks at files.
struct Eyes {
    workers: Option<Arc<Pool>>,
    options: ContentOptions,
}

/// The side that this argument names, which is a file if it is no hash.
fn side(path: &Path, hash: Option<Hash>, eyes: &Eyes) -> Result<Side> {
    let name = path.to_string_lossy().into_owned();
    let algorithm = eyes.options.hashing.algorithms[0];
    if let Some(hash) = hash {
        let hashes =
            Hashes { algorithm, quality: None, turned: vec![(Orientation::Upright, hash)] };
        return Ok(Side { name: "the hash".to_owned(), hashes, file: None });
    }
    let found = match &eyes.workers {
        Some(workers) => workers.look(path, true),
        None => look_at(path, true, &eyes.options, &mut Vec::new()),
    };
    match found.reason {
        Some(Reason::NotAFile) => bail!("{name}: this is no regular file"),
        Some(_) if found.size.is_none() => {
            bail!("{name}: can't be read: {}", found.detail.unwrap_or_default())
        }
        _ => {}
    }
    let hashes = found.print.as_ref().and_then(|print| print.hashes.first().cloned());
    match (hashes.zip(found.print), found.outcome) {
        (Some((hashes, print)), _) => Ok(Side { name, hashes, file: Some((found.digests, print)) }),
        (None, Outcome::Unsupported) => match found.kind {
            Some(what) => bail!("{name}: {what} is nothing that kinga can decode"),
            None => bail!("{name}: the file is empty"),
        },
        _ => bail!("{name}: the picture can't be decoded: {}", found.detail.unwrap_or_default()),
    }
}

/// The hash that the argument is, unless there is a file of that name.
fn hash_alone(path: &Path, algorithm: Algorithm) -> Result<Option<Hash>> {
    let text = path.to_string_lossy();
    let looks_like_hex = text.len() >= 8 && text.chars().all(|c| c.is_ascii_hexdigit());
    if path.exists() || !looks_like_hex {
        return Ok(None);
    }
    let hash = algorithm.parse(&text).context("there is no such file, and it is no hash")?;
    Ok(Some(hash))
}

fn compare(a: &Side, b: &Side, max_distance: MaxDistance) -> Comparison {
    let upright = a.hashes.upright().distance(b.hashes.upright());
    // Of a hash alone only one orientation is known: then the other side is turned.
    let turn_b = b.hashes.turned.len() > 1;
    let (fixed, turned) = if turn_b { (a, b) } else { (b, a) };
    let distances = turned
        .hashes
        .turned
        .iter()
        .map(|&(turn, hash)| (hash.distance(fixed.hashes.upright()), turn));
    let (nearest, turn) = distances.min().unwrap_or((upright, Orientation::Upright));
    let qualities = [a.hashes.quality, b.hashes.quality];
    let featureless = qualities.iter().flatten().any(|&quality| quality < Quality::DEFAULT_MIN);
    let inverse =
        Orientation::ALL.into_iter().find(|back| turn.then(*back) == Orientation::Upright);
    let files = a.file.as_ref().zip(b.file.as_ref());
    Comparison {
        algorithm: a.hashes.algorithm,
        distance: upright,
        nearest_distance: nearest,
        nearest_orientation: if turn_b { turn } else { inverse.unwrap_or(turn) },
        max_distance,
        featureless,
        matches: !featureless && max_distance.admits(nearest),
        qualities,
        same_file: files.map(|((a, _), (b, _))| a == b),
        seen: None,
    }
}

fn in_words(answer: &Comparison, a: &Side, b: &Side) -> String {
    let mut text = String::new();
    let mut line = |words: String| {
        text.push_str(&words);
        text.push('\n');
    };
    for (name, side, quality) in [("A", a, answer.qualities[0]), ("B", b, answer.qualities[1])] {
        let quality = match quality {
            Some(quality) if quality < Quality::DEFAULT_MIN => {
                format!(", quality {quality} of 100: too featureless to be matched")
            }
            Some(quality) => format!(", quality {quality} of 100"),
            None => String::new(),
        };
        line(format!("{name}: {}{quality}", printable(&side.name)));
    }
    let bits = answer.algorithm.bits();
    line(format!("{} distance as shown: {} of {bits} bits", answer.algorithm, answer.distance));
    if answer.nearest_orientation != Orientation::Upright {
        line(format!(
            "nearest with B {}: {} of {bits} bits",
            answer.nearest_orientation, answer.nearest_distance
        ));
    }
    if let Some(seen) = answer.seen.as_ref().filter(|_| answer.same_file != Some(true)) {
        line(seen.in_words());
    }
    line(conclusion(answer));
    text
}

fn conclusion(answer: &Comparison) -> String {
    let max = answer.max_distance;
    match (answer.same_file, answer.matches, &answer.seen) {
        (Some(true), ..) => "The two files are the same, byte for byte.".to_owned(),
        (_, true, _) if answer.nearest_distance.0 == 0 => {
            "They match: the same hash. That does not mean the same file.".to_owned()
        }
        (_, true, _) => {
            format!("They match: within the max distance of {max}. A human should look at both.")
        }
        (_, false, Some(seen)) => seen.conclusion().to_owned(),
        _ if answer.featureless => {
            "They can't be compared by hash: there is too little to see.".to_owned()
        }
        (_, false, None) => format!(
            "They do not match: beyond the max distance of {max}. An edited copy can be that far, too."
        ),
    }
}
