//! Withdrawals that one list holds and that are meant for others: the pages of a service, each in a
//! file of its own, are one list to whoever keeps it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{CompiledIn, Entries, Entry, HashList, Known, ListError, ListFormat};

/// What a record of a service's list withdraws, in whatever file of that service it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// What the service knows an entry by: its id, or where it has none its hash or digest.
    pub key: Key,
    /// When, in seconds since the beginning of 1970; without it whatever is listed is withdrawn.
    pub time: Option<NonZeroU32>,
}

/// What an entry of a service's list is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// Its id.
    Id(Box<str>),
    /// Its hash or digest.
    Known(Known),
}

impl Withdrawn {
    /// What a row withdraws: its id, or where it has none its hashes and digests.
    pub(super) fn of(id: Option<&str>, known: Vec<Known>, time: Option<NonZeroU32>) -> Vec<Self> {
        let keys = match id {
            Some(id) => vec![Key::Id(id.into())],
            None => known.into_iter().map(Key::Known).collect(),
        };
        keys.into_iter().map(|key| Self { key, time }).collect()
    }
}

impl Key {
    /// That of an entry.
    fn of(entry: &Entry) -> Self {
        entry.id.clone().map_or(Self::Known(entry.known), Self::Id)
    }
}

/// Takes out of each list what another list of the same service withdraws, and says how many entries
/// that were; they are counted as removed.
///
/// An entry that its service listed again after it was withdrawn stays, as does one of the same hash
/// in a list of another service or of no service's format.
///
/// # Errors
/// When a compiled file of which entries are taken out is not as it was written.
pub fn withdraw_across(lists: &mut [HashList]) -> Result<u64, ListError> {
    let all = Withdrawals::of(lists);
    let mut removed = 0;
    let mut altered = HashSet::new();
    for (place, list) in lists.iter_mut().enumerate() {
        let format = list.format;
        if !all.concern(place, format) {
            continue;
        }
        let gone = list.keep(|entry| !all.withdraw(place, format, entry));
        removed += gone;
        if let Some(compiled) = list.compiled.as_ref().filter(|_| gone > 0)
            && altered.insert(Arc::as_ptr(&compiled.file))
        {
            // It is verified beside the run only as long as it is used as it is.
            let because = |source| ListError::Compiled { list: compiled.name.to_string(), source };
            compiled.file.verify().map_err(because)?;
        }
    }
    // The index that lies in a compiled file has what was withdrawn: these lists need another.
    for list in lists {
        let of_altered = |compiled: &mut CompiledIn| altered.contains(&Arc::as_ptr(&compiled.file));
        drop(list.compiled.take_if(of_altered));
    }
    Ok(removed)
}

/// What all lists of services withdraw, and at which places the lists are that do.
struct Withdrawals {
    places: Vec<(usize, ListFormat)>,
    by_key: HashMap<Key, Vec<Withdrawal>>,
}

/// One of them.
struct Withdrawal {
    /// The place of its list.
    from: usize,
    format: ListFormat,
    time: Option<NonZeroU32>,
}

impl Withdrawals {
    fn of(lists: &[HashList]) -> Self {
        let mut all = Self { places: Vec::new(), by_key: HashMap::new() };
        let services = lists.iter().enumerate().filter(|(_, list)| list.format.is_of_service());
        for (place, list) in services.filter(|(_, list)| !list.withdrawn.is_empty()) {
            all.places.push((place, list.format));
            for Withdrawn { key, time } in &list.withdrawn {
                let (of_key, time) = (all.by_key.entry(key.clone()).or_default(), *time);
                of_key.push(Withdrawal { from: place, format: list.format, time });
            }
        }
        all
    }

    /// Whether any of them is of another list than the one at this place.
    fn concern(&self, place: usize, format: ListFormat) -> bool {
        self.places.iter().any(|&(from, of)| from != place && of == format)
    }

    /// Whether another list withdraws an entry. What its own list withdraws was settled when it was
    /// read, by the order of the records where they have no times.
    fn withdraw(&self, place: usize, format: ListFormat, entry: &Entry) -> bool {
        let is_gone = |time| entry.time.zip(time).is_none_or(|(listed, gone)| listed <= gone);
        let withdraws =
            |one: &Withdrawal| one.from != place && one.format == format && is_gone(one.time);
        self.by_key.get(&Key::of(entry)).is_some_and(|of_key| of_key.iter().any(withdraws))
    }
}

