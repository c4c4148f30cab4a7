//! Stored states and identities, and validation of resources.

use serde_json::{Value as Json, json};

use super::{PANICKED, fine, refused, refused_with, thing};
use crate::client::{Client, UNKNOWN, bytes, dv, raw, text, value};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, abandoned, stopped};

const JSON: &str = "The request carries JSON as it is stored, which has no unknown values";

fn config(set: Json) -> Json {
    json!({ "type_name": "kit_thing", "config": dv(&thing(set)) })
}

pub(crate) async fn run(c: &Client, t: &mut Table) {
    validate(c, t).await;
    upgrade(c, t).await;
    upgrade_identity(c, t).await;
    moves(c, t).await;
    generate(c, t).await;
}

async fn validate(c: &Client, t: &mut Table) {
    let method = "ValidateResourceConfig";
    t.case(method, Happy, "a sound configuration with blocks and a union passes", async {
        let storage = json!({ "s3": { "bucket": "b" }, "gcs": null });
        fine(
            &c.call(method, config(json!({ "name": "a", "rule": [{ "port": 1 }], "storage": storage })))
                .await,
        );
    })
    .await;
    t.case(
        method,
        Error,
        "values, numbers of blocks, both variants of a union, a lone version are told",
        async {
            refused(&c.call(method, config(json!({ "name": "" }))).await, "Invalid value for `name`");
            let ports = json!([{ "port": 1 }, { "port": 2 }, { "port": 3 }]);
            refused(
                &c.call(method, config(json!({ "name": "a", "rule": ports }))).await,
                "Wrong number of `rule` blocks",
            );
            let answer =
                c.call(method, config(json!({ "name": "a", "rule": [{ "port": 1 }, { "port": 77 }] }))).await;
            refused(&answer, "Invalid value for `rule[1].port`");
            let both = json!({ "s3": { "bucket": "b" }, "gcs": { "bucket": "b" } });
            let answer = c.call(method, config(json!({ "name": "a", "storage": both }))).await;
            refused(&answer, "Exactly one of `s3`, `gcs` is allowed in `storage`");
            refused_with(
                &c.call(method, config(json!({}))).await,
                "`name` is required",
                "Its value is null. Give it one, or see why the variable or expression behind it gives none.",
            );
            let answer = c.call(method, config(json!({ "name": "a", "mark": [{ "key": null }] }))).await;
            refused(&answer, "`mark.key` is required");
            let answer = c.call(method, config(json!({ "name": "a", "received": "mine" }))).await;
            refused(&answer, "`received` cannot be set");
            let answer = c.call(method, config(json!({ "name": "a", "tags": [null] }))).await;
            refused(&answer, "`tags` has a null element");
            let lone = config(json!({ "name": "a", "secret_wo_version": 1 }));
            refused(&c.call(method, lone).await, "`secret_wo_version` needs `secret_wo`");
            let timeouts = json!({ "create": "soon" });
            let answer = c.call(method, config(json!({ "name": "a", "timeouts": timeouts }))).await;
            refused_with(
                &answer,
                "`timeouts.create` is not a duration",
                "`soon` has no number where one is wanted. Write it like `30s`, `10m` or `1h30m`.",
            );
        },
    )
    .await;
    t.case(method, Unknown, "unknown values, variants and blocks are not checked", async {
        let storage = json!({ "s3": UNKNOWN, "gcs": UNKNOWN });
        fine(&c.call(method, config(json!({ "name": UNKNOWN, "rule": UNKNOWN, "storage": storage }))).await);
    })
    .await;
    t.case(method, Null, "null values pass, and so does no configuration at all", async {
        fine(&c.call(method, config(json!({ "name": "a" }))).await);
        fine(&c.call(method, json!({ "type_name": "kit_thing" })).await);
    })
    .await;
    t.case(method, Cancelled, "an abandoned call does no harm", abandoned(c, method, config(json!({}))))
        .await;
}

async fn upgrade(c: &Client, t: &mut Table) {
    let method = "UpgradeResourceState";
    let of = |version: i64, state: Json| json!({ "type_name": "kit_thing", "version": version, "raw_state": raw(&state) });
    t.case(method, Happy, "a state of this version is completed, an older one converted", async {
        let answer = c.call(method, of(2, json!({ "name": "a", "gone": 1, "rule": null }))).await;
        fine(&answer);
        assert_eq!(value(&answer["upgraded_state"]), thing(json!({ "name": "a" })));
        let answer = c.call(method, of(1, json!({ "title": "old" }))).await;
        assert_eq!(value(&answer["upgraded_state"]), thing(json!({ "name": "old" })));
    })
    .await;
    t.case(method, Error, "what cannot be read or converted is told", async {
        refused(&c.call(method, of(0, json!({}))).await, "too old");
        refused(&c.call(method, of(2, json!({ "size": [] }))).await, "The stored state cannot be read");
        let flat = json!({ "type_name": "kit_thing", "raw_state": { "flatmap": { "id": "1" } } });
        let summary = "The state is in the format of Terraform 0.11, which cannot be read";
        refused_with(&c.call(method, flat).await, summary, "Upgrade the state with Terraform 0.12 first.");
        let empty = json!({ "type_name": "kit_thing", "raw_state": {} });
        refused(&c.call(method, empty).await, "Terraform sent an empty state");
    })
    .await;
    t.none(method, &[Unknown], JSON);
    t.case(method, Null, "a request without a state is told", async {
        refused(&c.call(method, json!({ "type_name": "kit_thing" })).await, "Terraform sent no state");
    })
    .await;
    t.case(method, Cancelled, "an abandoned call does no harm", abandoned(c, method, of(2, json!({})))).await;
}

