//! Records that say all there is to say of an entry: the latest of a key holds, and what earlier
//! ones said is neither searched for nor withdrawn once more.

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

use super::settle::Draft;

/// Records that were met so far.
#[derive(Default)]
pub(super) struct Snapshots {
    /// Two hashes of a key are the key: nobody can choose keys so that they are equal.
    states: [RandomState; 2],
    all: Vec<Snapshot>,
}

/// What is known of a record.
struct Snapshot {
    key: [u64; 2],
    /// When it was last changed, in whatever unit its list has.
    time: Option<i64>,
    withdrawn: bool,
    /// The drafts that it gave.
    drafts: Range<usize>,
}

/// How many drafts went, and why.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Gone {
    /// A later record of the key holds.
    pub(super) replaced: u64,
    /// The key was withdrawn.
    pub(super) removed: u64,
}

impl Snapshots {
    /// Takes a record in, which gave these drafts.
    pub(super) fn take(
        &mut self,
        key: &str,
        time: Option<i64>,
        withdrawn: bool,
        drafts: Range<usize>,
    ) {
        let key = self.states.each_ref().map(|state| state.hash_one(key));
        self.all.push(Snapshot { key, time, withdrawn, drafts });
    }

    /// Leaves the drafts of the record that holds for each key, and those of no record.
    ///
    /// The latest record holds; of several at the same time one that withdraws, else the last.
    /// Where a record of the key has no time, the last holds.
    pub(super) fn settle(mut self, drafts: &mut Vec<Draft>) -> Gone {
        // Sorting is stable: records of a key stay in the order of the list.
        self.all.sort_by_key(|snapshot| snapshot.key);
        let mut gone = Gone::default();
        let mut stays = vec![true; if self.all.is_empty() { 0 } else { drafts.len() }];
        for records in self.all.chunk_by(|a, b| a.key == b.key) {
            let holds = holding(records);
            for (number, record) in records.iter().enumerate() {
                if number == holds && !record.withdrawn {
                    continue;
                }
                stays[record.drafts.clone()].fill(false);
                let count = record.drafts.len() as u64;
                if records[holds].withdrawn {
                    gone.removed += count;
                } else {
                    gone.replaced += count;
                }
            }
        }
        let mut stays = stays.into_iter();
        drafts.retain(|_| stays.next().unwrap_or(true));
        gone
    }
}

/// Which of the records of a key holds.
fn holding(records: &[Snapshot]) -> usize {
    let numbers = 0..records.len();
    let timed = records.iter().all(|record| record.time.is_some());
    let rank = |&number: &usize| {
        let record = &records[number];
        timed.then_some((record.time, record.withdrawn))
    };
    // Of equal ranks the last.
    numbers.max_by_key(rank).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::value::Proof;
    use super::super::{Entry, Known};
    use super::*;

    /// The lines that stay of records of one draft each: key, time, whether it withdraws.
    fn left(records: &[(&str, Option<i64>, bool)]) -> (Vec<u64>, Gone) {
        let mut snapshots = Snapshots::default();
        let mut drafts = Vec::new();
        for (line, &(key, time, withdrawn)) in (1..).zip(records) {
            let from = drafts.len();
            if !withdrawn {
                let known = Known::Md5([0; 16]);
                drafts.push(Draft { entry: Entry::new(known, line), proof: Proof::Proven });
            }
            snapshots.take(key, time, withdrawn, from..drafts.len());
        }
        let gone = snapshots.settle(&mut drafts);
        (drafts.iter().map(|draft| draft.entry.line).collect(), gone)
    }

    type Record = (&'static str, Option<i64>, bool);

    /// The records that hold, in the order of their times.
    fn holding(records: &[Record]) -> Vec<Record> {
        let place = |line: &u64| records[usize::try_from(*line).unwrap() - 1];
        let mut left: Vec<_> = left(records).0.iter().map(place).collect();
        left.sort_unstable();
        left
    }

    #[test]
    fn the_latest_record_of_a_key_holds_wherever_it_stands() {
        let gone = |replaced, removed| Gone { replaced, removed };
        let (early, late) = (("a", Some(1), false), ("a", Some(2), false));
        assert_eq!(left(&[early, late]), (vec![2], gone(1, 0)));
        assert_eq!(left(&[late, early]), (vec![1], gone(1, 0)));
        assert_eq!(left(&[late, ("b", Some(1), false)]), (vec![1, 2], gone(0, 0)));
        let withdrawn = ("a", Some(2), true);
        assert_eq!(left(&[early, withdrawn]), (vec![], gone(0, 1)));
        assert_eq!(left(&[withdrawn, early]), (vec![], gone(0, 1)));
        assert_eq!(left(&[withdrawn, ("a", Some(3), false)]), (vec![2], gone(0, 0)));
    }

    #[test]
    fn at_the_same_time_a_withdrawal_holds_and_without_times_the_last() {
        assert!(left(&[("a", Some(2), true), ("a", Some(2), false)]).0.is_empty());
        assert_eq!(left(&[("a", None, true), ("a", None, false)]).0, [2]);
        assert_eq!(left(&[("a", Some(7), false), ("a", None, true)]).0, [0; 0]);
    }

    proptest! {
        #[test]
        fn the_order_of_records_with_different_times_says_nothing(
            records in proptest::collection::btree_map(0..50_i64, (0..3_usize, any::<bool>()), 0..20),
            shift in 0..20_usize,
        ) {
            let keys = ["a", "b", "c"];
            let mut records: Vec<_> = records
                .into_iter()
                .map(|(time, (key, withdrawn))| (keys[key], Some(time), withdrawn))
                .collect();
            let expected = holding(&records);
            let middle = shift.min(records.len());
            records.rotate_left(middle);
            prop_assert_eq!(&holding(&records), &expected);
            records.reverse();
            prop_assert_eq!(holding(&records), expected);
        }
    }
}
