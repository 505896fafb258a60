//! Files of named arrays that are memory-mapped: ready in milliseconds, however large they are.
//!
//! A file has a header and then the arrays, each at a multiple of 64 bytes. Whole numbers
//! are little-endian. The header:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | [`MAGIC`] |
//! | 4, 4 | version of the layout; number of arrays |
//! | 8, 8 | bytes of the file; bytes of the header |
//! | 64 each | of each array: its name (48 bytes, the rest zeros), where it begins, its bytes |
//! | 32 each | SHA-256 of each piece of at most 16 MiB, array by array |
//! | 32 | SHA-256 of the header up to here |
//!
//! Opening checks the header with its digest and the length of the file; [`Mapped::verify`] checks
//! every byte of the arrays. As the header holds the digests of all pieces, its own identifies the
//! whole content.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;
use std::{fmt, iter};

use bytemuck::Pod;
use memmap2::{Mmap, MmapMut};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// The first bytes of a file. Like those of PNG, they show when line ends were converted.
pub const MAGIC: [u8; 8] = *b"\x89kinga\r\n";

/// The version of the layout and of the arrays' meaning. Other versions are refused.
const VERSION: u32 = 2;

/// Each array begins at a multiple of so many bytes: a cache line of today's machines.
const ALIGN: usize = 64;

/// Bytes of a piece that has a digest of its own, so that all cores can check a file.
const PIECE: usize = 16 << 20;

/// Bytes in the header of an array's name.
const NAME: usize = 48;

/// Bytes in front of the table of arrays.
const FIXED: usize = 32;

/// Bytes of an array's row in that table.
const ROW: usize = NAME + 16;

/// Bytes of a SHA-256.
const DIGEST: usize = 32;

/// A header beyond this is none of ours: enough for pieces of a terabyte.
const MAX_HEADER: u64 = 8 << 20;

/// An array to be written.
#[derive(Clone)]
pub struct Section<'a> {
    /// Its name, at most 48 bytes of ASCII.
    pub name: Cow<'a, str>,
    /// Its bytes; numbers in them are little-endian.
    pub bytes: &'a [u8],
}

impl<'a> Section<'a> {
    /// An array with its name.
    pub fn of<T: Pod>(name: impl Into<Cow<'a, str>>, elements: &'a [T]) -> Self {
        Self { name: name.into(), bytes: bytemuck::cast_slice(elements) }
    }
}

impl fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Section({}, {} bytes)", self.name, self.bytes.len())
    }
}

/// An open file.
pub struct Mapped {
    map: Mmap,
    /// Where the header ends.
    start: usize,
    rows: Vec<Row>,
    pieces: Vec<[u8; DIGEST]>,
    digest: [u8; DIGEST],
}

/// Where an array is.
struct Row {
    name: String,
    range: Range<usize>,
}

impl fmt::Debug for Mapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mapped({} bytes)", self.map.len())
    }
}

