//! How the program ends: exit statuses, refusals, interruptions, and output files that are whole
//! or not there.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kinga::record::{Line, Summary};
use support::{Report, end, fixture, kinga, line, status, text};

const KNOWN: &str = "fixtures/lists/known.csv";
const BROKEN_ROWS: &str = "fixtures/lists/broken-rows.csv";
const MATCHING: &str = "fixtures/pictures/holiday/IMG_2041.jpg";
const STRANGER: &str = "fixtures/pictures/holiday/IMG_2042.jpg";
const UNREADABLE: &str = "fixtures/broken/only-magic.jpg";

/// An interrupted run ends within a second; the rest is for a busy machine.
const AT_ONCE: Duration = Duration::from_millis(2500);

fn scan(paths: &[&str], list: &str) -> assert_cmd::Command {
    let mut command = kinga(["scan", "--list", list]);
    command.args(paths);
    command
}

#[test]
fn a_finished_run_has_status_0_with_matches_and_without() {
    assert_eq!(status(&mut scan(&[MATCHING], KNOWN)), 0);
    assert_eq!(status(&mut scan(&[STRANGER], KNOWN)), 0);
    assert_eq!(status(&mut kinga(["hash", STRANGER])), 0);
}

#[test]
fn help_version_and_schema_are_data_and_have_status_0() {
    for args in [&["--help"][..], &["scan", "--help"], &["--version"], &["schema"]] {
        let output = end(&mut kinga(args));
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
        assert!(!output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn a_run_that_could_not_begin_has_status_1_and_names_the_file() {
    let too_broken = "fixtures/lists/too-broken.csv";
    let empty = "fixtures/lists/empty.csv";
    let refused: &[(&[&str], &str)] = &[
        (&["scan", "fixtures/no-such-folder", "--list", KNOWN], "fixtures/no-such-folder"),
        (&["scan", STRANGER, "--list", "no-such-list.csv"], "no-such-list.csv"),
        (&["scan", STRANGER, "--list", too_broken], too_broken),
        (&["scan", STRANGER, "--list", empty], empty),
        (&["scan", STRANGER, "--list", STRANGER], STRANGER),
        (&["scan", STRANGER, "--list", BROKEN_ROWS, "--strict-lists"], BROKEN_ROWS),
        (&["hash", "--files-from", "no-such-list.txt"], "no-such-list.txt"),
        (&["match", "no-such-records", "--list", KNOWN], "no-such-records"),
        (&["match", STRANGER, "--list", KNOWN], STRANGER),
        (&["compare", "no-such-file", STRANGER], "no-such-file"),
        (&["list", "info", "no-such-list.csv"], "no-such-list.csv"),
    ];
    for (args, name) in refused {
        let output = end(&mut kinga(*args));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert_eq!(text(&output.stdout), "", "{name}: nothing that could be taken for an answer");
        assert!(said.starts_with("error: ") && said.contains(name), "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn a_wrong_command_line_has_status_2_and_says_so_on_stderr_only() {
    let wrong: &[&[&str]] = &[
        &[],
        &["seek"],
        &["scan", STRANGER],
        &["scan", "--list", KNOWN],
        &["scan", STRANGER, "--list", KNOWN, "--no-such-flag"],
        &["scan", STRANGER, "--list", KNOWN, "--max-distance", "257"],
        &["scan", STRANGER, "--list", KNOWN, "--min-quality", "101"],
        &["scan", STRANGER, "--list", KNOWN, "--max-matches", "0"],
        &["scan", STRANGER, "--list", KNOWN, "--format", "yaml"],
        &["scan", STRANGER, "--list", KNOWN, "--list-format", "excel"],
        &["scan", STRANGER, "--list", KNOWN, "--all", "--only-matches"],
        &["scan", STRANGER, "--list", KNOWN, "--effort", "much"],
        &["scan", STRANGER, "--list", KNOWN, "--level", "registered"],
        &["scan", STRANGER, "--list", KNOWN, "--level", "match", "--max-distance", "31"],
        &["scan", STRANGER, "--list", KNOWN, "--whole-bounds", "31,48,52", "--max-distance", "31"],
        &["scan", STRANGER, "--list", KNOWN, "--whole-bounds", "31,48"],
        &["scan", STRANGER, "--list", KNOWN, "--whole-bounds", "48,31,52"],
        &["scan", STRANGER, "--list", KNOWN, "--region-bounds", "31,36,257"],
        &["scan", STRANGER, "--list", KNOWN, "--effort", "deep", "--register-within", "257"],
        &["scan", STRANGER, "--list", KNOWN, "--effort", "deep", "--register-accept", "-1"],
        &["scan", STRANGER, "--list", KNOWN, "--effort", "deep", "--register-most", "0"],
        &["match", "-", "--list", KNOWN, "--register-within", "72"],
        &["hash", STRANGER, "--effort", "deep"],
        &["match", "-", "--list", KNOWN, "--effort", "deep"],
        &["eval", "fixtures/originals", "--edits", "painted"],
        &["eval", "fixtures/originals", "--list-size", "0"],
        &["compare", STRANGER, STRANGER, "--picture", "out.jpg"],
        &["compare", STRANGER, STRANGER, "--picture", "out.png", "--algorithm", "gradient-8"],
        &["hash", STRANGER, "--threads", "0"],
        &["hash", STRANGER, "--algorithm", "md6"],
        &["compare", STRANGER],
        &["list"],
    ];
    for args in wrong {
        let output = end(&mut kinga(*args));
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn flags_of_moved_regions_are_refused_where_no_region_is_moved() {
    for flag in ["--register-within", "--register-accept", "--register-most"] {
        let scan = ["scan", STRANGER, "--list", KNOWN, flag, "20"];
        let output = end(&mut kinga(scan));
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()));
        assert!(said.contains(flag) && said.contains("add --effort deep, or"), "{said}");
        // A plain bound has no level for them.
        let plain = ["--effort", "deep", "--max-distance", "31"];
        assert_eq!(status(kinga(scan).args(plain)), 2, "{flag}");
        assert_eq!(status(kinga(scan).args(["--effort", "deep"])), 0, "{flag}");
    }
}

#[test]
fn a_format_that_cannot_hold_the_answer_is_a_wrong_command_line() {
    let scan = ["scan", STRANGER, "--list", KNOWN, "--format", "pdq"];
    let hash = ["hash", STRANGER, "--algorithm", "gradient-8", "--format", "pdq"];
    for args in [scan, hash] {
        let output = end(&mut kinga(args));
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "{args:?}");
        assert!(text(&output.stderr).contains("--format pdq"), "{}", text(&output.stderr));
    }
}

#[test]
fn a_candidate_that_could_not_be_examined_gives_status_3_and_is_named() {
    let output = end(&mut scan(&[UNREADABLE, STRANGER], KNOWN));
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stdout);
    let (_, unexamined) = said.split_once("NOT EXAMINED: 1 candidate\n").unwrap();
    assert!(unexamined.lines().next().unwrap().contains("only-magic.jpg: truncated"), "{said}");
    assert_eq!(status(&mut kinga(["hash", UNREADABLE])), 3);
}

#[test]
fn a_broken_row_of_a_list_is_named_with_file_and_line_and_gives_status_3() {
    let report = Report::of(&mut scan(&[STRANGER], BROKEN_ROWS));
    assert_eq!((report.status, report.summary.list_rows_not_searched), (3, 1));
    assert_eq!(report.run.lists[0].counts.broken, 1);
    let said = report.stderr;
    assert!(said.starts_with(&format!("warning: {BROKEN_ROWS}:202: ")), "{said}");
    assert!(said.contains("63 characters") && said.contains("mend or delete the line"), "{said}");
    let output = end(&mut scan(&[STRANGER], BROKEN_ROWS));
    assert!(text(&output.stdout).contains("1 row of the lists not searched for"));
}

#[test]
fn matches_give_status_10_only_when_asked_and_only_if_there_are_some() {
    let asked = |paths: &[&str]| status(scan(paths, KNOWN).arg("--fail-on-match"));
    assert_eq!((asked(&[MATCHING]), asked(&[STRANGER])), (10, 0));
}

#[test]
fn status_10_outranks_3_and_without_a_match_3_remains() {
    let asked = |paths: &[&str]| status(scan(paths, KNOWN).arg("--fail-on-match"));
    assert_eq!((asked(&[UNREADABLE, MATCHING]), asked(&[UNREADABLE, STRANGER])), (10, 3));
}

#[test]
fn quiet_keeps_errors_and_drops_warnings_but_not_their_status() {
    let broken = end(scan(&[STRANGER], BROKEN_ROWS).arg("--quiet"));
    assert_eq!((broken.status.code(), text(&broken.stderr).as_str()), (Some(3), ""));
    let missing = end(scan(&[STRANGER], "no-such-list.csv").arg("--quiet"));
    assert!(text(&missing.stderr).starts_with("error: no-such-list.csv"));
}

// Interruption.

/// A run that takes minutes: one picture, named 100,000 times.
fn long_run(folder: &Path, args: &[&str]) -> Child {
    let paths = folder.join("paths");
    fs::write(&paths, format!("{STRANGER}\n").repeat(100_000)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinga"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(["scan", "--list", KNOWN, "--threads", "2", "--files-from"]).arg(paths).args(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
}

/// Waits for the end of a process, but not for ever; its status.
fn wait(child: &mut Child, limit: Duration) -> Option<i32> {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    panic!("did not end within {limit:?}");
}

fn stderr_of(child: &mut Child) -> String {
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    said
}

#[test]
fn an_interrupted_run_ends_at_once_with_a_summary_that_says_so_and_status_130() {
    for name in ["-INT", "-TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = long_run(folder.path(), &["--format", "jsonl"]);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let first: Vec<String> = lines.by_ref().take(2).collect();
        assert!(matches!(line(&first[0]), Line::Run(_)));
        let begun = Instant::now();
        signal(&child, name);
        let rest: Vec<Line> = lines.map(|text| line(&text)).collect();
        let status = wait(&mut child, AT_ONCE);
        assert!(begun.elapsed() < AT_ONCE, "{name}: {:?}", begun.elapsed());
        assert_eq!(status, Some(130), "{name}");
        let Some((Line::Summary(summary), files)) = rest.split_last() else {
            panic!("{name}: no summary at the end")
        };
        let Summary { interrupted, seen, hashed, .. } = **summary;
        assert!(interrupted && seen < 100_000, "{name}: {seen}");
        assert_eq!((seen, hashed), (files.len() as u64 + 1, files.len() as u64 + 1));
        assert_eq!(stderr_of(&mut child), "", "{name}");
    }
}

#[test]
fn an_interrupted_text_report_says_that_it_is_a_part() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = long_run(folder.path(), &["--all"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    signal(&child, "-INT");
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(wait(&mut child, AT_ONCE), Some(130));
    assert!(rest.to_lowercase().contains("interrupted"), "{}", rest.lines().last().unwrap());
}

#[test]
fn an_interrupted_run_leaves_only_a_partial_report_with_a_summary_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    fs::create_dir(&target).unwrap();
    let file = target.join("report.jsonl");
    let mut child =
        long_run(folder.path(), &["--format", "jsonl", "--output", file.to_str().unwrap()]);
    let begun = Instant::now();
    while fs::read_dir(&target).unwrap().count() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "no temporary file was made");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(!file.exists(), "the file appears at the end, not before");
    signal(&child, "-INT");
    assert_eq!(wait(&mut child, AT_ONCE), Some(130));
    let left: Vec<_> =
        fs::read_dir(&target).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["report.jsonl.partial"], "nobody takes it for a whole report");
    let report = fs::read_to_string(target.join("report.jsonl.partial")).unwrap();
    let Line::Summary(summary) = line(report.lines().last().unwrap()) else { panic!("cut off") };
    assert!(summary.interrupted);
}

#[test]
fn a_run_that_waits_for_standard_input_can_be_interrupted() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinga"));
    command.args(["scan", STRANGER, "--list", "-"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    signal(&child, "-INT");
    let input = child.stdin.take();
    assert_eq!(wait(&mut child, AT_ONCE), Some(130));
    drop(input);
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    for format in ["text", "jsonl", "json", "csv"] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = long_run(folder.path(), &["--all", "--format", format]);
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut String::new()).unwrap();
        drop(out);
        let status = wait(&mut child, Duration::from_secs(30));
        assert_ne!(status, Some(0), "{format}: not all was written");
        assert_eq!(stderr_of(&mut child), "", "{format}");
    }
}

// `--output`.

fn names_in(folder: &Path) -> Vec<String> {
    let name =
        |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn an_output_file_holds_what_stdout_would_and_replaces_an_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.csv");
    fs::write(&file, "older").unwrap();
    let args = ["--format", "csv", "--all"];
    let to_stdout = end(scan(&[MATCHING, STRANGER], KNOWN).args(args));
    let to_file = end(scan(&[MATCHING, STRANGER], KNOWN).args(args).arg("-o").arg(&file));
    assert_eq!((to_file.status.code(), text(&to_file.stdout).as_str()), (Some(0), ""));
    assert_eq!(fs::read(&file).unwrap(), to_stdout.stdout);
    assert_eq!(names_in(folder.path()), ["report.csv"]);
}

#[test]
fn an_output_inside_what_is_scanned_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("evidence");
    fs::create_dir_all(root.join("deep")).unwrap();
    fs::copy(fixture("pictures/holiday/IMG_2041.jpg"), root.join("a.jpg")).unwrap();
    std::os::unix::fs::symlink(&root, folder.path().join("link")).unwrap();
    for output in ["evidence/r", "evidence/deep/r", "link/r", "evidence/a.jpg", "link/deep/../r"] {
        let output = folder.path().join(output);
        let mut command = kinga(["scan", "--list", KNOWN, "--output"]);
        let ended = end(command.arg(&output).arg(&root));
        assert_eq!(ended.status.code(), Some(1), "{}", output.display());
        assert!(text(&ended.stderr).contains("which is scanned"), "{}", text(&ended.stderr));
    }
    assert_eq!(names_in(&root), ["a.jpg", "deep"]);
    assert_eq!(names_in(&root.join("deep")), Vec::<String>::new());
    let copied = fs::read(root.join("a.jpg")).unwrap();
    assert_eq!(copied, fs::read(fixture("pictures/holiday/IMG_2041.jpg")).unwrap());
}

