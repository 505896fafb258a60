//! VICS JSON, as Project VIC's tools and police databases exchange it: a set of hashes, or cases with
//! their files. There is no public specification; this follows what open readers and writers agree
//! on (IPED's `HashDBTool.java`, GLEAPP's `projectvic.py`).
//!
//! NIST's set of known files of the name "CAID" has the same shape, and is the opposite: what it lists
//! is harmless.

use std::borrow::Cow;
use std::io::BufRead;

use super::ListError;
use super::document::Shape;
use super::gather::Gathering;
use super::lines::Lines;
use super::notes::Notes;
use super::records::{self, Object, joined, objects, text};
use super::row::Row;

const SHAPE: Shape = Shape {
    records: &["value", "Media"],
    facts: &["odata.metadata", "odata.context", "@odata.context", "CaseID", "CaseNumber"],
};

/// Those of the facts that name version and country.
const CONTEXTS: [&str; 3] = ["@odata.context", "odata.context", "odata.metadata"];

/// What leads to victims: of the case, and of the file.
const OF_CASE: [&str; 2] = ["CaseID", "CaseNumber"];
const OF_FILE: [&str; 3] = ["Series", "VictimIdentified", "OffenderIdentified"];

/// What is noted of a file, by the names that it has there. The names of files are not.
const NOTED: [&str; 4] = ["Category", "IsDistributed", "DateUpdated", "MimeType"];

/// Reads a set or cases.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
) -> Result<(), ListError> {
    let mut known_files = true;
    records::read(
        lines,
        gathering,
        &SHAPE,
        |_| None,
        |gathering, line, record, facts| {
            let context = CONTEXTS.iter().find_map(|name| facts.get(*name));
            let context = context.map_or("", |context| context.trim_matches('"'));
            known_files &= lists_known_files(context, record);
            let of_case = OF_CASE.iter().filter_map(|name| Some((*name, facts.get(*name)?)));
            let of_case = of_case.map(|(name, text)| (name, text.trim_matches('"').into()));
            add(gathering, line, record, &source(context), of_case.collect());
        },
    )?;
    gathering.known_files = known_files;
    Ok(())
}

/// Whether it is a record of NIST's set: of VICS 1.2, with names of files, and without category.
fn lists_known_files(context: &str, record: &Object) -> bool {
    let has_none = ["MediaID", "Category"].iter().all(|key| !record.contains_key(*key));
    context.contains("/1.2.xml#Media") && has_none && record.contains_key("MediaFiles")
}

/// The version and the country that its context names, such as `VICS 2.0 US`.
fn source(context: &str) -> String {
    let models = context.split("/DataModels/").nth(1).unwrap_or_default();
    let (version, rest) = models.split_once(".xml").unwrap_or_default();
    let country = rest.trim_start_matches('/').split(['/', '$', '#']).next().unwrap_or_default();
    ["VICS", version, country].join(" ").trim().replace("  ", " ")
}

