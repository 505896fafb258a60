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
    let mut times: HashMap<(ListFormat, Key), Option<NonZeroU32>> = HashMap::new();
    for list in lists.iter().filter(|list| list.format.is_of_service()) {
        for Withdrawn { key, time } in &list.withdrawn {
            let known = times.entry((list.format, key.clone())).or_insert(*time);
            // None is whenever.
            *known = known.zip(*time).map(|(a, b)| a.max(b));
        }
    }
    if times.is_empty() {
        return Ok(0);
    }
    let stays = |format, entry: &Entry| match times.get(&(format, Key::of(entry))) {
        None => true,
        Some(withdrawn) => entry.time.zip(*withdrawn).is_some_and(|(listed, gone)| listed > gone),
    };
    let formats: HashSet<ListFormat> = times.keys().map(|(format, _)| *format).collect();
    let mut removed = 0;
    let mut altered = HashSet::new();
    for list in lists.iter_mut().filter(|list| formats.contains(&list.format)) {
        let format = list.format;
        let gone = list.keep(|entry| stays(format, entry));
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
