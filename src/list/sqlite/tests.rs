use super::super::Tolerance;
use super::*;

const HEX: &str = "9e107d9d372bb6826bd81d3542a419d6";
const SHA: &str = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12";
const EMPTY: &str = "d41d8cd98f00b204e9800998ecf8427e";

/// A database of these statements, in a folder that goes with it.
fn database(statements: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    // Such a name is one in a URI as well.
    let path = folder.path().join("set #1?100%.kdb");
    Connection::open(&path).unwrap().execute_batch(statements).unwrap();
    (folder, path)
}

fn read(statements: &str, known_files: bool) -> Result<HashList, ListError> {
    let (_folder, path) = database(statements);
    let options = ReadOptions { known_files, tolerance: Tolerance::Any, ..ReadOptions::default() };
    open("set.kdb", &path, options).unwrap()
}

fn kdb() -> String {
    format!(
        "CREATE TABLE db_properties(name, value); INSERT INTO db_properties VALUES('Schema Version', '1');
         CREATE TABLE hashes(id INTEGER PRIMARY KEY AUTOINCREMENT, md5 BINARY(16) UNIQUE, sha1 BINARY(20), sha2_256 BINARY(32));
         CREATE TABLE comments(comment TEXT, hash_id INTEGER);
         INSERT INTO hashes(md5, sha1) VALUES(x'{HEX}', NULL), (x'{EMPTY}', NULL), (x'9e', x'{SHA}');
         INSERT INTO comments VALUES('a', 1), ('b', 1);"
    )
}

#[test]
fn autopsys_sets_give_digests_with_their_comments() {
    let list = read(&kdb(), false).unwrap();
    assert_eq!((list.format, list.entries.len()), (ListFormat::Kdb, 2));
    let [first, second] = [0, 1].map(|number| list.entries.get(number).into_owned());
    assert!(matches!((first.known, first.line), (Known::Md5(_), 1)));
    assert_eq!(first.notes.unwrap().said["comment"], "a; b");
    assert!(matches!((second.known, second.line), (Known::Sha1(_), 3)));
    let counts = list.counts;
    assert_eq!((counts.broken, counts.unmatchable["empty-file"]), (1, 1));
    assert!(counts.add_up());
}

fn iped() -> String {
    format!(
        "CREATE TABLE HASHES(HASH_ID INTEGER PRIMARY KEY, MD5 BLOB UNIQUE, SHA1 BLOB, SHA256 BLOB, SHA512 BLOB, EDONKEY BLOB);
         CREATE TABLE PROPERTIES(PROPERTY_ID INTEGER PRIMARY KEY, PROPERTY_NAME TEXT);
         CREATE TABLE HASHES_PROPERTIES(HASH_ID, PROPERTY_ID, VALUE TEXT, PRIMARY KEY(HASH_ID, PROPERTY_ID));
         INSERT INTO PROPERTIES VALUES(1, 'set'), (2, 'status'), (3, 'photoDna');
         INSERT INTO HASHES VALUES(1, x'{HEX}', NULL, NULL, x'{}', NULL), (2, NULL, x'{SHA}', NULL, NULL, x'00');
         INSERT INTO HASHES_PROPERTIES VALUES(1, 1, 's'), (1, 2, 'pedo'), (1, 3, 'AAAA'), (2, 2, 'known');",
        "ab".repeat(63) + "00"
    )
}

#[test]
fn ipeds_sets_give_what_is_searched_for_or_known_files() {
    let list = read(&iped(), false).unwrap();
    assert_eq!((list.format, list.entries.len(), list.known_files), (ListFormat::Iped, 2, false));
    let known = [0, 1].map(|number| list.entries.get(number).known);
    assert!(matches!(known, [Known::Md5(_), Known::Sha512(_)]));
    let counts = &list.counts;
    assert_eq!((counts.unmatchable["photodna"], counts.unmatchable["known-file"]), (1, 1));
    let notes = list.entries.get(0).into_owned().notes.unwrap();
    assert_eq!((&*notes.said["status"], &*notes.said["set"]), ("pedo", "s"));
    let known = read(&iped(), true).unwrap();
    assert!(matches!(known.entries.get(0).known, Known::Sha1(_)));
    assert_eq!(known.entries.len(), 1);
}

