//! Hash sets that are `SQLite` databases: Autopsy's `.kdb`, IPED's, and NIST's RDS version 3.
//!
//! Sources: The Sleuth Kit, `tsk/hashdb/sqlite_hdb.cpp` (schema "1"); sepinf-inc/IPED,
//! `HashDBTool.java`; NIST's `schema.sql` of RDS version 3, minimal and full.
//!
//! A database is opened read-only and as one that does not change, so that nothing is written beside
//! it. It may be hostile: nothing of its schema is run (only tables are read, in the order of their
//! rows), values are bounded, and a database below [`CHECKED`] is checked as a whole first.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::gather::Gathering;
use super::iped;
use super::lines::Digesting;
use super::notes::Notes;
use super::row::{Row, Stated};
use super::value::{self, BrokenValue, Claim};
use super::writers::{self, Converted};
use super::{DigestKind, HashList, Known, ListError, ListFormat, ReadOptions};
use crate::mapped;

/// How an `SQLite` database begins.
///
/// Source: sqlite.org, "Database File Format", 1.3.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// What is said of a database that comes from where it can't be read.
pub(super) const NOT_HERE: &str =
    "an SQLite database, which is read only as a file that has a name";

/// A database of fewer bytes is checked as a whole: a damaged page may hide rows.
const CHECKED: u64 = 1 << 30;

/// No value of a hash set has more bytes.
const LONGEST: i32 = 1 << 20;

/// Reads the database at `path`; none if it is no database.
pub(super) fn open(
    name: &str,
    path: &Path,
    options: ReadOptions,
) -> Option<Result<HashList, ListError>> {
    mapped::begins_with(path, MAGIC).then(|| read_all(name, path, options))
}

fn read_all(name: &str, path: &Path, options: ReadOptions) -> Result<HashList, ListError> {
    let list = || name.to_owned();
    let wrong = |what: String| ListError::Database { list: list(), what };
    let failed = |source: io::Error| ListError::Read { list: list(), source };
    refuse_unmerged(path).map_err(wrong)?;
    let mut whole = Digesting::new(File::open(path).map_err(failed)?);
    let size = io::copy(&mut whole, &mut io::sink()).map_err(failed)?;
    let mut gathering = Gathering::new(options);
    let read = |gathering: &mut Gathering| -> Result<ListFormat, Problem> {
        let database = Database(connect(path)?);
        if size < CHECKED {
            database.check()?;
        }
        let format = database.format(options.format)?;
        match format {
            ListFormat::Kdb => database.read_kdb(gathering)?,
            ListFormat::Iped => database.read_iped(gathering)?,
            _ => database.read_nsrl(gathering)?,
        }
        Ok(format)
    };
    let format = read(&mut gathering).map_err(|Problem(what)| wrong(what))?;
    gathering.finish(name, format, whole.finish())
}

/// What is wrong with a database.
struct Problem(String);

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        // It may repeat what stands in a hostile schema.
        Self(format!("{}; get the list again", error.to_string().escape_debug()))
    }
}

/// Refuses a database of which changes lie in another file: they would be missed.
fn refuse_unmerged(path: &Path) -> Result<(), String> {
    for end in ["-wal", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(end);
        if fs::metadata(PathBuf::from(beside)).is_ok_and(|file| file.len() > 0) {
            return Err(format!(
                "a file with {end} at the end of its name lies beside it and holds changes that are not in \
                 it yet; open and close it with the program that made it"
            ));
        }
    }
    Ok(())
}

fn connect(path: &Path) -> Result<Connection, Problem> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = if cfg!(unix) {
        Connection::open_with_flags(as_uri(path), flags | OpenFlags::SQLITE_OPEN_URI)?
    } else {
        Connection::open_with_flags(path, flags)?
    };
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    database.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
    database.execute_batch("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;")?;
    Ok(database)
}

