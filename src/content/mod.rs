//! All that touches a file's content: what it seems to be, its pixels, hashes and digests
//! ([`look()`]). It knows no path, no hash list and no other file, so it can be done by a process that
//! may do nothing else ([`crate::worker`]).

mod digest;
mod evidence;
mod fingerprint;
mod guard;

use std::path::Path;

use crate::picture::{Content, Kind, Other, PictureError, SNIFF_BYTES, sniff};
use crate::record::{Digests, Outcome, Reason};
use digest::Digester;

pub use digest::DigestKinds;
pub use evidence::{Evidence, Unread};
pub use fingerprint::{Fingerprint, HashOptions, fingerprint};
pub use guard::{guarded, is_guarded};

/// What is made of each file's content.
#[derive(Clone, Debug)]
pub struct ContentOptions {
    /// How pictures become hashes.
    pub hashing: HashOptions,
    /// Which digests are made.
    pub digests: DigestKinds,
    /// A picture whose file has more bytes is not decoded.
    pub max_file_bytes: u64,
    /// A file with more bytes is left out on request.
    pub max_size: Option<u64>,
}

/// What a file's content comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// Bytes in the file; none where it was not opened.
    pub size: Option<u64>,
    /// What it seems to be, as records name it.
    pub kind: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, unless it was hashed.
    pub reason: Option<Reason>,
    /// What the decoder or the system says.
    pub detail: Option<String>,
    /// What its pixels come to.
    pub print: Option<Fingerprint>,
    /// Of a picture of which too little is there to be hashed, how much is.
    pub partial: Option<Partial>,
    /// Of its bytes.
    pub digests: Digests,
}

/// How much there is of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Partial {
    /// Pixels in a row, as its header says.
    pub width: u64,
    /// Rows, as its header says.
    pub height: u64,
    /// The share of the picture that is there, 0 to 1.
    pub share: f64,
}

impl Findings {
    /// Of content that gave nothing.
    pub fn failed(reason: Reason, detail: impl Into<String>) -> Self {
        let (reason, detail) = (Some(reason), Some(detail.into()));
        Self { outcome: Outcome::Failed, reason, detail, ..Self::hashed() }
    }

    fn hashed() -> Self {
        Self {
            size: None,
            kind: None,
            outcome: Outcome::Hashed,
            reason: None,
            detail: None,
            print: None,
            partial: None,
            digests: Digests::default(),
        }
    }

    fn unsupported(other: Other) -> Self {
        let reason = match other {
            Other::PictureFormat(_) => Reason::UnsupportedFormat,
            Other::Video(_) => Reason::Video,
            Other::Container(_) => Reason::Container,
            Other::NotAPicture(_) => Reason::NotAPicture,
            Other::Empty => Reason::Empty,
        };
        let (outcome, reason) = (Outcome::Unsupported, Some(reason));
        Self { outcome, reason, kind: other.name(), ..Self::hashed() }
    }

    fn of_picture(kind: Kind, print: Result<Fingerprint, PictureError>) -> Self {
        let kind = Some(kind.to_string());
        match print {
            Ok(print) => Self { kind, print: Some(print), ..Self::hashed() },
            Err(error) => {
                let partial = match error {
                    PictureError::Partial { width, height, share } => {
                        Some(Partial { width, height, share })
                    }
                    _ => None,
                };
                Self { kind, partial, ..Self::failed(reason_of(&error), error.to_string()) }
            }
        }
    }
}

/// Whether a file's name says that it is a TGA, which has no magic bytes.
pub fn is_named_tga(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("tga"))
}

/// A buffer that grew beyond so many bytes is given back after its file.
const KEPT_BUFFER: usize = 64 << 20;

/// Opens a file and looks at its content. It is total: whatever goes wrong is a reason. `buffer` is
/// room for its bytes, for one file after the other; what was in it is forgotten.
pub fn look_at(
    path: &Path,
    through_link: bool,
    options: &ContentOptions,
    buffer: &mut Vec<u8>,
) -> Findings {
    match Evidence::open(path, through_link) {
        Ok(evidence) => look(evidence, is_named_tga(path), options, buffer),
        Err(unread) => unread.into(),
    }
}

