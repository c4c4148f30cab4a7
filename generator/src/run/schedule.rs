//! Which layer runs when: in order, or side by side where the edges allow; destroy goes the other way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use super::Operation;
use super::summary::{LayerSummary, Status};
use crate::tree::Layer;

/// Runs one layer; what the layers before it ended with is given.
pub(super) trait RunLayer: Sync {
    /// Runs it to its end.
    fn run(&self, layer: &Layer, before: &BTreeMap<String, LayerSummary>) -> LayerSummary;

    /// Does for a layer what needs nothing of the others, before its turn. Called beside those that run.
    fn prepare(&self, layer: &Layer);

    /// Whether no further layer may start.
    fn stopped(&self) -> bool;
}

/// Runs the layers. After one that did not end well no other starts. One that is deferred is run once more after those that read it; where that
/// changes its outputs, they are run once more as well.
pub(super) fn run(
    operation: Operation,
    layers: &[Layer],
    parallel: bool,
    runner: &impl RunLayer,
) -> Vec<LayerSummary> {
    let at_once = if parallel { at_once() } else { 1 };
    let mut queue = Queue::new(operation, layers, parallel);
    let order = queue.waiting.clone();
    let mut running = 0;
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        if parallel {
            let (order, ended) = (&order, &ended);
            scope.spawn(move || {
                order
                    .iter()
                    .take_while(|_| !ended.load(Ordering::SeqCst) && !runner.stopped())
                    .for_each(|layer| runner.prepare(layer));
            });
        }
        let (sender, receiver) = mpsc::channel();
        loop {
            let good = !runner.stopped() && queue.done.values().all(|l| l.status.is_good());
            ended.fetch_or(!good, Ordering::SeqCst);
            while good && running < at_once {
                let Some(layer) = queue.next() else { break };
                let (sender, before) = (sender.clone(), queue.done.clone());
                running += 1;
                scope.spawn(move || {
                    let summary = runner.run(layer, &before);
                    // The receiver lives as long as this scope.
                    let _ = sender.send(summary);
                });
            }
            if running == 0 {
                break;
            }
            let Ok(summary) = receiver.recv() else { break };
            running -= 1;
            queue.ended(summary);
        }
    });
    order.iter().map(|layer| queue.summary(&layer.name)).collect()
}

/// How many layers run at once where they may: each starts a provider of several hundred megabytes, so no more than there are processors.
pub(super) fn at_once() -> usize {
    std::thread::available_parallelism().map_or(2, |n| n.get().max(2))
}

/// The layers of a run: those that wait, and what became of the others.
struct Queue<'a> {
    operation: Operation,
    layers: &'a [Layer],
    parallel: bool,
    waiting: Vec<&'a Layer>,
    done: BTreeMap<String, LayerSummary>,
    /// What became of a layer before it was run once more.
    earlier: BTreeMap<String, LayerSummary>,
}

impl<'a> Queue<'a> {
    fn new(operation: Operation, layers: &'a [Layer], parallel: bool) -> Self {
        let waiting = match operation {
            Operation::Plan | Operation::Apply | Operation::Drift => layers.iter().collect(),
            Operation::Destroy => layers.iter().rev().collect(),
        };
        Self { operation, layers, parallel, waiting, done: BTreeMap::new(), earlier: BTreeMap::new() }
    }

