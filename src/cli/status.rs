//! Exit statuses. They are an interface: never renumber.

use std::process::ExitCode;

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
