//! `kinga list sign`, `verify` and `keys`: signatures of hash lists.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail};
use kinga::report::printable;
use kinga::signing::{self, Claim, SigningError, Verified};

use super::list_args::{ListKeysArgs, ListSignArgs, ListVerifyArgs, PassphraseArgs};
use super::output::print;
use super::status::{Status, usage};
use super::whole::WholeFile;

pub(super) fn sign(args: &ListSignArgs) -> Result<Status> {
    let secret = text_of(&args.key)?;
    let output = args.output.clone().unwrap_or_else(|| with_end(&args.list, ".minisig"));
    let file = WholeFile::begin(&output, &[args.list.clone(), args.key.clone()])?;
    let until = |after| (SystemTime::now() + after).duration_since(UNIX_EPOCH);
    let expires = args.expires.map(until).transpose()?.map(|time| time.as_secs());
    let claim = Claim { serial: args.serial, expires };
    let open =
        || File::open(&args.list).with_context(|| format!("{}: can't be opened", name(&args.list)));
    let signature = match signing::sign(&secret, None, open()?, &claim) {
        Err(SigningError::Locked) => {
            let passphrase = passphrase(&args.passphrase, "passphrase of the secret key: ")?;
            signing::sign(&secret, Some(passphrase), open()?, &claim)
        }
        other => other,
    };
    let signature = signature.with_context(|| name(&args.key))?;
    write(file, &signature)?;
    print(&format!("{}: signed; the signature is in {}\n", name(&args.list), name(&output)))?;
    Ok(Status::Finished)
}

pub(super) fn verify(args: &ListVerifyArgs) -> Result<Status> {
    let (signed, _) = verified(&args.list, &args.key, args.min_serial)?;
    print(&format!("{}: the signature fits ({})\n", name(&args.list), printable(&signed)))?;
    Ok(Status::Finished)
}

pub(super) fn keys(args: &ListKeysArgs) -> Result<Status> {
    let [secret_path, public_path] = [".key", ".pub"].map(|end| with_end(&args.name, end));
    if let Some(known) = [&secret_path, &public_path].iter().find(|path| path.exists()) {
        bail!("{}: it is there already; keys are not overwritten", name(known));
    }
    let files = [WholeFile::begin(&public_path, &[])?, WholeFile::begin(&secret_path, &[])?];
    let passphrase =
        if args.no_passphrase { None } else { Some(new_passphrase(&args.passphrase)?) };
    let (secret, public) = signing::new_keys(passphrase)?;
    let [public_file, secret_file] = files;
    write(public_file, &public)?;
    write(secret_file, &secret)?;
    print(&format!(
        "{}: keep it to yourself\n{}: give it to those who are to verify your lists\n",
        name(&secret_path),
        name(&public_path)
    ))?;
    Ok(Status::Finished)
}

/// By which key a list was signed and what was said with that, and SHA-256 of what was verified.
pub(super) fn verified(list: &Path, key: &Path, least: Option<u64>) -> Result<(String, [u8; 32])> {
    // What is verified is read twice, which a pipe can't be.
    if list.as_os_str() == "-" || list.exists() && !list.is_file() {
        return Err(usage("a list from a pipe has no signature beside it; give its file"));
    }
    let signature_path = with_end(list, ".minisig");
    let public = text_of(key)?;
    let signature = text_of(&signature_path)
        .with_context(|| format!("{}: there is no signature beside the list", name(list)))?;
    let opened = File::open(list).with_context(|| format!("{}: can't be opened", name(list)))?;
    let Verified { key, comment, sha256, .. } =
        signing::verify(&public, &signature, opened, least, SystemTime::now())
            .with_context(|| name(list))?;
    Ok((format!("key {key}: {}", comment.replace('\t', " ")), sha256))
}

fn write(file: WholeFile, text: &str) -> Result<()> {
    file.handle()?.write_all(text.as_bytes()).context("writing failed")?;
    file.finish(true)?;
    Ok(())
}

fn name(path: &Path) -> String {
    printable(&path.to_string_lossy()).into_owned()
}

/// A path with something behind its name.
fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(end);
    path.into()
}

/// The text of a small file.
fn text_of(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("{}: can't be read", name(path)))?;
    String::from_utf8(bytes).with_context(|| format!("{}: not a text", name(path)))
}

pub(super) fn new_passphrase(args: &PassphraseArgs) -> Result<String> {
    let first = passphrase(args, "new passphrase: ")?;
    if args.passphrase_fd.is_none() && passphrase(args, "once more: ")? != first {
        bail!("the two are not the same; nothing was written");
    }
    if first.is_empty() {
        bail!("the passphrase is empty; --no-passphrase does without one");
    }
    Ok(first)
}

/// A passphrase from where the flags say, or from the terminal.
pub(super) fn passphrase(args: &PassphraseArgs, prompt: &str) -> Result<String> {
    let Some(number) = args.passphrase_fd else {
        if !io::stdin().is_terminal() {
            return Err(anyhow!(
                "there is no terminal to ask for the passphrase; give it with --passphrase-fd"
            ));
        }
        return rpassword::prompt_password(prompt).context("the passphrase can't be asked for");
    };
    let path = format!("/dev/fd/{number}");
    let cannot = || format!("the passphrase can't be read from file descriptor {number}");
    let mut file = File::open(path).with_context(cannot)?;
    // No more than the line, so that a second passphrase can be read from behind it.
    let (mut line, mut byte) = (Vec::new(), [0]);
    while file.read(&mut byte).with_context(cannot)? == 1 && byte != *b"\n" {
        line.extend(byte);
    }
    let line = String::from_utf8(line).with_context(cannot)?;
    Ok(line.trim_end_matches('\r').to_owned())
}
