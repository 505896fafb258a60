//! The files in which ThreatExchange's command-line client keeps what it fetched, such as
//! `simple.HASH_PDQ.te`: `indicator,descriptor id,when it was added,tags`, without a header.
//!
//! Source: facebook/ThreatExchange, `python-threatexchange/threatexchange/exchanges/impl/fb_threatexchange_api.py`
//! and the client's older `SimpleDescriptorRollup`; with a hash matching service, the id of the
//! indicator stands before that of the descriptor.

use std::io::BufRead;

use super::ListError;
use super::gather::Gathering;
use super::lines::Lines;
use super::notes::Notes;
use super::pdq_text::content;
use super::row::{Row, Stated};
use super::value::{Claim, is_hex};

/// Reads a cached list. What its hashes are is in its name, if it still has it; otherwise the length
/// says it, and of 64 digits popcounts must.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
) -> Result<(), ListError> {
    let name = lines.list().to_owned();
    let kind = name.rsplit(['/', '\\']).next().unwrap_or_default().split('.');
    let kind = kind.into_iter().find(|part| part.to_ascii_uppercase().starts_with("HASH_"));
    while let Some(line) = lines.next()? {
        let number = line.number;
        let Some(text) = line.text else {
            gathering.broken(number, "a line of more than 1 MiB");
            continue;
        };
        let Some(text) = content(&text) else { continue };
        let Some(cached) = cached(text) else {
            gathering.broken(number, "not a hash with an id, a time and tags behind it");
            continue;
        };
        let mut notes = Notes::of("ThreatExchange");
        notes.add("tags", cached.tags);
        notes.add("added_on", cached.added);
        let notes = notes.some();
        let mut row = Row { line: number, id: Some(cached.id), notes, ..Row::default() };
        match kind {
            Some(kind) => row.give(kind, cached.value),
            None => row.values.push(Stated {
                claim: if cached.value.len() == 64 { Claim::LikelyPdq } else { Claim::Unstated },
                text: cached.value,
                quality: None,
            }),
        }
        gathering.add(row);
    }
    Ok(())
}

/// A line of such a file.
struct Cached<'a> {
    value: &'a str,
    id: &'a str,
    added: &'a str,
    tags: &'a str,
}

/// Whether a line has this form.
pub(super) fn is_cached(text: &str) -> bool {
    cached(text).is_some()
}

fn cached(text: &str) -> Option<Cached<'_>> {
    let (value, rest) = text.split_once(',')?;
    let (first, rest) = rest.split_once(',')?;
    let (second, behind) = rest.split_once(',').unwrap_or((rest, ""));
    let (id, added, tags) = if is_id(second) {
        let (added, tags) = behind.split_once(',').unwrap_or((behind, ""));
        (second, added, tags)
    } else {
        (first, second, behind)
    };
    let fits = is_hex(value) && value.len() >= 32 && is_id(first) && is_time(added);
    fits.then_some(Cached { value, id, added, tags: tags.trim() })
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it begins as `2020-07-31T` does. That alone tells these lines from `hash,quality,file`.
fn is_time(text: &str) -> bool {
    let mark = |(k, byte): (usize, u8)| match k {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        _ => byte.is_ascii_digit(),
    };
    text.len() > 10 && text.bytes().take(11).enumerate().all(mark)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, options, read};
    use super::super::{HashList, Known, ListError, ListFormat};

    const BEHIND: &str = "2217600725021,2020-07-31T18:47:45+0000,tag_one tag_two";

    fn named(name: &str, text: &str) -> Result<HashList, ListError> {
        HashList::read(name, text.as_bytes(), &options(None))
    }

    #[test]
    fn a_cached_list_is_read_with_ids_and_tags_of_either_layout() {
        for behind in [BEHIND.to_owned(), format!("7,{BEHIND}")] {
            let list = read(&format!("{PDQ_HEX},{behind}\n"), options(None)).unwrap();
            assert_eq!((list.format, list.entries.len()), (ListFormat::TeCache, 1));
            let entry = list.entries.get(0).into_owned();
            assert_eq!(entry.id.as_deref(), Some("2217600725021"));
            assert_eq!(entry.notes.unwrap().said["tags"], "tag_one tag_two");
        }
    }

    #[test]
    fn its_name_says_what_the_hashes_are_and_without_it_popcounts_must() {
        let odd = format!("{},{BEHIND}\n", PDQ_HEX.replacen("f8f8", "f801", 1));
        assert!(matches!(named("a.te", &odd), Err(ListError::Ambiguous { .. })));
        let known = |name| named(name, &odd).unwrap().entries.get(0).known;
        assert!(matches!(known("x/simple.HASH_PDQ.te"), Known::Hash(..)));
        assert!(matches!(known("simple.HASH_SHA256.te"), Known::Sha256(_)));
        let error = named("simple.HASH_PDQ_OCR.te", &odd).unwrap_err();
        assert!(matches!(error, ListError::Empty { unmatchable: 1, .. }), "{error}");
    }

    #[test]
    fn a_line_without_its_time_is_broken() {
        let text = format!("{PDQ_HEX},{BEHIND}\n").repeat(99) + &format!("{PDQ_HEX},5,x\n");
        assert_eq!(read(&text, options(None)).unwrap().counts.broken, 1);
    }
}
