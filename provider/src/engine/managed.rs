//! The life of an object: create without taking over, read, update without wiping what others set, delete.

use serde_json::{Map, Value as Json};
use tfplugin::schema::Schema;
use tfplugin::value::Value;
use tfplugin::{Change, Context, Diagnostic, Diagnostics, Failed, Plan, Resource, State, async_trait};
use truefoundry_api::{Client, Entity, Error};

use super::refresh::refresh;
use super::{Kind, report};
use crate::configuration::Session;

/// Private mark of a state that an import has just made: the first read fills in everything.
const IMPORTED: &str = "imported";

/// The resource over the objects of a kind.
pub(crate) struct Managed<K>(pub(crate) K);

/// An operation on one object.
struct Operation<'a> {
    session: &'a Session,
    client: Client,
    key: String,
}

impl<'a> Operation<'a> {
    fn new<K: Kind>(cx: &'a Context<Session>, value: &Value) -> Result<Self, Diagnostic> {
        let session = cx.client()?;
        let client = session.client.with_cancellation(cx.cancellation().clone());
        let key = K::key(value).or_else(|| value.get("id").as_str().map(str::to_owned)).unwrap_or_default();
        Ok(Self { session, client, key })
    }

    fn failed<K: Kind>(&self, doing: &str, error: &Error) -> Diagnostic {
        report(&format!("{doing} the {} `{}`", K::TITLE, self.key), error)
    }

    /// The object by its id where the state has one, else by its key.
    async fn current<K: Kind>(&self, state: &Value) -> Result<Option<Entity>, Diagnostic> {
        let found = match state.get("id").as_str() {
            Some(id) => K::collection(&self.client).get(id).await,
            None => K::find(&self.client, &self.key).await,
        };
        found.map_err(|error| self.failed::<K>("reading", &error))
    }
}

#[async_trait]
impl<K: Kind> Resource<Session> for Managed<K> {
    fn schema(&self) -> Schema {
        K::schema()
    }

    async fn plan(&self, _cx: &Context<Session>, plan: &mut Plan) -> Result<(), Diagnostics> {
        K::plan(plan);
        Ok(())
    }

    async fn create(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        let at = Operation::new::<K>(cx, &change.planned)?;
        let existing =
            K::find(&at.client, &at.key).await.map_err(|error| at.failed::<K>("looking for", &error))?;
        if let Some(existing) = &existing {
            let ours = at.session.journal.made(K::TITLE, &at.key, existing);
            if !ours && !at.session.adopt_existing {
                return Err(exists_already::<K>(&at.key).into());
            }
            tracing::info!(kind = K::TITLE, key = at.key, ours, "continuing with the object that is there");
        } else {
            at.session.journal.begin(K::TITLE, &at.key);
        }
        let manifest = K::manifest(&change.planned, &change.config);
        let manifest = keep_unmanaged(manifest, &Map::new(), existing.as_ref());
        match K::collection(&at.client).put(&Json::Object(manifest)).await {
            Ok(entity) => Ok(planned_state::<K>(change, &entity).into()),
            Err(error) => {
                if refused(&error) {
                    at.session.journal.end(K::TITLE, &at.key);
                }
                Err(at.failed::<K>("creating", &error).into())
            }
        }
    }

    async fn read(&self, cx: &Context<Session>, state: &State) -> Result<Option<State>, Diagnostics> {
        let at = Operation::new::<K>(cx, &state.value)?;
        let Some(entity) = at.current::<K>(&state.value).await? else { return Ok(None) };
        at.session.journal.end(K::TITLE, &at.key);
        let imported = state.private.contains_key(IMPORTED);
        let known = if imported { &Value::Null } else { &state.value };
        Ok(Some(state_of::<K>(&entity, known)?.into()))
    }

    async fn update(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        let at = Operation::new::<K>(cx, &change.planned)?;
        let current = at.current::<K>(&change.prior).await?;
        let before = K::manifest(&change.prior, &Value::Null);
        let manifest = K::manifest(&change.planned, &change.config);
        let manifest = keep_unmanaged(manifest, &before, current.as_ref());
        let entity = K::collection(&at.client)
            .put(&Json::Object(manifest))
            .await
            .map_err(|error| at.failed::<K>("updating", &error))?;
        Ok(planned_state::<K>(change, &entity).into())
    }

    async fn delete(&self, cx: &Context<Session>, state: &State) -> Result<(), Failed> {
        let at = Operation::new::<K>(cx, &state.value)?;
        let id = state.value.get("id").as_str().unwrap_or(&at.key);
        K::collection(&at.client).delete(id).await.map_err(|error| at.failed::<K>("deleting", &error))?;
        at.session.journal.end(K::TITLE, &at.key);
        Ok(())
    }

