//! `kinga list protect` and `unprotect`, and lists that are read although they are encrypted.

use std::path::Path;

use anyhow::Result;
use kinga::list::{HashList, ReadOptions};
use kinga::mapped;
use kinga::report::printable;

use super::list_args::{ListProtectArgs, SecretArgs};
use super::status::Status;

/// Whether a file begins as an encrypted one. What can't be read is told by whoever reads it next.
pub(super) fn is_protected(path: &Path) -> bool {
    path.as_os_str() != "-" && mapped::begins_with(path, b"age-encryption.org/v1\n")
}

fn name(path: &Path) -> String {
    printable(&path.to_string_lossy()).into_owned()
}

#[cfg(not(feature = "protect"))]
mod without {
    use anyhow::bail;

    use super::{HashList, ListProtectArgs, Path, ReadOptions, Result, SecretArgs, Status, name};

    fn missing(path: &Path) -> Result<std::convert::Infallible> {
        bail!(
            "{}: encrypted lists need a program that was built with the feature protect: `cargo install \
             --path . --features protect`",
            name(path)
        )
    }

    pub(in super::super) fn protect(args: &ListProtectArgs) -> Result<Status> {
        match missing(&args.list)? {}
    }

    pub(in super::super) fn unprotect(args: &ListProtectArgs) -> Result<Status> {
        match missing(&args.list)? {}
    }

    pub(in super::super) fn open(
        path: &Path,
        _secret: &SecretArgs,
        _options: ReadOptions,
    ) -> Result<HashList> {
        match missing(path)? {}
    }
}

#[cfg(not(feature = "protect"))]
pub(super) use without::{open, protect, unprotect};

#[cfg(feature = "protect")]
mod with {
    use std::fs::{self, File};
    use std::io::{self, BufWriter, Write};
    use std::slice::from_ref;

    use anyhow::{Context, bail};
    use kinga::protect::{Secret, decrypt, encrypt};

    use super::super::output::print;
    use super::super::sign::{new_passphrase, passphrase};
    use super::super::whole::WholeFile;
    use super::{
        HashList, ListProtectArgs, Path, ReadOptions, Result, SecretArgs, Status, is_protected,
        name,
    };

    fn opened(path: &Path) -> Result<File> {
        File::open(path).with_context(|| format!("{}: can't be opened", name(path)))
    }

    /// The secret that opens a file.
    fn secret(args: &SecretArgs, path: &Path) -> Result<Secret> {
        if let Some(keys) = &args.key_file {
            let text = fs::read_to_string(keys);
            return Ok(Secret::keys(
                text.with_context(|| format!("{}: can't be read", name(keys)))?,
            ));
        }
        let prompt = format!("passphrase of {}: ", name(path));
        Ok(Secret::passphrase(passphrase(&args.passphrase, &prompt)?))
    }

    pub(in super::super) fn protect(args: &ListProtectArgs) -> Result<Status> {
        if is_protected(&args.list) {
            bail!("{}: it is encrypted already", name(&args.list));
        }
        let mut file = opened(&args.list)?;
        let target = WholeFile::begin(&args.output, from_ref(&args.list))?;
        let secret = match &args.secret.key_file {
            Some(_) => secret(&args.secret, &args.list)?,
            None => Secret::passphrase(new_passphrase(&args.secret.passphrase)?),
        };
        let mut out = BufWriter::new(target.handle()?);
        encrypt(&secret, &mut file, &mut out).with_context(|| name(&args.list))?;
        out.flush().with_context(|| name(&args.output))?;
        let path = name(&target.finish(true)?);
        print(&format!(
            "{path}: encrypted; {} is as it was, delete it where it is not needed\n",
            name(&args.list)
        ))?;
        Ok(Status::Finished)
    }

    pub(in super::super) fn unprotect(args: &ListProtectArgs) -> Result<Status> {
        let target = WholeFile::begin(&args.output, from_ref(&args.list))?;
        let secret = secret(&args.secret, &args.list)?;
        let mut plain = decrypt(&secret, opened(&args.list)?).with_context(|| name(&args.list))?;
        let mut out = BufWriter::new(target.handle()?);
        io::copy(&mut plain, &mut out).with_context(|| name(&args.list))?;
        out.flush().with_context(|| name(&args.output))?;
        let path = name(&target.finish(true)?);
        print(&format!("{path}: no longer encrypted\n"))?;
        Ok(Status::Finished)
    }

    /// Reads an encrypted list.
    pub(in super::super) fn open(
        path: &Path,
        args: &SecretArgs,
        options: ReadOptions,
    ) -> Result<HashList> {
        let secret = secret(args, path)?;
        let plain = decrypt(&secret, opened(path)?).with_context(|| name(path))?;
        Ok(HashList::read(&path.to_string_lossy(), plain, &options)?)
    }
}

#[cfg(feature = "protect")]
pub(super) use with::{open, protect, unprotect};
