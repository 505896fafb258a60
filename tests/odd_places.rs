//! Odd things in folders: pipes, sockets, links, loops, what may not be read, deep folders, lists of
//! paths, and what is left out on request. Each is a record, nothing hangs, and what is scanned is
//! not altered.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::ffi::OsStr;
use std::fs::{self, File, FileTimes, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use kinga::record::Outcome::{self, Failed, Hashed, Skipped, Unsupported};
use kinga::record::{Reason, Record};
use rustix::fs::{Mode, OFlags, mkdirat, open, openat};
use support::{Report, end, files_below, fixture, kinga, text};
use tempfile::TempDir;

/// 320x240 pixels.
const PICTURE: &str = "formats/scene.png";

fn scan(root: &Path) -> assert_cmd::Command {
    let mut command = kinga(["scan", "--list", "fixtures/lists/known.csv"]);
    command.arg(root);
    command
}

/// A folder with copies of a picture under these names.
fn folder(names: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        put(&folder.path().join(name));
    }
    folder
}

fn put(file: &Path) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::copy(fixture(PICTURE), file).unwrap();
}

/// Path, outcome and reason of every record.
fn told(report: &Report) -> Vec<(&str, Outcome, Option<Reason>)> {
    report.files.iter().map(|file| (&*file.path, file.outcome, file.reason)).collect()
}

// What is no regular file.

#[test]
fn pipes_sockets_and_links_are_told_and_never_opened() {
    let folder = folder(&["a.png"]);
    let at = |name: &str| folder.path().join(name);
    assert!(Command::new("mkfifo").arg(at("pipe.jpg")).status().unwrap().success());
    let _socket = UnixListener::bind(at("socket.jpg")).unwrap();
    symlink("nowhere", at("dangling.jpg")).unwrap();
    symlink("a.png", at("link.png")).unwrap();
    symlink(".", at("loop")).unwrap();
    symlink("itself", at("itself")).unwrap();
    let plain = Report::of(&mut scan(folder.path()));
    let link = (Skipped, Some(Reason::Symlink));
    let expected = [
        ("a.png", Hashed, None),
        ("dangling.jpg", link.0, link.1),
        ("itself", link.0, link.1),
        ("link.png", link.0, link.1),
        ("loop", link.0, link.1),
        ("pipe.jpg", Skipped, Some(Reason::Fifo)),
        ("socket.jpg", Skipped, Some(Reason::Socket)),
    ];
    assert_eq!((told(&plain), plain.status), (expected.to_vec(), 0));
    let followed = Report::of(scan(folder.path()).arg("--follow"));
    let record = |name: &str| (followed.file(name).outcome, followed.file(name).reason);
    assert_eq!(record("dangling.jpg"), (Failed, Some(Reason::NotFound)));
    assert_eq!(record("link.png"), (Hashed, None));
    assert_eq!(record("loop"), (Skipped, Some(Reason::SymlinkLoop)));
    assert_eq!(record("itself").0, Failed);
    assert_eq!(record("pipe.jpg"), (Skipped, Some(Reason::Fifo)));
    assert_eq!((followed.files.len(), followed.status), (7, 3));
}

#[test]
fn a_pipe_or_a_device_named_on_the_command_line_is_not_opened_either() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let report = Report::of(scan(&pipe).args(["/dev/zero", "/dev/null"]));
    let reasons: Vec<_> = report.files.iter().map(|file| file.reason.unwrap()).collect();
    assert_eq!(reasons, [Reason::Fifo, Reason::Device, Reason::Device]);
}

#[test]
fn a_link_named_on_the_command_line_is_followed() {
    let folder = folder(&["real/a.png"]);
    let link = folder.path().join("link");
    symlink("real", &link).unwrap();
    assert_eq!(told(&Report::of(&mut scan(&link))), [("a.png", Hashed, None)]);
    let file = folder.path().join("file");
    symlink("real/a.png", &file).unwrap();
    assert_eq!(told(&Report::of(&mut scan(&file))), [("file", Hashed, None)]);
}

/// The program as a user who may not read everything: for root, as nobody, from a copy in `folder`
/// that nobody may run. `None` where that can't be done.
fn unprivileged(folder: &Path) -> Option<assert_cmd::Command> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinga"));
    if is_let_in_everywhere(folder) {
        let copy = folder.join("kinga");
        fs::copy(env!("CARGO_BIN_EXE_kinga"), &copy).unwrap();
        fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        command = Command::new(copy);
        command.uid(65534).gid(65534);
        if command.arg("--version").output().is_err() {
            return None;
        }
        command = Command::new(folder.join("kinga"));
        command.uid(65534).gid(65534).current_dir(folder);
    }
    let mut command = assert_cmd::Command::from_std(command);
    command.timeout(Duration::from_secs(60));
    Some(command)
}

