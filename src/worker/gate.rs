//! Memory for large pictures, lent to one worker after the other.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How much may be lent, and how much is.
#[derive(Debug)]
pub(super) struct Gate {
    budget: u64,
    lent: Mutex<u64>,
    returned: Condvar,
}

/// Memory on loan; given back when dropped.
#[derive(Debug)]
pub(super) struct Loan<'a> {
    gate: &'a Gate,
    bytes: u64,
}

impl Gate {
    pub(super) fn new(budget: u64) -> Self {
        Self { budget, lent: Mutex::new(0), returned: Condvar::new() }
    }

    /// Waits until so many bytes can be lent, or nothing else is: one picture alone may have more
    /// than the budget.
    pub(super) fn lend(&self, bytes: u64) -> Loan<'_> {
        let mut lent = self.lent();
        while *lent > 0 && lent.saturating_add(bytes) > self.budget {
            lent = self.returned.wait(lent).unwrap_or_else(PoisonError::into_inner);
        }
        *lent = lent.saturating_add(bytes);
        Loan { gate: self, bytes }
    }

    fn lent(&self) -> MutexGuard<'_, u64> {
        self.lent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut lent = self.gate.lent();
        *lent = lent.saturating_sub(self.bytes);
        self.gate.returned.notify_all();
    }
}

/// Half of the memory that is available, in bytes; none where the system does not say.
pub(super) fn half_of_available() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo");
    let available = text.iter().flat_map(|text| text.lines()).find_map(of_line);
    let limit = std::fs::read_to_string("/sys/fs/cgroup/memory.max");
    let of_group = limit.iter().flat_map(|text| text.trim().parse::<u64>()).next();
    available.into_iter().chain(of_group).min().map(|bytes| bytes / 2)
}

/// Bytes in a line such as `MemAvailable:   123 kB`.
fn of_line(line: &str) -> Option<u64> {
    let number = line.strip_prefix("MemAvailable:")?.trim().strip_suffix("kB")?;
    number.trim().parse::<u64>().map_or(None, |kilobytes| Some(kilobytes << 10))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn no_more_is_lent_than_the_budget_but_to_one_alone() {
        let gate = Gate::new(100);
        let (lent, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for k in 0..16 {
                let (gate, lent, most) = (&gate, &lent, &most);
                scope.spawn(move || {
                    let bytes = if k == 7 { 1000 } else { 40 };
                    let loan = gate.lend(bytes);
                    let now = lent.fetch_add(bytes, Ordering::SeqCst) + bytes;
                    assert!(now <= 100 || now == 1000, "{now}");
                    most.fetch_max(now, Ordering::SeqCst);
                    std::thread::sleep(std::time::Duration::from_millis(5));
                    lent.fetch_sub(bytes, Ordering::SeqCst);
                    drop(loan);
                });
            }
        });
        assert_eq!(most.into_inner(), 1000);
    }

    #[test]
    fn available_memory_is_read_from_the_line_that_tells_it() {
        assert_eq!(of_line("MemAvailable:       2048 kB"), Some(2 << 20));
        assert_eq!(of_line("MemFree:       2048 kB"), None);
    }
}
