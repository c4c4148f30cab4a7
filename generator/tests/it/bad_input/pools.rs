//! Nodes of Karpenter's pools.

use super::{compute, pool};

#[test]
fn nodes_of_pools() {
    compute("ami_that_moves", "nodes: { ami: al2023@latest }");
    compute("ami_of_another_family", "nodes: { ami: bottlerocket@v1.20.0 }");
    compute("key_by_alias", "nodes: { kms: \"arn:aws:kms:us-east-1:123456789012:alias/disks\" }");
    compute("key_of_another_region", "nodes: { kms: \"arn:aws:kms:eu-west-1:123456789012:key/disks\" }");
    compute("disk_too_small", "nodes: { disk_gib: 8 }");
    compute("unknown_pool", "pools: { inferentia: true }");
    compute("pool_in_a_word", "pools: { gpu: \"yes\" }");
}

#[test]
fn capacities_of_pools() {
    pool("no_capacity", "default", "capacity: []");
    pool("capacity_twice", "default", "capacity: [spot, spot]");
    pool("unknown_capacity", "default", "capacity: [on_demand]");
    pool("critical_on_spot", "critical", "capacity: [spot, on-demand]");
    pool("reserved_without_reservations", "gpu", "capacity: [reserved]");
    pool("reservations_without_reserved", "gpu", "reservations: [{ id: cr-0123456789abcdef0 }]");
    pool("reservation_by_name", "gpu", "capacity: [reserved], reservations: [{ id: training }]");
    pool("reservation_of_no_tag", "gpu", "capacity: [reserved], reservations: [{ tags: {} }]");
    pool(
        "reservation_by_both",
        "gpu",
        "capacity: [reserved], reservations: [{ id: cr-0123456789abcdef0, tags: { a: b } }]",
    );
}

#[test]
fn instances_of_pools() {
    pool("no_families", "default", "families: []");
    pool("family_twice", "default", "families: [m, m]");
    pool("family_is_an_instance_type", "default", "families: [m7i.large]");
    pool("categories_and_families", "default", "families: [m, c7i, r7i]");
    pool("family_of_another_architecture", "default", "families: [m7g]");
    pool("no_architectures", "default", "architectures: []");
    pool("gpu_in_default", "default", "families: [g5]");
    pool("gpu_without_gpu", "gpu", "families: [m7i]");
    pool("neuron", "gpu", "families: [inf2]");
}

#[test]
fn limits_and_times_of_pools() {
    pool("no_limits", "default", "limits: {}");
    pool("limit_of_nothing", "default", "limits: { processors: 10 }");
    pool("limit_without_amount", "default", "limits: { memory: 4 GB }");
    pool("limit_below_nothing", "default", "limits: { cpu: -1 }");
    pool("no_budgets", "default", "budgets: []");
    pool("budget_of_no_number", "default", "budgets: [{ nodes: half }]");
    pool("budget_above_all", "default", "budgets: [{ nodes: \"150%\" }]");
    pool("budget_with_half_a_schedule", "default", "budgets: [{ nodes: \"0\", schedule: \"0 6 * * *\" }]");
    pool(
        "budget_with_another_schedule",
        "default",
        "budgets: [{ nodes: \"0\", schedule: daily, duration: 1h }]",
    );
    pool(
        "budget_of_seconds",
        "default",
        "budgets: [{ nodes: \"0\", schedule: \"0 6 * * *\", duration: 30s }]",
    );
    pool("drain_without_an_end", "default", "termination_grace_period: Never");
    pool("age_in_days", "default", "expire_after: 30d");
}
