//! What a worker says of a file, as bytes. Whoever reads them takes the worker for hostile: a file may
//! have taken it over.

use super::wire::{Reader, Writer};
use crate::algorithm::Hashes;
use crate::content::{Findings, Fingerprint, HashOptions, Partial};
use crate::hash::Algorithm;
use crate::orientation::Orientation;
use crate::picture::Decoded;
use crate::record::{Digests, Outcome, Reason};
use crate::region::{Enrolled, Layout, MOST_SAMPLES, Region, SeenParts, Sight, SightParts};
use crate::view::{Cut, Effort, View};

/// The first bytes of every answer; another number for another layout.
const MAGIC: u32 = u32::from_le_bytes(*b"kwa1");

/// Most bytes of a kind's name and of a detail.
const MOST_KIND: usize = 128;
const MOST_DETAIL: usize = 1000;

/// More regions, parts and crops than a picture ever has.
const MOST_REGIONS: usize = 1024;
const MOST_PARTS: usize = 64;
const MOST_CROPS: usize = 64;

/// Longer than any answer: the samples of a sight, and what else there may be.
pub(super) const MOST_ANSWER: usize = MOST_SAMPLES * MOST_SAMPLES + (1 << 20);

const VIEWS: [View; 4] = [View::Whole, View::Squashed, View::Framed, View::Window];

const CUTS: [Cut; 5] =
    [Cut::Square, Cut::FourToFive, Cut::NineToSixteen, Cut::SixteenToNine, Cut::Window];

const OUTCOMES: [Outcome; 4] =
    [Outcome::Hashed, Outcome::Unsupported, Outcome::Failed, Outcome::Skipped];

/// The findings as bytes.
pub(super) fn to_bytes(findings: &Findings) -> Vec<u8> {
    let mut out = Writer::default();
    out.u32(MAGIC);
    out.u8(place_of(&OUTCOMES, &findings.outcome));
    match &findings.reason {
        Some(reason) => out.u8(1 + place_of(Reason::ALL, reason)),
        None => out.u8(0),
    }
    out.u64(findings.size.map_or(0, |size| size.saturating_add(1)));
    out.text(findings.kind.as_deref().unwrap_or_default(), MOST_KIND);
    out.text(findings.detail.as_deref().unwrap_or_default(), MOST_DETAIL);
    let Digests { md5, sha1, sha256, sha512 } = &findings.digests;
    for digest in [md5, sha1, sha256, sha512] {
        out.text(digest.as_deref().unwrap_or_default(), 128);
    }
    match &findings.print {
        Some(print) => {
            out.u8(1);
            put_print(&mut out, print);
        }
        None => out.u8(0),
    }
    match findings.partial {
        Some(Partial { width, height, share }) => {
            out.u8(1);
            out.u64(width);
            out.u64(height);
            out.f64(share);
        }
        None => out.u8(0),
    }
    out.0
}

/// The findings of a worker that was to hash in this way; none if the bytes are not such an answer.
pub(super) fn from_bytes(bytes: &[u8], options: &HashOptions) -> Option<Findings> {
    let mut from = Reader(bytes);
    if from.u32()? != MAGIC {
        return None;
    }
    let outcome = *OUTCOMES.get(usize::from(from.u8()?))?;
    let reason = match from.u8()? {
        0 => None,
        number => Some(*Reason::ALL.get(usize::from(number) - 1)?),
    };
    let size = from.u64()?.checked_sub(1);
    let kind = Some(from.text(MOST_KIND)?).filter(|kind| !kind.is_empty());
    let detail = Some(from.text(MOST_DETAIL)?).filter(|detail| !detail.is_empty());
    let mut digest = |digits| {
        let text = from.text(digits)?;
        let hex = text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        (hex && [0, digits].contains(&text.len())).then_some(text)
    };
    let [md5, sha1, sha256, sha512] = [digest(32)?, digest(40)?, digest(64)?, digest(128)?]
        .map(|digest| Some(digest).filter(|digest| !digest.is_empty()));
    let digests = Digests { md5, sha1, sha256, sha512 };
    let print = if from.bool()? { Some(print(&mut from, options)?) } else { None };
    let partial = if from.bool()? { Some(partial(&mut from)?) } else { None };
    let named = kind.as_ref().is_none_or(|kind| kind.bytes().all(|c| matches!(c, b' '..=b'~')));
    let hashed = outcome == Outcome::Hashed;
    let sound = from.0.is_empty()
        && named
        && hashed == reason.is_none()
        && partial.is_some() == (reason == Some(Reason::Partial))
        && print.is_some() == (hashed && !options.algorithms.is_empty());
    sound.then_some(Findings { size, kind, outcome, reason, detail, print, partial, digests })
}

