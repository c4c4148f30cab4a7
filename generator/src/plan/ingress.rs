//! The way in: what the load balancer answers, to whom, and by what it reaches the mesh.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::cidr;
use super::names::{self, Arn};
use super::problem::Problems;
use super::regions::Region;
use super::{Addons, Cluster, Network};
use crate::spec::ingress::{AllowFrom, Ingress as Written, LoadBalancer, Waf};
use crate::spec::patterns::{self, Pattern};
use crate::spec::{Path, Spec};

/// ACM takes no longer name as the first of a certificate.
const LONGEST_DOMAIN: usize = 64;

/// The load balancer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingress {
    /// What it answers, the domain and the names below it; empty for whatever is sent to it.
    pub domains: Vec<String>,
    /// Where records are made.
    pub zone: Option<HostedZone>,
    /// The certificate that is there.
    pub certificate: Option<String>,
    /// Its kind.
    pub load_balancer: LoadBalancer,
    /// Whether it has private addresses only.
    pub internal: bool,
    /// Key that stays the same => block that may connect.
    pub allowed_from: BTreeMap<String, String>,
    /// Whether everybody may.
    pub open: bool,
    /// Whether port 80 redirects.
    pub redirect_http: bool,
    /// Whether what it forwards is encrypted.
    pub reencrypt: bool,
    /// Whether it has IPv6 addresses too; `None` when only the cluster that is there tells.
    pub dual_stack: Option<bool>,
    /// The web ACL in front of it.
    pub waf: Option<WebAcl>,
    /// For how many days access logs are kept.
    pub log_days: u32,
    /// Whether a destroy deletes them.
    pub force_destroy_logs: bool,
    /// Whether AWS refuses to delete it.
    pub deletion_protection: bool,
}

/// A hosted zone of Route 53.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostedZone {
    /// By its name, which is looked up.
    Name(String),
    /// By its ID.
    Id(String),
}

/// A web ACL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebAcl {
    /// One of our own, which counts or refuses.
    New {
        /// Whether it only counts.
        count_only: bool,
    },
    /// One that is there.
    Existing(String),
}

impl Ingress {
    /// The port of the gateway's pods that takes requests, and the protocol on it.
    #[must_use]
    pub fn target(&self) -> (u16, &'static str) {
        match (self.load_balancer, self.reencrypt) {
            (LoadBalancer::Alb, false) => (80, "HTTP"),
            (LoadBalancer::Alb, true) => (443, "HTTPS"),
            (LoadBalancer::Nlb, false) => (80, "TCP"),
            (LoadBalancer::Nlb, true) => (443, "TLS"),
        }
    }
}

/// A kind of ARN: what it is of, the service, how its resources begin, and the rule of the whole.
struct Kind {
    what: &'static str,
    service: &'static str,
    resource: &'static str,
    rule: &'static Pattern,
}

const CERTIFICATE: Kind = Kind {
    what: "certificate of ACM",
    service: "acm",
    resource: "certificate/",
    rule: &patterns::CERTIFICATE_ARN,
};
const WEB_ACL: Kind = Kind {
    what: "regional web ACL",
    service: "wafv2",
    resource: "regional/webacl/",
    rule: &patterns::WEB_ACL_ARN,
};

/// What the way in stands in.
pub(super) struct Around<'a> {
    pub(super) network: Option<&'a Network>,
    pub(super) cluster: &'a Cluster,
    pub(super) addons: Option<&'a Addons>,
    pub(super) region: &'a Region,
}

/// Checks the way in, if one is wanted.
pub(super) fn ingress(problems: &mut Problems, spec: &Spec, around: &Around<'_>) -> Option<Ingress> {
    let written = spec.ingress.as_ref()?;
    let path = Path::new("ingress");
    check_name(problems, spec);
    check_addons(problems, &path, written, around.addons);
    check_names(problems, &path, written);
    check_subnets(problems, &path, written, around.network);
    if let Some(arn) = &written.certificate {
        check_arn(problems, &path.key("certificate"), arn, &CERTIFICATE, spec, around);
    }
    if let Some(Waf::Existing(waf)) = &written.waf {
        let at = path.key("waf").key("existing").key("web_acl");
        check_arn(problems, &at, &waf.web_acl, &WEB_ACL, spec, around);
    }
    let dual_stack = dual_stack(around);
    let (allowed_from, open) =
        allowed_from(problems, &path.key("allow_from"), &written.allow_from, dual_stack != Some(false));
    check_kind(problems, &path, written);
    Some(Ingress {
        domains: written.domain.iter().flat_map(|domain| [domain.clone(), format!("*.{domain}")]).collect(),
        zone: written.zone.as_ref().map(|zone| match patterns::ZONE_ID.fits(zone) {
            true => HostedZone::Id(zone.clone()),
            false => HostedZone::Name(zone.clone()),
        }),
        certificate: written.certificate.clone(),
        load_balancer: written.load_balancer,
        internal: written.internal,
        allowed_from,
        open,
        redirect_http: written.redirect_http.unwrap_or(written.load_balancer == LoadBalancer::Alb),
        reencrypt: written.reencrypt,
        dual_stack,
        waf: written.waf.as_ref().map(|waf| match waf {
            Waf::Create(create) => WebAcl::New { count_only: create.count_only },
            Waf::Existing(existing) => WebAcl::Existing(existing.web_acl.clone()),
        }),
        log_days: written.access_logs.days,
        force_destroy_logs: written.access_logs.force_destroy,
        deletion_protection: written.deletion_protection,
    })
}

