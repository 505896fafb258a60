//! Opening a file without waiting for ever: on a hung network mount, `open` itself does not come
//! back, and nothing but its thread can be given up.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use crate::content::{Evidence, Unread};
use crate::record::Reason;

/// A thread that opens files for another one.
struct Opener {
    asks: Sender<(PathBuf, bool)>,
    answers: Receiver<Result<Evidence, Unread>>,
}

thread_local! {
    /// One opener for each thread that examines.
    static OPENER: RefCell<Option<Opener>> = const { RefCell::new(None) };
}

/// Opens a file that the walk met as a regular one; with a limit, within that time.
pub(super) fn open(
    path: &Path,
    through_link: bool,
    limit: Option<Duration>,
) -> Result<Evidence, Unread> {
    let Some(limit) = limit else { return Evidence::open(path, through_link) };
    OPENER.with_borrow_mut(|kept| {
        let opener = match kept.take() {
            Some(opener) => opener,
            None => Opener::start()?,
        };
        let answer = opener.open(path, through_link, limit)?;
        // One that did not answer is left behind with what it waits for.
        *kept = Some(opener);
        answer
    })
}

impl Opener {
    fn start() -> Result<Self, Unread> {
        let (asks, asked) = mpsc::channel::<(PathBuf, bool)>();
        let (sender, answers) = mpsc::channel();
        let work = move || {
            for (path, through_link) in asked {
                if sender.send(Evidence::open(&path, through_link)).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("opener".to_owned()).spawn(work)?;
        Ok(Self { asks, answers })
    }

    /// What opening came to; nothing but the reason where it came to nothing in time.
    fn open(
        &self,
        path: &Path,
        through_link: bool,
        limit: Duration,
    ) -> Result<Result<Evidence, Unread>, Unread> {
        let late = || Unread {
            reason: Reason::Timeout,
            detail: format!(
                "opening it took more than {} s, as on a file system that hangs (--timeout)",
                limit.as_secs_f64()
            ),
        };
        self.asks.send((path.to_owned(), through_link)).map_err(|_gone| late())?;
        self.answers.recv_timeout(limit).map_err(|_none| late())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_opened_in_time_and_one_that_is_gone_is_told_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "abc").unwrap();
        for limit in [None, Some(Duration::from_secs(60))] {
            assert_eq!(open(&path, false, limit).map(|file| file.size()).unwrap(), 3);
            let gone = open(&folder.path().join("none"), false, limit).unwrap_err();
            assert_eq!(gone.reason, Reason::NotFound);
        }
    }

    #[test]
    fn an_opener_that_does_not_answer_is_given_up_and_replaced() {
        let (asks, _asked) = mpsc::channel();
        let (_sender, answers) = mpsc::channel();
        OPENER.set(Some(Opener { asks, answers }));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "abc").unwrap();
        let late = open(&path, false, Some(Duration::from_millis(20))).unwrap_err();
        assert_eq!(late.reason, Reason::Timeout);
        assert!(open(&path, false, Some(Duration::from_secs(60))).is_ok());
    }
}
