//! What the way in uses of what is there: hosted zone, certificate, web ACL.

use super::{Checks, few};
use crate::facts::{Answer, ZoneFound};
use crate::plan::ingress::{HostedZone, Ingress, WebAcl};
use crate::plan::names::is_within;
use crate::spec::Path;

pub(super) fn check(checks: &mut Checks<'_>) {
    let platform = checks.platform;
    let Some(ingress) = &platform.ingress else { return };
    if let Some(wanted) = &ingress.zone
        && let Some(zone) = zone(checks, ingress, wanted)
    {
        delegation(checks, zone);
    }
    if let Some(arn) = &ingress.certificate {
        certificate(checks, ingress, arn);
    }
    if let Some(WebAcl::Existing(arn)) = &ingress.waf {
        web_acl(checks, arn);
    }
}

/// As it stands in the spec.
fn written(zone: &HostedZone) -> &str {
    match zone {
        HostedZone::Name(text) | HostedZone::Id(text) => text,
    }
}

/// The zone, where there is no doubt which it is.
fn zone<'a>(checks: &mut Checks<'a>, ingress: &Ingress, wanted: &HostedZone) -> Option<&'a ZoneFound> {
    let (check, path, facts) = ("ingress.zone", Some(Path::new("ingress.zone")), checks.facts);
    let text = written(wanted);
    if facts.hosted_zones == Answer::Absent {
        checks.finding(
            check,
            path,
            format!("the account has no hosted zone `{text}`"),
            "the records that lead to the load balancer are made in it, and those that prove its certificate",
            "write a public hosted zone of this account in `ingress.zone`; `aws route53 list-hosted-zones` lists them",
        );
        return None;
    }
    let zones = checks.known(check, &format!("the hosted zone `{text}`"), &facts.hosted_zones)?;
    let public: Vec<&ZoneFound> = zones.iter().filter(|zone| !zone.private).collect();
    match public.as_slice() {
        [] => checks.finding(
            check,
            path,
            format!("the hosted zone `{text}` is private"),
            "VPCs alone see its records: neither AWS, which looks for the certificate's proof, nor clients outside",
            "write the public hosted zone of the domain in `ingress.zone`",
        ),
        [zone] => match ingress.domains.first().filter(|domain| !is_within(domain, &zone.name)) {
            None => {
                checks.pass(check);
                return Some(zone);
            }
            Some(domain) => checks.finding(
                check,
                path,
                format!("`{domain}` is not in the hosted zone `{text}`, which is that of `{}`", zone.name),
                "a zone takes records of its own name and of names below it",
                "write the ID of the zone that the domain is in, or its name",
            ),
        },
        several => {
            let ids: Vec<&str> = several.iter().map(|zone| zone.id.as_str()).collect();
            checks.finding(
                check,
                path,
                format!("the account has {} public hosted zones `{text}`: {}", ids.len(), few(&ids)),
                "Terraform cannot tell which is meant, and at most one of them answers",
                "write the ID of that one in `ingress.zone`",
            );
        }
    }
    None
}

/// AWS knows which name servers a zone has, and not whether the zone above names them: that DNS is asked for, where this machine asks.
fn delegation(checks: &mut Checks<'_>, zone: &ZoneFound) {
    let (check, path, facts) = ("ingress.delegation", Some(Path::new("ingress.zone")), checks.facts);
    let (name, servers) = (&zone.name, few(&zone.servers));
    let cause = "as the DNS server that this machine asks says it; where that is so everywhere, AWS never finds the proof of a \
                 certificate, and nobody the services";
    let next =
        format!("enter {servers} as the `NS` records of `{name}` in the zone above it, or at its registrar");
    let seen = match &facts.zone_delegation {
        Answer::Absent => {
            let message = format!("nobody answers for the zone `{name}`");
            return checks.finding(check, path, message, cause, next);
        }
        other => {
            let what = format!("whether the zone above `{name}` leads to it");
            let Some(seen) = checks.known(check, &what, other) else { return };
            seen
        }
    };
    let others: Vec<String> =
        seen.servers.iter().map(|one| one.trim_end_matches('.').to_lowercase()).collect();
    if others.iter().any(|one| zone.servers.contains(one)) {
        return checks.pass(check);
    }
    let message = if others.is_empty() {
        format!("the zone `{name}` has no name servers in DNS")
    } else {
        format!("others answer for the zone `{name}` than its hosted zone `{}`: {}", zone.id, few(&others))
    };
    checks.finding(check, path, message, cause, next);
}

