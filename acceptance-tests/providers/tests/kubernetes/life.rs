//! Objects are made, changed, imported and removed.

use serde_json::json;
use tfplugin_testing::{Action, Step};

use crate::bed::{Bed, resource, rig};

const SECRET: &str = "canary-5ad0e7c4";

#[test]
fn a_namespace_with_labels_waits_for_its_end() {
    let bed = Bed::anywhere();
    let address = "kubernetes_namespace_v1.a";
    let named = |labels: &str| {
        bed.config(&resource(
            "namespace",
            &format!("  metadata {{\n    name = \"doubles-ns\"\n{labels}\n  }}"),
        ))
    };
    let labels = "    labels = { \"pod-security.kubernetes.io/enforce\" = \"restricted\", \"a/b\" = \"1\" }";
    if let Some(model) = &bed.model {
        model.world.lock().unwrap().lingers = 2;
    }
    rig()
        .run([
            Step::apply(named(labels))
                .plans(address, Action::Create)
                .value(address, "id", json!("doubles-ns"))
                .value(
                    address,
                    "metadata.0.labels",
                    json!({ "pod-security.kubernetes.io/enforce": "restricted", "a/b": "1" }),
                ),
            Step::import(address, "id")
                .ignoring("metadata")
                .ignoring("timeouts")
                .ignoring("wait_for_default_service_account"),
            Step::apply(named("    labels = { \"a/b\" = \"2\" }")).plans(address, Action::Update),
            Step::apply(named("")).plans(address, Action::Update).value(
                address,
                "metadata.0.labels",
                json!(null),
            ),
        ])
        .unwrap();
    assert_eq!(bed.object("/api/v1/namespaces/doubles-ns"), None);
    if let Some(model) = &bed.model {
        assert_eq!(model.world.lock().unwrap().lingers, 0, "it was asked until it was gone");
    }
}

#[test]
fn write_only_data_is_sent_with_its_revision_and_stands_nowhere() {
    let bed = Bed::anywhere();
    let address = "kubernetes_secret_v1.a";
    let with = |lines: &str| {
        let variable = "variable \"password\" {\n  type      = string\n  ephemeral = true\n}\n\n";
        let lines = format!("  metadata {{\n    name = \"doubles-secret\"\n  }}\n{lines}");
        bed.config(&format!("{variable}{}", resource("secret", &lines)))
    };
    let revision =
        |number: u32| with(&format!("  data_wo = {{ key = var.password }}\n  data_wo_revision = {number}"));
    rig()
        .secret("password", SECRET)
        .run([
            Step::apply(revision(1))
                .value(address, "id", json!("default/doubles-secret"))
                .value(address, "data", json!(null))
                .value(address, "type", json!("Opaque")),
            Step::apply(revision(2)).plans(address, Action::Update),
            // Without its revision it is not sent, and nobody is told.
            Step::apply(with("  data_wo = { key = var.password }\n  type = \"example.com/other\""))
                .plans(address, Action::Replace)
                .value(address, "data", json!({})),
        ])
        .unwrap();
    let Some(model) = &bed.model else { return };
    let world = model.world.lock().unwrap();
    let sent = |body: &serde_json::Value| (body["stringData"].clone(), body[0].clone());
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, SECRET);
    let changes: Vec<_> =
        world.changes.iter().map(|(request, body)| (request.as_str(), sent(body))).collect();
    let one = "/api/v1/namespaces/default/secrets/doubles-secret";
    let all = "POST /api/v1/namespaces/default/secrets";
    let none = json!(null);
    assert_eq!(
        changes,
        [
            (all, (json!({ "key": SECRET }), none.clone())),
            (
                format!("PATCH {one}").as_str(),
                (none.clone(), json!({ "op": "add", "path": "/data", "value": { "key": encoded } }))
            ),
            (format!("DELETE {one}").as_str(), (none.clone(), none.clone())),
            (all, (none.clone(), none.clone())),
            (format!("DELETE {one}").as_str(), (none.clone(), none)),
        ]
    );
}

#[test]
fn data_is_read_back_and_changed_key_by_key() {
    let bed = Bed::anywhere();
    let (map, secret) = ("kubernetes_config_map_v1.a", "kubernetes_secret_v1.a");
    let with = |data: &str, rest: &str| {
        let lines = |name: &str| {
            format!(
                "  metadata {{\n    name = \"doubles-{name}\"\n    namespace = \"default\"\n  }}\n  data = {data}\n"
            )
        };
        let map = resource("config_map", &format!("{}{rest}", lines("map")));
        bed.config(&format!("{map}{}", resource("secret", &lines("data"))))
    };
    rig()
        .run([
            Step::apply(with("{ a = \"1\", \"b.c\" = \"2\" }", "")).value(map, "immutable", json!(false)),
            Step::apply(with("{ \"b.c\" = \"3\", d = \"4\" }", ""))
                .plans(map, Action::Update)
                .plans(secret, Action::Update)
                .value(secret, "data", json!({ "b.c": "3", "d": "4" })),
            Step::apply(with("{ d = \"4\" }", "  immutable = true")).plans(map, Action::Update),
            Step::import(map, "id").ignoring("metadata"),
            Step::apply(with("{ d = \"5\" }", "  immutable = true"))
                .plans(map, Action::Replace)
                .plans(secret, Action::Update),
        ])
        .unwrap();
}

