//! The field's small quantities: [`struct@Hash`], [`Distance`], [`MaxDistance`], [`Quality`], and the
//! names of the algorithms that make hashes ([`Algorithm`]).
//!
//! A [`struct@Hash`] does not carry its algorithm: whoever stores hashes stores the algorithm beside
//! them, once per list or record, and [`crate::index::HashIndex`] keeps the kinds apart.

mod algorithm;

pub use algorithm::{Algorithm, Classic, Method, Size, UnknownAlgorithm};

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A perceptual hash of up to 256 bits. Bit `k` is bit `k % 64` of word `k / 64`; the bits that
/// a shorter hash lacks are zero.
///
/// [`Algorithm::to_text`] and [`Algorithm::parse`] give its text form, which depends on the
/// algorithm. `Debug` leaves the bits out on purpose: a hash of a hash list is personal data and
/// must not reach a log by accident.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u64; 4]);

impl Hash {
    /// In how many of the 256 bits two hashes of one algorithm differ.
    #[inline]
    pub fn distance(self, other: Self) -> Distance {
        let differing: u32 = (0..4).map(|w| (self.0[w] ^ other.0[w]).count_ones()).sum();
        // At most 256, so it fits.
        #[expect(clippy::cast_possible_truncation, reason = "at most 256")]
        let differing = differing as u16;
        Distance(differing)
    }

    /// The hash with every bit changed: PDQ's of the negative of a picture.
    #[must_use]
    pub fn opposite(self) -> Self {
        Self(self.0.map(|word| !word))
    }

    /// How many bits are set, 0 to 256. A PDQ hash without ties has exactly 128.
    pub fn ones(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The hash whose bit `k` is `bit(k)`, for `k` below `bits`, which is at most 256.
    pub fn from_bits(bits: usize, mut bit: impl FnMut(usize) -> bool) -> Self {
        let mut words = [0; 4];
        for k in 0..bits {
            words[k / 64] |= u64::from(bit(k)) << (k % 64);
        }
        Self(words)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash(..)")
    }
}

/// Hamming distance between two hashes of one algorithm, in bits, 0 to 256.
///
/// 0 means "same hash", not "same file".
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Distance(pub u16);

impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The largest [`Distance`], inclusive, at which two hashes match.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct MaxDistance(pub u16);

impl MaxDistance {
    /// 31 of 256 bits.
    ///
    /// Source: facebook/ThreatExchange, `pdq/README.md`, "Matching".
    pub const PDQ_DEFAULT: Self = Self(31);

    /// Whether hashes at this distance match.
    #[inline]
    pub fn admits(self, distance: Distance) -> bool {
        distance.0 <= self.0
    }
}

impl fmt::Display for MaxDistance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// PDQ's measure of how much there is to see in a picture, 0 (nothing) to 100.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Quality(pub u8);

impl Quality {
    /// The lowest quality at which a PDQ hash is matched.
    ///
    /// Source: facebook/ThreatExchange, `pdq/README.md`, "Matching" (discard at 49 or less).
    pub const DEFAULT_MIN: Self = Self(50);
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is not a hash of a given algorithm. The text itself is not repeated: it may be an
/// entry of a hash list, which is personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashTextError {
    /// The text has the wrong length.
    #[error("{found} characters where a {algorithm} hash has {expected} hex digits")]
    Length {
        /// The algorithm whose hash was expected.
        algorithm: Algorithm,
        /// How many characters there were.
        found: usize,
        /// How many hex digits there should have been.
        expected: usize,
    },
    /// A character is no hex digit.
    #[error("character {position} of the hash is not a hex digit")]
    NotHex {
        /// Which character, counted from 1.
        position: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_31_matches_and_32_does_not() {
        let zero = Hash([0; 4]);
        let at = |bits: u32| Hash([(1 << bits) - 1, 0, 0, 0]);
        assert!(MaxDistance::PDQ_DEFAULT.admits(zero.distance(at(31))));
        assert!(!MaxDistance::PDQ_DEFAULT.admits(zero.distance(at(32))));
    }

    #[test]
    fn opposite_hashes_are_256_bits_apart() {
        assert_eq!(Hash([0; 4]).distance(Hash([u64::MAX; 4])), Distance(256));
    }

    #[test]
    fn debug_output_does_not_show_the_bits() {
        assert_eq!(format!("{:?}", Hash([0xdead_beef; 4])), "Hash(..)");
    }
}