impl HashList {
    /// Keeps some entries, and says how many others there were.
    fn keep(&mut self, keep: impl Fn(&Entry) -> bool) -> u64 {
        let gone = self.entries.iter().filter(|entry| !keep(entry)).count() as u64;
        if gone > 0 {
            let entries = self.entries.iter().filter(|entry| keep(entry));
            let entries: Vec<Entry> = entries.map(Cow::into_owned).collect();
            self.algorithms = entries.iter().filter_map(|entry| entry.known.algorithm()).collect();
            self.counts.entries = entries.len() as u64;
            self.counts.removed += gone;
            self.entries = Entries::from(entries);
        }
        gone
    }
}

/// As it is written into a compiled file.
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Box<str>>,
    /// The name of the kind, and the value in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<NonZeroU32>,
}

impl Written {
    pub(super) fn of(withdrawn: &Withdrawn) -> Self {
        let (id, known) = match &withdrawn.key {
            Key::Id(id) => (Some(id.clone()), None),
            Key::Known(known) => (None, Some(known.written())),
        };
        Self { id, known, time: withdrawn.time }
    }

    /// None if it is not as it was written.
    pub(super) fn read(self) -> Option<Withdrawn> {
        let key = match (self.id, self.known) {
            (Some(id), None) => Key::Id(id),
            (None, Some((kind, value))) => Key::Known(Known::from_written(&kind, &value)?),
            _ => return None,
        };
        Some(Withdrawn { key, time: self.time })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, options, read};
    use super::*;

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    fn page(records: &[(&str, &str, &str, u32)]) -> HashList {
        let record = |(kind, value, status, time): &(&str, &str, &str, u32)| {
            format!(
                "{{\"signalType\":\"{kind}\",\"hashValue\":\"{value}\",\"hashStatus\":\"{status}\",\
                 \"lastModtimestamp\":{time}}}\n"
            )
        };
        read(&records.iter().map(record).collect::<String>(), options(None)).unwrap()
    }

    #[test]
    fn a_page_withdraws_what_another_page_lists_but_not_what_was_listed_later() {
        let other = ("VideoMD5", MD5, "Active", 1);
        let listed = |time| page(&[("ImagePDQ", PDQ_HEX, "Active", time), other]);
        let gone = |time| page(&[("ImagePDQ", PDQ_HEX, "Withdrawn", time), other]);
        for (at, left) in [(1, 1), (5, 1), (6, 2)] {
            for mut lists in [[listed(at), gone(5)], [gone(5), listed(at)]] {
                let place = usize::from(lists[1].withdrawn.is_empty());
                assert_eq!(withdraw_across(&mut lists).unwrap(), 2 - left, "{at}");
                let counts = &lists[place].counts;
                assert_eq!((counts.entries, counts.removed), (left, 2 - left));
                assert_eq!(lists[place].algorithms.len() as u64, left - 1);
            }
        }
    }

    #[test]
    fn what_a_list_without_times_lists_again_stays_and_another_list_withdraws_it_whenever() {
        let [listed, gone] = ["Active", "Withdrawn"].map(|how| ("ImagePDQ", PDQ_HEX, how));
        let other = ("VideoMD5", MD5, "Active");
        let text = |records: &[(&str, &str, &str)]| {
            let record = |(kind, value, how): &(&str, &str, &str)| {
                format!(
                    "{{\"signalType\":\"{kind}\",\"hashValue\":\"{value}\",\"hashStatus\":\"{how}\"}}\n"
                )
            };
            read(&records.iter().map(record).collect::<String>(), options(None)).unwrap()
        };
        let mut alone = [text(&[other, gone, listed])];
        assert_eq!((withdraw_across(&mut alone).unwrap(), alone[0].entries.len()), (0, 2));
        let mut both = [text(&[other, gone, listed]), text(&[other, listed])];
        assert_eq!((withdraw_across(&mut both).unwrap(), both[1].entries.len()), (1, 1));
        assert_eq!(both[0].entries.len(), 2);
    }

    #[test]
    fn a_list_of_no_service_keeps_what_a_service_withdraws() {
        let csv = read(&format!("pdq,id\n{PDQ_HEX},1\n"), options(None)).unwrap();
        let gone = page(&[("ImagePDQ", PDQ_HEX, "Deleted", 9), ("VideoMD5", MD5, "Active", 1)]);
        assert_eq!(withdraw_across(&mut [csv, gone]).unwrap(), 0);
    }

    #[test]
    fn a_withdrawal_is_read_as_it_was_written() {
        let time = NonZeroU32::new(7);
        let hash = page(&[("ImagePDQ", PDQ_HEX, "Active", 1)]).entries.get(0).known;
        for key in [Key::Id("a".into()), Key::Known(hash), Key::Known(Known::Md5([7; 16]))] {
            let withdrawn = Withdrawn { key, time };
            let json = serde_json::to_string(&Written::of(&withdrawn)).unwrap();
            let read: Written = serde_json::from_str(&json).unwrap();
            assert_eq!(read.read(), Some(withdrawn));
        }
    }
}
