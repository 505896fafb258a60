//! How one picture was found in another: in words, and drawn.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use kinga::algorithm::pdq::SIDE;
use kinga::hash::{Algorithm, Distance, MaxDistance, Quality};
use kinga::index::HashIndex;
use kinga::list::{HashList, ReadOptions};
use kinga::orientation::Orientation;
use kinga::picture::grey_png;
use kinga::record::{Level, Match, Seen};
use kinga::region::{RegisterOptions, Sight};
use kinga::scan::{MatchOptions, levels, search_one};
use kinga::view::{Effort, View};
use serde::Serialize;

use super::compare::Side;
use super::status::usage;
use super::whole::WholeFile;

/// The levels are those of a list of so many entries: what is said of two pictures should hold in
/// a scan, too.
const AS_IF: u64 = 1_000_000;

/// How a region of one picture is like the whole of the other.
#[derive(Debug, Serialize)]
pub(super) struct Sighting {
    /// The picture whose region it is: `A` or `B`.
    inside: char,
    level: Level,
    distance: Distance,
    /// The bound of the level.
    max_distance: MaxDistance,
    /// How the picture, as a viewer shows it, must be turned.
    orientation: Orientation,
    /// Whether it is its negative.
    negative: bool,
    /// Absent for the whole, hashed in PDQ's own way.
    region: Option<Seen>,
    /// Before the region was moved to fit, where it was.
    distance_before: Option<Distance>,
}

/// The surest way in which the whole of one picture is seen in the other.
pub(super) fn sighting(a: &Side, b: &Side) -> Result<Option<Sighting>> {
    let found = [('A', within(a, b)?), ('B', within(b, a)?)];
    let told = found.into_iter().filter_map(|(inside, found)| {
        let found = found?;
        Some(Sighting {
            inside,
            level: found.level?,
            distance: found.distance?,
            max_distance: found.max_distance?,
            orientation: found.orientation?,
            negative: found.negative,
            region: found.region,
            distance_before: found.distance_before,
        })
    });
    Ok(told.min_by_key(|seen| (seen.level, seen.distance)))
}

/// How the listed one is found in the candidate, the way a scan would find it; not at all if its
/// hash says too little to be listed.
fn within(candidate: &Side, listed: &Side) -> Result<Option<Match>> {
    let Some((_, print)) = &candidate.file else { return Ok(None) };
    let text = Algorithm::Pdq.to_text(listed.hashes.upright());
    // No list holds the hash of a blank picture: digits that are all the same are refused.
    let blank = text.bytes().all(|digit| text.starts_with(char::from(digit)));
    let low = listed.hashes.quality.is_some_and(|quality| quality < Quality::DEFAULT_MIN);
    if blank || low {
        return Ok(None);
    }
    let text = format!("pdq\n{text}\n");
    let list = HashList::read("the other", text.as_bytes(), &ReadOptions::default())?;
    let index = HashIndex::new(vec![list], None)?;
    let register = RegisterOptions::default();
    let options = MatchOptions {
        levels: Some(levels(AS_IF, Effort::Deep, Level::Possible, &register)),
        ..MatchOptions::default()
    };
    Ok(search_one(&index, print, &options))
}

impl Sighting {
    pub(super) fn in_words(&self) -> String {
        let other = if self.inside == 'A' { 'B' } else { 'A' };
        let inside = self.inside;
        let part = match self.region {
            Some(Seen { view: View::Framed, place, .. }) => {
                format!("the part of {inside} of {place}")
            }
            Some(Seen { view: View::Window, place, .. }) => {
                format!("the window on {inside} of {place}")
            }
            Some(Seen { place, .. }) if self.level == Level::Registered => {
                format!("the window on {inside} of {place}")
            }
            Some(_) | None => format!("the whole of {inside}"),
        };
        let turned = match self.orientation {
            Orientation::Upright => String::new(),
            turn => format!(", {turn},"),
        };
        let negative = if self.negative { " as a negative" } else { "" };
        let before = match self.distance_before {
            Some(before) => format!(" (it was {before} before the window was moved to fit)"),
            None => String::new(),
        };
        format!(
            "{other} is seen in {inside}: {part}{turned}{negative} is {} bits from {other}{before}; \
             level {}, which goes up to {}",
            self.distance, self.level, self.max_distance
        )
    }

