//! The plan of the house: which room may open which doors. A new door is a change to this plan and
//! needs its reason in the commit.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room of the library, and the rooms that it may name.
const DOORS: [(&str, &[&str]); 22] = [
    ("hash", &[]),
    ("orientation", &[]),
    ("view", &[]),
    ("luma", &[]),
    ("mapped", &[]),
    ("walk", &[]),
    ("signing", &[]),
    ("protect", &[]),
    ("edit", &[]),
    ("list", &["hash", "mapped"]),
    ("algorithm", &["hash", "luma", "orientation"]),
    ("picture", &["luma", "orientation"]),
    ("index", &["hash", "list", "mapped"]),
    ("record", &["hash", "list", "orientation", "view"]),
    ("report", &["hash", "orientation", "record", "view"]),
    // Its lines are records, written as reports write them.
    ("journal", &["hash", "orientation", "record", "report", "view"]),
    ("region", &["algorithm", "hash", "luma", "orientation", "view"]),
    // What happens inside a worker: it sees no path and no hash list.
    (
        "content",
        &["algorithm", "hash", "luma", "orientation", "picture", "record", "region", "view"],
    ),
    (
        "worker",
        &[
            "algorithm",
            "content",
            "hash",
            "luma",
            "orientation",
            "picture",
            "record",
            "region",
            "view",
        ],
    ),
    (
        "scan",
        &[
            "algorithm",
            "content",
            "hash",
            "index",
            "journal",
            "list",
            "orientation",
            "picture",
            "record",
            "region",
            "view",
            "walk",
            "worker",
        ],
    ),
    // It sends pictures the way of any candidate, so it sees every part of that way.
    (
        "eval",
        &[
            "algorithm",
            "content",
            "edit",
            "hash",
            "index",
            "list",
            "luma",
            "record",
            "region",
            "scan",
            "view",
        ],
    ),
    // It gives any bytes to every room that reads what others wrote.
    ("fuzz", &["hash", "journal", "list", "picture", "record", "report", "worker"]),
];

/// Outside crates that are allowed in one room only (or in two, where the reason is beside it).
const KEPT_IN: [(&str, &[&str]); 27] = [
    ("clap", &["cli"]),
    ("anyhow", &["cli"]),
    ("indicatif", &["cli"]),
    ("ctrlc", &["cli"]),
    // In `fuzz` for lists that are databases, which are read from files.
    ("tempfile", &["cli", "fuzz"]),
    ("walkdir", &["walk"]),
    ("globset", &["walk"]),
    // image_hasher takes its pictures in the types of `image`; edited pictures are saved by it.
    ("image", &["picture", "algorithm", "edit"]),
    ("jpeg_encoder", &["edit"]),
    ("img_hash", &["algorithm"]),
    ("gif", &["picture"]),
    ("heic_decoder", &["picture"]),
    ("png", &["picture"]),
    ("zune_jpeg", &["picture"]),
    ("infer", &["picture"]),
    // For files, for processes and their sockets, and for processor time.
    ("rustix", &["content", "worker", "eval", "journal"]),
    ("landlock", &["worker"]),
    ("seccompiler", &["worker"]),
    ("nix", &["worker"]),
    ("libc", &["worker"]),
    ("crc32fast", &["journal"]),
    ("memmap2", &["mapped"]),
    ("quick_xml", &["list"]),
    ("rusqlite", &["list"]),
    ("minisign", &["signing"]),
    ("age", &["protect"]),
    ("rpassword", &["cli"]),
];

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

/// The files of the library and of `cli`, by room.
fn rooms() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut rooms: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for file in files {
        let below = file.strip_prefix(&source).unwrap();
        let room = below.components().next().unwrap().as_os_str().to_str().unwrap();
        let room = room.trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&file).unwrap();
        rooms.entry(room).or_default().push((file, text));
    }
    rooms
}

/// The names that follow `prefix` in the code: `crate::hash::Hash` names `hash`.
fn named(text: &str, prefix: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut names = Vec::new();
    for line in code {
        for (at, _) in line.match_indices(prefix) {
            let rest = &line[at + prefix.len()..];
            assert!(!rest.starts_with('{'), "name one room a line, for this test's sake: {line}");
            let name: String =
                rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            names.push(name);
        }
    }
    names
}

#[test]
fn rooms_open_only_the_doors_of_the_plan() {
    let rooms = rooms();
    let mut seen = 0;
    for (room, allowed) in DOORS {
        for (file, text) in &rooms[room] {
            seen += 1;
            for named in named(text, "crate::") {
                let open = named == room || allowed.contains(&named.as_str());
                assert!(open, "{} opens the door from {room} to {named}", file.display());
            }
        }
    }
    assert!(seen >= 40, "only {seen} files were seen");
}

#[test]
fn every_room_is_in_the_plan_and_no_door_leads_in_a_circle() {
    let planned: Vec<&str> = DOORS.iter().map(|(room, _)| *room).collect();
    for room in rooms().keys().filter(|room| !["lib", "main", "cli"].contains(&room.as_str())) {
        assert!(planned.contains(&room.as_str()), "{room} is in no plan");
    }
    for (at, (room, allowed)) in DOORS.iter().enumerate() {
        for door in *allowed {
            let place = planned.iter().position(|planned| planned == door).unwrap();
            assert!(place < at, "{room} may not open {door}, which stands below it");
        }
    }
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    for (room, files) in rooms() {
        for (krate, kept_in) in KEPT_IN.iter().filter(|(_, kept)| !kept.contains(&room.as_str())) {
            // Rooms of tests alone may use what they like.
            let of_tests =
                |file: &Path| file.ends_with("tests.rs") || file.ends_with("jpeg/fuzz.rs");
            for (file, text) in files.iter().filter(|(file, _)| !of_tests(file)) {
                let library = text.split("mod tests {").next().unwrap();
                let uses = library.lines().filter(|line| {
                    line.trim_start().starts_with(&format!("use {krate}::"))
                        || line.contains(&format!(" {krate}::"))
                            && !line.trim_start().starts_with("//")
                });
                let uses: Vec<&str> = uses.collect();
                assert!(
                    uses.is_empty(),
                    "{} names {krate}, which stays in {kept_in:?}: {uses:?}",
                    file.display()
                );
            }
        }
    }
}
