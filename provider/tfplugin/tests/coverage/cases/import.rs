//! Importing.

use serde_json::{Value as Json, json};

use super::{PANICKED, configure, fine, identity, refused, refused_with, thing};
use crate::client::{Client, UNKNOWN, dv, value};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, stopped};

pub(crate) async fn run(c: &Client, t: &mut Table) {
    let method = "ImportResourceState";
    let by_id = |id: &str| json!({ "type_name": "kit_thing", "id": id });
    t.case(method, Happy, "imports by id and by identity, a whole object with its identity; the read that follows fills that in", async {
        let by_identity = json!({ "type_name": "kit_thing", "identity": identity("7") });
        for request in [by_id("7"), by_identity] {
            let answer = c.call(method, request).await;
            fine(&answer);
            let imported = &answer["imported_resources"][0];
            assert_eq!(imported["type_name"], "kit_thing");
            assert_eq!(value(&imported["state"]), thing(json!({ "id": "7" })));
            assert_eq!(value(&imported["identity"]["identity_data"]), json!({ "id": "7" }));
        }
        optional_parts(c).await;
    })
    .await;
    t.case(method, Error, "failures, panics, resources without an import or an identity are told", async {
        refused(&c.call(method, by_id("broken")).await, "it is broken");
        refused(&c.call(method, by_id("panics")).await, PANICKED);
        let plain = json!({ "type_name": "kit_plain", "id": "1" });
        refused(&c.call(method, plain).await, "This resource cannot be imported");
        let plain = json!({ "type_name": "kit_plain", "identity": identity("1") });
        refused(&c.call(method, plain).await, "The resource `kit_plain` has no identity");
        refused(&c.call(method, by_id("defers")).await, "The operation cannot be done yet");
        let lacking = json!({ "identity_data": dv(&json!({ "id": null, "region": "eu" })) });
        let answer = c.call(method, json!({ "type_name": "kit_placed", "identity": lacking })).await;
        refused_with(
            &answer,
            "The identity to import by lacks `id`",
            "This part is required, and its value is null. Set it, or import by id.",
        );
    })
    .await;
    t.case(
        method,
        Unknown,
        "an unknown identity is told; an unknown client defers where that is allowed",
        async {
            let unknown = json!({ "identity_data": dv(&json!({ "id": UNKNOWN })) });
            let answer = c.call(method, json!({ "type_name": "kit_thing", "identity": unknown })).await;
            assert_eq!(answer["diagnostics"][0]["severity"], "ERROR");
            configure(c, UNKNOWN.into()).await;
            let mut request = by_id("needs-client");
            request["client_capabilities"] = json!({ "deferral_allowed": true });
            let answer = c.call(method, request).await;
            fine(&answer);
            assert_eq!(answer["deferred"]["reason"], "PROVIDER_CONFIG_UNKNOWN");
            configure(c, "dev".into()).await;
        },
    )
    .await;
    t.case(method, Null, "neither id nor identity imports what the empty id says", async {
        let answer = c.call(method, json!({ "type_name": "kit_thing" })).await;
        fine(&answer);
        assert_eq!(value(&answer["imported_resources"][0]["state"])["id"], "");
    })
    .await;
    t.case(method, Cancelled, "ends early when the user interrupts", async {
        refused(&stopped(c, method, by_id("slow")).await[0], "ended early");
    })
    .await;
}

/// An identity whose optional part is left out.
async fn optional_parts(c: &Client) {
    let method = "ImportResourceState";
    let of = |region: Json| json!({ "id": "7", "region": region });
    let by_identity = json!({ "identity_data": dv(&of(Json::Null)) });
    for asked in [json!({ "id": "7" }), json!({ "identity": by_identity })] {
        let mut request = asked;
        request["type_name"] = "kit_placed".into();
        let answer = c.call(method, request).await;
        fine(&answer);
        let imported = &answer["imported_resources"][0];
        assert_eq!(value(&imported["identity"]["identity_data"]), of(Json::Null));
        let read = json!({
            "type_name": "kit_placed", "current_state": imported["state"], "current_identity": imported["identity"],
        });
        let answer = c.call("ReadResource", read).await;
        fine(&answer);
        assert_eq!(value(&answer["new_identity"]["identity_data"]), of("eu".into()));
    }
    let nothing = json!({ "identity_data": dv(&json!({ "id": null, "region": null })) });
    refused_with(
        &c.call(method, json!({ "type_name": "kit_placed", "identity": nothing })).await,
        "The identity to import by is empty",
        "All its parts are null or not known yet. Set those that name the object.",
    );
}