    async fn import(&self, cx: &Context<Session>, id: &str) -> Result<State, Diagnostics> {
        let client = cx.client()?.client.with_cancellation(cx.cancellation().clone());
        let doing = format!("looking for the {} `{id}`", K::TITLE);
        let mut found = K::find(&client, id).await.map_err(|error| report(&doing, &error))?;
        if found.is_none() {
            found = K::collection(&client).get(id).await.map_err(|error| report(&doing, &error))?;
        }
        let entity = found.ok_or_else(|| {
            Diagnostic::error(format!("There is no {} `{id}`", K::TITLE)).detail(format!(
                "The control plane at `{}` has none of that name, FQN or id.\n\nhint: check the import id.",
                client.host()
            ))
        })?;
        let mut state = State::from(state_of::<K>(&entity, &Value::Null)?);
        state.private.insert(IMPORTED.to_owned(), true.into());
        Ok(state)
    }
}

fn exists_already<K: Kind>(key: &str) -> Diagnostic {
    let title = K::TITLE;
    Diagnostic::error(format!("The {title} `{key}` exists already")).detail(format!(
        "Creating it would take it over and replace its settings, and it may belong to somebody else. Nothing was \
         changed.\n\nhint: if it is yours, import it: `terraform import <address of this resource> '{key}'`; or choose \
         another name; or set `adopt_existing = true` in the `provider` block to take over existing objects."
    ))
}

/// Whether the control plane has said no, so that nothing was created; any other failure leaves that open.
fn refused(error: &Error) -> bool {
    error.status().is_some_and(|status| (400..500).contains(&status) && status != 408 && status != 429)
}

/// Adds to `manifest` what the object has and Terraform never managed. A manifest replaces the whole object, so an
/// access list or a setting made elsewhere would be lost. Credentials are not carried over: what is read may be a mask.
fn keep_unmanaged(
    mut manifest: Map<String, Json>,
    managed_before: &Map<String, Json>,
    current: Option<&Entity>,
) -> Map<String, Json> {
    let current = current.and_then(|entity| entity.manifest().as_object());
    for (field, value) in current.into_iter().flatten() {
        let managed = manifest.contains_key(field) || managed_before.contains_key(field);
        if !managed && field != "auth_data" && !value.is_null() {
            manifest.insert(field.clone(), value.clone());
        }
    }
    manifest
}

/// The state after a create or update: what was planned, and what the control plane decided.
fn planned_state<K: Kind>(change: &Change, entity: &Entity) -> Value {
    let mut state = change.planned.clone();
    let computed = K::computed(entity);
    let decided: Vec<_> = match &state {
        Value::Map(entries) => {
            entries.iter().filter(|(_, v)| v.is_unknown()).map(|(n, _)| n.clone()).collect()
        }
        _ => Vec::new(),
    };
    for name in decided {
        let value = computed.get(&name).cloned().unwrap_or_default();
        state.put(name, value);
    }
    state
}

/// The state of an object that was read; `known` says which attributes are managed (null: all).
pub(super) fn state_of<K: Kind>(entity: &Entity, known: &Value) -> Result<Value, Diagnostic> {
    let schema = K::schema();
    let json = K::attributes(entity.manifest()).to_string();
    let actual = Value::from_json(json.as_bytes(), &schema.ty()).map_err(|error| {
        Diagnostic::error(format!("The {} `{}` cannot be understood", K::TITLE, entity.name()))
            .detail(format!("Its manifest has another form than this provider knows: {error}.\n\nhint: use a newer version of the provider."))
    })?;
    let mut state = refresh(schema.attributes(), known, &actual);
    for (name, value) in K::computed(entity) {
        state.put(name, value);
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(json: &Json) -> Map<String, Json> {
        json.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn what_terraform_never_managed_survives_an_update_and_what_it_did_goes() {
        let entity = Entity::from_value(json!({ "id": "1", "manifest": {
            "name": "x", "collaborators": ["by hand"], "labels": {"was": "managed"},
            "auth_data": {"secret": "***"}, "note": null,
        }}))
        .unwrap();
        let merged = keep_unmanaged(
            object(&json!({ "name": "x", "base_domains": ["a"] })),
            &object(&json!({ "name": "x", "labels": {"was": "managed"} })),
            Some(&entity),
        );
        let expected = json!({ "name": "x", "base_domains": ["a"], "collaborators": ["by hand"] });
        assert_eq!(merged, object(&expected));
    }
}
