//! NCMEC's hash sharing, version 2: pages of XML, as which Take It Down's hashes reach a platform, too.
//!
//! Source: facebook/ThreatExchange, `python-threatexchange/threatexchange/exchanges/clients/ncmec/hash_api.py`
//! and its tests.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

use memchr::memchr_iter;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::ListError;
use super::gather::Gathering;
use super::lines::{Lines, MAX_LINE};
use super::notes::Notes;
use super::row::{Latest, Row};
use super::time::seconds;

/// The elements that are entries, and whether they withdraw one.
const ENTRIES: [(&str, &str, bool); 4] = [
    ("image", "image", false),
    ("video", "video", false),
    ("deletedImage", "image", true),
    ("deletedVideo", "video", true),
];

/// How deep elements may lie in each other; those of the format lie seven deep.
const DEEPEST: usize = 40;

/// Most texts of an entry that are kept.
const MOST_TEXTS: usize = 200;

/// Reads pages, one behind the other.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
) -> Result<(), ListError> {
    let list = lines.list().to_owned();
    let mut pages = Pages::default();
    let mut reader = Reader::from_reader(Bounded { input: lines.input(), left: 0, line: 1 });
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().left = MAX_LINE;
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(quick_xml::Error::Io(error)) if error.kind() != io::ErrorKind::InvalidData => {
                let source = io::Error::new(error.kind(), error.to_string());
                return Err(ListError::Read { list, source });
            }
            Err(_no_xml) => {
                return Err(ListError::NoXml { list, line: reader.get_mut().line });
            }
        };
        if matches!(event, Event::Eof) {
            break;
        }
        let line = reader.get_mut().line;
        if pages.next(&event, line, gathering).is_none() {
            return Err(ListError::NoXml { list, line });
        }
    }
    if !pages.around.is_empty() {
        return Err(ListError::NoXml { list, line: reader.get_mut().line });
    }
    gathering.cut_off |= pages.has_more && !pages.has_last;
    Ok(())
}

/// Gives no more than so many bytes for one event, and counts lines.
struct Bounded<'a, R> {
    input: &'a mut R,
    left: usize,
    line: u64,
}

impl<R: BufRead> Read for Bounded<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(bytes)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bounded<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "more than 1 MiB without end"));
        }
        let bytes = self.input.fill_buf()?;
        Ok(&bytes[..bytes.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        // What is consumed was given before, and is there still.
        let given = self.input.fill_buf().unwrap_or_default();
        let lines = memchr_iter(b'\n', &given[..count.min(given.len())]).count();
        self.line += lines as u64;
        self.left = self.left.saturating_sub(count);
        self.input.consume(count);
    }
}

/// What was read of pages.
#[derive(Default)]
struct Pages {
    /// The names of the elements around this place.
    around: Vec<String>,
    entry: Option<Entry>,
    /// Whether a page says that there are more, and whether one does not.
    has_more: bool,
    has_last: bool,
    /// Whether this page said so.
    says_more: bool,
}

/// An entry as far as it was read.
struct Entry {
    line: u64,
    depth: usize,
    kind: &'static str,
    withdrawn: bool,
    /// The number of the member whose entry it is.
    member: String,
    /// The texts of its elements, by the path to them.
    texts: BTreeMap<String, String>,
    /// The names of fingerprints that are links to where they are.
    links: Vec<String>,
}

impl Pages {
    /// Takes what comes next; none if it can't be.
    fn next(&mut self, event: &Event<'_>, line: u64, gathering: &mut Gathering) -> Option<()> {
        match event {
            Event::Start(start) => self.start(start, line)?,
            Event::End(_) => self.end(gathering)?,
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(name) => self.text(&resolved(name)?),
            _ => {}
        }
        Some(())
    }

