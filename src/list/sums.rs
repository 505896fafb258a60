//! The output of `md5sum`, `sha1sum`, `sha256sum` and of their BSD kin.

use std::borrow::Cow;
use std::io::BufRead;

use super::column::Column;
use super::gather::Gathering;
use super::lines::Lines;
use super::pdq_text::content;
use super::row::{Row, Stated};
use super::value::{Claim, is_hex};
use super::{DigestKind, ListError};

/// What a sum is.
#[derive(Clone, Copy)]
enum Kind {
    /// Something to search for.
    Value(Claim),
    /// A digest that kinga cannot match, by the name it is counted under.
    Unmatchable(&'static str),
}

/// Lengths of digests in hex, and what they are. Of 64 digits the form of the line makes it likely
/// that they are a SHA-256, but a script may have written PDQ hashes this way.
const LENGTHS: [(usize, Kind); 6] = [
    (32, Kind::Value(Claim::Digest(DigestKind::Md5))),
    (40, Kind::Value(Claim::Digest(DigestKind::Sha1))),
    (64, Kind::Value(Claim::LikelySha256)),
    (128, Kind::Value(Claim::Digest(DigestKind::Sha512))),
    (56, Kind::Unmatchable("sha224")),
    (96, Kind::Unmatchable("sha384")),
];

/// Reads a list of digests with file names. With `stated`, the user said that the format is this,
/// which proves that 64 digits are a SHA-256.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
    stated: bool,
) -> Result<(), ListError> {
    while let Some(line) = lines.next()? {
        let number = line.number;
        let Some(text) = line.text else {
            gathering.broken(number, "a line of more than 1 MiB");
            continue;
        };
        if content(&text).is_none() {
            continue;
        }
        match parse(&text) {
            Ok(sum) => add(gathering, number, &sum, stated),
            Err(what) => gathering.broken(number, what),
        }
    }
    Ok(())
}

fn add(gathering: &mut Gathering, line: u64, sum: &Sum<'_>, stated: bool) {
    let name = unescaped(sum);
    gathering.add(match sum.kind {
        Kind::Unmatchable(kind) => Row { line, unmatchable: vec![kind], ..Row::default() },
        Kind::Value(claim) => {
            let sha256 = stated && claim == Claim::LikelySha256;
            let claim = if sha256 { Claim::Digest(DigestKind::Sha256) } else { claim };
            let value = Stated { claim, text: sum.digest, quality: None };
            Row::of_value(line, value, Some(&name))
        }
    });
}

struct Sum<'a> {
    kind: Kind,
    digest: &'a str,
    name: &'a str,
    escaped: bool,
}

/// Whether a line has the form that this room reads.
pub(super) fn is_sum(text: &str) -> bool {
    parse(text).is_ok()
}

fn parse(line: &str) -> Result<Sum<'_>, &'static str> {
    let line = line.trim_start();
    let (line, escaped) = match line.strip_prefix('\\') {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    match plain(line, escaped) {
        Some(sum) => Ok(sum),
        None => tagged(line, escaped).ok_or("no digest with two blanks and a file name behind it"),
    }
}

/// `digest  name` and `digest *name`; `digest name` too where the length leaves no doubt.
fn plain(line: &str, escaped: bool) -> Option<Sum<'_>> {
    let (digest, rest) = line.split_once(' ')?;
    let (_, kind) = LENGTHS.iter().find(|(length, _)| *length == digest.len())?;
    let name = match rest.strip_prefix([' ', '*']) {
        Some(name) => name,
        None if digest.len() == 64 => return None,
        None => rest,
    };
    (is_hex(digest) && !name.is_empty()).then_some(Sum { kind: *kind, digest, name, escaped })
}

/// `MD5 (name) = digest`, as BSD's `md5` and `md5sum --tag` write it.
fn tagged(line: &str, escaped: bool) -> Option<Sum<'_>> {
    let (tag, rest) = line.split_once(" (")?;
    let (name, digest) = rest.rsplit_once(") = ")?;
    let kind = match Column::named(tag)? {
        Column::Value(claim @ Claim::Digest(_)) => Kind::Value(claim),
        Column::Unmatchable(name) => Kind::Unmatchable(name),
        _ => return None,
    };
    Some(Sum { kind, digest: digest.trim(), name, escaped })
}

