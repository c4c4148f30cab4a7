//! The provider's configuration.

use serde_json::{Value as Json, json};

use super::{PANICKED, fine, refused};
use crate::client::{Client, UNKNOWN, dv};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, abandoned};

fn with(mode: Json) -> Json {
    json!({ "config": dv(&json!({ "mode": mode })) })
}

pub(crate) async fn run(c: &Client, t: &mut Table) {
    let method = "ValidateProviderConfig";
    t.case(method, Happy, "a sound configuration passes", async {
        fine(&c.call(method, with("dev".into())).await);
    })
    .await;
    t.case(method, Error, "a faulty value is told with its attribute", async {
        let answer = c.call(method, with("far too long".into())).await;
        refused(&answer, "Invalid value for `mode`");
        assert_eq!(answer["diagnostics"][0]["attribute"]["steps"][0]["attribute_name"], "mode");
    })
    .await;
    t.case(method, Unknown, "an unknown value is not checked", async {
        fine(&c.call(method, with(UNKNOWN.into())).await);
    })
    .await;
    t.case(method, Null, "null attributes and no configuration at all pass", async {
        fine(&c.call(method, with(Json::Null)).await);
        fine(&c.call(method, json!({})).await);
    })
    .await;
    t.case(method, Cancelled, "an abandoned call does no harm", abandoned(c, method, with("dev".into())))
        .await;

    let method = "ConfigureProvider";
    t.case(method, Happy, "may be called again and again", async {
        for _ in 0..2 {
            fine(&c.call(method, with("dev".into())).await);
        }
    })
    .await;
    t.case(method, Error, "a refusal and a panic are diagnostics", async {
        refused(&c.call(method, with("broken".into())).await, "the mode is broken");
        refused(&c.call(method, with("panics".into())).await, PANICKED);
    })
    .await;
    t.case(method, Unknown, "fails later, and only what needs the client", async {
        fine(&c.call(method, with(UNKNOWN.into())).await);
    })
    .await;
    t.case(method, Null, "null attributes and no configuration at all are passed on", async {
        fine(&c.call(method, with(Json::Null)).await);
        fine(&c.call(method, json!({})).await);
    })
    .await;
    t.case(method, Cancelled, "an abandoned configuration is finished all the same", async {
        fine(&c.call(method, with(UNKNOWN.into())).await);
        abandoned(c, method, with("slow".into())).await;
    })
    .await;
}
