//! Users of the tenant, by their e-mail addresses. There is no manifest of a user.

use tfplugin::schema::semantic_equality;
use tfplugin::schema::validators::matches;
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use tfplugin::value::{Type, Value};
use tfplugin::{
    Change, Context, Diagnostic, Diagnostics, Found, ListResource, Listed, Query, State, async_trait,
};
use truefoundry_api::{Entity, Users, Written};

use crate::kinds::shared;
use crate::object::{At, Object, Trouble, report};
use crate::session::{Session, Subject, client};

/// `truefoundry_user`.
pub(crate) struct User;

fn attributes() -> [(&'static str, Attribute); 6] {
    [
        ("id", shared::id()),
        ("active", Attribute::bool().computed().describe("Whether the user may log in.")),
        (
            "email",
            Attribute::string().required().requires_replace().semantic_equality(semantic_equality::ignoring_case).validate(matches("[^\\s@]+@[^\\s@]+\\.[^\\s@]+", "an e-mail address")).describe(
                "E-mail address of the user. Changing it makes another user.",
            ),
        ),
        (
            "role",
            Attribute::string().computed().or_configured().use_state_for_unknown().describe(
                "Role in the tenant: `admin`, `member`, or the name of a `truefoundry_role`. Left out, it is left as it is (`member` for a new user).",
            ),
        ),
        (
            "invite_url",
            Attribute::string().validate(matches("https?://\\S+", "a URL")).describe(
                "URL of the control plane at which the user accepts. When set, a new user gets an invitation by e-mail.",
            ),
        ),
        (
            "force_delete",
            Attribute::bool().describe(
                "Whether to delete the user even from teams and access lists that name it. `false` by default: the control plane then refuses.",
            ),
        ),
    ]
}

fn email(value: &Value) -> &str {
    value.get("email").as_str().unwrap_or_default()
}

fn role(user: &Entity) -> Option<&str> {
    user.raw()["roles"][0].as_str()
}

/// What the control plane says of a user.
fn shown(mut state: Value, user: &Entity) -> Value {
    state.put("id", user.id());
    state.put("active", Value::optional(user.raw()["active"].as_bool()));
    state.put("role", Value::optional(role(user)));
    state
}

#[async_trait]
impl Object for User {
    fn schema(&self) -> Schema {
        Schema::new(attributes()).describe(
            "A user of the tenant, who may log in with this e-mail address. Users that an identity provider makes at their first login need no resource.",
        )
    }

    fn resource_type(&self) -> String {
        "truefoundry_user".to_owned()
    }

    fn identity(&self) -> Option<IdentitySchema> {
        let part = IdentityAttribute::required(Type::String).describe("E-mail address of the user.");
        Some(IdentitySchema::new([("email", part)]))
    }

    fn import_id(&self, identity: &Value) -> String {
        email(identity).to_owned()
    }

    fn subject(&self, value: &Value) -> Subject {
        Subject { kind: "user".to_owned(), key: email(value).to_ascii_lowercase() }
    }

    fn title(&self) -> &str {
        "user"
    }

    fn name(&self, value: &Value) -> String {
        format!("user `{}`", email(value))
    }

    fn imported_by(&self, value: &Value, _existing: &Entity) -> String {
        email(value).to_owned()
    }

    async fn look(&self, at: &At<'_>, state: &State) -> Result<Option<Entity>, Trouble> {
        let users = Users::new(at.client.clone());
        Ok(match state.value.get("id").as_str() {
            Some(id) => users.get(id).await?,
            None => users.find(email(&state.value)).await?,
        })
    }

    /// Registers a user; what is left to do for one that is there comes after.
    async fn write(
        &self,
        at: &At<'_>,
        change: &Change,
        current: Option<&Entity>,
    ) -> Result<Written, Trouble> {
        let entity = match current {
            Some(user) => user.clone(),
            None => {
                let url = change.planned.get("invite_url").as_str();
                Users::new(at.client.clone()).register(email(&change.planned), url).await?
            }
        };
        Ok(Written { entity, pending: None })
    }

    /// Each registration may send an invitation.
    fn is_idempotent(&self) -> bool {
        false
    }

    fn shows_all(&self, _change: &Change) -> bool {
        true
    }

    fn holds(&self, _change: &Change, _there: &Entity) -> bool {
        true
    }

    async fn finish(&self, at: &At<'_>, value: &Value, written: Written) -> Result<Entity, Trouble> {
        let (users, user) = (Users::new(at.client.clone()), written.entity);
        let Some(wanted) = value.get("role").as_str().filter(|wanted| role(&user) != Some(wanted)) else {
            return Ok(user);
        };
        Ok(users.set_role(&user, email(value), wanted).await?)
    }

    fn finishing(&self) -> &str {
        "giving a role to"
    }

    async fn delete(&self, at: &At<'_>, state: &State) -> Result<(), Trouble> {
        let id = state.value.get("id").as_str().unwrap_or_default();
        let force = state.value.get("force_delete").as_bool() == Some(true);
        Users::new(at.client.clone()).delete(id, force).await?;
        Ok(())
    }

    /// A role that was just given is the one, whatever a list says that lags behind.
    fn written(&self, change: &Change, entity: &Entity) -> State {
        let mut state = shown(change.planned.clone(), entity);
        if change.planned.get("role").is_set() {
            state.put("role", change.planned.get("role").clone());
        }
        state.into()
    }

    fn shown(&self, state: &State, entity: &Entity) -> Result<State, Diagnostic> {
        Ok(State { value: shown(state.value.clone(), entity), ..state.clone() })
    }

    async fn import(&self, at: &At<'_>, id: &str) -> Result<State, Trouble> {
        let users = Users::new(at.client.clone());
        let found = match id.contains('@') {
            true => users.find(id).await?,
            false => users.get(id).await?,
        };
        let user = found.ok_or_else(|| {
            Diagnostic::error(format!("There is no user `{id}`"))
                .detail("hint: an import id is the e-mail address of the user, or its id.")
        })?;
        let mut value = Schema::new(attributes()).empty();
        value.put("email", user.text("email").unwrap_or(id));
        Ok(shown(value, &user).into())
    }
}

#[async_trait]
impl ListResource<Session> for User {
    fn schema(&self) -> Schema {
        let part = Attribute::string().describe("Only those whose e-mail address holds this text.");
        Schema::new([("email_contains", part)]).describe("Lists the users of the tenant.")
    }

    async fn list(&self, cx: &Context<Session>, query: &Query, found: &mut Found) -> Result<(), Diagnostics> {
        let part = query.config.get("email_contains").as_str().unwrap_or_default();
        let all = Users::new(client(cx)?).list(part).await;
        for user in all.map_err(|error| report("listing the users", &error))? {
            let Some(email) = user.text("email").filter(|email| email.contains(part)) else { continue };
            let mut value = Schema::new(attributes()).empty();
            value.put("email", email);
            let listed = Listed {
                identity: Value::object([("email", Value::from(email))]),
                display_name: email.to_owned(),
                object: query.include_object.then(|| shown(value, &user)),
                ..Listed::default()
            };
            if found.push(listed).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}
