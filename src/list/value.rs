//! From the text of one hash or digest to a [`Known`], or to the reason why not.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::{DigestKind, Known};
use crate::hash::{Algorithm, Hash, HashTextError};

/// What a list says a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// A hash of this algorithm.
    Algorithm(Algorithm),
    /// A digest of this kind.
    Digest(DigestKind),
    /// A PDQ hash by the form of its line, which a list of SHA-256 may have as well.
    LikelyPdq,
    /// A SHA-256 by the form of its line, which a list of PDQ hashes may have as well.
    LikelySha256,
    /// A line among PDQ hashes, whose form does not prove that it is one.
    BarePdq,
    /// Nothing: the length, or the algorithm that the user named, decides.
    Unstated,
}

impl Claim {
    /// Whether a quality that stands in the same row is about such a value: only PDQ has one.
    pub(super) fn has_quality(self) -> bool {
        match self {
            Self::Algorithm(algorithm) => algorithm == Algorithm::Pdq,
            Self::LikelyPdq | Self::BarePdq | Self::Unstated => true,
            Self::Digest(_) | Self::LikelySha256 => false,
        }
    }

    /// Whether it is a digest.
    pub(super) fn is_digest(self) -> bool {
        matches!(self, Self::Digest(_) | Self::LikelySha256)
    }
}

/// What speaks for a value being what it is read as. The rules are those of
/// [`settle::prove`](super::settle::prove); the best proof comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Proof {
    /// The list or the user says so, or nothing else has its length; or it is the second reading
    /// of another value.
    Proven,
    /// The form of its line, in which both PDQ hashes and SHA-256 digests are written.
    Likely,
    /// Nothing: 64 digits are taken for PDQ.
    Bare,
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
/// Source: `md5sum`, `sha1sum`, `sha256sum` and `sha512sum` of `/dev/null`.
const EMPTY_FILE: [&str; 4] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce\
     47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
];

/// Reads a value, and says what speaks for the reading.
///
/// # Errors
/// When the text is not what it claims to be, or stands for no picture at all.
pub(super) fn read(
    claim: Claim,
    text: &str,
    named: Option<Algorithm>,
) -> Result<(Known, Proof), BrokenValue> {
    let text = text.trim();
    let proven = |known| (known, Proof::Proven);
    let pdq = |proof| {
        doubtful_pdq(text, if named == Some(Algorithm::Pdq) { Proof::Proven } else { proof })
    };
    match claim {
        Claim::Algorithm(stated) => hash(stated, text).map(proven),
        Claim::Digest(kind) => digest(kind, text).map(proven),
        Claim::LikelySha256 => Ok((digest(DigestKind::Sha256, text)?, Proof::Likely)),
        Claim::LikelyPdq => pdq(Proof::Likely),
        Claim::BarePdq => pdq(Proof::Bare),
        Claim::Unstated => match (named, text.len()) {
            (Some(named), _) if fits(named, text) => hash(named, text).map(proven),
            (_, 64) => pdq(Proof::Bare),
            (_, 32) => digest(DigestKind::Md5, text).map(proven),
            (_, 40) => digest(DigestKind::Sha1, text).map(proven),
            (_, 128) => digest(DigestKind::Sha512, text).map(proven),
            (Some(named), _) => hash(named, text).map(proven),
            (None, length) => match looks_classic(text) {
                Some(hex) => Err(BrokenValue::Unnamed { length, hex }),
                None => Err(BrokenValue::Unknown(text.chars().count())),
            },
        },
    }
}

/// 64 digits read as PDQ. The digest of the empty file is none, and its second reading would match
/// every empty file.
fn doubtful_pdq(text: &str, proof: Proof) -> Result<(Known, Proof), BrokenValue> {
    let known = hash(Algorithm::Pdq, text)?;
    if proof != Proof::Proven && is_empty_file(text) {
        return Err(BrokenValue::EmptyFile);
    }
    Ok((known, proof))
}

impl Known {
    /// What the same 64 digits are when read the other way, a PDQ hash as SHA-256 and the reverse.
    pub(super) fn other_reading(&self) -> Option<Self> {
        match self {
            Self::Hash(Algorithm::Pdq, Hash([low, second, third, high])) => {
                let mut bytes = [0; 32];
                let words = [high, third, second, low].map(|word| word.to_be_bytes());
                bytes.copy_from_slice(words.as_flattened());
                Some(Self::Sha256(bytes))
            }
            Self::Sha256(bytes) => Some(Self::Hash(Algorithm::Pdq, pdq_of_bytes(bytes))),
            Self::Hash(..) | Self::Md5(_) | Self::Sha1(_) | Self::Sha512(_) => None,
        }
    }
}

