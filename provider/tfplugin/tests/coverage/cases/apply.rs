//! Creating, updating, deleting.

use serde_json::{Value as Json, json};

use super::{PANICKED, fine, identity, refused, refused_with, thing};
use crate::client::{Client, UNKNOWN, bytes, dv, summaries, text, value};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, stopped};

fn of(prior: &Json, planned: &Json, config: &Json) -> Json {
    json!({
        "type_name": "kit_thing", "prior_state": dv(prior), "planned_state": dv(planned), "config": dv(config),
        "planned_private": bytes(r#"{"kept":1}"#),
    })
}

fn create(name: &str, more: Json) -> Json {
    let mut planned = thing(json!({ "id": UNKNOWN, "name": name, "size": 1, "received": UNKNOWN }));
    if let (Json::Object(planned), Json::Object(more)) = (&mut planned, more) {
        planned.extend(more);
    }
    let config = thing(json!({ "name": name, "secret_wo": "s" }));
    of(&Json::Null, &planned, &config)
}

fn existing(name: &str) -> Json {
    thing(json!({ "id": "1", "name": name, "size": 1, "received": "r" }))
}

pub(crate) async fn run(c: &Client, t: &mut Table) {
    let method = "ApplyResourceChange";
    t.case(
        method,
        Happy,
        "creates and updates, with private data and identity; write-only values arrive and stay out",
        async {
            let answer = c.call(method, create("a", json!({ "rule": [{ "port": 1 }] }))).await;
            fine(&answer);
            let expected =
                thing(json!({ "id": "1", "name": "a", "size": 1, "received": "s", "rule": [{ "port": 1 }] }));
            assert_eq!(value(&answer["new_state"]), expected);
            assert_eq!(text(&answer["private"]), r#"{"kept":1}"#);
            assert_eq!(value(&answer["new_identity"]["identity_data"]), json!({ "id": "1" }));
            updates(c).await;
        },
    )
    .await;
    t.case(method, Error, "failures keep what exists; results against the plan or its timeout are told", async {
        let answer = c.call(method, create("half", json!({}))).await;
        refused(&answer, "half made");
        assert_eq!(value(&answer["new_state"])["id"], "1");
        refused(&c.call(method, create("panics", json!({}))).await, PANICKED);
        let summary = "The provider broke a rule of Terraform while it created an object: `size` was planned as 1 and is \
                       now 77";
        refused(&c.call(method, create("lies-later", json!({}))).await, summary);
        let answer = c.call(method, create("slow-create", json!({ "timeouts": { "create": "100ms" } }))).await;
        assert_eq!(summaries(&answer), ["ended early", "The operation was given up after 100ms"]);
        assert_eq!(
            answer["diagnostics"][1]["detail"],
            "It takes longer than its timeout. Raise the timeout in `timeouts` of the configuration."
        );
        assert_eq!(value(&answer["new_state"])["id"], "1");
        let answer = c.call(method, of(&existing("broken"), &Json::Null, &Json::Null)).await;
        refused(&answer, "it is broken");
        assert_eq!(value(&answer["new_state"]), existing("broken"));
    })
    .await;
    t.case(method, Unknown, "what a resource leaves unknown is told and not stored", async {
        let answer = c.call(method, create("leaves-unknown", json!({}))).await;
        refused_with(
            &answer,
            "The provider left `received` unknown",
            "This is a fault of the provider: please report it.",
        );
        assert_eq!(value(&answer["new_state"])["received"], Json::Null);
    })
    .await;
    t.case(method, Null, "a deletion answers null", async {
        let answer = c.call(method, of(&existing("a"), &Json::Null, &Json::Null)).await;
        fine(&answer);
        assert_eq!(value(&answer["new_state"]), Json::Null);
    })
    .await;
    t.case(method, Cancelled, "ends early when the user interrupts, and keeps what exists", async {
        let answer = &stopped(c, method, create("slow-create", json!({}))).await[0];
        refused(answer, "ended early");
        assert_eq!(value(&answer["new_state"])["id"], "1");
    })
    .await;
}

async fn updates(c: &Client) {
    for (version, received) in [(1, "kept"), (2, "sent")] {
        let mut prior = existing("a");
        prior["secret_wo_version"] = 1.into();
        let mut planned = prior.clone();
        planned["received"] = UNKNOWN.into();
        planned["secret_wo_version"] = version.into();
        let mut request = of(&prior, &planned, &thing(json!({ "name": "a", "secret_wo": "s" })));
        request["planned_identity"] = identity("1");
        let answer = c.call("ApplyResourceChange", request).await;
        fine(&answer);
        assert_eq!(value(&answer["new_state"])["received"], received);
    }
}
