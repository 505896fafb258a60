//! What became of a candidate, and why: stable codes.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was decoded and hashed; where the lists hold nothing but digests, its bytes were.
    Hashed,
    /// It is nothing that kinga can decode.
    Unsupported,
    /// It could not be read or decoded, or comparing it with the lists panicked.
    Failed,
    /// It was not opened since it is no regular file, or was left out on request.
    Skipped,
}

/// Declares the reasons with their codes, and which of them mean that what may be a picture was
/// not looked at.
macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident = $code:literal, unexamined: $unexamined:literal;)*) => {
        /// A stable code that says why. New ones may be added.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $code)] $reason,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$reason),*];

            /// The code, as in records.
            pub fn code(self) -> &'static str {
                match self { $(Self::$reason => $code,)* }
            }

            /// Whether a candidate with this reason is or may hold a picture that nobody looked at.
            pub fn leaves_unexamined(self) -> bool {
                match self { $(Self::$reason => $unexamined,)* }
            }
        }
    };
}

reasons! {
    /// Hashed, but with a quality below the minimum: not matched by its hash.
    LowQuality = "low-quality", unexamined: false;
    /// Not a picture, as far as its content tells.
    NotAPicture = "not-a-picture", unexamined: false;
    /// No bytes.
    Empty = "empty", unexamined: false;
    /// A picture of a format that kinga can't decode.
    UnsupportedFormat = "unsupported-format", unexamined: true;
    /// A video.
    Video = "video", unexamined: true;
    /// An archive or document, which may hold pictures.
    Container = "container", unexamined: true;
    /// A symbolic link that was not followed.
    Symlink = "symlink", unexamined: false;
    /// A named pipe.
    Fifo = "fifo", unexamined: false;
    /// A socket.
    Socket = "socket", unexamined: false;
    /// A device.
    Device = "device", unexamined: false;
    /// Left out by `--exclude`.
    Excluded = "excluded", unexamined: false;
    /// A folder of another file system, not entered because of `--one-file-system`.
    OtherFileSystem = "other-file-system", unexamined: false;
    /// Left out by `--max-size`.
    OverMaxSize = "over-max-size", unexamined: false;
    /// A known file, left out by `--skip-known`: no list has it, nor what it shows.
    KnownFile = "known-file", unexamined: false;
    /// It was gone.
    NotFound = "not-found", unexamined: true;
    /// It may not be read.
    PermissionDenied = "permission-denied", unexamined: true;
    /// A link that leads back to one of its own folders: what is there was met before.
    SymlinkLoop = "symlink-loop", unexamined: false;
    /// Reading failed.
    IoError = "io-error", unexamined: true;
    /// It changed while it was read.
    ChangedWhileRead = "changed-while-read", unexamined: true;
    /// It is no longer the regular file that the walk met.
    NotAFile = "not-a-file", unexamined: true;
    /// More bytes than `--max-file-bytes`.
    OverSizeLimit = "over-size-limit", unexamined: true;
    /// More pixels than `--max-pixels`.
    OverPixelLimit = "over-pixel-limit", unexamined: true;
    /// Decoding needs more memory than `--max-memory`.
    MemoryLimit = "memory-limit", unexamined: true;
    /// The data end before there is a picture to hash.
    Truncated = "truncated", unexamined: true;
    /// Less than half of the picture is there, so that it was not hashed: `share` says how much.
    Partial = "partial", unexamined: true;
    /// The decoder says that the data are wrong.
    DecoderError = "decoder-error", unexamined: true;
    /// The decoder lacks a feature that the file uses.
    DecoderLacksFeature = "decoder-lacks-feature", unexamined: true;
    /// The decoder panicked.
    DecoderPanic = "decoder-panic", unexamined: true;
    /// The process that decoded it died of it.
    DecoderCrash = "decoder-crash", unexamined: true;
    /// It took longer than `--timeout`, also when it was tried once more with nothing beside it.
    Timeout = "timeout", unexamined: true;
    /// No process could be started, or used, to look at it.
    NoWorker = "no-worker", unexamined: true;
    /// It was hashed, but comparing it with the lists panicked.
    ComparisonPanic = "comparison-panic", unexamined: true;
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_the_same_code_in_json_and_in_text() {
        for reason in Reason::ALL {
            let json = serde_json::to_string(reason).unwrap();
            assert_eq!(json, format!("\"{reason}\""));
        }
    }
}
