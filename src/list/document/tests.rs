//! What the cutter of documents promises.

use std::io::BufReader;

use proptest::prelude::*;

use super::*;

const SHAPE: Shape = Shape { records: &["value", "Media"], facts: &["more", "context"] };

/// The records with their lines and the fact `context`, and the facts `more` of the pages.
type Cut = (Vec<(u64, Option<String>, String)>, Vec<String>);

fn parts(text: &str) -> Result<Cut, Uncut> {
    let (mut records, mut pages) = (Vec::new(), Vec::new());
    let fact = |facts: &Facts, name| facts.get(name).cloned().unwrap_or_default();
    cut(&mut BufReader::with_capacity(3, text.as_bytes()), &SHAPE, |part| match part {
        Part::Record(line, text, facts) => {
            let text = text.map(|text| String::from_utf8_lossy(text).into_owned());
            records.push((line, text, fact(facts, "context")));
        }
        Part::Page(facts) => pages.push(fact(facts, "more")),
    })?;
    Ok((records, pages))
}

fn records(text: &str) -> Vec<String> {
    parts(text).unwrap().0.into_iter().filter_map(|(_, text, _)| text).collect()
}

#[test]
fn records_are_found_in_pages_in_arrays_and_line_by_line() {
    let (a, b) = ("{\"x\":[{\"y\":\"}]\\\"\"}]}", "{\"value\":3}");
    for text in [
        format!("{a}\n{b}\n"),
        format!("[{a},\n{b}]"),
        format!("\u{feff}{{\"value\":[{a},{b}],\"n\":1}}"),
        format!("{{\"n\":{{\"value\":[{{}}]}},\"value\":[{a}]}}{{\"value\":[{b}]}}"),
        format!("[{{\"value\":[{a}]}},{{\"value\":[{b}]}}]"),
        format!("{{\"value\":[{{\"Media\":[{a}]}},{{\"Media\":[],\"k\":[{{}}]}},{b}]}}"),
    ] {
        assert_eq!(records(&text), [a, b], "{text}");
    }
    assert_eq!(records(" \n"), [""; 0]);
    assert_eq!(records("{\"value\":[]}"), [""; 0]);
}

#[test]
fn pages_tell_facts_that_stand_before_or_behind_their_records() {
    let text = "[{\"context\":\"c\",\"value\":[{\"more\":7,\"a\":1},\n{}],\"more\":true},{\"value\":[{}]}]";
    let (records, pages) = parts(text).unwrap();
    let told: Vec<_> = records.iter().map(|(line, _, fact)| (*line, &**fact)).collect();
    assert_eq!(told, [(1, "\"c\""), (2, "\"c\""), (2, "")]);
    assert_eq!(pages, ["true", ""]);
}

#[test]
fn what_is_no_json_is_an_error_at_its_line_and_what_is_too_long_is_no_text() {
    for text in ["{\"value\":[{}", "\n{]", "\n}", "\nword", "{\"", &"[".repeat(101)] {
        let line = text.lines().count() as u64;
        assert!(matches!(parts(text), Err(Uncut::NoJson(at)) if at == line), "{text}");
    }
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_LINE - 8));
    assert_eq!(records(&long), [&*long]);
    let (records, _) = parts(&format!("{}\n{{}}", long.replace("xx", "xxx"))).unwrap();
    assert_eq!((&records[0].1, records[1].0), (&None, 2));
}

proptest! {
    #[test]
    fn a_record_is_kept_byte_for_byte(text in "[ -~\n]{0,40}", key in "[a-z]{1,5}") {
        let record = serde_json::json!({ key: { "text": text, "list": [[text, 1.5, null]] } });
        let pretty = serde_json::to_string_pretty(&record).unwrap();
        let page = format!("{{\"value\": [{pretty}, {record}]}}");
        prop_assert_eq!(records(&page), [pretty, record.to_string()]);
    }

    #[test]
    fn any_text_is_cut_or_refused(text in "[\\[\\]{}\":,a1\\\\ \n]{0,60}") {
        drop(parts(&text));
    }
}
