//! What is not AWS: domains and the control plane.

use super::Checks;
use crate::facts::{Answer, Why};
use crate::spec::Path;

pub(super) fn check(checks: &mut Checks<'_>) {
    domains(checks);
    control_plane(checks);
    key(checks);
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
