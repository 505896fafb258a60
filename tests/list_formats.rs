//! Hash lists of every format: each row of the fixtures in its class, every entry found, what is
//! withdrawn not found.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use kinga::hash::{Algorithm, Hash};
use kinga::index::{Digest, HashIndex};
use kinga::list::{Counts, HashList, Known, ListFormat, ReadOptions, Tolerance};
use support::{Report, end, files_below, fixture, kinga, text};

/// What the rows of a fixture come to.
struct Expected {
    file: &'static str,
    format: ListFormat,
    /// Rows that contribute, are broken, withdraw, or are of kinds that cannot be matched.
    rows: [u64; 4],
    /// Entries, those removed and those replaced.
    entries: [u64; 3],
    unmatchable: &'static [(&'static str, u64)],
}

const EXPECTED: [Expected; 23] = [
    Expected {
        file: "stopncii.json",
        format: ListFormat::StopNcii,
        rows: [3, 0, 0, 1],
        entries: [3, 0, 0],
        unmatchable: &[("tmk", 1)],
    },
    Expected {
        file: "stopncii-traps.json",
        format: ListFormat::StopNcii,
        rows: [4, 3, 2, 2],
        entries: [1, 2, 1],
        unmatchable: &[("text", 1), ("url", 1)],
    },
    Expected {
        file: "ncmec.xml",
        format: ListFormat::Ncmec,
        rows: [3, 0, 0, 0],
        entries: [5, 0, 0],
        unmatchable: &[("photodna", 1), ("tmk", 1)],
    },
    Expected {
        file: "ncmec-traps.xml",
        format: ListFormat::Ncmec,
        rows: [3, 3, 3, 0],
        entries: [1, 2, 0],
        unmatchable: &[],
    },
    Expected {
        file: "threatexchange.json",
        format: ListFormat::ThreatExchange,
        rows: [3, 0, 0, 1],
        entries: [3, 0, 0],
        unmatchable: &[("tmk", 1)],
    },
    Expected {
        file: "threatexchange-traps.jsonl",
        format: ListFormat::ThreatExchange,
        rows: [4, 1, 3, 1],
        entries: [1, 2, 1],
        unmatchable: &[("hash_pdq_ocr", 1)],
    },
    Expected {
        file: "tat.json",
        format: ListFormat::Tat,
        rows: [3, 0, 0, 1],
        entries: [3, 0, 0],
        unmatchable: &[("tmk", 1)],
    },
    Expected {
        file: "tat-traps.json",
        format: ListFormat::Tat,
        rows: [3, 2, 1, 0],
        entries: [1, 1, 1],
        unmatchable: &[],
    },
    Expected {
        file: "vics.json",
        format: ListFormat::Vics,
        rows: [2, 0, 0, 0],
        entries: [6, 0, 0],
        unmatchable: &[("photodna", 1)],
    },
    Expected {
        file: "vics-traps.json",
        format: ListFormat::Vics,
        rows: [1, 3, 0, 1],
        entries: [2, 0, 0],
        unmatchable: &[("photodna", 1)],
    },
    Expected {
        file: "hashdeep.txt",
        format: ListFormat::Hashdeep,
        rows: [2, 0, 0, 0],
        entries: [4, 0, 0],
        unmatchable: &[],
    },
    Expected {
        file: "hashdeep-traps.txt",
        format: ListFormat::Hashdeep,
        rows: [2, 2, 0, 1],
        entries: [3, 0, 0],
        unmatchable: &[("empty-file", 1), ("tiger", 2)],
    },
    Expected {
        file: "encase.hash",
        format: ListFormat::EnCase,
        rows: [2, 0, 0, 0],
        entries: [2, 0, 0],
        unmatchable: &[],
    },
    Expected {
        file: "encase-traps.hash",
        format: ListFormat::EnCase,
        rows: [1, 2, 0, 0],
        entries: [1, 0, 0],
        unmatchable: &[],
    },
    Expected {
        file: "simple.HASH_PDQ.te",
        format: ListFormat::TeCache,
        rows: [2, 0, 0, 0],
        entries: [2, 0, 0],
        unmatchable: &[],
    },
    Expected {
        file: "traps.HASH_PDQ.te",
        format: ListFormat::TeCache,
        rows: [1, 3, 0, 0],
        entries: [1, 0, 0],
        unmatchable: &[],
    },
    Expected {
        file: "autopsy.kdb",
        format: ListFormat::Kdb,
        rows: [2, 0, 0, 0],
        entries: [4, 0, 0],
        unmatchable: &[],
    },
    Expected {
        file: "autopsy-traps.kdb",
        format: ListFormat::Kdb,
        rows: [1, 4, 0, 1],
        entries: [1, 0, 0],
        unmatchable: &[("empty-file", 1)],
    },
    Expected {
        file: "iped.db",
        format: ListFormat::Iped,
        rows: [2, 0, 0, 0],
        entries: [3, 0, 0],
        unmatchable: &[("photodna", 1)],
    },
    Expected {
        file: "iped-traps.db",
        format: ListFormat::Iped,
        rows: [2, 1, 0, 3],
        entries: [2, 0, 0],
        unmatchable: &[("edonkey", 1), ("known-file", 2)],
    },
    Expected {
        file: "nsrl.db",
        format: ListFormat::Nsrl,
        rows: [2, 0, 0, 0],
        entries: [2, 0, 0],
        unmatchable: &[],
    },
    Expected {
        file: "nsrl-traps.db",
        format: ListFormat::Nsrl,
        rows: [3, 2, 0, 1],
        entries: [3, 0, 0],
        unmatchable: &[("empty-file", 1)],
    },
    Expected {
        file: "nist-caid.json",
        format: ListFormat::Vics,
        rows: [3, 0, 0, 0],
        entries: [6, 0, 0],
        unmatchable: &[],
    },
];