fn add(
    gathering: &mut Gathering,
    line: u64,
    file: &Object,
    source: &str,
    mut case: Vec<(&str, Cow<'_, str>)>,
) {
    let mut notes = Notes::of(source);
    for name in NOTED {
        notes.add(name, &text(file, name).unwrap_or_default());
    }
    notes.add("Tags", &joined(file, "Tags"));
    case.extend(OF_FILE.iter().filter_map(|name| Some((*name, text(file, name)?.into()))));
    let id = text(file, "MediaID");
    let mut row = Row { line, id: id.as_deref(), notes: notes.some(), case, ..Row::default() };
    let own = ["MD5", "SHA1", "SHA256", "SHA512", "PhotoDNA"]
        .map(|name| text(file, name).map(|value| (name.to_owned(), value)));
    let further = objects(file, "AlternativeHashes")
        .map(|hash| Some((text(hash, "HashName").unwrap_or_default(), text(hash, "HashValue")?)));
    let all: Vec<(String, String)> = own.into_iter().chain(further).flatten().collect();
    for (name, value) in &all {
        row.give(name, value);
    }
    gathering.add(row);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, options, read};
    use super::super::{HashList, ListFormat};
    use super::*;

    const MD5: &str = "9E107D9D372BB6826BD81D3542A419D6";
    const SHA1: &str = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12";

    fn set(context: &str, records: &[&str]) -> String {
        format!(
            "\u{feff}{{\"@odata.context\":\"{context}\",\r\n\"value\":[{}]}}",
            records.join(",\r\n")
        )
    }

    const US: &str =
        "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media";

    fn media(id: &str, rest: &str) -> String {
        format!(
            "{{\"MediaID\":{id},\"Category\":1,\"MD5\":\"{MD5}\",\"SHA1\":\"\",\"MediaSize\":2835,\
             \"VictimIdentified\":\"true\",\"IsDistributed\":\"false\",\"RelativeFilePath\":\"a\\\\name.jpg\"{rest}}}"
        )
    }

    fn list(text: &str) -> HashList {
        read(text, options(None)).unwrap()
    }

    #[test]
    fn a_set_gives_digests_and_counts_what_cannot_be_matched() {
        let further = format!(
            ",\"PhotoDNA\":\"AAAA\",\"Tags\":\"x\",\"AlternativeHashes\":[{{\"HashName\":\"PDQ\",\"HashValue\":\"{PDQ_HEX}\"}},\
             {{\"HashName\":\"PhotoDNA\",\"HashValue\":\"AAAA\"}},{{\"HashName\":\"SHA1\",\"HashValue\":\"{SHA1}\"}}]"
        );
        let list = list(&set(US, &[&media("7", &further), &media("\"8\"", "")]));
        assert_eq!((list.format, list.known_files), (ListFormat::Vics, false));
        let counts = &list.counts;
        assert_eq!((counts.rows, counts.contributing, counts.entries), (2, 2, 4));
        assert_eq!((counts.unmatchable["photodna"], counts.broken), (2, 0));
        let entry = list.entries.get(0).into_owned();
        assert_eq!(entry.id.as_deref(), Some("7"));
        let notes = entry.notes.unwrap();
        assert_eq!(
            (&*notes.source, &*notes.said["Category"], &*notes.said["Tags"]),
            ("VICS 2.0 US", "1", "x")
        );
        assert!(
            !format!("{list:?}").contains("Victim") && !format!("{list:?}").contains("name.jpg")
        );
    }

    #[test]
    fn the_files_of_cases_are_read_and_the_cases_are_no_rows() {
        let case = format!(
            "{{\"CaseID\":\"1\",\"ContactName\":\"a person\",\"TotalMediaFiles\":99,\"Media\":[{},{}]}}",
            media("1", ",\"MediaFiles\":[{\"MD5\":\"x\",\"FileName\":\"y\"}]"),
            media("2", "")
        );
        let text = set(&US.replace("Media", "Cases"), &[&case, "{\"CaseID\":2,\"Media\":[]}"]);
        let list = list(&text);
        assert_eq!((list.format, list.counts.rows, list.counts.entries), (ListFormat::Vics, 2, 2));
        assert!(!format!("{list:?}").contains("a person"));
    }

    #[test]
    fn what_leads_to_victims_is_noted_only_on_request_and_of_its_own_case() {
        let case = |id: &str, media: &str| {
            format!("{{\"CaseID\":\"{id}\",\"CaseNumber\":7,\"Media\":[{media}]}}")
        };
        let cases = [case("one", &media("1", "")), case("two", &media("2", ",\"Series\":\"s\""))];
        let text = set(&US.replace("Media", "Cases"), &[&cases[0], &cases[1]]);
        let text = text.replace("@odata.context", "odata.metadata");
        let options = super::super::ReadOptions { keep_case_fields: true, ..options(None) };
        let kept = read(&text, options).unwrap();
        let notes = |number| kept.entries.get(number).into_owned().notes.unwrap();
        assert_eq!((&*notes(0).source, &*notes(0).said["CaseID"]), ("VICS 2.0 US", "one"));
        assert_eq!((&*notes(1).said["CaseID"], &*notes(1).said["Series"]), ("two", "s"));
        assert_eq!((&*notes(1).said["CaseNumber"], notes(0).said.get("Series")), ("7", None));
        assert!(!format!("{:?}", list(&text)).contains("CaseID"));
    }

    #[test]
    fn version_and_country_are_the_source() {
        for (context, expected) in [
            (US, "VICS 2.0 US"),
            ("http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media", "VICS 1.3"),
            ("https://x/DataModels/2.0.xml/Default/$metadata#Media", "VICS 2.0 Default"),
            ("", "VICS"),
        ] {
            assert_eq!(source(context), expected);
        }
    }

    #[test]
    fn nists_set_of_known_files_is_told_from_a_list_to_search_for() {
        let nist = "http://github.com/ICMEC/ProjectVic/DataModels/1.2.xml#Media";
        let file = format!(
            "{{\"MD5\":\"{MD5}\",\"SHA1\":\"{SHA1}\",\"MediaSize\":\"9\",\"MediaFiles\":[{{\"FileName\":\"icon.png\"}}]}}"
        );
        let of = |context: &str, file: &str| {
            list(&set(context, &[file]).replace("@odata.context", "odata.metadata")).known_files
        };
        assert!(of(nist, &file));
        assert!(!of(&nist.replace("1.2", "1.3"), &file));
        assert!(!of(nist, &file.replace("{\"MD5\"", "{\"Category\":1,\"MD5\"")));
    }
}
