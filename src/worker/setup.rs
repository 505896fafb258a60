//! What a worker is told when it starts and for each file. It trusts who started it.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::confine::Fences;
use crate::content::{ContentOptions, DigestKinds, HashOptions};
use crate::hash::Algorithm;
use crate::picture::{Detail, Limits};
use crate::record::Reason;
use crate::view::{Effort, Enrolment};

/// How to look at files, told once, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Setup {
    /// The version of who started it: both are to be the same program.
    pub(super) version: String,
    algorithms: Vec<Algorithm>,
    effort: Effort,
    enrol: Option<Enrolment>,
    all_pixels: bool,
    max_pixels: u64,
    /// md5, sha1, sha256, sha512.
    digests: [bool; 4],
    max_file_bytes: u64,
    max_size: Option<u64>,
    /// Most bytes of address space.
    pub(super) address_space: u64,
    pub(super) without_seccomp: bool,
}

/// Address space for the program itself, its stack and what the allocator keeps.
const PROGRAM: u64 = 256 << 20;

impl Setup {
    pub(super) fn new(options: &ContentOptions, without_seccomp: bool) -> Self {
        let ContentOptions { hashing, digests, max_file_bytes, max_size } = options;
        let HashOptions { algorithms, effort, enrol, detail, limits } = hashing;
        let largest_file = (*max_file_bytes).min(limits.max_memory.max(PROGRAM));
        Self {
            version: VERSION.to_owned(),
            algorithms: algorithms.clone(),
            effort: *effort,
            enrol: *enrol,
            all_pixels: *detail == Detail::Full,
            max_pixels: limits.max_pixels,
            digests: [digests.md5, digests.sha1, digests.sha256, digests.sha512],
            max_file_bytes: *max_file_bytes,
            max_size: *max_size,
            address_space: PROGRAM.saturating_add(limits.max_memory).saturating_add(largest_file),
            without_seccomp,
        }
    }

    /// How to look at a file with so many bytes of memory for decoding it.
    pub(super) fn options(&self, max_memory: u64) -> ContentOptions {
        let [md5, sha1, sha256, sha512] = self.digests;
        ContentOptions {
            hashing: HashOptions {
                algorithms: self.algorithms.clone(),
                effort: self.effort,
                enrol: self.enrol,
                detail: if self.all_pixels { Detail::Full } else { Detail::Luma },
                limits: Limits { max_pixels: self.max_pixels, max_memory },
            },
            digests: DigestKinds { md5, sha1, sha256, sha512 },
            max_file_bytes: self.max_file_bytes,
            max_size: self.max_size,
        }
    }
}

/// Of the protocol as well.
pub(super) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("KINGA_COMMIT"));

/// Which file is to be opened and looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request<'a> {
    pub(super) path: Cow<'a, Path>,
    /// Whether the last link of the path may be followed.
    pub(super) through_link: bool,
    /// Most bytes of memory for decoding it.
    pub(super) max_memory: u64,
}

impl Request<'_> {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![u8::from(self.through_link)];
        bytes.extend(self.max_memory.to_le_bytes());
        bytes.extend(self.path.as_os_str().as_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (through_link, bytes) = bytes.split_first()?;
        let (max_memory, path) = bytes.split_first_chunk()?;
        Some(Self {
            path: Path::new(OsStr::from_bytes(path)).to_owned().into(),
            through_link: *through_link != 0,
            max_memory: u64::from_le_bytes(*max_memory),
        })
    }
}

/// What goes from who opens files to who looks at them: with an open file, how to look at it;
/// without one, why it could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handed {
    File {
        named_tga: bool,
        max_memory: u64,
    },
    Unread {
        reason: Reason,
        /// Bytes of the words that follow.
        words: u32,
    },
}

impl Handed {
    pub(super) const BYTES: usize = 9;

    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let (first, number) = match self {
            Self::File { named_tga, max_memory } => (u8::from(named_tga), max_memory),
            Self::Unread { reason, words } => {
                let place = Reason::ALL.iter().position(|&known| known == reason).unwrap_or(0);
                (2, (place as u64) << 32 | u64::from(words))
            }
        };
        let mut bytes = [first; Self::BYTES];
        bytes[1..].copy_from_slice(&number.to_le_bytes());
        bytes
    }

    pub(super) fn from_bytes([first, number @ ..]: [u8; Self::BYTES]) -> Self {
        let number = u64::from_le_bytes(number);
        if first < 2 {
            return Self::File { named_tga: first == 1, max_memory: number };
        }
        let place = usize::try_from(number >> 32).unwrap_or(0);
        let reason = Reason::ALL.get(place).copied().unwrap_or(Reason::IoError);
        let words = u32::try_from(number & u64::from(u32::MAX)).unwrap_or(0);
        Self::Unread { reason, words }
    }
}

/// What a worker says when it is ready.
pub(super) fn ready(fences: Fences) -> [u8; 3] {
    [fences.limits, fences.landlock, fences.seccomp].map(u8::from)
}

/// What a worker that is ready says of its fences.
pub(super) fn fences(ready: &[u8]) -> Option<Fences> {
    let &[limits, landlock, seccomp] = ready else { return None };
    Some(Fences { limits: limits == 1, landlock: landlock == 1, seccomp: seccomp == 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_what_is_understood() {
        let hashing = HashOptions {
            enrol: Some(Enrolment::Platform),
            detail: Detail::Full,
            ..HashOptions::new(Algorithm::Pdq)
        };
        let digests = DigestKinds { sha1: true, ..DigestKinds::default() };
        let options = ContentOptions { hashing, digests, max_file_bytes: 7, max_size: Some(3) };
        let setup = Setup::new(&options, false);
        let json = serde_json::to_vec(&setup).unwrap();
        let understood: Setup = serde_json::from_slice(&json).unwrap();
        assert_eq!(understood, setup);
        let memory = options.hashing.limits.max_memory;
        assert_eq!(format!("{:?}", understood.options(memory)), format!("{options:?}"));
        let path = Path::new(OsStr::from_bytes(b"/a/\xff\n.png")).into();
        let request = Request { path, through_link: true, max_memory: 1 << 40 };
        assert_eq!(Request::from_bytes(&request.to_bytes()), Some(request));
        for handed in [
            Handed::File { named_tga: true, max_memory: 1 << 40 },
            Handed::File { named_tga: false, max_memory: 0 },
            Handed::Unread { reason: Reason::PermissionDenied, words: 77 },
        ] {
            assert_eq!(Handed::from_bytes(handed.to_bytes()), handed);
        }
        assert_eq!(fences(&ready(Fences::ALL)), Some(Fences::ALL));
    }
}
