//! The names of the columns and keys that say something to kinga, in the ways people write them.

use super::DigestKind;
use super::value::{Claim, is_hex};
use crate::hash::Algorithm;

/// What a column or key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column<'a> {
    /// Hashes or digests.
    Value(Claim),
    /// The algorithm of the column `hash`.
    Algorithm,
    /// The same if it names one; else what the entry is of, such as `image`.
    Type,
    /// The quality of the row's hash.
    Quality,
    /// The key of the entry.
    Id,
    /// What a person calls it.
    Label,
    /// The file it was made of: the label when there is no other.
    File,
    /// Whether the entry is withdrawn, in one word of several.
    Status,
    /// Whether the entry is withdrawn, yes or no.
    Withdrawn,
    /// What became of a file in kinga's own records.
    Outcome,
    /// Why.
    Reason,
    /// What is kept of an entry and not interpreted, by this name.
    Note(&'a str),
    /// What leads to victims, by this name.
    Case(&'a str),
    /// A kind of hash that kinga cannot match, by the name it is counted under.
    Unmatchable(&'a str),
}

/// The known names, as [`plain`] makes them. Names of algorithms are columns as well.
const COLUMNS: [(&str, Column<'static>); 54] = [
    ("pdq", Column::Value(Claim::Algorithm(Algorithm::Pdq))),
    ("md5", Column::Value(Claim::Digest(DigestKind::Md5))),
    // iLook's name for it (md5deep, `files.c`).
    ("v3hash", Column::Value(Claim::Digest(DigestKind::Md5))),
    ("sha1", Column::Value(Claim::Digest(DigestKind::Sha1))),
    ("sha256", Column::Value(Claim::Digest(DigestKind::Sha256))),
    ("sha512", Column::Value(Claim::Digest(DigestKind::Sha512))),
    ("hash", Column::Value(Claim::Unstated)),
    ("hashvalue", Column::Value(Claim::Unstated)),
    ("hashdigest", Column::Value(Claim::Unstated)),
    ("algorithm", Column::Algorithm),
    ("hashalgorithm", Column::Algorithm),
    ("hashtype", Column::Algorithm),
    ("signaltype", Column::Algorithm),
    ("type", Column::Type),
    ("quality", Column::Quality),
    ("pdqquality", Column::Quality),
    ("id", Column::Id),
    // INTERPOL's and Project VIC's.
    ("imageid", Column::Id),
    ("mediaid", Column::Id),
    ("label", Column::Label),
    ("filename", Column::File),
    ("path", Column::File),
    ("status", Column::Status),
    ("hashstatus", Column::Status),
    ("deleted", Column::Withdrawn),
    ("isdeleted", Column::Withdrawn),
    ("shoulddelete", Column::Withdrawn),
    ("withdrawn", Column::Withdrawn),
    ("iswithdrawn", Column::Withdrawn),
    ("outcome", Column::Outcome),
    ("reason", Column::Reason),
    ("category", Column::Note("category")),
    ("classification", Column::Note("classification")),
    ("tags", Column::Note("tags")),
    ("set", Column::Note("set")),
    ("case", Column::Case("case")),
    ("caseid", Column::Case("caseid")),
    ("casenumber", Column::Case("casenumber")),
    ("casenumbers", Column::Case("casenumbers")),
    ("series", Column::Case("series")),
    ("seriesname", Column::Case("seriesname")),
    ("victim", Column::Case("victim")),
    ("victimidentified", Column::Case("victimidentified")),
    ("offenderidentified", Column::Case("offenderidentified")),
    ("photodna", Column::Unmatchable("photodna")),
    ("pdna", Column::Unmatchable("photodna")),
    ("ssvhpdna", Column::Unmatchable("ssvh-pdna")),
    ("ssvhsaferhash", Column::Unmatchable("ssvh-safer-hash")),
    ("tmk", Column::Unmatchable("tmk")),
    ("tmkpdqf", Column::Unmatchable("tmk")),
    ("netclean", Column::Unmatchable("netclean")),
    ("videntifier", Column::Unmatchable("videntifier")),
    ("md4", Column::Unmatchable("md4")),
    ("sha384", Column::Unmatchable("sha384")),
];

/// The other columns of kinga's own tables, as [`plain`] makes them. None holds a hash to search
/// for, even if it looks like one, as the id of an entry may.
const OWN: [&str; 21] = [
    "pathb64",
    "root",
    "size",
    "kind",
    "width",
    "height",
    "detail",
    "exiforientation",
    "truncated",
    "share",
    "morepictures",
    "matchesfound",
    "how",
    "list",
    "entry",
    "entryline",
    "entrylabel",
    "by",
    "distance",
    "maxdistance",
    "orientation",
];

/// What people put around the name of a hash: `md5sum`, `pdq_hash`, `ImagePDQ`, `HASH_VIDEO_MD5`.
const BEHIND: [&str; 5] = ["hash", "sum", "digest", "value", "hex"];
const BEFORE: [&str; 5] = ["hash", "image", "photo", "video", "file"];

impl Column<'static> {
    /// What a column of this name holds, or nothing when kinga does not know it.
    pub(super) fn named(name: &str) -> Option<Self> {
        let plain = plain(name);
        let known = COLUMNS.iter().find(|(known, _)| *known == plain).map(|(_, column)| *column);
        known.or_else(|| classic(&plain)).or_else(|| Self::around(&plain))
    }

    fn around(plain: &str) -> Option<Self> {
        let behind = BEHIND.iter().find_map(|word| plain.strip_suffix(word));
        let before = || BEFORE.iter().find_map(|word| plain.strip_prefix(word));
        Self::named(behind.or_else(before)?).filter(|column| column.is_kind())
    }
}

impl<'a> Column<'a> {
    /// What an unknown column counts as in a row where it holds this: as a kind that cannot be
    /// matched if that looks like a hash, so that nobody takes it for searched for.
    pub(super) fn unknown(name: &'a str, cell: &str) -> Option<Self> {
        let cell = cell.trim();
        if cell.len() < SHORT_HASH || !is_hex(cell) {
            return None;
        }
        let plain = plain(name);
        let looks_like_hash = matches!(cell.len(), 32 | 36 | 40 | 64 | 96 | 128..);
        (!OWN.contains(&plain.as_str()) && (looks_like_hash || plain.ends_with("hash")))
            .then_some(Self::Unmatchable(name))
    }

    /// Whether it holds what kinga can search for.
    pub(super) fn is_searchable(self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// What its values are, if it holds those of one kind that kinga can search for.
    pub(super) fn claim(self) -> Option<Claim> {
        match self {
            Self::Value(claim) => Some(claim).filter(|claim| *claim != Claim::Unstated),
            _ => None,
        }
    }

    /// Whether it holds hashes of one kind, be it one that cannot be matched.
    pub(super) fn is_kind(self) -> bool {
        self.claim().is_some() || matches!(self, Self::Unmatchable(_))
    }
}

/// The fewest digits that look like a hash in an unknown column whose name ends in `hash`: those
/// of the shortest hash that kinga knows, `double-gradient-8`.
const SHORT_HASH: usize = 10;

/// A name without what people write differently: lower case, no blanks, `_` and `-`.
fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-'));
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

/// The column of an `img_hash` algorithm.
fn classic(plain_name: &str) -> Option<Column<'static>> {
    // Comparing every key of every JSON line would take longer than reading it.
    if !["8", "16", "dct"].iter().any(|end| plain_name.ends_with(end)) {
        return None;
    }
    let all = Algorithm::all().into_iter().map(|algorithm| algorithm.to_string());
    let mut names = all.chain(["phash-8", "phash-16"].map(str::to_owned));
    match names.find(|name| plain(name) == plain_name)?.parse() {
        Ok(algorithm) => Some(Column::Value(Claim::Algorithm(algorithm))),
        Err(_not_an_algorithm) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_in_any_case_and_others_are_not() {
        assert_eq!(Column::named(" SHA-1 "), Column::named("sha1"));
        assert_eq!(Column::named("PDQ"), Some(Column::Value(Claim::Algorithm(Algorithm::Pdq))));
        assert!(Column::named("Gradient-8").is_some_and(Column::is_searchable));
        assert_eq!(Column::named("width"), None);
    }

    #[test]
    fn names_are_known_however_people_write_them() {
        for (names, column) in [
            (&["PDQ Hash", "pdq_hash", "pdqhash", "ImagePDQ", "HASH_PDQ"][..], "pdq"),
            (&["md5sum", "MD5_Hash", "hash-md5", "HASH_VIDEO_MD5", "File MD5"], "md5"),
            (&["sha1_hash", "SHA 1"], "sha1"),
            (&["sha256sum", "sha_256"], "sha256"),
            (&["hashValue", "hash_digest", "HASH"], "hash"),
            (&["hashStatus"], "status"),
            (&["signalType"], "algorithm"),
            (&["gradient_8", "Gradient8 Hash"], "gradient-8"),
            (&["phash-8"], "median-8-dct"),
            (&["PhotoDNA Hash"], "pdna"),
        ] {
            for name in names {
                assert!(Column::named(name).is_some(), "{name}");
                assert_eq!(Column::named(name), Column::named(column), "{name}");
            }
        }
        for unknown in ["sum", "file", "hash hash", "phash", "image", "video id", ""] {
            assert!(Column::named(unknown).is_none_or(|column| !column.is_kind()));
        }
    }

    #[test]
    fn an_unknown_column_with_32_digits_is_told_and_one_with_31_is_not() {
        let told =
            |name, digits: usize| Column::unknown(name, &"a1".repeat(64)[..digits]).is_some();
        assert!([32, 36, 40, 64, 96, 128].iter().all(|digits| told("extra", *digits)));
        assert!([31, 33, 65, 127].iter().all(|digits| !told("extra", *digits)));
        assert!(Column::unknown("extra", &"a".repeat(288)).is_some());
        assert!(told("aHash", 16) && !told("phone", 16) && !told("a_hash", 9));
        assert!(!told("path_b64", 32) && !told("entry", 32));
    }
}