/// Whether permissions do not keep us out.
fn is_let_in_everywhere(folder: &Path) -> bool {
    let file = folder.join("forbidden");
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
    let is_root = File::open(&file).is_ok();
    fs::remove_file(file).unwrap();
    is_root
}

#[test]
fn what_may_not_be_read_is_told_and_gives_status_3() {
    let programs = tempfile::tempdir().unwrap();
    let Some(mut command) = unprivileged(programs.path()) else {
        eprintln!(
            "SKIPPED: permissions don't keep this user out, and no other can run the program"
        );
        return;
    };
    let folder = folder(&["a.png", "forbidden.png", "locked/b.png", "open/c.png"]);
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    for name in ["forbidden.png", "locked"] {
        let path = folder.path().join(name);
        fs::set_permissions(path, Permissions::from_mode(0o000)).unwrap();
    }
    let report = Report::of(command.arg("hash").arg(folder.path()));
    fs::set_permissions(folder.path().join("locked"), Permissions::from_mode(0o755)).unwrap();
    let denied = Some(Reason::PermissionDenied);
    let expected = [
        ("a.png", Hashed, None),
        ("forbidden.png", Failed, denied),
        ("locked", Failed, denied),
        ("open/c.png", Hashed, None),
    ];
    assert_eq!((told(&report), report.status), (expected.to_vec(), 3));
    assert_eq!(report.summary.not_examined, 2);
}

// Folders.

#[test]
fn an_empty_folder_has_no_records_and_an_empty_file_has_one() {
    let folder = tempfile::tempdir().unwrap();
    let report = Report::of(&mut scan(folder.path()));
    assert_eq!((report.files.len(), report.status), (0, 0));
    let said = text(&end(&mut scan(folder.path())).stdout);
    assert!(said.contains("0 candidates seen"), "{said}");
    fs::write(folder.path().join("empty.jpg"), "").unwrap();
    let report = Report::of(&mut scan(folder.path()));
    assert_eq!(told(&report), [("empty.jpg", Unsupported, Some(Reason::Empty))]);
    assert_eq!((report.files[0].size, report.status), (Some(0), 0));
}

#[test]
fn files_in_deep_odd_and_hidden_folders_are_found() {
    let deep = format!("{}leaf.png", "deep/".repeat(200));
    let names = [&*deep, "new\nline/a.png", ".hidden/.b.png", "ends in .jpg/c", "d.png/d.png"];
    let folder = folder(&names);
    let report = Report::of(&mut scan(folder.path()));
    let mut expected = names.to_vec();
    expected.sort_unstable();
    let mut found: Vec<&str> = report.files.iter().map(|file| &*file.path).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(report.summary.hashed, 5);
}

#[test]
fn each_of_100_000_entries_of_one_folder_has_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let name = |k: u32| folder.path().join(format!("{k:05}.png"));
    for k in 0..100_000 {
        // No file may have as many links as there are entries.
        if k % 10_000 == 0 {
            fs::write(name(k), [0; 9]).unwrap();
        } else {
            fs::hard_link(name(k - k % 10_000), name(k)).unwrap();
        }
    }
    let report = Report::of(scan(folder.path()).args(["--threads", "2"]));
    let records = (0..).zip(&report.files);
    let in_order = records.map(|(k, file)| file.path == format!("{k:05}.png"));
    assert_eq!(in_order.filter(|as_named| *as_named).count(), 100_000);
    assert_eq!((report.summary.unsupported, report.status), (100_000, 0));
}

