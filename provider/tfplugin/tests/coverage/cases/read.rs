//! Reading resources.

use serde_json::{Value as Json, json};

use super::{PANICKED, configure, fine, identity, refused, refused_with, thing};
use crate::client::{Client, UNKNOWN, bytes, dv, text, value};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, stopped};

fn of(set: Json) -> Json {
    json!({
        "type_name": "kit_thing", "current_state": dv(&thing(set)), "private": bytes(r#"{"kept":1}"#),
        "current_identity": identity("1"), "client_capabilities": { "deferral_allowed": true },
    })
}

fn named(name: &str) -> Json {
    of(json!({ "id": "1", "name": name }))
}

pub(crate) async fn run(c: &Client, t: &mut Table) {
    let method = "ReadResource";
    configure(c, "dev".into()).await;
    t.case(
        method,
        Happy,
        "gives state, private data and identity; null for what is gone; provider_meta arrives",
        async {
            let answer = c.call(method, named("a")).await;
            fine(&answer);
            assert_eq!(value(&answer["new_state"]), thing(json!({ "id": "1", "name": "a" })));
            assert_eq!(text(&answer["private"]), r#"{"kept":1,"seen":true}"#);
            assert_eq!(value(&answer["new_identity"]["identity_data"]), json!({ "id": "1" }));
            assert_eq!(value(&c.call(method, named("gone")).await["new_state"]), Json::Null);
            let mut request = named("meta");
            request["provider_meta"] = dv(&json!({ "module": "network" }));
            refused(&c.call(method, request).await, "the module is network");
        },
    )
    .await;
    t.case(method, Error, "failures, panics, changed identities and values of another type are told", async {
        refused(&c.call(method, named("broken")).await, "it is broken");
        refused(&c.call(method, named("panics")).await, PANICKED);
        let summary = "The provider broke a rule of Terraform while it gave an identity: `id` is part of the object's \
                       identity and has changed";
        refused(&c.call(method, named("moved-away")).await, summary);
        let wrong = json!({ "type_name": "kit_thing", "current_state": dv(&json!("text")) });
        refused(&c.call(method, wrong).await, "Terraform sent a value that does not fit the schema");
    })
    .await;
    t.case(
        method,
        Unknown,
        "an unknown value is told and not stored; an unknown client defers where that is allowed",
        async {
            let answer = c.call(method, of(json!({ "id": "1", "name": "a", "received": UNKNOWN }))).await;
            refused(&answer, "The provider left `received` unknown");
            assert_eq!(value(&answer["new_state"])["received"], Json::Null);
            configure(c, UNKNOWN.into()).await;
            let answer = c.call(method, named("needs-client")).await;
            fine(&answer);
            assert_eq!(answer["deferred"]["reason"], "PROVIDER_CONFIG_UNKNOWN");
            assert_eq!(value(&answer["new_state"])["name"], "needs-client");
            let mut request = named("needs-client");
            request["client_capabilities"] = json!({});
            refused_with(
                &c.call(method, request).await,
                "The provider's configuration is not known yet",
                "A value in the `provider` block comes from a resource that is not created yet, and this operation needs \
                 it. Create that resource first (in an earlier layer), or give the value directly.",
            );
            configure(c, "dev".into()).await;
        },
    )
    .await;
    t.case(method, Null, "a stub with nothing but an id, as an import makes it, is read", async {
        let answer = c.call(method, of(json!({ "id": "1" }))).await;
        fine(&answer);
        assert_eq!(value(&answer["new_state"])["id"], "1");
    })
    .await;
    t.case(method, Cancelled, "ends early when the user interrupts", async {
        refused(&stopped(c, method, named("slow")).await[0], "ended early");
    })
    .await;
}
