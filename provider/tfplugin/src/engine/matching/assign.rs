//! Who gets what, where each may have one and each is given once.

use std::collections::VecDeque;

/// Gives each wish one of the `count` things that would do for it, so that as many wishes as possible have one. Where
/// there are not enough, those that have one `already` keep one, and then wishes that stand earlier in `order` go first.
///
/// Who has something is never left with nothing: a wish that finds all taken has others move on to another thing that does
/// for them, along a shortest way (the augmenting paths of matchings in bipartite graphs). In each round nothing is looked at twice.
pub(in crate::engine) fn assign(
    wishes: &[Vec<usize>],
    count: usize,
    order: &[usize],
    already: Vec<Option<usize>>,
) -> Vec<Option<usize>> {
    let mut given = Given { by: vec![None; count], to: already };
    for (wish, thing) in given.to.iter().enumerate() {
        if let Some(thing) = thing {
            given.by[*thing] = Some(wish);
        }
    }
    for wish in order.iter().filter(|wish| !wishes[**wish].is_empty()) {
        if given.to[*wish].is_some() {
            continue;
        }
        let free = wishes[*wish].iter().find(|thing| given.by[**thing].is_none());
        if let Some(thing) = free {
            given.give(*wish, *thing);
        }
    }
    loop {
        let mut reached = vec![None; count];
        let mut progress = false;
        for wish in order {
            if given.to[*wish].is_none() && !wishes[*wish].is_empty() {
                progress |= make_room(wishes, *wish, &mut given, &mut reached);
            }
        }
        if !progress {
            return given.to;
        }
    }
}

struct Given {
    /// What each wish has.
    to: Vec<Option<usize>>,
    /// Whose each thing is.
    by: Vec<Option<usize>>,
}

impl Given {
    fn give(&mut self, wish: usize, thing: usize) -> Option<usize> {
        self.by[thing] = Some(wish);
        self.to[wish].replace(thing)
    }
}

/// Gets a thing for `wish` by moving others. `reached` has, for each thing that was looked at in this round, who asked for it.
fn make_room(wishes: &[Vec<usize>], wish: usize, given: &mut Given, reached: &mut [Option<usize>]) -> bool {
    let mut asking = VecDeque::from([wish]);
    while let Some(asks) = asking.pop_front() {
        for thing in &wishes[asks] {
            if reached[*thing].is_some() {
                continue;
            }
            reached[*thing] = Some(asks);
            match given.by[*thing] {
                Some(owner) => asking.push_back(owner),
                None => {
                    move_along(*thing, given, reached);
                    return true;
                }
            }
        }
    }
    false
}

/// Gives `free` to who asked for it, what they had to who asked for that, and so on.
fn move_along(free: usize, given: &mut Given, reached: &[Option<usize>]) {
    let mut thing = Some(free);
    while let Some(at) = thing {
        let Some(wish) = reached[at] else { return };
        thing = given.give(wish, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assigned(wishes: &[&[usize]], count: usize) -> Vec<Option<usize>> {
        let wishes: Vec<_> = wishes.iter().map(|wish| wish.to_vec()).collect();
        let order: Vec<_> = (0..wishes.len()).collect();
        assign(&wishes, count, &order, vec![None; wishes.len()])
    }

    #[test]
    fn everyone_has_one_if_that_can_be() {
        assert_eq!(assigned(&[&[0, 1], &[0]], 2), [Some(1), Some(0)]);
        assert_eq!(assigned(&[&[0, 1], &[0, 2], &[0], &[2, 3]], 4), [Some(1), Some(2), Some(0), Some(3)]);
        // A way over three others.
        assert_eq!(assigned(&[&[0, 1], &[1, 2], &[2, 3], &[0]], 4), [Some(1), Some(2), Some(3), Some(0)]);
    }

    #[test]
    fn who_has_one_keeps_one() {
        let wishes = [vec![0, 1], vec![0], vec![0]];
        assert_eq!(assign(&wishes, 2, &[1, 2, 0], vec![Some(0), None, None]), [Some(1), Some(0), None]);
    }

    #[test]
    fn where_there_are_too_few_the_first_have_one() {
        assert_eq!(assigned(&[&[0], &[0], &[]], 1), [Some(0), None, None]);
        assert_eq!(assigned(&[&[0, 1], &[0, 1], &[0, 1]], 2), [Some(0), Some(1), None]);
    }

    /// Each of many who come too late finds out without looking at everything again.
    #[test]
    fn many_that_get_nothing_are_refused_soon() {
        let everything: Vec<usize> = (0..1_000).collect();
        let wishes = vec![everything; 2_000];
        let order: Vec<_> = (0..wishes.len()).collect();
        let given = assign(&wishes, 1_000, &order, vec![None; 2_000]);
        assert_eq!(given.iter().flatten().count(), 1_000);
        assert!(given[1_000..].iter().flatten().next().is_none());
    }
}
