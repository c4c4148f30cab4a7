//! Which values of the options stand together in some golden case: every pair that can be written, and the reason for each that cannot.
//!
//! `cases/README.md` is the table of the cases; `UPDATE_GOLDEN=1` writes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tfy_infra::plan::{self, Cluster, Network, NewNetwork, Platform, Target};
use tfy_infra::spec;

/// The options with their values, in the columns' order.
const OPTIONS: [(&str, &[&str]); 12] = [
    ("network", &["create", "existing"]),
    ("cluster", &["create", "existing"]),
    ("NAT", &["none", "single", "per-zone", "elastic_ips", "given"]),
    ("zones", &["2", "3", "4"]),
    ("pods", &["own range", "none"]),
    ("endpoints", &["none", "free ones", "some", "all", "given"]),
    ("identity", &["pod-identity", "irsa"]),
    ("database", &["yes", "no"]),
    ("state", &["local", "s3"]),
    ("partition", &["aws", "aws-us-gov", "aws-cn"]),
    ("IPv6", &["yes", "no", "given"]),
    ("add-ons", &["yes", "no"]),
];

/// An option and one of its values.
type Value = (&'static str, &'static str);

/// Two values that cannot stand in one file, why, and a file with both and what is said of it; nothing where no file can hold both,
/// since they are keys of `create` and of `existing`.
struct Impossible {
    these: [Value; 2],
    why: &'static str,
    refused: Option<(&'static str, &'static str)>,
}

fn impossible() -> Vec<Impossible> {
    let given = "the VPC that is there has its own";
    let new_only = ["NAT", "endpoints", "IPv6"];
    let mut found = vec![
        Impossible {
            these: [("network", "create"), ("cluster", "existing")],
            why: "a cluster never leaves its VPC, which is there too",
            refused: Some((
                "cluster: { existing: { name: shared } }",
                "the cluster `shared` is there, and the VPC is to be made",
            )),
        },
        Impossible {
            these: [("NAT", "none"), ("endpoints", "none")],
            why: "nodes could not start",
            refused: Some((
                "network: { create: { nat: none, endpoints: none } }",
                "without NAT, nodes cannot reach `s3`, `ec2`, `ecr`, `eks`, `eks-auth`, `logs` and `sts`",
            )),
        },
        Impossible {
            these: [("NAT", "none"), ("endpoints", "free ones")],
            why: "nodes could not start",
            refused: Some((
                "network: { create: { nat: none, endpoints: [s3, dynamodb] } }",
                "without NAT, nodes cannot reach `ec2`, `ecr`, `eks`, `eks-auth`, `logs` and `sts`",
            )),
        },
    ];
    for partition in ["aws-us-gov", "aws-cn"] {
        let region = if partition == "aws-cn" { "cn-north-1" } else { "us-gov-west-1" };
        assert!(plan::regions::REGIONS.iter().any(|r| r.name() == region && r.zone_ids().len() == 3));
        assert!(plan::regions::REGIONS.iter().all(|r| r.partition() != partition || r.zone_ids().len() < 4));
        found.push(Impossible {
            these: [("zones", "4"), ("partition", partition)],
            why: "no region there has four zones",
            refused: None,
        });
    }
    for option in new_only {
        let (_, values) = OPTIONS.iter().find(|(name, _)| *name == option).unwrap();
        for value in *values {
            let network = if *value == "given" { "create" } else { "existing" };
            found.push(Impossible {
                these: [("network", network), (option, value)],
                why: given,
                refused: None,
            });
            if *value != "given" {
                // Follows from the first of all.
                found.push(Impossible {
                    these: [("cluster", "existing"), (option, value)],
                    why: given,
                    refused: None,
                });
            }
            for other in new_only.iter().filter(|other| **other > option) {
                let (_, others) = OPTIONS.iter().find(|(name, _)| name == other).unwrap();
                for another in others.iter().filter(|another| (**another == "given") != (*value == "given")) {
                    found.push(Impossible {
                        these: [(option, value), (other, another)],
                        why: given,
                        refused: None,
                    });
                }
            }
        }
    }
    found
}

fn case(text: String) -> Platform {
    plan::plan(&spec::load_text("platform.yaml".to_owned(), text).unwrap().spec).unwrap()
}

fn cases() -> BTreeMap<String, BTreeMap<&'static str, String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut found = BTreeMap::new();
    for entry in fs_err::read_dir(folder).unwrap().map(|e| e.unwrap()).filter(|e| e.path().is_dir()) {
        let text = fs_err::read_to_string(entry.path().join("platform.yaml")).unwrap();
        found.insert(entry.file_name().to_str().unwrap().to_owned(), values(&case(text)));
    }
    found
}

