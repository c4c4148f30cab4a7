//! Every kind of bad input: what is said, with which exit code, and that nothing is written.

mod given;
mod inside;
mod lists;
mod pools;

use crate::support::{tfy_infra, tfy_infra_given};

const GOOD: &str = r#"version: 1
name: acme-dev
aws:
  account: "123456789012"
  region: us-east-1
truefoundry:
  host: https://acme.truefoundry.cloud
"#;

/// Runs `generate` on bytes and snapshots the answer.
fn refuse_bytes(name: &str, bytes: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("platform.yaml"), bytes).unwrap();
    let out = tfy_infra(dir.path(), &["generate", "-f", "platform.yaml", "-o", "out"]);
    assert_eq!(out.code, 2, "{name}: {out:?}");
    assert!(!dir.path().join("out").exists(), "{name} wrote something");
    assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 1, "{name} wrote something beside");
    insta::assert_snapshot!(name, out.shown());
}

/// The good file with one part replaced.
fn refuse(name: &str, old: &str, new: &str) {
    assert!(GOOD.contains(old), "{name}: `{old}` is not in the good file");
    refuse_bytes(name, GOOD.replacen(old, new, 1).as_bytes());
}

/// The good file with something added.
fn refuse_added(name: &str, added: &str) {
    refuse_bytes(name, format!("{GOOD}{added}").as_bytes());
}

fn network(name: &str, create: &str) {
    refuse_added(name, &format!("network:\n  create:\n    {create}\n"));
}

fn cluster(name: &str, create: &str) {
    refuse_added(name, &format!("cluster:\n  create:\n    {create}\n"));
}

/// `compute`, with one key.
fn compute(name: &str, text: &str) {
    refuse_added(&format!("compute_{name}"), &format!("compute: {{ {text} }}\n"));
}

/// One pool, with one key.
fn pool(name: &str, pool: &str, text: &str) {
    compute(name, &format!("pools: {{ {pool}: {{ {text} }} }}"));
}

const IN: &str = "domain: ai.acme.com, zone: acme.com, allow_from: [203.0.113.0/24]";

fn ingress(name: &str, options: &str) {
    refuse_added(name, &format!("ingress: {{ {options} }}\n"));
}

#[test]
fn the_good_file_is_good() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("platform.yaml"), GOOD).unwrap();
    let out = tfy_infra(dir.path(), &["validate"]);
    assert_eq!(out.code, 0);
    let last = out.stderr.lines().last();
    let expected = "`platform.yaml` is valid: platform `acme-dev` in account 123456789012, region us-east-1, zones use1-az1, \
                    use1-az2, use1-az4";
    assert_eq!(last, Some(expected));
}

#[test]
fn what_is_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let missing = tfy_infra(dir.path(), &["generate", "-f", "missing.yaml", "-o", "out"]);
    insta::assert_snapshot!("missing_file", missing.shown());
    let directory = tfy_infra(dir.path(), &["validate", "-f", "."]);
    insta::assert_snapshot!("file_is_a_directory", directory.shown());
    assert_eq!((missing.code, directory.code), (2, 2));
    assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn what_is_no_yaml() {
    refuse_bytes("empty_file", b"");
    refuse_bytes("only_a_comment", b"# nothing\n");
    refuse_bytes("not_utf8", b"version: 1\nname: \xff\xfe\n");
    refuse_bytes("a_list", b"- version: 1\n");
    refuse_bytes("a_word", b"hello\n");
    refuse("tabs", "  account", "\taccount");
    refuse("unclosed_quote", "\"123456789012\"", "\"123456789012");
    refuse("duplicate_key", "  region: us-east-1\n", "  region: us-east-1\n  region: eu-west-1\n");
    refuse_added("two_documents", "---\nversion: 1\n");
    refuse_added("unknown_tag", "state: !!python/object:os.system {}\n");
}

#[test]
fn what_is_too_much() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..10 {
        let last = i - 1;
        bomb.push_str(&format!("a{i}: &a{i} [*a{last}, *a{last}, *a{last}, *a{last}, *a{last}, *a{last}]\n"));
    }
    refuse_added("yaml_bomb", &bomb);
    refuse_added("too_deep", &format!("x: {}{}\n", "[".repeat(200), "]".repeat(200)));
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("platform.yaml"), "# ".repeat(600_000)).unwrap();
    insta::assert_snapshot!("too_large", tfy_infra(dir.path(), &["validate"]).shown());
}

