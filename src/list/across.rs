//! What one list says of the entries of others: the pages of a service, each in a file of its own, are
//! one list to whoever keeps it, and an update is meant for the edition before it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::settle::{self, Draft, Tombstone};
use super::value::Proof;
use super::{CompiledIn, Entries, Entry, HashList, Known, ListError, ListFormat};

/// What a row withdraws, in whatever file it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The id of the entries that are meant, if the row names one.
    pub id: Option<Box<str>>,
    /// Hashes or digests that it names. Records of services that have an id mean all of it, and
    /// have none here.
    pub known: Vec<Known>,
    /// When, in seconds since the beginning of 1970; without it whatever is listed is withdrawn.
    pub time: Option<NonZeroU32>,
}

/// What an entry of a service's list is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Its id.
    Id(Box<str>),
    /// Its hash or digest.
    Known(Known),
}

impl Withdrawn {
    /// The id if it has one, else each of its hashes and digests.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        let known = if self.id.is_none() { &self.known[..] } else { &[] };
        self.id.iter().cloned().map(Key::Id).chain(known.iter().copied().map(Key::Known))
    }
}

impl Key {
    /// That of an entry.
    fn of(entry: &Entry) -> Self {
        entry.id.clone().map_or(Self::Known(entry.known), Self::Id)
    }
}

/// Takes out of each list what another list of the same service withdraws or lists anew with a later
/// time, and says how many entries that were; they are counted as removed and as replaced.
///
/// The first `base` lists are an earlier edition, which the others bring up to date: what these
/// withdraw or list anew goes from the earlier ones also where there are no times, and rows that
/// withdraw do so in lists of the same format, be it of a service or not. With a `base` of 0 none is
/// known to be earlier: without times, a withdrawal of a service holds whatever its place.
///
/// An entry that its service listed again after it was withdrawn stays, as does one of the same hash
/// in a list of another service or of no service's format.
///
/// # Errors
/// When a compiled file of which entries are taken out is not as it was written.
pub fn settle_across(lists: &mut [HashList], base: usize) -> Result<u64, ListError> {
    let all = Sayings::of(lists, base);
    let tombstones = Tombstones::of(lists, base);
    let mut gone = 0;
    let mut altered = HashSet::new();
    for (place, list) in lists.iter_mut().enumerate() {
        let format = list.format;
        let mut of_list = 0;
        if all.concern(place, format) {
            of_list += list.keep(|entry| all.fate(place, format, entry));
        }
        if let Some(tombstones) = tombstones.by_format.get(&format).filter(|_| place < base) {
            of_list += list.withdraw(tombstones);
        }
        gone += of_list;
        if let Some(compiled) = list.compiled.as_ref().filter(|_| of_list > 0)
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
    Ok(gone)
}

/// What becomes of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Withdrawn,
    Replaced,
}

/// What lists of services say of keys that several of them may have.
struct Sayings {
    /// How many lists are of an earlier edition.
    base: usize,
    places: Vec<(usize, ListFormat)>,
    by_key: HashMap<(ListFormat, Key), Vec<Saying>>,
}

/// What one list says of a key.
struct Saying {
    /// The place of the list.
    from: usize,
    withdraws: bool,
    time: Option<NonZeroU32>,
}

impl Sayings {
    fn of(lists: &[HashList], base: usize) -> Self {
        let mut all = Self { base, places: Vec::new(), by_key: HashMap::new() };
        let services = lists.iter().enumerate().filter(|(_, list)| list.format.is_of_service());
        let services: Vec<_> = services.collect();
        for &(from, list) in &services {
            let format = list.format;
            if services.iter().all(|&(place, of)| place == from || of.format != format) {
                continue;
            }
            let mut says = !list.withdrawn.is_empty();
            for withdrawn in &list.withdrawn {
                for key in withdrawn.keys() {
                    all.say(format, key, Saying { from, withdraws: true, time: withdrawn.time });
                }
            }
            for entry in list.entries.iter().filter(|entry| entry.id.is_some()) {
                let said = Saying { from, withdraws: false, time: entry.time };
                all.say(format, Key::of(&entry), said);
                says = true;
            }
            if says {
                all.places.push((from, format));
            }
        }
        all
    }

    fn say(&mut self, format: ListFormat, key: Key, saying: Saying) {
        let of_key = self.by_key.entry((format, key)).or_default();
        // The entries of one record say the same.
        if !of_key.last().is_some_and(|last| last.from == saying.from && !last.withdraws) {
            of_key.push(saying);
        }
    }

