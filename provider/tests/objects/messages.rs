//! What the user reads when something is refused or fails, word for word.

use terraform_provider_truefoundry::Truefoundry;
use tfplugin::Provider as _;
use tfplugin::schema::Schema;

use super::*;

/// As Terraform shows them: summary and detail.
fn said(diagnostics: Vec<wire::Diagnostic>) -> String {
    let said = diagnostics.into_iter().map(|told| match told.detail.as_str() {
        "" => told.summary,
        detail => format!("{}: {detail}", told.summary),
    });
    said.collect::<Vec<_>>().join("\n")
}

pub(crate) fn resource(kind: &str) -> Schema {
    let resources = Truefoundry.resources();
    resources.iter().find(|(name, _)| name == kind).map(|(_, resource)| resource.schema()).unwrap()
}

/// A configuration of this schema: these attributes, the others left out.
pub(crate) fn config(schema: &Schema, attributes: &[(&str, Value)]) -> Value {
    let mut config = schema.empty();
    for (name, value) in attributes {
        config.put(*name, value.clone());
    }
    config
}

/// What a create says.
pub(crate) async fn create(setup: &mut Setup, kind: &str, attributes: &[(&str, Value)]) -> String {
    let schema = resource(kind);
    let ty = schema.ty();
    let config = config(&schema, attributes);
    let request = wire::plan_resource_change::Request {
        type_name: kind.into(),
        prior_state: pack(&Value::Null, &ty),
        proposed_new_state: pack(&config, &ty),
        config: pack(&config, &ty),
        ..Default::default()
    };
    let planned = setup.provider.plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!(planned.diagnostics, []);
    let request = wire::apply_resource_change::Request {
        type_name: kind.into(),
        prior_state: pack(&Value::Null, &ty),
        planned_state: planned.planned_state,
        config: pack(&config, &ty),
        planned_private: planned.planned_private,
        ..Default::default()
    };
    said(setup.provider.apply_resource_change(request).await.unwrap().into_inner().diagnostics)
}

/// What a deletion of an object with this state says.
async fn delete(setup: &mut Setup, kind: &str, attributes: &[(&str, Value)]) -> String {
    let schema = resource(kind);
    let ty = schema.ty();
    let request = wire::apply_resource_change::Request {
        type_name: kind.into(),
        prior_state: pack(&config(&schema, attributes), &ty),
        planned_state: pack(&Value::Null, &ty),
        config: pack(&Value::Null, &ty),
        ..Default::default()
    };
    said(setup.provider.apply_resource_change(request).await.unwrap().into_inner().diagnostics)
}

async fn import(setup: &mut Setup, kind: &str, id: &str) -> String {
    let request =
        wire::import_resource_state::Request { type_name: kind.into(), id: id.into(), ..Default::default() };
    said(setup.provider.import_resource_state(request).await.unwrap().into_inner().diagnostics)
}

pub(crate) async fn look_up(setup: &mut Setup, kind: &str, attributes: &[(&str, Value)]) -> String {
    let sources = Truefoundry.data_sources();
    let schema = sources.iter().find(|(name, _)| name == kind).map(|(_, source)| source.schema()).unwrap();
    let config = pack(&config(&schema, attributes), &schema.ty());
    let request = wire::read_data_source::Request { type_name: kind.into(), config, ..Default::default() };
    said(setup.provider.read_data_source(request).await.unwrap().into_inner().diagnostics)
}

pub(crate) async fn open(setup: &mut Setup, kind: &str, attributes: &[(&str, Value)]) -> String {
    let kinds = Truefoundry.ephemeral_resources();
    let schema = kinds.iter().find(|(name, _)| name == kind).map(|(_, kind)| kind.schema()).unwrap();
    let config = pack(&config(&schema, attributes), &schema.ty());
    let request =
        wire::open_ephemeral_resource::Request { type_name: kind.into(), config, ..Default::default() };
    said(setup.provider.open_ephemeral_resource(request).await.unwrap().into_inner().diagnostics)
}