#[test]
fn classes_and_policies_settle_with_their_defaults() {
    let bed = Bed::anywhere();
    let (class, priority, policy) =
        ("kubernetes_storage_class_v1.a", "kubernetes_priority_class_v1.a", "kubernetes_network_policy_v1.a");
    let metadata = |name: &str| format!("  metadata {{\n    name = \"doubles-{name}\"\n  }}\n");
    let storage = |rest: &str| {
        let provisioner = "  storage_provisioner = \"ebs.csi.aws.com\"\n  parameters = { type = \"gp3\" }\n";
        resource("storage_class", &format!("{}{provisioner}{rest}", metadata("storage")))
    };
    let priorities =
        |rest: &str| resource("priority_class", &format!("{}  value = 1000\n{rest}", metadata("priority")));
    let policies = |rest: &str| {
        let spec = format!(
            "  spec {{\n    pod_selector {{}}\n    policy_types = [\"Ingress\", \"Egress\"]\n{rest}\n  }}"
        );
        resource("network_policy", &format!("{}{spec}", metadata("policy")))
    };
    let all =
        |a: &str, b: &str, c: &str| bed.config(&format!("{}{}{}", storage(a), priorities(b), policies(c)));
    let bound = "  volume_binding_mode = \"WaitForFirstConsumer\"\n  mount_options = [\"noatime\", \"debug\"]\n  \
                 allowed_topologies {\n    match_label_expressions {\n      key = \"topology.kubernetes.io/zone\"\n      \
                 values = [\"b\", \"a\"]\n    }\n  }\n";
    let rules = "    ingress {\n      ports {\n        port = \"https\"\n      }\n      ports {\n        port = \"8000\"\n        \
                 end_port = 8010\n        protocol = \"UDP\"\n      }\n      from {\n        namespace_selector {\n          \
                 match_labels = { a = \"b\" }\n        }\n        pod_selector {\n          match_expressions {\n            key = \
                 \"k\"\n            operator = \"In\"\n            values = [\"y\", \"x\"]\n          }\n        }\n      }\n      \
                 from {\n        ip_block {\n          cidr = \"10.0.0.0/8\"\n          except = [\"10.1.0.0/16\"]\n        }\n      \
                 }\n    }\n    egress {}";
    rig()
        .run([
            Step::apply(all("", "  description = \"w\"", ""))
                .value(class, "reclaim_policy", json!("Delete"))
                .value(priority, "preemption_policy", json!("PreemptLowerPriority")),
            Step::apply(all(
                "  allow_volume_expansion = false",
                "  description = \"x\"\n  global_default = false",
                rules,
            ))
            .plans(class, Action::Update)
            .plans(priority, Action::Update)
            .plans(policy, Action::Update),
            Step::import(policy, "id").ignoring("metadata"),
            Step::apply(all(bound, "  preemption_policy = \"Never\"", ""))
                .plans(class, Action::Replace)
                .plans(priority, Action::Replace)
                .plans(policy, Action::Update),
        ])
        .unwrap();
}

#[test]
fn the_server_makes_a_name_of_a_prefix() {
    let bed = Bed::anywhere();
    let prefix = bed.config(&resource("config_map", "  metadata {\n    generate_name = \"doubles-\"\n  }"));
    let made = Step::apply(prefix).value(
        "kubernetes_config_map_v1.a",
        "metadata.0.generate_name",
        json!("doubles-"),
    );
    rig().run([made]).unwrap();
}

#[test]
fn data_sources_read_a_namespace_and_the_version() {
    let bed = Bed::anywhere();
    let sources = "data \"kubernetes_server_version\" \"a\" {}\n\ndata \"kubernetes_namespace_v1\" \"none\" {\n  metadata {\n    \
                   name = \"doubles-none\"\n  }\n}\n\nresource \"terraform_data\" \"major\" {\n  input = \
                   [data.kubernetes_server_version.a.major, data.kubernetes_namespace_v1.none.metadata[0].uid]\n}\n";
    let read = Step::apply(bed.config(sources)).value("terraform_data.major", "output", json!(["1", null]));
    rig().run([read]).unwrap();
}
