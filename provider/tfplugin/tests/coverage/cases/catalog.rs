//! What the provider offers.

use serde_json::{Value as Json, json};

use super::{fine, refused};
use crate::client::{Client, summaries};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, abandoned};

const FIXED: &str = "It answers what was fixed when the process started, and cannot fail";
const EMPTY: &str = "The request carries no values";

fn names(list: &Json) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry["type_name"].as_str().unwrap()).collect()
}

pub(crate) async fn run(c: &Client, faulty: &Client, t: &mut Table) {
    for method in
        ["GetMetadata", "GetProviderSchema", "GetResourceIdentitySchemas", "GetFunctions", "StopProvider"]
    {
        t.none(method, &[Unknown, Null], EMPTY);
        t.case(method, Cancelled, "an abandoned call does no harm", abandoned(c, method, json!({}))).await;
    }
    for method in ["GetMetadata", "GetResourceIdentitySchemas", "GetFunctions"] {
        t.none(method, &[Error], FIXED);
    }
    t.none("StopProvider", &[Error], "It only cancels what runs, which cannot fail");

    t.case("GetMetadata", Happy, "names everything that is offered, and the server's capabilities", async {
        let answer = c.call("GetMetadata", json!({})).await;
        assert_eq!(names(&answer["resources"]), ["kit_placed", "kit_plain", "kit_thing"]);
        assert_eq!(names(&answer["data_sources"]), ["kit_thing"]);
        assert_eq!(names(&answer["ephemeral_resources"]), ["kit_token"]);
        assert_eq!(names(&answer["list_resources"]), ["kit_placed", "kit_thing"]);
        assert_eq!(names(&answer["actions"]), ["kit_restart"]);
        assert_eq!(answer["functions"][0]["name"], "shout");
        assert_eq!(answer["server_capabilities"]["plan_destroy"], true);
    })
    .await;
    t.case("GetProviderSchema", Happy, "gives every schema, blocks apart from attributes", async {
        let answer = c.call("GetProviderSchema", json!({})).await;
        fine(&answer);
        let block = &answer["resource_schemas"]["kit_thing"]["block"];
        let rule =
            block["block_types"].as_array().unwrap().iter().find(|b| b["type_name"] == "rule").unwrap();
        assert_eq!((rule["nesting"].as_str(), rule["max_items"].as_i64()), (Some("LIST"), Some(2)));
        assert!(block["attributes"].as_array().unwrap().iter().all(|a| a["name"] != "rule"));
        assert!(answer["provider_meta"].is_object());
        assert!(answer["action_schemas"]["kit_restart"]["schema"].is_object());
        assert!(answer["list_resource_schemas"]["kit_thing"].is_object());
        assert!(answer["functions"]["shout"].is_object());
        assert_eq!(c.call("GetProviderSchema", json!({})).await, answer, "the kept answer is the same");
    })
    .await;
    t.case("GetProviderSchema", Error, "tells of schemas that Terraform would refuse", async {
        let answer = faulty.call("GetProviderSchema", json!({})).await;
        assert_eq!(summaries(&answer), ["The provider has a faulty schema"; 2]);
        let told: Vec<_> =
            answer["diagnostics"].as_array().unwrap().iter().map(|told| told["detail"].as_str()).collect();
        let expected = [
            "schema of `provider`: `Mode` is not named with lower-case letters, digits and `_`",
            "schema of `kit_nothing`: is a list resource without a resource of that name that has an identity",
        ];
        assert_eq!(told, expected.map(Some));
    })
    .await;
    t.case(
        "GetResourceIdentitySchemas",
        Happy,
        "gives the identities of the resources that have one",
        async {
            let answer = c.call("GetResourceIdentitySchemas", json!({})).await;
            let schema = &answer["identity_schemas"]["kit_thing"];
            assert_eq!(schema["version"], 1);
            assert_eq!(schema["identity_attributes"][0]["required_for_import"], true);
            assert!(answer["identity_schemas"]["kit_plain"].is_null());
        },
    )
    .await;
    t.case("GetFunctions", Happy, "gives the signatures of the functions", async {
        let answer = c.call("GetFunctions", json!({})).await;
        assert_eq!(answer["functions"]["shout"]["parameters"][1]["allow_null_value"], true);
    })
    .await;
    t.case("StopProvider", Happy, "answers without an error, and the provider serves on", async {
        let answer = c.call("StopProvider", json!({})).await;
        assert_eq!(answer["Error"].as_str().unwrap_or_default(), "");
        refused(
            &c.call("ReadResource", json!({ "type_name": "none" })).await,
            "This provider has no resource `none`",
        );
    })
    .await;
}
