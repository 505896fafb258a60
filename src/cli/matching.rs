//! What counts as a match: the flags, and what they come to.

use anyhow::Result;
use clap::Parser;
use kinga::hash::{Algorithm, MaxDistance, Quality};
use kinga::index::HashIndex;
use kinga::record::Bounds;
use kinga::region::RegisterOptions;
use kinga::scan::{MatchOptions, levels};
use kinga::view::Effort;

use super::choices::Lowest;
use super::status::usage;
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
    /// Pictures of lower quality are not matched by their hash.
    #[arg(long, value_name = "0-100", default_value = "50", value_parser = quality)]
    pub(super) min_quality: Quality,
    /// List at most so many matches of a candidate. How many there are is always stated.
    #[arg(long, value_name = "N", default_value = "10", value_parser = at_least_one)]
    pub(super) max_matches: usize,
    /// Show the hashes of candidates in the report. Whoever has them can tell what is like the pictures.
    #[arg(long)]
    pub(super) show_hashes: bool,
    /// End with status 10 if anything matches.
    #[arg(long)]
    pub(super) fail_on_match: bool,
}

/// How regions are moved. That needs the pictures, so only `scan` has these flags.
#[derive(Debug, Parser)]
#[command(next_help_heading = "What matches")]
pub(super) struct RegisterArgs {
    /// With --effort deep: entries so near to a region are tried by moving it [default: 72].
    #[arg(
        long = "register-within",
        value_name = "BITS",
        value_parser = max_distance,
        conflicts_with = "max_distance"
    )]
    within: Option<MaxDistance>,
    /// With --effort deep: a moved region that is so near is level `registered` [default: 40].
    #[arg(
        long = "register-accept",
        value_name = "BITS",
        value_parser = max_distance,
        conflicts_with = "max_distance"
    )]
    accept: Option<MaxDistance>,
    /// With --effort deep: at most so many entries are tried for a picture, the nearest first
    /// [default: 16].
    #[arg(
        long = "register-most",
        value_name = "N",
        value_parser = at_least_one,
        conflicts_with = "max_distance"
    )]
    most: Option<usize>,
}

impl RegisterArgs {
    /// How regions are moved at this effort.
    ///
    /// # Errors
    /// When a flag is given that this effort never looks at.
    pub(super) fn options(&self, effort: Effort) -> Result<RegisterOptions> {
        let given = [
            ("--register-within", self.within.is_some()),
            ("--register-accept", self.accept.is_some()),
            ("--register-most", self.most.is_some()),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((flag, _)) if effort != Effort::Deep => Err(usage(format!(
                "{flag} is for regions that are moved, and effort {effort} moves none; add \
                 --effort deep, or leave {flag} out"
            ))),
            _ => {
                let default = RegisterOptions::default();
                Ok(RegisterOptions {
                    within: self.within.unwrap_or(default.within),
                    accept: self.accept.unwrap_or(default.accept),
                    most: self.most.unwrap_or(default.most),
                })
            }
        }
    }
}

/// What counts as a match with these lists.
pub(super) fn match_options(
    args: &MatchingArgs,
    register: RegisterOptions,
    index: &HashIndex,
    effort: Effort,
) -> MatchOptions {
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

#[cfg(test)]
mod tests {
    use super::super::args::Args;
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_help_names_the_defaults_of_moved_regions() {
        let RegisterOptions { within, accept, most } = RegisterOptions::default();
        let mut command = Args::command();
        let help = command.find_subcommand_mut("scan").unwrap().render_help().to_string();
        let names = |what: &str| help.contains(&format!("[default: {what}]"));
        assert!(names(&within.to_string()) && names(&accept.to_string()), "{help}");
        assert!(names(&most.to_string()), "{help}");
    }
}
