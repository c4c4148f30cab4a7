//! The life of an object: create without taking over, read, update without wiping what others set, delete.

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Map, Value as Json};
use tfplugin::schema::{IdentitySchema, Schema};
use tfplugin::value::{Type, Value};
use tfplugin::{Change, Context, Diagnostic, Diagnostics, Failed, Plan, Resource, State, async_trait};
use truefoundry_api::{Client, Entity, Error, Store};

use super::refresh::{is_mask, refresh};
use super::{Kind, identity, local, patient, report};
use crate::configuration::{Session, client};

/// Private mark of a state that an import has just made: the first read fills in everything.
const IMPORTED: &str = "imported";

/// The pauses between looks for an object that was just created.
const LOOKS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// The resource over the objects of a kind.
pub(crate) struct Managed<K> {
    kind: K,
    /// Made at the first read: a plan reads a thousand objects of a kind.
    shape: OnceLock<Shape>,
}

impl<K: Kind> Managed<K> {
    pub(crate) fn new(kind: K) -> Self {
        Self { kind, shape: OnceLock::new() }
    }

    fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| Shape::of(&self.kind))
    }
}

/// The schema of a kind and the type of its values.
pub(super) struct Shape {
    schema: Schema,
    ty: Type,
}

impl Shape {
    pub(super) fn of(kind: &impl Kind) -> Self {
        let schema = kind.schema();
        Self { ty: schema.ty(), schema }
    }
}

/// An operation on one object.
struct Operation<'a, K> {
    kind: &'a K,
    cx: &'a Context<Session>,
    session: &'a Session,
    client: Client,
    key: String,
}

impl<'a, K: Kind> Operation<'a, K> {
    fn new(kind: &'a K, cx: &'a Context<Session>, value: &Value) -> Result<Self, Diagnostic> {
        let session = cx.client()?;
        let client = client(cx)?;
        let key = kind.key(value).or_else(|| value.get("id").as_str().map(str::to_owned)).unwrap_or_default();
        Ok(Self { kind, cx, session, client, key })
    }

    fn failed(&self, doing: &str, error: &Error) -> Diagnostic {
        report(&format!("{doing} the {} `{}`", self.kind.title(), self.key), error)
    }

    fn store(&self) -> Store {
        patient(self.kind.store(&self.client), self.cx)
    }

    /// The state after a write, when what it asks to wait for has come about.
    async fn settled(&self, change: &Change, entity: &Entity) -> Result<State, Failed> {
        let state = planned_state(self.kind, change, entity);
        match self.kind.settle(self.cx, &state, entity.id()).await {
            Ok(()) => Ok(state.into()),
            Err(problem) => Err(Failed::from(problem).with_state(state)),
        }
    }

    /// The object by its id where the state has one, else by its key.
    async fn current(&self, state: &Value) -> Result<Option<Entity>, Diagnostic> {
        let manifest = self.kind.probe(state);
        let found = match state.get("id").as_str() {
            Some(id) => self.store().get(id, &manifest).await,
            None => self.kind.find(&self.client, &self.key, &manifest).await,
        };
        found.map_err(|error| self.failed("reading", &error))
    }

    /// As [`Operation::current`], but a control plane may take a moment to show what was just created: an object that was
    /// never seen since is looked for a few times before it counts as gone.
    async fn shown(&self, state: &Value) -> Result<Option<Entity>, Diagnostic> {
        for pause in LOOKS {
            let found = self.current(state).await?;
            if found.is_some() || !self.session.journal.is_settling(self.kind.title(), &self.key) {
                return Ok(found);
            }
            tracing::info!(kind = self.kind.title(), key = self.key, "not shown yet: looking again");
            self.client.pause(pause).await.map_err(|error| self.failed("reading", &error))?;
        }
        self.current(state).await
    }

    fn keep_unmanaged(
        &self,
        manifest: Map<String, Json>,
        managed_before: &Map<String, Json>,
        current: Option<&Entity>,
    ) -> Result<Map<String, Json>, Diagnostic> {
        let object = || format!("{} `{}`", self.kind.title(), self.key);
        keep_unmanaged(manifest, managed_before, current).map_err(|field| would_be_lost(&object(), &field))
    }

    fn made_by_us(&self, existing: &Entity) -> bool {
        self.session.journal.made(self.kind.title(), &self.key, existing)
    }

    fn begin(&self) {
        self.session.journal.begin(self.kind.title(), &self.key);
    }

    fn end(&self) {
        self.session.journal.end(self.kind.title(), &self.key);
    }
}

#[async_trait]
impl<K: Kind> Resource<Session> for Managed<K> {
    fn schema(&self) -> Schema {
        self.kind.schema()
    }

    async fn plan(&self, _cx: &Context<Session>, plan: &mut Plan) -> Result<(), Diagnostics> {
        self.kind.plan(plan);
        Ok(())
    }