#[test]
fn an_output_over_a_file_that_is_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [list, records, paths] = ["list.csv", "records", "paths"].map(|n| folder.path().join(n));
    fs::copy(fixture("lists/known.csv"), &list).unwrap();
    fs::write(&paths, STRANGER).unwrap();
    let made = kinga(["hash", STRANGER, "--format", "jsonl", "-o"]).arg(&records).output().unwrap();
    assert!(made.status.success());
    let mut over_list = kinga(["scan", STRANGER]);
    let mut over_records = kinga(["match", "--effort", "orientations"]);
    let mut over_paths = kinga(["hash", "--files-from"]);
    for (command, file) in [
        (over_list.arg("--list").arg(&list), &list),
        (over_records.arg(&records).arg("--list").arg(&list), &records),
        (over_paths.arg(&paths), &paths),
    ] {
        let before = fs::read(file).unwrap();
        let ended = end(command.arg("--output").arg(file));
        assert_eq!(ended.status.code(), Some(1), "{}", file.display());
        assert_eq!(fs::read(file).unwrap(), before, "{}", file.display());
    }
}

#[test]
fn an_output_in_a_folder_that_does_not_exist_is_refused_before_the_work() {
    let output = end(scan(&[STRANGER], KNOWN).args(["-o", "/no/such/folder/report"]));
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""));
    assert!(text(&output.stderr).contains("/no/such/folder"));
}