async fn enumerate(setup: &mut Setup, kind: &str, filters: &[(&str, &str)]) -> String {
    let request = wire::list_resource::Request {
        type_name: kind.into(),
        config: asked(kind, filters),
        limit: 10,
        ..Default::default()
    };
    let mut events = setup.provider.list_resource(request).await.unwrap().into_inner();
    let mut told = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        told.extend(event.diagnostic);
    }
    said(told)
}

pub(crate) async fn act(setup: &mut Setup, action: &str, fqn: &str) -> String {
    let names: &[&str] = if action == "truefoundry_trigger_job" { &["command", "fqn"] } else { &["fqn"] };
    let mut attributes = of(&[("fqn", fqn)]);
    if names.len() > 1 {
        attributes.put("command", Value::Null);
    }
    let request = wire::invoke_action::Request {
        action_type: action.into(),
        config: pack(&attributes, &texts(names)),
        ..Default::default()
    };
    let mut events = setup.provider.invoke_action(request).await.unwrap().into_inner();
    let mut told = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        if let Some(wire::invoke_action::event::Type::Completed(completed)) = event.r#type {
            told.extend(completed.diagnostics);
        }
    }
    said(told)
}

/// What is told of an object that is there already.
fn exists_already(name: &str, resource_type: &str, id: &str) -> String {
    format!(
        "The {name} exists already: Creating it would take it over and replace its settings, and it may belong to somebody \
         else. Nothing was changed.\n\nhint: if it is yours, import it, with the label of this resource:\n\nimport {{\n  \
         to = {resource_type}.<label>\n  id = \"{id}\"\n}}\n\nOr choose another name; or set `adopt_existing = true` in the \
         `provider` block to take over existing objects."
    )
}

#[tokio::test]
async fn what_exists_already_is_not_taken_over() {
    let mut setup = start().await;
    let workspace = [("name", "search".into()), ("cluster_fqn", "one".into())];
    assert_eq!(
        create(&mut setup, "truefoundry_workspace", &workspace).await,
        exists_already("workspace `one:search`", "truefoundry_workspace", "one:search")
    );
    let manifest = r#"{"type":"workspace","name":"search","cluster_fqn":"two"}"#;
    assert_eq!(
        create(&mut setup, "truefoundry_manifest", &[("manifest", manifest.into())]).await,
        exists_already("object `workspace` `two:search`", "truefoundry_manifest", "workspace:two:search")
    );
    assert_eq!(
        create(&mut setup, "truefoundry_workspace", &workspace).await,
        "The workspace `one:search` is created twice: Another block of this run creates an object of the same kind and \
         name, and each would undo what the other sets. Nothing was changed by this one.\n\nhint: keep one of the two \
         blocks, or give them different names."
    );
}

#[tokio::test]
async fn secrets_and_users_that_exist_are_not_taken_over() {
    let mut setup = start().await;
    secrets(&setup).await;
    let secret = |name: &str, group: &str| {
        [
            ("name", name.into()),
            ("secret_group_fqn", group.into()),
            ("value_wo", "hush".into()),
            ("value_wo_version", 1.into()),
        ]
    };
    assert_eq!(
        create(&mut setup, "truefoundry_secret", &secret("key", "demo:db")).await,
        exists_already("secret `demo:db:key`", "truefoundry_secret", "demo:db:key")
    );
    assert_eq!(
        create(&mut setup, "truefoundry_secret", &secret("key", "demo:none")).await,
        "There is no secret group `demo:none`: hint: create it with `truefoundry_secret_group`, and use its `fqn` here."
    );
    truefoundry_api::Users::new(setup.control_plane.clone()).register("ada@example.com", None).await.unwrap();
    assert_eq!(
        create(&mut setup, "truefoundry_user", &[("email", "ada@example.com".into())]).await,
        exists_already("user `ada@example.com`", "truefoundry_user", "ada@example.com")
    );
}

