//! Hash lists that are encrypted at rest, by age: by a passphrase, or by a key in a file.
//!
//! Source of the format: age-encryption.org, "The age file encryption format", version 1. What is
//! decrypted is given as it is read, and never written anywhere.

use std::io::{self, BufReader, Read, Write};

use age::secrecy::SecretString;
use age::{Decryptor, Encryptor, IdentityFile};

/// How an encrypted file begins.
pub const MAGIC: &[u8] = b"age-encryption.org/v1\n";

/// What opens an encrypted list. Its memory is overwritten when it is dropped.
#[derive(Debug)]
pub enum Secret {
    /// A passphrase.
    Passphrase(SecretString),
    /// The text of a file with keys, as `age-keygen` makes it.
    Keys(SecretString),
}

/// Why a list can't be encrypted or opened.
#[derive(Debug, thiserror::Error)]
pub enum ProtectError {
    /// A key file has no key.
    #[error("the key file has no key as age-keygen makes it")]
    NoKey,
    /// The secret is another one, or the file was altered.
    #[error("it can't be opened: {0}; is it the right passphrase or key file?")]
    Shut(String),
    /// Encrypting failed.
    #[error("it can't be encrypted: {0}")]
    Failed(String),
    /// Reading or writing failed.
    #[error("reading or writing failed")]
    Io(#[from] io::Error),
}

impl Secret {
    /// A passphrase.
    pub fn passphrase(text: String) -> Self {
        Self::Passphrase(SecretString::from(text))
    }

    /// The text of a key file.
    pub fn keys(text: String) -> Self {
        Self::Keys(SecretString::from(text))
    }
}

fn key_file(text: &SecretString) -> Result<IdentityFile<age::NoCallbacks>, ProtectError> {
    use age::secrecy::ExposeSecret;
    let text = text.expose_secret().as_bytes();
    IdentityFile::from_buffer(text).map_err(|_no_key| ProtectError::NoKey)
}

/// Copies all that is read, encrypted.
///
/// # Errors
/// When a key file has no key, or reading or writing fails.
pub fn encrypt(
    secret: &Secret,
    input: &mut dyn Read,
    out: &mut dyn Write,
) -> Result<(), ProtectError> {
    let failed = |error: age::EncryptError| ProtectError::Failed(error.to_string());
    let encryptor = match secret {
        Secret::Passphrase(passphrase) => Encryptor::with_user_passphrase(passphrase.clone()),
        Secret::Keys(text) => {
            let recipients = key_file(text)?.to_recipients().map_err(failed)?;
            let recipients = recipients.iter().map(|recipient| &**recipient as &dyn age::Recipient);
            Encryptor::with_recipients(recipients).map_err(failed)?
        }
    };
    let mut encrypted = encryptor.wrap_output(out)?;
    io::copy(input, &mut encrypted)?;
    encrypted.finish()?;
    Ok(())
}

/// A reader of what is encrypted. Each piece is authenticated before it is given; a file that was cut is
/// an error when its end is read.
///
/// # Errors
/// When the secret does not open it, or it is no encrypted file.
pub fn decrypt<R: Read>(secret: &Secret, input: R) -> Result<impl Read, ProtectError> {
    let shut = |error: age::DecryptError| ProtectError::Shut(error.to_string());
    let decryptor = Decryptor::new_buffered(BufReader::new(input)).map_err(shut)?;
    match secret {
        Secret::Passphrase(passphrase) => {
            let identity = age::scrypt::Identity::new(passphrase.clone());
            decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(shut)
        }
        Secret::Keys(text) => {
            let keys = key_file(text)?.into_identities().map_err(|_no_key| ProtectError::NoKey)?;
            let keys = keys.iter().map(|key| &**key as &dyn age::Identity);
            decryptor.decrypt(keys).map_err(shut)
        }
    }
}
