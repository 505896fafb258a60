//! The names of the hash algorithms: what a list states, a record repeats and `--algorithm` takes.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Hash, HashTextError, MaxDistance};

/// Which algorithm made a hash. Hashes of two algorithms can't be compared.
///
/// Its name is `pdq`, or for the `img_hash` family `METHOD-SIZE` with an optional `-dct`, such as
/// `gradient-8` or `median-16-dct`. `phash-8` and `phash-16` are other names for `median-8-dct`
/// and `median-16-dct`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Meta's PDQ, 256 bits with a quality.
    Pdq,
    /// A hash of the crate `image_hasher`, the maintained successor of `img_hash`.
    Classic(Classic),
}

/// A hash of the `img_hash` family: method, size, and whether a cosine transform comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Classic {
    /// How bits are won from the small picture.
    pub method: Method,
    /// The side of the small picture.
    pub size: Size,
    /// Whether a discrete cosine transform comes first (`preproc_dct`). Never set for
    /// [`Method::Blockhash`], on which it has no effect.
    pub dct: bool,
}

/// The methods of the `img_hash` family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Brighter than the mean.
    Mean,
    /// Brighter than the median.
    Median,
    /// Brighter than the right neighbour.
    Gradient,
    /// Brighter than the neighbour below.
    VertGradient,
    /// Both gradients, at half the size.
    DoubleGradient,
    /// blockhash.io.
    Blockhash,
}

/// The sizes of the `img_hash` family that kinga makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Size {
    /// 8x8.
    Eight,
    /// 16x16.
    Sixteen,
}

const METHODS: [(Method, &str); 6] = [
    (Method::Mean, "mean"),
    (Method::Median, "median"),
    (Method::Gradient, "gradient"),
    (Method::VertGradient, "vert-gradient"),
    (Method::DoubleGradient, "double-gradient"),
    (Method::Blockhash, "blockhash"),
];

impl Size {
    /// Pixels on a side: 8 or 16.
    pub fn side(self) -> u32 {
        match self {
            Self::Eight => 8,
            Self::Sixteen => 16,
        }
    }
}

impl Algorithm {
    /// Every algorithm, PDQ first.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Pdq];
        for (method, _) in METHODS {
            for size in [Size::Eight, Size::Sixteen] {
                all.push(Self::Classic(Classic { method, size, dct: false }));
                if method != Method::Blockhash {
                    all.push(Self::Classic(Classic { method, size, dct: true }));
                }
            }
        }
        all
    }

    /// How many bits its hashes have.
    ///
    /// Source of 40 and 144: `image_hasher` halves the size of a double gradient, then compares
    /// `4 x 5` or `8 x 9` neighbours both ways (its `src/alg/mod.rs`).
    pub fn bits(self) -> usize {
        match self {
            Self::Pdq => 256,
            Self::Classic(Classic { method: Method::DoubleGradient, size, .. }) => match size {
                Size::Eight => 40,
                Size::Sixteen => 144,
            },
            Self::Classic(Classic { size, .. }) => (size.side() * size.side()) as usize,
        }
    }

    /// The max distance used when the user names none: PDQ's own 31 of 256 bits, and for the
    /// `img_hash` family, which documents none, the same share of its bits rounded down (7 of 64).
    pub fn default_max_distance(self) -> MaxDistance {
        let bits = u16::try_from(self.bits()).unwrap_or(256);
        MaxDistance(MaxDistance::PDQ_DEFAULT.0 * bits / 256)
    }

    /// How many hex digits its text form has.
    pub fn digits(self) -> usize {
        self.bits() / 4
    }

    /// Lower-case hex: for PDQ the 256-bit number with bit 255 first (the form of the reference's
    /// `hashio.h`), for the `img_hash` family its bytes in their order, least significant bit
    /// of each byte first made.
    pub fn to_text(self, hash: Hash) -> String {
        let mut bytes: Vec<u8> = hash.0.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.truncate(self.bits() / 8);
        if self == Self::Pdq {
            bytes.reverse();
        }
        hex::encode(bytes)
    }

    /// Reads what [`Algorithm::to_text`] writes, in either case of letters.
    ///
    /// # Errors
    /// When the length is wrong or a character is no hex digit.
    pub fn parse(self, text: &str) -> Result<Hash, HashTextError> {
        let found = text.chars().count();
        if found != self.digits() {
            return Err(HashTextError::Length { algorithm: self, found, expected: self.digits() });
        }
        if let Some(at) = text.chars().position(|c| !c.is_ascii_hexdigit()) {
            return Err(HashTextError::NotHex { position: at + 1 });
        }
        let mut bytes = [0; 32];
        let used = &mut bytes[..self.bits() / 8];
        hex::decode_to_slice(text, used)
            .map_err(|_not_hex| HashTextError::NotHex { position: 1 })?;
        if self == Self::Pdq {
            used.reverse();
        }
        Ok(Self::hash_of_bytes(&bytes))
    }

    /// The hash whose byte `k` holds bits `8 k` to `8 k + 7`, the lowest first.
    pub(crate) fn hash_of_bytes(bytes: &[u8; 32]) -> Hash {
        Hash::from_bits(256, |k| bytes[k / 8] >> (k % 8) & 1 == 1)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Classic(Classic { method, size, dct }) = self else {
            return f.write_str("pdq");
        };
        let name = METHODS.iter().find(|(known, _)| known == method).map_or("", |(_, name)| name);
        write!(f, "{name}-{}{}", size.side(), if *dct { "-dct" } else { "" })
    }
}

