//! `kinga hash`: the owner's side. Its output is itself a hash list.

use anyhow::Result;
use kinga::content::HashOptions;
use kinga::hash::{Algorithm, Classic, Method};
use kinga::report::{ReportFormat, Subject};
use kinga::scan::{MatchOptions, ScanOptions};
use kinga::view::Effort;

use super::args::HashArgs;
use super::run::Job;
use super::say;
use super::scan::{detail, digests, limits};
use super::status::{Status, usage};

pub(super) fn run(args: &HashArgs) -> Result<Status> {
    if args.output.only_matches {
        return Err(usage("--only-matches is for matches, and `kinga hash` looks for none"));
    }
    if args.effort == Effort::Deep {
        return Err(usage(
            "--effort deep moves regions to fit listed hashes, which needs the pictures and the \
             lists together: use `kinga scan --effort deep`",
        ));
    }
    if args.enrol.is_some() && args.algorithm != Algorithm::Pdq {
        return Err(usage("--enrol hashes crops by pdq; leave out --algorithm"));
    }
    // Only JSON has room for more than one hash.
    let keeps = matches!(args.output.format, ReportFormat::Jsonl | ReportFormat::Json);
    if args.output.format == ReportFormat::Pdq && args.algorithm != Algorithm::Pdq {
        let algorithm = args.algorithm;
        return Err(usage(format!(
            "--format pdq is for pdq hashes; use --format csv for {algorithm}"
        )));
    }
    let poor = matches!(
        args.algorithm,
        Algorithm::Classic(Classic { method: Method::Mean, dct: true, .. })
    );
    if poor && !args.output.quiet {
        say(
            "warning: mean hashes after a cosine transform put unrelated pictures at distance 0; median-8-dct is the usable kind",
        );
    }
    let options = ScanOptions {
        hashing: HashOptions {
            algorithms: vec![args.algorithm],
            effort: if keeps { args.effort } else { Effort::Upright },
            enrol: args.enrol.map(Into::into),
            detail: detail(&args.work),
            limits: limits(&args.work),
        },
        keep_all: keeps,
        digests: digests(&args.work),
        max_file_bytes: args.work.max_file_bytes,
        max_size: args.inputs.max_size,
        matching: MatchOptions { min_quality: args.min_quality, ..MatchOptions::default() },
    };
    let job = Job {
        subject: Subject::Hashes,
        options,
        index: None,
        beside: None,
        read_files: Vec::new(),
        fail_on_match: false,
    };
    job.run(&args.inputs, &args.work, &args.journal, &args.output)
}
