//! Actions.

use serde_json::{Value as Json, json};

use super::{PANICKED, configure, fine, refused, refused_with};
use crate::client::{Client, UNKNOWN, dv};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, abandoned, stopped};

fn of(name: Json) -> Json {
    let config = dv(&json!({ "name": name }));
    json!({ "action_type": "kit_restart", "config": config })
}

pub(crate) async fn run(c: &Client, t: &mut Table) {
    let method = "ValidateActionConfig";
    let config = |name: Json| json!({ "type_name": "kit_restart", "config": dv(&json!({ "name": name })) });
    t.case(method, Happy, "a sound configuration passes", async {
        fine(&c.call(method, config("a".into())).await);
    })
    .await;
    t.case(method, Error, "a faulty value is told", async {
        refused(&c.call(method, config("".into())).await, "Invalid value for `name`");
        refused_with(
            &c.call(method, json!({ "type_name": "none" })).await,
            "This provider has no action `none`",
            "The name may come from another version of the provider: run `terraform init -upgrade`.",
        );
    })
    .await;
    t.case(method, Unknown, "an unknown value is not checked", async {
        fine(&c.call(method, config(UNKNOWN.into())).await);
    })
    .await;
    t.case(method, Null, "null for what is required is told: Terraform takes it", async {
        refused(&c.call(method, config(Json::Null)).await, "`name` is required");
    })
    .await;
    t.case(method, Cancelled, "an abandoned call does no harm", abandoned(c, method, config("a".into())))
        .await;
    plan(c, t).await;
    invoke(c, t).await;
}

async fn plan(c: &Client, t: &mut Table) {
    let method = "PlanAction";
    t.case(method, Happy, "passes what can be done", async { fine(&c.call(method, of("a".into())).await) })
        .await;
    t.case(method, Error, "failures, panics and deferrals that no action may ask for are told", async {
        refused(&c.call(method, of("broken".into())).await, "it is broken");
        refused(&c.call(method, of("panics".into())).await, PANICKED);
        let mut request = of("defers".into());
        request["client_capabilities"] = json!({ "deferral_allowed": true });
        let summary = "The provider put an action off for a reason that Terraform does not take";
        let detail =
            "An action can only wait for the provider's configuration. This is a bug of the provider.";
        refused_with(&c.call(method, request).await, summary, detail);
    })
    .await;
    t.case(method, Unknown, "unknown values pass; an unknown client defers where that is allowed", async {
        fine(&c.call(method, of(UNKNOWN.into())).await);
        configure(c, UNKNOWN.into()).await;
        let mut request = of("needs-client".into());
        request["client_capabilities"] = json!({ "deferral_allowed": true });
        let answer = c.call(method, request).await;
        fine(&answer);
        assert_eq!(answer["deferred"]["reason"], "PROVIDER_CONFIG_UNKNOWN");
        configure(c, "dev".into()).await;
    })
    .await;
    t.case(
        method,
        Null,
        "what validation could not know is told now; no configuration at all arrives as such",
        async {
            refused(&c.call(method, of(Json::Null)).await, "`name` is required");
            fine(&c.call(method, json!({ "action_type": "kit_restart" })).await);
        },
    )
    .await;
    t.case(method, Cancelled, "ends early when the user interrupts", async {
        refused(&stopped(c, method, of("slow".into())).await[0], "ended early");
    })
    .await;
}

/// The messages of an action's events; the last event, and no other, must say that it is completed.
fn progress(events: &[Json]) -> Vec<&str> {
    let (last, others) = events.split_last().unwrap();
    assert!(last["completed"].is_object(), "{last}");
    others.iter().map(|event| event["progress"]["message"].as_str().unwrap()).collect()
}

async fn invoke(c: &Client, t: &mut Table) {
    let method = "InvokeAction";
    t.case(method, Happy, "streams its progress and ends with exactly one completion", async {
        let events = c.calls(method, of("a".into())).await;
        assert_eq!(progress(&events), ["stopping", "starting"]);
        fine(events.last().unwrap());
        let events = c.calls(method, of("echoes".into())).await;
        assert_eq!(progress(&events), [r"\u{1b}[8m***\u{202e}"]);
    })
    .await;
    t.case(method, Error, "failures and panics are told by the completion", async {
        for (name, summary) in [("broken", "it is broken"), ("panics", PANICKED)] {
            let events = c.calls(method, of(name.into())).await;
            assert_eq!(progress(&events), ["stopping"]);
            refused(events.last().unwrap(), summary);
        }
        let events = c.calls(method, json!({ "action_type": "none" })).await;
        refused(&events[0], "This provider has no action `none`");
    })
    .await;
    t.case(method, Unknown, "an unknown value arrives as such", async {
        fine(c.calls(method, of(UNKNOWN.into())).await.last().unwrap());
    })
    .await;
    t.case(method, Null, "what only the apply knows to be null is told, and nothing is done", async {
        let events = c.calls(method, of(Json::Null)).await;
        assert_eq!(progress(&events), Vec::<&str>::new());
        refused(events.last().unwrap(), "`name` is required");
    })
    .await;
    t.case(method, Cancelled, "ends early when the user interrupts; Terraform may stop reading", async {
        let events = stopped(c, method, of("slow".into())).await;
        assert_eq!(progress(&events), ["stopping"]);
        refused(events.last().unwrap(), "ended early");
        c.first(method, of("slow".into())).await;
        fine(&c.call("GetMetadata", json!({})).await);
    })
    .await;
}
