//! What a look-up costs: batches of 8 queries, as one picture asks them, in lists of every kind.
//!
//! `cargo bench --bench search` goes up to 10^6 entries; `cargo bench --bench search -- 10000000`
//! measures that size only (and needs some 5 GB). Times are microseconds for one query, on one
//! thread: "mean" and "slowest" of all batches, each the best of several rounds; "scan" is the
//! same by the linear scan. Memory is what the process grows by, without the list itself.
//!
//! The second table is of all that one picture asks when it is hashed in many ways, each hash with
//! its own max distance, in one index made for 31 bits; "picture" is microseconds for all of it.
//!
//! Figures go to `benches/RESULTS.md`, with machine, date and command; read them as ratios.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures are rounded anyway")]

use std::array::from_fn;
use std::fs;
use std::time::{Duration, Instant};

use kinga::hash::{Algorithm, Hash, MaxDistance};
use kinga::index::{Found, HashIndex, Query};
use kinga::list::{Counts, Entry, HashList, Known, ListFormat};

/// Queries that are looked up together.
const BATCH: usize = 8;

/// What a picture asks at a time: so many hashes at such max distances.
const PICTURES: [&[(usize, u16)]; 7] = [
    &[(48, 31)],
    &[(40, 34)],
    &[(40, 36)],
    &[(8, 48)],
    &[(8, 31), (8, 48), (40, 31)],
    &[(8, 31), (8, 48), (40, 31), (40, 36)],
    &[(50, 72)],
];

/// Batches that are timed.
const BATCHES: usize = 24;

/// Rounds over all batches end after so long, but never before the seventh.
const PATIENCE: Duration = Duration::from_millis(150);

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 16).unwrap() % end
    }

    fn hash(&mut self) -> Hash {
        Hash([(); 4].map(|()| self.next()))
    }

    /// Like a PDQ hash: 256 numbers and their median; neighbours in a row or a column of the
    /// square have a part in common, and the low frequencies lean to one side.
    fn picture(&mut self) -> Hash {
        let mut noise = |spread: i64| i64::try_from(self.next() >> 40).unwrap() % spread;
        let rows = [(); 16].map(|()| noise(300));
        let columns = [(); 16].map(|()| noise(300));
        let numbers: [i64; 256] = from_fn(|k| {
            let (row, column) = (k / 16, k % 16);
            let lean = [200, 100, 66, 50].get(row + column).copied().unwrap_or(20);
            rows[row] + columns[column] + noise(1000) + lean
        });
        let mut sorted = numbers;
        let median = *sorted.select_nth_unstable(127).1;
        Hash::from_bits(256, |k| numbers[k] > median)
    }

    fn near(&mut self, mut hash: Hash, bits: usize) -> Hash {
        for _ in 0..bits {
            let bit = self.below(256);
            hash.0[bit / 64] ^= 1 << (bit % 64);
        }
        hash
    }
}

/// What a list is like.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Unrelated hashes, all bits even.
    Random,
    /// Unrelated hashes, as uneven as those of photographs, or more.
    Skewed,
    /// A tenth is one hash, four tenths lie within some 40 bits of it, and it is asked for.
    Poisoned,
}

fn list(kind: Kind, entries: usize, random: &mut Random) -> Vec<Hash> {
    let poison = random.hash();
    let hash = |k| match (kind, k % 10) {
        (Kind::Poisoned, 0) => poison,
        (Kind::Poisoned, 1..=4) => random.near(poison, 20),
        (Kind::Skewed, _) => random.picture(),
        (Kind::Random | Kind::Poisoned, _) => random.hash(),
    };
    (0..entries).map(hash).collect()
}

/// Half of the queries of a batch are near an entry, the others are not.
fn queries(kind: Kind, hashes: &[Hash], random: &mut Random) -> Vec<Vec<Hash>> {
    let mut query = |k: usize| match kind {
        _ if k.is_multiple_of(2) => {
            let one = hashes[random.below(hashes.len())];
            random.near(one, 12)
        }
        Kind::Skewed => random.picture(),
        Kind::Random | Kind::Poisoned => random.hash(),
    };
    (0..BATCHES).map(|_| (0..BATCH).map(&mut query).collect()).collect()
}

fn with_max(hashes: &[Hash], max: MaxDistance) -> Vec<Query> {
    hashes.iter().map(|&hash| Query { hash, max }).collect()
}

fn index(hashes: &[Hash], max: MaxDistance) -> (HashIndex, Duration, usize) {
    let entry = |(line, &hash): (u64, &Hash)| Entry {
        known: Known::Hash(Algorithm::Pdq, hash),
        line,
        id: None,
        label: None,
        quality: None,
        time: None,
        notes: None,
    };
    let list = HashList {
        name: "bench".to_owned(),
        format: ListFormat::Pdq,
        sha256: [0; 32],
        entries: (1..).zip(hashes).map(entry).collect::<Vec<_>>().into(),
        algorithms: [Algorithm::Pdq].into(),
        counts: Counts::default(),
        problems: Vec::new(),
        cut_off: false,
        known_files: false,
        withdrawn: Vec::new(),
        signature: None,
        compiled: None,
    };
    let (before, start) = (resident(), Instant::now());
    let index = HashIndex::new(vec![list], Some(max)).unwrap();
    (index, start.elapsed(), resident().saturating_sub(before))
}