/// The name of a file as `SQLite` takes it, with the word that it does not change.
fn as_uri(path: &Path) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let one = |byte: &u8| {
        if plain(byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
    };
    // A path that begins with two slashes would be taken for a host.
    let start = if path.is_absolute() { "file://" } else { "file:" };
    let path: String = path.as_os_str().as_encoded_bytes().iter().map(one).collect();
    format!("{start}{path}?mode=ro&immutable=1")
}

/// What a column of digests holds.
const MD5: Claim = Claim::Digest(DigestKind::Md5);
const SHA1: Claim = Claim::Digest(DigestKind::Sha1);
const SHA256: Claim = Claim::Digest(DigestKind::Sha256);
const SHA512: Claim = Claim::Digest(DigestKind::Sha512);

/// The properties of IPED's that say something here.
const PROPERTIES: [&str; 3] = ["status", "set", "photoDna"];

struct Database(Connection);

impl Database {
    fn check(&self) -> Result<(), Problem> {
        let answer: String = self.0.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if answer == "ok" {
            return Ok(());
        }
        Err(Problem("it is damaged, so that rows may be missing; get the list again".to_owned()))
    }

    /// Which hash set it is, by its tables.
    fn format(&self, stated: Option<ListFormat>) -> Result<ListFormat, Problem> {
        let found = if self.has("hashes", &["md5", "sha1", "sha2_256"])? {
            Some(ListFormat::Kdb)
        } else if self.has("hashes", &["hash_id", "md5"])? && self.has("properties", &[])? {
            Some(ListFormat::Iped)
        } else if self.nsrl_table()?.is_some() {
            Some(ListFormat::Nsrl)
        } else {
            None
        };
        match (found, stated) {
            (Some(found), None) => Ok(found),
            (Some(found), Some(stated)) if found == stated => Ok(found),
            (Some(found), Some(stated)) => Err(Problem(format!(
                "its tables are those of {found}, and not of {stated}; leave --list-format out"
            ))),
            (None, _) => Err(Problem(
                "it has not the tables of Autopsy's, IPED's or NIST's hash sets; export it as CSV"
                    .to_owned(),
            )),
        }
    }

    /// Whether there is a table, no view, with these columns.
    fn has(&self, table: &str, columns: &[&str]) -> Result<bool, Problem> {
        let tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND lower(name) = ?1 \
                      AND sql NOT LIKE 'create virtual%'";
        let count: i64 = self.0.query_row(tables, [table], |row| row.get(0))?;
        let mut query = self.0.prepare("SELECT lower(name) FROM pragma_table_info(?1)")?;
        let names = query.query_map([table], |row| row.get(0))?;
        let names = names.collect::<Result<Vec<String>, _>>()?;
        let has = |wanted: &&str| names.iter().any(|name| name == wanted);
        Ok(count == 1 && columns.iter().all(has))
    }

    /// The table of an RDS that has a row for each file, and whether it has SHA-256.
    fn nsrl_table(&self) -> Result<Option<(&'static str, bool)>, Problem> {
        for table in ["file", "metadata"] {
            if self.has(table, &["md5", "sha1"])? {
                return Ok(Some((table, self.has(table, &["sha256"])?)));
            }
        }
        Ok(None)
    }