/// No algorithm has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown algorithm '{}'; known are pdq, and mean, median, gradient, vert-gradient, \
     double-gradient, blockhash, each with -8 or -16, and but for blockhash with -dct behind it \
     (phash-8 is median-8-dct)",
    .0.escape_debug()
)]
pub struct UnknownAlgorithm(String);

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let plain = name.trim().to_ascii_lowercase();
        let canonical = match plain.as_str() {
            "phash-8" => "median-8-dct",
            "phash-16" => "median-16-dct",
            other => other,
        };
        Self::all()
            .into_iter()
            .find(|algorithm| algorithm.to_string() == canonical)
            .ok_or_else(|| UnknownAlgorithm(name.to_owned()))
    }
}

impl Serialize for Algorithm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Algorithm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Algorithm {
    fn schema_name() -> Cow<'static, str> {
        "Algorithm".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<String> = Self::all().iter().map(ToString::to_string).collect();
        schemars::json_schema!({
            "description": "Which algorithm made a hash",
            "type": "string",
            "enum": names,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_found_by_its_own_name() {
        let all = Algorithm::all();
        assert_eq!(all.len(), 23);
        for algorithm in all {
            assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
        }
        assert_eq!("phash-8".parse::<Algorithm>().unwrap().to_string(), "median-8-dct");
        assert!("mean-9".parse::<Algorithm>().is_err());
    }

    #[test]
    fn pdq_text_begins_with_bit_255() {
        let text = Algorithm::Pdq.to_text(Hash([1, 0, 0, 1 << 63]));
        assert_eq!(text, format!("8{}1", "0".repeat(62)));
        assert_eq!(Algorithm::Pdq.parse(&text.to_uppercase()), Ok(Hash([1, 0, 0, 1 << 63])));
    }

    #[test]
    fn classic_text_begins_with_the_first_byte() {
        let gradient: Algorithm = "gradient-8".parse().unwrap();
        assert_eq!(gradient.to_text(Hash([1, 0, 0, 0])), "0100000000000000");
        for algorithm in Algorithm::all() {
            let hash = Hash::from_bits(algorithm.bits(), |k| k % 3 == 0);
            let text = algorithm.to_text(hash);
            assert_eq!(text.len(), algorithm.digits());
            assert_eq!(algorithm.parse(&text), Ok(hash));
        }
    }

    #[test]
    fn a_text_of_63_digits_and_a_letter_g_are_refused() {
        let length = Algorithm::Pdq.parse(&"a".repeat(63)).unwrap_err();
        assert_eq!(length.to_string(), "63 characters where a pdq hash has 64 hex digits");
        let digit = Algorithm::Pdq.parse(&format!("{}g", "a".repeat(63))).unwrap_err();
        assert_eq!(digit, HashTextError::NotHex { position: 64 });
    }

    #[test]
    fn default_max_distances_keep_pdqs_share_of_the_bits() {
        let of = |name: &str| name.parse::<Algorithm>().unwrap().default_max_distance().0;
        assert_eq!(
            (of("pdq"), of("gradient-16"), of("double-gradient-16"), of("mean-8")),
            (31, 31, 17, 7)
        );
    }
}