/// Why a file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum MappedError {
    /// The system refused.
    #[error("it cannot be opened; check its name and permissions")]
    Io(#[from] io::Error),
    /// It comes from standard input.
    #[error("it can't be read from standard input: name the file")]
    NotAFile,
    /// The file is not as it was written.
    #[error("it was cut or altered ({0}); build it again from its sources")]
    Altered(&'static str),
    /// Another version of kinga wrote it.
    #[error("its layout has version {0}, and this program reads version {VERSION}; build it again")]
    Version(u32),
    /// The machine stores numbers the other way round.
    #[error("compiled lists can't be used on big-endian machines; use the sources")]
    BigEndian,
}

/// Whether a file begins with [`MAGIC`]. What can't be read does not.
pub fn is_mapped(path: &Path) -> bool {
    begins_with(path, &MAGIC)
}

/// Whether a regular file begins with these bytes. What can't be read does not; a pipe is not even
/// looked at, since what is read of it is gone for whoever reads it next.
pub fn begins_with(path: &Path, magic: &[u8]) -> bool {
    let mut start = vec![0; magic.len()];
    fs::metadata(path).is_ok_and(|file| file.is_file())
        && File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && start == magic
}

/// Writes a file of these arrays and gives the digest of its header, which identifies it.
///
/// # Errors
/// When writing fails, and for a name that is too long or a machine that is not little-endian.
pub fn write(to: &mut impl Write, sections: &[Section<'_>]) -> io::Result<[u8; DIGEST]> {
    let odd = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    if cfg!(target_endian = "big") {
        return odd("compiled lists can't be written on big-endian machines");
    }
    if sections.iter().any(|section| section.name.len() > NAME) {
        return odd("the name of an array is too long");
    }
    let pieces: Vec<&[u8]> =
        sections.iter().flat_map(|section| section.bytes.chunks(PIECE)).collect();
    let header_len = FIXED + ROW * sections.len() + DIGEST * (pieces.len() + 1);
    let mut rows = Vec::new();
    let mut end = header_len;
    for section in sections {
        let start = end.next_multiple_of(ALIGN);
        end = start + section.bytes.len();
        rows.extend(section.name.bytes().chain(iter::repeat(0)).take(NAME));
        rows.extend((start as u64).to_le_bytes());
        rows.extend((section.bytes.len() as u64).to_le_bytes());
    }
    let mut header = MAGIC.to_vec();
    header.extend(VERSION.to_le_bytes());
    header.extend(u32::try_from(sections.len()).unwrap_or(u32::MAX).to_le_bytes());
    header.extend((end as u64).to_le_bytes());
    header.extend((header_len as u64).to_le_bytes());
    header.extend(rows);
    let digests: Vec<[u8; DIGEST]> = pieces.par_iter().map(|piece| sha256(piece)).collect();
    header.extend(digests.iter().flatten());
    let digest = sha256(&header);
    header.extend(digest);
    to.write_all(&header)?;
    let mut at = header_len;
    for section in sections {
        let start = at.next_multiple_of(ALIGN);
        to.write_all(&[0; ALIGN][..start - at])?;
        to.write_all(section.bytes)?;
        at = start + section.bytes.len();
    }
    Ok(digest)
}

fn sha256(bytes: &[u8]) -> [u8; DIGEST] {
    Sha256::digest(bytes).into()
}

impl Mapped {
    /// Maps a file and checks its header.
    ///
    /// # Errors
    /// When it can't be opened, is of another version, or was cut or altered as far as header and
    /// length tell.
    pub fn open(path: &Path) -> Result<Arc<Self>, MappedError> {
        if cfg!(target_endian = "big") {
            return Err(MappedError::BigEndian);
        }
        let file = File::open(path)?;
        // Safety: the map is read-only, and every value in it is valid for the types that
        // `array` gives out (`Pod`). Whoever changes the file while it is in use can make numbers
        // wrong, which `verify` finds, or take the process down by cutting it; not more.
        #[expect(unsafe_code, reason = "mapping a file is unsafe by its nature")]
        let map = unsafe { Mmap::map(&file)? };
        let mut header = Header::read(&map)?;
        let (rows, total) = header.rows()?;
        let pieces = header.rest.as_chunks::<DIGEST>().0;
        if total != pieces.len() {
            return Err(MappedError::Altered("the digests are not those of its arrays"));
        }
        let (start, pieces, digest) = (header.len, pieces.to_vec(), header.digest);
        Ok(Arc::new(Self { map, start, rows, pieces, digest }))
    }

    /// The SHA-256 that identifies the whole content.
    pub fn digest(&self) -> [u8; DIGEST] {
        self.digest
    }

    /// Whether there is an array of this name.
    pub fn has(&self, name: &str) -> bool {
        self.rows.iter().any(|row| row.name == name)
    }

    /// The array of this name.
    ///
    /// # Errors
    /// When there is none, or it is not one of `T`.
    pub fn array<T: Pod>(self: &Arc<Self>, name: &str) -> Result<Array<T>, MappedError> {
        let row = self.rows.iter().find(|row| row.name == name);
        let range = &row.ok_or(MappedError::Altered("an array is missing"))?.range;
        // The cast fails for a length or an alignment that `T` has not.
        if bytemuck::try_cast_slice::<u8, T>(&self.map[range.clone()]).is_err() {
            return Err(MappedError::Altered("an array has no whole number of elements"));
        }
        let (file, range) = (Arc::clone(self), range.clone());
        Ok(Array(Kept::Mapped { file, range, of: PhantomData }))
    }

    /// Reads all of the file and compares it with the digests in its header.
    ///
    /// # Errors
    /// When a byte of an array is not as it was written.
    pub fn verify(&self) -> Result<(), MappedError> {
        let pieces = self.rows.iter().flat_map(|row| self.map[row.range.clone()].chunks(PIECE));
        let pieces: Vec<(&[u8], &[u8; DIGEST])> = pieces.zip(&self.pieces).collect();
        let same = pieces.par_iter().all(|(piece, digest)| sha256(piece) == **digest);
        let same = same && self.has_only_zeros_between();
        same.then_some(()).ok_or(MappedError::Altered("the digest of a piece differs"))
    }

    fn has_only_zeros_between(&self) -> bool {
        let ends = iter::once(self.start).chain(self.rows.iter().map(|row| row.range.end));
        let starts = self.rows.iter().map(|row| row.range.start).chain([self.map.len()]);
        ends.zip(starts).all(|(end, start)| {
            self.map.get(end..start).is_some_and(|between| between.iter().all(|&byte| byte == 0))
        })
    }
}

/// A header whose digest is right.
struct Header<'a> {
    len: usize,
    count: u32,
    file_len: usize,
    /// What is not read yet, without the digest at the end.
    rest: &'a [u8],
    digest: [u8; DIGEST],
}

impl<'a> Header<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, MappedError> {
        let (Some(fixed), true) = (bytes.first_chunk::<FIXED>(), bytes.starts_with(&MAGIC)) else {
            return Err(MappedError::Altered("it does not begin as it should"));
        };
        let version = u32_at(fixed, 8);
        if version != VERSION {
            return Err(MappedError::Version(version));
        }
        let (file_len, header_len) = (u64_at(fixed, 16), u64_at(fixed, 24));
        if file_len != bytes.len() as u64 {
            return Err(MappedError::Altered("its length is not the one that it states"));
        }
        let header = bytes.get(..usize::try_from(header_len.min(MAX_HEADER)).unwrap_or(usize::MAX));
        let parts = header.and_then(|header| header.split_last_chunk::<DIGEST>());
        match parts {
            Some((checked, digest)) if checked.len() >= FIXED && sha256(checked) == *digest => {
                let rest = &checked[FIXED..];
                let (len, count) = (checked.len() + DIGEST, u32_at(fixed, 12));
                Ok(Self { len, count, file_len: bytes.len(), rest, digest: *digest })
            }
            _ => Err(MappedError::Altered("the digest of its header differs")),
        }
    }

    /// The names and places of all arrays, and how many pieces they have.
    fn rows(&mut self) -> Result<(Vec<Row>, usize), MappedError> {
        let (mut rows, mut pieces) = (Vec::new(), 0);
        for _ in 0..self.count {
            let wrong = MappedError::Altered("an array lies outside of the file");
            let Some((row, rest)) = self.rest.split_first_chunk::<ROW>() else { return Err(wrong) };
            self.rest = rest;
            let name = row[..NAME].iter().take_while(|&&byte| byte != 0);
            let name = name.map(|&byte| char::from(byte)).collect();
            let start = usize::try_from(u64_at(row, NAME));
            let len = usize::try_from(u64_at(row, NAME + 8));
            let (Ok(start), Ok(len)) = (start, len) else { return Err(wrong) };
            match start.checked_add(len) {
                Some(end) if end <= self.file_len => rows.push(Row { name, range: start..end }),
                _ => return Err(wrong),
            }
            pieces += len.div_ceil(PIECE);
        }
        Ok((rows, pieces))
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].first_chunk().map_or(0, |four| u32::from_le_bytes(*four))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// An array that is in memory, or in a mapped file: its user need not know.
pub struct Array<T: Pod>(Kept<T>);

