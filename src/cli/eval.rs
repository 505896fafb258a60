//! `kinga eval`: how many edited copies are found, measured on anyone's own pictures.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kinga::edit::{EDITS, Group, Photo};
use kinga::eval::{EvalOptions, Evaluation, GroupResult, Original, Part, TailResult, evaluate};
use kinga::picture::{Content, Detail, Limits, SNIFF_BYTES, decode, sniff};
use kinga::report::printable;
use kinga::walk::{Met, Root, Walk, WalkOptions};
use rayon::ThreadPoolBuilder;

use super::args::EvalArgs;
use super::choices::EvalPart;
use super::output::print;
use super::run::threads;
use super::say;
use super::status::Status;

/// Pictures are made no larger than this on their longer side: what is measured does not depend on
/// it, and takes the longer the larger they are.
const LONGER: usize = 1024;

pub(super) fn run(args: &EvalArgs) -> Result<Status> {
    let originals = originals(&args.folder)?;
    let options = options(args);
    let edits = EDITS.iter().filter(|edit| options.groups.contains(&edit.group)).count();
    let edited = (0..originals.len()).filter(|&number| options.part.has(number)).count();
    let bar = bar(args, (edits * edited) as u64);
    let done = || bar.inc(1);
    let pool = ThreadPoolBuilder::new().num_threads(threads(args.threads)).build()?;
    let evaluation = pool.install(|| evaluate(&originals, &options, &done));
    bar.finish_and_clear();
    let evaluation =
        evaluation.with_context(|| format!("{}", printable(&args.folder.to_string_lossy())))?;
    if args.format == "json" {
        print(&(serde_json::to_string_pretty(&evaluation)? + "\n"))?;
    } else {
        print(&in_words(&evaluation)?)?;
    }
    Ok(Status::Finished)
}

fn options(args: &EvalArgs) -> EvalOptions {
    let all = args.edits.is_empty() || args.edits.iter().any(|name| name == "all");
    let chosen = |group: &&Group| all || args.edits.contains(&group.to_string());
    EvalOptions {
        groups: Group::ALL.iter().filter(chosen).copied().collect(),
        list_size: args.list_size,
        effort: args.effort,
        lowest: args.level.into(),
        as_if: args.as_if,
        part: match args.part {
            EvalPart::All => Part::All,
            EvalPart::Odd => Part::Odd,
            EvalPart::Even => Part::Even,
        },
        seed: args.seed,
        hard_negatives: args.hard_negatives,
    }
}

fn bar(args: &EvalArgs, len: u64) -> ProgressBar {
    if args.no_progress {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{bar:30} {pos} of {len} edited pictures, {eta} to go");
    let bar = ProgressBar::with_draw_target(Some(len), ProgressDrawTarget::stderr_with_hz(4));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_template) => bar,
    }
}

/// All pictures below a folder that can be decoded.
fn originals(folder: &Path) -> Result<Vec<Original>> {
    let roots = [Root::Path(folder.to_owned())];
    let mut originals = Vec::new();
    for candidate in Walk::new(&roots, WalkOptions::default()) {
        let name = printable(&candidate.path.to_string_lossy()).into_owned();
        match candidate.met {
            Met::File { .. } => match original(&candidate.path) {
                Ok(photo) => originals.push(Original { name, photo }),
                Err(error) => say(&format!("note: {name} is left out: {error:#}")),
            },
            Met::Unreadable(error) => bail!("{name}: can't be read: {error}"),
            _ => {}
        }
    }
    Ok(originals)
}

fn original(path: &PathBuf) -> Result<Photo> {
    let bytes = fs::read(path)?;
    let Content::Picture(kind) = sniff(&bytes[..bytes.len().min(SNIFF_BYTES)], false) else {
        bail!("it is no picture that kinga can decode");
    };
    let picture = decode(&bytes, kind, &Limits::default(), Detail::Full)?;
    let luma = picture.luma;
    let rgb = if luma.channels() == 3 {
        luma.bytes().to_vec()
    } else {
        luma.bytes().iter().flat_map(|&grey| [grey; 3]).collect()
    };
    let photo = Photo::new(luma.width(), luma.height(), rgb).context("it has no pixels")?;
    Ok(if photo.width.max(photo.height) > LONGER { photo.fitted(LONGER, LONGER) } else { photo })
}

