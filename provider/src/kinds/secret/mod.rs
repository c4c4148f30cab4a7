//! Secrets: single values of a secret group, which only ever go to the control plane.

mod value;
mod write;

use std::time::Duration;

use secrecy::SecretString;
use tfplugin::schema::validators::{length, matches};
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use tfplugin::value::{Type, Value};
use tfplugin::{
    Change, Context, Diagnostic, Diagnostics, Found, ListResource, Listed, Query, State, async_trait,
};
use truefoundry_api::{Client, Collection, Entity, Secrets, Written};

use crate::kinds::shared;
use crate::object::{At, Object, Trouble, report};
use crate::session::{Session, Subject, client};

pub(crate) use value::SecretValue;

/// The pauses between looks for a group that may have been made a moment ago.
const LOOKS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// `truefoundry_secret`.
pub(crate) struct Secret;

fn attributes() -> [(&'static str, Attribute); 8] {
    [
        ("id", shared::id()),
        ("fqn", shared::fqn("<tenant>:<group>:<name>")),
        (
            "reference",
            Attribute::string().computed().use_state_for_unknown().describe(
                "How manifests of applications and accounts refer to it: `tfy-secret://<fqn>`.",
            ),
        ),
        (
            "version",
            Attribute::int64().computed().describe("Number of its current version, counted by the control plane."),
        ),
        (
            "secret_group_fqn",
            Attribute::string().required().requires_replace().validate(matches("[^:]+:[^:]+", "an FQN `<tenant>:<group>`")).describe(
                "FQN of the group: `truefoundry_secret_group.<name>.fqn`. Changing it creates a new secret.",
            ),
        ),
        (
            "name",
            Attribute::string().required().requires_replace().validate(length(1..=253)).validate(matches("[^:\\s]+", "text without `:` and spaces")).describe(
                "Name of the secret, its key in the group. Changing it creates a new secret.",
            ),
        ),
        (
            "value_wo",
            Attribute::string().required().sensitive().write_only().describe(
                "The value. It reaches only the control plane, neither plan nor state (Terraform 1.11 and newer). Raise `value_wo_version` when it changes.",
            ),
        ),
        (
            "value_wo_version",
            Attribute::number().numbers(shared::revisions()).required().describe(
                "A number to raise when `value_wo` changes: Terraform cannot see that by itself.",
            ),
        ),
    ]
}

/// What a value says of its secret.
fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).as_str().unwrap_or_default()
}

fn fqn(value: &Value) -> String {
    format!("{}:{}", text(value, "secret_group_fqn"), text(value, "name"))
}

/// The group with this FQN. One that was made a moment ago may not be shown yet, so a write looks again after these pauses.
async fn group(client: &Client, fqn: &str, pauses: &[Duration]) -> Result<Entity, Trouble> {
    let groups = Collection::new(client.clone(), "secret-groups", "secret-groups");
    let mut pauses = pauses.iter();
    loop {
        if let Some(group) = groups.find_where(fqn, |group| group.fqn() == Some(fqn)).await? {
            return Ok(group);
        }
        let Some(pause) = pauses.next() else {
            return Err(Diagnostic::error(format!("There is no secret group `{fqn}`"))
                .detail("hint: create it with `truefoundry_secret_group`, and use its `fqn` here.")
                .into());
        };
        client.pause(*pause).await?;
    }
}

/// The state of a secret as the control plane shows it.
fn shown(mut state: Value, secret: &Entity) -> Value {
    let fqn = secret.fqn().map_or_else(|| fqn(&state), str::to_owned);
    state.put("id", secret.id());
    state.put("reference", format!("tfy-secret://{fqn}"));
    state.put("fqn", fqn);
    let versions = secret.raw()["secretVersions"].as_array().into_iter().flatten();
    state.put("version", Value::optional(versions.filter_map(|version| version["version"].as_i64()).max()));
    state
}

#[async_trait]
impl Object for Secret {
    fn schema(&self) -> Schema {
        Schema::new(attributes()).describe(
            "One secret of a secret group. Its value only goes to the control plane and is never read back. The group's other secrets are left alone, but the API replaces all of a group at once: do not let anything else add secrets to the group while Terraform runs.",
        )
    }

    fn resource_type(&self) -> String {
        "truefoundry_secret".to_owned()
    }

    fn identity(&self) -> Option<IdentitySchema> {
        let part = |about: &'static str| IdentityAttribute::required(Type::String).describe(about);
        Some(IdentitySchema::new([
            ("secret_group_fqn", part("FQN of the group.")),
            ("name", part("Name of the secret in the group.")),
        ]))
    }

