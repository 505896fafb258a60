//! What happens to hash lists between their source and a report: updates, exceptions, known files, and
//! entries that match too much.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use kinga::record::{Outcome, Reason};
use md5::{Digest, Md5};
use sha2::Sha512;
use support::{Report, end, fixture, kinga, status, text};

const ORIGINALS: &str = "fixtures/originals";

/// The folder of a test with a list of the originals: `pdq,id`, the id being the name of the file.
fn listed() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let report = Report::of(&mut kinga(["hash", ORIGINALS]));
    let rows = report.files.iter().map(|file| format!("{},{}\n", file.hashes[0].hash, file.path));
    let list = folder.path().join("list.csv");
    fs::write(&list, "pdq,id\n".to_owned() + &rows.collect::<String>()).unwrap();
    (folder, list)
}

fn scan(list: &Path) -> assert_cmd::Command {
    let mut command = kinga(["scan", ORIGINALS, "--effort", "upright", "--list"]);
    command.arg(list);
    command
}

fn matched(report: &Report) -> Vec<&str> {
    let files = report.files.iter().filter(|file| file.matches_found > 0);
    files.map(|file| &*file.path).collect()
}

#[test]
fn matches_of_an_excepted_entry_are_counted_and_not_reported() {
    let (folder, list) = listed();
    let all = Report::of(&mut scan(&list));
    let (first, second) = (matched(&all)[0].to_owned(), matched(&all)[1].to_owned());
    let except = folder.path().join("exceptions.jsonl");
    let remove = |which: [&str; 2]| {
        let mut command = kinga(["list", "remove", "--reason", "a logo", "--who", "me"]);
        end(command.arg(&list).args(which).arg("--except").arg(&except))
    };
    assert_eq!(remove(["--entry", &first]).status.code(), Some(0));
    let rows = fs::read_to_string(&list).unwrap();
    let hash = rows.lines().find(|row| row.ends_with(&second)).unwrap()[..64].to_owned();
    let told = remove(["--hash", &hash]);
    assert!(text(&told.stdout).contains("1 entry of") && !text(&told.stdout).contains(&hash));
    // Said twice is not written twice, and what is in no list is not excepted.
    assert_eq!(remove(["--entry", &first]).status.code(), Some(0));
    assert_eq!(remove(["--entry", "nobody"]).status.code(), Some(1));
    assert_eq!(fs::read_to_string(&except).unwrap().lines().count(), 2);
    let excepted = Report::of(scan(&list).arg("--except").arg(&except));
    assert_eq!(matched(&excepted), matched(&all)[2..]);
    let is_told = |name: &str| {
        let file = excepted.files.iter().find(|file| file.path == name).unwrap();
        (file.matches.len(), file.matches_excepted)
    };
    assert_eq!([is_told(&first), is_told(&second)], [(0, 1), (0, 1)]);
    assert_eq!(excepted.summary.matches_excepted, 2);
    assert_eq!(excepted.summary.matches, all.summary.matches - 2);
    let used = excepted.run.exceptions.unwrap();
    assert_eq!((used.entries, used.unused), (2, 0));
    let words = text(&end(scan(&list).arg("--except").arg(&except)).stdout);
    assert!(words.contains("2 matches of excepted entries, not reported"), "{words}");
    assert!(words.contains("is in these lists but by excepted entries"), "{words}");
    let words = text(&end(scan(&list).args(["--all", "--except"]).arg(&except)).stdout);
    assert!(words.contains(&format!("{first}: in these lists only by excepted")), "{words}");
}

#[test]
fn a_journal_answers_for_the_same_exceptions_only() {
    let (folder, list) = listed();
    let journal = folder.path().join("journal");
    let all = Report::of(scan(&list).arg("--journal").arg(&journal));
    let first = matched(&all)[0].to_owned();
    let except = folder.path().join("exceptions.jsonl");
    let mut remove = kinga(["list", "remove", "--reason", "x", "--who", "me", "--entry", &first]);
    assert_eq!(status(remove.arg(&list).arg("--except").arg(&except)), 0);
    let excepted =
        Report::of(scan(&list).arg("--resume").arg(&journal).arg("--except").arg(&except));
    assert_eq!(matched(&excepted), matched(&all)[1..]);
    let again = Report::of(scan(&list).arg("--resume").arg(&journal));
    assert_eq!(matched(&again), matched(&all));
}