fn put_print(out: &mut Writer, print: &Fingerprint) {
    out.u64(print.width);
    out.u64(print.height);
    out.u8(print.exif_orientation.unwrap_or(0));
    out.u8(match print.decoded {
        Decoded::Full => 0,
        Decoded::Luma { scale } => u8::try_from(scale).unwrap_or(u8::MAX),
    });
    out.u8(u8::from(print.truncated));
    out.f64(print.share.unwrap_or(0.0));
    out.u8(u8::from(print.more_pictures));
    for hashes in &print.hashes {
        out.u8(hashes.quality.map_or(u8::MAX, |quality| quality.0));
        out.turned(&hashes.turned);
    }
    out.count(print.regions.len());
    for region in &print.regions {
        out.u8(place_of(&VIEWS, &region.view));
        out.u8(region.quality.0);
        out.place(&region.place);
        out.turned(&region.turned);
    }
    out.count(print.enrolled.len());
    for crop in &print.enrolled {
        out.u8(place_of(&CUTS, &crop.cut));
        out.u8(crop.quality.0);
        out.place(&crop.place);
        out.hash(crop.hash);
    }
    match print.layout {
        None => out.u8(0),
        Some(Layout { inner: None }) => out.u8(1),
        Some(Layout { inner: Some(place) }) => {
            out.u8(2);
            out.place(&place);
        }
    }
    match &print.sight {
        Some(sight) => {
            out.u8(1);
            put_sight(out, &sight.parts());
        }
        None => out.u8(0),
    }
}

fn partial(from: &mut Reader<'_>) -> Option<Partial> {
    let (width, height) = (from.u64()?, from.u64()?);
    let share = from.f64().filter(|share| (0.0..=1.0).contains(share))?;
    Some(Partial { width, height, share })
}

fn print(from: &mut Reader<'_>, options: &HashOptions) -> Option<Fingerprint> {
    let side = |from: &mut Reader<'_>| from.u64().filter(|side| (1..1 << 32).contains(side));
    let (width, height) = (side(from)?, side(from)?);
    let exif_orientation = match from.u8()? {
        0 => None,
        value @ 1..=8 => Some(value),
        _ => return None,
    };
    let decoded = match from.u8()? {
        0 => Decoded::Full,
        scale @ (1 | 2 | 4 | 8) => Decoded::Luma { scale: usize::from(scale) },
        _ => return None,
    };
    let truncated = from.bool()?;
    let share = from.f64().filter(|share| (0.0..=1.0).contains(share))?;
    let share = (share > 0.0).then_some(share);
    let more_pictures = from.bool()?;
    let hashes = |&algorithm: &Algorithm| {
        let quality = if algorithm == Algorithm::Pdq {
            Some(from.quality()?)
        } else {
            (from.u8()? == u8::MAX).then_some(None)?
        };
        let turned = from.turned(algorithm.bits())?;
        let upright = turned[0].0 == Orientation::Upright;
        upright.then_some(Hashes { algorithm, quality, turned })
    };
    let hashes = options.algorithms.iter().map(hashes).collect::<Option<_>>()?;
    let regions: Vec<Region> = many(from, MOST_REGIONS, region)?;
    let enrolled: Vec<Enrolled> = many(from, MOST_CROPS, crop)?;
    let layout = match from.u8()? {
        0 => None,
        1 => Some(Layout { inner: None }),
        2 => Some(Layout { inner: Some(from.place()?) }),
        _ => return None,
    };
    let sight = if from.bool()? {
        let parts = sight(from, regions.len())?;
        Some(Sight::from_parts(&parts)?)
    } else {
        None
    };
    // Nothing that was not asked for.
    let asked_for = (regions.is_empty() || options.effort > Effort::Upright)
        && (sight.is_none() || options.effort == Effort::Deep)
        && (options.enrol.is_some() || (enrolled.is_empty() && layout.is_none()));
    asked_for.then_some(Fingerprint {
        width,
        height,
        exif_orientation,
        decoded,
        truncated,
        share,
        more_pictures,
        hashes,
        regions,
        sight,
        enrolled,
        layout,
    })
}

