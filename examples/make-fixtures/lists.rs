//! `lists/`: hash lists in the shapes they have in the wild, whole and broken.
//!
//! The hashes of listed scenes come from `reference-hashes.csv`, which the reference wrote: so the
//! lists do not depend on the hash kernel that they are used to test.

use crate::catalogue::{LISTED, WITHDRAWN};
use crate::dice::Dice;
use crate::output::Folder;
use crate::pictures::entry_id;
use anyhow::{Context, Result, bail};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::Sha256;
use std::fmt::Write as _;

const HEADER: [&str; 5] = ["id", "pdq", "quality", "label", "status"];

/// An entry as the lists hold it.
struct Entry {
    id: String,
    name: &'static str,
    hash: String,
    quality: String,
}

/// Writes the folder; `pictures` and `record-reference-hashes.py` must have been run before.
pub(crate) fn write_lists(fixtures: &Folder) -> Result<()> {
    let folder = fixtures.below("lists");
    let entries = listed(fixtures)?;
    let Some((withdrawn, active)) = entries.split_last() else { bail!("no scene is listed") };
    write_known(&folder, active, withdrawn)?;
    write_digests(fixtures, &folder)?;
    write_mixed(fixtures, &folder, active)?;
    write_faulty(&folder, active)
}

/// The listed scenes and, last, the withdrawn one, with the hashes the reference gave them.
fn listed(fixtures: &Folder) -> Result<Vec<Entry>> {
    let table = fixtures.read("reference-hashes.csv").context("run the Python script first")?;
    let mut reader = csv::Reader::from_reader(&table[..]);
    let mut rows = Vec::new();
    for row in reader.records() {
        rows.push(row?);
    }
    let mut entries = Vec::new();
    for (number, scene) in LISTED.iter().chain([&WITHDRAWN]).enumerate() {
        let file = format!("originals/{}.jpg", scene.name);
        let row = rows.iter().find(|row| row.get(0) == Some(&file));
        let row = row.with_context(|| format!("reference-hashes.csv has no {file}"))?;
        entries.push(Entry {
            id: entry_id(number),
            name: scene.name,
            hash: row[4].to_owned(),
            quality: row[3].to_owned(),
        });
    }
    Ok(entries)
}

/// The same ten hashes as CSV, as bare lines, as the reference's hasher prints them, and more.
fn write_known(folder: &Folder, active: &[Entry], withdrawn: &Entry) -> Result<()> {
    let mut known = format!("{}\n", HEADER.join(","));
    let (mut bare, mut hasher) = (String::new(), String::new());
    for Entry { id, name, hash, quality } in active {
        writeln!(known, "{id},{hash},{quality},demo: {name},active")?;
        writeln!(bare, "{hash}")?;
        writeln!(hasher, "{hash},{quality},{name}.jpg")?;
    }
    let Entry { id, name, hash, quality } = withdrawn;
    writeln!(known, "{id},{hash},{quality},demo: {name},withdrawn")?;
    let single: Vec<&str> = known.lines().take(2).collect();
    folder.write("single.csv", format!("{}\n", single.join("\n")))?;
    folder.write("empty.csv", format!("{}\n", HEADER.join(",")))?;
    let mut awkward = format!("\u{FEFF}{}\r\n", HEADER.join(","));
    for Entry { id, name, hash, quality } in active {
        write!(awkward, "{id},{}  ,{quality},demo: {name},active \r\n", hash.to_uppercase())?;
    }
    folder.write("bom-crlf-upper.csv", awkward)?;
    folder.write("known.csv", known)?;
    folder.write("known-pdq.txt", bare)?;
    folder.write("known-hasher.txt", hasher)
}

