//! `kinga scan`: the main job.

use std::sync::Arc;

use anyhow::Result;
use kinga::content::{DigestKinds, HashOptions};
use kinga::index::HashIndex;
use kinga::picture::{Detail, Limits};
use kinga::report::Subject;
use kinga::scan::{KnownFiles, ScanOptions};

use super::args::{ScanArgs, WorkArgs};
use super::choices::Decode;
use super::lists;
use super::matching::match_options;
use super::run::Job;
use super::status::Status;

pub(super) fn run(args: &ScanArgs) -> Result<Status> {
    let register = args.register.options(args.effort)?;
    let (index, beside) = lists::index(&args.lists, &args.matching, args.output.quiet)?;
    let options = ScanOptions {
        hashing: HashOptions {
            algorithms: index.algorithms().map(|(algorithm, _)| algorithm).collect(),
            effort: args.effort,
            enrol: None,
            detail: detail(&args.work),
            limits: limits(&args.work),
        },
        keep_all: false,
        digests: digests(&args.work)
            .or(listed_digests(&index))
            .or(beside.known().map_or(DigestKinds::default(), KnownFiles::digest_kinds)),
        max_file_bytes: args.work.max_file_bytes,
        max_size: args.inputs.max_size,
        matching: match_options(&args.matching, register, &index, args.effort),
    };
    let job = Job {
        subject: Subject::Matches,
        options,
        index: Some(Arc::new(index)),
        read_files: args.lists.files(),
        beside: Some(beside),
        fail_on_match: args.matching.fail_on_match,
    };
    job.run(&args.inputs, &args.work, &args.journal, &args.output)
}

/// The digests that the lists need.
pub(super) fn listed_digests(index: &HashIndex) -> DigestKinds {
    let [md5, sha1, sha256, sha512] = index.digest_kinds();
    DigestKinds { md5, sha1, sha256, sha512 }
}

/// The digests that the user asks for.
pub(super) fn digests(work: &WorkArgs) -> DigestKinds {
    if work.digests { DigestKinds::USUAL } else { DigestKinds::default() }
}

pub(super) fn detail(work: &WorkArgs) -> Detail {
    match work.decode {
        Decode::Auto => Detail::Luma,
        Decode::Full => Detail::Full,
    }
}

pub(super) fn limits(work: &WorkArgs) -> Limits {
    let default = Limits::default();
    Limits {
        max_pixels: work.max_pixels.unwrap_or(default.max_pixels),
        max_memory: work.max_memory.unwrap_or(default.max_memory),
    }
}
