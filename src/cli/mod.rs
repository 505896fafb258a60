//! The command line: the only place that knows clap, anyhow, indicatif and the terminal.

mod args;
mod benign;
mod beside;
mod build;
mod check;
mod choices;
mod compare;
mod convert;
mod diff;
mod eval;
mod hash;
mod inputs;
mod journal;
mod list;
mod list_args;
mod lists;
mod match_;
mod matching;
mod output;
mod progress;
mod protect;
mod remove;
mod run;
mod sandbox;
mod scan;
mod schema;
mod seen;
mod selftest;
mod sign;
mod status;
mod stop;
mod values;
mod verification;
mod whole;

use std::io::{self, Write};
use std::panic;

use anyhow::Error;
use clap::Parser;
use clap::error::ErrorKind;
use kinga::content::is_guarded;
use kinga::report::printable;
use kinga::worker::{serve_looking, serve_opening};

use args::{Args, Command};
use sandbox::WorkerPart;
use status::Status;

/// Runs the command that the process was started with.
pub(crate) fn run() -> Status {
    quieten_caught_panics();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let asked_for =
                matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // Help goes to stdout, complaints to stderr; if that fails there is nobody to tell.
            drop(error.print());
            return if asked_for { Status::Finished } else { Status::Usage };
        }
    };
    if let Command::Worker { part } = args.command {
        // It hears of no signals, and its end is up to who started it.
        return worker(part);
    }
    let outcome = stop::watch().and_then(|()| match args.command {
        Command::Scan(args) => scan::run(&args),
        Command::Hash(args) => hash::run(&args),
        Command::Match(args) => match_::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::List(args) => list::run(&args.command),
        Command::Eval(args) => eval::run(&args),
        Command::Schema => schema::run(),
        Command::Selftest => selftest::run(),
        Command::Worker { part } => Ok(worker(part)),
    });
    outcome.unwrap_or_else(|error| {
        if !is_broken_pipe(&error) {
            say(&format!("error: {}", in_a_line(&error)));
        }
        status::of_error(&error)
    })
}

fn worker(part: WorkerPart) -> Status {
    let served = match part {
        WorkerPart::Open => serve_opening(),
        WorkerPart::Look => serve_looking(),
    };
    match served {
        Ok(()) => Status::Finished,
        Err(error) => {
            say(&format!("error: kinga starts workers itself; this one can't be one: {error}"));
            Status::Failed
        }
    }
}

/// Tells people something, on stderr. If that fails there is nobody to tell.
fn say(message: &str) {
    drop(writeln!(io::stderr(), "{message}"));
}

/// An error with its causes, fit for a terminal.
fn in_a_line(error: &Error) -> String {
    printable(&format!("{error:#}")).into_owned()
}

/// Whether whoever read our output has gone away, as `head` does when it has seen enough.
fn is_broken_pipe(error: &Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    kinds.map(io::Error::kind).any(|kind| kind == io::ErrorKind::BrokenPipe)
}

/// A decoder's panic is caught and becomes a record; it must not alarm people on stderr as well.
fn quieten_caught_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !is_guarded() {
            usual(info);
        }
    }));
}