/// Lists of known files, which no scan takes.
fn is_of_known_files(file: &str) -> bool {
    file == "nist-caid.json" || file.starts_with("nsrl")
}

/// Whether this build reads it.
fn is_read(row: &Expected) -> bool {
    let is_database = matches!(row.format, ListFormat::Kdb | ListFormat::Iped | ListFormat::Nsrl);
    cfg!(feature = "sqlite") || !is_database
}

fn service(file: &str) -> std::path::PathBuf {
    fixture("lists/services").join(file)
}

#[test]
fn every_row_of_every_fixture_is_in_its_class() {
    let options = ReadOptions { tolerance: Tolerance::Any, ..ReadOptions::default() };
    for Expected { file, format, rows, entries, unmatchable } in
        EXPECTED.into_iter().filter(is_read)
    {
        let list = HashList::open(&service(file), &options).unwrap().remove(0);
        assert_eq!((list.format, list.cut_off), (format, false), "{file}");
        let Counts { contributing, broken, tombstones, unmatchable_rows, .. } = list.counts;
        assert_eq!([contributing, broken, tombstones, unmatchable_rows], rows, "{file}");
        let Counts { removed, replaced, .. } = list.counts;
        assert_eq!([list.entries.len() as u64, removed, replaced], entries, "{file}");
        let kinds: Vec<_> = list.counts.unmatchable.iter().map(|(k, &n)| (&**k, n)).collect();
        assert_eq!(kinds, unmatchable, "{file}");
        assert!(list.counts.add_up(), "{file}");
        assert_eq!(list.known_files, is_of_known_files(file), "{file}");
    }
    let seen: BTreeSet<String> = files_below(&fixture("lists/services")).into_iter().collect();
    let named: BTreeSet<String> = EXPECTED.iter().map(|row| row.file.to_owned()).collect();
    assert_eq!(seen, named);
}

/// The ids of the listed scenes that a scan of the originals finds.
fn found(lists: &[&Path]) -> BTreeSet<String> {
    let mut command = kinga(["scan", "--effort", "upright"]);
    for list in lists {
        command.arg("--list").arg(list);
    }
    let report = Report::of(command.arg(fixture("originals")));
    assert_eq!(report.files.len(), files_below(&fixture("originals")).len());
    let matched = report.files.iter().filter(|file| file.matches_found > 0);
    let name = |path: &str| path.split(['.', '-']).next().unwrap().to_owned();
    matched.map(|file| name(&file.path)).collect()
}

