//! `kinga list convert`: write hash lists in the formats of others.

use std::io::{BufWriter, Write};

use anyhow::{Context, Result, anyhow, bail};
use kinga::list::{Converted, HashList, Review, Tolerance, WriteFormat, stopncii_feedback};
use kinga::report::printable;

use super::list_args::{ListConvertArgs, Target};
use super::output::print;
use super::status::{Status, usage};
use super::verification::Verification;
use super::whole::WholeFile;
use super::{lists, say};

pub(super) fn run(args: &ListConvertArgs) -> Result<Status> {
    if args.reviewed.is_some() != (args.to == Target::StopnciiFeedback) {
        return Err(usage("--to stopncii-feedback and --reviewed go together"));
    }
    let file = WholeFile::begin(&args.output, &args.files)?;
    let sources = lists::open_all(&args.files, &args.reading, Tolerance::OneInAHundred)?;
    Verification::begin(&sources).wait()?;
    lists::refuse_empty(&sources)?;
    sources.iter().for_each(lists::warn);
    let failed = || format!("{}: writing failed", args.output.display());
    let converted = match args.to {
        Target::Kdb => kdb(&file, &sources)?,
        Target::StopnciiFeedback => {
            let feedback = feedback(args, &sources)?;
            let written = feedback["count"].as_u64().unwrap_or(0);
            file.handle()?.write_all(feedback.to_string().as_bytes()).with_context(failed)?;
            Converted { written, ..Converted::default() }
        }
        Target::Text(format) => {
            let mut out = BufWriter::new(file.handle()?);
            let written = kinga::list::write_lists(format, &sources, &mut out);
            written.and_then(|converted| out.flush().map(|()| converted)).with_context(failed)?
        }
    };
    if converted.written == 0 {
        bail!("nothing to write: the lists have no entry for which this format has a place");
    }
    let path = file.finish(true)?;
    for (kind, count) in &converted.left_out {
        say(&format!(
            "warning: {count} entries of kind {kind} are not in it: the format has no place for them"
        ));
    }
    let path = printable(&path.to_string_lossy()).into_owned();
    print(&format!("{path}: {} entries written\n", converted.written))?;
    let incomplete = lists::rows_not_searched(&sources) > 0 || !converted.left_out.is_empty();
    Ok(if incomplete { Status::Incomplete } else { Status::Finished })
}

#[cfg(feature = "sqlite")]
fn kdb(file: &WholeFile, sources: &[HashList]) -> Result<Converted> {
    kinga::list::write_kdb(file.path(), sources).context("the database can't be written")
}

#[cfg(not(feature = "sqlite"))]
fn kdb(_file: &WholeFile, _sources: &[HashList]) -> Result<Converted> {
    bail!("this program was built without its feature sqlite; build it with it, or write csv")
}

/// Reads what reviewers wrote into a column `feedback` of a report, and makes of it what StopNCII takes.
fn feedback(args: &ListConvertArgs, sources: &[HashList]) -> Result<serde_json::Value> {
    let path = args.reviewed.as_deref().unwrap_or(&args.output);
    let name = printable(&path.to_string_lossy()).into_owned();
    let mut table = csv::Reader::from_path(path).with_context(|| name.clone())?;
    let header = table.headers().with_context(|| name.clone())?.clone();
    let column = |wanted: &str| header.iter().position(|column| column == wanted);
    let needed = |wanted| {
        column(wanted).ok_or_else(|| {
            anyhow!(
                "{name}: it has no column {wanted}; take the report of `kinga scan --format csv` and add a \
                 column feedback with Blocked or NotBlocked (and tags, parted by semicolons)"
            )
        })
    };
    let (list, line, feedback) = (needed("list")?, needed("entry_line")?, needed("feedback")?);
    let tags = column("tags");
    let (mut reviews, mut lines) = (Vec::new(), Vec::new());
    for row in table.records() {
        let row = row.with_context(|| name.clone())?;
        let at = row.position().map_or(0, csv::Position::line);
        let cell = |column: usize| row.get(column).unwrap_or("").trim();
        let blocked = match cell(feedback) {
            "" => continue,
            word if word.eq_ignore_ascii_case("blocked") => true,
            word if word.eq_ignore_ascii_case("notblocked") => false,
            _ => bail!("{name}:{at}: the feedback is neither Blocked nor NotBlocked"),
        };
        let entry = cell(line).parse();
        let entry = entry.with_context(|| format!("{name}:{at}: entry_line is no line"))?;
        let tags = tags.map_or("", cell).split(';').map(str::trim);
        let tags = tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        reviews.push(Review { list: cell(list).to_owned(), line: entry, blocked, tags });
        lines.push(at);
    }
    stopncii_feedback(sources, &reviews)
        .map_err(|(number, unclear)| anyhow!("{name}:{}: {unclear}", lines[number]))
}

impl From<WriteFormat> for Target {
    fn from(format: WriteFormat) -> Self {
        if format == WriteFormat::Kdb { Self::Kdb } else { Self::Text(format) }
    }
}
