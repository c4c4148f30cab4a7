//! What is to be done with the states that a layer has in two places: decided by what they hold and by whose they are.

use crate::tree::place::Place;
use crate::tree::state::Content;

/// The states of one layer in the place that it leaves and in the one that it goes to.
#[derive(Debug)]
pub(super) struct Both<'a> {
    pub(super) from: &'a Place,
    pub(super) old: &'a Content,
    pub(super) to: &'a Place,
    pub(super) new: &'a Content,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The old place has nothing that could be moved.
    Nothing,
    /// The new place has all of it.
    There,
    /// It goes to the new place.
    Copy,
    /// Nobody can know.
    Ask(Clash),
}

/// Why it cannot be known which of two states is the layer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clash {
    /// They have different origins.
    Unrelated,
    /// The new place is ahead of what is to be moved there.
    Ahead,
    /// The old one is ahead, and was not known to be the layer's.
    Behind,
}

impl Both<'_> {
    /// Decides. `is_known` tells whether the tree says of the old place that the state is there; else it was only found.
    pub(super) fn judge(&self, is_known: bool) -> Step {
        let Self { old, new, .. } = self;
        match () {
            () if old.is_empty() => Step::Nothing,
            () if old.hash == new.hash => Step::There,
            () if new.is_empty()
                && (new.lineage.is_empty() || new.lineage == old.lineage && new.serial < old.serial) =>
            {
                Step::Copy
            }
            () if old.lineage != new.lineage => Step::Ask(Clash::Unrelated),
            () if new.serial >= old.serial && is_known => Step::Ask(Clash::Ahead),
            // It was left behind when the state went on in the new place.
            () if new.serial >= old.serial => Step::There,
            () if is_known => Step::Copy,
            () => Step::Ask(Clash::Behind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(serial: u64, lineage: &str, hash: &str) -> Content {
        let hash = Some(hash.to_owned()).filter(|hash| !hash.is_empty());
        Content { serial, lineage: lineage.to_owned(), objects: 1, hash }
    }

    fn judged(old: &Content, new: &Content, is_known: bool) -> Step {
        let place = Place::Local { path: String::new() };
        Both { from: &place, old, to: &place, new }.judge(is_known)
    }

    #[test]
    fn nothing_older_goes_over_what_is_newer_and_nothing_over_what_is_anothers() {
        let old = content(5, "a", "x");
        for known in [true, false] {
            assert_eq!(judged(&content(5, "a", ""), &content(9, "b", "y"), known), Step::Nothing);
            assert_eq!(judged(&old, &Content::default(), known), Step::Copy);
            assert_eq!(
                judged(&old, &content(1, "b", "x"), known),
                Step::There,
                "a bucket gives it a new lineage"
            );
            assert_eq!(judged(&old, &content(1, "b", "y"), known), Step::Ask(Clash::Unrelated));
            assert_eq!(
                judged(&old, &content(1, "b", ""), known),
                Step::Ask(Clash::Unrelated),
                "what was there was destroyed"
            );
        }
        assert_eq!(judged(&old, &content(5, "a", "y"), true), Step::Ask(Clash::Ahead));
        assert_eq!(judged(&old, &content(6, "a", "y"), false), Step::There);
        assert_eq!(judged(&old, &content(4, "a", "y"), true), Step::Copy);
        assert_eq!(judged(&old, &content(4, "a", ""), true), Step::Copy);
        assert_eq!(judged(&old, &content(4, "a", "y"), false), Step::Ask(Clash::Behind));
    }
}
