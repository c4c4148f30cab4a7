//! What newer versions of Terraform ask for (identities, listings, actions, configurations), over a real connection to the provider and
//! against the sandbox.

#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

use serde_json::{Value as Json, json};
use terraform_provider_truefoundry::{ADDRESS, Truefoundry};
use tfplugin::proto::tfplugin6 as wire;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::transport::{Options, TestServer};
use tfplugin::value::{Type, Value};
use tfplugin::{Provider as _, Server};
use tfy_sandbox::{Handle, Sandbox, Switches};
use tonic::transport::Channel;
use truefoundry_api::{Client, Config};

#[path = "objects/generated.rs"]
mod generated;
#[path = "objects/messages.rs"]
mod messages;
#[path = "objects/refusals.rs"]
mod refusals;
#[path = "objects/troubles.rs"]
mod troubles;

/// A provider with a control plane.
struct Setup {
    provider: ProviderClient<Channel>,
    control_plane: Client,
    _server: TestServer,
    sandbox: Option<Handle>,
}

async fn start() -> Setup {
    start_with(&[]).await
}

/// As [`start`], with these settings of the provider.
async fn start_with(settings: &[(&str, Value)]) -> Setup {
    start_on(Switches::default(), settings).await
}

/// As [`start_with`], on a control plane with these switches.
async fn start_on(switches: Switches, settings: &[(&str, Value)]) -> Setup {
    let key = "tfy_only_for_this_test";
    let options = tfy_sandbox::Options { switches, ..tfy_sandbox::Options::new(key) };
    let sandbox = Sandbox::start(options).await.unwrap();
    let server = TestServer::start(Server::new(Truefoundry), &Options::new(ADDRESS)).unwrap();
    let mut provider = ProviderClient::connect(server.uri()).await.unwrap();
    let schema = Truefoundry.schema();
    let mut config = schema.empty();
    config.put("host", sandbox.url());
    config.put("api_key", key);
    for (name, value) in settings {
        config.put(*name, value.clone());
    }
    let request = wire::configure_provider::Request {
        terraform_version: "1.14.0".into(),
        config: pack(&config, &schema.ty()),
        ..Default::default()
    };
    let configured = provider.configure_provider(request).await.unwrap().into_inner();
    assert_eq!(configured.diagnostics, []);
    let control_plane = Client::new(Config::new(sandbox.url(), key.to_owned().into())).unwrap();
    for manifest in [
        json!({ "type": "environment", "name": "prod", "isProduction": true, "optimizeFor": "COST", "color": {} }),
        json!({ "type": "cluster", "name": "one", "cluster_type": "aws-eks", "environment_names": ["prod"] }),
        json!({ "type": "cluster", "name": "two", "cluster_type": "aws-eks", "environment_names": ["prod"] }),
        json!({ "type": "workspace", "name": "search", "cluster_fqn": "one" }),
        json!({ "type": "workspace", "name": "search", "cluster_fqn": "two" }),
    ] {
        apply(&control_plane, manifest).await;
    }
    Setup { provider, control_plane, _server: server, sandbox: Some(sandbox) }
}

async fn apply(control_plane: &Client, manifest: Json) {
    control_plane.apply(&manifest, false).await.unwrap();
}

fn pack(value: &Value, ty: &Type) -> Option<wire::DynamicValue> {
    Some(wire::DynamicValue { msgpack: value.to_msgpack(ty).into(), json: Default::default() })
}

fn texts(names: &[&str]) -> Type {
    Type::Object(names.iter().map(|name| ((*name).to_owned(), Type::String)).collect())
}

fn of(parts: &[(&str, &str)]) -> Value {
    Value::object(parts.iter().map(|(name, text)| (*name, Value::from(*text))))
}

fn identity_of(data: Option<wire::ResourceIdentityData>, ty: &Type) -> Value {
    let data = data.and_then(|data| data.identity_data).unwrap_or_default();
    Value::from_msgpack(&data.msgpack, ty).unwrap()
}