    async fn create(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        let at = Operation::new(&self.kind, cx, &change.planned)?;
        let manifest = self.kind.manifest(&change.planned, &change.config);
        let existing = self.kind.find(&at.client, &at.key, &manifest).await;
        let existing = existing.map_err(|error| at.failed("looking for", &error))?;
        if let Some(existing) = &existing {
            let ours = at.made_by_us(existing);
            if !ours && !at.session.adopt_existing {
                return Err(exists_already(&self.kind, &at.key).into());
            }
            tracing::info!(
                kind = self.kind.title(),
                key = at.key,
                ours,
                "continuing with the object that is there"
            );
        } else {
            at.begin();
        }
        let manifest = at.keep_unmanaged(manifest, &Map::new(), existing.as_ref())?;
        match at.store().put(&Json::Object(manifest)).await {
            Ok(entity) => at.settled(change, &entity).await,
            Err(error) => {
                if refused(&error) {
                    at.end();
                }
                Err(at.failed("creating", &error).into())
            }
        }
    }

    async fn read(&self, cx: &Context<Session>, state: &State) -> Result<Option<State>, Diagnostics> {
        let at = Operation::new(&self.kind, cx, &state.value)?;
        let Some(entity) = at.shown(&state.value).await? else { return Ok(None) };
        at.end();
        let imported = state.private.contains_key(IMPORTED);
        let known = if imported { &Value::Null } else { &state.value };
        Ok(Some(state_of(&self.kind, self.shape(), &entity, known)?.into()))
    }

    async fn update(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        let at = Operation::new(&self.kind, cx, &change.planned)?;
        let current = at.current(&change.prior).await?;
        if let Some(current) = current.as_ref().filter(|_| local::is_all(&self.kind, change)) {
            return at.settled(change, current).await;
        }
        let before = self.kind.manifest(&change.prior, &Value::Null);
        let manifest = self.kind.manifest(&change.planned, &change.config);
        let manifest = at.keep_unmanaged(manifest, &before, current.as_ref())?;
        let put = at.store().put(&Json::Object(manifest)).await;
        let entity = put.map_err(|error| at.failed("updating", &error))?;
        at.settled(change, &entity).await
    }

    async fn delete(&self, cx: &Context<Session>, state: &State) -> Result<(), Failed> {
        let at = Operation::new(&self.kind, cx, &state.value)?;
        self.kind.may_delete(cx, &state.value).await?;
        let id = state.value.get("id").as_str().unwrap_or(&at.key);
        let manifest = self.kind.probe(&state.value);
        let deleted = at.store().delete(id, &manifest).await;
        deleted.map_err(|error| at.failed("deleting", &error))?;
        at.end();
        Ok(())
    }

    async fn import(&self, cx: &Context<Session>, id: &str) -> Result<State, Diagnostics> {
        let client = client(cx)?;
        let title = self.kind.title();
        let doing = format!("looking for the {title} `{id}`");
        let (key, manifest) = named(&self.kind, self.shape(), id)?;
        let mut found =
            self.kind.find(&client, &key, &manifest).await.map_err(|error| report(&doing, &error))?;
        if found.is_none() {
            let by_id = self.kind.store(&client).get(&key, &manifest).await;
            found = by_id.map_err(|error| report(&doing, &error))?;
        }
        let entity = found.ok_or_else(|| {
            Diagnostic::error(format!("There is no {title} `{id}`")).detail(format!(
                "The control plane at `{}` has none of that name, FQN or id.\n\nhint: check the import id.",
                client.host()
            ))
        })?;
        let mut state = State::from(state_of(&self.kind, self.shape(), &entity, &Value::Null)?);
        state.private.insert(IMPORTED.to_owned(), true.into());
        Ok(state)
    }

    fn identity(&self) -> Option<IdentitySchema> {
        identity::of(&self.kind)
    }

    async fn import_by_identity(
        &self,
        cx: &Context<Session>,
        identity: &Value,
    ) -> Result<State, Diagnostics> {
        let key = self.kind.key(identity).unwrap_or_default();
        Ok(self.import(cx, &key).await?.with_identity(identity.clone()))
    }
}

/// What the user is told when a field of the object cannot be kept: see [`keep_unmanaged`].
pub(crate) fn would_be_lost(object: &str, field: &str) -> Diagnostic {
    Diagnostic::error(format!("The {object} has credentials that would be lost")).detail(format!(
        "Its `{field}` was set elsewhere and holds credentials that the control plane does not show. A write replaces \
         the whole object, so they would be gone. Nothing was changed.\n\nhint: set `{field}` in this configuration \
         too, or take it away where it was set."
    ))
}

/// What an import is asked for: a name, FQN or id; or a manifest in JSON, for kinds that the control plane finds only by
/// that. The key, and the manifest if there is one.
fn named(kind: &impl Kind, shape: &Shape, id: &str) -> Result<(String, Map<String, Json>), Diagnostic> {
    if !id.starts_with('{') {
        return Ok((id.to_owned(), Map::new()));
    }
    let refuse = |error: String| {
        Diagnostic::error("The import id is not a manifest").detail(format!(
            "It begins with `{{`, so it should be the manifest of a {} in JSON, but: {error}.\n\nhint: write the \
             manifest as the control plane has it, or give a name, FQN or id.",
            kind.title()
        ))
    };
    let manifest: Json = serde_json::from_str(id).map_err(|error| refuse(error.to_string()))?;
    let value = value_of(kind, &shape.ty, &manifest).map_err(|error| refuse(error.to_string()))?;
    let key = kind.key(&value).ok_or_else(|| refuse("what names the object is missing".to_owned()))?;
    Ok((key, kind.probe(&value)))
}