    /// Whether any of them is of another list than the one at this place.
    fn concern(&self, place: usize, format: ListFormat) -> bool {
        self.places.iter().any(|&(from, of)| from != place && of == format)
    }

    /// What becomes of an entry by what other lists say. What its own list says was settled when it
    /// was read, by the order of the records where they have no times.
    fn fate(&self, place: usize, format: ListFormat, entry: &Entry) -> Fate {
        let said = self.by_key.get(&(format, Key::of(entry))).map_or(&[][..], Vec::as_slice);
        let mut others = said.iter().filter(|one| one.from != place);
        let is_earlier = |place| place < self.base;
        let holds = |one: &&Saying| match (entry.time.zip(one.time), one.withdraws) {
            (Some((listed, said)), true) => listed <= said,
            (Some((listed, said)), false) => listed < said,
            (None, true) => is_earlier(place) || !is_earlier(one.from),
            (None, false) => is_earlier(place) && !is_earlier(one.from),
        };
        match others.clone().find(|one| one.withdraws && holds(one)) {
            Some(_) => Fate::Withdrawn,
            None if others.any(|one| holds(&one)) => Fate::Replaced,
            None => Fate::Stays,
        }
    }
}

/// What rows of an update withdraw from the lists of an earlier edition that are of no service.
struct Tombstones {
    by_format: HashMap<ListFormat, Vec<Tombstone>>,
}

impl Tombstones {
    fn of(lists: &[HashList], base: usize) -> Self {
        let mut by_format: HashMap<ListFormat, Vec<Tombstone>> = HashMap::new();
        let updates = lists.iter().skip(if base == 0 { lists.len() } else { base });
        for list in updates.filter(|list| !list.format.is_of_service()) {
            let tombstone = |one: &Withdrawn| Tombstone {
                before: usize::MAX,
                id: one.id.clone(),
                known: one.known.clone(),
            };
            let of_format = by_format.entry(list.format).or_default();
            of_format.extend(list.withdrawn.iter().map(tombstone));
        }
        Self { by_format }
    }
}

impl HashList {
    /// Keeps the entries that are to stay, and says how many others there were.
    fn keep(&mut self, fate: impl Fn(&Entry) -> Fate) -> u64 {
        let fates: Vec<Fate> = self.entries.iter().map(|entry| fate(&entry)).collect();
        let count = |of| fates.iter().filter(|&&fate| fate == of).count() as u64;
        let (removed, replaced) = (count(Fate::Withdrawn), count(Fate::Replaced));
        if removed + replaced > 0 {
            let entries = self.entries.iter().zip(&fates);
            let stay = entries.filter(|(_, fate)| **fate == Fate::Stays);
            self.put(stay.map(|(entry, _)| entry.into_owned()).collect());
        }
        self.counts.removed += removed;
        self.counts.replaced += replaced;
        removed + replaced
    }

    /// Removes what rows withdraw, and says how many entries that were.
    fn withdraw(&mut self, tombstones: &[Tombstone]) -> u64 {
        let entries = self.entries.iter().map(Cow::into_owned);
        let mut drafts: Vec<Draft> =
            entries.map(|entry| Draft { entry, proof: Proof::Proven }).collect();
        let removed = settle::withdraw(&mut drafts, tombstones);
        if removed > 0 {
            self.put(drafts.into_iter().map(|draft| draft.entry).collect());
            self.counts.removed += removed;
        }
        removed
    }

    /// Puts fewer entries in the place of its own.
    fn put(&mut self, entries: Vec<Entry>) {
        self.algorithms = entries.iter().filter_map(|entry| entry.known.algorithm()).collect();
        let different: HashSet<Known> = entries.iter().map(|entry| entry.known).collect();
        self.counts.entries = entries.len() as u64;
        self.counts.duplicates = (entries.len() - different.len()) as u64;
        self.entries = Entries::from(entries);
    }
}

/// As it is written into a compiled file.
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Box<str>>,
    /// The names of the kinds, and the values in hex.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    known: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<NonZeroU32>,
}

impl Written {
    pub(super) fn of(withdrawn: &Withdrawn) -> Self {
        let known = withdrawn.known.iter().map(Known::written).collect();
        Self { id: withdrawn.id.clone(), known, time: withdrawn.time }
    }