#[test]
fn an_exception_that_can_t_be_read_ends_the_run_with_its_line() {
    let (folder, list) = listed();
    let except = folder.path().join("exceptions.jsonl");
    fs::write(&except, "{\"entry\":\"a\"}\n").unwrap();
    let output = end(scan(&list).arg("--except").arg(&except));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("exceptions.jsonl: line 1: "),
        "{}",
        text(&output.stderr)
    );
}

/// Digests of the originals, by file name.
fn digests<D: Digest>() -> Vec<(String, String)> {
    let files = support::files_below(&fixture("originals")).into_iter();
    let digest =
        |name: &String| hex::encode(D::digest(fs::read(fixture("originals").join(name)).unwrap()));
    files.map(|name| (digest(&name), name)).collect()
}

#[test]
fn known_files_are_marked_and_left_out_on_request_unless_they_match() {
    let (folder, list) = listed();
    let known = folder.path().join("known.md5");
    let lines = digests::<Md5>().into_iter().map(|(md5, name)| format!("{md5}  {name}\n"));
    fs::write(&known, lines.collect::<String>()).unwrap();
    let one = fs::read_to_string(&list).unwrap();
    let one: String = one.lines().take(2).map(|line| line.to_owned() + "\n").collect();
    fs::write(&list, one).unwrap();
    let marked = Report::of(scan(&list).arg("--known").arg(&known));
    let seen = marked.files.len();
    assert_eq!(marked.summary.known_files, seen as u64);
    assert!(marked.files.iter().all(|file| file.outcome == Outcome::Hashed));
    assert_eq!((marked.run.known.len(), matched(&marked).len()), (1, 1));
    let skipped = Report::of(scan(&list).arg("--known").arg(&known).arg("--skip-known"));
    assert_eq!(matched(&skipped), matched(&marked));
    let left_out = skipped.files.iter().filter(|file| file.reason == Some(Reason::KnownFile));
    assert_eq!(left_out.count(), seen - 1);
    let words = text(&end(scan(&list).arg("--known").arg(&known)).stdout);
    assert!(words.contains(&format!("{seen} known files by their digest")), "{words}");
    assert_eq!(status(scan(&list).arg("--skip-known")), 2);
}

#[test]
fn nists_list_is_taken_for_known_files_and_compiled_for_them() {
    let (folder, list) = listed();
    let nist = fixture("lists/services/nist-caid.json");
    let compiled = folder.path().join("known.kidx");
    let mut build = kinga(["list", "build"]);
    assert_eq!(status(build.arg(&nist).arg("--output").arg(&compiled)), 0);
    for known in [&nist, &compiled] {
        let report = Report::of(scan(&list).arg("--known").arg(known));
        assert!(report.run.known[0].counts.entries > 0);
        assert_eq!(status(&mut scan(known)), 1);
    }
    let both = end(kinga(["list", "build", "-o", "x.kidx"]).arg(&nist).arg(&list));
    assert_eq!(both.status.code(), Some(1));
}

#[test]
fn files_are_found_by_their_sha512() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.sha512");
    let (digest, name) = digests::<Sha512>().remove(3);
    fs::write(&list, format!("{}  x\n", digest.to_uppercase())).unwrap();
    let report = Report::of(&mut scan(&list));
    assert_eq!(matched(&report), [&*name]);
    let found = report.files.iter().find(|file| file.path == name).unwrap();
    assert_eq!(
        (&*found.matches[0].by, found.digests.sha512.as_deref()),
        ("sha512", Some(&*digest))
    );
}

#[test]
fn an_entry_that_matches_many_different_pictures_is_told() {
    let (folder, list) = listed();
    // With so large a distance all pictures are like the first entry.
    let crowd = |most: &str| {
        let mut command =
            kinga(["scan", ORIGINALS, "--max-distance", "200", "--max-matches", "100"]);
        Report::of(
            command.args(["--effort", "upright", "--warn-matches", most, "--list"]).arg(&list),
        )
    };
    let pictures = digests::<Md5>().len();
    let told = crowd(&pictures.to_string());
    assert!(!told.summary.crowded.is_empty());
    assert_eq!(told.summary.crowded[0].candidates, pictures as u64);
    assert!(told.stderr.contains("have a person look at it"), "{}", told.stderr);
    let not = crowd(&(pictures + 1).to_string());
    assert!(not.summary.crowded.is_empty() && !not.stderr.contains("have a person look"));
    drop(folder);
}

