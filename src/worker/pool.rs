//! All workers of a run: as many as threads ask at the same time, replaced when they are worn out or
//! did anything odd.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::confine::Fences;
use super::gate::{Gate, half_of_available};
use super::line::Line;
use super::process::{Death, Lost, Worker};
use super::setup::{Request, Setup};
use crate::content::{ContentOptions, Findings, HashOptions};
use crate::record::Reason;

/// How long is waited for a worker's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// At first.
    pub first: Duration,
    /// Once more, when no other file is being tried again.
    pub again: Duration,
}

impl Patience {
    /// So long at first, and six times as long when it is tried again.
    pub fn new(first: Duration) -> Self {
        Self { first, again: first.saturating_mul(6) }
    }
}

/// Processes that look at files.
#[derive(Debug)]
pub struct Pool {
    setup: Setup,
    options: ContentOptions,
    patience: Patience,
    fences: Fences,
    idle: Mutex<Vec<Worker>>,
    gate: Gate,
    /// Held while a file is tried again that took too long.
    trying_again: Mutex<()>,
    /// How often that came to nothing since it last came to something.
    in_vain: AtomicU32,
}

/// Why there is no pool.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// No worker could be started.
    #[error("a worker process can't be started")]
    Start(#[source] std::io::Error),
}

/// Memory that every worker may use for a picture without asking.
const WITHOUT_ASKING: u64 = 256 << 20;

/// After so many files that took too long twice, others are not tried again: the time limit is not
/// what is wrong.
const OFTEN_IN_VAIN: u32 = 8;

/// Lent where the system does not say how much memory there is.
const BUDGET: u64 = 2 << 30;

