//! Networks and clusters that are there, and what is kept in new ones.

use super::{cluster, network, refuse_added};

/// A VPC that is there, with more keys.
fn existing_network(name: &str, more: &str) {
    let subnets = "[subnet-0a000000000000001, subnet-0a000000000000002]";
    refuse_added(
        name,
        &format!(
            "network:\n  existing:\n    vpc: vpc-0123456789abcdef0\n    private_subnets: {subnets}\n    {more}\n"
        ),
    );
}

/// A cluster that is there, in a VPC that is there.
fn existing_cluster(name: &str, more: &str) {
    refuse_added(
        name,
        &format!(
            "network:\n  existing:\n    vpc: vpc-0123456789abcdef0\n    private_subnets: [subnet-0a000000000000001, \
             subnet-0a000000000000002]\ncluster:\n  existing: {{ {more} }}\n"
        ),
    );
}

#[test]
fn networks_that_are_there() {
    refuse_added(
        "existing_vpc_by_name",
        "network: { existing: { vpc: main, private_subnets: [subnet-0a000000000000001] } }\n",
    );
    existing_network("existing_subnet_by_name", "pod_subnets: [pods-a, subnet-0A00000000000001]");
    existing_network(
        "existing_subnet_twice",
        "public_subnets: [subnet-0b000000000000001, subnet-0b000000000000001]",
    );
    existing_network("one_database_subnet", "database_subnets: [subnet-0c000000000000001]");
    existing_network("one_intra_subnet", "intra_subnets: [subnet-0d000000000000001]");
    existing_network("public_subnet_that_is_private", "public_subnets: [subnet-0a000000000000002]");
    existing_network("free_addresses_of_a_large_subnet", "min_free_addresses: 70000");
}

#[test]
fn clusters_that_are_there() {
    refuse_added("existing_cluster_in_a_new_network", "cluster: { existing: { name: shared } }\n");
    existing_cluster(
        "existing_cluster_by_arn",
        "name: \"arn:aws:eks:us-east-1:123456789012:cluster/shared\"",
    );
    existing_cluster("existing_node_group", "name: shared, node_security_group: nodes");
    existing_cluster(
        "existing_oidc_issuer",
        "name: shared, oidc_provider: \"https://oidc.eks.us-east-1.amazonaws.com/id/A\"",
    );
    existing_cluster(
        "existing_oidc_provider_of_another_account",
        "name: shared, oidc_provider: \"arn:aws:iam::210987654321:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A\"",
    );
    existing_cluster("required_addon", "name: shared, required_addons: [VPC_CNI]");
}

#[test]
fn clusters_of_ipv6() {
    cluster("ipv6_without_subnets", "ip_family: ipv6");
    existing_network(
        "ipv6_with_pod_subnets",
        "pod_subnets: [subnet-0e000000000000001, subnet-0e000000000000002]\ncluster: { create: { ip_family: ipv6 } }",
    );
}

#[test]
fn private_endpoints() {
    cluster("private_source", "endpoint: { private_from: [vpn] }");
    cluster("private_source_too_wide", "endpoint: { private_from: [10.0.0.0/7] }");
    cluster("private_source_off_boundary", "endpoint: { private_from: [10.8.1.0/16] }");
    cluster("private_source_twice", "endpoint: { private_from: [10.8.0.0/16, 10.8.0.0/16] }");
}

/// `storage`, with one key.
fn storage(name: &str, text: &str) {
    refuse_added(name, &format!("storage: {{ {text} }}\n"));
}

#[test]
fn registries_and_file_systems() {
    storage("repository_name", "registry: { repositories: { \"Team App\": {} } }");
    storage("registry_reader", "registry: { readers: [\"1234\"] }");
    storage("cache_unknown", "registry: { pull_through: [dockerhub] }");
    storage("cache_twice", "registry: { pull_through: [quay, quay] }");
    storage(
        "cache_credentials_of_another_name",
        "registry: { pull_through: [{ github: \"arn:aws:secretsmanager:us-east-1:123456789012:secret:github\" }] }",
    );
    storage("file_system_in_a_word", "file_system: \"yes\"");
    storage("file_system_days", "file_system: { infrequent_access_days: 5 }");
}

#[test]
fn more_zones_than_the_plan_holds() {
    network("seven_zones", "zones: [use1-az1, use1-az2, use1-az4, use1-az5, use1-az6, use1-az1, use1-az2]");
}
