//! `compute`: what the module `addons` is given, whole, and what is told of pools that are seldom meant as they are written.
//!
//! `compute/<case>.json` are also what the tests of the chart and of Karpenter's scheduler begin with. `UPDATE_GOLDEN=1` writes them.

use std::path::{Path, PathBuf};

use tfy_infra::plan::{self, Platform};
use tfy_infra::spec;

use crate::support::{SPEC, tfy_infra};

/// A cluster of somebody else's, without the driver for EBS.
const EXISTING: &str = "network:\n  existing:\n    vpc: vpc-0123456789abcdef0\n    private_subnets: [subnet-0a000000000000001, \
                        subnet-0a000000000000002]\ncluster: { existing: { name: shared } }\n";

/// Name, what stands beside `compute`, and `compute`.
const CASES: [(&str, &str, &str); 4] = [
    ("default", "", "{}"),
    ("minimal", EXISTING, "{ pools: { default: { capacity: [spot] }, on-demand: false, critical: false } }"),
    ("gpu", "", "{ pools: { gpu: true } }"),
    (
        "everything",
        "",
        r#"
  nodes: { ami: al2023@v20260715, disk_gib: 120, kms: "arn:aws:kms:us-east-1:123456789012:key/disks" }
  pools:
    default:
      architectures: [amd64, arm64]
      limits: { cpu: 2000, memory: 8000Gi }
      budgets:
        - { nodes: "20%", reasons: [Empty, Underutilized] }
        - { nodes: "0", schedule: "0 6 * * mon-fri", duration: 12h, reasons: [Drifted] }
      consolidate_after: 10m
    on-demand: { families: [m7i, m6i], disk_gib: 60, expire_after: Never }
    control-plane: true
    gpu:
      capacity: [on-demand, reserved, spot]
      termination_grace_period: 1h
      reservations: [{ id: cr-0123456789abcdef0 }, { tags: { team: ml } }]
"#,
    ),
];

fn platform(beside: &str, compute: &str) -> Platform {
    let beside = if beside.is_empty() { "cluster: { create: {} }\n" } else { beside };
    let text = format!(
        "version: 1\nname: acme-dev\naws: {{ account: \"123456789012\", region: us-east-1, tags: {{ owner: ml-platform }} }}\n{beside}\
         truefoundry: {{ host: https://acme.truefoundry.cloud }}\ncompute: {compute}\n"
    );
    plan::plan(&spec::load_text("platform.yaml".to_owned(), text).unwrap().spec).unwrap()
}

fn file(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compute").join(format!("{case}.json"))
}

#[test]
fn golden_values_of_the_module() {
    for (case, beside, compute) in CASES {
        let made = serde_json::to_string_pretty(&platform(beside, compute).compute.values()).unwrap() + "\n";
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs_err::write(file(case), &made).unwrap();
        }
        let golden = fs_err::read_to_string(file(case)).unwrap();
        assert_eq!(
            made, golden,
            "`{case}` is not what is planned; look at the difference with UPDATE_GOLDEN=1"
        );
    }
}

#[test]
fn a_pool_of_several_capacities_is_a_node_pool_for_each_by_falling_weight() {
    let compute = platform("", CASES[3].2).compute;
    let of = |key: &str| -> Vec<(String, u32)> {
        compute.pools[key].iter().map(|pool| (pool.name.clone(), pool.weight)).collect()
    };
    let named = |pools: &[(&str, u32)]| -> Vec<(String, u32)> {
        pools.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect()
    };
    assert_eq!(of("gpu"), named(&[("gpu-reserved", 60), ("gpu-spot", 50), ("gpu-on-demand", 40)]));
    assert_eq!(of("default"), named(&[("default-spot", 50), ("default-on-demand", 40)]));
    assert_eq!(of("on-demand"), named(&[("on-demand", 10)]));
}

/// What is told of pools, and nothing else.
fn told(name: &str, compute: &str) {
    told_with(name, compute, "");
}

fn told_with(name: &str, compute: &str, more: &str) {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("platform.yaml"), format!("{SPEC}compute: {compute}\n{more}")).unwrap();
    insta::assert_snapshot!(name, tfy_infra(dir.path(), &["validate"]).shown());
}

#[test]
fn pools_that_are_seldom_meant_are_told() {
    told(
        "spot_alone",
        "{ pools: { default: { capacity: [spot] }, on-demand: false, gpu: { capacity: [spot] } } }",
    );
    told("spot_that_on_demand_takes_over", "{ pools: { default: { capacity: [spot] } } }");
    told("no_pool_for_the_rest", "{ pools: { default: false, on-demand: false } }");
    told("no_critical_pool", "{ pools: { critical: false } }");
    told_with("no_critical_pool_and_no_logs", "{ pools: { critical: false } }", "addons: { logs: false }\n");
    told_with("no_pool_and_no_karpenter", "{ pools: { critical: false } }", "addons: { karpenter: false }\n");
}
