//! The hash sets of `EnCase`: MD5 digests in a binary file.
//!
//! Source: The Sleuth Kit, `tsk/hashdb/encase.c`: eight bytes of magic, the name of the set in UTF-16
//! (little endian) at 1032, and from 1152 on records of 18 bytes, of which the first 16 are the MD5.

use std::io::{BufRead, Read};

use super::gather::Gathering;
use super::lines::Lines;
use super::row::{Row, Stated};
use super::value::Claim;
use super::{DigestKind, ListError};

/// How such a file begins.
pub(super) const MAGIC: &[u8] = b"HASH\r\n\xff\0";

/// Where the name of the set is, and where the records begin.
const NAME: std::ops::Range<usize> = 1032..1110;
const RECORDS: usize = 1152;

/// Bytes of a record.
const RECORD: usize = 18;

/// Reads a set. Its records have numbers in place of lines.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
) -> Result<(), ListError> {
    let list = lines.list().to_owned();
    let failed = |source| ListError::Read { list: list.clone(), source };
    let input = lines.input();
    let mut head = Vec::new();
    input.take(RECORDS as u64).read_to_end(&mut head).map_err(failed)?;
    if head.len() < RECORDS {
        gathering.broken(1, "the file ends before its first record");
        return Ok(());
    }
    let name: Vec<u16> =
        head[NAME].as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect();
    let name = String::from_utf16_lossy(&name);
    let name = name.split('\0').next().filter(|name| !name.is_empty());
    let mut record = Vec::new();
    for number in 1.. {
        record.clear();
        input.take(RECORD as u64).read_to_end(&mut record).map_err(failed)?;
        match record.len() {
            0 => break,
            RECORD => {
                let claim = Claim::Digest(DigestKind::Md5);
                let text = hex::encode(&record[..16]);
                let value = Stated { claim, text: &text, quality: None };
                gathering.add(Row { label: name, ..Row::of_value(number, value, None) });
            }
            _ => gathering.broken(number, "the file ends in the middle of a record"),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::options;
    use super::super::{HashList, ListFormat, Tolerance};
    use super::*;

    /// A set of so many records, and what is behind them.
    fn set(records: u8, behind: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.resize(NAME.start, 0);
        bytes.extend("set é".encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(RECORDS, 0);
        for k in 0..records {
            bytes.extend((k..k + 16).chain([0, 0]));
        }
        bytes.extend(behind);
        bytes
    }

    fn list(bytes: &[u8]) -> HashList {
        let options = super::super::ReadOptions { tolerance: Tolerance::Any, ..options(None) };
        HashList::read("test.hash", bytes, &options).unwrap()
    }

    #[test]
    fn records_are_digests_with_the_name_of_their_set() {
        let list = list(&set(100, &[]));
        assert_eq!((list.format, list.counts.entries), (ListFormat::EnCase, 100));
        let entry = list.entries.get(99).into_owned();
        assert_eq!((entry.line, entry.label.as_deref()), (100, Some("set é")));
        let md5: Vec<u8> = (99..115).collect();
        assert_eq!(entry.known, super::super::Known::Md5(md5.try_into().unwrap()));
    }

    #[test]
    fn what_is_cut_is_broken_and_so_is_a_record_of_zeros() {
        assert_eq!(list(&set(9, &[7; 17])).counts.broken, 1);
        assert_eq!(list(&set(9, &[0; 18])).counts.broken, 1);
        let cut = &set(9, &[])[..RECORDS - 1];
        assert!(HashList::read("test", cut, &options(None)).is_err());
    }
}
