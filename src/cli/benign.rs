//! Entries that are like pictures of which it is known that no list should have them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use kinga::content::HashOptions;
use kinga::hash::Algorithm;
use kinga::index::HashIndex;
use kinga::list::Suspicion;
use kinga::picture::{Detail, Limits};
use kinga::record::{Match, Record};
use kinga::scan::{DEFAULT_MAX_FILE_BYTES, Ended, MatchOptions, ScanOptions, Station, in_order_by};
use kinga::view::Effort;
use kinga::walk::{Root, Walk, WalkOptions};

use super::check::Found;
use super::run::threads;
use super::sandbox::SandboxArgs;
use super::say;
use super::scan::listed_digests;
use super::stop::STOP;

/// The entries that any picture below a folder matches, each with the nearest; none if it was
/// interrupted.
pub(super) fn found(
    folder: &Path,
    index: &Arc<HashIndex>,
    sandbox: SandboxArgs,
) -> Result<Option<Vec<Found>>> {
    let algorithms: Vec<Algorithm> = index.algorithms().map(|(algorithm, _)| algorithm).collect();
    let options = ScanOptions {
        hashing: HashOptions {
            algorithms,
            effort: Effort::Orientations,
            enrol: None,
            detail: Detail::Luma,
            limits: Limits::default(),
        },
        keep_all: false,
        digests: listed_digests(index),
        max_file_bytes: DEFAULT_MAX_FILE_BYTES,
        max_size: None,
        matching: MatchOptions { max_matches: usize::MAX, ..MatchOptions::default() },
    };
    let workers = sandbox.workers(&options.content())?;
    let walk = Walk::new(&[Root::Path(folder.to_owned())], WalkOptions::default());
    let index_of = Arc::clone(index);
    let station =
        move || Station::new(options.clone(), Some(index_of.clone()), None, workers.clone());
    let (mut nearest, mut hashed, mut unexamined) = (BTreeMap::new(), 0, 0);
    let ended = in_order_by(walk, threads(None), &STOP, station, |record: Record| -> Result<()> {
        hashed += u64::from(!record.hashes.is_empty());
        unexamined += u64::from(record.is_unexamined());
        for found in &record.matches {
            let key = (found.list.clone(), found.line);
            let near = (found.distance, record.path.clone(), found.clone());
            let known = nearest.entry(key).or_insert_with(|| near.clone());
            if near.0 < known.0 {
                *known = near;
            }
        }
        Ok(())
    })?;
    if ended == Ended::Interrupted {
        return Ok(None);
    }
    say(&format!("note: {hashed} pictures of --benign were compared, {unexamined} could not be"));
    let found = nearest
        .into_iter()
        .filter_map(|((list, line), (_, path, found))| {
            let place = index.lists().iter().position(|of| of.name == list)?;
            let what = in_words(&found, &path);
            Some((place, Suspicion { line, id: found.entry.map(Into::into), what }))
        })
        .collect();
    Ok(Some(found))
}

fn in_words(found: &Match, path: &str) -> String {
    match found.distance {
        Some(distance) => format!("distance {distance} from a picture of --benign ({path})"),
        None => format!("the very file is in --benign ({path})"),
    }
}