/// Memory of this process in bytes; 0 where there is no /proc.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or(0, |line| line.trim_end_matches("kB").trim().parse::<usize>().unwrap() * 1024)
}

/// Mean and slowest microseconds a query; batches have the same length.
fn time(batches: &[Vec<Query>], look_up: impl Fn(&[Query]) -> Vec<Vec<Found>>) -> (f64, f64) {
    let mut best = vec![f64::INFINITY; batches.len()];
    let start = Instant::now();
    for round in 0.. {
        for (batch, best) in batches.iter().zip(&mut best) {
            let start = Instant::now();
            let found = look_up(batch);
            let micros = start.elapsed().as_secs_f64() * 1e6 / batch.len() as f64;
            *best = best.min(micros);
            drop(found);
        }
        if round >= 6 && start.elapsed() > PATIENCE {
            break;
        }
    }
    let slowest = best.iter().copied().fold(0.0, f64::max);
    (best.iter().sum::<f64>() / best.len() as f64, slowest)
}

fn measure(kind: Kind, entries: usize) {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let hashes = list(kind, entries, &mut random);
    let batches = queries(kind, &hashes, &mut random);
    for max in [0, 15, 31, 48, 64] {
        let (index, built, bytes) = index(&hashes, MaxDistance(max));
        let batches = batches.iter().map(|batch| with_max(batch, MaxDistance(max)));
        let batches: Vec<Vec<Query>> = batches.collect();
        let (mean, slowest) = time(&batches, |batch| index.lookup_each(Algorithm::Pdq, batch));
        let (scan, slowest_scan) = time(&batches, |batch| index.scan_each(Algorithm::Pdq, batch));
        let (built, each) = (built.as_secs_f64(), bytes as f64 / entries as f64);
        println!(
            "{entries:>9} {:>9} {max:>4} {mean:>10.2} {slowest:>10.2} {scan:>10.2} \
             {slowest_scan:>10.2} {:>7.2} {built:>8.3} {each:>6.0}",
            format!("{kind:?}"),
            mean / scan,
        );
    }
}

fn measure_pictures(kind: Kind, entries: usize) {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let hashes = list(kind, entries, &mut random);
    let mut hash = |k: usize| match kind {
        _ if k.is_multiple_of(8) => {
            let one = hashes[random.below(hashes.len())];
            random.near(one, 12)
        }
        Kind::Skewed => random.picture(),
        Kind::Random | Kind::Poisoned => random.hash(),
    };
    let mut picture = |asked: &[(usize, u16)]| -> Vec<Query> {
        let all = asked.iter().flat_map(|&(count, max)| [MaxDistance(max)].repeat(count));
        all.enumerate().map(|(k, max)| Query { hash: hash(k), max }).collect()
    };
    let (index, ..) = index(&hashes, MaxDistance::PDQ_DEFAULT);
    for asked in PICTURES {
        let batches: Vec<Vec<Query>> = (0..BATCHES / 2).map(|_| picture(asked)).collect();
        let (mean, slowest) = time(&batches, |batch| index.lookup_each(Algorithm::Pdq, batch));
        let (scan, _) = time(&batches, |batch| index.scan_each(Algorithm::Pdq, batch));
        let asked: Vec<String> =
            asked.iter().map(|(count, max)| format!("{count}@{max}")).collect();
        println!(
            "{entries:>9} {:>9} {:>24} {mean:>9.2} {slowest:>9.2} {scan:>9.2} {:>9.0}",
            format!("{kind:?}"),
            asked.join(" + "),
            mean * batches[0].len() as f64,
        );
    }
}

fn main() {
    // Cargo adds flags of its own.
    let sizes = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let sizes: Vec<usize> = sizes.map(|size| size.parse().unwrap()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000, 100_000, 1_000_000] } else { sizes };
    println!(
        "{:>9} {:>9} {:>4} {:>10} {:>10} {:>10} {:>10} {:>7} {:>8} {:>6}",
        "entries", "list", "max", "mean", "slowest", "scan", "slowest", "ratio", "built s", "bytes"
    );
    for &entries in &sizes {
        measure(Kind::Random, entries);
        measure(Kind::Skewed, entries);
        // Each query finds up to half of such a list: gigabytes of what was found, beyond 10^6.
        if entries <= 1_000_000 {
            measure(Kind::Poisoned, entries);
        }
    }
    println!(
        "{:>9} {:>9} {:>24} {:>9} {:>9} {:>9} {:>9}",
        "entries", "list", "asked", "mean", "slowest", "scan", "picture"
    );
    for entries in sizes {
        measure_pictures(Kind::Random, entries);
        measure_pictures(Kind::Skewed, entries);
    }
}
