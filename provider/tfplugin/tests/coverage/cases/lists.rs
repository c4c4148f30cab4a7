//! Listing.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{PANICKED, fine, refused, refused_with};
use crate::client::{Client, UNKNOWN, dv, value};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, abandoned, stopped};

fn of(name: Json) -> Json {
    json!({ "type_name": "kit_thing", "config": dv(&json!({ "name": name })) })
}

pub(crate) async fn run(c: &Client, t: &mut Table) {
    validate(c, t).await;
    let method = "ListResource";
    t.case(
        method,
        Happy,
        "streams whole identities and names of one line, objects if asked for, stops at the limit; a faulty one is a warning",
        async {
            let mut request = of("a".into());
            request["limit"] = 5.into();
            let events = c.calls(method, request.clone()).await;
            assert_eq!(events.len(), 5);
            assert_eq!(events[1]["display_name"], "thing 2");
            assert_eq!(value(&events[4]["identity"]["identity_data"]), json!({ "id": "5" }));
            assert!(events[0]["resource_object"].is_null());
            request["include_resource_object"] = true.into();
            let events = c.calls(method, request).await;
            assert_eq!(value(&events[0]["resource_object"])["name"], "thing 1");
            assert_eq!(c.calls(method, of("a".into())).await.len(), 1000);
            faulty_objects(c).await;
        },
    )
    .await;
    t.case(method, Error, "a failure or panic half way is an event of its own after what was found", async {
        for (name, summary) in [("broken", "it is broken"), ("panics", PANICKED)] {
            let events = c.calls(method, of(name.into())).await;
            assert_eq!(events.len(), 4, "{name}");
            refused(&events[3], summary);
        }
        refused(
            &c.call(method, json!({ "type_name": "none" })).await,
            "This provider has no list resource `none`",
        );
        let wrong = json!({ "type_name": "kit_thing", "config": dv(&json!("text")) });
        refused(&c.call(method, wrong).await, "Terraform sent a value that does not fit the schema");
    })
    .await;
    t.case(method, Unknown, "an unknown filter arrives as such", async {
        assert_eq!(c.calls(method, of(UNKNOWN.into())).await.len(), 1000);
    })
    .await;
    t.case(method, Null, "a null filter, and no configuration at all, list everything", async {
        assert_eq!(c.calls(method, of(Json::Null)).await.len(), 1000);
        assert_eq!(c.calls(method, json!({ "type_name": "kit_thing" })).await.len(), 1000);
    })
    .await;
    t.case(method, Cancelled, "ends early when the user interrupts or Terraform stops reading", async {
        let events = stopped(c, method, of("slow".into())).await;
        refused(events.last().unwrap(), "ended early");
        assert_eq!(c.first(method, of("slow".into())).await["display_name"], "thing 1");
        tokio::time::sleep(Duration::from_millis(50)).await;
        fine(&c.call("GetMetadata", json!({})).await);
    })
    .await;
}

async fn validate(c: &Client, t: &mut Table) {
    let method = "ValidateListResourceConfig";
    t.case(method, Happy, "a sound configuration passes", async {
        let mut request = of("a".into());
        request["limit"] = dv(&json!(5));
        request["include_resource_object"] = dv(&json!(true));
        fine(&c.call(method, request).await);
    })
    .await;
    t.case(method, Error, "a faulty value or limit is told", async {
        refused(&c.call(method, of("".into())).await, "Invalid value for `name`");
        let mut request = of("a".into());
        request["limit"] = dv(&json!(0));
        refused_with(
            &c.call(method, request).await,
            "The limit of a listing must be a whole number above 0",
            "Set `limit` to the most results that are wanted.",
        );
    })
    .await;
    t.case(method, Unknown, "unknown values and an unknown limit are not checked", async {
        let mut request = of(UNKNOWN.into());
        request["limit"] = dv(&json!(UNKNOWN));
        fine(&c.call(method, request).await);
    })
    .await;
    t.case(method, Null, "null values and no limit pass", async {
        fine(&c.call(method, of(Json::Null)).await);
    })
    .await;
    t.case(method, Cancelled, "an abandoned call does no harm", abandoned(c, method, of("a".into()))).await;
}

/// Objects of which some are faulty: the others are listed all the same.
async fn faulty_objects(c: &Client) {
    let method = "ListResource";
    let events = c.calls(method, json!({ "type_name": "kit_placed", "limit": 2 })).await;
    assert_eq!(value(&events[0]["identity"]["identity_data"]), json!({ "id": "1", "region": null }));
    assert_eq!(events[0]["display_name"], "first of two");
    for (at, summary) in [(1, "it is broken"), (2, "The provider listed an object without its identity")] {
        assert_eq!(events[at]["identity"], Json::Null);
        refused(&events[at], summary);
        assert_eq!(events[at]["diagnostic"][0]["severity"], "WARNING");
    }
    assert_eq!(events[1]["diagnostic"][0]["detail"], "why\n\n`second` is left out of the listing.");
    assert_eq!(
        events[2]["diagnostic"][0]["detail"],
        "This is a bug of the provider: please report it.\n\n`third` is left out of the listing."
    );
    assert_eq!(value(&events[3]["identity"]["identity_data"]), json!({ "id": "2", "region": "eu" }));
    assert_eq!(events.len(), 4, "what is left out does not count");
}