#[test]
fn what_has_another_shape() {
    refuse("other_version", "version: 1", "version: 2");
    refuse("version_in_quotes", "version: 1", "version: \"1\"");
    refuse("no_version", "version: 1\n", "");
    refuse("no_aws", "aws:\n  account: \"123456789012\"\n  region: us-east-1\n", "");
    refuse("unknown_key", "  account", "  acount");
    refuse(
        "key_of_another_version",
        "name: acme-dev\n",
        "name: acme-dev\ndelivery: { github_actions: {} }\n",
    );
    refuse("account_without_quotes", "\"123456789012\"", "123456789012");
    refuse("null_value", "  host: https://acme.truefoundry.cloud", "  host:");
    refuse_added("database_without_value", "database:\n");
    refuse_added("boolean_as_text", "database: { multi_az: \"yes\" }\n");
    refuse_added("number_as_text", "database: { storage_gib: 50GB }\n");
    refuse_added("number_out_of_range", "database: { backup_retention_days: 90 }\n");
    refuse_added("list_expected", "cluster: { create: { admins: \"arn:aws:iam::123456789012:role/a\" } }\n");
    refuse_added("both_of_a_choice", "state: { local: {}, s3: { bucket: acme-state } }\n");
    refuse_added("none_of_a_choice", "state: {}\n");
    refuse_added("existing_network_without_subnets", "network: { existing: { vpc: vpc-0abc } }\n");
    refuse_added("option_of_a_new_network", "network: { existing: { vpc: vpc-0abc, nat: single } }\n");
    refuse_added(
        "both_networks",
        "network: { create: {}, existing: { vpc: vpc-0abc, private_subnets: [] } }\n",
    );
    refuse_added("option_of_local_state", "state: { local: { path: x } }\n");
    network("unknown_word", "nat: per_zone");
    network("unknown_endpoint", "endpoints: [s3, secretmanager]");
    network("zones_of_a_wrong_type", "zones: three");
    network("nat_of_a_wrong_type", "nat: 5");
    refuse_bytes(
        "several_at_once",
        b"version: 1\nname: acme-dev\naws: { account: 1, regoin: x }\ntruefoundry: { workspaces: [{ nam: a }], host: 5 }\n",
    );
}

#[test]
fn names_and_places() {
    refuse("name_too_long", "acme-dev", "acme-development-platform-europe");
    refuse("name_too_short", "acme-dev", "ab");
    refuse("name_with_capitals", "acme-dev", "Acme_Dev");
    refuse("account_too_short", "123456789012", "12345");
    refuse("region_unknown", "us-east-1", "us-eest-1");
    refuse("region_is_a_zone", "us-east-1", "us-east-1a");
    refuse(
        "tag_of_aws",
        "  region: us-east-1\n",
        "  region: us-east-1\n  tags: { \"aws:x\": y, ok: \"a\\nb\" }\n",
    );
    refuse(
        "boundary_is_a_role",
        "  region: us-east-1\n",
        "  region: us-east-1\n  permissions_boundary: arn:aws:iam::123456789012:role/boundary\n",
    );
}

