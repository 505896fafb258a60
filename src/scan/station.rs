//! What one thread of a run does: candidates go in, and records come out, from the journal or by
//! examining them, by workers or in this process.

use std::collections::VecDeque;
use std::sync::Arc;

use super::ScanOptions;
use super::examine::Examiner;
use super::order::Work;
use super::recall::{Recall, ToAdd};
use crate::index::HashIndex;
use crate::journal::Journal;
use crate::record::Record;
use crate::walk::{Candidate, Met};
use crate::worker::{Line, Pool};

/// What a thread examines candidates with.
#[derive(Debug)]
pub struct Station {
    examiner: Examiner,
    recall: Option<Recall>,
    line: Option<Line>,
    begun: VecDeque<Begun>,
}

/// A candidate that came in.
#[derive(Debug)]
enum Begun {
    /// The journal answers for it.
    Known(Box<Record>),
    /// It is examined, and added to the journal, if there is one.
    Examined(Box<Candidate>, Option<ToAdd>),
}

/// Candidates at most that are begun with before the first is ended; those for which the journal
/// answers are among them.
const MOST_BEGUN: usize = 8;

impl Station {
    /// With an index, candidates are compared with it; without, they are only hashed. With a
    /// journal, only those are examined that it does not answer for. With workers, they look at
    /// what is in files, otherwise this process does.
    pub fn new(
        options: ScanOptions,
        index: Option<Arc<HashIndex>>,
        journal: Option<Arc<Journal>>,
        workers: Option<Arc<Pool>>,
    ) -> Self {
        let kept = if journal.is_some() { Recall::to_examine(&options) } else { options.clone() };
        let examiner = Examiner::new(kept, index.clone());
        let recall = journal.map(|journal| Recall::new(journal, options, index));
        Self { examiner, recall, line: workers.map(Line::new), begun: VecDeque::new() }
    }

    /// What has become of a candidate; its file, if it is one, is the next that the workers answer
    /// for.
    fn examine(&mut self, candidate: &Candidate) -> Record {
        match &mut self.line {
            Some(line) => self.examiner.examine_by(candidate, |_, _| line.answer()),
            None => self.examiner.examine(candidate),
        }
    }
}

impl Work<Candidate, Record> for Station {
    fn begin(&mut self, candidate: Candidate) {
        let found = self.recall.as_ref().map(|recall| recall.find(&candidate));
        let to_add = match found {
            Some(Ok(record)) => return self.begun.push_back(Begun::Known(record)),
            Some(Err(to_add)) => Some(to_add),
            None => None,
        };
        if let (Some(line), Met::File { through_link }) = (&mut self.line, &candidate.met) {
            line.ask(&candidate.path, *through_link);
        }
        self.begun.push_back(Begun::Examined(Box::new(candidate), to_add));
    }

    fn has_room(&self) -> bool {
        self.begun.len() < MOST_BEGUN && self.line.as_ref().is_some_and(Line::has_room)
    }

    fn end(&mut self) -> Option<Record> {
        Some(match self.begun.pop_front()? {
            Begun::Known(record) => *record,
            Begun::Examined(candidate, to_add) => {
                let record = self.examine(&candidate);
                match (&self.recall, to_add) {
                    (Some(recall), Some(to_add)) => recall.add(&to_add, &candidate, record),
                    _ => record,
                }
            }
        })
    }
}
