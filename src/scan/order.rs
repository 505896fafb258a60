//! Many at once, in order: work is done by several threads, and its results come out in the order
//! in which the work went in.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
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
const WINDOW_PER_THREAD: usize = 256;

/// How long to wait before looking at `stop` again.
const PATIENCE: Duration = Duration::from_millis(50);

/// A decoder's recursion should not meet the end of a small stack.
const STACK_BYTES: usize = 8 << 20;

/// What one thread does with its items. It may begin with several before it ends the first.
pub trait Work<T, R> {
    /// Begins with an item.
    fn begin(&mut self, item: T);

    /// Whether it is of use to begin with one more before the first is ended.
    fn has_room(&self) -> bool;

    /// Ends the first item that was begun with and not ended; nothing where there is none.
    fn end(&mut self) -> Option<R>;
}

/// Does `work` on every item with so many threads, and hands the results to `take` on this thread,
/// in the order of the items. When `stop` is set, what is finished is still handed over, and what
/// is not is abandoned, even if the next item is long in coming.
///
/// # Errors
/// The first error of `take`, at which the run ends.
///
/// # Panics
/// When no threads can be started.
pub fn in_order<T, R, E>(
    items: impl Iterator<Item = T> + Send + 'static,
    threads: usize,
    stop: &AtomicBool,
    work: impl Fn(T) -> R + Send + Sync + 'static,
    take: impl FnMut(R) -> Result<(), E>,
) -> Result<Ended, E>
where
    T: Send + 'static,
    R: Send + 'static,
{
    let work = Arc::new(work);
    in_order_by(items, threads, stop, move || AtOnce(Arc::clone(&work), None), take)
}