    /// None if it is not as it was written.
    pub(super) fn read(self) -> Option<Withdrawn> {
        let known = self.known.iter().map(|(kind, value)| Known::from_written(kind, value));
        let known = known.collect::<Option<Vec<_>>>()?;
        Some(Withdrawn { id: self.id, known, time: self.time })
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
                assert_eq!(settle_across(&mut lists, 0).unwrap(), 2 - left, "{at}");
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
        assert_eq!((settle_across(&mut alone, 0).unwrap(), alone[0].entries.len()), (0, 2));
        let mut both = [text(&[other, gone, listed]), text(&[other, listed])];
        assert_eq!((settle_across(&mut both, 0).unwrap(), both[1].entries.len()), (1, 1));
        assert_eq!(both[0].entries.len(), 2);
    }

    #[test]
    fn a_list_of_no_service_keeps_what_a_service_withdraws() {
        let csv = read(&format!("pdq,id\n{PDQ_HEX},1\n"), options(None)).unwrap();
        let gone = page(&[("ImagePDQ", PDQ_HEX, "Deleted", 9), ("VideoMD5", MD5, "Active", 1)]);
        assert_eq!(settle_across(&mut [csv, gone], 0).unwrap(), 0);
    }

    #[test]
    fn a_withdrawal_is_read_as_it_was_written() {
        let time = NonZeroU32::new(7);
        let hash = page(&[("ImagePDQ", PDQ_HEX, "Active", 1)]).entries.get(0).known;
        let md5 = Known::Md5([7; 16]);
        for (id, known) in [(Some("a"), vec![]), (None, vec![hash]), (Some("b"), vec![hash, md5])] {
            let withdrawn = Withdrawn { id: id.map(Box::from), known, time };
            let json = serde_json::to_string(&Written::of(&withdrawn)).unwrap();
            let read: Written = serde_json::from_str(&json).unwrap();
            assert_eq!(read.read(), Some(withdrawn));
        }
    }

    fn ncmec(id: &str, md5: &str, minute: u32) -> HashList {
        let xml = format!(
            "<queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\"><images><image>\
             <member id=\"1\">M</member><timestamp>2020-01-01T00:{minute:02}:00Z</timestamp><id>{id}</id>\
             <fingerprints><md5>{md5}</md5></fingerprints></image></images></queryResult>"
        );
        read(&xml, options(None)).unwrap()
    }

    #[test]
    fn a_later_record_of_an_id_in_another_file_replaces_and_one_of_the_same_time_does_not() {
        let other = MD5.replace("9e", "9f");
        for (minute, left) in [(4, [1, 0]), (5, [1, 1]), (6, [0, 1])] {
            let mut lists = [ncmec("a", MD5, 5), ncmec("a", &other, minute)];
            let gone = settle_across(&mut lists, 0).unwrap();
            assert_eq!(lists.each_ref().map(|list| list.entries.len()), left);
            assert_eq!(lists.iter().map(|list| list.counts.replaced).sum::<u64>(), gone);
        }
        let mut lists = [ncmec("a", MD5, 5), ncmec("b", &other, 9)];
        assert_eq!(settle_across(&mut lists, 0).unwrap(), 0);
    }

    #[test]
    fn an_update_withdraws_from_its_base_by_rows_of_any_format_and_the_base_nothing_from_it() {
        let other = MD5.replace("9e", "9f");
        let base = || read(&format!("md5,id\n{MD5},a\n{other},b\n"), options(None)).unwrap();
        let update = || {
            let rows = format!("md5,id,status\n{other},c,active\n{MD5},a,deleted\n");
            read(&rows, options(None)).unwrap()
        };
        let left = |mut lists: [HashList; 2], base| {
            settle_across(&mut lists, base).unwrap();
            lists.map(|list| (list.entries.len(), list.counts.removed))
        };
        assert_eq!(left([base(), update()], 1), [(1, 1), (1, 0)]);
        assert_eq!(left([base(), update()], 0), [(2, 0), (1, 0)]);
        assert_eq!(left([update(), base()], 1), [(1, 0), (2, 0)]);
    }

    #[test]
    fn without_times_an_update_holds_against_its_base_and_not_the_reverse() {
        let record = |value: &str, how: &str| {
            format!(
                "{{\"signalType\":\"VideoMD5\",\"hashValue\":\"{value}\",\"hashStatus\":\"{how}\"}}\n"
            )
        };
        let other = MD5.replace("9e", "9f");
        let listed = || read(&record(MD5, "Active"), options(None)).unwrap();
        let gone =
            || read(&(record(MD5, "Deleted") + &record(&other, "Active")), options(None)).unwrap();
        let mut lists = [listed(), gone()];
        assert_eq!(settle_across(&mut lists, 1).unwrap(), 1);
        let mut lists = [gone(), listed()];
        assert_eq!(settle_across(&mut lists, 1).unwrap(), 0);
    }
}