async fn secret_group(setup: &Setup) -> truefoundry_api::Entity {
    let client = setup.control_plane.clone();
    let groups = truefoundry_api::Collection::new(client, "secret-groups", "secret-groups");
    groups.find("demo:db").await.unwrap().unwrap()
}

/// A secret group `db` with one secret `key`.
pub(crate) async fn secrets(setup: &Setup) {
    let account = json!({
        "type": "provider-account/aws", "name": "main", "aws_account_id": "123456789012",
        "auth_data": { "type": "assumed-role-based", "assumed_role_arn": "arn:aws:iam::123456789012:role/tfy" },
        "integrations": [{ "type": "integration/secret-store/aws/parameter-store", "name": "ssm", "region": "us-east-1" }],
    });
    apply(&setup.control_plane, account).await;
    let group = json!({
        "type": "secret-group", "name": "db", "integration_fqn": "demo:aws:main:secret-store:ssm",
    });
    apply(&setup.control_plane, group).await;
    let group = secret_group(setup).await;
    let value = "hush".to_owned().into();
    let secrets = truefoundry_api::Secrets::new(setup.control_plane.clone());
    secrets.replace(group.id(), &[("key", Some(&value))]).await.unwrap();
}

#[tokio::test]
async fn a_secret_group_with_secrets_is_not_deleted() {
    let mut setup = start().await;
    secrets(&setup).await;
    let group = secret_group(&setup).await;
    let state = [("id", group.id().into()), ("name", "db".into())];
    assert_eq!(
        delete(&mut setup, "truefoundry_secret_group", &state).await,
        "The secret group `db` still has secrets: Deleting it would delete `key` as well, from the store that holds \
         them. Nothing was changed.\n\nhint: delete or move them first; or set `delete_secrets = true`, apply, and \
         destroy then."
    );
}

#[tokio::test]
async fn what_is_not_there_says_what_to_check() {
    let mut setup = start().await;
    let host = setup.control_plane.host().to_owned();
    for (kind, id, told) in [
        (
            "truefoundry_workspace",
            "one:nothing",
            format!(
                "There is no workspace `one:nothing`: The control plane at `{host}` has none of that name, FQN or \
                 id.\n\nhint: check the import id."
            ),
        ),
        (
            "truefoundry_manifest",
            "team:nobody",
            "There is no object `team` `nobody`: hint: an import id is `<type>:<name or FQN>`, such as `team:search` \
             or `workspace:prod:search`."
                .to_owned(),
        ),
        (
            "truefoundry_secret",
            "demo:db:nothing",
            "There is no secret `demo:db:nothing`: hint: an import id is the FQN of the secret: \
             `<tenant>:<group>:<name>`."
                .to_owned(),
        ),
        (
            "truefoundry_user",
            "nobody@example.com",
            "There is no user `nobody@example.com`: hint: an import id is the e-mail address of the user, or its id."
                .to_owned(),
        ),
        (
            "truefoundry_workspace",
            r#"{"type":"workspace"}"#,
            "The import id is not a manifest: It begins with `{`, so it should be the manifest of a workspace in \
             JSON, but: what names the object is missing.\n\nhint: write the manifest as the control plane has it, or \
             give a name, FQN or id."
                .to_owned(),
        ),
    ] {
        assert_eq!(import(&mut setup, kind, id).await, told);
    }
    assert_eq!(
        look_up(&mut setup, "truefoundry_environment", &[("name", "nothing".into())]).await,
        format!(
            "There is no environment `nothing`: The control plane at `{host}` has none of that name.\n\nhint: check \
             the name, or create it with a resource and refer to that."
        )
    );
    assert_eq!(
        open(&mut setup, "truefoundry_secret_value", &[("fqn", "demo:db:nothing".into())]).await,
        "There is no secret `demo:db:nothing`: hint: check the FQN, `<tenant>:<group>:<name>`, and that the API key may \
         see the group."
    );
    assert_eq!(
        act(&mut setup, "truefoundry_restart_application", "one:search:nothing").await,
        "There is no application `one:search:nothing`: hint: check the FQN, `<cluster>:<workspace>:<name>`."
    );
}