/// AWS keeps this beginning for the names that it gives to internal load balancers.
fn check_name(problems: &mut Problems, spec: &Spec) {
    problems.require(
        !spec.name.starts_with("internal-"),
        &Path::new("name"),
        format!("`{}` cannot be the name of a load balancer: AWS keeps `internal-` for itself", spec.name),
        "choose another name for the platform, or leave `ingress` out",
    );
}

/// Pods enter the target group by the controller, and requests the mesh by the gateway.
fn check_addons(problems: &mut Problems, path: &Path, written: &Written, addons: Option<&Addons>) {
    let has = |addon: &str| addons.is_some_and(|addons| addons.has(addon));
    let lacking: Vec<_> =
        ["istio", "aws-load-balancer-controller"].into_iter().filter(|addon| !has(addon)).collect();
    problems.require(
        lacking.is_empty(),
        path,
        format!(
            "`ingress` leads to the gateway of the mesh, and `addons` leaves {} out",
            crate::suggest::all_of(&lacking)
        ),
        "take them back into `addons`, or leave `ingress` out",
    );
    problems.require(
        !written.reencrypt || has("cert-manager"),
        &path.key("reencrypt"),
        "`reencrypt` needs cert-manager, which makes the gateway's certificate",
        "take `cert-manager` back into `addons`, or leave `reencrypt` out",
    );
    problems.require(
        !addons.is_some_and(Addons::gateway_is_balanced),
        path,
        "`addons.istio.gateway` asks AWS for a load balancer of the gateway's own, and `ingress` is another one",
        "leave `service.type` out of `addons.istio.gateway`, or `ingress`",
    );
}

fn check_names(problems: &mut Problems, path: &Path, written: &Written) {
    if let Some(domain) = &written.domain {
        problems.require(
            patterns::DOMAIN.fits(domain),
            &path.key("domain"),
            format!("`{domain}` is not a domain"),
            "write for example `ai.acme.com`, without `*.`: the names below it are meant too",
        );
        problems.require(
            domain.len() <= LONGEST_DOMAIN || written.certificate.is_some(),
            &path.key("domain"),
            format!(
                "`{domain}` has {} characters, and a certificate's name at most {LONGEST_DOMAIN}",
                domain.len()
            ),
            "choose a shorter domain, or give a `certificate` that has this one as a further name",
        );
    }
    if let Some(zone) = written.zone.as_ref().filter(|zone| !patterns::ZONE_ID.fits(zone)) {
        let at = path.key("zone");
        let is_domain = patterns::DOMAIN.fits(zone);
        problems.require(
            is_domain,
            &at,
            format!("`{zone}` is neither the name of a hosted zone nor its ID"),
            "write for example `acme.com` or `Z0123456789ABCDEFGHIJ`",
        );
        if let Some(domain) = written.domain.as_ref().filter(|_| is_domain) {
            problems.require(
                names::is_within(domain, zone),
                &at,
                format!("`{domain}` is not in the zone `{zone}`"),
                "name the zone that the domain's records belong in",
            );
        }
    }
    match (&written.certificate, &written.domain, &written.zone) {
        (_, None, Some(_)) => problems
            .add(&path.key("zone"), "a zone is for the records of a `domain`, and there is none")
            .hint("write `domain`, or leave `zone` out"),
        (None, None, None) => problems
            .add(path, "`ingress` has neither a `domain` nor a `certificate`: HTTPS needs one of them")
            .hint("write `domain` and its Route 53 `zone`, or the ARN of a `certificate` that exists"),
        (None, Some(domain), None) => problems
            .add(
                path,
                format!("nothing can prove that `{domain}` is yours, so that no certificate can be made"),
            )
            .hint("write the Route 53 `zone` of the domain, or the ARN of a `certificate` that exists"),
        _ => {}
    }
}