    /// The next layer that waits for none.
    fn next(&mut self) -> Option<&'a Layer> {
        let is_ready =
            |layer: &&Layer| self.waits_for(layer).iter().all(|other| self.done.contains_key(&other.name));
        let at = self.waiting.iter().position(is_ready)?;
        Some(self.waiting.remove(at))
    }

    fn waits_for(&self, layer: &Layer) -> Vec<&'a Layer> {
        let deferred = self.done.get(&layer.name).is_some_and(|l| l.status == Status::Deferred);
        match self.operation {
            // Plans change nothing that another could read: side by side, none waits.
            Operation::Plan if self.parallel => Vec::new(),
            Operation::Drift => Vec::new(),
            Operation::Plan | Operation::Apply if !deferred => {
                self.layers.iter().filter(|l| layer.reads.contains(&l.name)).collect()
            }
            Operation::Plan | Operation::Apply | Operation::Destroy => self.readers(layer),
        }
    }

    /// All that read a layer, and all that read these.
    fn readers(&self, layer: &Layer) -> Vec<&'a Layer> {
        let names = super::stale::after(self.layers, &layer.name);
        self.layers.iter().filter(|l| names.contains(&l.name.as_str())).collect()
    }

    /// Takes note of a layer's end, and of who has to run once more because of it.
    fn ended(&mut self, summary: LayerSummary) {
        let Some(layer) = self.layers.iter().find(|layer| layer.name == summary.layer) else { return };
        let before = self.done.insert(layer.name.clone(), summary);
        if self.done[&layer.name].status == Status::Deferred {
            self.waiting.push(layer);
            return;
        }
        let was_deferred = before.is_some_and(|before| before.status == Status::Deferred);
        let now = &self.done[&layer.name];
        if was_deferred && now.status == Status::Applied && now.outputs_change {
            self.again(layer);
        }
    }

    /// Has all that read a layer run once more.
    fn again(&mut self, layer: &Layer) {
        for reader in self.readers(layer) {
            if let Some(summary) = self.done.remove(&reader.name) {
                let all = self.with_earlier(summary);
                self.earlier.insert(reader.name.clone(), all);
                self.waiting.push(reader);
            }
        }
    }

    /// What became of a layer in all of its turns.
    fn with_earlier(&self, summary: LayerSummary) -> LayerSummary {
        let Some(earlier) = self.earlier.get(&summary.layer) else { return summary };
        let status = if summary.status == Status::Unchanged { earlier.status } else { summary.status };
        LayerSummary {
            status,
            counts: earlier.counts.and(summary.counts),
            seconds: earlier.seconds + summary.seconds,
            ..summary
        }
    }

    fn summary(&mut self, layer: &str) -> LayerSummary {
        match self.done.remove(layer) {
            Some(summary) => self.with_earlier(summary),
            None => self.earlier.remove(layer).map_or_else(
                || LayerSummary::idle(layer, Status::NotRun),
                |earlier| LayerSummary { status: Status::NotRun, ..earlier },
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::run::summary::Counts;
    use crate::tree::record::tests::layers;

    /// Notes the order, the greatest number of layers at once, and fails one.
    #[derive(Default)]
    struct Fake {
        fails: Option<String>,
        seen: Mutex<Vec<String>>,
        prepared: Mutex<Vec<String>>,
        now: AtomicUsize,
        most: AtomicUsize,
    }

    impl RunLayer for Fake {
        fn run(&self, layer: &Layer, _: &BTreeMap<String, LayerSummary>) -> LayerSummary {
            self.seen.lock().unwrap().push(layer.name.clone());
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            std::thread::sleep(std::time::Duration::from_millis(20));
            self.now.fetch_sub(1, Ordering::SeqCst);
            let failed = self.fails.as_ref() == Some(&layer.name);
            LayerSummary::idle(&layer.name, if failed { Status::Failed } else { Status::Applied })
        }

        fn prepare(&self, layer: &Layer) {
            self.prepared.lock().unwrap().push(layer.name.clone());
        }

        fn stopped(&self) -> bool {
            false
        }
    }

    #[test]
    fn one_after_the_other_and_back() {
        let fake = Fake::default();
        run(Operation::Apply, &layers(true), false, &fake);
        let names = ["network", "cluster", "data", "identity", "addons", "platform", "agent"];
        assert_eq!(*fake.seen.lock().unwrap(), names);
        assert_eq!(fake.most.load(Ordering::SeqCst), 1);
        assert_eq!(*fake.prepared.lock().unwrap(), [""; 0], "who wants one after the other has one");
        let fake = Fake::default();
        run(Operation::Destroy, &layers(true), false, &fake);
        let mut back = names;
        back.reverse();
        assert_eq!(*fake.seen.lock().unwrap(), back);
    }

    #[test]
    fn side_by_side_only_where_the_edges_allow() {
        for database in [true, false] {
            for operation in [Operation::Apply, Operation::Destroy] {
                let fake = Fake::default();
                let all = layers(database);
                run(operation, &all, true, &fake);
                assert_eq!(fake.prepared.lock().unwrap().len(), all.len());
                assert_eq!(fake.most.load(Ordering::SeqCst), 2, "{database} {operation:?}");
                let seen = fake.seen.lock().unwrap();
                let at = |name: &String| seen.iter().position(|l| l == name).unwrap();
                for layer in &all {
                    for read in &layer.reads {
                        assert_eq!(at(read) < at(&layer.name), operation == Operation::Apply);
                    }
                }
            }
        }
    }

    #[test]
    fn plans_side_by_side_do_not_wait_for_each_other() {
        let fake = Fake::default();
        run(Operation::Plan, &layers(true), true, &fake);
        assert!(fake.most.load(Ordering::SeqCst) >= 2);
    }

    #[test]
    fn after_a_failure_what_runs_ends_and_nothing_else_starts() {
        let fake = Fake { fails: Some("cluster".to_owned()), ..Fake::default() };
        let ended = run(Operation::Apply, &layers(true), true, &fake);
        let words: Vec<_> = ended.iter().map(|l| l.status.word()).collect();
        assert_eq!(words, ["applied", "failed", "applied", "not-run", "not-run", "not-run", "not-run"]);
    }

    /// Defers `network` once, which then says that its outputs change.
    #[derive(Default)]
    struct Shrinking(Mutex<Vec<String>>);

    impl RunLayer for Shrinking {
        fn run(&self, layer: &Layer, before: &BTreeMap<String, LayerSummary>) -> LayerSummary {
            self.0.lock().unwrap().push(layer.name.clone());
            let again = before.get(&layer.name).is_some_and(|l| l.status == Status::Deferred);
            let network = layer.name == "network";
            let status = if network && !again { Status::Deferred } else { Status::Applied };
            LayerSummary {
                outputs_change: network && again,
                counts: Counts { change: 1, ..Counts::default() },
                ..LayerSummary::idle(&layer.name, status)
            }
        }

        fn prepare(&self, _: &Layer) {}

        fn stopped(&self) -> bool {
            false
        }
    }

    #[test]
    fn who_is_deferred_comes_after_its_readers_and_they_once_more_after_it() {
        let all = layers(true);
        for parallel in [false, true] {
            let fake = Shrinking::default();
            let ended = run(Operation::Apply, &all, parallel, &fake);
            let turns = fake.0.into_inner().unwrap();
            let readers: Vec<&str> = crate::run::stale::after(&all, "network");
            assert_eq!(turns.len(), 2 * (readers.len() + 1), "{turns:?}");
            let second = turns.iter().rposition(|name| name == "network").unwrap();
            assert_eq!(turns[0], "network");
            for reader in readers {
                let is_on_both_sides = turns[..second].iter().any(|name| name == reader)
                    && turns[second..].iter().any(|name| name == reader);
                assert!(is_on_both_sides, "{reader}: {turns:?}");
            }
            assert!(ended.iter().all(|l| l.status == Status::Applied), "{ended:?}");
            assert_eq!(ended.iter().map(|l| l.counts.change).collect::<Vec<_>>(), [1, 2, 2, 2, 2, 2, 2]);
        }
    }

    #[test]
    fn a_layer_alone_does_not_wait_for_what_is_not_run() {
        let fake = Fake::default();
        let only = [layers(true)[2].clone()];
        assert_eq!(run(Operation::Apply, &only, false, &fake)[0].status, Status::Applied);
    }
}
