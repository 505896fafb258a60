//! What a line looks like: `{"crc":"89abcdef","type":...}`. The CRC-32 is that of the line without
//! it: of `{"type":...}`.

use std::io;

use serde::Serialize;

use super::kept::Kept;
use super::session::Session;
use super::state::FileState;
use crate::record::Record;
use crate::report::write_json;

/// A line to be written.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Line<'a> {
    Session(&'a Session),
    File { state: &'a FileState, record: &'a Record, kept: &'a [Kept] },
    Verified { session: &'a str },
}

/// How every line begins.
const OPENING: &[u8] = br#"{"crc":""#;

/// Hex digits of a CRC.
const DIGITS: usize = 8;

/// Where the object without its CRC begins, once the comma there is made a brace.
const BODY: usize = OPENING.len() + DIGITS + 1;

/// How the objects of each kind begin.
pub(super) const SESSION: &[u8] = br#"{"type":"session","#;
pub(super) const FILE: &[u8] = br#"{"type":"file","#;
pub(super) const VERIFIED: &[u8] = br#"{"type":"verified","#;

/// Puts a line behind those in `into`, with its CRC and its end.
pub(super) fn seal(line: &Line<'_>, into: &mut Vec<u8>) -> io::Result<()> {
    let start = into.len();
    into.extend_from_slice(OPENING);
    into.extend_from_slice(&[b'0'; DIGITS]);
    into.push(b'"');
    write_json(&mut *into, line)?;
    let digits = digits(&into[start + BODY..]);
    into[start + BODY] = b',';
    into[start + OPENING.len()..][..DIGITS].copy_from_slice(digits.as_bytes());
    into.push(b'\n');
    Ok(())
}

/// The object in a whole line, without its CRC; none if the line is not as it was written.
pub(super) fn unseal(line: &mut [u8]) -> Option<&[u8]> {
    let [line @ .., b'\n'] = line else { return None };
    let framed = line.len() > BODY && line.starts_with(OPENING);
    if !framed || line[BODY - 1] != b'"' || line[BODY] != b',' {
        return None;
    }
    line[BODY] = b'{';
    let (head, body) = line.split_at(BODY);
    // Compared as text: hex digits in upper case are a flipped bit, too.
    let same = head[OPENING.len()..][..DIGITS] == *digits(body).as_bytes();
    same.then_some(body)
}

/// Whether this may be what is left of the first line of a journal that was cut off.
pub(super) fn may_be_torn_session(bytes: &[u8]) -> bool {
    let after = [b"\",".as_slice(), &SESSION[1..]].concat();
    let digits = OPENING.len()..OPENING.len() + DIGITS;
    bytes.iter().enumerate().all(|(at, byte)| match at {
        _ if at < digits.start => OPENING[at] == *byte,
        _ if at < digits.end => byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
        _ => after.get(at - digits.end).is_none_or(|expected| expected == byte),
    })
}

/// Whether these bytes are two lines or more whose ends were lost. A line that is only torn is one:
/// within texts, quotes are escaped.
pub(super) fn holds_two(bytes: &[u8]) -> bool {
    bytes.windows(OPENING.len()).skip(1).any(|window| window == OPENING)
}

/// Gives a whole line the CRC that it should have; leaves alone what is not framed as one.
pub(super) fn reseal(line: &mut [u8]) {
    let [line @ .., b'\n'] = line else { return };
    if line.len() > BODY && line[BODY] == b',' {
        line[BODY] = b'{';
        let digits = digits(&line[BODY..]);
        line[BODY] = b',';
        line[OPENING.len()..][..DIGITS].copy_from_slice(digits.as_bytes());
    }
}

fn digits(body: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json_with_the_crc_of_the_object_without_it() {
        let mut line = Vec::new();
        seal(&Line::Verified { session: "a" }, &mut line).unwrap();
        // zlib.crc32(b'{"type":"verified","session":"a"}')
        let text = "{\"crc\":\"CRC\",\"type\":\"verified\",\"session\":\"a\"}\n";
        let crc = format!("{:08x}", crc32fast::hash(br#"{"type":"verified","session":"a"}"#));
        assert_eq!(String::from_utf8(line.clone()).unwrap(), text.replace("CRC", &crc));
        assert!(serde_json::from_slice::<serde_json::Value>(&line).is_ok());
        assert_eq!(unseal(&mut line).unwrap(), br#"{"type":"verified","session":"a"}"#);
    }

    #[test]
    fn a_line_without_its_end_or_with_digits_in_upper_case_is_not_whole() {
        let mut line = Vec::new();
        // An id whose CRC has a letter in it.
        let ids = ["a", "b", "c", "d"].iter();
        let mut lettered = ids.map(|session| {
            line.clear();
            seal(&Line::Verified { session }, &mut line).unwrap();
            line.clone()
        });
        let letter = |line: &Vec<u8>| line[8..16].iter().any(u8::is_ascii_lowercase);
        let line = lettered.find(letter).unwrap();
        assert!(unseal(&mut line.clone()).is_some());
        assert!(unseal(&mut line[..line.len() - 1].to_vec()).is_none());
        let mut upper = line.clone();
        upper[8..16].make_ascii_uppercase();
        assert!(unseal(&mut upper).is_none());
    }

    #[test]
    fn only_what_begins_as_a_journal_may_be_a_torn_one() {
        let torn = br#"{"crc":"0123abcd","type":"session","journal":1,"id":"x"#;
        assert!((0..torn.len()).all(|len| may_be_torn_session(&torn[..len])));
        for other in [&b"\xff\xd8\xff"[..], b"{\"name\":1}", b"{\"crc\":\"XYZ", b"notes"] {
            assert!(!may_be_torn_session(other));
        }
    }
}
