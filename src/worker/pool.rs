//! All workers of a run: as many as threads ask at the same time, replaced when they are worn out or
//! did anything odd.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::confine::Fences;
use super::gate::{Gate, half_of_available};
use super::process::{Death, Lost, Worker};
use super::setup::{Request, Setup};
use crate::content::{ContentOptions, Findings};
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

/// A worker is replaced after so many files.
const WORN_OUT: usize = 500;

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
    pub fn look(&self, path: &Path, through_link: bool) -> Findings {
        let most = self.options.hashing.limits.max_memory;
        let max_memory = most.min(WITHOUT_ASKING);
        let request = Request { path: path.into(), through_link, max_memory };
        let findings = self.look_with(&request);
        if findings.reason == Some(Reason::MemoryLimit) && most > WITHOUT_ASKING {
            let _lent = self.gate.lend(most);
            return self.look_with(&Request { max_memory: most, ..request });
        }
        findings
    }

    fn look_with(&self, request: &Request<'_>) -> Findings {
        let first = self.patience.first;
        match self.ask(request, first, false) {
            Ok(findings) => findings,
            Err(Lost::Late { opening: false }) => self.try_again(request),
            // What a file before it did to the worker is not this file's fault.
            Err(Lost::Died(_) | Lost::Garbled) => {
                self.ask(request, first, true).unwrap_or_else(|lost| failed(lost, &[first]))
            }
            // Nothing has changed in the meantime.
            Err(lost @ (Lost::Late { opening: true } | Lost::NotStarted(_))) => {
                failed(lost, &[first])
            }
        }
    }

    /// Tries a file once more that took too long.
    fn try_again(&self, request: &Request<'_>) -> Findings {
        let Patience { first, again } = self.patience;
        let _alone = self.trying_again.lock().unwrap_or_else(PoisonError::into_inner);
        if self.in_vain.load(Ordering::Relaxed) >= OFTEN_IN_VAIN {
            return failed(Lost::Late { opening: false }, &[first]);
        }
        let asked = self.ask(request, again, true);
        match asked {
            Ok(_) => self.in_vain.store(0, Ordering::Relaxed),
            Err(Lost::Late { .. }) => {
                self.in_vain.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        asked.unwrap_or_else(|lost| failed(lost, &[first, again]))
    }

    fn ask(&self, request: &Request<'_>, limit: Duration, fresh: bool) -> Result<Findings, Lost> {
        let idle = if fresh { None } else { self.idle().pop() };
        let mut worker = match idle {
            Some(worker) => worker,
            None => Worker::start(&self.setup).map_err(Lost::NotStarted)?.0,
        };
        // A worker that is lost is dropped, and with it its processes.
        let findings = worker.ask(request, &self.options.hashing, limit)?;
        let odd = findings.reason == Some(Reason::DecoderPanic);
        if worker.served < WORN_OUT && !odd {
            self.idle().push(worker);
        }
        Ok(findings)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