#[test]
fn what_services_list_is_found_and_what_they_withdraw_is_not() {
    let good = EXPECTED.iter().filter(|row| is_read(row)).map(|row| row.file);
    let good = good.filter(|file| !file.contains("traps") && !is_of_known_files(file));
    assert_eq!(good.clone().count(), if cfg!(feature = "sqlite") { 10 } else { 8 });
    for file in good {
        assert_eq!(found(&[&service(file)]).len(), 2, "{file}");
    }
    let folder = tempfile::tempdir().unwrap();
    for (file, traps) in [
        ("stopncii.json", "stopncii-traps.json"),
        ("ncmec.xml", "ncmec-traps.xml"),
        ("threatexchange.json", "threatexchange-traps.jsonl"),
        ("tat.json", "tat-traps.json"),
    ] {
        // Too many rows of the traps are broken for them to be searched for as they are.
        let mended = folder.path().join(traps);
        mend(&service(traps), &mended);
        let alone = found(&[&mended]);
        assert_eq!(alone.len(), 1, "{traps}: {alone:?}");
        // The first scene is listed in one file and withdrawn in the other, in either order.
        assert_eq!(found(&[&service(file), &mended]), alone, "{traps}");
        assert_eq!(found(&[&mended, &service(file)]), alone, "{traps}");
        let compiled = folder.path().join("compiled.kidx");
        let mut build = kinga(["list", "build"]);
        build.arg(service(file)).arg(&mended).arg("--output").arg(&compiled);
        assert_eq!(end(&mut build).status.code(), Some(0));
        assert_eq!(found(&[&compiled]), alone, "{traps}");
        // A withdrawal that was compiled withdraws as well.
        let mut build = kinga(["list", "build"]);
        build.arg(&mended).arg("--output").arg(&compiled);
        assert_eq!(end(&mut build).status.code(), Some(0));
        assert_eq!(found(&[&service(file), &compiled]), alone, "{traps}");
        fs::remove_file(compiled).unwrap();
    }
}

/// Writes a list of traps without its broken rows.
fn mend(from: &Path, to: &Path) {
    let text = fs::read_to_string(from).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let mended = if from.extension().unwrap() == "xml" {
        let broken = |line: &str| {
            line.contains("<id></id>") || line.contains("image4") || line.contains("image5")
        };
        let entries = text.split_inclusive("</image>\n");
        entries.filter(|entry| !broken(entry)).collect::<String>()
    } else {
        let whole = |record: &serde_json::Value| {
            let value =
                ["hashValue", "indicator", "hash_digest"].iter().find_map(|key| record.get(*key));
            let value = value.and_then(serde_json::Value::as_str).unwrap_or_default();
            value.len() == 64 && value.contains(|c| c != '0')
                || !value.is_empty() && value.len() < 63 && value != "zz"
        };
        let documents = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
        let mut lines = String::new();
        for document in documents.map(Result::unwrap) {
            let pages =
                if let Some(pages) = document.as_array() { pages.clone() } else { vec![document] };
            for page in &pages {
                let records = page.get("hashRecords").or(page.get("results"));
                let records = records.and_then(serde_json::Value::as_array);
                for record in
                    records.unwrap_or(&vec![page.clone()]).iter().filter(|record| whole(record))
                {
                    writeln!(lines, "{record}").unwrap();
                }
            }
        }
        lines
    };
    fs::write(to, mended).unwrap();
}

#[test]
fn diff_names_what_was_added_removed_and_withdrawn_and_no_hash() {
    let folder = tempfile::tempdir().unwrap();
    let mended = folder.path().join("later.jsonl");
    mend(&service("threatexchange-traps.jsonl"), &mended);
    let diff = |format: &str| {
        let mut command = kinga(["list", "diff", "--format", format]);
        let output = end(command.arg(service("threatexchange.json")).arg(&mended));
        assert_eq!(output.status.code(), Some(0));
        text(&output.stdout)
    };
    let told = diff("text");
    let counts = told.lines().last().unwrap();
    assert_eq!(counts, "0 added, 0 removed, 2 withdrawn, 1 kept", "{told}");
    assert!(told.contains("withdrawn: ") && told.contains("threatexchange.json:"), "{told}");
    let json: serde_json::Value = serde_json::from_str(&diff("json")).unwrap();
    assert_eq!((&json["kept"], &json["withdrawn"][0]["entry"]), (&1.into(), &"1".into()));
    let hex = |text: &str| text.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 32);
    assert!(!hex(&told) && !hex(&diff("json")));
}

#[test]
fn a_list_of_known_files_is_not_searched_for() {
    let nist = service("nist-caid.json");
    let output = end(kinga(["scan", "--list"]).arg(&nist).arg(fixture("originals")));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("a list of known files"), "{}", text(&output.stderr));
}

