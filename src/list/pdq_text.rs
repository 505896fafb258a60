//! One hash or digest a line: PDQ text in all its forms, and bare lists of other kinds.

use std::io::BufRead;

use super::gather::Gathering;
use super::lines::Lines;
use super::row::{Row, Stated};
use super::value::{Claim, is_hex};
use super::{DigestKind, ListError, ListFormat};
use crate::hash::Algorithm;

const PDQ: Claim = Claim::Algorithm(Algorithm::Pdq);

/// Reads a list of bare values. With `stated`, the user said that the format is PDQ, which proves
/// it for every line. Otherwise `hash=` and `pdq` before a value prove that it is PDQ, a quality
/// beside it makes that likely, and the value alone says nothing.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
    format: ListFormat,
    stated: bool,
) -> Result<(), ListError> {
    let claim = match format {
        ListFormat::Md5 => Claim::Digest(DigestKind::Md5),
        ListFormat::Sha1 => Claim::Digest(DigestKind::Sha1),
        ListFormat::Sha256 => Claim::Digest(DigestKind::Sha256),
        ListFormat::Sha512 => Claim::Digest(DigestKind::Sha512),
        ListFormat::Pdq if stated => PDQ,
        ListFormat::Pdq => Claim::BarePdq,
        _ => Claim::Unstated,
    };
    while let Some(line) = lines.next()? {
        let number = line.number;
        let Some(text) = line.text else {
            gathering.broken(number, "a line of more than 1 MiB");
            continue;
        };
        let Some(text) = content(&text) else { continue };
        let likely = if stated { PDQ } else { Claim::LikelyPdq };
        let form = (format == ListFormat::Pdq)
            .then(|| proven_form(text).or_else(|| likely_form(likely, text)));
        let (value, file) = form.flatten().unwrap_or_else(|| bare(claim, text));
        gathering.add(Row::of_value(number, value, file));
    }
    Ok(())
}

/// The line without blanks around it; nothing when it is empty or a comment.
pub(super) fn content(line: &str) -> Option<&str> {
    let text = line.trim();
    (!text.is_empty() && !text.starts_with('#')).then_some(text)
}

type Form<'a> = (Stated<'a>, Option<&'a str>);

/// The value and the file name of a line that says that its hash is PDQ.
///
/// Source of the forms: facebook/ThreatExchange, `pdq/cpp/io/hashio.h`,
/// `pdq/cpp/bin/pdq-photo-hasher.cpp`, and `file_api.py` for `pdq <hex>`.
pub(super) fn proven_form(text: &str) -> Option<Form<'_>> {
    keyed(text).or_else(|| typed(text))
}

/// The value and the file name of a line in a form in which PDQ hashes are written. It is no
/// proof: `sha256,category,filename` looks the same.
///
/// Source of the forms: facebook/ThreatExchange, `pdq/cpp/bin/pdq-photo-hasher.cpp` and
/// `vpdq/sample-hashes`.
pub(super) fn likely_form(claim: Claim, text: &str) -> Option<Form<'_>> {
    vpdq(claim, text).or_else(|| with_quality(claim, text))
}

/// `hash=..,norm=..,delta=..,quality=..,filename=..`, of which the file name may have commas.
fn keyed(text: &str) -> Option<Form<'_>> {
    let rest = text.strip_prefix("hash=")?;
    let (hash, rest) = rest.split_once(',').unwrap_or((rest, ""));
    let named = rest.strip_prefix("filename=").map(|name| ("", name));
    let (keys, file) = match named.or_else(|| rest.split_once(",filename=")) {
        Some((keys, file)) => (keys, Some(file)),
        None => (rest, (!rest.is_empty() && !rest.contains('=')).then_some(rest)),
    };
    let quality = keys.split(',').find_map(|key| key.strip_prefix("quality="));
    Some((Stated { claim: PDQ, text: hash, quality }, file))
}

/// `pdq <hash>`, perhaps with something behind it.
fn typed(text: &str) -> Option<Form<'_>> {
    let rest = text.get(..4).filter(|start| start.eq_ignore_ascii_case("pdq "))?;
    let value = text[rest.len()..].trim_start();
    let end = value.find([',', ' ', '\t']).unwrap_or(value.len());
    let file = Some(value[end..].trim_start_matches([',', ' ', '\t']));
    let stated = Stated { claim: PDQ, text: &value[..end], quality: None };
    Some((stated, file.filter(|file| !file.is_empty())))
}

