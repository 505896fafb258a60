//! One thread's way to the workers. Files that are quickly looked at are asked for ahead, so that
//! the next one is open when a worker has done with the one before: waking a process that sleeps
//! takes longer than looking at a small picture.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::pool::{Pool, is_odd};
use super::process::{Lost, Worker};
use super::setup::Request;
use crate::content::Findings;
use crate::record::Reason;

/// Asks for files and gives what they came to, in the order in which they were asked for.
#[derive(Debug)]
pub struct Line {
    pool: Arc<Pool>,
    worker: Option<Worker>,
    /// Files that are not answered.
    asked: VecDeque<Request<'static>>,
    /// How many of them, from the first, the worker was told.
    told: usize,
    /// How long the last answer was waited for.
    waited: Duration,
}

/// Files that are asked for at most before the first is answered, if the last answer was waited for
/// no longer than so: the longer files take, the rather another thread has time for the next one.
const AHEAD: [(Duration, usize); 2] =
    [(Duration::from_millis(2), 4), (Duration::from_millis(20), 2)];

/// Paths of more bytes are not asked for ahead: a socket holds all that are, though nobody reads them.
const SHORT: usize = 4096;

impl Line {
    /// To the workers of this pool.
    pub fn new(pool: Arc<Pool>) -> Self {
        Self { pool, worker: None, asked: VecDeque::new(), told: 0, waited: Duration::MAX }
    }

    /// Whether it is of use to ask for one more file before the first is answered.
    pub fn has_room(&self) -> bool {
        let is_worn_out = self.worker.as_ref().is_none_or(Worker::is_worn_out);
        let ahead = AHEAD.iter().find(|(longest, _)| self.waited <= *longest);
        !is_worn_out && ahead.is_some_and(|(_, most)| self.asked.len() < *most)
    }

    /// Asks for a file.
    pub fn ask(&mut self, path: &Path, through_link: bool) {
        self.asked.push_back(self.pool.request(path, through_link));
        // Where no worker is to be had, that is told when there should be an answer.
        self.tell().unwrap_or(());
    }

    /// What the first file came to that was asked for and not answered. It is total: whatever
    /// becomes of the worker is a reason.
    pub fn answer(&mut self) -> Findings {
        let since = Instant::now();
        let answer = self.first_answer();
        let Some(request) = self.asked.pop_front() else {
            return Findings::failed(Reason::NoWorker, "nothing was asked of a worker");
        };
        self.told = self.told.saturating_sub(1);
        self.waited = since.elapsed();
        match answer {
            Ok(findings) => {
                self.judge(&findings);
                self.pool.settle(findings, request)
            }
            Err(lost) => {
                self.worker = None;
                self.pool.recover(lost, &request)
            }
        }
    }

    fn first_answer(&mut self) -> Result<Findings, Lost> {
        self.tell()?;
        let patience = self.pool.patience().first;
        match &mut self.worker {
            Some(worker) => worker.answer(self.pool.hashing(), patience),
            None => Err(Lost::Garbled),
        }
    }

    /// Tells a worker of what it was not told.
    fn tell(&mut self) -> Result<(), Lost> {
        let mut worker = if let Some(worker) = self.worker.take() {
            worker
        } else {
            self.told = 0;
            self.pool.worker()?
        };
        while let Some(request) = self.asked.get(self.told) {
            if self.told > 0 && request.path.as_os_str().len() > SHORT {
                break;
            }
            worker.ask(request)?;
            self.told += 1;
        }
        self.worker = Some(worker);
        Ok(())
    }

    /// Lets a worker go that did anything odd, or that has served long enough.
    fn judge(&mut self, findings: &Findings) {
        let Some(worker) = &self.worker else { return };
        let is_done = self.asked.is_empty();
        let is_over = is_done && (worker.is_worn_out() || worker.answers_unasked());
        if is_odd(findings) || is_over {
            self.worker = None;
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take().filter(|_| self.asked.is_empty()) {
            self.pool.give_back(worker);
        }
    }
}
