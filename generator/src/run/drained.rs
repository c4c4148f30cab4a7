//! What the cluster says about a layer, before Terraform changes it and while it destroys it.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::commands::{Commands, Failed};
use super::in_cluster::{self, Cluster};
use super::progress::LayerProgress;
use crate::tree::Layer;
use crate::tree::record::Release;

/// How often a destroy tells what it waits for.
const EVERY: Duration = Duration::from_secs(30);
/// How long a driver may take to delete the volumes of claims that are gone.
const VOLUMES_TAKE: Duration = Duration::from_secs(300);
/// How often it is looked whether it has.
const AGAIN: Duration = Duration::from_secs(3);

/// The cluster of a layer; `None` where there is none yet, or where Terraform signs in with a token of its own and nobody else can. `reached` says
/// whether there is a way to one that is there.
pub(super) fn cluster(
    layer: &Layer,
    commands: &Commands<'_>,
    reached: impl FnOnce(&Cluster) -> Result<(), Failed>,
) -> Result<Option<Cluster>, Failed> {
    if layer.releases.is_empty() {
        return Ok(None);
    }
    commands.progress.at("the cluster's API".to_owned());
    let folder = commands.dir.with_file_name(in_cluster::CLUSTER);
    let outputs = Commands { dir: folder, ..commands.clone() }.outputs()?;
    let Some(cluster) = Cluster::told(&outputs)? else { return Ok(None) };
    reached(&cluster)?;
    commands.progress.at("releases in the cluster".to_owned());
    Ok(Some(cluster).filter(|_| !in_cluster::ephemeral()))
}

/// Every release of every layer.
pub(super) fn releases(layers: &[Layer]) -> Vec<Release> {
    layers.iter().flat_map(|layer| layer.releases.iter().cloned()).collect()
}

/// Does `work`, and tells meanwhile what it waits for in the cluster.
pub(super) fn watched<T>(cluster: &Cluster, progress: &LayerProgress<'_>, work: impl FnOnce() -> T) -> T {
    std::thread::scope(|scope| {
        let (working, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            while ended.recv_timeout(EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
                told(cluster).iter().for_each(|line| progress.line(line));
            }
        });
        let result = work();
        drop(working);
        result
    })
}

/// Waits for the volumes of claims that a layer took along: their driver deletes them after the claims are gone, and the layers that come next take the
/// driver away. What it does not delete in time is told, and stays in AWS.
pub(super) fn wait_for_volumes(cluster: &Cluster, progress: &LayerProgress<'_>, stop: impl Fn() -> bool) {
    let begin = Instant::now();
    let mut told = Instant::now();
    loop {
        let left = match cluster.sign_in().and_then(|access| in_cluster::released_volumes(&access)) {
            Ok(None) => return,
            Ok(Some(left)) => left,
            Err(Failed(problems)) => {
                let cause: String = problems.into_iter().map(|problem| problem.summary).collect();
                return progress
                    .line(&format!("whether volumes are still to be deleted cannot be seen: {cause}"));
            }
        };
        if stop() || begin.elapsed() > VOLUMES_TAKE {
            return progress.line(&format!("not waited for any longer, they may stay in AWS: {left}"));
        }
        if told.elapsed() >= EVERY {
            told = Instant::now();
            progress.line(&format!("waits for {left}"));
        }
        std::thread::sleep(AGAIN);
    }
}

fn told(cluster: &Cluster) -> Vec<String> {
    lines(cluster.sign_in().and_then(|access| in_cluster::waits(&access)))
}

/// Never nothing: silence would look like a program that hangs.
fn lines(waits: Result<Vec<String>, Failed>) -> Vec<String> {
    match waits {
        Ok(lines) if lines.is_empty() => {
            vec!["waits: nothing that is deleted is held in the cluster".to_owned()]
        }
        Ok(lines) => lines.into_iter().map(|line| format!("waits for {line}")).collect(),
        Err(Failed(problems)) => {
            let causes = problems.into_iter().map(|problem| problem.summary);
            causes.map(|cause| format!("waits, and cannot see for what: {cause}")).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_told_something_whatever_the_cluster_says() {
        assert_eq!(lines(Ok(Vec::new())), ["waits: nothing that is deleted is held in the cluster"]);
        assert_eq!(
            lines(Ok(vec!["node `n1`, which drains".to_owned()])),
            ["waits for node `n1`, which drains"]
        );
        let failed = Failed::one("the API of the cluster `acme-dev` cannot be reached", "");
        assert_eq!(
            lines(Err(failed)),
            ["waits, and cannot see for what: the API of the cluster `acme-dev` cannot be reached"]
        );
    }
}
