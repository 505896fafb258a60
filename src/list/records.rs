//! What the JSON formats of the services share: each record of their pages is read as an object,
//! and a list that says that there is more of it than this is cut off.

use std::io::BufRead;

use serde_json::{Map, Value};

use super::ListError;
use super::document::{Facts, Part, Shape, Uncut, cut};
use super::gather::Gathering;
use super::lines::Lines;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// Reads every record as an object, and gives it with its line and what its page says.
///
/// `more` says of the facts of a page whether further pages follow it; none if it does not say. A
/// list of which no page is the last is cut off, in whatever order its pages stand.
///
/// # Errors
/// When the input can't be read, or is no JSON.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
    shape: &Shape,
    more: impl Fn(&Facts) -> Option<bool>,
    mut add: impl FnMut(&mut Gathering, u64, &Object, &Facts),
) -> Result<(), ListError> {
    let (mut has_last, mut has_more) = (false, false);
    let found = cut(lines.input(), shape, |part| match part {
        Part::Record(line, None, _) => gathering.broken(line, "a record of more than 1 MiB"),
        Part::Record(line, Some(text), facts) => match serde_json::from_slice(text) {
            Ok(object) => add(gathering, line, &object, facts),
            Err(_no_object) => gathering.broken(line, "a record that is not JSON"),
        },
        Part::Page(facts) => match more(facts) {
            Some(true) => has_more = true,
            Some(false) => has_last = true,
            None => {}
        },
    });
    gathering.cut_off |= has_more && !has_last;
    found.map_err(|error| {
        let list = lines.list().to_owned();
        match error {
            Uncut::Read(source) => ListError::Read { list, source },
            Uncut::NoJson(line) => ListError::NoJson { list, line },
        }
    })
}

/// The text of a key; a number or truth as it is written. None where there is none or nothing in it.
pub(super) fn text(object: &Object, key: &str) -> Option<String> {
    let text = match object.get(key)? {
        Value::String(text) => text.trim().to_owned(),
        value @ (Value::Number(_) | Value::Bool(_)) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A whole number under a key, also one in quotation marks.
pub(super) fn number(object: &Object, key: &str) -> Option<i64> {
    text(object, key)?.parse().into_iter().next()
}

/// The objects of an array under a key; those that are none are left out.
pub(super) fn objects<'a>(object: &'a Object, key: &str) -> impl Iterator<Item = &'a Object> {
    let array = object.get(key).and_then(Value::as_array);
    array.into_iter().flatten().filter_map(Value::as_object)
}

/// The texts of an array under a key, joined; a text instead of the array is taken as it is.
pub(super) fn joined(object: &Object, key: &str) -> String {
    match object.get(key) {
        Some(Value::Array(all)) => {
            let texts: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
            texts.join(", ")
        }
        _ => text(object, key).unwrap_or_default(),
    }
}
