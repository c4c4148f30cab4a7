//! What is not AWS: domains and the control plane.

use super::Checks;
use crate::facts::{Answer, Why};
use crate::plan::Cluster;
use crate::spec::Path;

pub(super) fn check(checks: &mut Checks<'_>) {
    domains(checks);
    control_plane(checks);
    key(checks);
    registered(checks);
}

fn domains(checks: &mut Checks<'_>) {
    let (facts, asked) = (checks.facts, checks.asked);
    for (i, domain) in asked.domains.iter().enumerate() {
        let zone = &domain.zone;
        let check = format!("dns.{}", domain.name.trim_start_matches("*."));
        match facts.domains.get(zone) {
            Some(Answer::Known(_)) => checks.pass(check),
            Some(Answer::Absent) => checks.finding(
                check,
                Some(Path::new("truefoundry.base_domains").index(i)),
                format!("nobody answers for the domain `{zone}`"),
                "DNS knows no name servers of it, and no address below it, so that services would not be found",
                format!(
                    "enter the name servers of its hosted zone as `NS` records of `{zone}` in the zone above it"
                ),
            ),
            _ => {
                let what = format!("who answers for the domain `{zone}`");
                checks.known_in(&check, &what, &facts.domains, zone);
            }
        }
    }
}

fn control_plane(checks: &mut Checks<'_>) {
    let facts = checks.facts;
    let what = "the control plane";
    match &facts.control_plane {
        Answer::Known(found) if found.status < 500 => checks.pass("control-plane"),
        Answer::Known(found) => checks.finding(
            "control-plane",
            Some(Path::new("truefoundry.host")),
            format!("the control plane at {} is out of order", found.address),
            format!("it answers with status {}", found.status),
            "wait until it works, or mend `truefoundry.host`",
        ),
        Answer::Unchecked { why: Why::NotAsked, text } => {
            let next =
                "write its address in `truefoundry.host`, set `TFY_HOST`, or give `--control-plane URL`";
            checks.open_with("control-plane", what, text, next);
        }
        other => {
            checks.known("control-plane", what, other);
        }
    }
}

fn key(checks: &mut Checks<'_>) {
    let facts = checks.facts;
    let what = "whether the control plane takes the API key";
    match &facts.control_plane_key {
        Answer::Known(true) => checks.pass("control-plane.key"),
        Answer::Known(false) => checks.finding(
            "control-plane.key",
            None,
            "the control plane does not take the API key",
            "it answers to the key in `TFY_API_KEY` that it does not know who asks",
            "set `TFY_API_KEY` to a key of this control plane, from its settings",
        ),
        Answer::Unchecked { why: Why::NotAsked, text } => {
            checks.open_with("control-plane.key", what, text, "set `TFY_API_KEY` and run it again");
        }
        other => {
            checks.known("control-plane.key", what, other);
        }
    }
}

/// A cluster of the platform's name in the control plane. Without a key nobody can ask, which is told of the key.
fn registered(checks: &mut Checks<'_>) {
    let check = "control-plane.cluster";
    let (facts, name) = (checks.facts, &checks.platform.name);
    if facts.control_plane_key != Answer::Known(true) {
        return;
    }
    let id = match &facts.registered_cluster {
        Answer::Absent => return checks.pass(check),
        Answer::Known(id) => id,
        other => {
            checks.known(check, &format!("whether the control plane has a cluster `{name}` already"), other);
            return;
        }
    };
    match whose(checks) {
        Whose::Ours => checks.pass(check),
        Whose::Others => checks.finding(
            check,
            Some(Path::new("name")),
            format!("the control plane has a cluster `{name}` already, with the ID `{id}`"),
            "this platform has made no cluster in the account yet, and the layer `platform` takes over none that is there",
            "choose another `name`; or remove that cluster in the control plane, if it is left from a platform that is gone",
        ),
        Whose::Unknown(cause) => checks.open_with(
            check,
            &format!("whose the cluster `{name}` is that the control plane has already"),
            cause,
            "when an apply of this platform has registered it, nothing is to be done; else choose another `name`, or remove \
             that cluster in the control plane",
        ),
    }
}

/// Whose a cluster in the control plane is, by what is in the account.
enum Whose {
    Ours,
    Others,
    Unknown(&'static str),
}

fn whose(checks: &Checks<'_>) -> Whose {
    match (&checks.platform.cluster, &checks.facts.cluster) {
        (Cluster::Existing(_), _) => {
            Whose::Unknown("the cluster in the account is not this platform's, and tells nothing of it")
        }
        (Cluster::New(_), Answer::Unchecked { .. }) => {
            Whose::Unknown("it is not known whether this platform has made its cluster in the account")
        }
        (Cluster::New(_), Answer::Known(_) | Answer::Absent) if checks.is_begun() => Whose::Ours,
        (Cluster::New(_), Answer::Known(_) | Answer::Absent) => Whose::Others,
    }
}
