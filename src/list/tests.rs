//! What holds for every format, and what the tests of the formats share.

use std::error::Error;

use proptest::prelude::*;

use super::*;

/// A PDQ hash. Source: facebook/ThreatExchange, the example in `pdq/cpp/io/hashio.h`.
pub(super) const PDQ_HEX: &str = "f8f8f0cce0f4e84d0e370a22028f67f0b36e2ed596623e1d33e6339c4e9c9b22";

pub(super) fn options(format: Option<ListFormat>) -> ReadOptions {
    ReadOptions { format, ..ReadOptions::default() }
}

pub(super) fn read(text: &str, options: ReadOptions) -> Result<HashList, ListError> {
    HashList::read("test.txt", text.as_bytes(), &options)
}

/// So many different hashes with 128 bits set, one a line; at most 128.
pub(super) fn entries(count: usize) -> String {
    let hash = |k: usize| Hash::from_bits(256, |bit| bit >= k && bit < k + 128);
    (0..count).map(|k| Algorithm::Pdq.to_text(hash(k)) + "\n").collect()
}

const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6\n";

#[test]
fn one_broken_row_of_a_hundred_is_read_and_one_of_99_is_refused() {
    let text = |good: usize| MD5.repeat(good) + "9e107d9d372bb6826bd81d3542a419d\n";
    let list = read(&text(99), options(None)).unwrap();
    assert_eq!((list.counts.rows, list.counts.broken, list.counts.entries), (100, 1, 99));
    let message = "31 characters where the md5 digest has 32 hex digits; mend or delete the line";
    assert_eq!(list.problems, [Problem { line: 100, message: message.to_owned() }]);
    let error = read(&text(98), options(None)).unwrap_err().to_string();
    assert!(error.starts_with("test.txt: 1 of 99 rows are broken"), "{error}");
    assert!(error.ends_with(&format!("line 99: {message}")), "{error}");
}

#[test]
fn strict_refuses_one_broken_row_of_a_hundred_and_reads_none_of_a_hundred() {
    let strict = || ReadOptions { tolerance: Tolerance::None, ..options(None) };
    assert!(read(&MD5.repeat(100), strict()).is_ok());
    let error = read(&(MD5.repeat(99) + "x\n"), strict()).unwrap_err().to_string();
    assert!(error.contains("--strict"), "{error}");
}

#[test]
fn twenty_problems_are_kept_and_all_are_counted() {
    let list = read(&(MD5.repeat(2079) + &"x\n".repeat(21)), options(None)).unwrap();
    assert_eq!((list.problems.len(), list.counts.broken), (20, 21));
}

#[test]
fn a_list_of_one_entry_is_read_and_a_list_of_none_is_refused() {
    assert_eq!(read(MD5, options(None)).unwrap().entries.len(), 1);
    let withdrawn = format!("md5,status\n{},deleted\n", MD5.trim());
    for text in ["", "\n# nothing\n", "md5\n", withdrawn.as_str()] {
        assert!(matches!(read(text, options(None)), Err(ListError::Empty { .. })), "{text}");
    }
}

#[test]
fn duplicates_are_counted_and_kept() {
    let list = read(&MD5.repeat(3), options(None)).unwrap();
    assert_eq!((list.entries.len(), list.counts.duplicates), (3, 2));
    assert_eq!(list.digest_kinds(), BTreeSet::from([DigestKind::Md5]));
}

#[test]
fn a_name_that_is_not_utf_8_leaves_its_hash_readable() {
    let bytes = [MD5.trim().as_bytes(), b"  caf\xe9.jpg\n"].concat();
    let list = HashList::read("test", bytes.as_slice(), &options(None)).unwrap();
    assert_eq!(list.entries.get(0).label.as_deref(), Some("caf\u{fffd}.jpg"));
}

#[test]
fn an_overlong_line_is_a_broken_row_in_every_format() {
    let long = "x".repeat(lines::MAX_LINE + 1);
    // Documents that are no JSON or XML are refused as a whole.
    let by_lines = LIST_FORMATS.into_iter().filter(|(format, ..)| !format.is_document());
    for (format, _, _) in by_lines {
        let text = format!("md5\n{long}\n");
        let error = read(&text, options(Some(format))).unwrap_err();
        assert!(matches!(error, ListError::TooManyBroken { .. }), "{format}: {error}");
    }
}

#[test]
fn a_list_is_read_from_a_file_with_the_digest_of_its_bytes() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    io::Write::write_all(&mut file, MD5.as_bytes()).unwrap();
    let list = HashList::open(file.path(), &options(None)).unwrap().remove(0);
    assert_eq!(list.sha256, <[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(MD5)));
    assert_eq!(list.name, file.path().to_string_lossy());
}

#[test]
fn a_missing_file_keeps_its_cause_and_its_name_is_escaped() {
    let error = HashList::open(Path::new("no\nsuch"), &options(None)).unwrap_err();
    assert!(error.to_string().starts_with("no\\nsuch: "), "{error}");
    assert!(error.source().is_some());
}

#[test]
fn an_entry_is_small() {
    assert!(size_of::<Entry>() <= 96, "{}", size_of::<Entry>());
}

#[test]
fn no_message_and_no_debug_output_repeats_a_value() {
    let bad = &PDQ_HEX[..63];
    let error = read(&format!("pdq {bad}\n"), options(None)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(&bad[..12]));
    let list = read(PDQ_HEX, options(Some(ListFormat::Sha256))).unwrap();
    assert!(!format!("{:?}", list.entries).contains("248"));
}

/// Lists made of lines that readers stumble over, and of any bytes.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just(PDQ_HEX.to_owned()),
        Just(format!("hash={PDQ_HEX},filename=")),
        Just(format!("pdq {PDQ_HEX} é")),
        Just(format!("{PDQ_HEX},75,a")),
        Just(format!("{}00,75,a\n{}", &PDQ_HEX[..62], entries(9))),
        Just(format!("{PDQ_HEX}  a")),
        Just(format!("hash,sha_256,deleted\n{PDQ_HEX},{PDQ_HEX},no\n{PDQ_HEX},x,yes")),
        Just(format!("{}  a", MD5.trim())),
        Just(format!("md5,id,status\n{},k,deleted\n,,\n\"", MD5.trim())),
        Just(format!("{{\"type\":\"file\",\"hashes\":[],\"md5\":\"{}\"}}", MD5.trim())),
        Just("{\"type\":\"run\"}".to_owned()),
        "[ -~é]{0,40}",
        "[0-9a-f,]{0,80}",
    ];
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        proptest::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n").into_bytes()),
    ]
}

proptest! {
    #[test]
    fn no_content_makes_a_reader_panic_and_all_rows_are_accounted_for(
        bytes in contents(),
        format in proptest::option::of(proptest::sample::select(LIST_FORMATS.map(|row| row.0).to_vec())),
        algorithm in proptest::option::of(proptest::sample::select(Algorithm::all())),
    ) {
        let options = ReadOptions { format, algorithm, ..ReadOptions::default() };
        if let Ok(list) = HashList::read("test", bytes.as_slice(), &options) {
            prop_assert!(list.counts.add_up());
            prop_assert_eq!(list.counts.entries, list.entries.len() as u64);
            prop_assert!(list.counts.duplicates < list.counts.entries);
            prop_assert!(!list.entries.is_empty());
        }
    }
}
