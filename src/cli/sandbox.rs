//! The processes that look at what is in files: whether there are any, and how well confined.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use kinga::content::ContentOptions;
use kinga::worker::{Fences, Patience, Pool};

use super::say;

/// Who looks at what is in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Sandbox {
    /// Processes of their own, confined as well as this system can; says so where that is less than
    /// wholly.
    Auto,
    /// The same, or nobody where this system can't confine them wholly.
    Require,
    /// This process itself: a hostile file can end the run, or worse.
    Off,
}

/// The two processes that a worker is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum WorkerPart {
    /// Opens files and hands them over.
    Open,
    /// Looks at them.
    Look,
}

#[derive(Clone, Copy, Debug, Parser)]
pub(super) struct SandboxArgs {
    /// Who decodes files, which may be made to attack whoever does.
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub(super) sandbox: Sandbox,
    /// Give up a file after so many seconds, unless it can be decoded in six times as many when it
    /// is tried once more. Has no effect with `--sandbox off`.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(super) timeout: Duration,
}

impl SandboxArgs {
    /// The processes; none where this process is to look itself.
    pub(super) fn workers(self, options: &ContentOptions) -> Result<Option<Arc<Pool>>> {
        if self.sandbox == Sandbox::Off {
            return Ok(None);
        }
        let pool = match Pool::start(options, Patience::new(self.timeout)) {
            Ok(pool) => pool,
            Err(error) if self.sandbox == Sandbox::Auto => {
                let error = anyhow::Error::from(error);
                say(&format!(
                    "warning: files are decoded without a sandbox, and a hostile one could end this \
                     run or worse: {error:#}"
                ));
                return Ok(None);
            }
            Err(error) => {
                return Err(error).context("--sandbox require asks for what this system can't do");
            }
        };
        let level = pool.fences().name();
        if pool.fences() != Fences::ALL {
            if self.sandbox == Sandbox::Require {
                bail!("--sandbox require: the sandbox of this system is {level}, not full");
            }
            say(&format!(
                "warning: the sandbox in which files are decoded is {level}; a hostile file that \
                 takes over its process is not held back by what is missing"
            ));
        }
        Ok(Some(Arc::new(pool)))
    }
}

/// The level reached, as `run` tells it.
pub(super) fn level(workers: Option<&Arc<Pool>>) -> String {
    workers.map_or_else(|| Fences::default().name(), |pool| pool.fences().name())
}

/// A time of at least a thousandth of a second and at most a day.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>();
    let seconds = seconds.map_err(|error| format!("{error}: give seconds, such as 10 or 0.5"))?;
    if (0.001..=86_400.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("at least 0.001 and at most 86400 seconds".to_owned())
    }
}
