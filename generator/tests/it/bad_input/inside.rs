//! Add-ons, ways to the API, ways in for clients, and the agent.

use super::{GOOD, IN, ingress, refuse_added, refuse_bytes};

/// `addons`, with one key.
fn addons(name: &str, text: &str) {
    refuse_added(&format!("addons_{name}"), &format!("addons: {{ {text} }}\n"));
}

#[test]
fn add_ons() {
    addons("unknown", "kedda: true");
    addons("in_a_word", "keda: \"yes\"");
    addons("unknown_option", "keda: { replicas: 2 }");
    addons("dns_without_zones", "external-dns: true");
    addons("zone_of_no_domain", "external-dns: { zones: { Acme.com: Z0123456789ABC } }");
    addons("zone_id", "cert-manager: { zones: { acme.com: z1 } }");
    addons("secret_prefix", "external-secrets: { secret_prefixes: [/acme] }");
    addons("parameter_prefix", "external-secrets: { parameter_prefixes: [a*] }");
    addons("version_range", "keda: { version: \"2.19\" }");
    addons("version_of_custom_resources", "kube-prometheus-stack: { crds_version: latest }");
    addons("mtls", "istio: { mtls: off }");
}

#[test]
fn mirrors() {
    addons("charts_without_scheme", "mirror: { charts: charts.acme.com }");
    addons("images_with_scheme", "mirror: { images: \"https://a.b/c\" }");
    addons("registry_with_slash", "mirror: { registries: { quay.io: a/ } }");
    addons("registry_misspelt", "mirror: { registries: { kuay.io: a.b } }");
    addons("registry_of_nothing", "mirror: { registries: { registry.acme.com: a.b } }");
}

#[test]
fn ways_to_the_api() {
    refuse_added("access_public_without_blocks", "access: { public: {} }\n");
    refuse_added("access_vpn_that_is_not_let_in", "access: { vpn: {} }\n");
    refuse_added("access_runner_that_is_not_let_in", "access: { runner: {} }\n");
    refuse_added("access_ssm_by_no_instance", "access: { ssm: { instance: jump } }\n");
    refuse_added("access_of_two_ways", "access: { vpn: {}, ssm: {} }\n");
    refuse_added(
        "access_ssm_without_its_endpoints",
        "network: { create: { nat: none, endpoints: [s3, ec2, ecr, eks, eks-auth, logs, sts] } }\naccess: { ssm: {} }\n",
    );
}

#[test]
fn ways_in_that_nobody_can_make() {
    ingress("ingress_without_a_name", "allow_from: [203.0.113.0/24]");
    ingress("ingress_without_a_proof", "domain: ai.acme.com, allow_from: [203.0.113.0/24]");
    ingress("ingress_zone_for_nothing", "zone: acme.com, certificate: x, allow_from: [203.0.113.0/24]");
    ingress("ingress_in_another_zone", "domain: ai.acme.com, zone: other.com, allow_from: anywhere");
    ingress(
        "ingress_no_domain_and_no_zone",
        "domain: \"*.acme.com\", zone: \"acme..com\", allow_from: anywhere",
    );
    let long = format!("{}.{}.acme.com", "a".repeat(40), "b".repeat(40));
    ingress("ingress_long_domain", &format!("domain: {long}, zone: acme.com, allow_from: anywhere"));
    ingress("ingress_for_nobody", "domain: ai.acme.com, zone: acme.com, allow_from: []");
    ingress(
        "ingress_bad_blocks",
        "domain: ai.acme.com, zone: acme.com, allow_from: [0.0.0.0/0, office, 203.0.113.7/24, \"2001:db8::/32\", 198.51.100.0/24, 198.51.100.0/24]",
    );
    ingress(
        "ingress_nlb_like_an_alb",
        &format!("{IN}, load_balancer: nlb, redirect_http: true, waf: {{ create: {{}} }}"),
    );
    ingress(
        "ingress_of_another_region",
        &format!(
            "{IN}, certificate: \"arn:aws:acm:eu-west-1:123456789012:certificate/1\", waf: {{ existing: {{ web_acl: acme }} }}"
        ),
    );
    refuse_bytes(
        "ingress_internal_name",
        format!("{}ingress: {{ {IN} }}\n", GOOD.replace("acme-dev", "internal-dev")).as_bytes(),
    );
}

#[test]
fn ways_in_that_lead_nowhere() {
    let with = |name: &str, other: &str| {
        refuse_added(name, &format!("{other}\ningress: {{ {IN}, reencrypt: true }}\n"));
    };
    with("ingress_without_its_addons", "addons: { istio: false, cert-manager: false }");
    with("ingress_beside_another", "addons: { istio: { gateway: { service: { type: LoadBalancer } } } }");
    with("ingress_without_the_internet", "network: { create: { nat: none, endpoints: all } }");
    with(
        "ingress_without_public_subnets",
        "network: { existing: { vpc: vpc-0123456789abcdef0, private_subnets: [subnet-0a000000000000001, subnet-0a000000000000002] } }",
    );
}

#[test]
fn agents_that_cannot_be() {
    let agent = |name: &str, options: &str, more: &str| {
        let host = "host: https://acme.truefoundry.cloud";
        let text = GOOD.replace(host, &format!("{host}\n  agent: {options}"));
        refuse_bytes(name, format!("{text}{more}").as_bytes());
    };
    agent("agent_revision", "{ token_revision: 0 }", "");
    agent("agent_bad_options", "{ wait: soon, egress: { hosts: [\"https://x.y\"] } }", "");
    agent("agent_with_a_token", "{ values: { config: { clusterToken: abc } } }", "");
    agent("agent_without_addons", "{ cluster_admin: true }", "addons: false\n");
    agent("agent_without_a_mesh", "{ egress: {} }", "addons: { istio: false }\n");
}