fn certificate(checks: &mut Checks<'_>, ingress: &Ingress, arn: &str) {
    let (check, path, facts) = ("ingress.certificate", Some(Path::new("ingress.certificate")), checks.facts);
    let give = "give the ARN of one that is issued, or leave `certificate` out: with `domain` and `zone` one is made";
    if facts.certificate == Answer::Absent {
        let message = format!("there is no certificate `{arn}`");
        let cause = format!("ACM has none of that ARN in `{}`", checks.platform.region.name());
        return checks.finding(check, path, message, cause, give);
    }
    let what = format!("the certificate `{arn}`");
    let Some(found) = checks.known(check, &what, &facts.certificate) else { return };
    match found.status.as_str() {
        "ISSUED" => {}
        "PENDING_VALIDATION" => checks.finding(
            check,
            path.clone(),
            format!("the certificate `{arn}` is not issued yet"),
            "ACM waits for the proof that its names are yours, and a load balancer takes it only afterwards",
            "enter the record that `aws acm describe-certificate` shows, and wait until the certificate is issued",
        ),
        status => checks.finding(
            check,
            path.clone(),
            format!("the certificate `{arn}` cannot be used: it is {status}"),
            "a load balancer takes a certificate that is ISSUED",
            give,
        ),
    }
    let lacking: Vec<&String> = ingress
        .domains
        .iter()
        .filter(|domain| !found.names.iter().any(|name| covers(name, domain)))
        .collect();
    if !lacking.is_empty() {
        checks.finding(
            check,
            path,
            format!("the certificate `{arn}` is not for {}", few(&lacking)),
            format!(
                "it is for {}: clients would refuse what the load balancer shows them",
                few(&found.names)
            ),
            "give one that is for the domain and for `*.` before it, or leave `certificate` out",
        );
    }
    checks.pass(check);
}

/// Whether a name in a certificate covers a domain: itself, or by its one label under `*.`.
fn covers(name: &str, domain: &str) -> bool {
    let below =
        |suffix: &str| domain.split_once('.').is_some_and(|(first, rest)| first != "*" && rest == suffix);
    name.eq_ignore_ascii_case(domain) || name.strip_prefix("*.").is_some_and(below)
}

fn web_acl(checks: &mut Checks<'_>, arn: &str) {
    let check = "ingress.web-acl";
    let facts = checks.facts;
    match &facts.web_acl {
        Answer::Absent => checks.finding(
            check,
            Some(Path::new("ingress.waf.existing.web_acl")),
            format!("there is no web ACL `{arn}`"),
            format!(
                "WAF has none of that ARN among the regional ones of `{}`",
                checks.platform.region.name()
            ),
            "give the ARN of one that is there: `aws wafv2 list-web-acls --scope REGIONAL` lists them",
        ),
        other => {
            if checks.known(check, &format!("the web ACL `{arn}`"), other).is_some() {
                checks.pass(check);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_covers_one_label() {
        for (name, domain, covered) in [
            ("ai.acme.com", "ai.acme.com", true),
            ("*.acme.com", "ai.acme.com", true),
            ("*.acme.com", "*.ai.acme.com", false),
            ("*.ai.acme.com", "*.ai.acme.com", true),
            ("*.acme.com", "*.acme.com", true),
            ("*.acme.com", "a.ai.acme.com", false),
            ("acme.com", "ai.acme.com", false),
        ] {
            assert_eq!(covers(name, domain), covered, "{name} for {domain}");
        }
    }
}
