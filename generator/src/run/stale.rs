//! Plans that do not hold: of a layer that reads what another one is about to change.

use super::summary::{LayerSummary, Status};
use crate::tree::Layer;

/// Marks the layers whose plans were made from outputs that change, or that are made from such plans in turn: each is planned again after those
/// before it are applied. What is marked says which of its layers are the cause.
pub(super) fn mark(layers: &[Layer], summaries: &mut [LayerSummary]) {
    for at in 0..summaries.len() {
        let Some(layer) = layers.iter().find(|layer| layer.name == summaries[at].layer) else { continue };
        let is_moving = |summary: &&LayerSummary| {
            layer.reads.contains(&summary.layer)
                && (summary.outputs_change || matches!(summary.status, Status::Stale | Status::Waiting))
        };
        let causes: Vec<String> =
            summaries.iter().filter(is_moving).map(|summary| summary.layer.clone()).collect();
        let summary = &mut summaries[at];
        if causes.is_empty() {
            continue;
        }
        if matches!(summary.status, Status::Planned | Status::Unchanged) {
            summary.status = Status::Stale;
        }
        if matches!(summary.status, Status::Stale | Status::Waiting) {
            summary.waits_for = causes;
        }
    }
}

/// The layers that are planned again after one of which the outputs change: those that read it, and those that read them.
pub(super) fn after<'a>(layers: &'a [Layer], changed: &str) -> Vec<&'a str> {
    let mut after = Vec::new();
    for layer in layers {
        if layer.reads.iter().any(|read| read == changed || after.contains(&read.as_str())) {
            after.push(layer.name.as_str());
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::record::tests::layers;

    fn planned(changing: &[&str]) -> Vec<String> {
        let layers = layers(true);
        let mut summaries: Vec<_> = layers
            .iter()
            .map(|layer| LayerSummary {
                outputs_change: changing.contains(&layer.name.as_str()),
                ..LayerSummary::idle(&layer.name, Status::Planned)
            })
            .collect();
        mark(&layers, &mut summaries);
        summaries
            .iter()
            .map(|s| format!("{} {} {}", s.layer, s.status.word(), s.waits_for.join(",")))
            .collect()
    }

    #[test]
    fn who_reads_what_changes_is_stale_and_who_reads_that() {
        insta::assert_snapshot!(planned(&["network"]).join("\n"), @r"
        network planned 
        cluster stale network
        data stale network
        identity stale network,cluster,data
        addons stale network,cluster,identity
        platform stale cluster,data,identity
        agent stale cluster,addons,platform
        ");
        assert!(planned(&[]).iter().all(|line| line.ends_with(" planned ")), "{:?}", planned(&[]));
    }

    #[test]
    fn who_comes_after_a_layer_reads_it_or_reads_who_does() {
        let layers = layers(true);
        assert_eq!(after(&layers, "network"), ["cluster", "data", "identity", "addons", "platform", "agent"]);
        assert_eq!(after(&layers, "agent"), [""; 0]);
    }
}
