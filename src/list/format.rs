//! The formats of hash lists that kinga reads: the table that choices and help texts come from.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The format of a hash list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListFormat {
    /// PDQ text in all its forms, one hash a line.
    Pdq,
    /// Comma or semicolon separated, with a header.
    Csv,
    /// Tab separated, with a header.
    Tsv,
    /// The output of `md5sum`, `sha1sum`, `sha256sum` and `sha512sum`.
    Sums,
    /// kinga's own records, or plain objects with the names of the CSV columns.
    Jsonl,
    /// The output of hashdeep.
    Hashdeep,
    /// The hash sets of `EnCase`, which are binary.
    EnCase,
    /// StopNCII's records, in pages or one a line.
    StopNcii,
    /// NCMEC's hash sharing, version 2.
    Ncmec,
    /// The updates of Meta's ThreatExchange.
    ThreatExchange,
    /// What ThreatExchange's command-line client keeps.
    TeCache,
    /// Tech Against Terrorism's results.
    Tat,
    /// Project VIC's sets and cases.
    Vics,
    /// Autopsy's hash sets, which are databases.
    Kdb,
    /// IPED's hash sets, which are databases.
    Iped,
    /// NIST's lists of known files, which are databases.
    Nsrl,
    /// Bare MD5 digests.
    Md5,
    /// Bare SHA-1 digests.
    Sha1,
    /// Bare SHA-256 digests.
    Sha256,
    /// Bare SHA-512 digests.
    Sha512,
    /// Bare hashes of the algorithm that the user named.
    Hashes,
}

/// Every format with its name, as `--list-format` takes it, and one line of help.
pub const LIST_FORMATS: [(ListFormat, &str, &str); 21] = [
    (ListFormat::Pdq, "pdq", "PDQ hashes one a line, alone or with quality and file name; vPDQ"),
    (
        ListFormat::Csv,
        "csv",
        "columns with a header such as pdq, md5, sha1, sha256, sha512, hash, id",
    ),
    (ListFormat::Tsv, "tsv", "the same with tabs"),
    (ListFormat::Sums, "sums", "the output of md5sum, sha1sum, sha256sum or sha512sum"),
    (ListFormat::Hashdeep, "hashdeep", "the output of hashdeep"),
    (ListFormat::EnCase, "encase", "EnCase hash sets (.hash, binary)"),
    (ListFormat::Jsonl, "jsonl", "kinga's own records, or one JSON object a line"),
    (ListFormat::StopNcii, "stopncii", "StopNCII JSON: pages, arrays of pages, or a record a line"),
    (ListFormat::Ncmec, "ncmec", "NCMEC hash sharing XML (also Take It Down): one page or several"),
    (
        ListFormat::ThreatExchange,
        "threatexchange",
        "ThreatExchange JSON: pages, or an update a line",
    ),
    (ListFormat::TeCache, "te-cache", "what ThreatExchange's client keeps (.te)"),
    (ListFormat::Tat, "tat", "Tech Against Terrorism JSON: pages, or a result a line"),
    (ListFormat::Vics, "vics", "VICS JSON 1.3 and 2.0 (Project VIC): sets and cases"),
    (ListFormat::Kdb, "kdb", "Autopsy hash sets (.kdb, SQLite)"),
    (ListFormat::Iped, "iped", "IPED hash sets (SQLite); its tables are csv"),
    (ListFormat::Nsrl, "nsrl", "NIST's RDS version 3 (SQLite), known files; its text is csv"),
    (ListFormat::Md5, "md5", "MD5 digests one a line"),
    (ListFormat::Sha1, "sha1", "SHA-1 digests one a line"),
    (ListFormat::Sha256, "sha256", "SHA-256 digests one a line"),
    (ListFormat::Sha512, "sha512", "SHA-512 digests one a line"),
    (ListFormat::Hashes, "hashes", "hashes of --algorithm one a line, hex or base64"),
];

impl ListFormat {
    /// Whether it is one document, or several behind each other, or binary, and not one row a line.
    pub fn is_document(self) -> bool {
        matches!(
            self,
            Self::EnCase
                | Self::Kdb
                | Self::Iped
                | Self::Nsrl
                | Self::StopNcii
                | Self::Ncmec
                | Self::ThreatExchange
                | Self::Tat
                | Self::Vics
        )
    }

    /// Whether it is that of one service, whose keys mean the same in all of its lists.
    pub fn is_of_service(self) -> bool {
        matches!(self, Self::StopNcii | Self::Ncmec | Self::ThreatExchange | Self::Tat)
    }
}

/// Every name in [`LIST_FORMATS`], for messages: `pdq, csv, ...`.
pub(super) fn names() -> String {
    LIST_FORMATS.map(|(_, name, _)| name).join(", ")
}

impl fmt::Display for ListFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = LIST_FORMATS.iter().find(|(format, ..)| format == self);
        f.write_str(row.map_or("", |(_, name, _)| name))
    }
}

/// No list format has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown list format '{}'; known are {}", .0.escape_debug(), names())]
pub struct UnknownListFormat(String);

impl FromStr for ListFormat {
    type Err = UnknownListFormat;

    fn from_str(name: &str) -> Result<Self, UnknownListFormat> {
        let plain = name.trim().to_ascii_lowercase();
        LIST_FORMATS
            .iter()
            .find(|(_, known, _)| *known == plain)
            .map(|(format, ..)| *format)
            .ok_or_else(|| UnknownListFormat(name.to_owned()))
    }
}

impl Serialize for ListFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ListFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for ListFormat {
    fn schema_name() -> Cow<'static, str> {
        "ListFormat".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "The format of a hash list",
            "type": "string",
            "enum": LIST_FORMATS.map(|(_, name, _)| name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_own_name() {
        for (format, name, help) in LIST_FORMATS {
            assert_eq!(name.parse(), Ok(format));
            assert_eq!(format.to_string(), name);
            assert_eq!(serde_json::to_string(&format).unwrap(), format!("\"{name}\""));
            assert!(!help.is_empty());
        }
    }

    #[test]
    fn an_unknown_format_is_told_the_known_ones() {
        let error = "xml\n".parse::<ListFormat>().unwrap_err().to_string();
        assert!(error.starts_with("unknown list format 'xml\\n'; known are pdq, csv"), "{error}");
    }
}