async fn upgrade_identity(c: &Client, t: &mut Table) {
    let method = "UpgradeResourceIdentity";
    let of = |version: i64, identity: Json| json!({ "type_name": "kit_thing", "version": version, "raw_identity": raw(&identity) });
    t.case(method, Happy, "an identity of this version passes, an older one is converted", async {
        for (version, stored) in [(1, json!({ "id": "7" })), (0, json!({ "key": "7" }))] {
            let answer = c.call(method, of(version, stored)).await;
            fine(&answer);
            assert_eq!(value(&answer["upgraded_identity"]["identity_data"]), json!({ "id": "7" }));
        }
    })
    .await;
    t.case(method, Error, "a refusal, and a resource without identity, are told", async {
        refused(&c.call(method, of(5, json!({}))).await, "too new");
        let plain = json!({ "type_name": "kit_plain", "raw_identity": raw(&json!({})) });
        refused_with(
            &c.call(method, plain).await,
            "The resource `kit_plain` has no identity",
            "Name the object by its id instead.",
        );
    })
    .await;
    t.none(method, &[Unknown], JSON);
    t.case(method, Null, "a request without an identity is told", async {
        refused(&c.call(method, json!({ "type_name": "kit_thing" })).await, "Terraform sent no identity");
    })
    .await;
    t.case(
        method,
        Cancelled,
        "an abandoned call does no harm",
        abandoned(c, method, of(1, json!({ "id": "7" }))),
    )
    .await;
}

fn moved(name: &str, version: i64) -> Json {
    json!({
        "source_provider_address": "registry.terraform.io/hashicorp/null", "source_type_name": "null_resource",
        "source_schema_version": version, "source_state": raw(&json!({ "id": "1", "name": name })),
        "source_private": bytes("p"), "target_type_name": "kit_thing",
    })
}

async fn moves(c: &Client, t: &mut Table) {
    let method = "MoveResourceState";
    t.case(method, Happy, "makes the whole state of another type's, with private data and identity", async {
        let answer = c.call(method, moved("a", 3)).await;
        fine(&answer);
        assert_eq!(value(&answer["target_state"]), thing(json!({ "id": "1", "name": "a" })));
        assert_eq!(text(&answer["target_private"]), r#"{"from":"p"}"#);
        assert_eq!(value(&answer["target_identity"]["identity_data"]), json!({ "id": "1" }));
    })
    .await;
    t.case(method, Error, "a source that is not known, a failure and a panic are told", async {
        refused_with(
            &c.call(method, moved("a", 4)).await,
            "A `null_resource` cannot be moved to a `kit_thing`",
            "`kit_thing` does not take over objects from `null_resource` of the provider \
             `registry.terraform.io/hashicorp/null` (schema version 4). Remove the `moved` block; import the object under \
             its new address, and take the old one out of the state with a `removed` block.",
        );
        refused(&c.call(method, moved("broken", 3)).await, "it is broken");
        refused(&c.call(method, moved("panics", 3)).await, PANICKED);
    })
    .await;
    t.none(method, &[Unknown], JSON);
    t.case(method, Null, "a request without a state is told", async {
        refused(&c.call(method, json!({ "target_type_name": "kit_thing" })).await, "Terraform sent no state");
    })
    .await;
    t.case(method, Cancelled, "ends early when the user interrupts", async {
        refused(&stopped(c, method, moved("slow", 3)).await[0], "ended early");
    })
    .await;
}

async fn generate(c: &Client, t: &mut Table) {
    let method = "GenerateResourceConfig";
    let of = |state: Json| json!({ "type_name": "kit_thing", "state": dv(&state) });
    let state = thing(json!({
        "id": "1", "name": "a", "size": 1, "received": "r", "rule": [{ "port": 1 }], "secret_wo_version": 3,
        "storage": { "s3": { "bucket": "b" }, "gcs": { "bucket": "b" } },
    }));
    t.case(
        method,
        Happy,
        "leaves out what is computed, at its default or in conflict, and nothing for want of a secret",
        async {
            let answer = c.call(method, of(state.clone())).await;
            fine(&answer);
            let storage = json!({ "s3": { "bucket": "b" }, "gcs": null });
            let expected = thing(json!({
                "name": "a", "rule": [{ "port": 1 }], "storage": storage, "secret_wo_version": 3,
            }));
            assert_eq!(value(&answer["config"]), expected);
        },
    )
    .await;
    t.case(method, Error, "a resource that is not there is told", async {
        refused(
            &c.call(method, json!({ "type_name": "none" })).await,
            "This provider has no resource `none`",
        );
    })
    .await;
    t.case(method, Unknown, "an unknown attribute stays as it is", async {
        let answer = c.call(method, of(thing(json!({ "name": UNKNOWN })))).await;
        assert_eq!(value(&answer["config"])["name"], UNKNOWN);
    })
    .await;
    t.case(method, Null, "a request without a state is told", async {
        let summary = "There is no state to make a configuration of";
        refused(&c.call(method, json!({ "type_name": "kit_thing" })).await, summary);
    })
    .await;
    t.case(method, Cancelled, "an abandoned call does no harm", abandoned(c, method, of(state))).await;
}
