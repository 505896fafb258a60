//! `kinga list diff`: what two editions of a list differ in.

use std::fmt::Write;

use anyhow::Result;
use kinga::list::{Difference, HashList, Place, Tolerance, difference};
use kinga::report::printable;

use super::args::ListDiffArgs;
use super::lists;
use super::output::print;
use super::status::Status;

pub(super) fn run(args: &ListDiffArgs) -> Result<Status> {
    let open = |path| lists::open_all(std::slice::from_ref(path), &args.reading, Tolerance::Any);
    let (earlier, later) = (open(&args.earlier)?, open(&args.later)?);
    let found = difference(&earlier, &later);
    let parts = [
        ("added", &later, &found.added),
        ("removed", &earlier, &found.removed),
        ("withdrawn", &earlier, &found.withdrawn),
    ];
    if args.format == "json" {
        let entries = |lists: &[HashList], places: &[Place]| -> Vec<serde_json::Value> {
            places.iter().map(|place| described(lists, *place)).collect()
        };
        let mut answer = serde_json::json!({ "kept": found.kept });
        for (what, lists, places) in parts {
            answer[what] = entries(lists, places).into();
        }
        print(&(serde_json::to_string_pretty(&answer)? + "\n"))?;
    } else {
        let mut text = String::new();
        for (what, lists, places) in parts {
            for place in places {
                writeln!(text, "{what}: {}", in_words(lists, *place))?;
            }
        }
        let Difference { added, removed, withdrawn, kept } = &found;
        let counts = [added.len(), removed.len(), withdrawn.len()];
        let [added, removed, withdrawn] = counts;
        writeln!(text, "{added} added, {removed} removed, {withdrawn} withdrawn, {kept} kept")?;
        print(&text)?;
    }
    earlier.iter().chain(&later).for_each(lists::warn);
    let not_read = lists::rows_not_searched(&earlier) + lists::rows_not_searched(&later);
    Ok(if not_read > 0 { Status::Incomplete } else { Status::Finished })
}

fn described(lists: &[HashList], (list, number): Place) -> serde_json::Value {
    let entry = lists[list].entries.get(number);
    serde_json::json!({ "list": lists[list].name, "line": entry.line, "entry": entry.id })
}

fn in_words(lists: &[HashList], (list, number): Place) -> String {
    let entry = lists[list].entries.get(number);
    let id = entry.id.as_deref().map_or(String::new(), |id| format!(" ({})", printable(id)));
    format!("{}:{}{id}", printable(&lists[list].name), entry.line)
}
