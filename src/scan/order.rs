//! Many at once, in order: work is done by several threads, and its results come out in the order
//! in which the work went in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use rayon::ThreadPoolBuilder;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All items were worked on.
    Whole,
    /// `stop` was set before.
    Interrupted,
}

/// Items in flight for each thread. It bounds what must be kept while one slow item holds up the
/// order, and is large enough that the other threads have work meanwhile.
const WINDOW_PER_THREAD: u64 = 256;

/// How long to wait before looking at `stop` again.
const PATIENCE: Duration = Duration::from_millis(50);

/// A decoder's recursion should not meet the end of a small stack.
const STACK_BYTES: usize = 8 << 20;

/// Does `work` on every item with so many threads, and hands the results to `take` on this thread,
/// in the order of the items. When `stop` is set, what is finished is still handed over, and what
/// is not is abandoned.
///
/// # Errors
/// The first error of `take`, at which the run ends.
///
/// # Panics
/// When no threads can be started.
pub fn in_order<T, R, E>(
    items: impl Iterator<Item = T>,
    threads: usize,
    stop: &AtomicBool,
    work: impl Fn(T) -> R + Send + Sync + 'static,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<Ended, E>
where
    T: Send + 'static,
    R: Send + 'static,
{
    #[expect(clippy::expect_used, reason = "nothing can be done without threads")]
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK_BYTES)
        .build()
        .expect("threads can be started");
    let work = Arc::new(work);
    let (sender, results) = mpsc::channel();
    let window = WINDOW_PER_THREAD * threads.max(1) as u64;
    let mut items = items.fuse();
    let (mut started, mut finished) = (0, 0);
    let mut waiting: BTreeMap<u64, R> = BTreeMap::new();
    loop {
        while started - finished < window && !stop.load(Ordering::Relaxed) {
            let Some(item) = items.next() else { break };
            let (work, sender, number) = (Arc::clone(&work), sender.clone(), started);
            pool.spawn_fifo(move || {
                // The receiver is gone only after an interruption or an error: then nobody asks.
                drop(sender.send((number, work(item))));
            });
            started += 1;
            // Results are taken while there still is work to give out, so that they don't pile up.
            if results_ready(&results, &mut waiting) {
                finished = hand_over(&mut waiting, finished, &mut take)?;
            }
        }
        if stop.load(Ordering::Relaxed) {
            results_ready(&results, &mut waiting);
            waiting.into_values().try_for_each(take)?;
            return Ok(Ended::Interrupted);
        }
        if finished == started {
            return Ok(Ended::Whole);
        }
        match results.recv_timeout(PATIENCE) {
            Ok((number, result)) => {
                waiting.insert(number, result);
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        results_ready(&results, &mut waiting);
        finished = hand_over(&mut waiting, finished, &mut take)?;
    }
}

/// Moves what has arrived into `waiting`; whether anything had.
fn results_ready<R>(results: &mpsc::Receiver<(u64, R)>, waiting: &mut BTreeMap<u64, R>) -> bool {
    let before = waiting.len();
    waiting.extend(results.try_iter());
    waiting.len() > before
}

/// Hands over everything up to the first gap; the number of the first item not handed over.
fn hand_over<R, E>(
    waiting: &mut BTreeMap<u64, R>,
    mut next: u64,
    take: &mut impl FnMut(R) -> Result<(), E>,
) -> Result<u64, E> {
    while let Some(result) = waiting.remove(&next) {
        take(result)?;
        next += 1;
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(threads: usize, stop: &AtomicBool) -> (Vec<u64>, Ended) {
        let mut out = Vec::new();
        let work = |n: u64| {
            if n.is_multiple_of(97) {
                std::thread::sleep(Duration::from_millis(2));
            }
            n * n
        };
        let ended = in_order(0..5000, threads, stop, work, |square| {
            out.push(square);
            Ok::<(), ()>(())
        });
        (out, ended.unwrap())
    }

    #[test]
    fn results_come_in_the_order_of_items_for_any_number_of_threads() {
        for threads in [1, 2, 8] {
            let (out, ended) = squares(threads, &AtomicBool::new(false));
            assert_eq!(out, (0..5000).map(|n| n * n).collect::<Vec<_>>());
            assert_eq!(ended, Ended::Whole);
        }
    }

    #[test]
    fn a_set_stop_ends_the_run_at_once() {
        let (out, ended) = squares(2, &AtomicBool::new(true));
        assert_eq!((out.len(), ended), (0, Ended::Interrupted));
    }

    #[test]
    fn an_error_of_the_taker_ends_the_run() {
        let result = in_order(
            0..100,
            2,
            &AtomicBool::new(false),
            |n| n,
            |n| {
                if n == 10 { Err(n) } else { Ok(()) }
            },
        );
        assert_eq!(result, Err(10));
    }

    #[test]
    fn a_slow_item_does_not_let_the_others_run_away() {
        use std::sync::atomic::AtomicU64;
        static STARTED: AtomicU64 = AtomicU64::new(0);
        let work = |n: u64| {
            let started = STARTED.fetch_add(1, Ordering::SeqCst);
            if n == 0 {
                std::thread::sleep(Duration::from_millis(200));
                return STARTED.load(Ordering::SeqCst);
            }
            started
        };
        let mut first = None;
        let take = |started| {
            first.get_or_insert(started);
            Ok::<(), ()>(())
        };
        in_order(0..10_000, 2, &AtomicBool::new(false), work, take).unwrap();
        assert!(first.unwrap() <= 2 * WINDOW_PER_THREAD);
    }
}