#[test]
fn nists_lists_are_known_files_by_their_strongest_digest() {
    let rows = format!(
        "INSERT INTO FILE VALUES('{}', '{SHA}', '{HEX}', 'a'), ('', '{SHA}', '{HEX}', 'b');",
        "AB1".repeat(21) + "0"
    );
    let table = format!("CREATE TABLE FILE(sha256, sha1, md5, file_name); {rows}");
    let list = read(&table, false).unwrap();
    assert_eq!((list.format, list.known_files), (ListFormat::Nsrl, true));
    let known = [0, 1].map(|number| list.entries.get(number).known);
    assert!(matches!(known, [Known::Sha256(_), Known::Sha1(_)]));
    // The full edition has other names for its table, and views of the usual names.
    let full = table.replace("FILE(", "METADATA(").replace("INTO FILE", "INTO METADATA")
        + "CREATE VIEW FILE AS SELECT * FROM METADATA;";
    assert_eq!(read(&full, false).unwrap().entries.len(), 2);
}

#[test]
fn views_and_other_tables_are_no_hash_sets() {
    let view = format!(
        "CREATE VIEW hashes AS SELECT 1 AS id, x'{HEX}' AS md5, NULL AS sha1, NULL AS sha2_256;"
    );
    for statements in [&*view, "CREATE TABLE other(md5);"] {
        let error = read(statements, false).unwrap_err().to_string();
        assert!(error.contains("has not the tables"), "{error}");
    }
}

#[test]
fn a_damaged_database_and_one_with_changes_beside_it_are_refused() {
    let (_folder, path) = database(
        &(kdb()
            + "INSERT INTO hashes(md5) WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL \
        SELECT k + 1 FROM n WHERE k < 999) SELECT randomblob(16) FROM n;"),
    );
    let options = ReadOptions { tolerance: Tolerance::Any, ..ReadOptions::default() };
    let read = || open("a", &path, options).unwrap();
    assert_eq!(read().unwrap().entries.len(), 1001);
    let whole = fs::read(&path).unwrap();
    let mut changed = path.as_os_str().to_owned();
    changed.push("-wal");
    fs::write(&changed, "x").unwrap();
    assert!(read().unwrap_err().to_string().contains("-wal"));
    fs::write(&changed, "").unwrap();
    assert!(read().is_ok());
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 600].fill(0x55);
    fs::write(&path, damaged).unwrap();
    assert!(matches!(read(), Err(ListError::Database { .. })));
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(read(), Err(ListError::Database { .. })));
}

#[test]
fn what_only_begins_as_a_database_is_refused_and_other_files_are_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let open = || open("a", &path, ReadOptions::default());
    assert!(open().is_none());
    fs::write(&path, "md5\n").unwrap();
    assert!(open().is_none());
    fs::write(&path, [MAGIC, &[7; 5000]].concat()).unwrap();
    assert!(matches!(open(), Some(Err(ListError::Database { .. }))));
}

#[test]
fn two_files_of_one_md5_keep_both_their_other_digests() {
    let other = SHA.replace('2', "3");
    let text = format!("md5,sha1,id\n{HEX},{SHA},a\n{HEX},{other},b\n");
    let list = HashList::read("a.csv", text.as_bytes(), &ReadOptions::default()).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    write_kdb(file.path(), std::slice::from_ref(&list)).unwrap();
    let again = open("a.kdb", file.path(), ReadOptions::default()).unwrap().unwrap();
    let known = |list: &HashList| list.entries.known().collect::<HashSet<_>>();
    assert_eq!((known(&again), again.entries.len()), (known(&list), 3));
}

#[test]
fn a_set_that_was_written_is_read_with_every_digest() {
    let text = format!("md5,sha1,id\n{HEX},{SHA},a\n{HEX},,b\n,{},c\n", SHA.replace('2', "3"));
    let list = HashList::read("a.csv", text.as_bytes(), &ReadOptions::default()).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    let converted = write_kdb(file.path(), std::slice::from_ref(&list)).unwrap();
    assert_eq!((converted.written, converted.left_out.len()), (4, 0));
    let again = open("a.kdb", file.path(), ReadOptions::default()).unwrap().unwrap();
    assert_eq!((again.format, again.entries.len()), (ListFormat::Kdb, 3));
    let known = |list: &HashList| list.entries.known().collect::<HashSet<_>>();
    assert_eq!(known(&again), known(&list));
    assert_eq!(again.entries.get(0).into_owned().notes.unwrap().said["comment"], "a; b");
}
