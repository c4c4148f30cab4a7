//! The checks, one file per group of methods.

pub(crate) mod actions;
pub(crate) mod apply;
pub(crate) mod catalog;
pub(crate) mod configure;
pub(crate) mod data;
pub(crate) mod ephemeral;
pub(crate) mod functions;
pub(crate) mod import;
pub(crate) mod lists;
pub(crate) mod plan;
pub(crate) mod read;
pub(crate) mod stored;
pub(crate) mod stores;

use serde_json::{Map, Value as Json, json};

use crate::client::{Client, dv, summaries};

/// A `kit_thing` with these attributes, the others null and without blocks.
pub(crate) fn thing(set: Json) -> Json {
    let names = [
        "id",
        "name",
        "size",
        "any",
        "tags",
        "storage",
        "secret_wo",
        "secret_wo_version",
        "received",
        "owner",
        "timeouts",
    ];
    let mut object: Map<String, Json> = names.iter().map(|name| ((*name).to_owned(), Json::Null)).collect();
    object.insert("rule".into(), json!([]));
    object.insert("mark".into(), json!([]));
    if let Json::Object(set) = set {
        object.extend(set);
    }
    Json::Object(object)
}

/// An identity as the protocol's `ResourceIdentityData`.
pub(crate) fn identity(id: &str) -> Json {
    json!({ "identity_data": dv(&json!({ "id": id })) })
}

/// Configures the provider.
pub(crate) async fn configure(client: &Client, mode: Json) {
    let request = json!({ "terraform_version": "1.15.0", "config": dv(&json!({ "mode": mode })) });
    assert_eq!(summaries(&client.call("ConfigureProvider", request).await), Vec::<String>::new());
}

/// The answer must hold exactly this error.
pub(crate) fn refused(answer: &Json, summary: &str) {
    assert_eq!(summaries(answer), [summary], "{answer}");
}

/// The answer must hold exactly this error, with why it happened and what to do.
pub(crate) fn refused_with(answer: &Json, summary: &str, detail: &str) {
    refused(answer, summary);
    let list = [&answer["diagnostics"], &answer["diagnostic"], &answer["completed"]["diagnostics"]];
    let told = list.into_iter().filter_map(Json::as_array).flatten().next();
    assert_eq!(told.map(|told| &told["detail"]), Some(&Json::from(detail)), "{answer}");
}

/// The answer must hold no diagnostics.
pub(crate) fn fine(answer: &Json) {
    assert_eq!(summaries(answer), Vec::<String>::new(), "{answer}");
}

/// What a panic in a resource ends in.
pub(crate) const PANICKED: &str = "The provider hit a fault of its own";