#[test]
fn a_path_too_long_for_the_system_is_told_or_found_but_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let name = "d".repeat(200);
    // Folder by folder, since no call takes the whole path.
    let mut here = open(folder.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..30 {
        mkdirat(&here, &*name, Mode::RWXU).unwrap();
        here = openat(&here, &*name, OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    let file = openat(&here, "a.png", OFlags::CREATE | OFlags::WRONLY, Mode::RWXU).unwrap();
    let mut file = File::from(file);
    std::io::copy(&mut File::open(fixture(PICTURE)).unwrap(), &mut file).unwrap();
    let report = Report::of(&mut scan(folder.path()));
    assert_eq!(report.files.len(), 1);
    assert!(report.files[0].outcome == Hashed || report.files[0].is_unexamined());
}

#[test]
fn a_file_named_twice_is_two_records_of_two_roots() {
    let folder = folder(&["a.png"]);
    let file = folder.path().join("a.png");
    let report = Report::of(scan(folder.path()).arg(&file));
    assert_eq!(report.files.iter().map(|file| file.root).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(told(&report), [("a.png", Hashed, None); 2]);
}

// What is left out on request is told all the same.

#[test]
fn what_is_excluded_is_told_once_and_not_entered() {
    let folder = folder(&["a.png", "a.tmp", "cache/b.png", "keep/cache.png", "keep/x/c.png"]);
    let mut command = scan(folder.path());
    let report = Report::of(command.args(["--exclude", "*.tmp", "--exclude", "cache"]));
    let excluded = Some(Reason::Excluded);
    let expected = [
        ("a.png", Hashed, None),
        ("a.tmp", Skipped, excluded),
        ("cache", Skipped, excluded),
        ("keep/cache.png", Hashed, None),
        ("keep/x/c.png", Hashed, None),
    ];
    assert_eq!((told(&report), report.status), (expected.to_vec(), 0));
    let report = Report::of(scan(folder.path()).args(["--exclude", "keep/x"]));
    assert_eq!(report.file("keep/x").reason, excluded);
    assert_eq!(report.summary.skipped, 1);
    assert_eq!(report.run.settings.exclude, ["keep/x"]);
}

/// The record of one picture under a limit, and the status of the run.
fn under(option: &str, value: u64) -> (Outcome, Option<Reason>, i32) {
    let mut command = scan(&fixture(PICTURE));
    let report = Report::of(command.arg(format!("{option}={value}")));
    (report.files[0].outcome, report.files[0].reason, report.status)
}

#[test]
fn limits_are_inclusive_and_what_is_above_them_is_told() {
    let bytes = fs::metadata(fixture(PICTURE)).unwrap().len();
    let pixels = 320 * 240;
    for (option, limit, outcome, reason, status) in [
        // Left out on request, so that the run is complete.
        ("--max-size", bytes, Skipped, Reason::OverMaxSize, 0),
        ("--max-file-bytes", bytes, Failed, Reason::OverSizeLimit, 3),
        ("--max-pixels", pixels, Failed, Reason::OverPixelLimit, 3),
    ] {
        assert_eq!(under(option, limit), (Hashed, None, 0), "{option}");
        assert_eq!(under(option, limit - 1), (outcome, Some(reason), status), "{option}");
    }
    assert_eq!(under("--max-memory", 1000), (Failed, Some(Reason::MemoryLimit), 3));
}

#[test]
fn a_sparse_file_of_a_terabyte_costs_no_more_than_its_limits() {
    let folder = tempfile::tempdir().unwrap();
    for (name, head) in [("a.jpg", &b"\xff\xd8\xff\xe0"[..]), ("b.bin", b"")] {
        let path = folder.path().join(name);
        fs::write(&path, head).unwrap();
        if let Err(error) = File::options().write(true).open(&path).unwrap().set_len(1 << 40) {
            eprintln!("SKIPPED: this file system has no files of a terabyte: {error}");
            return;
        }
    }
    let plain = Report::of(&mut scan(folder.path()));
    let expected = [
        ("a.jpg", Failed, Some(Reason::OverSizeLimit)),
        ("b.bin", Unsupported, Some(Reason::NotAPicture)),
    ];
    assert_eq!((told(&plain), plain.status), (expected.to_vec(), 3));
    // Its digests would take half an hour.
    let digests = Report::of(scan(folder.path()).args(["--digests", "--timeout", "0.2"]));
    let late = |name: &str| digests.file(name).reason == Some(Reason::Timeout);
    assert!(late("a.jpg") && late("b.bin"), "{:?}", told(&digests));
}

#[test]
fn a_file_above_the_limits_still_has_digests_that_match() {
    let whole = Report::of(kinga(["hash", "--digests"]).arg(fixture(PICTURE)));
    let md5 = whole.files[0].digests.md5.clone().unwrap();
    for limit in ["--max-file-bytes=1", "--max-pixels=1", "--max-memory=1"] {
        let outcome = |lists: &[&str]| {
            let mut command = kinga(["scan", "--list", "-", limit]);
            command.args(lists).arg(fixture(PICTURE)).write_stdin(format!("{md5}  a.png\n"));
            let report = Report::of(&mut command);
            assert_eq!(report.summary.same_file, 1, "{limit}");
            report.files[0].outcome
        };
        assert_eq!(outcome(&["--list", "fixtures/lists/known-pdq.txt"]), Failed, "{limit}");
        // Digests are of the bytes: where nothing else is asked, no picture is decoded.
        assert_eq!(outcome(&[]), Hashed, "{limit}");
    }
}

// Lists of paths.

/// Paths of the records when this list of paths is read from a file and from standard input.
fn listed(option: &str, list: &[u8]) -> Vec<(PathBuf, Outcome)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paths");
    fs::write(&file, list).unwrap();
    let from_file = Report::of(kinga(["hash", option]).arg(&file));
    let from_stdin = Report::of(kinga(["hash", option, "-"]).write_stdin(list));
    assert_eq!(from_file.files, from_stdin.files);
    let path = |file: &Record| {
        let bytes = match &file.path_b64 {
            Some(text) => base64::Engine::decode(&base64::prelude::BASE64_STANDARD, text).unwrap(),
            None => file.path.clone().into_bytes(),
        };
        (PathBuf::from(OsStr::from_bytes(&bytes)), file.outcome)
    };
    from_file.files.iter().map(path).collect()
}

#[test]
fn lists_of_paths_may_end_their_lines_either_way_and_have_blank_ones() {
    let folder = folder(&["a.png", "b c.png", "sub/d.png"]);
    let [a, b, sub] = ["a.png", "b c.png", "sub"].map(|name| folder.path().join(name));
    let lines = [&a, &b, &sub].map(|path| path.to_str().unwrap());
    let expected = [a.clone(), b.clone(), sub.join("d.png")].map(|path| (path, Hashed));
    for list in [
        lines.join("\n"),
        lines.join("\r\n"),
        format!("{}\r\n", lines.join("\r\n\r\n")),
        format!("\n{}\n\n", lines.join("\n")),
    ] {
        assert_eq!(listed("--files-from", list.as_bytes()), expected, "{list:?}");
    }
    for list in [lines.join("\0"), format!("{}\0", lines.join("\0"))] {
        assert_eq!(listed("--files0-from", list.as_bytes()), expected, "{list:?}");
    }
}

#[test]
fn lists_of_paths_take_names_with_line_ends_and_names_that_are_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &[u8]| folder.path().join(OsStr::from_bytes(name));
    let [latin, line] = [at(b"latin \xe9.png"), at(b"new\nline\r.png")];
    put(&latin);
    put(&line);
    let list = [latin.as_os_str().as_bytes(), line.as_os_str().as_bytes()].join(&0);
    let found = listed("--files0-from", &list);
    assert_eq!(found, [(latin.clone(), Hashed), (line, Hashed)]);
    let found = listed("--files-from", latin.as_os_str().as_bytes());
    assert_eq!(found, [(latin, Hashed)]);
}

#[test]
fn a_listed_path_that_does_not_exist_is_a_record_and_gives_status_3() {
    let picture = fixture(PICTURE);
    let list = format!("/no/such/file.png\n{}\n", picture.display());
    let report = Report::of(kinga(["hash", "--files-from", "-"]).write_stdin(list));
    let expected = [
        ("/no/such/file.png", Failed, Some(Reason::NotFound)),
        (picture.to_str().unwrap(), Hashed, None),
    ];
    assert_eq!((told(&report), report.status), (expected.to_vec(), 3));
}

#[test]
fn an_empty_list_of_paths_is_refused() {
    for list in ["", "\n\r\n"] {
        let output = end(kinga(["hash", "--files-from", "-"]).write_stdin(list));
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""));
        assert!(text(&output.stderr).contains("empty"), "{}", text(&output.stderr));
    }
}