#[test]
fn an_update_withdraws_from_its_base_compiled_or_not() {
    let (folder, list) = listed();
    let all = Report::of(&mut scan(&list));
    let gone = matched(&all)[0].to_owned();
    let update = folder.path().join("update.csv");
    let other = "0f".repeat(32);
    fs::write(&update, format!("pdq,id,status\n{other},new,active\n,{gone},withdrawn\n")).unwrap();
    let build = |args: &[&Path], output: &str| {
        let output = folder.path().join(output);
        let mut command = kinga(["list", "build"]);
        let output_arg = [Path::new("--output"), &output];
        let said = end(command.args(args).args(output_arg));
        (said.status.code(), output, text(&said.stdout))
    };
    let (_, base, _) = build(&[&list], "base.kidx");
    for base in [&list, &base] {
        let [old, new] = ["--base", "--update"].map(Path::new);
        let (status, updated, said) = build(&[old, base, new, &update], "updated.kidx");
        assert_eq!(status, Some(0));
        assert!(said.contains("1 withdrawn"), "{said}");
        let report = Report::of(&mut scan(&updated));
        assert_eq!(matched(&report), matched(&all)[1..]);
        assert_eq!(report.run.lists.iter().map(|list| list.counts.removed).sum::<u64>(), 1);
    }
    // One beside the other is no update.
    let (_, both, _) = build(&[&list, &update], "both.kidx");
    assert_eq!(matched(&Report::of(&mut scan(&both))), matched(&all));
    assert_eq!(build(&[Path::new("--base"), &list], "x").0, Some(2));
}

#[test]
fn a_list_that_only_withdraws_needs_another_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone.json");
    let md5 = &digests::<Md5>()[0].0;
    let record = |how: &str| {
        format!(
            "{{\"signalType\":\"VideoMD5\",\"hashValue\":\"{md5}\",\"hashStatus\":\"{how}\"}}\n"
        )
    };
    fs::write(&gone, record("Withdrawn")).unwrap();
    let alone = end(&mut scan(&gone));
    assert_eq!(alone.status.code(), Some(1));
    assert!(text(&alone.stderr).contains("nothing to search for"), "{}", text(&alone.stderr));
    let listed = folder.path().join("listed.json");
    let other = record("Active").replace(md5.as_str(), &digests::<Md5>()[1].0);
    fs::write(&listed, record("Active") + &other).unwrap();
    let both = Report::of(scan(&gone).arg("--list").arg(&listed));
    assert_eq!(matched(&both), [&*digests::<Md5>()[1].1]);
    assert!(both.stderr.contains("it withdraws entries, and has none"), "{}", both.stderr);
}

#[cfg(unix)]
#[test]
fn a_list_that_others_may_read_is_told_once() {
    use std::os::unix::fs::PermissionsExt;
    let open =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let (folder, list) = listed();
    let other = folder.path().join("other.csv");
    fs::copy(&list, &other).unwrap();
    let said = |folder_mode, list_mode| {
        open(folder.path(), folder_mode);
        for list in [&list, &other] {
            open(list, list_mode);
        }
        let report = Report::of(scan(&list).arg("--list").arg(&other));
        report.stderr.matches("others on this machine may read").count()
    };
    assert_eq!(said(0o755, 0o644), 1);
    assert_eq!(said(0o755, 0o600), 0);
    assert_eq!(said(0o700, 0o644), 0);
}

