//! `kinga list check`: validate hash lists, and look for entries that would match pictures they have
//! nothing to do with.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use kinga::algorithm::pdq;
use kinga::hash::Hash;
use kinga::index::{Crowding, HashIndex, LOOKED_AT, crowded};
use kinga::list::{HashList, Suspicion, Tolerance, suspicious};
use kinga::luma::{Luma, Pixels};
use kinga::report::printable;

use super::list::status;
use super::list_args::ListCheckArgs;
use super::output::print;
use super::status::Status;
use super::verification::Verification;
use super::{benign, lists, say};

/// A suspicion with the number of its list.
pub(super) type Found = (usize, Suspicion);

pub(super) fn run(args: &ListCheckArgs) -> Result<Status> {
    let lists = lists::open_all(&args.files, &args.reading, Tolerance::Any)?;
    Verification::begin(&lists).wait()?;
    let pictures = featureless_pictures();
    let mut found = Vec::new();
    for (number, list) in lists.iter().enumerate() {
        found.extend(too_old(list, args).map(|one| (number, one)));
        found.extend(suspicious(list, &pictures).into_iter().map(|one| (number, one)));
    }
    let index = Arc::new(HashIndex::new(lists, None)?);
    found.extend(too_near(&index, args.usual_neighbours));
    if let Some(folder) = &args.benign {
        let Some(like) = benign::found(folder, &index, args.sandbox)? else {
            return Ok(Status::Interrupted);
        };
        found.extend(like);
    }
    found.sort_by_key(|(list, suspicion)| (*list, suspicion.line));
    let lists = index.lists();
    if args.format == "json" {
        print(&(serde_json::to_string_pretty(&as_json(lists, &found))? + "\n"))?;
    } else {
        print(&told(lists, &found)?)?;
    }
    lists.iter().for_each(lists::warn);
    Ok(status(lists, found.len()))
}

fn as_json(lists: &[HashList], found: &[Found]) -> serde_json::Value {
    let row = |(list, Suspicion { line, id, what }): &Found| serde_json::json!({ "list": lists[*list].name, "line": line, "entry": id, "what": what });
    let problems = |list: &HashList| serde_json::json!({ "list": list.name, "counts": list.counts, "problems": list.problems });
    let (lists, rows): (Vec<_>, Vec<_>) =
        (lists.iter().map(problems).collect(), found.iter().map(row).collect());
    serde_json::json!({ "lists": lists, "suspicious": rows })
}

fn told(all: &[HashList], found: &[Found]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for (list, suspicion) in found {
        let place = lists::place(&all[*list].name, suspicion.line, suspicion.id.as_deref());
        writeln!(text, "{place}: {}", printable(&suspicion.what))?;
    }
    for (number, list) in all.iter().enumerate() {
        let suspicions = found.iter().filter(|(of, _)| *of == number).count();
        writeln!(
            text,
            "{}: {} entries read, {} rows broken, {suspicions} suspicions",
            printable(&list.name),
            list.counts.entries,
            list.counts.broken
        )?;
    }
    Ok(text)
}

/// Entries with unusually many others near them.
fn too_near(index: &HashIndex, usual: usize) -> Vec<Found> {
    let entries = index.entries(kinga::hash::Algorithm::Pdq);
    if entries > LOOKED_AT as u64 {
        say(&format!(
            "note: of {entries} PDQ entries, some {LOOKED_AT} were compared with all others"
        ));
    }
    let told = |Crowding { list, entry, others }: Crowding| {
        let entry = index.lists()[list].entries.get(entry);
        let what = format!(
            "{others} other pictures of these lists are within its max distance: copies of one picture, a \
             template, or made to match"
        );
        (list, Suspicion { line: entry.line, id: entry.id.clone(), what })
    };
    crowded(index, usual).into_iter().map(told).collect()
}

/// Whether the newest entry of a list, or else its file, is older than is wanted.
fn too_old(list: &HashList, args: &ListCheckArgs) -> Option<Suspicion> {
    let max = args.max_age?;
    let newest = list.entries.iter().filter_map(|entry| entry.time).max();
    let (what, time) = match newest {
        Some(time) => ("its newest entry", UNIX_EPOCH + Duration::from_secs(time.get().into())),
        None => (
            "its file",
            fs::metadata(Path::new(&list.name))
                .and_then(|file| file.modified())
                .into_iter()
                .next()?,
        ),
    };
    let is_old = SystemTime::now().duration_since(time).is_ok_and(|age| age > max);
    let date = humantime::format_rfc3339_seconds(time);
    let what =
        format!("{what} is of {date}, which is older than --max-age allows: get the list again");
    is_old.then_some(Suspicion { line: 1, id: None, what })
}

/// The hashes of pictures in which there is nothing to recognise: an entry near one of them would
/// match pictures that it has nothing to do with.
fn featureless_pictures() -> Vec<(&'static str, Hash)> {
    let side = 256;
    let centre = |v: usize| v.abs_diff(side / 2);
    let of = |name, brightness: &dyn Fn(usize, usize) -> usize| {
        let bytes = (0..side * side)
            .map(|k| u8::try_from(brightness(k % side, k / side).min(255)).unwrap_or(255));
        let luma = Luma::new(side, side, Pixels::Grey(bytes.collect()));
        luma.map(|luma| (name, pdq::hash(&luma).0))
    };
    let pictures = [
        of("a blank picture", &|_, _| 255),
        of("a gradient from left to right", &|x, _| x),
        of("a gradient from right to left", &|x, _| 255 - x),
        of("a gradient from top to bottom", &|_, y| y),
        of("a gradient from bottom to top", &|_, y| 255 - y),
        of("a diagonal gradient", &|x, y| usize::midpoint(x, y)),
        of("a diagonal gradient upwards", &|x, y| usize::midpoint(x, 255 - y)),
        of("a bright spot in the middle", &|x, y| 255 - centre(x).max(centre(y))),
        of("a dark spot in the middle", &|x, y| centre(x).max(centre(y))),
        of("a picture of two halves side by side", &|x, _| if x < side / 2 { 0 } else { 255 }),
        of("a picture of two halves one above the other", &|_, y| {
            if y < side / 2 { 0 } else { 255 }
        }),
        of("a chessboard of 8 by 8", &|x, y| if (x / 32 + y / 32) % 2 == 0 { 0 } else { 255 }),
    ];
    pictures.into_iter().flatten().collect()
}