#[tokio::test]
async fn every_object_with_a_key_has_an_identity_of_it() {
    let mut setup = start().await;
    let answer =
        setup.provider.get_resource_identity_schemas(wire::get_resource_identity_schemas::Request {});
    let schemas = answer.await.unwrap().into_inner().identity_schemas;
    let parts = |name: &str| {
        let attributes = &schemas[name].identity_attributes;
        let mut names: Vec<_> = attributes.iter().map(|part| part.name.clone()).collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(parts("truefoundry_environment"), "name");
    assert_eq!(parts("truefoundry_workspace"), "cluster_fqn name");
    assert_eq!(parts("truefoundry_service"), "name workspace_fqn");
    assert_eq!(parts("truefoundry_user"), "email");
    assert_eq!(parts("truefoundry_secret"), "name secret_group_fqn");
    assert!(schemas.len() > 100, "{} identities", schemas.len());
}

#[tokio::test]
async fn objects_are_imported_by_identity() {
    let mut setup = start().await;
    let ty = texts(&["cluster_fqn", "name"]);
    let identity = of(&[("cluster_fqn", "two"), ("name", "search")]);
    let request = wire::import_resource_state::Request {
        type_name: "truefoundry_workspace".into(),
        identity: Some(wire::ResourceIdentityData { identity_data: pack(&identity, &ty) }),
        ..Default::default()
    };
    let imported = setup.provider.import_resource_state(request).await.unwrap().into_inner();
    assert_eq!(imported.diagnostics, []);
    let [object] = &imported.imported_resources[..] else { unreachable!("one object") };
    assert_eq!(identity_of(object.identity.clone(), &ty), identity);
    let resources = Truefoundry.resources();
    let (_, resource) = resources.iter().find(|(name, _)| name == "truefoundry_workspace").unwrap();
    let state = object.state.clone().unwrap_or_default();
    let state = Value::from_msgpack(&state.msgpack, &resource.schema().ty()).unwrap();
    assert_eq!(state.get("fqn"), &Value::from("two:search"));
}

/// The configuration of a listing with these filters.
fn asked(kind: &str, filters: &[(&str, &str)]) -> Option<wire::DynamicValue> {
    let listings = Truefoundry.list_resources();
    let (_, listing) = listings.iter().find(|(name, _)| name == kind).unwrap();
    let schema = listing.schema();
    let mut config = schema.empty();
    filters.iter().for_each(|(name, text)| config.put(*name, *text));
    pack(&config, &schema.ty())
}

/// What a listing finds: display name and whether the object came along.
async fn list(
    setup: &mut Setup,
    kind: &str,
    filters: &[(&str, &str)],
    limit: i64,
) -> Vec<(String, Value, bool)> {
    let identity = texts(if kind == "truefoundry_workspace" { &["cluster_fqn", "name"] } else { &["name"] });
    let request = wire::list_resource::Request {
        type_name: kind.into(),
        config: asked(kind, filters),
        include_resource_object: true,
        limit,
    };
    let mut events = setup.provider.list_resource(request).await.unwrap().into_inner();
    let mut found = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        assert_eq!(event.diagnostic, []);
        let whole = event.resource_object.is_some();
        found.push((event.display_name, identity_of(event.identity, &identity), whole));
    }
    found
}

#[tokio::test]
async fn collections_are_listed_and_narrowed() {
    let mut setup = start().await;
    assert_eq!(list(&mut setup, "truefoundry_workspace", &[], 100).await.len(), 2);
    assert_eq!(list(&mut setup, "truefoundry_workspace", &[], 1).await.len(), 1);
    let found = list(&mut setup, "truefoundry_workspace", &[("cluster_fqn", "one")], 100).await;
    let identity = of(&[("cluster_fqn", "one"), ("name", "search")]);
    assert_eq!(found, [("one:search".to_owned(), identity, true)]);

    // Kinds that share a collection are told apart.
    let account = |provider: &str, auth: Json| json!({ "type": format!("provider-account/{provider}"), "name": provider, "integrations": [], "auth_data": auth });
    apply(&setup.control_plane, account("openai", json!({ "type": "api-key", "api_key": "sk-1234567" })))
        .await;
    apply(&setup.control_plane, account("anthropic", json!({ "type": "api-key", "api_key": "sk-1234567" })))
        .await;
    let kind = "truefoundry_provider_account_openai";
    let found = list(&mut setup, kind, &[], 100).await;
    assert_eq!(found, [("demo:openai:openai".to_owned(), of(&[("name", "openai")]), true)]);
}

/// Invokes an action; its messages, or the summaries of what went wrong.
async fn invoke(setup: &mut Setup, action: &str, config: &Value, ty: &Type) -> Vec<String> {
    let request = wire::invoke_action::Request {
        action_type: action.into(),
        config: pack(config, ty),
        ..Default::default()
    };
    let mut events = setup.provider.invoke_action(request).await.unwrap().into_inner();
    let mut said = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        match event.r#type.unwrap() {
            wire::invoke_action::event::Type::Progress(progress) => said.push(progress.message),
            wire::invoke_action::event::Type::Completed(completed) => {
                said.extend(completed.diagnostics.into_iter().map(|problem| problem.summary));
            }
        }
    }
    said
}

#[tokio::test]
async fn jobs_are_run_and_applications_restarted() {
    let mut setup = start().await;
    let job = json!({
        "type": "job", "name": "reindex", "workspace_fqn": "one:search", "trigger": { "type": "manual" },
        "image": { "type": "image", "image_uri": "registry.acme.example/reindex:1" },
    });
    apply(&setup.control_plane, job).await;
    let ty = texts(&["command", "fqn"]);
    let config = of(&[("fqn", "one:search:reindex"), ("command", "python once.py")]);
    let said = invoke(&mut setup, "truefoundry_trigger_job", &config, &ty).await;
    let [said] = said.as_slice() else { panic!("not one message: {said:?}") };
    assert!(said.starts_with("started the run `reindex-"), "{said}");

    let ty = texts(&["fqn"]);
    let config = of(&[("fqn", "one:search:reindex")]);
    let said = invoke(&mut setup, "truefoundry_restart_application", &config, &ty).await;
    assert_eq!(said, ["deploying the application `one:search:reindex` again, as version 2"]);
    let absent = of(&[("fqn", "one:search:nothing")]);
    let said = invoke(&mut setup, "truefoundry_restart_application", &absent, &ty).await;
    assert_eq!(said, ["There is no application `one:search:nothing`"]);
}
