//! Each change by its name, with its key; and what of it is refused, allowed or free.

use super::*;

const BASE: &str = "version: 1
name: acme-dev
aws: { account: \"123456789012\", region: us-east-1 }
network: { create: { zones: [use1-az1, use1-az2, use1-az4], ipv6: true } }
cluster: { create: { version: \"1.34\" } }
addons: { external-dns: { zones: { acme.com: Z0123456789ABCDEFGHIJ } } }
compute: { pools: { gpu: true } }
ingress: { domain: ai.acme.com, zone: acme.com, allow_from: [203.0.113.0/24] }
database: { engine: \"17.4\" }
storage: { file_system: true, registry: { repositories: { app: {} }, pull_through: [quay] } }
truefoundry: { host: https://acme.truefoundry.cloud, workspaces: [{ name: search }, { name: chat }], workflows: true }
";

fn spec(text: &str) -> Spec {
    crate::spec::load_text("platform.yaml".to_owned(), text.to_owned()).unwrap_or_else(|e| panic!("{e}")).spec
}

fn with(from: &str, to: &str) -> Spec {
    assert!(BASE.contains(from), "{from}");
    spec(&BASE.replace(from, to))
}

fn named(old: &Spec, new: &Spec) -> Vec<String> {
    between(old, new).iter().map(|e| format!("{} at {}: {} -> {}", e.name, e.key, e.was, e.becomes)).collect()
}

/// With what comes of it.
fn told(old: &Spec, new: &Spec) -> Vec<String> {
    named(old, new)
        .into_iter()
        .zip(between(old, new))
        .map(|(named, effect)| format!("{named}\n    {}", effect.outcome))
        .collect()
}

#[test]
fn each_change_is_known_by_its_name_and_key() {
    let all = [
        ("name: acme-dev", "name: acme-prod"),
        ("123456789012", "210987654321"),
        ("us-east-1", "us-west-2"),
        ("zones: [use1-az1, use1-az2, use1-az4]", "zones: [use1-az4, use1-az1]"),
        ("zones: [use1-az1,", "cidr: 10.8.0.0/16, zones: [use1-az1,"),
        ("zones: [use1-az1,", "pods_cidr: none, zones: [use1-az1,"),
        ("zones: [use1-az1,", "nat: single, zones: [use1-az1,"),
        ("zones: [use1-az1,", "flow_logs: none, zones: [use1-az1,"),
        ("ipv6: true", "ipv6: false"),
        (
            "create: { zones: [use1-az1, use1-az2, use1-az4], ipv6: true }",
            "existing: { vpc: vpc-0123456789abcdef0, private_subnets: [subnet-1, subnet-2] }",
        ),
        ("1.34", "1.33"),
        ("1.34", "1.36"),
        ("version: \"1.34\"", "version: \"1.34\", identity: irsa"),
        ("version: \"1.34\"", "version: \"1.34\", ip_family: ipv6"),
        ("create: { version: \"1.34\" }", "existing: { name: shared }"),
        ("external-dns: { zones: { acme.com: Z0123456789ABCDEFGHIJ } }", "keda: false"),
        ("gpu: true", "gpu: false"),
        ("allow_from:", "load_balancer: nlb, allow_from:"),
        ("domain: ai.acme.com", "domain: ml.acme.com"),
        ("database: { engine: \"17.4\" }\n", ""),
        ("17.4", "16"),
        ("17.4", "17.2"),
        ("engine: \"17.4\"", "engine: \"17.4\", storage_gib: 20"),
        ("file_system: true, ", ""),
        (", registry: { repositories: { app: {} }, pull_through: [quay] }", ""),
        ("acme.truefoundry.cloud", "other.truefoundry.cloud"),
        ("host: https://acme.truefoundry.cloud, ", ""),
        ("workspaces:", "environment: { name: production }, workspaces:"),
        (", { name: chat }", ""),
        (", workflows: true", ""),
        ("truefoundry:", "state: { s3: { bucket: acme-states } }\ntruefoundry:"),
    ];
    let old = spec(BASE);
    let lines: Vec<String> = all.iter().flat_map(|(from, to)| told(&old, &with(from, to))).collect();
    insta::assert_snapshot!(lines.join("\n"));
    let names: std::collections::BTreeSet<_> = all
        .iter()
        .flat_map(|(from, to)| between(&old, &with(from, to)))
        .collect::<Vec<_>>()
        .iter()
        .filter(|e| !e.is_identity)
        .map(|e| e.name)
        .collect();
    let listed: std::collections::BTreeSet<_> = NAMES.into_iter().collect();
    assert_eq!(
        names, listed,
        "each name that is taken stands for a change, and each change has a name that is taken"
    );
}

#[test]
fn what_becomes_of_a_database_goes_by_what_protects_it() {
    let left_out = with("database: { engine: \"17.4\" }\n", "");
    let protected = |how: &str| with("engine: \"17.4\"", &format!("engine: \"17.4\", {how}"));
    let all = [
        protected("deletion_protection: false"),
        protected("deletion_protection: false, final_snapshot: false"),
    ];
    let lines: Vec<String> = all.iter().flat_map(|old| told(old, &left_out)).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_destroys_nothing_is_no_effect() {
    let old = spec(BASE);
    for (from, to) in [
        ("[use1-az1, use1-az2, use1-az4]", "[use1-az4, use1-az1, use1-az2]"),
        ("[use1-az1, use1-az2, use1-az4]", "[use1-az6, use1-az4, use1-az1, use1-az2]"),
        ("1.34", "1.35"),
        ("17.4", "17"),
        ("17.4", "18.1"),
        ("engine: \"17.4\"", "engine: \"17.4\", storage_gib: 100"),
        ("{ name: search }, { name: chat }", "{ name: chat }, { name: search }"),
        ("gpu: true", "gpu: true, control-plane: true"),
        ("addons: { external-dns: { zones: { acme.com: Z0123456789ABCDEFGHIJ } } }", "addons: false"),
    ] {
        assert_eq!(named(&old, &with(from, to)), [""; 0], "{to}");
    }
    assert_eq!(
        named(&with("ipv6: true", "ipv6: true, nat: single"), &old),
        [""; 0],
        "more ways out lose none"
    );
}

fn held(layer: &str, addresses: &[&str]) -> Held {
    let addresses = addresses.iter().map(|address| (*address).to_owned()).collect();
    Held { layer: layer.to_owned(), known: Known::Objects(addresses) }
}

fn unknown(layer: &str) -> Held {
    Held { layer: layer.to_owned(), known: Known::Nothing }
}

#[test]
fn where_no_state_holds_anything_everything_is_free() {
    let effects = between(&spec(BASE), &with("us-east-1", "us-west-2"));
    assert_eq!(judge(&effects, &[held("network", &[])], &[], "out"), Verdict::default());
    let effects = between(&spec(BASE), &with("file_system: true, ", ""));
    let elsewhere = [held("network", &["module.network.aws_vpc.this"]), held("data", &[])];
    assert_eq!(judge(&effects, &elsewhere, &[], "out"), Verdict::default(), "it concerns another layer");
}

#[test]
fn another_identity_is_never_allowed_while_anything_is_there_or_may_be() {
    let effects = between(&spec(BASE), &with("us-east-1", "us-west-2"));
    let allow = ["region".to_owned()];
    for held in [held("network", &["module.network.aws_vpc.this"]), unknown("network")] {
        let verdict = judge(&effects, &[held], &allow, "out");
        assert_eq!((verdict.refused.len(), verdict.allowed.len()), (1, 0), "{verdict:?}");
    }
}

#[test]
fn what_is_named_is_allowed_and_told() {
    let effects = between(&spec(BASE), &with("database: { engine: \"17.4\" }\n", ""));
    let there = [held(
        "data",
        &[
            "module.database.aws_db_instance.this",
            "module.database.aws_kms_key.this",
            "module.object_store.aws_kms_key.this",
        ],
    )];
    let refused = judge(&effects, &there, &[], "out");
    let allowed = judge(&effects, &there, &["database".to_owned(), "zone".to_owned()], "out");
    insta::assert_debug_snapshot!((refused, allowed));
    let verdict = judge(&effects, &[unknown("data")], &[], "out");
    assert_eq!(verdict.refused.len(), 1, "where nothing is known it has to be allowed all the same");
}

#[test]
fn a_tree_of_another_format_is_known_by_its_identity_alone() {
    let inputs = serde_json::json!({ "name": "acme-dev", "aws": { "account": "123456789012", "region": "us-west-2" }, "unknown": 1 });
    let effects = identity_of_unread(&inputs, &spec(BASE));
    assert_eq!(effects.iter().map(|e| e.name).collect::<Vec<_>>(), ["region"]);
    assert!(effects[0].is_identity);
}