/// What `list check` says of a list, with these flags.
fn checked(list: &Path, flags: &[&str]) -> (Option<i32>, String) {
    let output = end(kinga(["list", "check"]).arg(list).args(flags));
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn check_names_entries_that_are_like_benign_pictures() {
    let (folder, list) = listed();
    assert_eq!(checked(&list, &[]).0, Some(0));
    let benign = folder.path().join("benign");
    fs::create_dir(&benign).unwrap();
    let (_, name) = digests::<Md5>().remove(2);
    fs::copy(fixture("originals").join(&name), benign.join("poster.jpg")).unwrap();
    let (status, said) = checked(&list, &["--benign", benign.to_str().unwrap()]);
    assert_eq!(status, Some(3));
    let told = format!("({name}): distance 0 from a picture of --benign (poster.jpg)");
    assert!(said.contains(&told), "{said}");
    assert!(said.contains("1 pictures of --benign were compared, 0 could not be"), "{said}");
    assert!(said.contains(", 1 suspicions"), "{said}");
}

#[test]
fn check_names_lists_that_are_older_than_wanted() {
    let (_folder, list) = listed();
    assert_eq!(checked(&list, &["--max-age", "1h"]).0, Some(0));
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    fs::File::options().append(true).open(&list).unwrap().set_modified(then).unwrap();
    let (status, said) = checked(&list, &["--max-age", "1h"]);
    assert!(status == Some(3) && said.contains("older than --max-age"), "{said}");
    let timed = fixture("lists/services/stopncii.json");
    let (status, said) = checked(&timed, &["--max-age", "30d"]);
    assert!(status == Some(3) && said.contains("its newest entry is of 2"), "{said}");
}

#[test]
fn check_names_entries_with_too_many_others_near_them_and_digests_that_pass_for_hashes() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    let hash = |k: usize| {
        let hash = kinga::hash::Hash::from_bits(256, |bit| bit % 2 == usize::from(bit == 2 * k));
        kinga::hash::Algorithm::Pdq.to_text(hash)
    };
    let rows = |count| (0..count).map(|k| hash(k) + "\n").collect::<String>();
    fs::write(&list, "pdq\n".to_owned() + &rows(4)).unwrap();
    assert_eq!(checked(&list, &["--usual-neighbours", "3"]).0, Some(0));
    let (status, said) = checked(&list, &["--usual-neighbours", "2"]);
    assert!(status == Some(3) && said.matches("3 other pictures").count() == 4, "{said}");
    let digests = (0..30).map(|k| hex::encode(sha2::Sha256::digest([k])) + "\n");
    fs::write(&list, "pdq\n".to_owned() + &digests.collect::<String>()).unwrap();
    let (status, said) = checked(&list, &[]);
    assert!(status == Some(3) && said.contains("as if they were SHA-256"), "{said}");
}

/// Converts a list, and gives where to, what was said and the status.
fn converted(list: &Path, to: &str, flags: &[&str]) -> (PathBuf, String, Option<i32>) {
    let output = list.with_file_name(format!("converted.{to}"));
    let mut command = kinga(["list", "convert", "--to", to, "--output"]);
    let said = end(command.arg(&output).arg(list).args(flags));
    (output, text(&said.stdout) + &text(&said.stderr), said.status.code())
}