/// The file name. A line that begins with a backslash has line ends, carriage returns and
/// backslashes in it escaped (GNU coreutils, "cksum output modes").
fn unescaped<'a>(sum: &Sum<'a>) -> Cow<'a, str> {
    if !sum.escaped {
        return Cow::Borrowed(sum.name);
    }
    let mut name = String::with_capacity(sum.name.len());
    let mut rest = sum.name.chars();
    while let Some(c) = rest.next() {
        match (c, rest.as_str().chars().next()) {
            ('\\', Some(code @ ('n' | 'r' | '\\'))) => {
                name.push(match code {
                    'n' => '\n',
                    'r' => '\r',
                    other => other,
                });
                rest.next();
            }
            _ => name.push(c),
        }
    }
    Cow::Owned(name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, entries, options, read};
    use super::super::{DigestKind, Known, ListError, ListFormat};
    use crate::hash::Algorithm;

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    #[test]
    fn every_form_gives_the_digest_and_the_file_name() {
        for line in [
            format!("{MD5}  a b.jpg"),
            format!("{} *a b.jpg", MD5.to_uppercase()),
            format!("{MD5} a b.jpg"),
            format!("MD5 (a b.jpg) = {MD5}"),
        ] {
            let list = read(&line, options(None)).unwrap();
            assert_eq!(list.format, ListFormat::Sums);
            assert_eq!(list.entries.get(0).label.as_deref(), Some("a b.jpg"));
            assert!(matches!(list.entries.get(0).known, Known::Md5(_)));
        }
    }

    #[test]
    fn an_escaped_name_is_unescaped_and_another_is_not() {
        let name = |line: String| read(&line, options(None)).unwrap().entries.get(0).label.clone();
        assert_eq!(name(format!("\\{MD5}  a\\nb\\\\c")).as_deref(), Some("a\nb\\c"));
        assert_eq!(name(format!("{MD5}  a\\nb")).as_deref(), Some("a\\nb"));
    }

    #[test]
    fn sixty_four_digits_are_sha256_with_two_blanks_and_in_doubt_with_one() {
        let list = read(&format!("{PDQ_HEX}  a.jpg"), options(None)).unwrap();
        assert!(matches!(list.entries.get(0).known, Known::Sha256(_)));
        assert!(read(&format!("{PDQ_HEX} a.jpg"), options(None)).is_err());
    }

    /// So many lines with different values of 128 bits set.
    fn sums_of_128(count: usize) -> String {
        entries(count).replace('\n', "  a.jpg\n")
    }

    #[test]
    fn four_sums_with_128_bits_are_sha256_and_five_are_in_doubt() {
        let sha256 = |text: &str| read(text, options(None)).map(|list| list.digest_kinds());
        assert_eq!(sha256(&sums_of_128(4)).unwrap(), [DigestKind::Sha256].into());
        let error = sha256(&sums_of_128(5)).unwrap_err();
        assert!(error.to_string().contains("--list-format pdq or --list-format sha256"), "{error}");
        // Of five, four with 128 bits leave the doubt, and of six they do not.
        let other = |digit: &str| format!("{}  b\n", PDQ_HEX.replace("f8", digit));
        assert!(sha256(&(sums_of_128(4) + &other("00"))).is_err());
        assert!(sha256(&(sums_of_128(4) + &other("00") + &other("01"))).is_ok());
    }

    #[test]
    fn the_user_decides_what_doubtful_sums_are_and_a_tag_leaves_no_doubt() {
        let text = sums_of_128(5);
        for format in [ListFormat::Sums, ListFormat::Sha256] {
            let list = read(&text, options(Some(format))).unwrap();
            assert_eq!(list.digest_kinds(), [DigestKind::Sha256].into());
            assert_eq!(list.entries.get(4).label.as_deref(), Some("a.jpg"));
        }
        let list = read(&text, options(Some(ListFormat::Pdq))).unwrap();
        assert_eq!(list.algorithms, [Algorithm::Pdq].into());
        assert_eq!(list.entries.get(4).label.as_deref(), Some("a.jpg"));
        let tagged = entries(5).replace('\n', "\nSHA256 (a) = ");
        let tagged = "SHA256 (a) = ".to_owned() + tagged.trim_end_matches("SHA256 (a) = ");
        assert_eq!(read(&tagged, options(None)).unwrap().entries.len(), 5);
        assert!(matches!(read(&text, options(None)), Err(ListError::Ambiguous { rows: 5, .. })));
    }

    #[test]
    fn sums_that_cannot_be_matched_are_counted_by_kind() {
        let text = format!("{MD5}  a\n{PDQ_HEX}{MD5}  b\n");
        let list = read(&text, options(None)).unwrap();
        assert_eq!(list.counts.unmatchable["sha384"], 1);
        assert_eq!((list.counts.unmatchable_rows, list.counts.broken), (1, 0));
    }

    #[test]
    fn the_sum_of_the_empty_file_is_broken() {
        let text = format!("{MD5}  a\n").repeat(99) + "d41d8cd98f00b204e9800998ecf8427e  empty\n";
        let list = read(&text, options(None)).unwrap();
        assert_eq!((list.counts.broken, list.problems[0].line), (1, 100));
        assert!(list.problems[0].message.contains("every empty file"));
    }
}