impl Pool {
    /// Starts one worker; others follow as they are needed.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start(options: &ContentOptions, patience: Patience) -> Result<Self, PoolError> {
        let with_all = Setup::new(options, false);
        let started = Worker::start(&with_all).map(|started| (with_all, started));
        let (setup, (worker, fences)) = started.or_else(|error| {
            // The fence that ends a process is the one of which a system may make too much.
            let without = Setup::new(options, true);
            let started = Worker::start(&without).map_err(|_neither| PoolError::Start(error))?;
            Ok((without, started))
        })?;
        Ok(Self {
            setup,
            options: options.clone(),
            patience,
            fences,
            idle: Mutex::new(vec![worker]),
            gate: Gate::new(half_of_available().unwrap_or(BUDGET)),
            trying_again: Mutex::new(()),
            in_vain: AtomicU32::new(0),
        })
    }

    /// How well the workers are confined.
    pub fn fences(&self) -> Fences {
        self.fences
    }

    /// How long is waited for a worker's answer.
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// Has a worker open a file and look at it. It is total: whatever becomes of the worker is a
    /// reason.
    pub fn look(self: &Arc<Self>, path: &Path, through_link: bool) -> Findings {
        let mut line = Line::new(Arc::clone(self));
        line.ask(path, through_link);
        line.answer()
    }

    /// What is asked of a worker at first.
    pub(super) fn request(&self, path: &Path, through_link: bool) -> Request<'static> {
        let path = path.to_owned().into();
        Request { path, through_link, max_memory: self.most_memory().min(WITHOUT_ASKING) }
    }

    /// Most bytes that decoding a file may take.
    fn most_memory(&self) -> u64 {
        self.options.hashing.limits.max_memory
    }

    /// How files are hashed.
    pub(super) fn hashing(&self) -> &HashOptions {
        &self.options.hashing
    }

    /// A worker that has nothing to do.
    pub(super) fn worker(&self) -> Result<Worker, Lost> {
        // Not in one expression: while a worker is started, others are to be had.
        let idle = self.idle().pop();
        idle.map_or_else(|| self.fresh(), Ok)
    }

    fn fresh(&self) -> Result<Worker, Lost> {
        Worker::start(&self.setup).map(|(worker, _)| worker).map_err(Lost::NotStarted)
    }

    /// Takes a worker back that has nothing to do, unless it is worn out.
    pub(super) fn give_back(&self, worker: Worker) {
        if !worker.is_worn_out() {
            self.idle().push(worker);
        }
    }

    /// What a file comes to after an answer: one that needs more memory than any may use without
    /// asking is looked at again.
    pub(super) fn settle(&self, findings: Findings, request: Request<'_>) -> Findings {
        let most = self.most_memory();
        if findings.reason == Some(Reason::MemoryLimit) && most > request.max_memory {
            let _lent = self.gate.lend(most);
            let request = Request { max_memory: most, ..request };
            let first = self.patience.first;
            let asked = self.worker().and_then(|worker| self.ask(worker, &request, first));
            return asked.unwrap_or_else(|lost| self.recover(lost, &request));
        }
        findings
    }

    /// What a file comes to of which there is no answer.
    pub(super) fn recover(&self, lost: Lost, request: &Request<'_>) -> Findings {
        let first = self.patience.first;
        match lost {
            Lost::Late { opening: false } => self.try_again(request),
            // What a file before it did to the worker is not this file's fault.
            Lost::Died(_) | Lost::Garbled => {
                let asked = self.fresh().and_then(|worker| self.ask(worker, request, first));
                asked.unwrap_or_else(|lost| failed(lost, &[first]))
            }
            // Nothing has changed in the meantime.
            Lost::Late { opening: true } | Lost::NotStarted(_) => failed(lost, &[first]),
        }
    }

    /// Tries a file once more that took too long.
    fn try_again(&self, request: &Request<'_>) -> Findings {
        let Patience { first, again } = self.patience;
        let _alone = self.trying_again.lock().unwrap_or_else(PoisonError::into_inner);
        if self.in_vain.load(Ordering::Relaxed) >= OFTEN_IN_VAIN {
            return failed(Lost::Late { opening: false }, &[first]);
        }
        let asked = self.fresh().and_then(|worker| self.ask(worker, request, again));
        match asked {
            Ok(_) => self.in_vain.store(0, Ordering::Relaxed),
            Err(Lost::Late { .. }) => {
                self.in_vain.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        asked.unwrap_or_else(|lost| failed(lost, &[first, again]))
    }

    /// Asks a worker that has nothing else to do.
    fn ask(
        &self,
        mut worker: Worker,
        request: &Request<'_>,
        limit: Duration,
    ) -> Result<Findings, Lost> {
        // A worker that is lost is dropped, and with it its processes.
        worker.ask(request)?;
        let findings = worker.answer(self.hashing(), limit)?;
        if !is_odd(&findings) {
            self.give_back(worker);
        }
        Ok(findings)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether whoever answered this is not to be asked again.
pub(super) fn is_odd(findings: &Findings) -> bool {
    findings.reason == Some(Reason::DecoderPanic)
}

fn failed(lost: Lost, waited: &[Duration]) -> Findings {
    match lost {
        Lost::NotStarted(error) => {
            let detail = format!("no worker process can be started: {error}");
            Findings::failed(Reason::NoWorker, detail)
        }
        Lost::Late { opening: true } => {
            let waited = waited.first().map_or(0.0, Duration::as_secs_f64);
            let why = "as on a file system that hangs";
            let detail = format!("opening it took more than {waited} s, {why} (--timeout)");
            Findings::failed(Reason::Timeout, detail)
        }
        Lost::Late { opening: false } => {
            let waited: Vec<String> =
                waited.iter().map(|time| format!("{} s", time.as_secs_f64())).collect();
            let waited = waited.join(" and, tried again, ");
            Findings::failed(Reason::Timeout, format!("it took more than {waited} (--timeout)"))
        }
        Lost::Died(Death { of_memory: true, words }) => {
            Findings::failed(Reason::MemoryLimit, format!("decoding it ended a process: {words}"))
        }
        Lost::Died(Death { words, .. }) => {
            Findings::failed(Reason::DecoderCrash, format!("decoding it ended a process: {words}"))
        }
        Lost::Garbled => {
            let said = "the process that decoded it gave an answer that is none";
            Findings::failed(Reason::DecoderCrash, said)
        }
    }
}