/// Lists of digests, as `md5sum` and `sha256sum` print them: two pictures and a text.
fn write_digests(fixtures: &Folder, folder: &Folder) -> Result<()> {
    let (mut md5, mut sha256) = (String::new(), String::new());
    for name in ["holiday/IMG_2041.jpg", "downloads/backup/old.jpg", "office/shopping-list.txt"] {
        let bytes = fixtures.below("pictures").read(name)?;
        writeln!(md5, "{}  {name}", hex::encode(Md5::digest(&bytes)))?;
        writeln!(sha256, "{}  {name}", hex::encode(Sha256::digest(&bytes)))?;
    }
    folder.write("known.md5", md5)?;
    folder.write("known.sha256", sha256)
}

/// A table whose rows have a perceptual hash, digests, or both.
fn write_mixed(fixtures: &Folder, folder: &Folder, active: &[Entry]) -> Result<()> {
    let mut mixed = String::from("id\tpdq\tmd5\tsha1\tsha256\tlabel\n");
    for (number, entry) in active.iter().take(5).enumerate() {
        let name = format!("{}.jpg", entry.name);
        let bytes = fixtures.below("originals").read(&name)?;
        let md5 = hex::encode(Md5::digest(&bytes));
        let sha1 = hex::encode(Sha1::digest(&bytes));
        let sha256 = hex::encode(Sha256::digest(&bytes));
        // The first two have all columns, the others one each.
        let keep = |column: usize, text: String| {
            if number < 2 || number == column + 1 { text } else { String::new() }
        };
        let columns = [entry.hash.clone(), keep(1, md5), keep(2, sha1), keep(3, sha256)];
        let pdq = if number < 2 { columns[0].as_str() } else { "" };
        let rest = columns[1..].join("\t");
        writeln!(mixed, "{}\t{pdq}\t{rest}\tdemo: {}", entry.id, entry.name)?;
    }
    folder.write("mixed.tsv", mixed)
}

/// Lists with broken and with poisonous rows.
fn write_faulty(folder: &Folder, active: &[Entry]) -> Result<()> {
    let mut dice = Dice::new(0xB20C);
    let row = |number: usize, hash: &str| format!("R-{number:04},{hash},100,random,active\n");
    let header = format!("{}\n", HEADER.join(","));
    let mut broken = header.clone();
    for number in 1..=200 {
        broken += &row(number, &random_hash(&mut dice, 128));
    }
    broken += &row(201, &random_hash(&mut dice, 128)[..63]);
    folder.write("broken-rows.csv", broken)?;

    let mut too_broken = header.clone();
    for number in 1..=10 {
        let hash = random_hash(&mut dice, 128);
        too_broken += &match number {
            3 => row(number, &hash[..63]),
            6 => row(number, &format!("{}zz", &hash[..62])),
            9 => row(number, ""),
            _ => row(number, &hash),
        };
    }
    folder.write("too-broken.csv", too_broken)?;

    let mut poison = header;
    writeln!(poison, "P-0001,{},0,all digits zero,active", "0".repeat(64))?;
    writeln!(poison, "P-0002,{},100,all digits equal,active", "f".repeat(64))?;
    writeln!(poison, "P-0003,{},100,all digits equal,active", "5".repeat(64))?;
    writeln!(poison, "P-0004,{},100,20 bits set,active", random_hash(&mut dice, 20))?;
    writeln!(poison, "P-0005,{},12,quality 12,active", random_hash(&mut dice, 128))?;
    let good = &active[0];
    writeln!(poison, "{},{},{},demo: {},active", good.id, good.hash, good.quality, good.name)?;
    folder.write("poison.csv", poison)
}

/// A random hash with exactly so many of its 256 bits set.
fn random_hash(dice: &mut Dice, bits: usize) -> String {
    let mut hash = [0u8; 32];
    let mut left = bits;
    while left > 0 {
        let place = dice.below(256);
        let (byte, mask) = (place / 8, 1 << (place % 8));
        if hash[byte] & mask == 0 {
            hash[byte] |= mask;
            left -= 1;
        }
    }
    hex::encode(hash)
}
