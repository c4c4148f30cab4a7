//! What the day changes, and what it does not.

use crate::support::{Place, tfy_infra};

const START: &str = "version: 1
name: acme-dev
aws: { account: \"123456789012\", region: us-east-1 }
access: { ssm: {} }
truefoundry: {}
";

/// A database beside a cluster that is there, whose version is nobody's matter here.
const EXISTING: &str = "network:
  existing: { vpc: vpc-0123456789abcdef0, private_subnets: [subnet-0a000000000000001, subnet-0a000000000000002] }
cluster: { existing: { name: shared } }
database: { engine: \"13\" }
";

/// Validates on a day, and gives the answer.
fn on(day: &str, more: &str) -> String {
    let place = Place::new();
    place.spec(&format!("{START}{more}"));
    tfy_infra(place.path(), &["validate", "--today", day]).shown()
}

fn cluster(version: &str) -> String {
    format!(
        "cluster: {{ create: {{ version: \"{version}\", admins: [\"arn:aws:iam::123456789012:role/admin\"] }} }}\n"
    )
}

#[test]
fn a_version_gets_old() {
    insta::assert_snapshot!("kubernetes_in_support", on("2026-11-27", &cluster("1.35")));
    insta::assert_snapshot!("kubernetes_near_its_end", on("2026-11-28", &cluster("1.34")));
    insta::assert_snapshot!("kubernetes_extended", on("2027-03-28", &cluster("1.35")));
    insta::assert_snapshot!("kubernetes_over", on("2028-03-28", &cluster("1.35")));
    insta::assert_snapshot!("kubernetes_newer", on("2026-11-29", &cluster("1.36")));
    let database = |engine: &str| format!("{}database: {{ engine: \"{engine}\" }}\n", cluster("1.35"));
    insta::assert_snapshot!("postgres_extended", on("2026-03-01", &database("13.20")));
    insta::assert_snapshot!("postgres_over", on("2029-03-01", EXISTING));
    insta::assert_snapshot!("postgres_newer", on("2026-11-01", &database("19")));
}

#[test]
fn what_is_newer_than_the_tables_is_taken_with_a_warning() {
    let types = "cluster: { create: { admins: [\"arn:aws:iam::123456789012:role/admin\"], system_nodes: { instance_types: [m11i.large] } } }\n";
    let pools = "compute: { pools: { default: { families: [c11i] } } }\ndatabase: { class: db.r11g.large }\n";
    insta::assert_snapshot!("families_newer", on("2026-11-01", &format!("{types}{pools}")));
    let zones = "network: { create: { zones: [nye1-az1, nye1-az2] } }\n";
    let place = Place::new();
    place.spec(&format!("{START}{zones}{}", cluster("1.35")).replace("us-east-1", "ny-east-1"));
    let validate = tfy_infra(place.path(), &["validate", "--today", "2026-11-01"]);
    insta::assert_snapshot!("region_newer", validate.shown());
    assert_eq!(place.generate().code, 0);
}

#[test]
fn blocks_that_docker_has_are_told_of() {
    let network = "network: { create: { cidr: 172.17.0.0/16 } }\n";
    insta::assert_snapshot!("block_of_docker", on("2026-11-01", &format!("{network}{}", cluster("1.35"))));
}

#[test]
fn a_day_is_a_day() {
    let place = Place::new();
    insta::assert_snapshot!("no_day", tfy_infra(place.path(), &["validate", "--today", "today"]).shown());
    for wrong in ["2026-2-3", "2026-02-30", "20260203"] {
        let place = Place::new();
        let out = tfy_infra(place.path(), &["validate", "--today", wrong]);
        assert_eq!(out.code, 2, "{wrong}");
        assert!(out.stderr.contains("write a day as `2026-11-29`"), "{}", out.stderr);
    }
}

#[test]
fn a_tree_keeps_its_version_when_the_file_names_none() {
    let place = Place::new();
    let with = |version: &str| crate::support::SPEC.replace("    version: \"1.35\"\n", version);
    place.spec(&with("    version: \"1.34\"\n"));
    assert_eq!(place.generate().code, 0);
    assert!(place.read("cluster/main.tf").contains("\"1.34\""));
    place.spec(&with(""));
    let later = tfy_infra(place.path(), &["generate", "-o", "out", "--today", "2027-02-01"]);
    assert_eq!(later.code, 0, "{later:?}");
    assert!(place.read("cluster/main.tf").contains("\"1.34\""), "the file names none, and the tree has one");
    let elsewhere = tfy_infra(place.path(), &["generate", "-o", "new", "--today", "2027-02-01"]);
    assert_eq!(elsewhere.code, 0, "{elsewhere:?}");
    let new = fs_err::read_to_string(place.path().join("new/cluster/main.tf")).unwrap();
    assert!(new.contains("\"1.35\""), "a new tree has the newest");
}