    fn start(&mut self, start: &BytesStart<'_>, line: u64) -> Option<()> {
        let name = start.local_name().into_inner();
        let attribute = |name: &str| {
            let found = start.try_get_attribute(name).map_or(None, |found| found);
            let value = found.map(|found| found.normalized_value(XmlVersion::Implicit1_0));
            value.and_then(|value| value.map_or(None, |value| Some(value.into_owned())))
        };
        let is_in_list =
            matches!(self.around.last().map(|name| &**name), Some("images" | "videos"));
        let entry = ENTRIES.iter().find(|(element, ..)| is_in_list && *element == name);
        if let (Some((_, kind, withdrawn)), None) = (entry, &self.entry) {
            self.entry = Some(Entry {
                line,
                depth: self.around.len(),
                kind,
                withdrawn: *withdrawn,
                member: String::new(),
                texts: BTreeMap::new(),
                links: Vec::new(),
            });
        } else if let Some(entry) = &mut self.entry {
            if name == "member" && self.around.len() == entry.depth + 1 {
                entry.member = attribute("id").unwrap_or_default();
            }
            let is_fingerprint = self.around.last().is_some_and(|name| name == "fingerprints");
            if is_fingerprint && attribute("href").is_some() {
                entry.links.push(name.to_owned());
            }
        }
        self.around.push(name.to_owned());
        (self.around.len() <= DEEPEST).then_some(())
    }

    fn text(&mut self, text: &str) {
        if let Some(entry) = &mut self.entry {
            let path = self.around.get(entry.depth + 1..).unwrap_or_default().join("/");
            if entry.texts.len() < MOST_TEXTS || entry.texts.contains_key(&path) {
                let known: &mut String = entry.texts.entry(path).or_default();
                // Values of one name follow each other, as the texts of several feedbacks do.
                if known.len() + text.len() <= MAX_LINE {
                    known.push_str(text);
                }
            }
        } else if self.around.last().is_some_and(|name| name == "next") {
            self.says_more |= !text.trim().is_empty();
        }
    }

    fn end(&mut self, gathering: &mut Gathering) -> Option<()> {
        let name = self.around.pop()?;
        if self.entry.as_ref().is_some_and(|entry| entry.depth == self.around.len())
            && let Some(entry) = self.entry.take()
        {
            entry.add(gathering);
        }
        if name == "queryResult" {
            self.has_more |= self.says_more;
            self.has_last |= !self.says_more;
            self.says_more = false;
        }
        Some(())
    }
}

impl Entry {
    fn add(self, gathering: &mut Gathering) {
        let text = |path: &str| self.texts.get(path).map_or("", |text| text.trim());
        let id = text("id");
        if id.is_empty() {
            return gathering.broken(self.line, "an entry without id");
        }
        // Ids are those of a member, and images and videos have their own.
        let id = format!("{}/{}/{id}", self.member, self.kind);
        // Pages are not in the order of time. What has none was there before whatever withdraws it.
        let without = if self.withdrawn { i64::MAX } else { i64::MIN };
        let time = seconds(text("timestamp")).unwrap_or(without);
        let mut notes = Notes::of("NCMEC");
        notes.add("member", text("member"));
        notes.add("classification", text("classification"));
        for name in self.texts.keys().filter(|path| path.starts_with("feedback/")) {
            notes.add(name, text(name));
        }
        let mut row = Row {
            line: self.line,
            id: Some(&id),
            withdrawn: self.withdrawn,
            latest: Some(Latest { key: &id, time: Some(time) }),
            notes: notes.some(),
            ..Row::default()
        };
        let links = self.links.iter().map(|name| (&**name, ""));
        let given = self.texts.iter().filter_map(|(path, value)| {
            Some((path.strip_prefix("fingerprints/")?, value.trim()))
                .filter(|(_, value)| !value.is_empty())
        });
        for (name, value) in given.chain(links) {
            row.give(name, value);
        }
        gathering.add(row);
    }
}

