//! What the reader of tables promises.

use proptest::prelude::*;

use super::super::tests::{PDQ_HEX, entries, options, read};
use super::super::{HashList, Known, ListError, ListFormat};
use super::*;
use crate::hash::Quality;

const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

fn list(text: &str) -> HashList {
    read(text, options(None)).unwrap()
}

#[test]
fn columns_may_come_in_any_order_case_and_delimiter() {
    for (delimiter, format) in
        [(",", ListFormat::Csv), (";", ListFormat::Csv), ("\t", ListFormat::Tsv)]
    {
        let head = ["Label", "width", "PDQ", "Quality", "ID"].join(delimiter);
        let row = ["a b", "7", PDQ_HEX, "88", "k1"].join(delimiter);
        let list = list(&format!("{head}\r\n{row}\r\n"));
        assert_eq!(list.format, format);
        let entry = &list.entries.get(0);
        assert_eq!((entry.line, entry.quality), (2, Some(Quality(88))));
        assert_eq!((entry.id.as_deref(), entry.label.as_deref()), (Some("k1"), Some("a b")));
    }
}

#[test]
fn one_row_gives_an_entry_for_each_of_its_hashes() {
    let list = list(&format!("id,pdq,md5,path\nk,{PDQ_HEX},{MD5},a.jpg\n"));
    assert_eq!((list.entries.len(), list.counts.contributing), (2, 1));
    assert!(
        list.entries.iter().all(|entry| entry.line == 2 && entry.label.as_deref() == Some("a.jpg"))
    );
}

#[test]
fn the_header_alone_decides_what_64_digits_are() {
    assert!(matches!(list(&format!("sha256\n{PDQ_HEX}\n")).entries.get(0).known, Known::Sha256(_)));
    assert!(matches!(list(&format!("pdq\n{PDQ_HEX}\n")).entries.get(0).known, Known::Hash(..)));
    let error = read(&format!("hash\n{PDQ_HEX}\n"), options(None)).unwrap_err();
    assert!(matches!(error, ListError::Ambiguous { .. }));
    assert_eq!(list(&format!("hash\n{}", entries(5))).entries.len(), 5);
    assert_eq!(list(&format!("hash,algorithm\n{PDQ_HEX},pdq\n")).entries.len(), 1);
}

#[test]
fn a_table_without_a_usable_column_is_refused_by_name() {
    for text in ["name,PhotoDNA\na,b\n", "id,label\na,b\n"] {
        let error = read(text, options(None)).unwrap_err();
        assert!(error.to_string().contains("looked for pdq, md5"), "{error}");
    }
}

#[test]
fn hashes_that_cannot_be_matched_are_counted_by_name() {
    let list = list(&format!("md5,pdna,hash,algorithm\n{MD5},xx,,\n,xx,,\n,,yy,wavelet\n"));
    assert_eq!((list.counts.unmatchable["photodna"], list.counts.unmatchable["wavelet"]), (2, 1));
    assert_eq!((list.counts.contributing, list.counts.unmatchable_rows), (1, 2));
}

#[test]
fn kingas_own_table_counts_what_was_not_hashed_by_its_reason() {
    let head = "path,algorithm,hash,quality,md5,outcome,reason";
    let text = format!(
        "{head}\na,pdq,{PDQ_HEX},100,{MD5},hashed,\nb,pdq,{PDQ_HEX},3,,hashed,low-quality\n\
         c,,,,{MD5},unsupported,unsupported-format\nd,,,,,failed,truncated\n\
         e,,,,d41d8cd98f00b204e9800998ecf8427e,failed,empty\n"
    );
    let list = list(&text);
    assert_eq!(list.entries.len(), 3);
    for reason in ["low-quality", "unsupported-format", "truncated", "empty"] {
        assert_eq!(list.counts.unmatchable[reason], 1);
    }
    assert_eq!((list.counts.broken, list.counts.unmatchable_rows), (0, 3));
}

