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

/// Runs the layers. After one that did not end well no other starts.
pub(super) fn run(
    operation: Operation,
    layers: &[Layer],
    parallel: bool,
    runner: &impl RunLayer,
) -> Vec<LayerSummary> {
    let order: Vec<&Layer> = match operation {
        Operation::Plan | Operation::Apply | Operation::Drift => layers.iter().collect(),
        Operation::Destroy => layers.iter().rev().collect(),
    };
    let waits_for = |layer: &Layer| -> Vec<String> {
        match operation {
            // Plans change nothing that another could read: side by side, none waits.
            Operation::Plan if parallel => Vec::new(),
            Operation::Drift => Vec::new(),
            Operation::Plan | Operation::Apply => layer.reads.clone(),
            Operation::Destroy => {
                layers.iter().filter(|l| l.reads.contains(&layer.name)).map(|l| l.name.clone()).collect()
            }
        }
    };
    // Each layer starts a provider of several hundred megabytes: no more of them than there are processors.
    let processors = std::thread::available_parallelism().map_or(2, |n| n.get().max(2));
    let at_once = if parallel { processors } else { 1 };
    let mut done = BTreeMap::<String, LayerSummary>::new();
    let mut waiting = order.clone();
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
            let good = !runner.stopped() && done.values().all(|l| l.status.is_good());
            ended.fetch_or(!good, Ordering::SeqCst);
            let free = |running: usize| running < at_once;
            while good && free(running) {
                let ready = waiting.iter().position(|layer| {
                    let unfinished =
                        |name: &String| order.iter().any(|l| l.name == *name) && !done.contains_key(name);
                    !waits_for(layer).iter().any(unfinished)
                });
                let Some(layer) = ready.map(|at| waiting.remove(at)) else { break };
                let (sender, before) = (sender.clone(), done.clone());
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
            done.insert(summary.layer.clone(), summary);
        }
    });
    let not_run = |layer: &Layer| LayerSummary::idle(&layer.name, Status::NotRun);
    order.iter().map(|layer| done.remove(&layer.name).unwrap_or_else(|| not_run(layer))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;

    use super::*;
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

    #[test]
    fn a_layer_alone_does_not_wait_for_what_is_not_run() {
        let fake = Fake::default();
        let only = [layers(true)[2].clone()];
        assert_eq!(run(Operation::Apply, &only, false, &fake)[0].status, Status::Applied);
    }
}