fn region(from: &mut Reader<'_>) -> Option<Region> {
    let view = *VIEWS.get(usize::from(from.u8()?))?;
    let (quality, place) = (from.quality()?, from.place()?);
    Some(Region { view, place, quality, turned: from.turned(Algorithm::Pdq.bits())? })
}

fn crop(from: &mut Reader<'_>) -> Option<Enrolled> {
    let cut = *CUTS.get(usize::from(from.u8()?))?;
    let (quality, place) = (from.quality()?, from.place()?);
    Some(Enrolled { cut, place, quality, hash: from.hash(Algorithm::Pdq.bits())? })
}

fn put_sight(out: &mut Writer, sight: &SightParts) {
    let SightParts { size, samples, pixels, brightness, shown, parts, windows } = sight;
    size.iter().chain(samples).for_each(|&side| out.u32(side));
    out.u32(*pixels);
    out.orientation(*shown);
    out.0.extend(brightness);
    out.count(parts.len());
    parts.iter().flatten().for_each(|&side| out.u32(side));
    // As many as regions.
    for window in windows {
        let Some(SeenParts { ground, middle, size, angle, starts }) = window else {
            out.u8(0);
            continue;
        };
        out.u8(1);
        out.u32(*ground);
        middle.iter().chain(size).for_each(|&number| out.f32(number));
        out.f32(*angle);
        out.u8(u8::from(*starts));
    }
}

fn sight(from: &mut Reader<'_>, regions: usize) -> Option<SightParts> {
    let size = [from.u32()?, from.u32()?];
    let samples = [from.u32()?, from.u32()?];
    let pixels = from.u32()?;
    let shown = from.orientation()?;
    let [columns, rows] = samples.map(|side| usize::try_from(side).unwrap_or(usize::MAX));
    if columns.max(rows) > MOST_SAMPLES {
        return None;
    }
    let brightness = from.bytes(columns * rows)?.to_vec();
    let part = |from: &mut Reader<'_>| Some([from.u32()?, from.u32()?, from.u32()?, from.u32()?]);
    let parts = many(from, MOST_PARTS, part)?;
    let mut windows = Vec::with_capacity(regions);
    for _ in 0..regions {
        windows.push(if from.bool()? { Some(window(from)?) } else { None });
    }
    Some(SightParts { size, samples, pixels, brightness, shown, parts, windows })
}

fn window(from: &mut Reader<'_>) -> Option<SeenParts> {
    let ground = from.u32()?;
    let (middle, size) = ([from.f32()?, from.f32()?], [from.f32()?, from.f32()?]);
    Some(SeenParts { ground, middle, size, angle: from.f32()?, starts: from.bool()? })
}