#[test]
fn a_foreign_outcome_column_does_not_hide_a_hash() {
    assert_eq!(list(&format!("pdq,outcome\n{PDQ_HEX},blocked\n")).entries.len(), 1);
}

#[test]
fn a_row_without_hash_is_broken_and_an_empty_one_is_no_row() {
    let good = format!("{MD5},x\n").repeat(99);
    let list = list(&format!("md5,label\n{good},no hash\n,\n\n"));
    assert_eq!((list.counts.rows, list.counts.broken), (100, 1));
    assert_eq!(list.problems[0].message, "no hash in this row; mend or delete the line");
}

#[test]
fn a_withdrawn_row_removes_the_earlier_entry_and_a_later_row_adds_it_again() {
    let other = MD5.replace('9', "8");
    let gone = format!("md5,status\n{other},active\n{MD5},active\n{MD5},Withdrawn\n");
    let first = list(&gone);
    assert_eq!((first.entries.len(), first.counts.removed, first.counts.tombstones), (1, 1, 1));
    assert_eq!(list(&format!("{gone}{MD5},active\n")).entries.len(), 2);
}

#[test]
fn a_withdrawn_row_needs_an_id_or_a_hash_and_one_of_another_kind_is_unmatchable() {
    let list = list(&format!("md5,pdna,status\n{MD5},,\n,xx,withdrawn\n"));
    assert_eq!((list.counts.unmatchable_rows, list.counts.tombstones), (1, 0));
    let error = read(&format!("md5,status\n{MD5},\n,withdrawn\n"), options(None)).unwrap_err();
    assert!(error.to_string().contains("neither id nor hash"), "{error}");
}

#[test]
fn what_is_readable_of_a_withdrawing_row_is_applied_and_the_row_is_broken() {
    let good = format!(",{},active\n", MD5.replace('9', "8")).repeat(200);
    let text = |row: &str| format!("id,md5,status\nk,{MD5},active\n{good}{row},withdrawn\n");
    let partly = list(&text("k,9e107d"));
    assert_eq!((partly.counts.removed, partly.counts.tombstones, partly.counts.broken), (1, 0, 1));
    let message = &partly.problems[0].message;
    assert!(message.contains("applied only in part"), "{message}");
    let not = list(&text(",9e107d"));
    assert_eq!((not.counts.removed, not.counts.broken), (0, 1));
    let message = &not.problems[0].message;
    assert!(message.contains("still be searched for although it was withdrawn"), "{message}");
}

#[test]
fn a_withdrawing_row_with_one_readable_hash_of_two_and_any_quality_withdraws() {
    let other = format!("{},,,\n", MD5.replace('9', "8")).repeat(200);
    let head = "md5,pdq,quality,deleted\n";
    let row = format!("{MD5},{PDQ_HEX},100,no\n");
    let partly = list(&format!("{head}{other}{row}{MD5},xx,100,yes\n"));
    assert_eq!((partly.counts.removed, partly.counts.broken), (2, 1));
    let wholly = list(&format!("{head}{other}{row}{MD5},,many,yes\n"));
    assert_eq!((wholly.counts.removed, wholly.counts.tombstones), (2, 1));
}

#[test]
fn a_row_of_which_it_is_unclear_whether_it_withdraws_is_broken() {
    let good = format!("{MD5},false\n").repeat(99);
    let list = list(&format!("md5,deleted\n{good}{MD5},2024-01-01\n"));
    assert_eq!((list.counts.broken, list.counts.entries), (1, 99));
    assert!(list.problems[0].message.contains("neither yes nor no"));
}

#[test]
fn a_withdrawal_reaches_an_entry_that_was_read_the_other_way() {
    let rows = entries(9).replace('\n', ",,active\n");
    let first = rows.lines().next().unwrap().split(',').next().unwrap();
    let list = list(&format!("hash,algorithm,status\n{rows}{first},sha256,withdrawn\n"));
    assert_eq!((list.counts.removed, list.counts.entries), (1, 8));
}

