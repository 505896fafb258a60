//! What the records of an earlier session are worth to this one.

use super::session::Session;
use crate::record::Settings;
use crate::view::Effort;

/// What of a stored record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// All of it, the matches included.
    AsIs,
    /// All but the matches: its hashes are to be compared anew.
    Hashes,
}

/// What of the records of an earlier session holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Worth {
    /// The matches, once the compiled lists are known to be whole.
    pub(super) matches: bool,
    /// The hashes.
    pub(super) hashes: bool,
    /// Whether the matches come from compiled lists, which are checked only beside the work.
    pub(super) on_trust: bool,
}

impl Worth {
    pub(super) fn of(earlier: &Session, now: &Session) -> Self {
        let same_maker = (&earlier.version, &earlier.commit) == (&now.version, &now.commit);
        let (made, asked) = (&earlier.settings, &now.settings);
        if !same_maker || !is_made_alike(made, asked) {
            return Self::default();
        }
        Self {
            matches: now.question.is_some() && earlier.question == now.question,
            hashes: holds_hashes(made.effort, asked.effort),
            on_trust: earlier.lists.iter().any(|list| list.compiled.is_some()),
        }
    }
}

/// Whether a file that was hashed with one of these settings would be with the other, and the
/// record holds what is asked.
fn is_made_alike(made: &Settings, asked: &Settings) -> bool {
    let limits = |of: &Settings| (of.max_pixels, of.max_memory, of.max_file_bytes);
    // Without algorithms no file is decoded, and any counts as hashed.
    let both_decode = made.algorithms.is_empty() == asked.algorithms.is_empty();
    let has_hashes = asked.algorithms.iter().all(|asked| {
        let same = |made: &crate::record::AlgorithmUsed| {
            (made.algorithm, &made.made_by) == (asked.algorithm, &asked.made_by)
        };
        made.algorithms.iter().any(same)
    });
    let has_digests = asked.digests.iter().all(|digest| made.digests.contains(digest));
    // Which pictures get crops depends on the quality that is asked of them.
    let crops = |of: &Settings| (of.enrol, of.min_quality);
    let has_crops = asked.enrol.is_none() || crops(made) == crops(asked);
    made.full_decode == asked.full_decode
        && limits(made) == limits(asked)
        && both_decode
        && has_hashes
        && has_digests
        && has_crops
}

/// Whether the hashes made with one effort are all that another compares.
fn holds_hashes(made: Effort, asked: Effort) -> bool {
    match asked {
        // It moves windows over the picture itself.
        Effort::Deep => false,
        // Deep begins with more windows, so that more would be found than is asked for.
        Effort::Standard => made == Effort::Standard,
        Effort::Orientations | Effort::Upright => made >= asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::tests::session;

    fn worth(earlier: impl FnOnce(&mut Session), now: impl FnOnce(&mut Session)) -> (bool, bool) {
        let (mut a, mut b) = (session(), session());
        earlier(&mut a);
        now(&mut b);
        let Worth { matches, hashes, .. } = Worth::of(&a, &b);
        (matches, hashes)
    }

    #[test]
    fn the_same_question_needs_no_new_search_and_another_list_no_new_decode() {
        assert_eq!(worth(|_| {}, |_| {}), (true, true));
        assert_eq!(worth(|_| {}, |now| now.question = Some("other".to_owned())), (false, true));
        assert_eq!(worth(|was| was.question = None, |now| now.question = None), (false, true));
    }

    #[test]
    fn another_version_or_other_limits_need_a_new_decode() {
        assert_eq!(worth(|was| was.version = "0".to_owned(), |_| {}), (false, false));
        assert_eq!(worth(|was| was.commit = "0".to_owned(), |_| {}), (false, false));
        assert_eq!(worth(|was| was.settings.max_pixels += 1, |_| {}), (false, false));
        assert_eq!(worth(|was| was.settings.full_decode = true, |_| {}), (false, false));
        let other = |was: &mut Session| was.settings.algorithms[0].made_by = "x".to_owned();
        assert_eq!(worth(other, |_| {}), (false, false));
    }

    #[test]
    fn what_was_not_made_needs_a_new_decode() {
        let digests = |session: &mut Session| session.settings.digests = vec!["md5".to_owned()];
        assert!(worth(digests, |_| {}).1);
        assert!(!worth(|_| {}, digests).1);
        let none = |session: &mut Session| session.settings.algorithms.clear();
        assert_eq!((worth(none, |_| {}).1, worth(|_| {}, none).1), (false, false));
    }

    #[test]
    fn less_effort_is_answered_by_more_but_deep_never_by_hashes() {
        use Effort::{Deep, Orientations, Standard, Upright};
        for (made, asked, holds) in [
            (Standard, Upright, true),
            (Standard, Orientations, true),
            (Orientations, Standard, false),
            (Deep, Orientations, true),
            (Deep, Standard, false),
            (Deep, Deep, false),
            (Upright, Upright, true),
        ] {
            assert_eq!(holds_hashes(made, asked), holds, "{made} for {asked}");
        }
    }
}