/// vPDQ: `frame,quality,hash,seconds`.
fn vpdq(claim: Claim, text: &str) -> Option<Form<'_>> {
    let (frame, rest) = text.split_once(',')?;
    let (quality, rest) = rest.split_once(',')?;
    let (hash, seconds) = rest.split_once(',')?;
    let quality = quality.trim();
    let fits = frame.trim().parse::<u64>().is_ok() && is_quality(quality);
    (fits && seconds.trim().parse::<f64>().is_ok())
        .then_some((Stated { claim, text: hash, quality: Some(quality) }, None))
}

/// `hash,quality,filename`, of which the file name may have commas.
fn with_quality(claim: Claim, text: &str) -> Option<Form<'_>> {
    let (hash, rest) = text.split_once(',')?;
    let (quality, file) = rest.split_once(',')?;
    let (digits, quality) = (hash.trim(), quality.trim());
    // `md5,category,filename` looks the same but for the length.
    (is_quality(quality) && is_hex(digits) && digits.len() == Algorithm::Pdq.digits())
        .then_some((Stated { claim, text: hash, quality: Some(quality) }, Some(file)))
}

fn is_quality(text: &str) -> bool {
    text.parse::<u8>().is_ok_and(|quality| quality <= 100)
}

/// The value up to the first comma, semicolon or blank, and what is behind it.
pub(super) fn bare(claim: Claim, text: &str) -> Form<'_> {
    let ends = |byte| matches!(byte, b',' | b';' | b' ' | b'\t');
    let end = text.bytes().position(ends).unwrap_or(text.len());
    let file = text[end..].trim_start_matches([' ', '\t']);
    let file = file.strip_prefix([',', ';']).unwrap_or(file).trim();
    let stated = Stated { claim, text: &text[..end], quality: None };
    (stated, (!file.is_empty()).then_some(file))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, entries, options, read};
    use super::super::{HashList, Known, ListError, ListFormat};
    use crate::hash::{Algorithm, Quality};

    fn one(line: &str) -> HashList {
        read(line, options(None)).unwrap()
    }

    /// [`PDQ_HEX`] with fewer bits: as of a hash with ties, or of a digest.
    fn odd() -> String {
        PDQ_HEX.replacen("f8f8", "f801", 1)
    }

    #[test]
    fn forms_that_prove_pdq_are_read_with_one_line_of_any_popcount() {
        for hash in [PDQ_HEX, &odd()] {
            let across = format!("hash={hash},quality=100,orig={hash},filename=a,b.jpg");
            let keyed = format!("hash={hash},norm=128,delta=0,quality=100,filename=a,b.jpg");
            for line in [across, keyed] {
                let list = one(&line);
                assert_eq!((list.format, list.entries.len()), (ListFormat::Pdq, 1));
                assert_eq!(list.entries.get(0).quality, Some(Quality(100)));
                assert_eq!(list.entries.get(0).label.as_deref(), Some("a,b.jpg"));
            }
            assert_eq!(one(&format!("pdq {hash}\n")).entries.get(0).label, None);
            assert_eq!(one(&format!("hash={hash}")).entries.get(0).quality, None);
        }
    }

    #[test]
    fn forms_that_a_sha256_list_may_have_are_read_with_one_line_of_128_bits_only() {
        let plain = one(&format!("{PDQ_HEX},100,a,b.jpg"));
        assert_eq!(plain.entries.get(0).quality, Some(Quality(100)));
        assert_eq!(plain.entries.get(0).label.as_deref(), Some("a,b.jpg"));
        assert_eq!(one(&format!("0,99,{PDQ_HEX},0.000")).entries.get(0).quality, Some(Quality(99)));
        for line in [format!("{},100,a.jpg", odd()), format!("0,99,{},0.000", odd())] {
            let error = read(&line, options(None)).unwrap_err();
            assert!(matches!(error, ListError::Ambiguous { rows: 1, .. }), "{error}");
            let stated = read(&line, options(Some(ListFormat::Pdq))).unwrap();
            assert_eq!(stated.algorithms, [Algorithm::Pdq].into());
            assert_eq!((stated.entries.len(), stated.digest_kinds().len()), (1, 0));
        }
    }

    #[test]
    fn of_likely_lines_one_of_five_may_have_ties_and_two_may_not() {
        let lines = |good, odd: &str| (entries(good) + odd + "\n").replace('\n', ",77,a.jpg\n");
        assert!(read(&lines(4, &odd()), options(None)).is_ok());
        assert!(read(&lines(3, &odd()), options(None)).is_err());
        // A SHA-256 list with a category from 0 to 100.
        let sha256 = ["f8", "01", "02", "03"].map(|end| odd().replacen("22", end, 1)).join("\n");
        let error = read(&lines(0, &sha256), options(None)).unwrap_err();
        assert!(error.to_string().contains("--list-format sha256"), "{error}");
    }

    #[test]
    fn what_has_not_128_bits_in_a_proven_list_is_searched_for_as_both_hash_and_digest() {
        let list = one(&(entries(19) + &odd() + ",k.jpg\n"));
        let (first, second) = (list.entries.get(19), list.entries.get(20));
        assert_eq!(list.entries.len(), 21);
        assert_eq!((list.counts.rows, list.counts.contributing), (20, 20));
        let bare = read(&odd(), options(Some(ListFormat::Sha256))).unwrap();
        assert_eq!(first.known, Known::Hash(Algorithm::Pdq, Algorithm::Pdq.parse(&odd()).unwrap()));
        assert_eq!(second.known, bare.entries.get(0).known);
        assert_eq!((second.line, second.label.as_deref()), (20, Some("k.jpg")));
        let likely = (entries(4) + &odd() + "\n").replace('\n', ",77,a\n");
        let list = one(&likely);
        assert_eq!((list.entries.len(), list.entries.get(5).quality), (6, None));
        assert_eq!(one(&entries(20)).digest_kinds().len(), 0);
    }

    #[test]
    fn an_md5_list_with_categories_is_no_pdq_list() {
        let list = one(&format!("{},5,a.jpg", &PDQ_HEX[..32]));
        assert_eq!((list.format, list.entries.len()), (ListFormat::Md5, 1));
    }

    #[test]
    fn a_second_column_of_101_is_no_quality_and_proves_nothing() {
        let error = read(&format!("{PDQ_HEX},101,a.jpg"), options(None)).unwrap_err();
        assert!(matches!(error, ListError::Ambiguous { rows: 1, .. }));
    }

    #[test]
    fn a_number_in_the_last_column_is_metadata() {
        let list = read(&format!("{PDQ_HEX},100"), options(Some(ListFormat::Pdq))).unwrap();
        assert_eq!(list.entries.get(0).label.as_deref(), Some("100"));
        assert_eq!(list.entries.get(0).quality, None);
    }

    #[test]
    fn four_bare_hashes_are_refused_and_five_with_128_bits_are_taken() {
        let error = read(&entries(4), options(None)).unwrap_err();
        assert!(error.to_string().contains("--list-format pdq or --list-format sha256"), "{error}");
        assert_eq!(read(&entries(5), options(None)).unwrap().entries.len(), 5);
        assert_eq!(read(&entries(4), options(Some(ListFormat::Pdq))).unwrap().entries.len(), 4);
    }

    #[test]
    fn the_line_counts_comments_and_blank_lines() {
        let text = format!("\u{feff}# a list\r\n\r\n  {}  \r\n", PDQ_HEX.to_uppercase());
        let list = read(&text, options(Some(ListFormat::Pdq))).unwrap();
        assert_eq!((list.entries.get(0).line, list.counts.rows), (3, 1));
    }

    #[test]
    fn bare_digests_are_told_by_their_length() {
        for (length, format) in [(32, ListFormat::Md5), (40, ListFormat::Sha1)] {
            let list = one(&format!("{},some category", &PDQ_HEX[..length]));
            assert_eq!(list.format, format);
            assert_eq!(list.entries.get(0).label.as_deref(), Some("some category"));
        }
        let sha256 = read(PDQ_HEX, options(Some(ListFormat::Sha256))).unwrap();
        assert!(matches!(sha256.entries.get(0).known, super::super::Known::Sha256(_)));
    }
}