#[test]
fn names_of_columns_are_known_as_people_write_them() {
    let list = list(&format!("ID,PDQ Hash,md5sum,Hash_Status\nk,{PDQ_HEX},{MD5},Active\n"));
    assert_eq!((list.entries.len(), list.entries.get(0).id.as_deref()), (2, Some("k")));
}

#[test]
fn an_unknown_column_with_hashes_is_told_and_kingas_own_are_not() {
    let head = "md5,Thumb Digest,path_b64,entry,phash";
    let list = list(&format!("{head}\n{MD5},{MD5},{MD5},{MD5},0102030405060708\n,{PDQ_HEX},,,\n"));
    let told: Vec<_> =
        list.counts.unmatchable.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(told, [("phash", 1), ("thumb-digest", 2)]);
    assert_eq!((list.counts.contributing, list.counts.unmatchable_rows), (1, 1));
}

#[test]
fn the_name_of_a_column_that_is_a_hash_is_not_repeated() {
    let list = list(&format!("md5,9e107d9d372bb682\n{MD5},{MD5}\n"));
    assert_eq!(list.counts.unmatchable, [("other".to_owned(), 1)].into());
}

#[test]
fn low_quality_drops_pdq_hashes_and_not_classic_ones() {
    let head = "path,algorithm,hash,quality,outcome,reason";
    let classic = "a,gradient-8,0102030405060708,,hashed,low-quality";
    let list = list(&format!("{head}\na,pdq,{PDQ_HEX},12,hashed,low-quality\n{classic}\n"));
    assert_eq!((list.entries.len(), list.counts.unmatchable["low-quality"]), (1, 1));
    assert_eq!((list.counts.contributing, list.counts.unmatchable_rows), (1, 1));
}

#[test]
fn a_stray_quotation_mark_hides_no_row() {
    let text = format!("md5,label\n{MD5},\"a\n{MD5},b\n{MD5},\"c\n{MD5},d\n");
    let error = read(&text, options(None)).unwrap_err();
    assert!(matches!(error, ListError::TooManyBroken { broken: 2, rows: 4, .. }), "{error}");
    let good = format!("{MD5},good\n").repeat(100);
    let list = list(&format!("md5,label\n{MD5},\"a\n{good}"));
    assert_eq!((list.counts.broken, list.counts.entries), (1, 100));
    let error = read(&format!("md5,label\n{MD5},\"a\n"), options(None)).unwrap_err();
    assert!(matches!(error, ListError::TooManyBroken { broken: 1, rows: 1, .. }), "{error}");
}

#[test]
fn a_label_may_have_two_lines() {
    let list = list(&format!("label,md5\n\"a\nb\",{MD5}\n"));
    assert_eq!(list.entries.get(0).label.as_deref(), Some("a\nb"));
}

#[test]
fn a_quality_of_100_is_read_and_101_is_broken() {
    let text = |quality: &str| format!("pdq,quality\n{PDQ_HEX},{quality}\n");
    for quality in ["100", "100.0"] {
        assert_eq!(list(&text(quality)).entries.get(0).quality, Some(Quality(100)));
    }
    let error = read(&text("101"), options(None)).unwrap_err();
    assert!(error.to_string().contains("whole number from 0 to 100"), "{error}");
}

const GOOD: &str = "9e107d9d372bb6826bd81d3542a419d6,good\n";