fn exists_already(kind: &impl Kind, key: &str) -> Diagnostic {
    let title = kind.title();
    Diagnostic::error(format!("The {title} `{key}` exists already")).detail(format!(
        "Creating it would take it over and replace its settings, and it may belong to somebody else. Nothing was \
         changed.\n\nhint: if it is yours, import it: `terraform import <address of this resource> '{key}'`; or choose \
         another name; or set `adopt_existing = true` in the `provider` block to take over existing objects."
    ))
}

/// Whether the control plane has said no to the write itself at the first attempt, so that nothing was created. Any other
/// failure leaves that open: an earlier attempt may have been heard, and so may a write that is followed by a read.
pub(crate) fn refused(error: &Error) -> bool {
    let said_no = |status: u16| (400..500).contains(&status) && status != 408 && status != 429;
    error.failure().is_some_and(|failure| {
        failure.method == "PUT" && failure.attempts == 1 && failure.status.is_some_and(said_no)
    })
}

/// Adds to `manifest` what the object has and Terraform never managed. A manifest replaces the whole object, so an
/// access list or a setting made elsewhere would be lost. Fails with the name of a field that cannot be kept, because a
/// mask stands where the control plane has a credential.
pub(crate) fn keep_unmanaged(
    mut manifest: Map<String, Json>,
    managed_before: &Map<String, Json>,
    current: Option<&Entity>,
) -> Result<Map<String, Json>, String> {
    let current = current.and_then(|entity| entity.manifest().as_object());
    for (field, value) in current.into_iter().flatten() {
        let managed = manifest.contains_key(field) || managed_before.contains_key(field);
        if managed || value.is_null() {
            continue;
        }
        if has_mask(value) {
            return Err(field.clone());
        }
        manifest.insert(field.clone(), value.clone());
    }
    Ok(manifest)
}

fn has_mask(value: &Json) -> bool {
    match value {
        Json::String(text) => is_mask(text),
        Json::Array(items) => items.iter().any(has_mask),
        Json::Object(fields) => fields.values().any(has_mask),
        _ => false,
    }
}

/// The state after a create or update: what was planned, and what the control plane decided.
fn planned_state(kind: &impl Kind, change: &Change, entity: &Entity) -> Value {
    let mut state = change.planned.clone();
    let computed = kind.computed(entity);
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
pub(super) fn state_of(
    kind: &impl Kind,
    shape: &Shape,
    entity: &Entity,
    known: &Value,
) -> Result<Value, Diagnostic> {
    let actual = value_of(kind, &shape.ty, entity.manifest()).map_err(|error| {
        Diagnostic::error(format!("The {} `{}` cannot be understood", kind.title(), entity.name()))
            .detail(format!("Its manifest has another form than this provider knows: {error}.\n\nhint: use a newer version of the provider."))
    })?;
    let mut state = refresh(shape.schema.attributes(), known, &actual);
    for (name, value) in kind.computed(entity) {
        state.put(name, value);
    }
    local::keep(kind, known, &mut state);
    Ok(state)
}

/// A manifest as a value of the schema's type.
fn value_of(kind: &impl Kind, ty: &Type, manifest: &Json) -> Result<Value, tfplugin::value::JsonError> {
    Value::from_json(kind.attributes(manifest).to_string().as_bytes(), ty)
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
            "note": null,
        }}))
        .unwrap();
        let merged = keep_unmanaged(
            object(&json!({ "name": "x", "base_domains": ["a"] })),
            &object(&json!({ "name": "x", "labels": {"was": "managed"} })),
            Some(&entity),
        )
        .unwrap();
        let expected = json!({ "name": "x", "base_domains": ["a"], "collaborators": ["by hand"] });
        assert_eq!(merged, object(&expected));
    }

    #[test]
    fn a_credential_that_was_set_elsewhere_is_not_overwritten_by_its_mask() {
        let entity = Entity::from_value(json!({ "id": "1", "manifest": {
            "name": "x", "auth_data": {"type": "key", "secret": "***"},
        }}))
        .unwrap();
        let keep = |manifest: Json| keep_unmanaged(object(&manifest), &Map::new(), Some(&entity));
        let field = keep(json!({ "name": "x" })).unwrap_err();
        assert_eq!(
            would_be_lost("environment `x`", &field).to_string(),
            "The environment `x` has credentials that would be lost: Its `auth_data` was set elsewhere and holds \
             credentials that the control plane does not show. A write replaces the whole object, so they would be gone. \
             Nothing was changed.\n\nhint: set `auth_data` in this configuration too, or take it away where it was set."
        );
        let ours = json!({ "name": "x", "auth_data": {"type": "key", "secret": "s"} });
        assert_eq!(keep(ours.clone()), Ok(object(&ours)));
    }
}