/// The character that a reference stands for. Entities that a document defines itself are none of
/// them: they can be made to expand to gigabytes.
fn resolved(name: &BytesRef<'_>) -> Option<String> {
    match name.resolve_char_ref() {
        Ok(Some(character)) => Some(character.to_string()),
        Ok(None) => resolve_predefined_entity(name).map(str::to_owned),
        Err(_no_character) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, options, read};
    use super::super::{HashList, ListError, ListFormat};

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    fn entry(kind: &str, member: u32, id: &str, time: &str, fingerprints: &str) -> String {
        format!(
            "<{kind}><member id=\"{member}\">A &amp; B</member><timestamp>{time}</timestamp><id>{id}</id>\
             <classification>A1</classification><fingerprints>{fingerprints}</fingerprints><feedback>\
             <affirmativeFeedback type=\"Md5\">x</affirmativeFeedback></feedback></{kind}>\n"
        )
    }

    fn page(images: &str, videos: &str, next: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<queryResult xmlns=\"https://hashsharing.ncmec.org/\
             hashsharing/v2\">\n<images count=\"2\">\n{images}</images><videos>{videos}</videos>\
             <paging>{next}</paging></queryResult>\n"
        )
    }

    fn list(text: &str) -> HashList {
        read(text, options(None)).unwrap()
    }

    const EARLY: &str = "2026-01-01T00:00:00Z";
    const LATE: &str = "2026-02-01T00:00:00Z";

    #[test]
    fn entries_are_read_with_their_member_and_what_cannot_be_matched_is_counted() {
        let prints = format!(
            "<md5>{MD5}</md5><pdq>{PDQ_HEX}</pdq><pdna>AA</pdna><netclean>1</netclean>\
             <tmk-pdqf rel=\"self\" href=\"/x\"/>"
        );
        let video =
            entry("video", 42, "v", EARLY, &format!("<md5>{}</md5>", MD5.replace('9', "8")));
        let list = list(&page(&entry("image", 42, "i&#49;", EARLY, &prints), &video, ""));
        assert_eq!((list.format, list.cut_off), (ListFormat::Ncmec, false));
        let counts = &list.counts;
        assert_eq!((counts.rows, counts.contributing, counts.entries, counts.broken), (2, 2, 3, 0));
        for kind in ["photodna", "netclean", "tmk"] {
            assert_eq!(counts.unmatchable[kind], 1, "{kind}");
        }
        let entry = list.entries.get(0).into_owned();
        assert_eq!((entry.id.as_deref(), entry.line), (Some("42/image/i1"), 4));
        let said = &entry.notes.unwrap().said;
        assert_eq!((&*said["member"], &*said["classification"]), ("A & B", "A1"));
        assert_eq!(said["feedback/affirmativeFeedback"], "x");
    }

    #[test]
    fn what_a_member_deleted_is_withdrawn_wherever_it_stands_and_of_no_other_member_or_kind() {
        let print = format!("<md5>{MD5}</md5>");
        let listed = |member| entry("image", member, "1", EARLY, &print);
        let gone = |time: &str| {
            let gone = entry("deletedImage", 42, "1", time, "");
            gone.replace("<fingerprints></fingerprints>", "")
        };
        for time in [EARLY, LATE, ""] {
            for images in
                [listed(42) + &listed(43) + &gone(time), gone(time) + &listed(43) + &listed(42)]
            {
                let list = list(&page(&images, &entry("video", 42, "1", EARLY, &print), ""));
                let counts = &list.counts;
                assert_eq!(
                    (counts.entries, counts.tombstones, counts.removed),
                    (2, 1, 1),
                    "{images}"
                );
                assert_eq!(list.entries.get(0).id.as_deref(), Some("43/image/1"));
            }
        }
        let again = gone(EARLY) + &entry("image", 42, "1", LATE, &print);
        assert_eq!(list(&page(&again, "", "")).counts.entries, 1);
    }

    #[test]
    fn pages_may_follow_each_other_and_one_that_is_not_the_last_is_cut_off() {
        let image = |id: &str| entry("image", 1, id, EARLY, &format!("<md5>{MD5}</md5>"));
        let next = "<next>/v2/entries?from=x&amp;start=2001</next>";
        let (first, last) = (page(&image("a"), "", next), page(&image("b"), "", ""));
        assert!(list(&first).cut_off);
        for text in [first.clone() + &last, last + &first] {
            let whole = list(&text);
            assert_eq!((whole.cut_off, whole.counts.entries), (false, 2));
        }
    }

    #[test]
    fn what_is_cut_or_no_xml_is_refused_and_entities_are_not_expanded() {
        let good = page(&entry("image", 1, "a", EARLY, &format!("<md5>{MD5}</md5>")), "", "");
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>\n";
        let bomb =
            good.replace("\n<queryResult", &format!("\n{bomb}<queryResult")).replace("A1", "&b;");
        let deep = format!("{}{}", "<a>".repeat(50), "</a>".repeat(50));
        let deep = good.replace("<paging>", &format!("{deep}<paging>"));
        let long = good.replace("A1", &"x".repeat(1 << 21));
        for text in [&good[..good.len() - 20], &good.replace("</id>", "</ix>"), &bomb, &deep, &long]
        {
            let error = read(text, options(None)).unwrap_err();
            assert!(matches!(error, ListError::NoXml { .. }), "{error}");
        }
        let nameless = good.replace("<id>a</id>", "");
        assert!(matches!(read(&nameless, options(None)), Err(ListError::TooManyBroken { .. })));
    }
}
