//! The shortest circles among the modules of a folder.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Module;

/// From which module to which one names lead, with the modules below them in whose files they stand.
type Steps<'a> = BTreeMap<&'a str, BTreeMap<&'a str, (&'a Module, &'a Module)>>;

/// The circles among what is directly in `folder`, each once, as sentences.
pub(super) fn circles(folder: &[String], edges: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    let steps = steps(folder, edges);
    let mut found = BTreeMap::new();
    for start in steps.keys() {
        if let Some(circle) = shortest(start, &steps) {
            let who: BTreeSet<&str> = circle.iter().copied().collect();
            found.entry(who).or_insert_with(|| sentence(&circle, &steps));
        }
    }
    found.into_values().collect()
}

fn steps<'a>(folder: &[String], edges: &'a BTreeMap<Module, BTreeSet<Module>>) -> Steps<'a> {
    let mut steps = Steps::new();
    let below = |module: &'a Module| module.strip_prefix(folder).and_then(|rest| rest.first());
    for (from, targets) in edges {
        for to in targets {
            if let (Some(first), Some(second)) = (below(from), below(to))
                && first != second
            {
                steps.entry(first).or_default().entry(second).or_insert((from, to));
            }
        }
    }
    steps
}

/// The shortest way from a module back to it.
fn shortest<'a>(start: &'a str, steps: &Steps<'a>) -> Option<Vec<&'a str>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(at) = waiting.pop_front() {
        for &next in steps.get(at).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                let mut circle = vec![at];
                while let Some(&previous) = before.get(circle[circle.len() - 1]) {
                    circle.push(previous);
                }
                circle.reverse();
                return Some(circle);
            }
            if !before.contains_key(next) {
                before.insert(next, at);
                waiting.push_back(next);
            }
        }
    }
    None
}

fn sentence(circle: &[&str], steps: &Steps<'_>) -> String {
    let next = circle.iter().cycle().skip(1);
    let told = circle.iter().zip(next).filter_map(|(from, to)| {
        let (source, target) = steps.get(from)?.get(to)?;
        Some(format!("`{}` names `{}`", source.join("::"), target.join("::")))
    });
    told.collect::<Vec<_>>().join(", ")
}
