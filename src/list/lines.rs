//! The bytes of a list on their way: digested, looked at in advance, and cut into bounded lines.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use sha2::{Digest, Sha256};

use super::ListError;

/// How much of a list is looked at to tell its format.
pub(super) const PEEK: u64 = 64 * 1024;

/// The longest line that is read, in bytes, inclusive. A longer one is a broken row, so that a
/// file without line ends does not fill the memory.
pub(super) const MAX_LINE: usize = 1024 * 1024;

/// The first [`PEEK`] bytes, or all when there are fewer. A pipe gives short reads, so one
/// `read` would not do.
pub(super) fn peek(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    input.take(PEEK).read_to_end(&mut start)?;
    Ok(start)
}

/// Passes bytes through and takes their SHA-256.
pub(super) struct Digesting<R> {
    input: R,
    state: Sha256,
}

impl<R> Digesting<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, state: Sha256::new() }
    }

    /// The SHA-256 of all that has passed.
    pub(super) fn finish(self) -> [u8; 32] {
        self.state.finalize().into()
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.state.update(&buffer[..count]);
        Ok(count)
    }
}

/// One line without its end and without a byte order mark.
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: u64,
    /// The text, with U+FFFD for what is not UTF-8; nothing when it is longer than [`MAX_LINE`].
    pub(super) text: Option<Cow<'a, str>>,
}

/// Cuts a list into lines without ever holding more than [`MAX_LINE`] bytes.
pub(super) struct Lines<R> {
    input: R,
    list: String,
    buffer: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(list: &str, input: R) -> Self {
        Self { input, list: list.to_owned(), buffer: Vec::new(), number: 0 }
    }

    /// The name of the list, for errors.
    pub(super) fn list(&self) -> &str {
        &self.list
    }

    /// The input, for formats that do not go by lines.
    pub(super) fn input(&mut self) -> &mut R {
        &mut self.input
    }

    /// What is left of the input: nothing, after [`Lines::next`] gave `None`.
    pub(super) fn into_input(self) -> R {
        self.input
    }

    /// The next line, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Line<'_>>, ListError> {
        let found = self.fill();
        match found {
            Err(source) => Err(ListError::Read { list: self.list.clone(), source }),
            Ok(None) => Ok(None),
            Ok(Some(length)) => {
                self.number += 1;
                let text = (length <= MAX_LINE).then(|| {
                    let mut bytes = self.buffer.as_slice();
                    if self.number == 1 {
                        bytes = without_bom(bytes);
                    }
                    String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(bytes))
                });
                Ok(Some(Line { number: self.number, text }))
            }
        }
    }

    /// Fills the buffer with the next line, up to [`MAX_LINE`] bytes; gives its whole length.
    fn fill(&mut self) -> io::Result<Option<usize>> {
        self.buffer.clear();
        let mut length = 0;
        let mut any = false;
        loop {
            let chunk = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if chunk.is_empty() {
                return Ok(any.then_some(length));
            }
            any = true;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let room = MAX_LINE.saturating_sub(self.buffer.len()).min(part.len());
            self.buffer.extend_from_slice(&part[..room]);
            length += part.len();
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return Ok(Some(length));
            }
        }
    }
}

/// The bytes behind a UTF-8 byte order mark, if there is one.
pub(super) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn lines_of(bytes: &[u8]) -> Vec<Option<String>> {
        let mut lines = Lines::new("test", BufReader::with_capacity(3, bytes));
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push(line.text.map(Cow::into_owned));
            assert_eq!(line.number, all.len() as u64);
        }
        all
    }

    #[test]
    fn lines_lose_their_ends_and_the_byte_order_mark() {
        let expected: Vec<_> = ["a", "", "b"].map(|text| Some(text.to_owned())).into();
        assert_eq!(lines_of(b"\xef\xbb\xbfa\r\n\nb"), expected);
        assert_eq!(lines_of(b"a\n\nb\n"), expected);
    }

    #[test]
    fn a_line_of_one_mebibyte_is_read_and_a_longer_one_is_not() {
        let mut bytes = vec![b'a'; MAX_LINE];
        bytes.extend(b"\nb");
        assert_eq!(lines_of(&bytes)[0].as_ref().map(String::len), Some(MAX_LINE));
        bytes.insert(0, b'a');
        assert_eq!(lines_of(&bytes), [None, Some("b".to_owned())]);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_replaced() {
        assert_eq!(lines_of(b"a\xff"), [Some("a\u{fffd}".to_owned())]);
    }

    #[test]
    fn a_peek_goes_on_after_short_reads() {
        let mut input = b"abc".as_slice().chain(b"def".as_slice());
        assert_eq!(peek(&mut input).unwrap(), b"abcdef");
    }

    #[test]
    fn the_digest_is_of_the_raw_bytes() {
        let mut input = Digesting::new(b"abc".as_slice());
        io::copy(&mut input, &mut io::sink()).unwrap();
        assert!(hex::encode(input.finish()).starts_with("ba7816bf8f01cfea"));
    }
}
