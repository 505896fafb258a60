//! Signatures of hash lists, as minisign makes and verifies them (Ed25519 over `BLAKE2b`), with a serial
//! number and an end in what is signed beside the list.
//!
//! Source of the formats: jedisct1/minisign, "Signature format". Its trusted comment is made of words
//! such as `timestamp:1700000000` with tabs between them; `serial` and `expires` are ours.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use minisign::{KeyPair, PublicKey, PublicKeyBox, SecretKeyBox, SignatureBox};
use sha2::{Digest, Sha256};

/// What is said with a signature, and signed as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The number of the edition.
    pub serial: Option<u64>,
    /// After this time it is not to be used, in seconds since the beginning of 1970.
    pub expires: Option<u64>,
}

/// A signature that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The id of the key, in hex.
    pub key: String,
    /// What is said with it.
    pub claim: Claim,
    /// The same, as it stands there.
    pub comment: String,
    /// SHA-256 of the signed bytes.
    pub sha256: [u8; 32],
}

/// Why nothing can be signed or verified.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// A key is none.
    #[error("not a key as `kinga list keys` or minisign makes it")]
    NoKey,
    /// A secret key is locked by a passphrase.
    #[error("the secret key is locked by a passphrase")]
    Locked,
    /// The passphrase does not open the key.
    #[error("the passphrase does not open the secret key")]
    Passphrase,
    /// A signature is none.
    #[error("not a signature as minisign makes it")]
    NoSignature,
    /// The signature is of another key, or of other bytes.
    #[error("the signature does not fit: the list was altered, or another key signed it")]
    Unfit,
    /// A word of the comment can't be read.
    #[error("what is signed beside the list can't be read")]
    Claim,
    /// The signature is over.
    #[error("the signature expired at {}; get the list again", humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(*.0)))]
    Expired(u64),
    /// The serial number is too low.
    #[error("the signature has {}, and at least {least} is asked for: it is an old edition", .found.map_or_else(|| "no serial number".to_owned(), |found| format!("serial number {found}")))]
    Old {
        /// What it has.
        found: Option<u64>,
        /// What was asked for.
        least: u64,
    },
    /// Reading failed.
    #[error("reading failed")]
    Read(#[source] io::Error),
    /// Signing failed.
    #[error("signing failed: {0}")]
    Failed(String),
}

/// A new pair of keys: the text of the secret one, locked if there is a passphrase, and of the public
/// one.
///
/// # Errors
/// When the system has no randomness.
pub fn new_keys(passphrase: Option<String>) -> Result<(String, String), SigningError> {
    let failed = |error: minisign::PError| SigningError::Failed(error.to_string());
    let pair = match passphrase {
        Some(passphrase) => KeyPair::generate_encrypted_keypair(Some(passphrase)),
        None => KeyPair::generate_unencrypted_keypair(),
    };
    let KeyPair { pk, sk } = pair.map_err(failed)?;
    let secret = sk.to_box(Some("secret key to sign hash lists with")).map_err(failed)?;
    Ok((secret.into_string(), pk.to_box().map_err(failed)?.into_string()))
}

/// The text of a signature of all that is read.
///
/// # Errors
/// When the key is none, is locked and there is no passphrase ([`SigningError::Locked`]), or reading
/// fails.
pub fn sign(
    secret: &str,
    passphrase: Option<String>,
    list: impl Read,
    claim: &Claim,
) -> Result<String, SigningError> {
    let parsed = || SecretKeyBox::from_string(secret).map_err(|_other| SigningError::NoKey);
    let key = match passphrase {
        None if is_locked(secret)? => return Err(SigningError::Locked),
        None => parsed()?.into_unencrypted_secret_key().map_err(|_other| SigningError::NoKey)?,
        Some(passphrase) => parsed()?
            .into_secret_key(Some(passphrase))
            .map_err(|_other| SigningError::Passphrase)?,
    };
    let comment = claim.comment(SystemTime::now());
    let signature =
        minisign::sign(None, &key, list, Some(&comment), Some("signature of a hash list"));
    Ok(signature.map_err(|error| SigningError::Failed(error.to_string()))?.into_string())
}