fn values(platform: &Platform) -> BTreeMap<&'static str, String> {
    let given = || ["given"; 3].map(str::to_owned);
    let (network, zones, [nat, endpoints, ipv6]) = match &platform.network {
        Network::New(new) => ("create", new.zones.len(), of_new(new)),
        Network::Existing(existing) => ("existing", existing.private_subnets.len(), given()),
    };
    let (cluster, irsa) = match &platform.cluster {
        Cluster::New(new) => ("create", new.identity == "irsa"),
        Cluster::Existing(existing) => ("existing", existing.oidc_provider.is_some()),
    };
    let state = if platform.target == Target::Local { "local" } else { "s3" };
    BTreeMap::from([
        ("network", network.to_owned()),
        ("cluster", cluster.to_owned()),
        ("NAT", nat),
        ("zones", zones.to_string()),
        ("pods", if platform.network.has_pod_subnets() { "own range" } else { "none" }.to_owned()),
        ("endpoints", endpoints),
        ("identity", if irsa { "irsa" } else { "pod-identity" }.to_owned()),
        ("database", if platform.database.is_some() { "yes" } else { "no" }.to_owned()),
        ("state", state.to_owned()),
        ("partition", platform.region.partition().to_owned()),
        ("IPv6", ipv6),
        ("add-ons", if platform.addons.is_some() { "yes" } else { "no" }.to_owned()),
    ])
}

/// NAT, endpoints and IPv6 of a new VPC.
fn of_new(new: &NewNetwork) -> [String; 3] {
    let nat = if new.nat.elastic_ips.is_empty() { new.nat.mode } else { "elastic_ips" };
    let all = spec::network::Endpoint::ALL.iter().map(|e| e.services().len()).sum::<usize>();
    let endpoints = match (new.gateway_endpoints.len(), new.interface_endpoints.len()) {
        (0, 0) => "none",
        (_, 0) => "free ones",
        (gateways, interfaces) if gateways + interfaces == all => "all",
        _ => "some",
    };
    [nat, endpoints, if new.ipv6 { "yes" } else { "no" }].map(str::to_owned)
}

fn pairs() -> Vec<[Value; 2]> {
    let mut pairs = Vec::new();
    for (i, (one, values)) in OPTIONS.iter().enumerate() {
        for (other, others) in &OPTIONS[i + 1..] {
            for value in *values {
                pairs.extend(others.iter().map(|another| [(*one, *value), (*other, *another)]));
            }
        }
    }
    pairs
}

fn reason<'a>(pair: &[Value; 2], impossible: &'a [Impossible]) -> Option<&'a Impossible> {
    impossible.iter().find(|i| i.these.iter().all(|value| pair.contains(value)))
}

#[test]
fn every_pair_of_values_stands_in_some_case() {
    let (cases, impossible) = (cases(), impossible());
    assert!(cases.len() >= 40, "{} cases", cases.len());
    let mut missing = Vec::new();
    for pair in pairs() {
        let stands = cases.values().any(|case| pair.iter().all(|(option, value)| case[option] == *value));
        match reason(&pair, &impossible) {
            Some(found) => assert!(!stands, "{pair:?} stands in a case, and cannot: {}", found.why),
            None if !stands => missing.push(pair),
            None => {}
        }
    }
    assert_eq!(missing, [] as [[Value; 2]; 0]);
}

#[test]
fn what_cannot_stand_together_is_refused() {
    let base = "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\ntruefoundry: {}\n";
    for Impossible { refused, these, .. } in impossible() {
        let Some((text, message)) = refused else { continue };
        let loaded = spec::load_text("platform.yaml".to_owned(), format!("{base}{text}\n")).unwrap();
        let said: Vec<String> =
            plan::plan(&loaded.spec).unwrap_err().into_iter().map(|p| p.message).collect();
        assert_eq!(said, [message], "{these:?}");
    }
}

fn table() -> String {
    let mut text = "# Golden cases\n\n`platform.yaml` of each case generates exactly what stands in its `out`. Every pair of values of these options stands in some \
                    case, but for those that exclude each other (below).\n\n| case |"
        .to_owned();
    OPTIONS.iter().for_each(|(name, _)| write!(text, " {name} |").unwrap());
    writeln!(text, "\n|---{}|", "|---".repeat(OPTIONS.len())).unwrap();
    for (case, values) in cases() {
        write!(text, "| {case} |").unwrap();
        OPTIONS.iter().for_each(|(name, _)| write!(text, " {} |", values[name]).unwrap());
        text.push('\n');
    }
    text.push_str("\nWhat cannot stand together:\n\n");
    let impossible = impossible();
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for pair in pairs() {
        if let Some(found) = reason(&pair, &impossible) {
            let [(one, value), (other, another)] = pair;
            reasons.entry(found.why).or_default().push(format!("{one} {value} with {other} {another}"));
        }
    }
    for (why, pairs) in reasons {
        writeln!(text, "- {}: {why}.", pairs.join("; ")).unwrap();
    }
    text
}

#[test]
fn the_table_of_cases_is_up_to_date() {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/README.md");
    let wanted = table();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs_err::write(&path, &wanted).unwrap();
    }
    let found = fs_err::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "the cases changed: run the tests once with UPDATE_GOLDEN=1");
}
