//! What the way in uses of what is there.

use super::*;
use crate::facts::{Certificate, ZoneFound};

const CERTIFICATE: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1";
const SERVER: &str = "ns-1.awsdns-00.com";

/// The platform with a way in of these keys instead of a load balancer that a controller makes.
fn text(ingress: &str) -> String {
    let text = NEW.replace("addons: { istio: { gateway: { service: { type: LoadBalancer } } } }\n", "");
    format!("{text}ingress: {{ domain: ai.acme.com, allow_from: anywhere, {ingress} }}\n")
}

fn zone(id: &str, name: &str) -> ZoneFound {
    ZoneFound { id: id.to_owned(), name: name.to_owned(), private: false, servers: vec![SERVER.to_owned()] }
}

fn served(servers: &[&str]) -> Answer<Delegation> {
    let servers = servers.iter().map(|one| (*one).to_owned()).collect();
    Answer::Known(Delegation { zone: "acme.com".to_owned(), servers })
}

/// With what a way in needs to be there.
fn facts_with_all(platform: &Platform) -> Facts {
    let mut facts = facts(platform);
    facts.hosted_zones = Answer::Known(vec![zone("Z1", "acme.com")]);
    facts.zone_delegation = served(&["NS-1.awsdns-00.com."]);
    let names = ["ai.acme.com", "*.ai.acme.com"].map(str::to_owned).to_vec();
    facts.certificate = Answer::Known(Certificate { status: "ISSUED".to_owned(), names });
    facts.web_acl = Answer::Known("shared".to_owned());
    facts
}

fn of_zone(change: impl FnOnce(&mut Facts)) -> String {
    said(&text("zone: acme.com"), facts_with_all, change)
}

/// With a certificate and a web ACL that are there.
fn of_given(change: impl FnOnce(&mut Facts)) -> String {
    let acl = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/shared/1";
    let keys = format!("certificate: \"{CERTIFICATE}\", waf: {{ existing: {{ web_acl: \"{acl}\" }} }}");
    said(&text(&keys), facts_with_all, change)
}

#[test]
fn a_way_in_that_lacks_nothing_passes() {
    for clean in [of_zone(|_| {}), of_given(|_| {})] {
        assert!(clean.starts_with("0 found, 0 could not be checked"), "{clean}");
    }
}

#[test]
fn a_zone_that_cannot_be_used() {
    insta::assert_snapshot!("zone_none", of_zone(|facts| facts.hosted_zones = Answer::Absent));
    insta::assert_snapshot!(
        "zone_private",
        of_zone(|facts| known(&mut facts.hosted_zones)[0].private = true)
    );
    let several = of_zone(|facts| known(&mut facts.hosted_zones).push(zone("Z2", "acme.com")));
    insta::assert_snapshot!("zone_several", several);
    let other = said(&text("zone: Z0123456789ABCDEFGHIJ"), facts_with_all, |facts| {
        facts.hosted_zones = Answer::Known(vec![zone("Z0123456789ABCDEFGHIJ", "other.com")]);
    });
    insta::assert_snapshot!("zone_other", other);
    let unknown = of_zone(|facts| {
        let denied = "`route53:ListHostedZonesByName`: AccessDenied";
        facts.hosted_zones = Answer::unchecked(Why::Denied, denied);
    });
    insta::assert_snapshot!("zone_unknown", unknown);
}

#[test]
fn a_zone_to_which_nobody_leads() {
    insta::assert_snapshot!("delegation_none", of_zone(|facts| facts.zone_delegation = Answer::Absent));
    let others = of_zone(|facts| facts.zone_delegation = served(&["ns.other.org"]));
    insta::assert_snapshot!("delegation_others", others);
    insta::assert_snapshot!("delegation_empty", of_zone(|facts| facts.zone_delegation = served(&[])));
    let unknown = of_zone(|facts| {
        let text = "the DNS server 10.0.0.2:53: timed out";
        facts.zone_delegation = Answer::unchecked(Why::Unreachable, text);
    });
    insta::assert_snapshot!("delegation_unknown", unknown);
}

#[test]
fn a_certificate_and_a_web_acl_that_cannot_be_used() {
    let gone = of_given(|facts| {
        facts.certificate = Answer::Absent;
        facts.web_acl = Answer::Absent;
    });
    insta::assert_snapshot!("given_gone", gone);
    let pending = of_given(|facts| {
        let found = known(&mut facts.certificate);
        found.status = "PENDING_VALIDATION".to_owned();
        found.names = vec!["*.acme.com".to_owned()];
    });
    insta::assert_snapshot!("certificate_pending", pending);
    let expired = of_given(|facts| known(&mut facts.certificate).status = "EXPIRED".to_owned());
    insta::assert_snapshot!("certificate_expired", expired);
    let unknown = of_given(|facts| {
        let denied = "`acm:DescribeCertificate`: AccessDeniedException";
        facts.certificate = Answer::unchecked(Why::Denied, denied);
        facts.web_acl = Answer::unchecked(Why::Denied, "`wafv2:GetWebACL`: AccessDeniedException");
    });
    insta::assert_snapshot!("given_unknown", unknown);
}

#[test]
fn quotas_of_the_way_in() {
    let used_up = |facts: &mut Facts| {
        for name in [quotas::ALB, quotas::TARGET_GROUPS, quotas::WEB_ACLS] {
            facts.quotas.insert(name.to_owned(), quota(name, 2.0));
        }
    };
    let waf = text("zone: acme.com, waf: { create: {} }");
    insta::assert_snapshot!("quotas", said(&waf, facts_with_all, used_up));
    // What is there of an apply before is not counted again.
    let own = said(&waf, facts_with_all, |facts| {
        used_up(facts);
        for name in [quotas::ALB, quotas::TARGET_GROUPS, quotas::WEB_ACLS] {
            facts.used.insert(name.to_owned(), Answer::Known(Used { all: 2, own: 1 }));
        }
    });
    assert!(own.starts_with("0 found, 0 could not be checked"), "{own}");
}