#[test]
fn networks() {
    network("cidr_too_small", "cidr: 10.0.0.0/21");
    network("cidr_too_large", "cidr: 10.0.0.0/12");
    network("cidr_public", "cidr: 8.8.0.0/16");
    network("cidr_off_boundary", "cidr: 10.0.3.0/20");
    network("cidr_no_address", "cidr: ten.0.0.0/16");
    network(
        "reserved_overlap",
        "{ cidr: 10.20.0.0/16, pods_cidr: 100.70.0.0/16, reserved_cidrs: [10.16.0.0/12, 100.70.8.0/24] }",
    );
    network("reserved_off_boundary", "reserved_cidrs: [10.8.1.0/16]");
    network("reserved_no_block", "reserved_cidrs: [office]");
    network("pods_overlap", "cidr: 100.64.0.0/16");
    network("pods_too_small", "pods_cidr: 100.64.0.0/24");
    network("pods_of_another_range", "pods_cidr: 192.168.0.0/16");
    network("one_zone", "zones: 1");
    network("one_zone_by_id", "zones: [use1-az1]");
    network("more_zones_than_there_are", "zones: 6");
    network("zone_of_another_region", "zones: [use1-az1, euw1-az1]");
    network("zone_by_name", "zones: [us-east-1a, us-east-1b]");
    network("zone_without_eks", "zones: [use1-az1, use1-az3]");
    network("zone_twice", "zones: [use1-az1, use1-az1]");
    network(
        "addresses_do_not_fit_zones",
        "nat: { elastic_ips: [eipalloc-0123456789abcdef0, eipalloc-0123456789abcdef1] }",
    );
    network("address_instead_of_allocation", "nat: { elastic_ips: [203.0.113.7] }");
    network("no_nat_without_endpoints", "nat: none");
    network("flow_log_days", "flow_logs: { retention_days: 100 }");
    refuse_bytes("region_with_two_zones", GOOD.replace("us-east-1", "us-west-1").as_bytes());
}

#[test]
fn blocks_that_aws_does_not_put_together() {
    network("cidr_with_leading_zeros", "cidr: 010.0.0.0/16");
    network("pods_with_leading_zeros", "pods_cidr: 100.064.0.0/16");
    network("reserved_with_leading_zeros", "reserved_cidrs: [010.8.0.0/16]");
    network("pods_of_benchmarks", "pods_cidr: 198.19.0.0/16");
    network("pods_of_the_default_vpc", "{ cidr: 172.17.0.0/16, pods_cidr: 172.31.0.0/16 }");
    network("pods_below_the_vpc", "{ cidr: 10.1.0.0/16, pods_cidr: 10.0.0.0/16 }");
    network("cidr_of_benchmarks", "cidr: 198.19.0.0/16");
    network("cidr_of_this_link", "cidr: 169.254.0.0/16");
    network("default_of_pods_reserved", "reserved_cidrs: [100.64.0.0/10]");
    cluster("public_block_with_leading_zeros", "endpoint: { public_from: [0203.0.113.0/24] }");
    cluster("private_source_with_leading_zeros", "endpoint: { private_from: [010.8.0.0/16] }");
    ingress(
        "ingress_block_with_leading_zeros",
        "domain: ai.acme.com, zone: acme.com, allow_from: [203.0.113.007/32]",
    );
}

#[test]
fn names_that_aws_keeps_for_itself() {
    refuse("name_of_a_security_group", "acme-dev", "sg-acme");
    refuse("name_of_a_bucket_of_aws", "acme-dev", "sthree");
    refuse("name_of_an_example_of_aws", "acme-dev", "amzn-s3-demo-a");
    let tags = |name: &str, tags: &str| {
        refuse(name, "  region: us-east-1\n", &format!("  region: us-east-1\n  tags: {{ {tags} }}\n"));
    };
    tags("tags_that_differ_in_case", "Owner: a, owner: b");
    tags("tag_like_our_own", "Platform: a");
    tags("tag_like_a_name", "name: a");
    refuse_added("state_bucket_of_an_alias", "state: { s3: { bucket: acme-state-s3alias } }\n");
    refuse_added("agent_version", "  agent: { version: latest }\n");
}

#[test]
fn regions_that_nobody_knows() {
    refuse("region_of_the_same_shape", "us-east-1", "ny-east-1");
    refuse("region_of_no_continent", "us-east-1", "moon-crater-7");
    refuse_bytes(
        "region_misspelt_with_zones",
        format!("{GOOD}network: {{ create: {{ zones: [use1-az1, use1-az2] }} }}\n")
            .replace("region: us-east-1", "region: us-eest-1")
            .as_bytes(),
    );
    refuse_bytes(
        "region_with_one_zone_of_its_own",
        format!("{GOOD}network: {{ create: {{ zones: [nye1-az1] }} }}\n")
            .replace("us-east-1", "ny-east-1")
            .as_bytes(),
    );
}

