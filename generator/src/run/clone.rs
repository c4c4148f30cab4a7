//! A fresh clone: no layer is prepared, and nobody has looked yet at what the states hold.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

use crate::tree::Layer;

/// Looks at layers before any is planned: what the first holds says whether there is a platform, and only then the others are looked at, so many side
/// by side. `look` says whether a layer holds something; what fails is left for the layer's turn, which tells it.
pub(super) fn look(layers: &[&Layer], at_once: usize, look: &(impl Fn(&Layer) -> bool + Sync)) {
    let Some((first, rest)) = layers.split_first() else { return };
    if !look(first) {
        return;
    }
    let left = Mutex::new(rest.iter());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..at_once.min(rest.len()) {
            scope.spawn(|| {
                while let Some(layer) = next() {
                    look(layer);
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::tree::record::tests::layers;

    /// The layers that were looked at, and how many at once.
    fn looked(at_once: usize, is_made: bool) -> (Vec<String>, usize) {
        let all = layers(true);
        let (seen, now, most) = (Mutex::new(Vec::new()), AtomicUsize::new(0), AtomicUsize::new(0));
        look(&all.iter().collect::<Vec<_>>(), at_once, &|layer: &Layer| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(20));
            now.fetch_sub(1, Ordering::SeqCst);
            seen.lock().unwrap().push(layer.name.clone());
            is_made
        });
        let mut seen = seen.into_inner().unwrap();
        seen.sort();
        (seen, most.into_inner())
    }

    #[test]
    fn layers_of_a_platform_are_looked_at_side_by_side_and_of_none_only_the_first() {
        let all =
            ["addons", "agent", "cluster", "data", "identity", "network", "platform"].map(str::to_owned);
        assert_eq!(looked(2, true), (all.to_vec(), 2));
        assert_eq!(looked(1, true), (all.to_vec(), 1));
        assert_eq!(looked(2, false), (vec!["network".to_owned()], 1));
    }
}