fn in_words(evaluation: &Evaluation) -> Result<String> {
    let mut text = String::new();
    let Evaluation { originals, edited, entries, effort, levels, .. } = evaluation;
    writeln!(
        text,
        "{} edits of {edited} of {originals} pictures, against a list of {entries} entries, effort \
         {effort}.",
        evaluation.edits.len()
    )?;
    writeln!(
        text,
        "Levels as for {} entries: match to {} (regions {}), likely to {} ({}), possible to {} ({}).",
        levels.entries,
        levels.whole.matching,
        levels.regions.matching,
        levels.whole.likely,
        levels.regions.likely,
        levels.whole.possible,
        levels.regions.possible
    )?;
    let head = "pictures    match   +reg. +likely    AUC  median     p90  hashes      ms  false";
    writeln!(text, "\n{:<22}{head}", "group")?;
    for group in evaluation.groups.iter().chain([&evaluation.all]) {
        row(&mut text, group)?;
    }
    writeln!(text, "\n{:<22}{head}", "edit")?;
    for edit in &evaluation.edits {
        row(&mut text, edit)?;
    }
    writeln!(text, "\nUnrelated pictures")?;
    tail(&mut text, "whole", &evaluation.unrelated_whole)?;
    tail(&mut text, "regions", &evaluation.unrelated_regions)?;
    writeln!(
        text,
        "\nFalse matches to be expected in one picture; beyond what was seen, a tenth for every 6 bits:"
    )?;
    for (entries, matching, likely) in &evaluation.expected_false_matches {
        writeln!(
            text,
            "{entries:>12} entries: {matching:.1e} at level match, {likely:.1e} with likely"
        )?;
    }
    if let [(nearest, _), ..] = evaluation.hard_negatives[..] {
        let all: u64 = evaluation.hard_negatives.iter().map(|(_, count)| count).sum();
        let distances = evaluation.hard_negatives.iter();
        let accepted: u64 = match levels.registered {
            Some(max) => {
                distances.filter(|(reached, _)| max.admits(*reached)).map(|(_, n)| n).sum()
            }
            None => 0,
        };
        writeln!(
            text,
            "\n{all} regions moved to fit unrelated entries: {accepted} accepted, the nearest reached {nearest}."
        )?;
    }
    Ok(text)
}

fn row(text: &mut String, group: &GroupResult) -> Result<()> {
    let percent = |share: f64| format!("{:.1}%", share * 100.0);
    let recall = &group.recall;
    let distance = |distance: Option<_>| distance.map_or("-".to_owned(), |d| format!("{d}"));
    writeln!(
        text,
        "{:<22}{:>8} {:>8}{:>8}{:>8} {:>6.4} {:>7} {:>7} {:>7.0} {:>7.2} {:>6}",
        group.name,
        group.pictures,
        percent(recall.matching),
        percent(recall.registered),
        percent(recall.likely),
        group.auc,
        distance(group.median_distance),
        distance(group.ninth_decile),
        group.hashes,
        group.milliseconds,
        group.false_matches
    )?;
    Ok(())
}

fn tail(text: &mut String, what: &str, tail: &TailResult) -> Result<()> {
    #[expect(clippy::cast_precision_loss, reason = "in words")]
    let comparisons = tail.comparisons as f64;
    let nearest = tail.nearest.map_or("above 80".to_owned(), |nearest| nearest.to_string());
    let within: Vec<String> =
        tail.within.iter().map(|(distance, count)| format!("{count} within {distance}")).collect();
    writeln!(
        text,
        "{what:>8}: {comparisons:.2e} comparisons, the nearest at {nearest}; {}",
        within.join(", ")
    )?;
    Ok(())
}
