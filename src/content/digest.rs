//! MD5, SHA-1, SHA-256 and SHA-512 of a file's bytes, through the RustCrypto crates.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use crate::record::Digests;

/// Which digests are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a digest of its own")]
pub struct DigestKinds {
    /// MD5.
    pub md5: bool,
    /// SHA-1.
    pub sha1: bool,
    /// SHA-256.
    pub sha256: bool,
    /// SHA-512.
    pub sha512: bool,
}

impl DigestKinds {
    /// Those that people use to name files: all but SHA-512.
    pub const USUAL: Self = Self { md5: true, sha1: true, sha256: true, sha512: false };

    /// Whether any is made.
    pub fn any(self) -> bool {
        self.md5 || self.sha1 || self.sha256 || self.sha512
    }

    /// Those made by either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            md5: self.md5 || other.md5,
            sha1: self.sha1 || other.sha1,
            sha256: self.sha256 || other.sha256,
            sha512: self.sha512 || other.sha512,
        }
    }

    /// Their names: `md5`, `sha1`, `sha256`, `sha512`.
    pub fn names(self) -> Vec<String> {
        let all = [
            (self.md5, "md5"),
            (self.sha1, "sha1"),
            (self.sha256, "sha256"),
            (self.sha512, "sha512"),
        ];
        all.iter().filter(|(made, _)| *made).map(|(_, name)| (*name).to_owned()).collect()
    }
}

/// Digests in the making.
pub(super) struct Digester {
    md5: Option<Md5>,
    sha1: Option<Sha1>,
    sha256: Option<Sha256>,
    sha512: Option<Sha512>,
}

impl Digester {
    pub(super) fn new(kinds: DigestKinds) -> Self {
        Self {
            md5: kinds.md5.then(Md5::new),
            sha1: kinds.sha1.then(Sha1::new),
            sha256: kinds.sha256.then(Sha256::new),
            sha512: kinds.sha512.then(Sha512::new),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(bytes);
        }
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
        if let Some(sha512) = &mut self.sha512 {
            sha512.update(bytes);
        }
    }

    pub(super) fn finish(self) -> Digests {
        Digests {
            md5: self.md5.map(|digest| hex::encode(digest.finalize())),
            sha1: self.sha1.map(|digest| hex::encode(digest.finalize())),
            sha256: self.sha256.map(|digest| hex::encode(digest.finalize())),
            sha512: self.sha512.map(|digest| hex::encode(digest.finalize())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_of_abc_are_those_of_the_standards() {
        // RFC 1321 A.5, FIPS 180-2 A.1, B.1 and C.1.
        let mut digester = Digester::new(DigestKinds { sha512: true, ..DigestKinds::USUAL });
        digester.update(b"a");
        digester.update(b"bc");
        let digests = digester.finish();
        assert_eq!(digests.md5.unwrap(), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(digests.sha1.unwrap(), "a9993e364706816aba3e25717850c26c9cd0d89d");
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digests.sha256.unwrap(), sha256);
        let sha512 = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                      2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        assert_eq!(digests.sha512.unwrap(), sha512);
    }

    #[test]
    fn only_what_was_asked_for_is_made() {
        let digester = Digester::new(DigestKinds { sha1: true, ..DigestKinds::default() });
        let digests = digester.finish();
        assert_eq!((digests.md5, digests.sha256, digests.sha512), (None, None, None));
        assert!(digests.sha1.is_some());
    }
}
