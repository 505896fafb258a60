//! Encrypted lists: with the feature `protect` every command reads them, and without it they are refused
//! with a word on it.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::fs;
#[cfg(feature = "protect")]
use std::path::Path;

#[cfg(not(feature = "protect"))]
use support::kinga;
use support::{end, fixture, text};

#[cfg(not(feature = "protect"))]
#[test]
fn without_the_feature_an_encrypted_list_is_refused_with_a_word_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.age");
    fs::write(&list, "age-encryption.org/v1\n-> X25519 x\n").unwrap();
    let mut protect = kinga(["list", "protect", "-o"]);
    protect.arg(folder.path().join("out")).arg(fixture("lists/known.csv"));
    let scan = kinga(["scan", "fixtures/exact", "--list"]);
    for mut command in [scan, kinga(["list", "info"])] {
        let output = end(command.arg(&list));
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("--features protect"), "{}", text(&output.stderr));
    }
    assert!(text(&end(&mut protect).stderr).contains("--features protect"));
}

/// Runs a command of the program in a folder, with lines to be read from descriptor 3.
#[cfg(feature = "protect")]
fn with_phrase(folder: &Path, words: &str, phrase: &str) -> (Option<i32>, String, String) {
    let program = env!("CARGO_BIN_EXE_kinga");
    let line =
        format!("printf '{phrase}\\n' | '{program}' {words} --passphrase-fd 3 3<&0 </dev/null");
    let mut shell = assert_cmd::Command::new("sh");
    let output = end(shell.current_dir(folder).args(["-c", &line]));
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[cfg(feature = "protect")]
#[test]
fn an_encrypted_list_is_searched_as_it_was_and_withdraws_what_it_did() {
    use support::Report;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::copy(fixture("lists/services/stopncii.json"), at.join("list.json")).unwrap();
    let protect = "list protect list.json -o list.age";
    assert_eq!(with_phrase(at, protect, "open").0, Some(0));
    let bytes = fs::read(at.join("list.age")).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
    assert!(!String::from_utf8_lossy(&bytes).contains("hashRecords"));
    let pictures = fixture("originals");
    let pictures = pictures.to_str().unwrap();
    let scan = |lists: &str, phrases: &str| {
        let words = format!("scan {pictures} --effort upright --format jsonl {lists}");
        let (status, stdout, stderr) = with_phrase(at, &words, phrases);
        assert_eq!(status, Some(0), "{stderr}");
        Report::read(&stdout, 0)
    };
    let found = |report: &Report| {
        let matched = report.files.iter().filter(|file| file.matches_found > 0);
        matched.map(|file| file.path.clone()).collect::<Vec<_>>()
    };
    let plain = scan("--list list.json", "");
    let hidden = scan("--list list.age", "open");
    assert_eq!((found(&hidden), found(&plain).len()), (found(&plain), 2));
    assert_eq!(hidden.run.lists[0].sha256, plain.run.lists[0].sha256);
    // A withdrawal that is encrypted withdraws as well; each list has its line.
    let listed = fs::read_to_string(at.join("list.json")).unwrap();
    let mut gone: serde_json::Value = serde_json::from_str(&listed).unwrap();
    for record in gone["hashRecords"].as_array_mut().unwrap() {
        record["hashStatus"] = "Withdrawn".into();
        record["lastModtimestamp"] = 1_799_999_999.into();
    }
    fs::write(at.join("gone.json"), gone.to_string()).unwrap();
    assert_eq!(with_phrase(at, "list protect gone.json -o gone.age", "other").0, Some(0));
    let words = format!("scan {pictures} --list list.age --list gone.age");
    let (status, _, stderr) = with_phrase(at, &words, "open\\nother");
    assert!(status == Some(1) && stderr.contains("nothing to search for"), "{stderr}");
    // A wrong passphrase, and back to what it was.
    let (status, _, stderr) = with_phrase(at, "list info list.age", "shut");
    assert!(status == Some(1) && stderr.contains("right passphrase"), "{stderr}");
    assert_eq!(with_phrase(at, "list unprotect list.age -o back.json", "open").0, Some(0));
    assert_eq!(fs::read(at.join("back.json")).unwrap(), listed.as_bytes());
    assert_eq!(with_phrase(at, "list unprotect list.age -o none.json", "shut").0, Some(1));
    assert!(!at.join("none.json").exists());
}

#[cfg(feature = "protect")]
mod secrets {
    use age::secrecy::ExposeSecret;
    use kinga::protect::{MAGIC, ProtectError, Secret, decrypt, encrypt};
    use std::io::Read;

    fn keys() -> Secret {
        Secret::keys(age::x25519::Identity::generate().to_string().expose_secret().to_owned())
    }

    fn opened(secret: &Secret, bytes: &[u8]) -> Result<Vec<u8>, ProtectError> {
        let mut text = Vec::new();
        decrypt(secret, bytes)?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn what_was_encrypted_is_read_with_its_key_and_no_other_and_only_whole() {
        let (mine, other) = (keys(), keys());
        let list = b"pdq\n".repeat(50_000);
        let mut bytes = Vec::new();
        encrypt(&mine, &mut &list[..], &mut bytes).unwrap();
        assert!(bytes.starts_with(MAGIC) && !bytes.windows(4).any(|four| four == b"pdq\n"));
        assert_eq!(opened(&mine, &bytes).unwrap(), list);
        assert!(matches!(opened(&other, &bytes), Err(ProtectError::Shut(_))));
        assert!(opened(&mine, &bytes[..bytes.len() - 1]).is_err());
        assert!(opened(&mine, &bytes[..70_000]).is_err());
        bytes[100_000] ^= 1;
        assert!(opened(&mine, &bytes).is_err());
    }

    #[test]
    fn a_file_without_keys_is_told() {
        let none = Secret::keys("# nothing\n".to_owned());
        assert!(encrypt(&none, &mut &b"x"[..], &mut Vec::new()).is_err());
        assert!(matches!(opened(&keys(), b"pdq\n"), Err(ProtectError::Shut(_))));
    }
}
