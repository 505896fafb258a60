//! Exit statuses. They are an interface: never renumber.

use std::fmt;
use std::process::ExitCode;

use anyhow::Error;

/// How a run of the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Finished, with or without matches.
    Finished = 0,
    /// Failed: trust nothing.
    Failed = 1,
    /// The command line was wrong.
    Usage = 2,
    /// Finished, but something could not be examined or searched for.
    Incomplete = 3,
    /// Matches were found, and `--fail-on-match` was given. Outranks [`Status::Incomplete`].
    Matches = 10,
    /// Interrupted by Ctrl-C or a signal.
    Interrupted = 130,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// What makes an error one of usage: its place in the chain of causes gives the status.
#[derive(Debug)]
struct Usage(String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// An error in the command line that clap can't see.
pub(super) fn usage(message: impl fmt::Display) -> Error {
    Error::new(Usage(message.to_string()))
}

/// The status of a run that ended with this error.
pub(super) fn of_error(error: &Error) -> Status {
    if error.chain().any(<dyn std::error::Error>::is::<Usage>) {
        Status::Usage
    } else {
        Status::Failed
    }
}
