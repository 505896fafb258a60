//! `kinga list diff`: what two editions of a list differ in.

use std::fmt::Write;

use anyhow::Result;
use kinga::list::{HashList, Place, Tolerance, difference};

use super::list_args::ListDiffArgs;
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
        let counts = parts.map(|(what, _, places)| format!("{} {what}", places.len()));
        writeln!(text, "{}, {} kept", counts.join(", "), found.kept)?;
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

fn in_words(all: &[HashList], (list, number): Place) -> String {
    let entry = all[list].entries.get(number);
    lists::place(&all[list].name, entry.line, entry.id.as_deref())
}