    fn read_kdb(&self, gathering: &mut Gathering) -> Result<(), Problem> {
        let comments = self.comments()?;
        let mut query =
            self.0.prepare("SELECT id, md5, sha1, sha2_256 FROM hashes NOT INDEXED ORDER BY id")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let texts = [text(row.get_ref(1)?), text(row.get_ref(2)?), text(row.get_ref(3)?)];
            let mut notes = Notes::of("Autopsy");
            notes.add("comment", comments.get(&id).map_or("", String::as_str));
            let row = of_texts(id, [MD5, SHA1, SHA256].iter().zip(&texts), notes.some());
            gathering.add(row);
        }
        Ok(())
    }

    /// What people wrote to each hash.
    fn comments(&self) -> Result<HashMap<i64, String>, Problem> {
        let mut all = HashMap::new();
        if self.has("comments", &["comment", "hash_id"])? {
            let mut query =
                self.0.prepare("SELECT hash_id, comment FROM comments ORDER BY rowid")?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let said: &mut String = all.entry(row.get(0)?).or_default();
                said.push_str(if said.is_empty() { "" } else { "; " });
                said.push_str(&text(row.get_ref(1)?));
            }
        }
        Ok(all)
    }

    fn read_iped(&self, gathering: &mut Gathering) -> Result<(), Problem> {
        let optional = |column: &'static str| {
            Ok::<_, Problem>(if self.has("hashes", &[column])? { column } else { "NULL" })
        };
        let [sha1, sha256] = [optional("sha1")?, optional("sha256")?];
        let [sha512, edonkey] = [optional("sha512")?, optional("edonkey")?];
        let properties = self.properties()?;
        let mut query = self.0.prepare(&format!(
            "SELECT hash_id, md5, {sha1}, {sha256}, {sha512}, {edonkey} FROM hashes NOT INDEXED \
             ORDER BY hash_id"
        ))?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let cell = |column| Ok::<_, Problem>(text(row.get_ref(column)?));
            let (id, texts) = (row.get(0)?, [cell(1)?, cell(2)?, cell(3)?, cell(4)?]);
            let [status, set, photodna] =
                PROPERTIES.map(|name| properties.get(&(id, name)).map_or("", |value| value));
            let mut notes = Notes::of("IPED");
            notes.add("set", set);
            let claims = [MD5, SHA1, SHA256, SHA512];
            let mut row = of_texts(id, claims.iter().zip(&texts), Some(notes));
            row.status = Some(status);
            for (kind, value) in [("edonkey", &*cell(5)?), ("photodna", photodna)] {
                row.unmatchable.extend((!value.is_empty()).then_some(kind));
            }
            iped::add(gathering, row);
        }
        Ok(())
    }

    /// The values of [`PROPERTIES`] that hashes have, by the number of the hash and the name.
    fn properties(&self) -> Result<HashMap<(i64, &'static str), Arc<str>>, Problem> {
        let mut names: HashMap<i64, &str> = HashMap::new();
        let mut query = self.0.prepare("SELECT property_id, property_name FROM properties")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let name = text(row.get_ref(1)?);
            let known = PROPERTIES.iter().find(|known| known.eq_ignore_ascii_case(&name));
            if let Some(known) = known {
                names.insert(row.get(0)?, known);
            }
        }
        let (mut all, mut shared) = (HashMap::new(), HashSet::new());
        let mut query = self
            .0
            .prepare("SELECT hash_id, property_id, value FROM hashes_properties NOT INDEXED")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let Some(&name) = names.get(&row.get(1)?) else { continue };
            let value: Arc<str> = text(row.get_ref(2)?).into();
            // Most rows say the same.
            let value = shared.get(&value).cloned().unwrap_or(value);
            shared.insert(Arc::clone(&value));
            all.insert((row.get(0)?, name), value);
        }
        Ok(all)
    }

    /// Of each file the strongest digest: whoever makes a file whose MD5 is that of a known one must
    /// not pass for it.
    fn read_nsrl(&self, gathering: &mut Gathering) -> Result<(), Problem> {
        gathering.known_files = true;
        let Some((table, has_sha256)) = self.nsrl_table()? else { return Ok(()) };
        let sha256 = if has_sha256 { "sha256" } else { "NULL" };
        let query = format!("SELECT {sha256}, sha1, md5 FROM {table} NOT INDEXED");
        let mut query = self.0.prepare(&query)?;
        let mut rows = query.query([])?;
        let mut number = 0;
        while let Some(row) = rows.next()? {
            number += 1;
            let texts = [text(row.get_ref(0)?), text(row.get_ref(1)?), text(row.get_ref(2)?)];
            let digests = [SHA256, SHA1, MD5];
            let mut given = digests.iter().zip(&texts).filter(|(_, text)| !text.is_empty());
            gathering.add(of_texts(number, given.next().into_iter(), None));
        }
        Ok(())
    }
}

