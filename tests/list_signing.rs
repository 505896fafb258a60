//! Signatures of hash lists: `kinga list keys`, `sign` and `verify`, and `--require-signature`.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use support::{Report, end, fixture, kinga, text};
use tempfile::TempDir;

/// A folder with a list and a pair of keys.
fn signed() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    fs::copy(fixture("lists/known.csv"), &list).unwrap();
    let name = folder.path().join("mine");
    let said = end(kinga(["list", "keys", "--no-passphrase"]).arg(&name));
    assert_eq!(said.status.code(), Some(0), "{}", text(&said.stderr));
    let mode = |end: &str| fs::metadata(name.with_extension(end)).unwrap().permissions().mode();
    assert_eq!(mode("key") & 0o777, 0o600);
    (folder, list)
}

fn sign(list: &Path, flags: &[&str]) -> Option<i32> {
    let key = list.with_file_name("mine.key");
    end(kinga(["list", "sign", "--key"]).arg(key).arg(list).args(flags)).status.code()
}

/// What verifying says, and its status.
fn verify(list: &Path, flags: &[&str]) -> (Option<i32>, String) {
    let key = list.with_file_name("mine.pub");
    let output = end(kinga(["list", "verify", "--key"]).arg(key).arg(list).args(flags));
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn a_signed_list_is_verified_and_an_altered_one_is_not() {
    let (folder, list) = signed();
    assert_eq!(verify(&list, &[]).0, Some(1), "there is no signature yet");
    assert_eq!(sign(&list, &["--serial", "7", "--expires", "90d"]), Some(0));
    let (status, said) = verify(&list, &["--min-serial", "7"]);
    assert!(status == Some(0) && said.contains("serial:7"), "{said}");
    let (status, said) = verify(&list, &["--min-serial", "8"]);
    assert!(status == Some(1) && said.contains("an old edition"), "{said}");
    let mut bytes = fs::read(&list).unwrap();
    bytes.push(b'\n');
    fs::write(&list, bytes).unwrap();
    let (status, said) = verify(&list, &[]);
    assert!(status == Some(1) && said.contains("the list was altered"), "{said}");
    // Keys are not overwritten.
    let again = end(kinga(["list", "keys", "--no-passphrase"]).arg(folder.path().join("mine")));
    assert_eq!(again.status.code(), Some(1));
}

#[test]
fn a_scan_that_requires_signatures_takes_no_other_list() {
    let (folder, list) = signed();
    let public = folder.path().join("mine.pub");
    let scan = |flags: &[&str]| {
        let mut command = kinga(["scan", "fixtures/exact", "--effort", "upright", "--list"]);
        command.arg(&list).arg("--require-signature").arg(&public).args(flags);
        command
    };
    assert_eq!(end(&mut scan(&[])).status.code(), Some(1));
    assert_eq!(sign(&list, &["--serial", "3"]), Some(0));
    let report = Report::of(&mut scan(&[]));
    let signature = report.run.lists[0].signature.clone().unwrap();
    assert!(signature.starts_with("key ") && signature.ends_with("serial:3"), "{signature}");
    assert_eq!(end(&mut scan(&["--min-serial", "4"])).status.code(), Some(1));
    // A compiled list is signed as any other.
    let compiled = folder.path().join("list.kidx");
    let built = end(kinga(["list", "build"]).arg(&list).arg("--output").arg(&compiled));
    assert_eq!(built.status.code(), Some(0));
    assert_eq!(sign(&compiled, &[]), Some(0));
    let mut command = kinga(["scan", "fixtures/exact", "--effort", "upright", "--list"]);
    let report = Report::of(command.arg(&compiled).arg("--require-signature").arg(&public));
    assert!(report.run.lists[0].signature.is_some());
    let stdin =
        end(kinga(["list", "info", "-", "--require-signature"]).arg(&public).write_stdin("x"));
    assert_eq!(stdin.status.code(), Some(2));
}

#[test]
fn a_passphrase_comes_from_a_file_descriptor_and_is_asked_for_only_on_a_terminal() {
    let (folder, list) = signed();
    let name = folder.path().join("locked");
    let program = env!("CARGO_BIN_EXE_kinga");
    let run = |words: &str, phrase: &str| {
        let mut shell = assert_cmd::Command::new("sh");
        let line = format!(
            "printf '{phrase}\\n' | '{program}' list {words} --passphrase-fd 3 3<&0 </dev/null"
        );
        end(shell.current_dir(folder.path()).args(["-c", &line])).status.code()
    };
    // The pipe is standard input on the left side only, so that it is handed over as number 3.
    assert_eq!(run("keys locked", "secret"), Some(0));
    assert!(name.with_extension("pub").exists());
    assert_eq!(run("sign list.csv --key locked.key", "secret"), Some(0));
    assert_eq!(run("sign list.csv --key locked.key", "other"), Some(1));
    assert_eq!(run("keys empty", ""), Some(1));
    let silent = end(kinga(["list", "sign", "--key"]).arg(name.with_extension("key")).arg(&list));
    assert_eq!(silent.status.code(), Some(1));
    assert!(text(&silent.stderr).contains("--passphrase-fd"), "{}", text(&silent.stderr));
}
