//! What `generate` says of a change to a platform that is there, before it writes anything.

use serde_json::json;

use crate::support::{Output, Place, SPEC, tfy_infra};

/// A state with objects at these places: module, type, and how many.
fn state(objects: &[(&str, &str, usize)]) -> String {
    let of = |(module, kind, count): &(&str, &str, usize)| {
        let instances: Vec<_> =
            (0..*count).map(|i| json!({ "index_key": i, "attributes": { "secret": "hidden" } })).collect();
        json!({ "mode": "managed", "module": module, "type": kind, "name": "this", "instances": instances })
    };
    let resources: Vec<_> = objects.iter().map(of).collect();
    json!({ "version": 4, "serial": 3, "lineage": "a", "outputs": {}, "resources": resources }).to_string()
}

/// A platform that was applied.
fn applied(spec: &str) -> Place {
    let place = Place::new();
    place.spec(spec);
    assert_eq!(place.generate().code, 0);
    let network = "module.network";
    let there = [(network, "aws_vpc", 1), (network, "aws_subnet", 12), (network, "aws_nat_gateway", 3)];
    place.write("network/terraform.tfstate", &state(&there));
    place.write("cluster/terraform.tfstate", &state(&[("module.cluster", "aws_eks_cluster", 1)]));
    let (bucket, database) = ("module.object_store", "module.database");
    let there = [
        (bucket, "aws_s3_bucket", 1),
        (bucket, "aws_kms_key", 1),
        (database, "aws_db_instance", 1),
        (database, "aws_kms_key", 1),
    ];
    place.write("data/terraform.tfstate", &state(&there));
    place
}

fn generate(place: &Place, more: &[&str]) -> Output {
    tfy_infra(place.path(), &[&["generate", "-o", "out"], more].concat())
}

#[test]
fn another_region_is_refused_with_what_the_states_hold() {
    let place = applied(SPEC);
    let before = place.all();
    place.spec(&SPEC.replace("us-east-1", "ap-south-1"));
    let refused = generate(&place, &[]);
    assert_eq!(refused.code, 2);
    insta::assert_snapshot!("another_region", refused.shown());
    assert_eq!(place.all(), before, "nothing was written");
    let allowed = generate(&place, &["--allow", "region"]);
    assert_eq!(allowed.code, 2);
    insta::assert_snapshot!("region_is_no_name", allowed.shown());
    let diff = tfy_infra(place.path(), &["diff", "-o", "out"]);
    assert_eq!(diff.code, 0);
    assert!(
        diff.stderr.starts_with("warning: `aws.region` changes from `us-east-1` to `ap-south-1`"),
        "{}",
        diff.stderr
    );
}

#[test]
fn a_tree_that_was_never_applied_may_become_another() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    place.spec(&SPEC.replace("us-east-1", "ap-south-1").replace("acme-dev", "acme-prod"));
    let out = place.generate();
    assert_eq!(out.code, 0, "{}", out.stderr);
    assert!(!out.stderr.contains("changes from"), "{}", out.stderr);
}

#[test]
fn a_fresh_clone_does_not_know_and_says_so() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    fs_err::remove_dir_all(place.path().join("out/.tfy-infra/seen")).unwrap();
    place.spec(&SPEC.replace("us-east-1", "ap-south-1"));
    insta::assert_snapshot!("region_of_unknown_states", place.generate().shown());
    place.spec(&SPEC.replace("truefoundry:", "network: { create: { cidr: 10.8.0.0/16 } }\ntruefoundry:"));
    assert_eq!(place.generate().code, 2);
    let allowed = generate(&place, &["--allow", "cidr"]);
    assert_eq!(allowed.code, 0, "{}", allowed.stderr);
}

#[test]
fn what_destroys_something_is_told_and_wants_its_name() {
    let place = applied(&format!("{SPEC}database: {{}}\n"));
    let before = place.all();
    place.spec(
        &SPEC.replace("truefoundry:", "network: { create: { zones: [use1-az4, use1-az1] } }\ntruefoundry:"),
    );
    let refused = generate(&place, &[]);
    assert_eq!(refused.code, 2);
    insta::assert_snapshot!("database_and_zone", refused.shown());
    assert_eq!(place.all(), before, "nothing was written");
    let half = generate(&place, &["--allow", "database"]);
    assert_eq!(half.code, 2, "each has to be named");
    let allowed = generate(&place, &["--allow", "database", "--allow", "zone", "--allow", "cidr"]);
    assert_eq!(allowed.code, 0);
    insta::assert_snapshot!("database_and_zone_allowed", allowed.shown());
    assert!(place.read("network/main.tf").contains("zone_slots"), "the last zone keeps its addresses");
}

#[test]
fn a_name_that_no_change_has_is_refused() {
    let place = Place::new();
    insta::assert_snapshot!("allow_misspelt", generate(&place, &["--allow", "databse"]).shown());
    insta::assert_snapshot!("allow_unknown", generate(&place, &["--allow", "everything"]).shown());
}

#[test]
fn the_order_of_zones_means_nothing() {
    let zones = |list: &str| {
        SPEC.replace("truefoundry:", &format!("network: {{ create: {{ zones: [{list}] }} }}\ntruefoundry:"))
    };
    let place = Place::new();
    place.spec(&zones("use1-az1, use1-az2, use1-az4"));
    assert_eq!(place.generate().code, 0);
    let first = place.read("network/main.tf");
    place.spec(&zones("use1-az4, use1-az1, use1-az2"));
    assert_eq!(place.generate().code, 0);
    assert_eq!(place.read("network/main.tf"), first);
    place.spec(&zones("use1-az6, use1-az4, use1-az1, use1-az2"));
    assert_eq!(place.generate().code, 0);
    let more = place.read("network/main.tf");
    assert!(more.contains("zones     = [\"use1-az1\", \"use1-az2\", \"use1-az4\", \"use1-az6\"]"), "{more}");
    assert!(!more.contains("zone_slots"), "they are in order: {more}");
}

#[test]
fn a_tree_of_a_version_without_slots_has_them_in_the_order_of_its_zones() {
    let place = Place::new();
    place.spec(
        &SPEC.replace("truefoundry:", "network: { create: { zones: [use1-az4, use1-az1] } }\ntruefoundry:"),
    );
    assert_eq!(place.generate().code, 0);
    let first = place.read("network/main.tf");
    let mut without: serde_json::Value =
        serde_json::from_str(&place.read(".tfy-infra/manifest.json")).unwrap();
    without.as_object_mut().unwrap().remove("zones").expect("slots are recorded");
    place.write(".tfy-infra/manifest.json", &without.to_string());
    place.spec(
        &SPEC.replace("truefoundry:", "network: { create: { zones: [use1-az1, use1-az4] } }\ntruefoundry:"),
    );
    assert_eq!(place.generate().code, 0);
    assert_eq!(place.read("network/main.tf"), first);
}

#[test]
fn no_value_of_a_state_is_told_or_kept() {
    let place = applied(SPEC);
    place.spec(&SPEC.replace("us-east-1", "ap-south-1"));
    let out = generate(&place, &["--json"]);
    assert!(!out.shown().contains("hidden"), "{}", out.shown());
}
