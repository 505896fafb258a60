//! From the text of one hash or digest to a [`Known`], or to the reason why not.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::{DigestKind, Known};
use crate::hash::{Algorithm, HashTextError};

/// What a list says a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// A hash of this algorithm.
    Algorithm(Algorithm),
    /// A digest of this kind.
    Digest(DigestKind),
    /// A line among PDQ hashes, whose form does not prove that it is one.
    BarePdq,
    /// Nothing: the length, or the algorithm that the user named, decides.
    Unstated,
}

/// Why a text is no hash or digest that can be searched for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BrokenValue {
    #[error(transparent)]
    Hash(#[from] HashTextError),
    #[error("{found} characters where the {kind} digest has {} hex digits", .kind.digits())]
    DigestLength { kind: DigestKind, found: usize },
    #[error("a character of the {0} digest is not a hex digit")]
    DigestNotHex(DigestKind),
    #[error("all digits are the same, which marks a missing value")]
    Constant,
    #[error("the digest of the empty file, which would match every empty file")]
    EmptyFile,
    #[error("{length}-{} hashes fit more than one algorithm; name yours with --algorithm", if *.hex { "digit" } else { "character base64" })]
    Unnamed { length: usize, hex: bool },
    #[error("{0} characters, which is the length of no hash or digest")]
    Unknown(usize),
}

/// The digests of no bytes at all.
///
/// Source: `md5sum`, `sha1sum` and `sha256sum` of `/dev/null`.
const EMPTY_FILE: [&str; 3] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// Reads a value. The `bool` says whether the list or the user proves what it is: 64 digits that
/// nobody named are read as PDQ, unproven.
///
/// # Errors
/// When the text is not what it claims to be, or stands for no picture at all.
pub(super) fn read(
    claim: Claim,
    text: &str,
    named: Option<Algorithm>,
) -> Result<(Known, bool), BrokenValue> {
    let text = text.trim();
    let algorithm = |algorithm| hash(algorithm, text).map(|known| (known, true));
    match claim {
        Claim::Algorithm(stated) => algorithm(stated),
        Claim::Digest(kind) => Ok((digest(kind, text)?, true)),
        Claim::BarePdq => Ok((hash(Algorithm::Pdq, text)?, named == Some(Algorithm::Pdq))),
        Claim::Unstated => match (named, text.len()) {
            (Some(named), _) if fits(named, text) => algorithm(named),
            (_, 64) => Ok((hash(Algorithm::Pdq, text)?, false)),
            (_, 32) => Ok((digest(DigestKind::Md5, text)?, true)),
            (_, 40) => Ok((digest(DigestKind::Sha1, text)?, true)),
            (Some(named), _) => algorithm(named),
            (None, length) => match looks_classic(text) {
                Some(hex) => Err(BrokenValue::Unnamed { length, hex }),
                None => Err(BrokenValue::Unknown(text.chars().count())),
            },
        },
    }
}

/// Whether the text has the length of a hash of this algorithm, in hex or in base64.
pub(super) fn fits(algorithm: Algorithm, text: &str) -> bool {
    if is_hex(text) {
        text.len() == algorithm.digits()
    } else {
        text.trim_end_matches('=').len() == base64_length(algorithm) && is_base64(text)
    }
}

/// Whether the text may be a hash of the `img_hash` family: `Some(true)` in hex, `Some(false)`
/// in base64.
pub(super) fn looks_classic(text: &str) -> Option<bool> {
    let fits = Algorithm::all().into_iter().any(|algorithm| fits(algorithm, text));
    fits.then(|| is_hex(text))
}

/// Whether the text has hex digits only, and at least one.
pub(super) fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_base64(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    text.trim_end_matches('=').bytes().all(plain)
}

fn base64_length(algorithm: Algorithm) -> usize {
    algorithm.bits().div_ceil(6)
}

fn hash(algorithm: Algorithm, text: &str) -> Result<Known, BrokenValue> {
    let text = unbase64(algorithm, text).map_or(Cow::Borrowed(text), Cow::Owned);
    let hash = algorithm.parse(&text)?;
    if all_equal(&text) {
        return Err(BrokenValue::Constant);
    }
    Ok(Known::Hash(algorithm, hash))
}

/// The hex form of a hash in base64, which is how `ImageHash::to_base64` writes it: the standard
/// alphabet without padding (`image_hasher` 3.1.1, `src/lib.rs`). Padding is allowed here.
fn unbase64(algorithm: Algorithm, text: &str) -> Option<String> {
    // A hash in hex that lost digits must not be taken for base64 of something else.
    if is_hex(text) || !fits(algorithm, text) {
        return None;
    }
    // An undecodable text is reported by the hex reader, which says what was expected.
    match STANDARD_NO_PAD.decode(text.trim_end_matches('=')) {
        Ok(bytes) => Some(hex::encode(bytes)),
        Err(_not_base64) => None,
    }
}