enum Kept<T> {
    Owned(Vec<T>),
    /// Memory of its own, in pages as large as the system has.
    Large {
        map: MmapMut,
        bytes: usize,
        of: PhantomData<T>,
    },
    Mapped {
        file: Arc<Mapped>,
        range: Range<usize>,
        of: PhantomData<T>,
    },
}

/// From so many bytes on, an array has memory of its own in large pages: two pages of 2 MiB.
const LARGE: usize = 4 << 20;

impl<T: Pod> Array<T> {
    /// So many zeros, to be filled in by [`Self::in_memory`].
    ///
    /// Where it matters and the system can, they lie in large pages: looking into an array all
    /// over, a processor would otherwise spend more time on finding the pages than on what is in
    /// them. Most systems give large pages only to who asks.
    pub fn zeros(len: usize) -> Self {
        let bytes = len.saturating_mul(size_of::<T>());
        if cfg!(target_os = "linux") && bytes >= LARGE {
            // Without such memory, ordinary memory will do.
            if let Ok(map) = MmapMut::map_anon(bytes) {
                ask_for_large_pages(&map);
                return Self(Kept::Large { map, bytes, of: PhantomData });
            }
        }
        Self(Kept::Owned(vec![T::zeroed(); len]))
    }

    /// The elements, to be filled in; none of a mapped file.
    pub fn in_memory(&mut self) -> &mut [T] {
        match &mut self.0 {
            Kept::Owned(elements) => elements,
            Kept::Large { map, bytes, .. } => bytemuck::cast_slice_mut(&mut map[..*bytes]),
            Kept::Mapped { .. } => &mut [],
        }
    }
}

