//! Data sources.

use serde_json::{Value as Json, json};

use super::{PANICKED, configure, fine, refused, refused_with};
use crate::client::{Client, UNKNOWN, dv, value};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, abandoned, stopped};

fn of(name: Json) -> Json {
    json!({ "type_name": "kit_thing", "config": dv(&json!({ "name": name, "size": null })) })
}

pub(crate) async fn run(c: &Client, t: &mut Table) {
    let method = "ValidateDataResourceConfig";
    t.case(method, Happy, "a sound configuration passes", async {
        fine(&c.call(method, of("a".into())).await);
    })
    .await;
    t.case(method, Error, "a faulty value is told", async {
        refused(&c.call(method, of("".into())).await, "Invalid value for `name`");
        let sized = json!({ "type_name": "kit_thing", "config": dv(&json!({ "name": "a", "size": 1 })) });
        for method in [method, "ReadDataSource"] {
            let answer = c.call(method, sized.clone()).await;
            refused_with(
                &answer,
                "`size` cannot be set",
                "Only the provider gives it its value. Remove it from the configuration.",
            );
            assert_eq!(answer["diagnostics"][0]["attribute"]["steps"][0]["attribute_name"], "size");
        }
        refused(
            &c.call(method, json!({ "type_name": "none" })).await,
            "This provider has no data source `none`",
        );
    })
    .await;
    t.case(method, Unknown, "an unknown value is not checked", async {
        fine(&c.call(method, of(UNKNOWN.into())).await);
    })
    .await;
    t.case(method, Null, "null for what is required is told: Terraform takes it", async {
        refused(&c.call(method, of(Json::Null)).await, "`name` is required");
    })
    .await;
    t.case(method, Cancelled, "an abandoned call does no harm", abandoned(c, method, of("a".into()))).await;

    let method = "ReadDataSource";
    t.case(method, Happy, "gives the whole object", async {
        let answer = c.call(method, of("a".into())).await;
        fine(&answer);
        assert_eq!(value(&answer["state"]), json!({ "name": "a", "size": 7 }));
        let mut request = of("meta".into());
        request["provider_meta"] = dv(&json!({ "module": "network" }));
        refused(&c.call(method, request).await, "the module is network");
    })
    .await;
    t.case(method, Error, "failures and panics are told", async {
        refused(&c.call(method, of("broken".into())).await, "it is broken");
        refused(&c.call(method, of("panics".into())).await, PANICKED);
    })
    .await;
    t.case(
        method,
        Unknown,
        "an unknown value in the result is told; an unknown client defers where allowed",
        async {
            refused(&c.call(method, of(UNKNOWN.into())).await, "The provider left `name` unknown");
            configure(c, UNKNOWN.into()).await;
            let mut request = of("needs-client".into());
            request["client_capabilities"] = json!({ "deferral_allowed": true });
            let answer = c.call(method, request).await;
            fine(&answer);
            assert_eq!(answer["deferred"]["reason"], "PROVIDER_CONFIG_UNKNOWN");
            assert_eq!(value(&answer["state"]), json!({ "name": "needs-client", "size": UNKNOWN }));
            configure(c, "dev".into()).await;
        },
    )
    .await;
    t.case(
        method,
        Null,
        "null for what is required is told; no configuration at all is read as null",
        async {
            refused(&c.call(method, of(Json::Null)).await, "`name` is required");
            let answer = c.call(method, json!({ "type_name": "kit_thing" })).await;
            assert_eq!(value(&answer["state"])["name"], Json::Null);
        },
    )
    .await;
    t.case(method, Cancelled, "ends early when the user interrupts", async {
        refused(&stopped(c, method, of("slow".into())).await[0], "ended early");
    })
    .await;
}