/// The PDQ hash whose text has these bytes: bit 255 comes first.
fn pdq_of_bytes(bytes: &[u8; 32]) -> Hash {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().rev().zip(bytes.as_chunks().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    Hash(words)
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
    // The quick way, since the lists with millions of entries are PDQ in hex.
    if algorithm == Algorithm::Pdq
        && !all_equal(text)
        && let Some(bytes) = decode(text)
    {
        return Ok(Known::Hash(algorithm, pdq_of_bytes(&bytes)));
    }
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
    if text.len() != kind.digits() {
        let found = text.chars().count();
        return Err(BrokenValue::DigestLength { kind, found });
    }
    let known = match kind {
        DigestKind::Md5 => decode(text).map(Known::Md5),
        DigestKind::Sha1 => decode(text).map(Known::Sha1),
        DigestKind::Sha256 => decode(text).map(Known::Sha256),
        DigestKind::Sha512 => decode::<64>(text).map(|all| Known::Sha512(first_half(&all))),
    };
    let known = known.ok_or(BrokenValue::DigestNotHex(kind))?;
    if all_equal(text) {
        return Err(BrokenValue::Constant);
    }
    if is_empty_file(text) {
        return Err(BrokenValue::EmptyFile);
    }
    Ok(known)
}

fn first_half(all: &[u8; 64]) -> [u8; 32] {
    std::array::from_fn(|k| all[k])
}

fn is_empty_file(text: &str) -> bool {
    EMPTY_FILE.iter().any(|empty| empty.eq_ignore_ascii_case(text))
}

/// The bytes of `2 N` hex digits. By a table, and not by the crate `hex`, which asks of each digit
/// whether it is a letter, which the processor cannot guess: that was the slowest part of reading.
fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, []) = text.as_bytes().as_chunks() else { return None };
    let mut bytes = [0; N];
    if pairs.len() != N {
        return None;
    }
    let mut all = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (high, low) = (DIGITS[usize::from(*high)], DIGITS[usize::from(*low)]);
        all |= high | low;
        *byte = high << 4 | low;
    }
    (all < 16).then_some(bytes)
}

/// The value of each hex digit, and 255 for what is none.
const DIGITS: [u8; 256] = {
    let mut digits = [255; 256];
    let mut value = 0;
    while value < 16 {
        let digit = b"0123456789abcdef"[value as usize];
        digits[digit as usize] = value;
        digits[digit.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    digits
};

fn all_equal(text: &str) -> bool {
    let mut digits = text.bytes().map(|byte| byte.to_ascii_lowercase());
    let first = digits.next();
    digits.all(|digit| Some(digit) == first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        assert!(matches!(of(PDQ), Ok((Known::Hash(Algorithm::Pdq, _), Proof::Bare))));
        assert!(matches!(of(&PDQ[..40]), Ok((Known::Sha1(_), Proof::Proven))));
        assert!(matches!(of(&PDQ[..32]), Ok((Known::Md5(_), Proof::Proven))));
        assert_eq!(of(&PDQ[..31]), Err(BrokenValue::Unknown(31)));
        assert_eq!(of(&PDQ[..16]), Err(BrokenValue::Unnamed { length: 16, hex: true }));
    }

    #[test]
    fn the_named_algorithm_is_read_in_hex_and_in_base64() {
        let hex = read(Claim::Unstated, "0102030405060708", Some(gradient()));
        assert!(matches!(hex, Ok((Known::Hash(_, _), Proof::Proven))));
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
        let kinds = [DigestKind::Md5, DigestKind::Sha1, DigestKind::Sha256, DigestKind::Sha512];
        for (kind, text) in kinds.into_iter().zip(EMPTY_FILE) {
            let claim = Claim::Digest(kind);
            assert_eq!(read(claim, &text.to_uppercase(), None), Err(BrokenValue::EmptyFile));
            assert!(read(claim, &text.replace('9', "8"), None).is_ok());
        }
    }

    #[test]
    fn the_digest_of_the_empty_file_is_no_doubtful_pdq_hash() {
        let sha256 = EMPTY_FILE[2];
        for claim in [Claim::BarePdq, Claim::LikelyPdq, Claim::Unstated] {
            assert_eq!(read(claim, sha256, None), Err(BrokenValue::EmptyFile));
        }
        assert!(read(Claim::Algorithm(Algorithm::Pdq), sha256, None).is_ok());
    }

    proptest! {
        #[test]
        fn a_pdq_hash_is_what_the_plain_reader_makes_of_it_and_has_its_digits_as_sha256(
            text in "[0-9a-fA-F]{64}",
        ) {
            let known = hash(Algorithm::Pdq, &text).unwrap();
            prop_assert_eq!(known, Known::Hash(Algorithm::Pdq, Algorithm::Pdq.parse(&text).unwrap()));
            let sha256 = digest(DigestKind::Sha256, &text).unwrap();
            prop_assert_eq!(known.other_reading(), Some(sha256));
            prop_assert_eq!(sha256.other_reading(), Some(known));
        }
    }
}
