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
/// it for every line.
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
        let form = if format == ListFormat::Pdq { proven_form(text) } else { None };
        let (value, file) = form.unwrap_or_else(|| bare(claim, text));
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

/// The value and the file name of a line whose form proves that its hash is PDQ.
///
/// Source of the forms: facebook/ThreatExchange, `pdq/cpp/io/hashio.h`,
/// `pdq/cpp/bin/pdq-photo-hasher.cpp`, `vpdq/sample-hashes`, and `file_api.py` for `pdq <hex>`.
pub(super) fn proven_form(text: &str) -> Option<Form<'_>> {
    keyed(text).or_else(|| typed(text)).or_else(|| vpdq(text)).or_else(|| with_quality(text))
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
fn vpdq(text: &str) -> Option<Form<'_>> {
    let fields: Vec<&str> = text.splitn(5, ',').map(str::trim).collect();
    let [frame, quality, hash, seconds] = *fields.as_slice() else { return None };
    let fits = frame.parse::<u64>().is_ok() && is_quality(quality);
    (fits && seconds.parse::<f64>().is_ok())
        .then_some((Stated { claim: PDQ, text: hash, quality: Some(quality) }, None))
}

/// `hash,quality,filename`, of which the file name may have commas.
fn with_quality(text: &str) -> Option<Form<'_>> {
    let (hash, rest) = text.split_once(',')?;
    let (quality, file) = rest.split_once(',')?;
    let quality = quality.trim();
    (is_quality(quality) && is_hex(hash.trim()))
        .then_some((Stated { claim: PDQ, text: hash, quality: Some(quality) }, Some(file)))
}

fn is_quality(text: &str) -> bool {
    text.parse::<u8>().is_ok_and(|quality| quality <= 100)
}

/// The value up to the first comma, semicolon or blank, and what is behind it.
pub(super) fn bare(claim: Claim, text: &str) -> Form<'_> {
    let end = text.find([',', ';', ' ', '\t']).unwrap_or(text.len());
    let file = text[end..].trim_start_matches([' ', '\t']);
    let file = file.strip_prefix([',', ';']).unwrap_or(file).trim();
    let stated = Stated { claim, text: &text[..end], quality: None };
    (stated, (!file.is_empty()).then_some(file))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, entries, options, read};
    use super::super::{HashList, ListError, ListFormat};
    use crate::hash::Quality;

    fn one(line: &str) -> HashList {
        read(line, options(None)).unwrap()
    }

    #[test]
    fn forms_that_prove_pdq_are_read_with_one_line() {
        let across = format!("hash={PDQ_HEX},quality=100,orig={PDQ_HEX},filename=a,b.jpg");
        let keyed = format!("hash={PDQ_HEX},norm=128,delta=0,quality=100,filename=a,b.jpg");
        let plain = format!("{PDQ_HEX},100,a,b.jpg");
        for line in [across, keyed, plain] {
            let list = one(&line);
            assert_eq!(list.format, ListFormat::Pdq);
            assert_eq!(list.entries[0].quality, Some(Quality(100)));
            assert_eq!(list.entries[0].label.as_deref(), Some("a,b.jpg"));
        }
        assert_eq!(one(&format!("pdq {PDQ_HEX}\n")).entries[0].label, None);
        assert_eq!(one(&format!("hash={PDQ_HEX}")).entries[0].quality, None);
        assert_eq!(one(&format!("0,99,{PDQ_HEX},0.000")).entries[0].quality, Some(Quality(99)));
    }

    #[test]
    fn a_second_column_of_101_is_no_quality_and_proves_nothing() {
        let error = read(&format!("{PDQ_HEX},101,a.jpg"), options(None)).unwrap_err();
        assert!(matches!(error, ListError::Ambiguous { rows: 1, .. }));
    }

    #[test]
    fn a_number_in_the_last_column_is_metadata() {
        let list = read(&format!("{PDQ_HEX},100"), options(Some(ListFormat::Pdq))).unwrap();
        assert_eq!(list.entries[0].label.as_deref(), Some("100"));
        assert_eq!(list.entries[0].quality, None);
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
        assert_eq!((list.entries[0].line, list.counts.rows), (3, 1));
    }

    #[test]
    fn bare_digests_are_told_by_their_length() {
        for (length, format) in [(32, ListFormat::Md5), (40, ListFormat::Sha1)] {
            let list = one(&format!("{},some category", &PDQ_HEX[..length]));
            assert_eq!(list.format, format);
            assert_eq!(list.entries[0].label.as_deref(), Some("some category"));
        }
        let sha256 = read(PDQ_HEX, options(Some(ListFormat::Sha256))).unwrap();
        assert!(matches!(sha256.entries[0].known, super::super::Known::Sha256(_)));
    }
}