/// Asks the system for large pages. Nothing but speed depends on the answer.
fn ask_for_large_pages(map: &MmapMut) {
    #[cfg(target_os = "linux")]
    {
        // A kernel without them says no, and all works as well, slower.
        let _answer = map.advise(memmap2::Advice::HugePage);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = map;
}

impl<T: Pod> From<Vec<T>> for Array<T> {
    fn from(elements: Vec<T>) -> Self {
        Self(Kept::Owned(elements))
    }
}

impl<T: Pod> Deref for Array<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.0 {
            Kept::Owned(elements) => elements,
            Kept::Large { map, bytes, .. } => bytemuck::cast_slice(&map[..*bytes]),
            Kept::Mapped { file, range, .. } => bytemuck::cast_slice(&file.map[range.clone()]),
        }
    }
}

impl<T: Pod> fmt::Debug for Array<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Array({} elements)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(sections: &[Section<'_>]) -> tempfile::TempPath {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write(&mut file, sections).unwrap();
        file.into_temp_path()
    }

    fn two_arrays() -> tempfile::TempPath {
        let numbers: Vec<u32> = (0..100_000).collect();
        file(&[Section::of("numbers", &numbers), Section::of::<u8>("empty", &[])])
    }

    #[test]
    fn what_was_written_is_read_again() {
        let path = two_arrays();
        assert!(is_mapped(&path));
        let mapped = Mapped::open(&path).unwrap();
        mapped.verify().unwrap();
        let numbers = mapped.array::<u32>("numbers").unwrap();
        assert!(numbers.iter().copied().eq(0..100_000));
        assert_eq!(mapped.array::<u64>("empty").unwrap().len(), 0);
        assert!(mapped.has("empty") && !mapped.has("none") && mapped.array::<u8>("none").is_err());
        assert!(mapped.array::<[u8; 7]>("numbers").is_err(), "400,000 bytes are no sevens");
    }

    #[test]
    fn zeros_are_filled_in_whether_few_or_many_and_those_of_a_file_are_not() {
        for len in [0, 1, LARGE / 4 - 1, LARGE / 4, LARGE + 1] {
            let mut numbers = Array::<u32>::zeros(len);
            assert!(numbers.len() == len && numbers.iter().all(|&number| number == 0));
            for (place, number) in (0..).zip(numbers.in_memory()) {
                *number = place;
            }
            assert!(numbers.iter().copied().eq((0..).take(len)));
        }
        let mapped = Mapped::open(&two_arrays()).unwrap();
        assert!(mapped.array::<u32>("numbers").unwrap().in_memory().is_empty());
    }

    #[test]
    fn a_file_cut_anywhere_or_with_a_byte_more_is_refused() {
        let path = two_arrays();
        let whole = std::fs::read(&path).unwrap();
        let lengths = (0..400).chain([4096, whole.len() - 1]);
        for cut in lengths.map(|len| whole[..len].to_vec()).chain([[&whole[..], b"\0"].concat()]) {
            std::fs::write(&path, &cut).unwrap();
            assert!(Mapped::open(&path).is_err(), "{} of {} bytes", cut.len(), whole.len());
        }
    }

    #[test]
    fn an_altered_byte_is_found_in_the_header_at_once_and_elsewhere_by_verifying() {
        let path = two_arrays();
        let whole = std::fs::read(&path).unwrap();
        let header = usize::try_from(u64_at(&whole, 24)).unwrap();
        for at in (0..header).chain((header..whole.len()).step_by(509)).chain([whole.len() - 1]) {
            let mut altered = whole.clone();
            altered[at] ^= 0x10;
            std::fs::write(&path, &altered).unwrap();
            let opened = Mapped::open(&path);
            let fine = opened.as_ref().is_ok_and(|mapped| mapped.verify().is_ok());
            assert!(!fine && (opened.is_ok() == (at >= header)), "byte {at}");
        }
    }

    #[test]
    fn a_file_of_another_version_says_so() {
        let path = two_arrays();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[8] = 9;
        std::fs::write(&path, &bytes).unwrap();
        assert!(matches!(Mapped::open(&path), Err(MappedError::Version(9))));
    }
}
