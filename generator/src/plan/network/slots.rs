//! Which slot of the address plan a zone has. It is recorded with the tree, as no file that people edit says it: a zone that comes, goes or
//! moves in the list of `platform.yaml` changes no address of another.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plan::cidr::SLOTS;

/// Slots by zone ID, those of zones that are gone among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slots(BTreeMap<String, usize>);

impl Slots {
    /// Whether nothing is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives each of the zones its slot: the one it has, else the first one that no zone ever had. Where all were had, one whose zone is
    /// gone, and not one that another of these zones has. Zones that are gone keep their slots, since their subnets may still be there when
    /// those of a new zone are made.
    #[must_use]
    pub fn with(&self, zones: &[String]) -> Self {
        // Those of another region were of another platform.
        let region = |zone: &str| zone.split_once("-az").map(|(region, _)| region.to_owned());
        let here = zones.first().and_then(|zone| region(zone));
        let mut slots = self.0.clone();
        slots.retain(|zone, _| region(zone) == here);
        for zone in zones {
            if slots.contains_key(zone) {
                continue;
            }
            let taken = |slot: &usize| slots.values().any(|known| known == slot);
            let held = |slot: &usize| slots.iter().any(|(zone, known)| known == slot && zones.contains(zone));
            let Some(slot) =
                (0..SLOTS).find(|slot| !taken(slot)).or_else(|| (0..SLOTS).find(|slot| !held(slot)))
            else {
                continue;
            };
            slots.retain(|_, known| *known != slot);
            slots.insert(zone.clone(), slot);
        }
        Self(slots)
    }

    /// The slot of a zone.
    #[must_use]
    pub fn of(&self, zone: &str) -> Option<usize> {
        self.0.get(zone).copied()
    }
}

impl<const N: usize> From<[(&str, usize); N]> for Slots {
    fn from(slots: [(&str, usize); N]) -> Self {
        Self(slots.into_iter().map(|(zone, slot)| (zone.to_owned(), slot)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(numbers: &[usize]) -> Vec<String> {
        numbers.iter().map(|number| format!("use1-az{number}")).collect()
    }

    #[test]
    fn zones_come_go_and_move_and_the_others_keep_their_slots() {
        let first = Slots::default().with(&zones(&[1, 2, 4]));
        assert_eq!(first, Slots::from([("use1-az1", 0), ("use1-az2", 1), ("use1-az4", 2)]));
        assert_eq!(first.with(&zones(&[4, 1, 2])), first, "their order means nothing");
        let without = first.with(&zones(&[1, 4]));
        assert_eq!(without, first, "one that is gone may come back");
        let other = without.with(&zones(&[5, 1, 4]));
        assert_eq!(other.of("use1-az5"), Some(3), "the subnets of the one that goes may still be there");
        assert_eq!((other.of("use1-az1"), other.of("use1-az4")), (Some(0), Some(2)));
    }

    #[test]
    fn zones_of_another_region_are_forgotten() {
        let first = Slots::default().with(&zones(&[1, 2]));
        let moved = first.with(&["euw1-az2".to_owned(), "euw1-az1".to_owned()]);
        assert_eq!(moved, Slots::from([("euw1-az2", 0), ("euw1-az1", 1)]));
    }

    #[test]
    fn when_all_slots_were_had_one_of_a_zone_that_is_gone_is_taken() {
        let mut slots = Slots::default();
        for gone in 1..=8 {
            slots = slots.with(&zones(&[gone]));
        }
        let next = slots.with(&zones(&[8, 9]));
        assert_eq!((next.of("use1-az8"), next.of("use1-az9"), next.of("use1-az1")), (Some(7), Some(0), None));
    }
}