proptest! {
    #[test]
    fn what_the_crate_csv_writes_is_cut_into_the_same_fields(
        record in proptest::collection::vec("[a-z,;\"\t é]{0,6}", 1..6),
        delimiter in prop_oneof![Just(','), Just(';'), Just('\t')],
    ) {
        let mut writer = ::csv::WriterBuilder::new()
            .delimiter(delimiter as u8)
            .from_writer(Vec::new());
        writer.write_record(&record).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let read = fields(text.strip_suffix('\n').unwrap(), delimiter);
        prop_assert_eq!(read, Ok(record.into_iter().map(Cow::Owned).collect()));
    }

    #[test]
    fn a_row_that_is_written_is_read_again(label in "[a-z,;\"\t é\n]{1,9}", id in "[a-z]{1,9}") {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "label", "pdq"]).unwrap();
        writer.write_record([&id, &label, PDQ_HEX]).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let list = list(&text);
        let label = Some(label.trim()).filter(|label| !label.is_empty());
        let entry = list.entries.get(0);
        prop_assert_eq!(entry.label.as_deref(), label);
        prop_assert_eq!(entry.id.as_deref(), Some(id.as_str()));
    }

    #[test]
    fn no_quotation_mark_hides_a_row(labels in proptest::collection::vec("[a,\"]{0,4}", 1..9)) {
        let digest = |k: usize| format!("{k:032x}").replacen('0', "7", 1);
        let rows = labels.iter().enumerate().map(|(k, label)| format!("{},{label}\n", digest(k + 1)));
        let text = format!("md5,label\n{}", rows.collect::<String>() + &GOOD.repeat(2000));
        let list = list(&text);
        prop_assert_eq!(list.counts.rows, labels.len() as u64 + 2000);
        prop_assert_eq!(list.counts.contributing + list.counts.broken, list.counts.rows);
        prop_assert_eq!(list.counts.entries, list.counts.contributing);
    }
}

#[test]
fn nists_text_lists_known_files_in_both_of_its_versions() {
    let sha1 = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12";
    let new = format!(
        "\"SHA-1\",\"MD5\",\"CRC32\",\"FileName\",\"FileSize\",\"ProductCode\",\"OpSystemCode\",\"SpecialCode\"\n\
         \"{sha1}\",\"{MD5}\",\"0\",\"a.dll\",9,7,\"WIN\",\"\"\n"
    );
    let old = format!(
        "\"SHA-1\",\"FileName\",\"FileSize\",\"ProductCode\",\"OpSystemCode\",\"MD4\",\"MD5\",\"CRC32\",\"SpecialCode\"\n\
         \"{sha1}\",\"a.dll\",9,7,\"WIN\",\"\",\"{MD5}\",\"0\",\"\"\n"
    );
    for text in [new, old] {
        let list = list(&text);
        assert_eq!((list.known_files, list.counts.entries), (true, 2));
    }
    assert!(!list(&format!("md5,FileName\n{MD5},a\n")).known_files);
}

#[test]
fn icse_tables_have_ids_and_kinds_that_cannot_be_matched_and_rows_that_are_too_short() {
    let head = "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;\
                Number of submissions;File Available;Media Type;Baseline\n";
    let list = list(&format!("{head}{MD5};;AAAA;17;y;n;f;x;3;t;image;y\n{MD5};;;18;n\n"));
    assert_eq!((list.counts.entries, list.counts.broken), (2, 0));
    assert_eq!(list.counts.unmatchable["photodna"], 1);
    assert_eq!(list.entries.get(1).id.as_deref(), Some("18"));
}

#[test]
fn the_tables_of_hashkeeper_ilook_and_icse_are_read_by_their_headers() {
    let hashkeeper = "\"file_id\",\"hashset_id\",\"file_name\",\"directory\",\"hash\",\"file_size\",\"date_modified\",\
        \"time_modified\",\"time_zone\",\"comments\",\"date_accessed\",\"time_accessed\"";
    let ilook = "V3Hash,HashSHA1,FileName,FilePath,FileSize,HashSHA256,HashSHA384,HashSHA512";
    let icse = "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;\
        Number of submissions;File Available;Media Type;Baseline";
    let sha1 = &PDQ_HEX[..40];
    for (header, row, entries) in [
        (hashkeeper, format!("1,7,\"a.jpg\",\"C:\\\",\"{MD5}\",9,,,,,,"), 1),
        (ilook, format!("{MD5},{sha1},a.jpg,C:\\,9,,,"), 2),
        (icse, format!("{MD5};{sha1};;17;y;n;n;a series;2;y;image;n"), 2),
    ] {
        let list = list(&format!("{header}\n{row}\n"));
        assert_eq!((list.entries.len(), list.counts.broken), (entries, 0), "{header}");
        assert!(!format!("{list:?}").contains("a series"));
    }
}
