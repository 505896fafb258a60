//! Systems without Unix sockets: there are no workers, and this process looks at files itself.

use std::io;
use std::time::Duration;

use super::Fences;
use crate::content::{ContentOptions, Evidence, Findings};

/// How long is waited for a worker's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// At first.
    pub first: Duration,
}

impl Patience {
    /// So long.
    pub fn new(first: Duration) -> Self {
        Self { first }
    }
}

/// Processes that look at files, of which there are none here.
#[derive(Debug)]
pub enum Pool {}

/// Why there is no pool.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// There never is.
    #[error("this system has no sockets over which open files can be handed to a process")]
    NotHere,
}

impl Pool {
    /// There is none.
    ///
    /// # Errors
    /// Always.
    pub fn start(_options: &ContentOptions, _patience: Patience) -> Result<Self, PoolError> {
        Err(PoolError::NotHere)
    }

    /// How well the workers are confined.
    pub fn fences(&self) -> Fences {
        match *self {}
    }

    /// How long is waited for a worker's answer.
    pub fn patience(&self) -> Patience {
        match *self {}
    }

    /// Has a worker look at a file.
    pub fn look(&self, _evidence: &Evidence, _named_tga: bool) -> Findings {
        match *self {}
    }
}

/// Looks at files as a worker.
///
/// # Errors
/// Always.
pub fn serve() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