// Evidence.

#[test]
fn nothing_that_is_scanned_is_altered() {
    let folder = tempfile::tempdir().unwrap();
    let names = files_below(&fixture("broken"));
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let times = FileTimes::new().set_accessed(long_ago).set_modified(long_ago);
    for name in &names {
        let file = folder.path().join(name);
        fs::copy(fixture("broken").join(name), &file).unwrap();
        File::options().write(true).open(&file).unwrap().set_times(times).unwrap();
    }
    let state = |path: &Path| {
        let data = fs::symlink_metadata(path).unwrap();
        (data.atime(), data.mtime(), data.ctime(), data.ctime_nsec(), data.len(), data.mode())
    };
    let states =
        || -> Vec<_> { names.iter().map(|name| state(&folder.path().join(name))).collect() };
    let (before, folder_before) = (states(), state(folder.path()).1);
    let list = ["--list", "fixtures/lists/mixed.tsv", "--digests", "--max-pixels", "1M"];
    let report = Report::of(kinga(["scan"]).args(list).arg(folder.path()));
    assert_eq!((report.files.len(), names.len()), (23, 23));
    assert_eq!(states(), before, "not even the times of access");
    assert_eq!(state(folder.path()).1, folder_before, "nothing was made in the folder");
    for name in &names {
        let now = fs::read(folder.path().join(name)).unwrap();
        assert_eq!(now, fs::read(fixture("broken").join(name)).unwrap(), "{name}");
    }
}