#[tokio::test]
async fn a_cluster_whose_agent_never_comes_says_where_to_look() {
    let mut setup = start().await;
    let wanted = [("name", "one".into()), ("wait_for_connection", "1s".into())];
    let told = look_up(&mut setup, "truefoundry_cluster", &wanted).await;
    let id = setup.control_plane.clusters().find("one").await.unwrap().unwrap();
    let id = id.id();
    assert_eq!(
        told,
        format!(
            "The cluster `{id}` was not connected after 1s: Its agent has not reached the control plane.\n\nhint: check \
             that the agent is installed (`kubectl -n tfy-agent get pods`), that it has the token of this cluster \
             (`truefoundry_cluster_token`), that its nodes reach the control plane over HTTPS and WebSocket, and its \
             log (`kubectl -n tfy-agent logs deployment/tfy-agent`); then run again, or raise \
             `wait_for_connection`."
        )
    );
}

#[tokio::test]
async fn what_was_tried_when_the_control_plane_is_gone_is_named() {
    let mut setup = start_with(&[("max_retries", 0.into())]).await;
    let sandbox = setup.sandbox.take().unwrap();
    sandbox.stop().await;
    let secret = [
        ("name", "key".into()),
        ("secret_group_fqn", "demo:db".into()),
        ("value_wo", "hush".into()),
        ("value_wo_version", 1.into()),
    ];
    let manifest = [("manifest", r#"{"type":"team","name":"search"}"#.into())];
    let user = [("email", "ada@example.com".into())];
    let group = [("id", "g".into()), ("name", "db".into())];
    let tried = [
        (import(&mut setup, "truefoundry_workspace", "one:x").await, "looking for the workspace `one:x`"),
        (create(&mut setup, "truefoundry_user", &user).await, "looking for the user `ada@example.com`"),
        (
            create(&mut setup, "truefoundry_manifest", &manifest).await,
            "looking for the object `team` `search`",
        ),
        (create(&mut setup, "truefoundry_secret", &secret).await, "looking for the secret `demo:db:key`"),
        (
            delete(&mut setup, "truefoundry_secret_group", &group).await,
            "looking for secrets in the secret group `db`",
        ),
        (
            look_up(&mut setup, "truefoundry_environment", &[("name", "prod".into())]).await,
            "reading the environment `prod`",
        ),
        (
            open(&mut setup, "truefoundry_cluster_token", &[("cluster_id", "c1".into())]).await,
            "reading the agent token of the cluster `c1`",
        ),
        (
            open(&mut setup, "truefoundry_secret_value", &[("fqn", "demo:db:key".into())]).await,
            "reading the secret `demo:db:key`",
        ),
        (
            open(&mut setup, "truefoundry_virtual_account_token", &[("virtual_account_id", "v1".into())])
                .await,
            "reading the token of the virtual account `v1`",
        ),
        (enumerate(&mut setup, "truefoundry_environment", &[]).await, "listing every environment"),
        (enumerate(&mut setup, "truefoundry_user", &[]).await, "listing the users"),
        (
            enumerate(&mut setup, "truefoundry_secret", &[("secret_group_fqn", "demo:db")]).await,
            "listing the secrets of the group `demo:db`",
        ),
        (
            act(&mut setup, "truefoundry_trigger_job", "one:search:reindex").await,
            "looking for the application `one:search:reindex`",
        ),
    ];
    for (told, doing) in tried {
        let (summary, detail) = told.split_once(": ").unwrap();
        assert_eq!(summary, format!("Failed {doing}"));
        let hint =
            "\n\nhint: check `host`, the network, and the proxy variables `HTTPS_PROXY` and `NO_PROXY`.";
        let why = detail.strip_suffix(hint).unwrap_or_else(|| panic!("{detail}"));
        assert!(why.starts_with("the control plane cannot be reached: `"), "{why}");
    }
}