/// What a network that could not be made out has is not checked.
fn check_subnets(problems: &mut Problems, path: &Path, written: &Written, network: Option<&Network>) {
    if written.internal {
        return;
    }
    match network {
        Some(Network::New(new)) if new.nat.mode == "none" => problems
            .add(path, "the network has no way to the internet, so that a public load balancer has no subnets")
            .note("`network.create.nat` is `none`, and public subnets are there for NAT and load balancers alone")
            .hint("write `internal: true` in `ingress`, or another `nat`"),
        Some(Network::Existing(existing)) if existing.public_subnets.len() < 2 => problems
            .add(path, format!("a public load balancer needs public subnets in two zones, and `network.existing` lists {}", existing.public_subnets.len()))
            .hint("list them in `network.existing.public_subnets`, or write `internal: true` in `ingress`"),
        _ => {}
    }
}

fn check_kind(problems: &mut Problems, path: &Path, written: &Written) {
    if written.load_balancer == LoadBalancer::Alb {
        return;
    }
    for (key, wanted, why) in [
        ("waf", written.waf.is_some(), "AWS has web ACLs for application load balancers"),
        ("redirect_http", written.redirect_http == Some(true), "a network load balancer does not speak HTTP"),
    ] {
        problems.require(
            !wanted,
            &path.key(key),
            format!("`{key}` needs `load_balancer: alb`: {why}"),
            &format!("leave `{key}` out, or write `load_balancer: alb`"),
        );
    }
}

fn check_arn(
    problems: &mut Problems,
    path: &Path,
    text: &str,
    kind: &Kind,
    spec: &Spec,
    around: &Around<'_>,
) {
    let region = around.region;
    let Kind { what, service, resource, rule } = kind;
    let example =
        format!("arn:{}:{service}:{}:{}:{resource}…", region.partition(), region.name(), spec.aws.account);
    let Some(arn) = Arn::parse(text).filter(|_| rule.fits(text)) else {
        return problems
            .add(path, format!("`{text}` is not the ARN of a {what}"))
            .hint(format!("write it as `{example}`"));
    };
    problems.require(
        arn.region == region.name() && arn.account == spec.aws.account && arn.partition == region.partition(),
        path,
        format!("`{text}` is of another region or account, where this load balancer cannot use it"),
        &format!("give one of this account and region: `{example}`"),
    );
}

/// Whether there are IPv6 addresses beside IPv4.
fn dual_stack(around: &Around<'_>) -> Option<bool> {
    match (around.cluster, around.network) {
        (Cluster::New(cluster), _) if cluster.ip_family == "ipv6" => Some(true),
        (_, Some(Network::New(network))) => Some(network.ipv6),
        (Cluster::New(_), _) => Some(false),
        (Cluster::Existing(_), _) => None,
    }
}

/// The blocks by a key that stays when others come and go, and whether all of the internet is meant.
fn allowed_from(
    problems: &mut Problems,
    path: &Path,
    written: &AllowFrom,
    may_be_ipv6: bool,
) -> (BTreeMap<String, String>, bool) {
    let blocks = match written {
        AllowFrom::Anywhere(_) => {
            let all = [("anywhere", "0.0.0.0/0"), ("anywhere-ipv6", "::/0")];
            let all = all.into_iter().take(if may_be_ipv6 { 2 } else { 1 });
            return (all.map(|(key, block)| (key.to_owned(), block.to_owned())).collect(), true);
        }
        AllowFrom::Blocks(blocks) => blocks,
    };
    problems.require(
        !blocks.is_empty(),
        path,
        "`allow_from` lists nobody who may connect",
        "list blocks of addresses, for example `[203.0.113.0/24]`, or write `anywhere`",
    );
    for (i, text) in blocks.iter().enumerate() {
        check_block(problems, &path.index(i), text, may_be_ipv6);
        problems.require(
            !blocks[..i].contains(text),
            &path.index(i),
            format!("`{text}` is listed twice"),
            "keep one of them",
        );
    }
    (blocks.iter().map(|block| (block.clone(), block.clone())).collect(), false)
}