/// The same with what each thread makes for itself to work with.
///
/// # Errors
/// The first error of `take`, at which the run ends.
///
/// # Panics
/// When no threads can be started.
pub fn in_order_by<T, R, E, W: Work<T, R>>(
    items: impl Iterator<Item = T> + Send + 'static,
    threads: usize,
    stop: &AtomicBool,
    work: impl Fn() -> W + Send + Sync + 'static,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<Ended, E>
where
    T: Send + 'static,
    R: Send + 'static,
{
    // An item may go in when there is a permit; there is one again when its result is handed over.
    let window = WINDOW_PER_THREAD * threads.max(1);
    let (permit, permits) = mpsc::sync_channel(window);
    for _ in 0..window {
        permit.send(()).unwrap_or(());
    }
    let items = feed(items, permits);
    let results = work_on(items, threads, work);
    let mut waiting: BTreeMap<u64, R> = BTreeMap::new();
    let mut next = 0;
    loop {
        if stop.load(Ordering::Relaxed) {
            waiting.extend(results.try_iter());
            waiting.into_values().try_for_each(take)?;
            return Ok(Ended::Interrupted);
        }
        match results.recv_timeout(PATIENCE) {
            Ok((number, result)) => {
                waiting.insert(number, result);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(Ended::Whole),
        }
        while let Some(result) = waiting.remove(&next) {
            take(result)?;
            next += 1;
            // The feeder is gone once there are no more items.
            permit.try_send(()).unwrap_or(());
        }
    }
}

/// Work that is done when it is begun.
struct AtOnce<F, R>(Arc<F>, Option<R>);

impl<T, R, F: Fn(T) -> R> Work<T, R> for AtOnce<F, R> {
    fn begin(&mut self, item: T) {
        self.1 = Some((self.0)(item));
    }

    fn has_room(&self) -> bool {
        false
    }

    fn end(&mut self) -> Option<R> {
        self.1.take()
    }
}

type Numbered<T> = (u64, T);

/// Numbers the items on a thread of their own, one for each permit.
fn feed<T: Send + 'static>(
    items: impl Iterator<Item = T> + Send + 'static,
    permits: Receiver<()>,
) -> Receiver<Numbered<T>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for item in (0..).zip(items) {
            // Either is gone after an interruption or an error: then nobody asks for more.
            if permits.recv().is_err() || sender.send(item).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Works on the items with so many threads. The results end when the items do.
///
/// Each thread of the pool runs one long loop, and items are not jobs of the pool: some decoders
/// use rayon themselves, and a worker that waits for its own parts would otherwise begin another
/// item in the middle of the first.
fn work_on<T, R, W: Work<T, R>>(
    items: Receiver<Numbered<T>>,
    threads: usize,
    work: impl Fn() -> W + Send + Sync + 'static,
) -> Receiver<Numbered<R>>
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
    let shared = (Mutex::new(items), work);
    let (sender, results) = mpsc::channel();
    // Broadcast jobs belong to their threads: a loop that has not begun yet can't be stolen either.
    pool.spawn_broadcast(move |_| {
        let (items, work) = &shared;
        let mut work = work();
        let mut begun = VecDeque::new();
        loop {
            let next = if begun.is_empty() {
                match items.lock().unwrap_or_else(PoisonError::into_inner).recv() {
                    Ok(item) => Some(item),
                    Err(_no_more) => return,
                }
            } else if work.has_room() {
                spare(items)
            } else {
                None
            };
            if let Some((number, item)) = next {
                begun.push_back(number);
                work.begin(item);
            } else if let Some(ended) = begun.pop_front().zip(work.end())
                && sender.send(ended).is_err()
            {
                return;
            }
        }
    });
    results
}

/// An item for which no thread is waiting.
fn spare<T>(items: &Mutex<Receiver<Numbered<T>>>) -> Option<Numbered<T>> {
    // Whoever waits for an item holds the lock.
    let items = items.try_lock();
    items.map_or(None, |items| items.try_iter().next())
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
        assert!(first.unwrap() <= 2 * WINDOW_PER_THREAD as u64);
    }

    /// Ends what it began with when three are begun with, or no more come.
    struct InThrees(VecDeque<u64>, Arc<AtomicBool>);

    impl Work<u64, u64> for InThrees {
        fn begin(&mut self, item: u64) {
            self.0.push_back(item);
            if self.0.len() == 3 {
                self.1.store(true, Ordering::Relaxed);
            }
        }

        fn has_room(&self) -> bool {
            self.0.len() < 3
        }

        fn end(&mut self) -> Option<u64> {
            self.0.pop_front()
        }
    }

    #[test]
    fn what_is_begun_with_ahead_comes_in_order_and_all_of_it() {
        for threads in [1, 2, 8] {
            let full = Arc::new(AtomicBool::new(false));
            let (mut out, seen) = (Vec::new(), Arc::clone(&full));
            let work = move || InThrees(VecDeque::new(), Arc::clone(&seen));
            let ended = in_order_by(0..5000, threads, &AtomicBool::new(false), work, |n| {
                out.push(n);
                Ok::<(), ()>(())
            });
            assert_eq!((ended, out), (Ok(Ended::Whole), (0..5000).collect()));
            assert!(full.load(Ordering::Relaxed) || threads > 1, "nothing was begun with ahead");
        }
    }

    #[test]
    fn an_item_is_left_to_a_thread_that_waits_for_one() {
        let (sender, receiver) = mpsc::channel();
        let items = Mutex::new(receiver);
        sender.send((0, 'a')).unwrap();
        let waiting = items.lock().unwrap();
        assert_eq!(spare(&items), None);
        drop(waiting);
        assert_eq!((spare(&items), spare(&items)), (Some((0, 'a')), None));
    }

    #[test]
    fn work_that_uses_rayon_itself_is_not_nested() {
        use rayon::prelude::*;
        use std::cell::Cell;
        thread_local! {
            static BUSY: Cell<bool> = const { Cell::new(false) };
        }
        let work = |n: u64| {
            let nested = BUSY.replace(true);
            let sum: u64 = (0..2000u64).into_par_iter().map(|k| k ^ n).sum();
            BUSY.set(false);
            (nested, sum)
        };
        let mut seen = 0;
        for _ in 0..40 {
            in_order(0..100, 16, &AtomicBool::new(false), work, |(nested, _)| {
                seen += 1;
                if nested { Err(()) } else { Ok(()) }
            })
            .unwrap();
        }
        assert_eq!(seen, 4000);
    }

    #[test]
    fn an_item_that_does_not_come_does_not_hold_up_a_stop() {
        let stop = Arc::new(AtomicBool::new(false));
        let stopper = Arc::clone(&stop);
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(100));
            stopper.store(true, Ordering::Relaxed);
        });
        let items = (0..3).inspect(|&n| {
            if n == 2 {
                thread::sleep(Duration::from_secs(3600));
            }
        });
        let mut seen = Vec::new();
        let ended = in_order(
            items,
            2,
            &stop,
            |n| n,
            |n| {
                seen.push(n);
                Ok::<(), ()>(())
            },
        );
        assert_eq!((ended, seen), (Ok(Ended::Interrupted), vec![0, 1]));
    }
}
