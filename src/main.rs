//! The command line of kinga. All that happens here is in `cli`; this file only ends the process
//! with the right status.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run().into()
}