/// A count, at most `most`, and so many.
fn many<T>(
    from: &mut Reader<'_>,
    most: usize,
    one: impl Fn(&mut Reader<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let count = from.count(most)?;
    (0..count).map(|_| one(from)).collect()
}

/// Which of all it is.
fn place_of<T: PartialEq>(all: &[T], one: &T) -> u8 {
    let place = all.iter().position(|known| known == one);
    place.map_or(u8::MAX - 1, |place| u8::try_from(place).unwrap_or(u8::MAX - 1))
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use proptest::prelude::*;

    use super::*;
    use crate::content::look_at_bytes;
    use crate::luma::{Luma, Pixels};
    use crate::picture::grey_png;
    use crate::view::Enrolment;

    /// A picture with a frame around it.
    fn png() -> Vec<u8> {
        let level = |k: usize| match (k % 300, k / 300) {
            (20..280, 20..180) => u8::try_from((k * k / 31 + k / 300 * 5) % 251).unwrap(),
            _ => 255,
        };
        let pixels = Pixels::Grey((0..300 * 200).map(level).collect());
        grey_png(300, 200, Luma::new(300, 200, pixels).unwrap().bytes()).unwrap()
    }

    fn options(effort: Effort) -> HashOptions {
        let gradient = "gradient-16".parse().unwrap();
        let enrol = Some(Enrolment::Thorough);
        let algorithms = vec![Algorithm::Pdq, gradient];
        HashOptions { algorithms, effort, enrol, ..HashOptions::new(Algorithm::Pdq) }
    }

    fn findings(effort: Effort) -> Findings {
        static MADE: [OnceLock<Findings>; 4] = [const { OnceLock::new() }; 4];
        let made = || look_at_bytes(&png(), &options(effort));
        let findings = MADE[effort as usize].get_or_init(made).clone();
        assert!(findings.print.is_some(), "{findings:?}");
        findings
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        for effort in Effort::ALL {
            let mut findings = findings(effort);
            findings.digests.sha1 = Some("a9993e364706816aba3e25717850c26c9cd0d89d".to_owned());
            let read = from_bytes(&to_bytes(&findings), &options(effort));
            assert_eq!(read, Some(findings));
        }
        let failed = Findings::failed(Reason::DecoderError, "it says: no");
        let read = from_bytes(&to_bytes(&failed), &options(Effort::Upright));
        assert_eq!(read, Some(failed));
        let partial = Some(Partial { width: 13_000, height: 13_000, share: 0.001 });
        let failed = Findings { partial, ..Findings::failed(Reason::Partial, "little") };
        let read = from_bytes(&to_bytes(&failed), &options(Effort::Upright));
        assert_eq!(read, Some(failed));
    }

    #[test]
    fn a_long_detail_is_cut_between_letters() {
        let failed = Findings::failed(Reason::DecoderError, "ü".repeat(501));
        let read = from_bytes(&to_bytes(&failed), &options(Effort::Upright)).unwrap();
        assert_eq!(read.detail.unwrap(), "ü".repeat(500));
    }

    #[test]
    fn an_answer_to_another_question_is_none() {
        let standard = to_bytes(&findings(Effort::Standard));
        assert!(from_bytes(&standard, &options(Effort::Standard)).is_some());
        assert!(from_bytes(&standard, &options(Effort::Upright)).is_none());
        let deep = to_bytes(&findings(Effort::Deep));
        assert!(from_bytes(&deep, &options(Effort::Standard)).is_none());
        let pdq = HashOptions::new(Algorithm::Pdq);
        assert!(from_bytes(&standard, &pdq).is_none());
    }

    proptest! {
        #[test]
        fn whatever_a_worker_says_is_an_answer_within_bounds_or_none(
            effort in 0..4usize,
            cut in 0..4000usize,
            spoilt in prop::collection::vec((0..4000usize, any::<u8>()), 0..4),
            more in prop::collection::vec(any::<u8>(), 0..9),
        ) {
            let effort = Effort::ALL[effort];
            let mut bytes = to_bytes(&findings(effort));
            if cut % 3 == 0 {
                bytes.truncate(cut);
            }
            for (at, byte) in spoilt {
                let at = at % bytes.len().max(1);
                if let Some(old) = bytes.get_mut(at) {
                    *old = byte;
                }
            }
            bytes.extend(more);
            if let Some(Findings { print: Some(print), .. }) = from_bytes(&bytes, &options(effort)) {
                prop_assert!(print.hashes.len() == 2 && print.regions.len() <= MOST_REGIONS);
                prop_assert!(print.regions.iter().all(|region| region.quality.0 <= 100));
                prop_assert!(print.share.is_none_or(|share| share > 0.0 && share <= 1.0));
            }
        }

        #[test]
        fn noise_is_no_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(from_bytes(&bytes, &options(Effort::Deep)).is_none());
        }
    }
}
