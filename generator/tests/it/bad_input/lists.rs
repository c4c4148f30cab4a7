//! What is listed twice, and too much of it.

use super::{cluster, network, refuse, refuse_added};

fn many(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_is_listed_twice() {
    let role = "arn:aws:iam::123456789012:role/a";
    cluster("admin_twice", &format!("admins: [\"{role}\", \"{role}\"]"));
    cluster("instance_type_twice", "system_nodes: { instance_types: [m7i.large, m7i.large] }");
    cluster("public_block_twice", "endpoint: { public_from: [203.0.113.0/24, 203.0.113.0/24] }");
    refuse_added("control_plane_role_twice", &format!("  control_plane_roles: [\"{role}\", \"{role}\"]\n"));
    refuse_added("base_domain_twice", "  base_domains: [ai.acme.com, ai.acme.com]\n");
    refuse_added(
        "workspace_admin_twice",
        "  workspaces: [{ name: search, admins: [\"team:search\", \"team:search\"] }]\n",
    );
    let address = "eipalloc-0123456789abcdef0";
    network(
        "address_twice",
        &format!("nat: {{ elastic_ips: [{address}, {address}, eipalloc-0123456789abcdef1] }}"),
    );
    network("endpoint_twice", "endpoints: [s3, s3]");
}

#[test]
fn what_is_too_many() {
    let blocks = many(41, |i| format!("203.0.{i}.0/24"));
    cluster("too_many_public_blocks", &format!("endpoint: {{ public_from: [{blocks}] }}"));
    let tags = many(41, |i| format!("t{i}: x"));
    refuse("too_many_tags", "  region: us-east-1\n", &format!("  region: us-east-1\n  tags: {{ {tags} }}\n"));
}
