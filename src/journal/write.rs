//! The one thread that writes a journal. Whoever adds a line does not wait for the disk, unless the
//! disk falls far behind.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::error::JournalError;

/// How long lines are held back at most: what a kill can lose.
const WRITE_EVERY: Duration = Duration::from_millis(200);

/// How long written lines may be in the system's memory only: what a power failure can lose.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// So many bytes are written at once, however young they are.
const PLENTY: usize = 1 << 20;

/// So many bytes wait at most; who wants to add more waits, too.
const MOST: usize = 16 << 20;

/// Writes lines behind those of a file.
#[derive(Debug)]
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// There is work for the writing thread.
    work: Condvar,
    /// There is room for more lines.
    room: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Whole lines that are not written yet.
    waiting: Vec<u8>,
    closing: bool,
    /// The first error; nothing is written after it.
    error: Option<io::Error>,
}

impl Writer {
    /// Writes a first line, safely on disk, and begins to wait for more. `len` is the length of the
    /// file.
    pub(super) fn begin(file: Arc<File>, len: u64, first: &[u8]) -> Result<Self, JournalError> {
        let mut out = Out { file, len };
        out.write(first).and_then(|()| out.sync()).map_err(JournalError::Write)?;
        Self::go_on(out)
    }

    fn go_on(mut out: Out) -> Result<Self, JournalError> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new().name("journal".to_owned());
        let thread =
            thread.spawn(move || theirs.write_all(&mut out)).map_err(JournalError::Write)?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Adds a line, or an error where there should be one. After an error or the end, nothing more
    /// is taken.
    pub(super) fn add(&self, line: io::Result<&[u8]>) {
        let mut state = self.shared.lock();
        while state.waiting.len() > MOST && state.error.is_none() && !state.closing {
            state = wait(&self.shared.room, state, WRITE_EVERY);
        }
        if state.error.is_some() || state.closing {
            return;
        }
        match line {
            Ok(line) => state.waiting.extend_from_slice(line),
            Err(error) => state.error = Some(error),
        }
        if state.waiting.len() > PLENTY {
            self.shared.work.notify_one();
        }
    }

    /// Tells the first error, once.
    pub(super) fn check(&self) -> Result<(), JournalError> {
        let error = self.shared.lock().error.take_if(|_| true);
        // What follows the first error is not written either.
        error.map_or(Ok(()), |error| {
            self.shared.lock().closing = true;
            Err(JournalError::Write(error))
        })
    }

    /// Writes what is waiting, makes it safe on disk, and ends.
    pub(super) fn close(&self) -> Result<(), JournalError> {
        self.shared.lock().closing = true;
        self.shared.work.notify_one();
        self.shared.room.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(_panic)) = thread.map(JoinHandle::join) {
            return Err(JournalError::Write(io::Error::other("the writing thread failed")));
        }
        self.check()
    }
}

impl Drop for Writer {
    /// A run that fails keeps what it did.
    fn drop(&mut self) {
        // The run has failed already, and says why.
        drop(self.close());
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what comes, until the end or an error.
    fn write_all(&self, out: &mut Out) {
        let mut synced = Instant::now();
        let mut is_synced = true;
        loop {
            let (lines, closing) = self.next();
            let mut done = out.write(&lines);
            is_synced &= lines.is_empty();
            if done.is_ok() && !is_synced && (closing || synced.elapsed() >= SYNC_EVERY) {
                done = out.sync();
                (synced, is_synced) = (Instant::now(), true);
            }
            if let Err(error) = done {
                self.lock().error.get_or_insert(error);
                self.room.notify_all();
                return;
            }
            if closing {
                return;
            }
        }
    }

    /// The lines that wait, after some time, and whether they are the last.
    fn next(&self) -> (Vec<u8>, bool) {
        let begun = Instant::now();
        let mut state = self.lock();
        while !state.closing && state.waiting.len() <= PLENTY {
            let Some(rest) = WRITE_EVERY.checked_sub(begun.elapsed()) else { break };
            state = wait(&self.work, state, rest);
        }
        self.room.notify_all();
        (std::mem::take(&mut state.waiting), state.closing)
    }
}

fn wait<'a>(
    signal: &Condvar,
    state: MutexGuard<'a, State>,
    limit: Duration,
) -> MutexGuard<'a, State> {
    signal.wait_timeout(state, limit).unwrap_or_else(PoisonError::into_inner).0
}

/// A file and its length as far as lines are whole.
struct Out {
    file: Arc<File>,
    len: u64,
}

impl Out {
    /// Writes whole lines. If that fails, the file ends with the last whole line all the same.
    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut written = 0;
        while written < lines.len() {
            let error = match (&*self.file).write(&lines[written..]) {
                Ok(0) => ErrorKind::WriteZero.into(),
                Ok(more) => {
                    written += more;
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            let whole = lines[..written].iter().rposition(|&byte| byte == b'\n');
            self.len += whole.map_or(0, |end| end as u64 + 1);
            // If it can't be cut, its last line is torn, and is cut when the run goes on.
            drop(self.file.set_len(self.len));
            drop(self.file.sync_data());
            return Err(error);
        }
        self.len += written as u64;
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_added_from_many_threads_are_all_there_and_whole() {
        let file = Arc::new(tempfile::tempfile().unwrap());
        let writer = Writer::begin(Arc::clone(&file), 0, b"first\n").unwrap();
        thread::scope(|scope| {
            for number in 0..8 {
                let writer = &writer;
                scope.spawn(move || {
                    let line = format!("{number}\n").repeat(1000);
                    line.split_inclusive('\n').for_each(|line| writer.add(Ok(line.as_bytes())));
                });
            }
        });
        writer.close().unwrap();
        let text = read(&file);
        let mut lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.remove(0), "first");
        lines.sort_unstable();
        let expected = (0..8).flat_map(|number| vec![number.to_string(); 1000]);
        assert_eq!(lines, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_line_is_written_soon_without_anyone_asking() {
        let file = Arc::new(tempfile::tempfile().unwrap());
        let writer = Writer::begin(Arc::clone(&file), 0, &[]).unwrap();
        writer.add(Ok(b"line\n"));
        thread::sleep(3 * WRITE_EVERY);
        assert_eq!(read(&file), "line\n");
    }

    #[test]
    fn after_the_end_nothing_more_is_written() {
        let file = Arc::new(tempfile::tempfile().unwrap());
        let writer = Writer::begin(Arc::clone(&file), 0, &[]).unwrap();
        writer.add(Ok(b"one\n"));
        writer.close().unwrap();
        writer.add(Ok(b"two\n"));
        writer.close().unwrap();
        assert_eq!(read(&file), "one\n");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_and_stops_the_writing_but_nobody_waits_for_ever() {
        let file = Arc::new(File::options().append(true).open("/dev/full").unwrap());
        let first = Writer::begin(Arc::clone(&file), 0, b"first\n");
        assert!(matches!(first, Err(JournalError::Write(_))));
        let writer = Writer::go_on(Out { file, len: 0 }).unwrap();
        let line = vec![b'x'; 1 << 20];
        for _ in 0..64 {
            writer.add(Ok(&line));
        }
        let Err(JournalError::Write(error)) = writer.close() else { panic!("it was not told") };
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }

    fn read(file: &File) -> String {
        use std::io::{Read, Seek};
        let mut text = String::new();
        let mut file = file;
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    }
}