#[test]
fn versions_and_instances_that_are_not_there() {
    cluster("kubernetes_past_support", "version: \"1.31\"");
    cluster("kubernetes_with_a_sign", "version: \"1.+33\"");
    cluster("kubernetes_of_the_far_future", "version: \"1.99\"");
    refuse_added("engine_of_the_far_future", "database: { engine: \"99\" }\n");
    refuse_added("engine_with_a_sign", "database: { engine: \"+17\" }\n");
    refuse_added("class_of_no_family", "database: { class: db.m6x.large }\n");
    refuse_added("class_of_graphics", "database: { class: db.p5.48xlarge }\n");
    refuse_added("class_of_nothing_near", "database: { class: db.zzz9zz.large }\n");
    refuse_added("class_of_no_size", "database: { class: db.m7g.huge }\n");
    refuse_added("class_of_the_far_future", "database: { class: db.m99g.large }\n");
    cluster("instance_type_of_the_far_future", "system_nodes: { instance_types: [m99i.large] }");
    pool("family_of_the_far_future", "default", "families: [m99i]");
    cluster("instance_type_of_no_family", "system_nodes: { instance_types: [m7x.large] }");
    pool("no_such_family", "default", "families: [m7x]");
    pool("limit_beyond_the_type", "default", "limits: { cpu: 5000000000 }");
}

#[test]
fn clusters() {
    cluster("api_open_to_all", "endpoint: { public_from: [0.0.0.0/0] }");
    cluster("api_open_to_half", "endpoint: { public_from: [128.0.0.0/1] }");
    cluster("api_from_private_addresses", "endpoint: { public_from: [10.0.0.0/8] }");
    cluster("api_from_ipv6", "endpoint: { public_from: [\"::/0\"] }");
    cluster("kubernetes_too_old", "version: \"1.24\"");
    cluster("kubernetes_as_a_number", "version: 1.33");
    cluster("kubernetes_with_patch", "version: \"1.33.1\"");
    cluster("admin_is_a_session", "admins: [\"arn:aws:sts::123456789012:assumed-role/admin/me\"]");
    cluster("admin_is_the_root", "admins: [\"arn:aws:iam::123456789012:root\"]");
    cluster("admin_of_another_partition", "admins: [\"arn:aws-cn:iam::123456789012:role/admin\"]");
    cluster("nodes_of_two_architectures", "system_nodes: { instance_types: [m7i.large, m7g.large] }");
    cluster("no_instance_types", "system_nodes: { instance_types: [] }");
    cluster("nodes_min_above_max", "system_nodes: { min: 5, max: 3 }");
    cluster("log_days", "log_retention_days: 364");
}

#[test]
fn stores() {
    refuse_added("engine_too_old", "database: { engine: \"12\" }\n");
    refuse_added("engine_unknown", "database: { engine: postgres17 }\n");
    refuse_added("class_without_prefix", "database: { class: t4g.medium }\n");
    refuse_added("cors_for_all", "storage: { bucket: { cors_allowed_origins: [\"*\"] } }\n");
    refuse_added("state_bucket_name", "state: { s3: { bucket: \"s3://Acme.State\" } }\n");
    refuse_added(
        "state_in_the_artifact_bucket",
        "state: { s3: { bucket: acme-dev-123456789012-us-east-1 } }\n",
    );
    refuse_added("state_key_prefix", "state: { s3: { bucket: acme-state, key_prefix: /../x } }\n");
    refuse_added("state_region", "state: { s3: { bucket: acme-state, region: moon-1 } }\n");
    refuse_added("state_kms_alias", "state: { s3: { bucket: acme-state, kms: alias/state } }\n");
}

