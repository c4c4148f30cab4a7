//! Every resource type, on a control plane and a network that are unkind, at every request in turn.
//!
//! One cell: a resource type, what is done with it (created, changed, read, deleted), in a working directory that is kept or a fresh
//! one, on a control plane with one of the sandbox's switches, with one fault at one request. Then the fault is gone, and the same is
//! done again, as the next apply does. The real provider process is driven through the plugin protocol, by [`client`].
//!
//! | what the first apply said | the working directory | the next apply |
//! |---|---|---|
//! | done | either | has nothing to do |
//! | failed | kept | does it: one object, made once |
//! | failed | fresh | does it, or refuses with the `import` block, and nothing is changed by that |
//!
//! An application whose secrets nobody can see is deployed once more when the apply before did not see the end of its deployment.
//! Whatever the first apply said, it has lost nothing, doubled nothing and taken nothing over; a read that failed changed
//! nothing. Any other end is wrong.
//!
//! A run takes a part of the cells, chosen by a seed; `CELLS=helm` in the environment takes all of those types whose names have that part, and
//! `CELLS=all` all of them, which
//! `cargo xtask prove conformance` does with the release build.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a step that fails fails its test")]

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[path = "conformance/cell.rs"]
mod cell;
#[path = "conformance/client.rs"]
mod client;
#[path = "conformance/fault.rs"]
mod fault;
#[path = "conformance/numbers.rs"]
mod numbers;
#[path = "conformance/specimen.rs"]
mod specimen;
#[path = "conformance/states.rs"]
mod states;

use cell::{Cell, Deed, Place};
use specimen::Specimen;

/// What the control plane does besides, one at a time.
const SWITCHES: [&str; 7] =
    ["", "normalise", "redact", "hidden_reads", "deploy_after", "deploy_fails", "delete_after"];
/// One of so many cells is run, unless all are asked for.
const ONE_OF: usize = 97;
/// Cells that were wrong once, which every run takes.
const KEPT: [&str; 4] = [
    "truefoundry_user, Change, ``, `null` at request 2, fresh: false",
    "truefoundry_user, Change, ``, `message` at request 2, fresh: true",
    "truefoundry_helm, Change, `deploy_fails`, `503, done` at request 2, fresh: false",
    "truefoundry_ssh_server, Change, `deploy_fails`, `reset after` at request 2, fresh: true",
];
/// Providers and control planes side by side.
const WORKERS: usize = 3;

/// A number that differs from cell to cell and is the same in every run.
fn mixed(number: usize) -> usize {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in number.to_le_bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    usize::try_from(hash >> 16).unwrap_or_default()
}

/// All cells of a resource type: each fault at each request that the deed sends.
async fn cells_of(place: &mut Place, specimen: &Arc<Specimen>) -> Vec<Cell> {
    let mut cells = Vec::new();
    for switch in SWITCHES {
        if !specimen.is_touched_by(switch) {
            continue;
        }
        for deed in [Deed::Create, Deed::Change, Deed::Read, Deed::Delete] {
            let start = Arc::new(place.begin(specimen, switch, deed).await);
            for fault in fault::all().filter(|fault| fault.is_for(deed)) {
                for nth in 1..=start.requests {
                    for fresh in [false, true] {
                        cells.push(Cell { start: Arc::clone(&start), fault: fault.clone(), nth, fresh });
                    }
                }
            }
        }
    }
    cells
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_taken_over() {
    let every = std::env::var("CELLS").is_ok_and(|cells| cells == "all");
    let only = std::env::var("CELLS").ok().filter(|only| only != "all");
    let is_a_part = only.is_some();
    let specimens: Arc<Vec<Arc<Specimen>>> = Arc::new(specimen::all().into_iter().map(Arc::new).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let workers = (0..WORKERS).map(|_| {
        let (specimens, next, only) = (Arc::clone(&specimens), Arc::clone(&next), only.clone());
        tokio::spawn(async move {
            let mut place = Place::start().await;
            let (mut count, mut wrong) = (0_usize, Vec::new());
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(specimen) = specimens.get(number) else { return (count, wrong) };
                let wanted = only.as_ref().is_none_or(|only| specimen.resource.name.contains(only.as_str()));
                if !wanted {
                    continue;
                }
                for (index, cell) in cells_of(&mut place, specimen).await.into_iter().enumerate() {
                    let is_chosen = mixed(number * 1_000_003 + index).is_multiple_of(ONE_OF)
                        || KEPT.contains(&cell.to_string().as_str());
                    if every || only.is_some() || is_chosen {
                        count += 1;
                        wrong.extend(place.run(&cell).await.err().map(|why| format!("{cell}: {why}")));
                    }
                }
            }
        })
    });
    let (mut count, mut wrong) = (0, Vec::new());
    for worker in workers.collect::<Vec<_>>() {
        let (of_worker, wrong_of_worker) = worker.await.unwrap();
        count += of_worker;
        wrong.extend(wrong_of_worker);
    }
    let types = specimens.len();
    writeln!(
        std::io::stderr(),
        "proved: conformance: {count} cells over {types} types, {} wrong",
        wrong.len()
    )
    .unwrap();
    let shown: Vec<_> = wrong.iter().take(40).cloned().collect();
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), shown.join("\n"));
    assert!(count > 500 || is_a_part, "only {count} cells");
}
