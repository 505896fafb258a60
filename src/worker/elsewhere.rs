//! Systems without Unix sockets: there are no workers, and this process looks at files itself.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Fences;
use crate::content::{ContentOptions, Findings};

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

    /// Has a worker open a file and look at it.
    pub fn look(self: &Arc<Self>, _path: &Path, _through_link: bool) -> Findings {
        match **self {}
    }
}

/// One thread's way to the workers, of which there are none here.
#[derive(Debug)]
pub struct Line(Arc<Pool>);

impl Line {
    /// To the workers of this pool.
    pub fn new(pool: Arc<Pool>) -> Self {
        Self(pool)
    }

    /// Whether it is of use to ask for one more file before the first is answered.
    pub fn has_room(&self) -> bool {
        match *self.0 {}
    }

    /// Asks for a file.
    pub fn ask(&mut self, _path: &Path, _through_link: bool) {
        match *self.0 {}
    }

    /// What the first file came to that was asked for and not answered.
    pub fn answer(&mut self) -> Findings {
        match *self.0 {}
    }
}

/// Opens files as a part of a worker.
///
/// # Errors
/// Always.
pub fn serve_opening() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Looks at files as a part of a worker.
///
/// # Errors
/// Always.
pub fn serve_looking() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
