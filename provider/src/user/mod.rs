//! Users of the tenant, by their e-mail addresses. There is no manifest of a user.

use tfplugin::plan::same;
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use tfplugin::validate::matches;
use tfplugin::value::{Type, Value};
use tfplugin::{
    Change, Context, Diagnostic, Diagnostics, Failed, Found, ListResource, Listed, Query, Resource, State,
    async_trait,
};
use truefoundry_api::{Entity, Error, Users};

use crate::configuration::{Session, client};
use crate::engine::report;
use crate::shared;

/// What the journal calls users.
const JOURNAL: &str = "user";

/// `truefoundry_user`.
pub(crate) struct User;

fn attributes() -> [(&'static str, Attribute); 6] {
    [
        ("id", shared::id()),
        ("active", Attribute::bool().computed().describe("Whether the user may log in.")),
        (
            "email",
            Attribute::string().required().replaces().same_when(same::ignoring_case).validate(matches("[^\\s@]+@[^\\s@]+\\.[^\\s@]+", "an e-mail address")).describe(
                "E-mail address of the user. Changing it makes another user.",
            ),
        ),
        (
            "role",
            Attribute::string().computed().or_configured().stable().describe(
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

fn failed(doing: &str, email: &str, error: &Error) -> Diagnostic {
    report(&format!("{doing} the user `{email}`"), error)
}

fn users(cx: &Context<Session>) -> Result<Users, Diagnostic> {
    Ok(Users::new(client(cx)?))
}

fn email(value: &Value) -> &str {
    value.get("email").as_str().unwrap_or_default()
}

/// What the control plane says of a user; a role that the state has stays where it was just given.
fn shown(mut state: Value, user: &Entity, given: bool) -> Value {
    state.put("id", user.id());
    state.put("active", Value::optional(user.raw()["active"].as_bool()));
    if !given || !state.get("role").is_set() {
        state.put("role", Value::optional(user.raw()["roles"][0].as_str()));
    }
    state
}

#[async_trait]
impl Resource<Session> for User {
    fn schema(&self) -> Schema {
        Schema::new(attributes()).describe(
            "A user of the tenant, who may log in with this e-mail address. Users that an identity provider makes at their first login need no resource.",
        )
    }

    fn identity(&self) -> Option<IdentitySchema> {
        let part = IdentityAttribute::required(Type::String).describe("E-mail address of the user.");
        Some(IdentitySchema::new([("email", part)]))
    }

    async fn create(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        let (users, session) = (users(cx)?, cx.client()?);
        let planned = &change.planned;
        let email = email(planned);
        let existing = users.find(email).await.map_err(|error| failed("looking for", email, &error))?;
        let user = match existing {
            Some(user) if session.adopt_existing || session.journal.made(JOURNAL, email, &user) => user,
            Some(_) => return Err(exists_already(email).into()),
            None => {
                session.journal.begin(JOURNAL, email);
                let url = planned.get("invite_url").as_str();
                let registered = users.register(email, url).await;
                registered.map_err(|error| failed("registering", email, &error))?
            }
        };
        let state = shown(planned.clone(), &user, true);
        if let Some(role) = planned.get("role").as_str() {
            let set = users.set_role(email, role).await;
            set.map_err(|error| {
                Failed::from(failed("giving a role to", email, &error)).with_state(state.clone())
            })?;
        }
        Ok(state.into())
    }

    async fn read(&self, cx: &Context<Session>, state: &State) -> Result<Option<State>, Diagnostics> {
        let (users, email) = (users(cx)?, email(&state.value));
        let found = match state.value.get("id").as_str() {
            Some(id) => users.get(id).await,
            None => users.find(email).await,
        };
        let Some(user) = found.map_err(|error| failed("reading", email, &error))? else { return Ok(None) };
        cx.client()?.journal.end(JOURNAL, email);
        Ok(Some(shown(state.value.clone(), &user, false).into()))
    }

    async fn update(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        let (users, planned) = (users(cx)?, &change.planned);
        let (email, role) = (email(planned), planned.get("role"));
        if let Some(role) = role.as_str().filter(|_| role != change.prior.get("role")) {
            users.set_role(email, role).await.map_err(|error| failed("giving a role to", email, &error))?;
        }
        let user = users.find(email).await.map_err(|error| failed("reading", email, &error))?;
        let user = user.ok_or_else(|| {
            Diagnostic::error(format!("The user `{email}` is gone"))
                .detail("Somebody deleted it meanwhile.\n\nhint: run again; the next plan creates it anew.")
        })?;
        Ok(shown(planned.clone(), &user, true).into())
    }

    async fn delete(&self, cx: &Context<Session>, state: &State) -> Result<(), Failed> {
        let (users, email) = (users(cx)?, email(&state.value));
        let id = state.value.get("id").as_str().unwrap_or_default();
        let force = state.value.get("force_delete").as_bool() == Some(true);
        let deleted = users.delete(id, force).await;
        deleted.map_err(|error| failed("deleting", email, &error))?;
        cx.client()?.journal.end(JOURNAL, email);
        Ok(())
    }

    async fn import(&self, cx: &Context<Session>, id: &str) -> Result<State, Diagnostics> {
        let users = users(cx)?;
        let found = match id.contains('@') {
            true => users.find(id).await,
            false => users.get(id).await,
        };
        let user = found.map_err(|error| failed("looking for", id, &error))?.ok_or_else(|| {
            Diagnostic::error(format!("There is no user `{id}`"))
                .detail("hint: an import id is the e-mail address of the user, or its id.")
        })?;
        let mut value = Schema::new(attributes()).empty();
        value.put("email", user.text("email").unwrap_or(id));
        Ok(shown(value, &user, false).into())
    }

    async fn import_by_identity(
        &self,
        cx: &Context<Session>,
        identity: &Value,
    ) -> Result<State, Diagnostics> {
        self.import(cx, email(identity)).await
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
        let all = users(cx)?.list(part).await;
        for user in all.map_err(|error| report("listing the users", &error))? {
            let Some(email) = user.text("email").filter(|email| email.contains(part)) else { continue };
            let mut value = Schema::new(attributes()).empty();
            value.put("email", email);
            let listed = Listed {
                identity: Value::object([("email", Value::from(email))]),
                display_name: email.to_owned(),
                object: query.include_object.then(|| shown(value, &user, false)),
                ..Listed::default()
            };
            if found.push(listed).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn exists_already(email: &str) -> Diagnostic {
    Diagnostic::error(format!("The user `{email}` exists already")).detail(format!(
        "Nothing was changed.\n\nhint: import it: `terraform import <address of this resource> '{email}'`; or set \
         `adopt_existing = true` in the `provider` block to take over existing objects."
    ))
}
