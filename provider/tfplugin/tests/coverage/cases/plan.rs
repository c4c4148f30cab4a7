//! Planning.

use serde_json::{Value as Json, json};

use super::{PANICKED, fine, identity, refused, thing};
use crate::client::{Client, UNKNOWN, bytes, dv, text, value};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, stopped};

fn of(prior: &Json, proposed: &Json, config: &Json) -> Json {
    json!({
        "type_name": "kit_thing", "prior_state": dv(prior), "proposed_new_state": dv(proposed), "config": dv(config),
        "prior_private": bytes(r#"{"kept":1}"#), "prior_identity": identity("1"),
    })
}

fn create(set: Json) -> Json {
    let config = thing(set);
    of(&Json::Null, &config, &config)
}

fn named(name: &str) -> Json {
    create(json!({ "name": name }))
}

pub(crate) async fn run(c: &Client, t: &mut Table) {
    let method = "PlanResourceChange";
    t.case(method, Happy, "plans defaults, unknowns, private data, blocks, replacement; keeps the identity as it is, secrets out", async {
        let set = json!({ "name": "a", "secret_wo": "s", "rule": [{ "port": 1 }], "mark": [{ "key": "k" }] });
        let answer = c.call(method, create(set)).await;
        fine(&answer);
        let expected = thing(json!({
            "id": UNKNOWN, "name": "a", "size": 1, "received": UNKNOWN, "rule": [{ "port": 1 }], "mark": [{ "key": "k" }],
        }));
        assert_eq!(value(&answer["planned_state"]), expected);
        assert_eq!(text(&answer["planned_private"]), r#"{"kept":1,"planned":true}"#);
        // Also in the second pass of a replacement, in which Terraform still sends the identity of what goes.
        assert_eq!(answer["planned_identity"], Json::Null);
        let mut again = named("a");
        again["planned_private"] = bytes(r#"{"first":1}"#);
        assert_eq!(text(&c.call(method, again).await["planned_private"]), r#"{"first":1,"planned":true}"#);
        replaces(c).await;
    })
    .await;
    t.case(method, Error, "failures, panics, plans against the configuration, undue deferrals are told", async {
        refused(&c.call(method, named("broken")).await, "it is broken");
        refused(&c.call(method, named("panics")).await, PANICKED);
        let answer = c.call(method, named("lies")).await;
        let summary = "The provider broke a rule of Terraform while it planned: `name` is planned as \"another\", but \
                       configured as \"lies\"";
        refused(&answer, summary);
        assert_eq!(answer["diagnostics"][0]["attribute"]["steps"][0]["attribute_name"], "name");
        refused(&c.call(method, named("defers")).await, "The operation cannot be done yet");
        refused(&c.call(method, create(json!({ "name": "a", "id": "mine" }))).await, "`id` cannot be set");
        let answer = c.call(method, create(json!({ "name": "a", "tags": ["x", null] }))).await;
        refused(&answer, "`tags` has a null element");
        refused(&c.call(method, create(json!({}))).await, "`name` is required");
    })
    .await;
    t.case(
        method,
        Unknown,
        "unknown values and blocks stay so; a deferral is passed on where it is allowed",
        async {
            let answer =
                c.call(method, create(json!({ "name": UNKNOWN, "rule": UNKNOWN, "any": UNKNOWN }))).await;
            fine(&answer);
            let planned = value(&answer["planned_state"]);
            for name in ["name", "rule", "any"] {
                assert_eq!(planned[name], UNKNOWN, "{name}");
            }
            let mut request = named("defers");
            request["client_capabilities"] = json!({ "deferral_allowed": true });
            let answer = c.call(method, request).await;
            fine(&answer);
            assert_eq!(answer["deferred"]["reason"], "ABSENT_PREREQ");
        },
    )
    .await;
    t.case(method, Null, "a deletion is planned as null", async {
        let answer =
            c.call(method, of(&thing(json!({ "id": "1", "name": "a" })), &Json::Null, &Json::Null)).await;
        fine(&answer);
        assert_eq!(value(&answer["planned_state"]), Json::Null);
        assert_eq!(text(&answer["planned_private"]), r#"{"kept":1,"planned":true}"#);
    })
    .await;
    t.case(method, Cancelled, "ends early when the user interrupts", async {
        refused(&stopped(c, method, named("slow")).await[0], "ended early");
    })
    .await;
}

async fn replaces(c: &Client) {
    let prior = thing(json!({ "id": "1", "name": "a", "size": 1, "received": "r" }));
    let proposed = thing(json!({ "id": "1", "name": "b", "size": 1, "received": "r" }));
    let config = thing(json!({ "name": "b" }));
    let answer = c.call("PlanResourceChange", of(&prior, &proposed, &config)).await;
    fine(&answer);
    assert_eq!(answer["requires_replace"][0]["steps"][0]["attribute_name"], "name");
    assert_eq!(value(&answer["planned_state"])["received"], UNKNOWN);
    assert_eq!(value(&answer["planned_identity"]["identity_data"]), json!({ "id": "1" }));
}
