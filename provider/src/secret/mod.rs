//! Secrets: single values of a secret group, which only ever go to the control plane.

mod value;
mod write;

use secrecy::SecretString;
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use tfplugin::validate::{at_least, length, matches};
use tfplugin::value::{Type, Value};
use tfplugin::{
    Change, Context, Diagnostic, Diagnostics, Failed, Found, ListResource, Listed, Query, Resource, State,
    async_trait,
};
use truefoundry_api::{Client, Collection, Entity, Secrets};

use crate::configuration::{Session, client};
use crate::engine::report;
use crate::shared;

pub(crate) use value::SecretValue;

/// What the journal calls secrets.
const JOURNAL: &str = "secret";

/// `truefoundry_secret`.
pub(crate) struct Secret;

fn attributes() -> [(&'static str, Attribute); 8] {
    [
        ("id", shared::id()),
        ("fqn", shared::fqn("<tenant>:<group>:<name>")),
        (
            "reference",
            Attribute::string().computed().stable().describe(
                "How manifests of applications and accounts refer to it: `tfy-secret://<fqn>`.",
            ),
        ),
        (
            "version",
            Attribute::number().computed().describe("Number of its current version, counted by the control plane."),
        ),
        (
            "secret_group_fqn",
            Attribute::string().required().replaces().validate(matches("[^:]+:[^:]+", "an FQN `<tenant>:<group>`")).describe(
                "FQN of the group: `truefoundry_secret_group.<name>.fqn`. Changing it creates a new secret.",
            ),
        ),
        (
            "name",
            Attribute::string().required().replaces().validate(length(1..=253)).validate(matches("[^:\\s]+", "text without `:` and spaces")).describe(
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
            Attribute::number().required().validate(at_least(0)).describe(
                "A number to raise when `value_wo` changes: Terraform cannot see that by itself.",
            ),
        ),
    ]
}

/// An operation on one secret.
struct Operation<'a> {
    session: &'a Session,
    client: Client,
    secrets: Secrets,
    group: String,
    name: String,
}

impl<'a> Operation<'a> {
    fn new(cx: &'a Context<Session>, value: &Value) -> Result<Self, Diagnostic> {
        let session = cx.client()?;
        let client = client(cx)?;
        let text = |name: &str| value.get(name).as_str().unwrap_or_default().to_owned();
        let secrets = Secrets::new(client.clone());
        Ok(Self { session, client, secrets, group: text("secret_group_fqn"), name: text("name") })
    }

    fn fqn(&self) -> String {
        format!("{}:{}", self.group, self.name)
    }

    fn failed(&self, doing: &str, error: &truefoundry_api::Error) -> Diagnostic {
        report(&format!("{doing} the secret `{}`", self.fqn()), error)
    }

    async fn find(&self) -> Result<Option<Entity>, Diagnostic> {
        self.secrets.find(&self.fqn()).await.map_err(|error| self.failed("reading", &error))
    }

    async fn group(&self) -> Result<Entity, Diagnostic> {
        let groups = Collection::new(self.client.clone(), "secret-groups", "secret-groups");
        let found = groups.find_where(&self.group, |group| group.fqn() == Some(&self.group)).await;
        let found = found.map_err(|error| self.failed("looking for the group of", &error))?;
        found.ok_or_else(|| {
            Diagnostic::error(format!("There is no secret group `{}`", self.group))
                .detail("hint: create it with `truefoundry_secret_group`, and use its `fqn` here.")
        })
    }

    /// Writes the value; `new` when nobody may have made the secret before.
    async fn write(&self, change: &Change, new: bool) -> Result<State, Diagnostic> {
        let value = change.config.get("value_wo").as_str().unwrap_or_default();
        tfplugin::transport::log::redact(value);
        let value = SecretString::from(value);
        let group = self.group().await?;
        let _lock = write::lock(self.client.host(), group.id()).await;
        let journal = &self.session.journal;
        if new {
            match self.find().await? {
                Some(existing)
                    if !self.session.adopt_existing && !journal.made(JOURNAL, &self.fqn(), &existing) =>
                {
                    return Err(self.exists_already());
                }
                Some(_) => tracing::info!(secret = self.fqn(), "continuing with the secret that is there"),
                None => journal.begin(JOURNAL, &self.fqn()),
            }
        }
        let secret = write::write(&self.secrets, &group, &self.name, &value).await?;
        let mut state = change.planned.clone();
        self.show(&mut state, &secret);
        Ok(state.into())
    }

    fn show(&self, state: &mut Value, secret: &Entity) {
        let fqn = secret.fqn().map_or_else(|| self.fqn(), str::to_owned);
        state.put("id", secret.id());
        state.put("reference", format!("tfy-secret://{fqn}"));
        state.put("fqn", fqn);
        let versions = secret.raw()["secretVersions"].as_array().into_iter().flatten();
        state.put(
            "version",
            Value::optional(versions.filter_map(|version| version["version"].as_i64()).max()),
        );
    }

    fn exists_already(&self) -> Diagnostic {
        let fqn = self.fqn();
        Diagnostic::error(format!("The secret `{fqn}` exists already")).detail(format!(
            "Creating it would replace its value, and it may belong to somebody else. Nothing was changed.\n\nhint: if \
             it is yours, import it: `terraform import <address of this resource> '{fqn}'`; or choose another name; or \
             set `adopt_existing = true` in the `provider` block to take over existing objects."
        ))
    }
}

#[async_trait]
impl Resource<Session> for Secret {
    fn schema(&self) -> Schema {
        Schema::new(attributes()).describe(
            "One secret of a secret group. Its value only goes to the control plane and is never read back. The group's other secrets are left alone, but the API replaces all of a group at once: do not let anything else add secrets to the group while Terraform runs.",
        )
    }

    fn identity(&self) -> Option<IdentitySchema> {
        let part = |about: &'static str| IdentityAttribute::required(Type::String).describe(about);
        Some(IdentitySchema::new([
            ("secret_group_fqn", part("FQN of the group.")),
            ("name", part("Name of the secret in the group.")),
        ]))
    }

    async fn import_by_identity(
        &self,
        cx: &Context<Session>,
        identity: &Value,
    ) -> Result<State, Diagnostics> {
        let text = |name: &str| identity.get(name).as_str().unwrap_or_default();
        self.import(cx, &format!("{}:{}", text("secret_group_fqn"), text("name"))).await
    }

    async fn create(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        Ok(Operation::new(cx, &change.planned)?.write(change, true).await?)
    }

    async fn read(&self, cx: &Context<Session>, state: &State) -> Result<Option<State>, Diagnostics> {
        let at = Operation::new(cx, &state.value)?;
        let Some(secret) = at.find().await? else { return Ok(None) };
        at.session.journal.end(JOURNAL, &at.fqn());
        let mut state = state.clone();
        at.show(&mut state.value, &secret);
        Ok(Some(state))
    }

    async fn update(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        Ok(Operation::new(cx, &change.planned)?.write(change, false).await?)
    }

    async fn delete(&self, cx: &Context<Session>, state: &State) -> Result<(), Failed> {
        let at = Operation::new(cx, &state.value)?;
        let id = state.value.get("id").as_str().unwrap_or_default();
        // Else a writer of this process that has read the keys before would send one that is gone.
        let _lock = match at.group().await {
            Ok(group) => Some(write::lock(at.client.host(), group.id()).await),
            Err(_) => None,
        };
        at.secrets.delete(id).await.map_err(|error| at.failed("deleting", &error))?;
        at.session.journal.end(JOURNAL, &at.fqn());
        Ok(())
    }

    async fn import(&self, cx: &Context<Session>, id: &str) -> Result<State, Diagnostics> {
        let (group, name) = id.rsplit_once(':').unwrap_or_default();
        let mut value = Schema::new(attributes()).empty();
        value.put("secret_group_fqn", group);
        value.put("name", name);
        let at = Operation::new(cx, &value)?;
        let found = at.find().await?.ok_or_else(|| {
            Diagnostic::error(format!("There is no secret `{id}`"))
                .detail("hint: an import id is the FQN of the secret: `<tenant>:<group>:<name>`.")
        })?;
        at.show(&mut value, &found);
        Ok(value.into())
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
        let mut at = Operation::new(cx, &query.config)?;
        let part = query.config.get("name_contains").as_str().unwrap_or_default();
        // In messages, all secrets of the group.
        "*".clone_into(&mut at.name);
        let group = at.group().await?;
        let all = at.secrets.of_group(group.id()).await;
        for secret in all.map_err(|error| at.failed("listing", &error))? {
            secret.name().clone_into(&mut at.name);
            if !at.name.contains(part) {
                continue;
            }
            let mut value = Schema::new(attributes()).empty();
            value.put("secret_group_fqn", at.group.as_str());
            value.put("name", at.name.as_str());
            at.show(&mut value, &secret);
            let display_name = at.fqn();
            let listed = Listed { display_name, object: Some(value), ..Listed::default() };
            if found.push(listed).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}