    pub(super) fn conclusion(&self) -> &'static str {
        match self.level {
            Level::Match => "They match. A human should look at both.",
            Level::Registered => {
                "They match once a window is moved to fit. A human should look at both."
            }
            Level::Likely => "They are likely to match. A human should look at both.",
            Level::Possible => {
                "They may match, and may as well be unrelated. A human should look at both."
            }
        }
    }
}

/// Pixels for each of the 64x64 samples.
const ZOOM: usize = 6;

/// Pixels around and between the two.
const GAP: usize = 12;

/// Draws what the hashes are made of: 64x64 samples of each picture side by side, A left, and in
/// the one where the other is seen the outline of where. A hash alone is left grey. None of the
/// pictures' own pixels are in it.
pub(super) fn draw(
    path: &Path,
    inputs: &[PathBuf],
    sides: [&Side; 2],
    seen: Option<&Sighting>,
) -> Result<()> {
    let end = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("png"));
    if !end {
        return Err(usage(format!("{}: --picture writes PNG; let it end so", path.display())));
    }
    let mut canvas = Canvas::new();
    for (n, (side, name)) in sides.into_iter().zip(['A', 'B']).enumerate() {
        let left = GAP + n * (SIDE * ZOOM + GAP);
        let Some(sight) = side.file.as_ref().and_then(|(_, print)| print.sight.as_ref()) else {
            continue;
        };
        canvas.plane(left, sight);
        if let Some(region) = seen.filter(|seen| seen.inside == name).and_then(|seen| seen.region) {
            canvas.outline(left, &sight.corners(&region.place));
        }
    }
    let png = grey_png(canvas.width, canvas.height, &canvas.grey)
        .ok_or_else(|| anyhow!("{}: the picture can't be coded", path.display()))?;
    let file = WholeFile::begin(path, inputs)?;
    file.handle()?
        .write_all(&png)
        .with_context(|| format!("{}: can't be written", path.display()))?;
    file.finish(true)?;
    Ok(())
}

struct Canvas {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

impl Canvas {
    fn new() -> Self {
        let (width, height) = (2 * SIDE * ZOOM + 3 * GAP, SIDE * ZOOM + 2 * GAP);
        Self { width, height, grey: vec![128; width * height] }
    }

    fn plane(&mut self, left: usize, sight: &Sight) {
        let plane = sight.whole();
        for y in 0..SIDE * ZOOM {
            for x in 0..SIDE * ZOOM {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "0 to 255"
                )]
                let grey = plane[y / ZOOM][x / ZOOM].round() as u8;
                self.grey[(GAP + y) * self.width + left + x] = grey;
            }
        }
    }

    /// A line from corner to corner, black beside white so that it is seen on any ground. What
    /// lies outside the plane is drawn as far as the canvas goes.
    fn outline(&mut self, left: usize, corners: &[[f32; 2]; 4]) {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let (left, side) = (left as f32, (SIDE * ZOOM) as f32);
        for n in 0..4 {
            let (from, to) = (corners[n], corners[(n + 1) % 4]);
            let steps = 1500u16;
            for step in 0..=steps {
                let share = f32::from(step) / f32::from(steps);
                let at = |axis: usize| from[axis] + (to[axis] - from[axis]) * share;
                #[expect(clippy::cast_precision_loss, reason = "a few")]
                let (x, y) = (left + at(0) * side, GAP as f32 + at(1) * side);
                self.dot(x + 1.0, y + 1.0, 0);
                self.dot(x, y, 255);
            }
        }
    }

    fn dot(&mut self, x: f32, y: f32, grey: u8) {
        #[expect(clippy::cast_possible_truncation, reason = "pixels")]
        let (x, y) = (x.round() as i64, y.round() as i64);
        let at = usize::try_from(x).into_iter().zip(usize::try_from(y));
        for (x, y) in at {
            if x < self.width && y < self.height {
                self.grey[y * self.width + x] = grey;
            }
        }
    }
}
