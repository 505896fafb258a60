//! A line on stderr that shows how far a run is, only where stderr is a terminal.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{
    HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle,
};
use kinga::record::Record;
use kinga::walk::{Root, Walk, WalkOptions};

use super::args::OutputArgs;

/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(200);

/// The progress of one run.
pub(super) struct Progress {
    bar: ProgressBar,
    bytes: u64,
    matches: u64,
    unexamined: u64,
    counted: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Progress {
    /// Begins to show progress, if anyone can see it. The candidates are counted in the background
    /// by a second walk, so that the time left can be told without keeping their paths in memory.
    pub(super) fn begin(args: &OutputArgs, roots: &[Root], options: &WalkOptions) -> Self {
        let shown = !args.quiet && !args.no_progress && io::stderr().is_terminal();
        let bar = if shown { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        let counted = Arc::new(AtomicU64::new(0));
        let over = Arc::new(AtomicBool::new(false));
        if shown {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            bar.set_style(style("{spinner} {human_pos} files  {rate}  {msg}"));
            bar.enable_steady_tick(TICK);
            let walk = Walk::new(roots, options.clone());
            let (counted, over) = (Arc::clone(&counted), Arc::clone(&over));
            thread::spawn(move || {
                let total = walk.take_while(|_| !over.load(Ordering::Relaxed)).count();
                counted.store(total as u64, Ordering::Relaxed);
            });
        }
        Self { bar, bytes: 0, matches: 0, unexamined: 0, counted, over }
    }

    /// Another candidate is done.
    pub(super) fn add(&mut self, record: &Record) {
        if self.bar.is_hidden() {
            return;
        }
        self.bytes += record.size.unwrap_or(0);
        self.matches += u64::from(record.matches_found > 0);
        self.unexamined += u64::from(record.is_unexamined());
        let total = self.counted.swap(0, Ordering::Relaxed);
        if total > 0 {
            self.bar.set_length(total);
            self.bar.set_style(style(
                "{wide_bar} {human_pos}/{human_len} files  {rate}  {eta} left  {msg}",
            ));
        }
        let seconds = self.bar.elapsed().as_secs().max(1);
        self.bar.set_message(format!(
            "{}/s  {} matched  {} not examined",
            HumanBytes(self.bytes / seconds),
            HumanCount(self.matches),
            HumanCount(self.unexamined)
        ));
        self.bar.inc(1);
    }

    /// Does something, such as writing a line, while the progress is out of the way.
    pub(super) fn aside<T>(&self, action: impl FnOnce() -> T) -> T {
        self.bar.suspend(action)
    }

    /// Takes the line away.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates above are correct; a wrong one would only look plain.
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    style.with_key("rate", |state: &ProgressState, to: &mut dyn Write| {
        // A formatter that can't be written to leaves the rate out, no more.
        write!(to, "{:.0}/s", state.per_sec()).unwrap_or_default();
    })
}
