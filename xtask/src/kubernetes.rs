//! `cargo xtask kubernetes`: the programs of the tests' clusters, and a cluster to look at.

use std::io::IsTerminal as _;

use acceptance_tests::kubernetes::{Cluster, Minor, Options, Programs};
use acceptance_tests::repository;
use anyhow::{Result, ensure};

use crate::ui::{Ui, elapsed};

/// As many as the platform has at least.
const NODES: usize = 2;

/// Builds what is missing of a minor, and with `start` runs a cluster until Enter is pressed.
pub(crate) fn run(ui: &Ui, minor: Minor, start: bool) -> Result<()> {
    let is_seen = std::io::stdin().is_terminal();
    ensure!(is_seen || !start, "`--start` needs a terminal: it waits for Enter");
    ui.step(&format!("Programs of a Kubernetes {} cluster (minutes the first time)", minor.version()));
    for (name, path) in Programs::of(minor)?.by_name() {
        let megabytes = fs_err::metadata(path)?.len() >> 20;
        ui.result(&format!("{name}: {megabytes} MB (`{}`)", path.display()));
    }
    if !start {
        return Ok(());
    }
    ui.step("Start a cluster");
    let folder = repository::target_folder("kubernetes")?.join("cluster");
    let options = Options { minor, system_nodes: NODES, ..Options::default() };
    let cluster = Cluster::start_with(&folder, &options)?;
    ui.result(&format!(
        "Kubernetes {} at {} with {NODES} nodes, ready after {}. It runs until you press Enter. From another terminal:\n  \
         export KUBECONFIG='{}'\n  kubectl get nodes",
        cluster.version()?,
        cluster.address(),
        elapsed(cluster.took()?),
        cluster.kubeconfig().display()
    ));
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}