#[test]
fn a_match_says_what_the_list_says_and_no_case_of_a_victim() {
    let list = service("vics.json");
    let report = Report::of(kinga(["scan", "--list"]).arg(list).arg(fixture("originals")));
    let notes: Vec<_> = report
        .files
        .iter()
        .flat_map(|file| &file.matches)
        .filter_map(|found| found.notes.as_ref())
        .collect();
    assert_eq!(notes.len(), 2);
    assert_eq!((&*notes[0].source, &*notes[0].said["Category"]), ("VICS 2.0 US", "1"));
    let mut words = kinga(["scan", "--list"]);
    let words = text(&end(words.arg(service("vics.json")).arg(fixture("originals"))).stdout);
    assert!(words.contains("[VICS 2.0 US says Category: 1;"), "{words}");
    let list = service("stopncii.json");
    let report = Report::of(kinga(["scan", "--list"]).arg(list).arg(fixture("originals")));
    assert!(report.stdout.contains("Blocked (Nude, Objectionable)"));
    assert!(!report.stdout.contains("00000000-0000"), "a case number");
}

/// The `k`-th of many different hashes with 128 bits set.
fn hash(k: u64) -> Hash {
    // An odd multiplier permutes; the other half of the bits are the complement.
    let mixed = k.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let other = k.wrapping_mul(0xd1b5_4a32_d192_ed03).rotate_left(29);
    Hash([mixed, !mixed, other, !other])
}

/// A list of so many entries in a format, with all that is around them.
fn written(format: ListFormat, count: u64) -> Vec<u8> {
    if format != ListFormat::EnCase {
        return written_text(format, count).into_bytes();
    }
    let mut bytes = b"HASH\r\n\xff\0".to_vec();
    bytes.resize(1152, 0);
    for k in 0..count {
        bytes.extend((u128::from(k + 1) << 8).to_be_bytes());
        bytes.extend([0; 2]);
    }
    bytes
}

fn written_text(format: ListFormat, count: u64) -> String {
    let pdq = |k| Algorithm::Pdq.to_text(hash(k));
    let digest = |k: u64, digits: usize| format!("{:0digits$x}", (k + 1) << 8);
    let all = |row: &dyn Fn(u64) -> String| (0..count).map(row).collect::<String>();
    let joined = |row: &dyn Fn(u64) -> String| (0..count).map(row).collect::<Vec<_>>().join(",\n");
    match format {
        ListFormat::Pdq => all(&|k| pdq(k) + "\n"),
        ListFormat::Csv => "pdq,id\n".to_owned() + &all(&|k| format!("{},{k}\n", pdq(k))),
        ListFormat::Tsv => "id\tpdq\n".to_owned() + &all(&|k| format!("{k}\t{}\n", pdq(k))),
        ListFormat::Sums => all(&|k| format!("{}  a.jpg\n", digest(k, 40))),
        ListFormat::Jsonl => all(&|k| format!("{{\"pdq\":\"{}\"}}\n", pdq(k))),
        ListFormat::Md5 => all(&|k| digest(k, 32) + "\n"),
        ListFormat::Sha1 => all(&|k| digest(k, 40) + "\n"),
        ListFormat::Sha256 => all(&|k| digest(k, 64) + "\n"),
        // Of a SHA-512 the first half is kept.
        ListFormat::Sha512 => all(&|k| format!("{}{:064x}\n", digest(k, 64), 5)),
        ListFormat::TeCache => all(&|k| format!("{},{k},2020-07-31T18:47:45+0000,tag\n", pdq(k))),
        ListFormat::Hashdeep => {
            let head = "%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n";
            head.to_owned() + &all(&|k| format!("1,{},a,b\n", digest(k, 64)))
        }
        ListFormat::Hashes => all(&|k| format!("{:016x}\n", k + 1)),
        ListFormat::StopNcii => {
            let row = |k| format!("{{\"signalType\":\"ImagePDQ\",\"hashValue\":\"{}\"}}", pdq(k));
            format!("{{\"hasMoreRecords\":false,\"hashRecords\":[{}]}}", joined(&row))
        }
        ListFormat::Ncmec => {
            let row = |k| {
                format!(
                    "<image><member id=\"1\">a</member><id>{k}</id><fingerprints><pdq>{}</pdq>\
                     </fingerprints></image>",
                    pdq(k)
                )
            };
            format!("<queryResult><images>{}</images></queryResult>", all(&row))
        }
        ListFormat::ThreatExchange => {
            let row = |k| {
                format!(
                    "{{\"id\":\"{k}\",\"type\":\"HASH_PDQ\",\"indicator\":\"{}\",\"descriptors\":{{}}}}",
                    pdq(k)
                )
            };
            format!("{{\"data\":[{}]}}", joined(&row))
        }
        ListFormat::Tat => {
            let row =
                |k| format!("{{\"id\":{k},\"algorithm\":\"PDQ\",\"hash_digest\":\"{}\"}}", pdq(k));
            format!("{{\"results\":[{}]}}", joined(&row))
        }
        ListFormat::EnCase | ListFormat::Kdb | ListFormat::Iped | ListFormat::Nsrl => {
            unreachable!("it is no text")
        }
        ListFormat::Vics => {
            let row = |k| format!("{{\"MediaID\":{k},\"MD5\":\"{}\"}}", digest(k, 32));
            format!("{{\"value\":[{}]}}", joined(&row))
        }
    }
}