fn check_block(problems: &mut Problems, path: &Path, text: &str, may_be_ipv6: bool) {
    let Some(block) = cidr::any_block(text) else {
        return problems
            .add(path, format!("`{text}` is not a block of addresses"))
            .hint("write `203.0.113.0/24`, a single address as `203.0.113.7/32`, or `2001:db8::/32`");
    };
    let widest = if matches!(block, IpNet::V4(_)) { 8 } else { 16 };
    if block.prefix_len() < widest {
        return problems.add(path, format!("`{text}` is all of the internet or close to it")).hint(
            "list the networks that need access, or write `allow_from: anywhere` if everybody is meant",
        );
    }
    if block.trunc() != block {
        return problems
            .add(path, format!("`{text}` has address bits behind its prefix"))
            .hint(format!("the block around it is `{}`", block.trunc()));
    }
    problems.require(
        may_be_ipv6 || matches!(block, IpNet::V4(_)),
        path,
        format!("`{text}` is a block of IPv6, and the network has none"),
        "write `ipv6: true` in `network.create`, or list IPv4 blocks",
    );
}

#[cfg(test)]
mod tests {
    use crate::plan::{Platform, plan};

    const START: &str = "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\ntruefoundry: { host: https://acme.truefoundry.cloud }\n";

    fn planned(more: &str) -> Result<Platform, Vec<String>> {
        let spec = crate::spec::load_text("platform.yaml".to_owned(), format!("{START}{more}")).unwrap().spec;
        plan(&spec).map_err(|problems| {
            problems.iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
        })
    }

    #[test]
    fn a_domain_is_itself_and_what_is_below_it() {
        let platform =
            planned("ingress: { domain: ai.acme.com, zone: acme.com, allow_from: [203.0.113.0/24] }\n")
                .unwrap();
        let ingress = platform.ingress.unwrap();
        assert_eq!(ingress.domains, ["ai.acme.com", "*.ai.acme.com"]);
        assert!(ingress.redirect_http && ingress.deletion_protection && !ingress.open);
        assert_eq!(ingress.target(), (80, "HTTP"));
    }

    #[test]
    fn what_cannot_be_made_is_refused_at_its_place() {
        for (ingress, told) in [
            (
                "{ allow_from: [203.0.113.0/24] }",
                "ingress: `ingress` has neither a `domain` nor a `certificate`: HTTPS needs one of them",
            ),
            (
                "{ domain: ai.acme.com, allow_from: [203.0.113.0/24] }",
                "ingress: nothing can prove that `ai.acme.com` is yours, so that no certificate can be made",
            ),
            (
                "{ domain: ai.acme.com, zone: other.com, allow_from: [203.0.113.0/24] }",
                "ingress.zone: `ai.acme.com` is not in the zone `other.com`",
            ),
            (
                "{ domain: ai.acme.com, zone: me.com, allow_from: [203.0.113.0/24] }",
                "ingress.zone: `ai.acme.com` is not in the zone `me.com`",
            ),
            (
                "{ domain: \"*.acme.com\", zone: acme.com, allow_from: anywhere }",
                "ingress.domain: `*.acme.com` is not a domain",
            ),
            (
                "{ domain: ai.acme.com, zone: acme.com, allow_from: [0.0.0.0/0] }",
                "ingress.allow_from[0]: `0.0.0.0/0` is all of the internet or close to it",
            ),
            (
                "{ domain: ai.acme.com, zone: acme.com, allow_from: [\"2001:db8::/32\"] }",
                "ingress.allow_from[0]: `2001:db8::/32` is a block of IPv6, and the network has none",
            ),
            (
                "{ domain: ai.acme.com, zone: acme.com, allow_from: [] }",
                "ingress.allow_from: `allow_from` lists nobody who may connect",
            ),
            (
                "{ domain: ai.acme.com, zone: acme.com, allow_from: anywhere, load_balancer: nlb, waf: { create: {} } }",
                "ingress.waf: `waf` needs `load_balancer: alb`: AWS has web ACLs for application load balancers",
            ),
            (
                "{ certificate: \"arn:aws:acm:eu-west-1:123456789012:certificate/1\", allow_from: anywhere }",
                "ingress.certificate: `arn:aws:acm:eu-west-1:123456789012:certificate/1` is of another region or account, where this load balancer cannot use it",
            ),
        ] {
            assert_eq!(planned(&format!("ingress: {ingress}\n")).unwrap_err(), [told], "{ingress}");
        }
        let closed = "network: { create: { nat: none, endpoints: all } }\ningress: { domain: ai.acme.com, zone: acme.com, allow_from: anywhere }\n";
        assert_eq!(
            planned(closed).unwrap_err(),
            [
                "ingress: the network has no way to the internet, so that a public load balancer has no subnets"
            ]
        );
        let bare = "addons: { istio: false }\ningress: { domain: ai.acme.com, zone: acme.com, allow_from: anywhere }\n";
        assert_eq!(
            planned(bare).unwrap_err(),
            ["ingress: `ingress` leads to the gateway of the mesh, and `addons` leaves `istio` out"]
        );
    }
}
