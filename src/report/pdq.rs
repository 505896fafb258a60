//! `hash,quality,filename`, as PDQ's reference hasher writes it: a hash list for other tools.
//!
//! Only hashes that are fit for matching are written: whoever reads the list can't tell.
//!
//! Source: ThreatExchange, `pdq/cpp/bin/pdq-photo-hasher.cpp`.

use std::io::{self, Write};

use super::{Out, Report, ReportOptions, printable};
use crate::hash::Algorithm;
use crate::record::{Reason, Record, Run, Summary};

struct Pdq {
    out: Out,
}

pub(super) fn open(out: Out, _options: ReportOptions) -> Box<dyn Report> {
    Box::new(Pdq { out })
}

impl Report for Pdq {
    fn run(&mut self, _run: &Run) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, record: &Record) -> io::Result<()> {
        if record.reason == Some(Reason::LowQuality) {
            return Ok(());
        }
        for hash in record.hashes.iter().filter(|hash| hash.algorithm == Algorithm::Pdq) {
            let quality = hash.quality.map_or(0, |quality| quality.0);
            let path = printable(&record.path);
            writeln!(self.out, "{},{quality},{path}", hash.hash)?;
            for crop in &hash.enrolled {
                writeln!(self.out, "{},{},{path}", crop.hash, crop.quality)?;
            }
        }
        Ok(())
    }

    fn summary(&mut self, _summary: &Summary) -> io::Result<()> {
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