/// A database of so many entries, in a file; none of formats that are none.
fn database(format: ListFormat, count: u64) -> Option<tempfile::NamedTempFile> {
    let (tables, row) = match format {
        ListFormat::Kdb => (
            "CREATE TABLE hashes(id INTEGER PRIMARY KEY, md5, sha1, sha2_256)",
            "INSERT INTO hashes(md5) VALUES (?1)",
        ),
        ListFormat::Iped => (
            "CREATE TABLE hashes(hash_id INTEGER PRIMARY KEY, md5); CREATE TABLE properties(property_id, \
             property_name); CREATE TABLE hashes_properties(hash_id, property_id, value)",
            "INSERT INTO hashes(md5) VALUES (?1)",
        ),
        ListFormat::Nsrl => {
            ("CREATE TABLE FILE(sha1, md5)", "INSERT INTO FILE(md5) VALUES (hex(?1))")
        }
        _ => return None,
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    #[cfg(feature = "sqlite")]
    {
        let mut database = rusqlite::Connection::open(file.path()).unwrap();
        database.execute_batch(tables).unwrap();
        let all = database.transaction().unwrap();
        let mut insert = all.prepare(row).unwrap();
        for k in 0..count {
            insert.execute([(u128::from(k + 1) << 8).to_be_bytes()]).unwrap();
        }
        drop(insert);
        all.commit().unwrap();
    }
    #[cfg(not(feature = "sqlite"))]
    assert!(!tables.is_empty() && !row.is_empty() && count > 0);
    Some(file)
}

#[test]
fn each_of_n_entries_is_found_in_a_list_of_every_format() {
    let mut formats = 0;
    for (format, name, _) in kinga::list::LIST_FORMATS {
        for count in [1, 2, 1000, 100_000] {
            let algorithm = (format == ListFormat::Hashes).then(|| "gradient-8".parse().unwrap());
            let options = ReadOptions { format: Some(format), algorithm, ..ReadOptions::default() };
            let list = match database(format, count) {
                Some(database) if cfg!(feature = "sqlite") => {
                    HashList::open(database.path(), &options).unwrap().remove(0)
                }
                Some(_) => continue,
                None => HashList::read(name, written(format, count).as_slice(), &options).unwrap(),
            };
            assert_eq!((list.entries.len() as u64, list.counts.broken), (count, 0), "{name}");
            let known: Vec<Known> = list.entries.known().collect();
            assert_eq!(known.iter().collect::<HashSet<_>>().len() as u64, count, "{name}");
            let index = HashIndex::new(vec![list], None).unwrap();
            // Of many, those are looked up that show whether any part is missing.
            let step = if count > 1000 { 997 } else { 1 };
            for number in (0..known.len()).step_by(step).chain([known.len() - 1]) {
                let found = match known[number] {
                    Known::Hash(algorithm, hash) => index.lookup(algorithm, hash),
                    Known::Md5(digest) => index.lookup_digest(Digest::Md5(digest)),
                    Known::Sha1(digest) => index.lookup_digest(Digest::Sha1(digest)),
                    Known::Sha256(digest) => index.lookup_digest(Digest::Sha256(digest)),
                    Known::Sha512(digest) => index.lookup_digest(Digest::Sha512(digest)),
                };
                let is_there = found.iter().any(|found| found.entry == number);
                assert!(is_there, "{name}: {number} of {count}");
            }
        }
        formats += 1;
    }
    assert_eq!(formats, 21);
}
