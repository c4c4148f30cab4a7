//! State stores: every method says that there are none.

use serde_json::{Value as Json, json};

use super::{refused, refused_with};
use crate::client::{Client, UNKNOWN, dv};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, abandoned};

const NONE: &str =
    "State stores are not offered, on purpose: they are experimental in Terraform, and no schema names one";
const TEXT: &str = "The request carries names and bytes, and no values";

pub(crate) async fn run(c: &Client, t: &mut Table) {
    let named = json!({ "type_name": "kit_store" });
    let config = |value: Json| json!({ "type_name": "kit_store", "config": dv(&value) });
    let methods: [(&str, Json); 8] = [
        ("ValidateStateStoreConfig", config(json!({}))),
        ("ConfigureStateStore", config(json!({}))),
        ("ReadStateBytes", json!({ "type_name": "kit_store", "state_id": "s" })),
        ("WriteStateBytes", json!({ "meta": named, "bytes": "" })),
        ("LockState", json!({ "type_name": "kit_store", "state_id": "s", "operation": "plan" })),
        ("UnlockState", json!({ "type_name": "kit_store", "state_id": "s", "lock_id": "l" })),
        ("GetStates", named.clone()),
        ("DeleteState", json!({ "type_name": "kit_store", "state_id": "s" })),
    ];
    for (method, request) in methods {
        t.none(method, &[Happy], NONE);
        t.case(method, Error, "says that the provider has no such state store", async {
            refused_with(
                &c.call(method, request.clone()).await,
                "This provider has no state store `kit_store`",
                "It does not support state stores. Use a backend: the `backend` or `cloud` block.",
            );
        })
        .await;
        if request["config"].is_object() {
            t.case(method, Unknown, "says the same of an unknown configuration", async {
                let answer = c.call(method, config(UNKNOWN.into())).await;
                refused(&answer, "This provider has no state store `kit_store`");
            })
            .await;
        } else {
            t.none(method, &[Unknown], TEXT);
        }
        t.case(method, Null, "says the same of an empty request", async {
            refused(&c.call(method, json!({})).await, "This provider has no state store");
        })
        .await;
        t.case(method, Cancelled, "an abandoned call does no harm", abandoned(c, method, request)).await;
    }
}