/// Looks at an open file's content from its beginning, as [`look_at`] does.
pub fn look(
    mut evidence: Evidence,
    named_tga: bool,
    options: &ContentOptions,
    buffer: &mut Vec<u8>,
) -> Findings {
    let size = evidence.size();
    let findings = if options.max_size.is_some_and(|max| size > max) {
        let reason = Some(Reason::OverMaxSize);
        Findings { outcome: Outcome::Skipped, reason, ..Findings::hashed() }
    } else {
        buffer.clear();
        look_on(&mut evidence, named_tga, options, buffer).unwrap_or_else(Findings::from)
    };
    if buffer.capacity() > KEPT_BUFFER {
        *buffer = Vec::new();
    }
    Findings { size: Some(size), ..findings }
}

impl From<Unread> for Findings {
    fn from(Unread { reason, detail }: Unread) -> Self {
        Self::failed(reason, detail)
    }
}

/// Looks at bytes that lie in no file.
pub fn look_at_bytes(bytes: &[u8], options: &HashOptions) -> Findings {
    let findings = match guarded(|| sniff(&bytes[..bytes.len().min(SNIFF_BYTES)], false)) {
        Ok(Content::Picture(kind)) => Findings::of_picture(kind, fingerprint(bytes, kind, options)),
        Ok(Content::Other(other)) => Findings::unsupported(other),
        Err(panic) => Findings::failed(Reason::DecoderPanic, panic),
    };
    Findings { size: Some(bytes.len() as u64), ..findings }
}

fn look_on(
    evidence: &mut Evidence,
    named_tga: bool,
    options: &ContentOptions,
    buffer: &mut Vec<u8>,
) -> Result<Findings, Unread> {
    let size = evidence.size();
    evidence.read_up_to(SNIFF_BYTES as u64, buffer)?;
    if buffer.is_empty() && size > 0 {
        evidence.check_unchanged(0)?;
    }
    let content = guarded(|| sniff(buffer, named_tga))
        .map_err(|panic| Unread { reason: Reason::DecoderPanic, detail: panic })?;
    let mut findings = match content {
        content if options.hashing.algorithms.is_empty() => {
            // The lists ask for nothing but digests, and those are of the bytes.
            Findings { kind: name_of(content), ..Findings::hashed() }
        }
        Content::Other(other) => Findings::unsupported(other),
        Content::Picture(kind) if size > options.max_file_bytes => {
            let limit = options.max_file_bytes;
            let detail = format!("more than the limit of {limit} bytes (--max-file-bytes)");
            let failed = Findings::failed(Reason::OverSizeLimit, detail);
            Findings { kind: Some(kind.to_string()), ..failed }
        }
        Content::Picture(kind) => {
            evidence.read_up_to(size.saturating_add(1), buffer)?;
            evidence.check_unchanged(buffer.len() as u64)?;
            Findings::of_picture(kind, fingerprint(buffer, kind, &options.hashing))
        }
    };
    if options.digests.any() {
        findings.digests = digests(evidence, buffer, options.digests)?;
    }
    Ok(findings)
}

/// Of what was read and of the rest of the file.
fn digests(evidence: &mut Evidence, read: &[u8], kinds: DigestKinds) -> Result<Digests, Unread> {
    let mut digester = Digester::new(kinds);
    digester.update(read);
    let rest = evidence.read_rest(|piece| digester.update(piece))?;
    evidence.check_unchanged(read.len() as u64 + rest)?;
    Ok(digester.finish())
}

/// What the content seems to be, by name.
fn name_of(content: Content) -> Option<String> {
    match content {
        Content::Picture(kind) => Some(kind.to_string()),
        Content::Other(other) => other.name(),
    }
}

fn reason_of(error: &PictureError) -> Reason {
    match error {
        PictureError::TooManyPixels { .. } => Reason::OverPixelLimit,
        PictureError::TooMuchMemory { .. } | PictureError::LibraryLimit { .. } => {
            Reason::MemoryLimit
        }
        PictureError::Unsupported(_) => Reason::DecoderLacksFeature,
        PictureError::Partial { .. } => Reason::Partial,
        PictureError::Truncated(_) => Reason::Truncated,
        PictureError::Damaged(_) => Reason::DecoderError,
        PictureError::Panicked(_) => Reason::DecoderPanic,
    }
}