#[test]
fn a_run_that_fails_half_way_leaves_the_older_output_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let [records, report] = ["records", "report"].map(|name| folder.path().join(name));
    let made = end(&mut kinga(["hash", STRANGER, MATCHING, "--format", "jsonl"]));
    let whole = text(&made.stdout);
    let lines: Vec<&str> = whole.lines().collect();
    let broken = [lines[0], lines[1], &lines[2][..100], lines[3], ""].join("\n");
    fs::File::create(&records).unwrap().write_all(broken.as_bytes()).unwrap();
    fs::write(&report, "older").unwrap();
    let mut command = kinga(["match", "--list", KNOWN, "--effort", "orientations", "--output"]);
    let ended = end(command.arg(&report).arg(&records));
    assert_eq!(ended.status.code(), Some(1));
    assert!(text(&ended.stderr).contains("line 3"), "{}", text(&ended.stderr));
    assert_eq!(fs::read_to_string(&report).unwrap(), "older");
    assert_eq!(names_in(folder.path()), ["records", "report"]);
}

#[test]
fn records_without_a_summary_give_status_3() {
    let made = end(&mut kinga(["hash", STRANGER, "--format", "jsonl"]));
    let whole = text(&made.stdout);
    let cut = &whole[..=whole.trim_end().rfind('\n').unwrap()];
    for (records, expected) in [(whole.as_str(), 0), (cut, 3)] {
        let mut command = kinga(["match", "-", "--list", KNOWN, "--effort", "orientations"]);
        assert_eq!(status(command.write_stdin(records)), expected);
    }
}