/// Whether a passphrase is needed to use a secret key: the bytes 2 and 3 of its second line name the
/// function that makes a key of it, or are zero.
fn is_locked(secret: &str) -> Result<bool, SigningError> {
    let bytes = secret.lines().nth(1).map(|line| BASE64_STANDARD.decode(line.trim()));
    let bytes = bytes.and_then(|bytes| bytes.into_iter().next()).ok_or(SigningError::NoKey)?;
    match bytes.get(2..4) {
        Some([0, 0]) => Ok(false),
        Some(_) => Ok(true),
        None => Err(SigningError::NoKey),
    }
}

/// Verifies a signature of all that is read.
///
/// # Errors
/// When it does not fit, is over at `now`, or has a lower serial number than `least`.
pub fn verify(
    public: &str,
    signature: &str,
    list: impl Read,
    least: Option<u64>,
    now: SystemTime,
) -> Result<Verified, SigningError> {
    let key = public_key(public)?;
    let signature =
        SignatureBox::from_string(signature).map_err(|_other| SigningError::NoSignature)?;
    let mut read = Digesting { input: list, state: Sha256::new(), failed: None };
    let fits = minisign::verify(&key, &signature, &mut read, true, false, false);
    if let Some(error) = read.failed {
        return Err(SigningError::Read(error));
    }
    fits.map_err(|_other| SigningError::Unfit)?;
    let comment = signature.trusted_comment().map_err(|_other| SigningError::Claim)?;
    let claim = Claim::of(&comment)?;
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    match (claim.expires, least) {
        (Some(expires), _) if expires < seconds => return Err(SigningError::Expired(expires)),
        (_, Some(least)) if claim.serial.is_none_or(|serial| serial < least) => {
            return Err(SigningError::Old { found: claim.serial, least });
        }
        _ => {}
    }
    // minisign shows it as a number, of which the lowest byte comes first.
    let key = hex::encode_upper(key.keynum().iter().rev().copied().collect::<Vec<u8>>());
    Ok(Verified { key, claim, comment, sha256: read.state.finalize().into() })
}

fn public_key(text: &str) -> Result<PublicKey, SigningError> {
    let boxed = PublicKeyBox::from_string(text).and_then(PublicKeyBox::into_public_key);
    // Alone, without the line above it, it is a key as well.
    boxed
        .or_else(|_other| PublicKey::from_base64(text.trim()))
        .map_err(|_other| SigningError::NoKey)
}

impl Claim {
    fn comment(&self, now: SystemTime) -> String {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut words = vec![format!("timestamp:{now}"), "hashed".to_owned()];
        words.extend(self.serial.map(|serial| format!("serial:{serial}")));
        words.extend(self.expires.map(|expires| format!("expires:{expires}")));
        words.join("\t")
    }

    fn of(comment: &str) -> Result<Self, SigningError> {
        let word = |name: &str| {
            let mut words = comment.split('\t').filter_map(|word| word.split_once(':'));
            let found = words.find(|(known, _)| *known == name);
            found.map(|(_, value)| value.parse().map_err(|_other| SigningError::Claim)).transpose()
        };
        Ok(Self { serial: word("serial")?, expires: word("expires")? })
    }
}

/// Digests what it reads, for whoever wants to know that it read the same.
struct Digesting<R> {
    input: R,
    state: Sha256,
    failed: Option<io::Error>,
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.input.read(buffer) {
            Ok(count) => {
                self.state.update(&buffer[..count]);
                Ok(count)
            }
            Err(error) => {
                let kind = error.kind();
                self.failed = Some(error);
                Err(kind.into())
            }
        }
    }
}

