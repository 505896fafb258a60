//! `kinga hash`: the owner's side. Its output is itself a hash list.

use anyhow::Result;
use kinga::report::{ReportFormat, Subject};
use kinga::scan::{MatchOptions, ScanOptions};

use super::args::HashArgs;
use super::run::Job;
use super::say;
use super::scan::{digests, limits, turns};
use super::status::Status;

pub(super) fn run(args: &HashArgs) -> Result<Status> {
    // Only JSON has room for the other orientations.
    let keeps = matches!(args.output.format, ReportFormat::Jsonl | ReportFormat::Json);
    if args.output.format == ReportFormat::Pdq && args.algorithm.to_string() != "pdq" {
        anyhow::bail!("--format pdq is for pdq hashes; use --format csv for {}", args.algorithm);
    }
    if args.algorithm.to_string().starts_with("mean")
        && args.algorithm.to_string().ends_with("dct")
        && !args.output.quiet
    {
        say(
            "warning: mean hashes after a cosine transform put unrelated pictures at distance 0; median-8-dct is the usable one",
        );
    }
    let options = ScanOptions {
        algorithms: vec![args.algorithm],
        turns: if keeps { turns(args.orientations) } else { kinga::algorithm::Turns::Upright },
        keep_turned: keeps,
        digests: digests(&args.work),
        limits: limits(&args.work),
        max_file_bytes: args.work.max_file_bytes,
        max_size: args.inputs.max_size,
        matching: MatchOptions { min_quality: args.min_quality, ..MatchOptions::default() },
    };
    let job = Job {
        subject: Subject::Hashes,
        options,
        index: None,
        read_files: Vec::new(),
        fail_on_match: false,
    };
    job.run(&args.inputs, &args.work, &args.output)
}
