//! For people: a line for each match, then what was and what was not examined.

use std::io::{self, Write};

use super::{Out, Report, ReportOptions, Subject, printable};
use crate::orientation::Orientation;
use crate::record::{How, Level, ListUsed, Match, Outcome, Reason, Record, Run, Seen, Summary};
use crate::view::View;

/// So many candidates that were not examined are named; the others are counted.
const NAMED: usize = 20;

struct Text {
    out: Out,
    options: ReportOptions,
    /// What was run; known from the beginning of the report on.
    run: Option<Run>,
    /// Names and reasons of the first candidates that were not examined.
    unexamined: Vec<String>,
}

pub(super) fn open(out: Out, options: ReportOptions) -> Box<dyn Report> {
    Box::new(Text { out, options, run: None, unexamined: Vec::new() })
}

impl Report for Text {
    fn run(&mut self, run: &Run) -> io::Result<()> {
        self.run = Some(run.clone());
        Ok(())
    }

    fn file(&mut self, record: &Record) -> io::Result<()> {
        if record.is_unexamined() && self.unexamined.len() < NAMED {
            self.unexamined.push(format!("{}: {}", self.place(record), why(record)));
        }
        match self.options.subject {
            Subject::Hashes => self.hashes(record),
            Subject::Matches => self.matches(record),
        }
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.seen > 0 {
            writeln!(self.out)?;
        }
        self.say_seen(summary)?;
        if self.options.subject == Subject::Matches {
            self.say_found(summary)?;
        }
        self.say_caveats(summary)?;
        self.say_unexamined(summary)?;
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Text {
    fn place(&self, record: &Record) -> String {
        let place = self.run.as_ref().map_or_else(|| record.path.clone(), |run| run.locate(record));
        printable(&place).into_owned()
    }

    fn lists(&self) -> &[ListUsed] {
        self.run.as_ref().map_or(&[], |run| &run.lists)
    }

    fn hashes(&mut self, record: &Record) -> io::Result<()> {
        let path = self.place(record);
        for hash in &record.hashes {
            let quality = hash.quality.map_or(String::new(), |quality| format!("{quality:>3}  "));
            // Not `hash  path`: that is how sha256sum writes its lines.
            write!(self.out, "{} {}  {quality}{path}", hash.algorithm, hash.hash)?;
            match (record.reason, record.share) {
                (Some(reason), _) => writeln!(self.out, "  ({reason})")?,
                (None, Some(share)) => writeln!(self.out, "  ({} of it is there)", percent(share))?,
                (None, None) => writeln!(self.out)?,
            }
            for crop in &hash.enrolled {
                let (cut, quality, place) = (crop.cut, crop.quality, crop.place);
                let algorithm = hash.algorithm;
                writeln!(
                    self.out,
                    "{algorithm} {}  {quality:>3}  {path}  ({cut} of {place})",
                    crop.hash
                )?;
            }
        }
        if self.options.all && record.hashes.is_empty() {
            writeln!(self.out, "-  {path}  ({})", why(record))?;
        }
        Ok(())
    }

    fn matches(&mut self, record: &Record) -> io::Result<()> {
        let path = self.place(record);
        for found in &record.matches {
            writeln!(self.out, "{path}: {}", in_words(found))?;
        }
        let listed = record.matches.len() as u64;
        if record.matches_found > listed {
            let more = record.matches_found - listed;
            writeln!(self.out, "{path}: and {more} more matches (--max-matches shows them)")?;
        }
        if self.options.all && !self.options.only_matches && record.matches_found == 0 {
            writeln!(self.out, "{path}: {}", why(record))?;
        }
        Ok(())
    }

    fn say_seen(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.interrupted {
            writeln!(self.out, "INTERRUPTED: what follows is only a part.")?;
        }
        writeln!(
            self.out,
            "{} seen: {} hashed, {} unsupported, {} failed, {} skipped.",
            count(summary.seen, "candidate"),
            summary.hashed,
            summary.unsupported,
            summary.failed,
            summary.skipped
        )
    }

    fn say_found(&mut self, summary: &Summary) -> io::Result<()> {
        let entries = count(self.lists().iter().map(|list| list.counts.entries).sum(), "entry");
        let lists = count(self.lists().len() as u64, "list");
        // Whoever is excepted is in the lists all the same.
        let but = if summary.matches_excepted > 0 { " but by excepted entries" } else { "" };
        if summary.with_matches == 0 {
            writeln!(
                self.out,
                "No matches: nothing that was examined is in these lists{but} ({entries} of {lists})."
            )?;
            return writeln!(self.out, "That does not mean that it is harmless.");
        }
        let matched = count(summary.with_matches, "candidate");
        write!(
            self.out,
            "{matched} with {}, compared with {entries} of {lists}",
            count(summary.matches, "match")
        )?;
        if summary.same_file > 0 {
            write!(self.out, "; {} the very same file", summary.same_file)?;
        }
        writeln!(self.out, ".")?;
        if summary.levels.len() > 1 || !summary.levels.contains_key("match") {
            let told = Level::ALL.iter().filter_map(|level| {
                let number = summary.levels.get(&level.to_string())?;
                Some(format!("{number} {level}"))
            });
            let told: Vec<String> = told.collect();
            if !told.is_empty() {
                writeln!(self.out, "By level: {}.", told.join(", "))?;
            }
        }
        writeln!(
            self.out,
            "A match is a candidate for a human to look at. No other candidate that was compared is in these lists{but}."
        )
    }

    fn say_unexamined(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.not_examined == 0 {
            return Ok(());
        }
        writeln!(self.out, "\nNOT EXAMINED: {}", count(summary.not_examined, "candidate"))?;
        for line in &self.unexamined {
            writeln!(self.out, "  {line}")?;
        }
        let more = summary.not_examined.saturating_sub(self.unexamined.len() as u64);
        if more > 0 {
            writeln!(self.out, "  and {more} more (--all or --format jsonl names them all):")?;
            for reason in Reason::ALL.iter().filter(|reason| reason.leaves_unexamined()) {
                if let Some(number) = summary.reasons.get(reason.code()) {
                    writeln!(self.out, "  {number:>8} {reason}")?;
                }
            }
        }
        Ok(())
    }

    fn say_caveats(&mut self, summary: &Summary) -> io::Result<()> {
        let reasons = |reason: Reason| summary.reasons.get(reason.code()).copied().unwrap_or(0);
        let mut unmatchable = Vec::new();
        let caveats = [
            (
                reasons(Reason::LowQuality),
                "hashed, but too featureless to be matched by its hash (low-quality)",
            ),
            (summary.truncated, "hashed only in part: the data are cut or damaged"),
            (
                summary.more_pictures,
                "hashed by its first picture: further frames or pages were not looked at",
            ),
            (summary.list_rows_not_searched, "row of the lists not searched for"),
            (summary.matches_excepted, "matches of excepted entries, not reported (--except)"),
            (summary.known_files, "known files by their digest (--known)"),
        ];
        for (number, what) in caveats.iter().filter(|(number, _)| *number > 0) {
            writeln!(self.out, "{number:>6} {what}")?;
        }
        for list in self.lists() {
            for (kind, number) in &list.counts.unmatchable {
                let (kind, name) = (printable(kind), printable(&list.name));
                let how =
                    if kind == "known-file" { "left out" } else { "read, not matchable here" };
                unmatchable.push(format!("{number:>6} {kind} in {name}: {how}"));
            }
        }
        unmatchable.iter().try_for_each(|line| writeln!(self.out, "{line}"))
    }
}

/// `1 match`, `2 matches`, `3 entries`.
fn count(number: u64, what: &str) -> String {
    match what {
        _ if number == 1 => format!("1 {what}"),
        "match" => format!("{number} matches"),
        "entry" => format!("{number} entries"),
        _ => format!("{number} {what}s"),
    }
}

/// A share in percent, rounded down.
fn percent(share: f64) -> String {
    format!("{:.1} %", (share * 1000.0).floor() / 10.0)
}

/// Why a candidate has no match.
fn why(record: &Record) -> String {
    let kind = record.kind.as_deref().map_or(String::new(), |kind| format!(" {}", printable(kind)));
    match (record.outcome, record.reason, &record.detail) {
        (Outcome::Hashed, None, _) if record.truncated => match record.share {
            Some(share) => {
                format!("what there is of it ({}) is not in these lists", percent(share))
            }
            None => "what there is of it is not in these lists".to_owned(),
        },
        (Outcome::Hashed, None, _) if record.matches_excepted > 0 => {
            "in these lists only by excepted entries".to_owned()
        }
        (Outcome::Hashed, None, _) => "not in these lists".to_owned(),
        (_, Some(reason), Some(detail)) => format!("{reason}:{kind} {}", printable(detail)),
        (_, Some(reason), None) => format!("{reason}{kind}"),
        (_, None, _) => "no reason given".to_owned(),
    }
}

fn in_words(found: &Match) -> String {
    let entry = match &found.entry {
        Some(id) => printable(id).into_owned(),
        None => format!("line {}", found.line),
    };
    let label = match &found.label {
        // Of entries that kinga made, the path is both.
        Some(label) if found.entry.as_ref() != Some(label) => format!(" \"{}\"", printable(label)),
        _ => String::new(),
    };
    let label = label + &noted(found);
    let list = printable(&found.list);
    let list = match found.entries {
        1 => list,
        entries => format!("{list} (best of {entries} entries with this id)").into(),
    };
    match (found.how, found.distance, found.max_distance) {
        (How::SimilarImage, Some(distance), Some(max)) => {
            let by = if found.by == "pdq" { String::new() } else { format!("{} ", found.by) };
            let level = found.level.map_or_else(String::new, |level| format!("{level}: "));
            let before = match found.distance_before {
                Some(before) => format!(", {before} before its region was moved"),
                None => String::new(),
            };
            let how = seen_in_words(found);
            format!(
                "{level}similar image ({by}distance {distance}, max {max}{before}{how}): \
                 {entry}{label} in {list}"
            )
        }
        _ => format!("same file ({} equal): {entry}{label} in {list}", found.by),
    }
}

/// What its list says of an entry, in its own words.
fn noted(found: &Match) -> String {
    found.notes.as_ref().map_or_else(String::new, |notes| {
        let said = notes.said.iter().map(|(name, text)| format!("{name}: {text}"));
        let said = said.collect::<Vec<_>>().join("; ");
        format!(" [{} says {}]", printable(&notes.source), printable(&said))
    })
}

/// How the picture must be turned, and which region of it is alike.
fn seen_in_words(found: &Match) -> String {
    let turn = found.orientation.filter(|&turn| turn != Orientation::Upright);
    let turn = turn.map(|turn| format!("; {turn}"));
    let negative = found.negative.then(|| "; negative".to_owned());
    let region = match found.region {
        Some(Seen { view: View::Framed, place, .. }) => Some(format!("; picture of {place}")),
        Some(Seen { view: View::Window, place, .. }) => Some(format!("; window of {place}")),
        // However the whole was sampled, people see the whole.
        Some(Seen { place, .. }) if found.level == Some(Level::Registered) => {
            Some(format!("; window of {place}"))
        }
        _ => None,
    };
    [turn, negative, region].into_iter().flatten().collect()
}