/// Verifying asks for it and does without.
impl<R> Seek for Digesting<R> {
    fn seek(&mut self, _to: SeekFrom) -> io::Result<u64> {
        Cursor::new([]).seek(SeekFrom::Start(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_800_000_000);

    fn now() -> SystemTime {
        UNIX_EPOCH + NOW
    }

    fn claim(serial: Option<u64>, expires: Option<u64>) -> Claim {
        Claim { serial, expires }
    }

    #[test]
    fn a_signature_fits_its_list_and_key_and_no_other() {
        let [(secret, public), (_, other)] = [(); 2].map(|()| new_keys(None).unwrap());
        let signature = sign(&secret, None, &b"list"[..], &claim(Some(7), None)).unwrap();
        let verified = verify(&public, &signature, &b"list"[..], None, now()).unwrap();
        assert_eq!((verified.claim, verified.key.len()), (claim(Some(7), None), 16));
        assert_eq!(verified.sha256, <[u8; 32]>::from(Sha256::digest(b"list")));
        let alone = public.lines().nth(1).unwrap();
        assert!(verify(alone, &signature, &b"list"[..], None, now()).is_ok());
        let unfit = |public: &str, list: &[u8]| {
            matches!(verify(public, &signature, list, None, now()), Err(SigningError::Unfit))
        };
        assert!(unfit(&public, b"lost") && unfit(&other, b"list"));
        // What is said with it is signed, too.
        let altered = signature.replace("serial:7", "serial:8");
        let altered = verify(&public, &altered, &b"list"[..], None, now());
        assert!(matches!(altered, Err(SigningError::Unfit)));
    }

    #[test]
    fn the_last_second_is_in_time_and_the_next_is_not_and_so_with_serial_numbers() {
        let (secret, public) = new_keys(None).unwrap();
        let of = |claim: &Claim, least| {
            let signature = sign(&secret, None, &b"x"[..], claim).unwrap();
            verify(&public, &signature, &b"x"[..], least, now())
        };
        assert!(of(&claim(None, Some(NOW.as_secs())), None).is_ok());
        let over = of(&claim(None, Some(NOW.as_secs() - 1)), None);
        assert!(matches!(over, Err(SigningError::Expired(_))));
        assert!(of(&claim(Some(5), None), Some(5)).is_ok());
        let old = of(&claim(Some(5), None), Some(6)).unwrap_err().to_string();
        assert!(old.contains("serial number 5, and at least 6"), "{old}");
        assert!(matches!(of(&claim(None, None), Some(0)), Err(SigningError::Old { .. })));
    }

    #[test]
    fn a_locked_key_needs_its_passphrase() {
        let (secret, public) = new_keys(Some("open".to_owned())).unwrap();
        let of = |passphrase: Option<&str>| {
            sign(&secret, passphrase.map(str::to_owned), &b"x"[..], &Claim::default())
        };
        assert!(matches!(of(None), Err(SigningError::Locked)));
        assert!(matches!(of(Some("shut")), Err(SigningError::Passphrase)));
        assert!(verify(&public, &of(Some("open")).unwrap(), &b"x"[..], None, now()).is_ok());
    }

    #[test]
    fn what_is_no_key_and_no_signature_is_told_apart() {
        let (secret, public) = new_keys(None).unwrap();
        let signature = sign(&secret, None, &b"x"[..], &Claim::default()).unwrap();
        let of = |key: &str, signature: &str| verify(key, signature, &b"x"[..], None, now());
        for bad in ["", "x\ny", &signature] {
            assert!(matches!(of(bad, &signature), Err(SigningError::NoKey)), "{bad}");
        }
        for bad in ["", "x\ny\nz\nw", &public] {
            assert!(matches!(of(&public, bad), Err(SigningError::NoSignature)), "{bad}");
        }
        for bad in ["x", "x\ny", &public] {
            let signed = sign(bad, None, &b"x"[..], &Claim::default());
            assert!(matches!(signed, Err(SigningError::NoKey | SigningError::Locked)), "{bad}");
        }
    }
}