/// A row of digests; empty ones say nothing, and those of the empty file are counted and no more.
fn of_texts<'a>(
    number: i64,
    texts: impl Iterator<Item = (&'a Claim, &'a String)>,
    notes: Option<Notes>,
) -> Row<'a> {
    let mut row = Row { line: number.unsigned_abs(), notes, ..Row::default() };
    for (&claim, text) in texts.filter(|(_, text)| !text.is_empty()) {
        if value::read(claim, text, None) == Err(BrokenValue::EmptyFile) {
            row.unmatchable.push("empty-file");
        } else {
            row.values.push(Stated { claim, text, quality: None });
        }
    }
    row
}

/// The text of a value; bytes in hex.
fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Blob(bytes) => hex::encode(bytes),
        ValueRef::Text(text) => String::from_utf8_lossy(text).trim().to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
    }
}

/// Writes the digests of lists into a new Autopsy hash set at `path`, which is empty so far: one row for
/// each row of a list, with its id or label as comment.
///
/// # Errors
/// When the database can't be written.
pub fn write_kdb(path: &Path, lists: &[HashList]) -> Result<Converted, rusqlite::Error> {
    let mut database = Connection::open(path)?;
    database.execute_batch(
        "PRAGMA journal_mode = MEMORY;
         CREATE TABLE db_properties (name TEXT NOT NULL, value TEXT);
         INSERT INTO db_properties VALUES ('Schema Version', '1');
         CREATE TABLE hashes (id INTEGER PRIMARY KEY AUTOINCREMENT, md5 BINARY(16) UNIQUE, sha1 BINARY(20), sha2_256 BINARY(32));
         CREATE TABLE file_names (name TEXT NOT NULL, hash_id INTEGER NOT NULL, PRIMARY KEY(name, hash_id));
         CREATE TABLE comments (comment TEXT NOT NULL, hash_id INTEGER NOT NULL, PRIMARY KEY(comment, hash_id));
         CREATE INDEX md5_index ON hashes(md5);",
    )?;
    let mut converted = Converted::default();
    let all = database.transaction()?;
    for row in lists.iter().flat_map(writers::rows) {
        let [mut md5, mut sha1, mut sha256] = [const { None::<Vec<u8>> }; 3];
        for entry in &row {
            match entry.known {
                Known::Md5(digest) => md5 = Some(digest.to_vec()),
                Known::Sha1(digest) => sha1 = Some(digest.to_vec()),
                Known::Sha256(digest) => sha256 = Some(digest.to_vec()),
                Known::Hash(..) | Known::Sha512(_) => {}
            }
            converted.count(
                &entry.known,
                entry.known.digest_kind().is_some_and(|kind| kind != DigestKind::Sha512),
            );
        }
        if md5.is_none() && sha1.is_none() && sha256.is_none() {
            continue;
        }
        // Autopsy keeps each MD5 once. Where another file with the same one has other digests, these
        // stand in a row of their own.
        let new = "INSERT INTO hashes(md5, sha1, sha2_256) VALUES (?1, ?2, ?3) ON CONFLICT(md5) DO UPDATE \
                   SET sha1 = coalesce(sha1, excluded.sha1), sha2_256 = coalesce(sha2_256, excluded.sha2_256) \
                   WHERE coalesce(sha1 = excluded.sha1, 1) AND coalesce(sha2_256 = excluded.sha2_256, 1) \
                   RETURNING id";
        let insert = |md5: &Option<Vec<u8>>| {
            all.query_row(new, (md5, &sha1, &sha256), |row| row.get(0)).optional()
        };
        let id: Option<i64> = match insert(&md5)? {
            None => insert(&None)?,
            id => id,
        };
        if let Some(name) = row[0].id.as_deref().or(row[0].label.as_deref()) {
            all.execute("INSERT OR IGNORE INTO comments VALUES (?1, ?2)", (name, id))?;
        }
    }
    all.commit()?;
    Ok(converted)
}

#[cfg(test)]
mod tests;