#[test]
fn control_planes() {
    let host = "https://acme.truefoundry.cloud";
    refuse("host_without_scheme", host, "acme.truefoundry.cloud");
    refuse("host_of_another_scheme", host, "ftp://acme.truefoundry.cloud");
    refuse("host_without_encryption", host, "http://acme.truefoundry.cloud");
    refuse("host_with_path", host, "https://acme.truefoundry.cloud/api");
    refuse("host_with_password", host, "https://me:secret@acme.truefoundry.cloud");
    refuse_added("external_id", "  external_id: \"a b\"\n");
    refuse_added("no_control_plane_roles", "  control_plane_roles: []\n");
    refuse_added(
        "control_plane_role_is_an_account",
        "  control_plane_roles: [\"arn:aws:iam::123456789012:root\"]\n",
    );
    refuse_added("environment_name", "  environment: { name: \"My Env\" }\n");
    refuse_added("base_domain", "  base_domains: [\"ai.*.acme.com\"]\n");
    refuse_added("base_domain_without_quotes", "  base_domains: [*.ai.acme.com]\n");
    refuse_added("workspace_name", "  workspaces: [{ name: Search }]\n");
    refuse_added(
        "workspace_names_twice",
        "  workspaces: [{ name: search }, { name: rank }, { name: search }]\n",
    );
    refuse_added("workspace_of_kubernetes", "  workspaces: [{ name: kube-system }]\n");
    refuse_added("workspace_admin", "  workspaces: [{ name: search, admins: [a@acme.com] }]\n");
}

/// A list of so many, each made from its number.
#[test]
fn names_that_aws_knows_otherwise() {
    refuse("region_like_none", "us-east-1", "moon");
    cluster("instance_type_unknown", "system_nodes: { instance_types: [large] }");
    cluster("public_block_off_boundary", "endpoint: { public_from: [203.0.113.7/24] }");
    cluster("admin_is_no_arn", "admins: [admin]");
    cluster("admin_of_no_account", "admins: [\"arn:aws:iam::1234:role/admin\"]");
    refuse_added("state_bucket_too_short", "state: { s3: { bucket: ab } }\n");
    refuse_added("state_bucket_ends_in_a_hyphen", "state: { s3: { bucket: acme-state- } }\n");
    refuse_added("state_bucket_with_a_dot", "state: { s3: { bucket: acme.state } }\n");
    refuse_added("state_bucket_with_a_prefix_of_aws", "state: { s3: { bucket: xn--acme-state } }\n");
}

/// What is wrong with a text that comes by standard input stands in it like in a file.
#[test]
fn standard_input_is_read_as_a_file_is() {
    let dir = tempfile::tempdir().unwrap();
    let valid = tfy_infra_given(dir.path(), &["validate", "-f", "-"], GOOD.as_bytes());
    assert_eq!((valid.code, valid.stdout.as_str()), (0, ""));
    assert!(valid.stderr.contains("`<stdin>` is valid: platform `acme-dev`"), "{valid:?}");
    let wrong = GOOD.replace("  region", "  regoin");
    let wrong = tfy_infra_given(dir.path(), &["validate", "-f", "-"], wrong.as_bytes());
    assert_eq!(wrong.code, 2);
    insta::assert_snapshot!("unknown_key_of_standard_input", wrong.shown());
    let large = tfy_infra_given(dir.path(), &["validate", "-f", "-"], "# ".repeat(600_000).as_bytes());
    assert_eq!(large.code, 2);
    insta::assert_snapshot!("too_large_standard_input", large.shown());
    let facts = r#"{ "format": 1, "account": "123456789012", "region": "us-east-1", "taken": "2026-11-29T10:00:00Z" }"#;
    fs_err::write(dir.path().join("facts.json"), facts).unwrap();
    let preflight = ["preflight", "-f", "-", "--facts", "facts.json", "--json"];
    let preflight = tfy_infra_given(dir.path(), &preflight, GOOD.as_bytes());
    assert_eq!(preflight.code, 1, "{preflight:?}");
    assert!(preflight.stdout.contains("it was not asked"), "{preflight:?}");
    let generate = tfy_infra_given(dir.path(), &["generate", "-f", "-", "-o", "out"], GOOD.as_bytes());
    assert_eq!(generate.code, 0, "{generate:?}");
    assert!(dir.path().join("out/network/main.tf").is_file());
    let diff = tfy_infra_given(dir.path(), &["diff", "-f", "-", "-o", "out"], GOOD.as_bytes());
    assert_eq!((diff.code, diff.stdout.as_str()), (0, ""));
    let nothing = tfy_infra(dir.path(), &["validate", "-f", "-"]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.stderr.contains("error: the file is empty"), "{nothing:?}");
}
