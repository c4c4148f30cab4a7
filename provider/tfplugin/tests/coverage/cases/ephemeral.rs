//! Ephemeral resources.

use serde_json::{Value as Json, json};

use super::{PANICKED, configure, fine, refused, refused_with};
use crate::client::{Client, UNKNOWN, bytes, dv, text, value};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, abandoned, stopped};

const OPAQUE: &str = "The request carries nothing but bytes that the provider made itself";

fn of(name: Json) -> Json {
    json!({ "type_name": "kit_token", "config": dv(&json!({ "name": name, "token": null })) })
}

fn opened(private: &str) -> Json {
    json!({ "type_name": "kit_token", "private": bytes(private) })
}

pub(crate) async fn run(c: &Client, t: &mut Table) {
    let method = "ValidateEphemeralResourceConfig";
    t.case(method, Happy, "a sound configuration passes", async {
        fine(&c.call(method, of("a".into())).await);
    })
    .await;
    t.case(method, Error, "a faulty value is told", async {
        refused(&c.call(method, of("".into())).await, "Invalid value for `name`");
        let mine =
            json!({ "type_name": "kit_token", "config": dv(&json!({ "name": "a", "token": "mine" })) });
        refused(&c.call(method, mine.clone()).await, "`token` cannot be set");
        refused(&c.call("OpenEphemeralResource", mine).await, "`token` cannot be set");
        refused_with(
            &c.call(method, json!({ "type_name": "none" })).await,
            "This provider has no ephemeral resource `none`",
            "The name may come from another version of the provider: run `terraform init -upgrade`.",
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
    open(c, t).await;
    renew_and_close(c, t).await;
}

async fn open(c: &Client, t: &mut Table) {
    let method = "OpenEphemeralResource";
    t.case(method, Happy, "gives the result, private bytes and when to renew", async {
        let answer = c.call(method, of("a".into())).await;
        fine(&answer);
        assert_eq!(value(&answer["result"]), json!({ "name": "a", "token": "t" }));
        assert_eq!(text(&answer["private"]), "a");
        assert!(answer["renew_at"].is_string());
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
            assert_eq!(answer["deferred"]["reason"], "PROVIDER_CONFIG_UNKNOWN");
            configure(c, "dev".into()).await;
        },
    )
    .await;
    t.case(method, Null, "null for what is required is told: nothing is opened", async {
        refused(&c.call(method, of(Json::Null)).await, "`name` is required");
    })
    .await;
    t.case(method, Cancelled, "ends early when the user interrupts", async {
        refused(&stopped(c, method, of("slow".into())).await[0], "ended early");
    })
    .await;
}

async fn renew_and_close(c: &Client, t: &mut Table) {
    t.case("RenewEphemeralResource", Happy, "gives new private bytes", async {
        let answer = c.call("RenewEphemeralResource", opened("a")).await;
        fine(&answer);
        assert_eq!(text(&answer["private"]), "renewed");
    })
    .await;
    t.case("CloseEphemeralResource", Happy, "answers nothing", async {
        fine(&c.call("CloseEphemeralResource", opened("a")).await);
    })
    .await;
    for method in ["RenewEphemeralResource", "CloseEphemeralResource"] {
        t.case(method, Error, "failures and panics are told", async {
            refused(&c.call(method, opened("broken")).await, "it is broken");
            refused(&c.call(method, opened("panics")).await, PANICKED);
        })
        .await;
        t.none(method, &[Unknown], OPAQUE);
        t.case(method, Null, "no private bytes are as good as empty ones", async {
            fine(&c.call(method, json!({ "type_name": "kit_token" })).await);
        })
        .await;
        t.case(method, Cancelled, "ends early when the user interrupts", async {
            refused(&stopped(c, method, opened("slow")).await[0], "ended early");
        })
        .await;
    }
}