fn digest(kind: DigestKind, text: &str) -> Result<Known, BrokenValue> {
    let found = text.chars().count();
    if found != kind.digits() {
        return Err(BrokenValue::DigestLength { kind, found });
    }
    if !is_hex(text) {
        return Err(BrokenValue::DigestNotHex(kind));
    }
    if all_equal(text) {
        return Err(BrokenValue::Constant);
    }
    if EMPTY_FILE.iter().any(|empty| empty.eq_ignore_ascii_case(text)) {
        return Err(BrokenValue::EmptyFile);
    }
    match kind {
        DigestKind::Md5 => bytes(kind, text).map(Known::Md5),
        DigestKind::Sha1 => bytes(kind, text).map(Known::Sha1),
        DigestKind::Sha256 => bytes(kind, text).map(Known::Sha256),
    }
}

fn bytes<const N: usize>(kind: DigestKind, text: &str) -> Result<[u8; N], BrokenValue> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).map_err(|_not_hex| BrokenValue::DigestNotHex(kind))?;
    Ok(bytes)
}

fn all_equal(text: &str) -> bool {
    let mut digits = text.bytes().map(|byte| byte.to_ascii_lowercase());
    let first = digits.next();
    digits.all(|digit| Some(digit) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDQ: &str = "f8f8f0cce0f4e84d0e370a22028f67f0b36e2ed596623e1d33e6339c4e9c9b22";

    fn gradient() -> Algorithm {
        "gradient-8".parse().unwrap()
    }

    #[test]
    fn a_value_is_read_in_either_case() {
        let lower = read(Claim::Algorithm(Algorithm::Pdq), PDQ, None);
        assert_eq!(lower, read(Claim::Algorithm(Algorithm::Pdq), &PDQ.to_uppercase(), None));
        assert!(lower.is_ok());
    }

    #[test]
    fn unstated_values_are_told_by_their_length() {
        let of = |text: &str| read(Claim::Unstated, text, None);
        assert!(matches!(of(PDQ), Ok((Known::Hash(Algorithm::Pdq, _), false))));
        assert!(matches!(of(&PDQ[..40]), Ok((Known::Sha1(_), true))));
        assert!(matches!(of(&PDQ[..32]), Ok((Known::Md5(_), true))));
        assert_eq!(of(&PDQ[..31]), Err(BrokenValue::Unknown(31)));
        assert_eq!(of(&PDQ[..16]), Err(BrokenValue::Unnamed { length: 16, hex: true }));
    }

    #[test]
    fn the_named_algorithm_is_read_in_hex_and_in_base64() {
        let hex = read(Claim::Unstated, "0102030405060708", Some(gradient()));
        assert!(matches!(hex, Ok((Known::Hash(_, _), true))));
        assert_eq!(read(Claim::Unstated, "AQIDBAUGBwg", Some(gradient())), hex);
        assert_eq!(read(Claim::Unstated, "AQIDBAUGBwg=", Some(gradient())), hex);
    }

    #[test]
    fn hex_that_lost_digits_is_not_taken_for_base64() {
        assert!(read(Claim::Algorithm(Algorithm::Pdq), &PDQ[..43], None).is_err());
    }

    #[test]
    fn values_that_stand_for_no_picture_are_broken() {
        let pdq = |text: &str| read(Claim::Algorithm(Algorithm::Pdq), text, None);
        assert_eq!(pdq(&"0".repeat(64)), Err(BrokenValue::Constant));
        assert_eq!(pdq(&"f".repeat(64)), Err(BrokenValue::Constant));
        assert_eq!(pdq(&"aA".repeat(32)), Err(BrokenValue::Constant));
        assert!(pdq(&format!("{}1", "0".repeat(63))).is_ok());
    }

    #[test]
    fn the_digest_of_the_empty_file_is_broken_in_each_kind() {
        let kinds = [DigestKind::Md5, DigestKind::Sha1, DigestKind::Sha256];
        for (kind, text) in kinds.into_iter().zip(EMPTY_FILE) {
            let claim = Claim::Digest(kind);
            assert_eq!(read(claim, &text.to_uppercase(), None), Err(BrokenValue::EmptyFile));
            assert!(read(claim, &text.replace('9', "8"), None).is_ok());
        }
    }
}
