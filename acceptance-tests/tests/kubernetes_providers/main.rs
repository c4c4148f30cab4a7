//! The helm and kubernetes providers on a real cluster, with the real Helm and stand-in charts.
//!
//! What is expected here is what `hashicorp/helm` 3.1.2 and `hashicorp/kubernetes` 3.2.1 do, weaknesses included. By default our
//! doubles are tested; with `TEST_PROVIDERS` naming a folder that has `terraform-provider-helm` and
//! `terraform-provider-kubernetes`, those are. Where a double then fails and the real one does not, the double is wrong.

#[path = "../kubernetes/guard.rs"]
mod guard;

mod bed;
mod guarded;
mod releases;
mod set;
mod trouble;

use acceptance_tests::charts::StandIn;
use acceptance_tests::kubernetes::{Minor, Options};
use anyhow::Result;

use bed::{Bed, facts, together};
use guard::Dead;

const NODES: Options = Options {
    minor: Minor::Newest,
    system_nodes: 2,
    token_webhook: None,
    authorization: None,
    controllers: None,
};

type Scenario<'a> = Box<dyn FnOnce() -> Result<()> + Send + 'a>;

/// What CI has the time for, on one cluster. What does not meet runs at once: most of it waits.
#[test]
fn releases_and_their_guard_in_short() -> Result<()> {
    let facts = facts(["external-dns", "metrics-server"])?;
    let charts: Vec<_> = facts.iter().map(StandIn::of).collect();
    let bed = Bed::start("kubernetes_providers", &charts, &NODES)?;
    together([
        ("a life", Box::new(|| releases::life(&bed)) as Scenario<'_>),
        ("never ready", Box::new(|| releases::what_never_gets_ready(&bed))),
        ("a failed upgrade", Box::new(|| releases::a_failed_upgrade_is_drift_of_the_status(&bed))),
    ])?;
    let dead = Dead::new(bed.cluster.process("kube-apiserver")?, &bed.administrator);
    guarded::in_short(&bed, &dead)
}

#[test]
fn releases_at_length() -> Result<()> {
    let facts = facts(["external-dns", "metrics-server", "aws-load-balancer-controller"])?;
    let charts: Vec<_> = facts.iter().map(StandIn::of).collect();
    let bed = Bed::start("kubernetes_providers_releases", &charts, &NODES)?;
    together([
        ("refused values", Box::new(|| releases::refused_values_leave_nothing(&bed)) as Scenario<'_>),
        ("write-only values", Box::new(|| releases::write_only_values(&bed))),
        ("kept values", Box::new(|| releases::values_are_kept_or_reset(&bed))),
        ("killed", Box::new(|| releases::a_killed_provider_leaves_a_pending_release(&bed))),
        ("added", Box::new(|| releases::what_a_failed_upgrade_has_added_stays(&bed))),
        ("custom resources", Box::new(|| releases::custom_resources_of_the_chart(&bed))),
    ])?;
    let dead = Dead::new(bed.cluster.process("kube-apiserver")?, &bed.administrator);
    trouble::a_release_that_cannot_be_read_is_forgotten(&bed, &dead)
}

#[test]
fn a_set_of_thirty_is_applied_and_goes() -> Result<()> {
    set::whole()
}

#[test]
fn a_guard_holds_whatever_is_wrong() -> Result<()> {
    let facts = facts(["metrics-server"])?;
    let charts: Vec<_> = facts.iter().map(StandIn::of).collect();
    let bed = Bed::start("kubernetes_providers_guard", &charts, &NODES)?;
    let dead = Dead::new(bed.cluster.process("kube-apiserver")?, &bed.administrator);
    guarded::at_length(&bed, &dead)
}