#[test]
fn a_converted_list_finds_what_its_source_does() {
    let (_folder, list) = listed();
    let all = Report::of(&mut scan(&list));
    for to in ["pdq", "csv", "jsonl", "vics"] {
        let (output, said, status) = converted(&list, to, &[]);
        assert_eq!(status, Some(0), "{to}: {said}");
        assert_eq!(matched(&Report::of(&mut scan(&output))), matched(&all), "{to}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&output).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    let (output, said, status) = converted(&list, "md5sum", &[]);
    assert_eq!((status, output.exists()), (Some(1), false), "{said}");
}

#[test]
fn digests_are_converted_for_other_tools_and_what_has_no_place_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    let rows = digests::<Md5>().into_iter().map(|(md5, name)| format!(",{md5},{name}\n"));
    let pdq = format!("{},,x\n", "0f".repeat(32));
    fs::write(&list, "pdq,md5,id\n".to_owned() + &pdq + &rows.collect::<String>()).unwrap();
    let all = Report::of(&mut scan(&list));
    assert_eq!(matched(&all).len(), all.files.len());
    let formats = if cfg!(feature = "sqlite") { &["md5sum", "kdb"][..] } else { &["md5sum"] };
    for to in formats {
        let (output, said, status) = converted(&list, to, &[]);
        assert_eq!(status, Some(3), "{to}: {said}");
        assert!(said.contains("1 entries of kind pdq are not in it"), "{said}");
        assert_eq!(matched(&Report::of(&mut scan(&output))), matched(&all), "{to}");
    }
}

#[test]
fn reviews_become_feedback_for_stopncii() {
    let folder = tempfile::tempdir().unwrap();
    let list = fixture("lists/services/stopncii.json");
    let report = folder.path().join("report.csv");
    let mut command = kinga(["scan", ORIGINALS, "--format", "csv", "--list"]);
    assert_eq!(status(command.arg(&list).arg("--output").arg(&report)), 0);
    let text_of = fs::read_to_string(&report).unwrap();
    let reviewed: Vec<String> = (0..)
        .zip(text_of.lines())
        .map(|(k, line)| line.to_owned() + if k == 0 { ",feedback,tags" } else { ",Blocked,a;b" })
        .collect();
    assert!(reviewed.len() > 1);
    fs::write(&report, reviewed.join("\n")).unwrap();
    let convert = |report: &Path| {
        let output = folder.path().join("feedback.json");
        let mut command = kinga(["list", "convert", "--to", "stopncii-feedback", "--output"]);
        let said = end(command.arg(&output).arg(&list).arg("--reviewed").arg(report));
        (output, said.status.code(), text(&said.stderr))
    };
    let (output, status, said) = convert(&report);
    assert_eq!(status, Some(0), "{said}");
    let feedback: serde_json::Value = serde_json::from_slice(&fs::read(output).unwrap()).unwrap();
    assert_eq!(feedback["count"], reviewed.len() - 1);
    assert_eq!(feedback["hashFeedbacks"][0]["tags"], serde_json::json!(["a", "b"]));
    fs::write(&report, reviewed.join("\n").replace("Blocked", "perhaps")).unwrap();
    let (_, status, said) = convert(&report);
    assert!(status == Some(1) && said.contains("report.csv:2: the feedback is neither"), "{said}");
}

#[test]
fn reports_of_a_search_have_hashes_only_on_request() {
    let (folder, list) = listed();
    let list_of = fs::read_to_string(&list).unwrap();
    let hashes: Vec<&str> = list_of.lines().skip(1).map(|row| &row[..64]).collect();
    let records = folder.path().join("records.jsonl");
    let mut hash = kinga(["hash", ORIGINALS, "--format", "jsonl", "--output"]);
    assert_eq!(status(hash.arg(&records)), 0);
    let shown = |report: &str| hashes.iter().filter(|hash| report.contains(**hash)).count();
    for format in ["jsonl", "json", "csv", "text"] {
        let run = |flag: &[&str]| {
            let mut commands =
                [scan(&list), kinga(["match", "--effort", "orientations", "--list"])];
            commands[1].arg(&list).arg(&records);
            commands.map(|mut command| {
                let output = end(command.args(["--format", format]).args(flag));
                assert_eq!(output.status.code(), Some(0));
                shown(&(text(&output.stdout) + &text(&output.stderr)))
            })
        };
        assert_eq!(run(&[]), [0, 0], "{format}");
        let all = if format == "text" { 0 } else { hashes.len() };
        assert_eq!(run(&["--show-hashes"]), [all, all], "{format}");
    }
}

#[test]
fn case_fields_are_kept_only_on_request() {
    for (file, secret) in
        [("stopncii.json", "00000000-0000"), ("vics.json", "VictimIdentified: true")]
    {
        let list = fixture("lists/services").join(file);
        let told = |flags: &[&str]| {
            let mut command = kinga(["scan", "--effort", "upright", ORIGINALS, "--list"]);
            text(&end(command.arg(&list).args(flags)).stdout)
        };
        assert!(!told(&[]).contains(secret), "{file}");
        let kept = told(&["--keep-case-fields"]);
        assert!(kept.contains(secret), "{file}: {kept}");
    }
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    let md5 = &digests::<Md5>()[0].0;
    fs::write(&list, format!("md5,case number,category\n{md5},C-17,9\n")).unwrap();
    let told = |flags: &[&str]| text(&end(scan(&list).args(flags)).stdout);
    assert!(told(&[]).contains("[the list says category: 9]"), "{}", told(&[]));
    assert!(told(&["--keep-case-fields"]).contains("casenumber: C-17; category: 9"));
}

#[cfg(unix)]
#[test]
fn a_list_from_a_pipe_is_searched_for_from_its_first_byte() {
    use std::io::Write;
    let (folder, list) = listed();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let text = fs::read(&list).unwrap();
    let writer = {
        let pipe = pipe.clone();
        std::thread::spawn(move || fs::File::create(pipe).unwrap().write_all(&text).unwrap())
    };
    let report = Report::of(&mut scan(&pipe));
    writer.join().unwrap();
    assert_eq!(matched(&report), matched(&Report::of(&mut scan(&list))));
    assert_eq!(report.run.lists[0].counts.broken, 0);
}