    fn import_id(&self, identity: &Value) -> String {
        fqn(identity)
    }

    fn subject(&self, value: &Value) -> Subject {
        Subject { kind: "secret".to_owned(), key: fqn(value) }
    }

    fn title(&self) -> &str {
        "secret"
    }

    fn name(&self, value: &Value) -> String {
        format!("secret `{}`", fqn(value))
    }

    fn imported_by(&self, value: &Value, _existing: &Entity) -> String {
        fqn(value)
    }

    async fn look(&self, at: &At<'_>, state: &State) -> Result<Option<Entity>, Trouble> {
        Ok(Secrets::new(at.client.clone()).find(&fqn(&state.value)).await?)
    }

    async fn write(&self, at: &At<'_>, change: &Change, _: Option<&Entity>) -> Result<Written, Trouble> {
        let value = text(&change.config, "value_wo");
        tfplugin::transport::log::redact(value);
        let secrets = Secrets::new(at.client.clone());
        let group = group(&at.client, text(&change.planned, "secret_group_fqn"), &LOOKS).await?;
        let _lock = write::lock(at.client.host(), group.id()).await;
        let name = text(&change.planned, "name");
        let entity = write::write(&secrets, &group, name, &SecretString::from(value)).await?;
        Ok(Written { entity, pending: None })
    }

    /// A value is never shown, so nothing that is there proves that it was written.
    fn holds(&self, _change: &Change, _there: &Entity) -> bool {
        false
    }

    fn shows_all(&self, _change: &Change) -> bool {
        false
    }

    fn may_be_ours(&self, _change: &Change, _there: &Entity) -> bool {
        true
    }

    async fn delete(&self, at: &At<'_>, state: &State) -> Result<(), Trouble> {
        // Else a writer of this process that has read the keys before would send one that is gone.
        let _lock = match group(&at.client, text(&state.value, "secret_group_fqn"), &[]).await {
            Ok(group) => Some(write::lock(at.client.host(), group.id()).await),
            Err(_) => None,
        };
        Secrets::new(at.client.clone()).delete(text(&state.value, "id")).await?;
        Ok(())
    }

    fn written(&self, change: &Change, entity: &Entity) -> State {
        shown(change.planned.clone(), entity).into()
    }

    fn shown(&self, state: &State, entity: &Entity) -> Result<State, Diagnostic> {
        Ok(State { value: shown(state.value.clone(), entity), ..state.clone() })
    }

    async fn import(&self, at: &At<'_>, id: &str) -> Result<State, Trouble> {
        let (group, name) = id.rsplit_once(':').unwrap_or_default();
        let mut value = Schema::new(attributes()).empty();
        value.put("secret_group_fqn", group);
        value.put("name", name);
        let found = self.look(at, &State::from(value.clone())).await?.ok_or_else(|| {
            Diagnostic::error(format!("There is no secret `{id}`"))
                .detail("hint: an import id is the FQN of the secret: `<tenant>:<group>:<name>`.")
        })?;
        Ok(shown(value, &found).into())
    }
}

#[async_trait]
impl ListResource<Session> for Secret {
    fn schema(&self) -> Schema {
        let group =
            Attribute::string().required().validate(matches("[^:]+:[^:]+", "an FQN `<tenant>:<group>`"));
        let part = Attribute::string().describe("Only those whose name holds this text.");
        Schema::new([
            ("secret_group_fqn", group.describe("FQN of the group whose secrets are listed.")),
            ("name_contains", part),
        ])
        .describe("Lists the secrets of a group, without their values.")
    }

    async fn list(&self, cx: &Context<Session>, query: &Query, found: &mut Found) -> Result<(), Diagnostics> {
        let client = client(cx)?;
        let fqn = text(&query.config, "secret_group_fqn");
        let part = text(&query.config, "name_contains");
        let doing = format!("listing the secrets of the group `{fqn}`");
        let group = group(&client, fqn, &[]).await.map_err(|trouble| trouble.told(&doing))?;
        let all = Secrets::new(client).of_group(group.id()).await.map_err(|error| report(&doing, &error))?;
        for secret in all.into_iter().filter(|secret| secret.name().contains(part)) {
            let mut value = Schema::new(attributes()).empty();
            value.put("secret_group_fqn", fqn);
            value.put("name", secret.name());
            let display_name = format!("{fqn}:{}", secret.name());
            let object = Some(shown(value, &secret));
            if found.push(Listed { display_name, object, ..Listed::default() }).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}
