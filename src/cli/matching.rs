//! What counts as a match: the flags, and what they come to.

use clap::Parser;
use kinga::hash::{Algorithm, MaxDistance, Quality};
use kinga::index::HashIndex;
use kinga::record::Bounds;
use kinga::region::RegisterOptions;
use kinga::scan::{MatchOptions, levels};
use kinga::view::Effort;

use super::choices::Lowest;
use super::values::{at_least_one, bounds, max_distance, quality};

#[derive(Debug, Parser)]
#[command(next_help_heading = "What matches")]
pub(super) struct MatchingArgs {
    /// One plain bound for all hashes, inclusive, in place of the levels; regions are then not moved
    /// [default: levels for pdq, and for other hashes the share of the bits that 31 is of pdq's].
    #[arg(long, value_name = "BITS", value_parser = max_distance)]
    pub(super) max_distance: Option<MaxDistance>,
    /// The lowest level of pdq matches that is reported.
    #[arg(long, value_name = "LEVEL", default_value = "likely", conflicts_with = "max_distance")]
    pub(super) level: Lowest,
    /// Where the whole picture is like the entry's, the largest distances of `match`, `likely` and
    /// `possible`, such as 31,48,52 [default: from the number of entries; see `run` in the
    /// report].
    #[arg(long, value_name = "M,L,P", value_parser = bounds, conflicts_with = "max_distance")]
    pub(super) whole_bounds: Option<Bounds>,
    /// The same where a region of the picture is.
    #[arg(long, value_name = "M,L,P", value_parser = bounds, conflicts_with = "max_distance")]
    pub(super) region_bounds: Option<Bounds>,
    /// With --effort deep: entries so near to a region are tried by moving it.
    #[arg(long, value_name = "BITS", default_value = "72", value_parser = max_distance)]
    pub(super) register_within: MaxDistance,
    /// With --effort deep: a moved region that is so near is level `registered`.
    #[arg(long, value_name = "BITS", default_value = "40", value_parser = max_distance)]
    pub(super) register_accept: MaxDistance,
    /// With --effort deep: at most so many entries are tried for a picture, the nearest first.
    #[arg(long, value_name = "N", default_value = "16", value_parser = at_least_one)]
    pub(super) register_most: usize,
    /// Pictures of lower quality are not matched by their hash.
    #[arg(long, value_name = "0-100", default_value = "50", value_parser = quality)]
    pub(super) min_quality: Quality,
    /// List at most so many matches of a candidate. How many there are is always stated.
    #[arg(long, value_name = "N", default_value = "10", value_parser = at_least_one)]
    pub(super) max_matches: usize,
    /// End with status 10 if anything matches.
    #[arg(long)]
    pub(super) fail_on_match: bool,
}

/// What counts as a match with these lists.
pub(super) fn match_options(
    args: &MatchingArgs,
    index: &HashIndex,
    effort: Effort,
) -> MatchOptions {
    let register = RegisterOptions {
        within: args.register_within,
        accept: args.register_accept,
        most: args.register_most,
    };
    let entries = index.entries(Algorithm::Pdq);
    let levels = (args.max_distance.is_none() && entries > 0).then(|| {
        let levels = levels(entries, effort, args.level.into(), &register);
        match (args.whole_bounds, args.region_bounds) {
            (None, None) => levels,
            (whole, regions) => levels.with(whole, regions),
        }
    });
    MatchOptions { min_quality: args.min_quality, max_matches: args.max_matches, levels, register }
}
