//! The time that a thread has worked.

use std::time::Duration;

/// Processor time of the calling thread so far.
#[cfg(unix)]
pub(super) fn worked() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ThreadCPUTime);
    let whole = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(whole, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The time since it was first asked: where processor time can't be had, time that passes.
#[cfg(not(unix))]
pub(super) fn worked() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;

    static BEGUN: OnceLock<Instant> = OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed()
}
