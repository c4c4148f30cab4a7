//! Objects that are kept as manifests.

use std::sync::OnceLock;

use serde_json::{Map, Value as Json};
use tfplugin::schema::{Attributes, IdentitySchema, Schema};
use tfplugin::value::{Type, Value};
use tfplugin::{Change, Diagnostic, Plan, State, async_trait};
use truefoundry_api::{Entity, Store, Written};
use truefoundry_catalog::Catalog;

use super::merge::covers;
use super::refresh::refresh;
use super::{Kind, identity, local, patient};
use crate::object::{At, Object, Trouble, keep_unmanaged, would_be_lost};
use crate::session::Subject;

/// Private mark of a state that an import has just made: the first read fills in everything.
const IMPORTED: &str = "imported";

/// The objects of a kind.
pub(crate) struct Kept<K> {
    kind: K,
    /// Made at the first read: a plan reads a thousand objects of a kind.
    shape: OnceLock<Shape>,
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

impl<K: Kind> Kept<K> {
    pub(crate) fn new(kind: K) -> Self {
        Self { kind, shape: OnceLock::new() }
    }

    fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| Shape::of(&self.kind))
    }

    fn store(&self, at: &At<'_>) -> Store {
        patient(self.kind.store(&at.client), at.cx)
    }

    fn key(&self, value: &Value) -> String {
        let key = self.kind.key(value).or_else(|| value.get("id").as_str().map(str::to_owned));
        key.unwrap_or_default()
    }

    /// A manifest without what the control plane keeps to itself.
    fn without_secrets(&self, manifest: Json) -> Json {
        let catalog = Catalog::get();
        match catalog.kind(self.kind.manifest_type()) {
            Some(kind) => catalog.without_secrets(&kind.object, &manifest),
            None => manifest,
        }
    }
}

#[async_trait]
impl<K: Kind> Object for Kept<K> {
    fn schema(&self) -> Schema {
        self.kind.schema()
    }

    fn plan(&self, plan: &mut Plan) {
        self.kind.plan(plan);
    }

    fn resource_type(&self) -> String {
        self.kind.resource_type()
    }

    fn identity(&self) -> Option<IdentitySchema> {
        identity::of(&self.kind)
    }

    fn import_id(&self, identity: &Value) -> String {
        self.kind.key(identity).unwrap_or_default()
    }

    fn subject(&self, value: &Value) -> Subject {
        Subject { kind: self.kind.manifest_type().to_owned(), key: self.key(value) }
    }

    fn title(&self) -> &str {
        self.kind.title()
    }

    fn name(&self, value: &Value) -> String {
        format!("{} `{}`", self.kind.title(), self.key(value))
    }

    /// Those that are only found by their manifest are imported by it.
    fn imported_by(&self, value: &Value, existing: &Entity) -> String {
        match self.kind.is_asked_by_manifest() {
            true => self.without_secrets(existing.manifest().clone()).to_string(),
            false => self.key(value),
        }
    }

    async fn look(&self, at: &At<'_>, state: &State) -> Result<Option<Entity>, Trouble> {
        let manifest = self.kind.probe(&state.value);
        Ok(match state.value.get("id").as_str() {
            Some(id) => self.store(at).get(id, &manifest).await?,
            None => self.kind.find(&at.client, &self.key(&state.value), &manifest).await?,
        })
    }

    async fn write(
        &self,
        at: &At<'_>,
        change: &Change,
        current: Option<&Entity>,
    ) -> Result<Written, Trouble> {
        let before = match change.prior.is_null() {
            true => Map::new(),
            false => self.kind.manifest(&change.prior, &Value::Null),
        };
        let manifest = self.kind.manifest(&change.planned, &change.config);
        let manifest = keep_unmanaged(manifest, &before, current)
            .map_err(|field| would_be_lost(&self.name(&change.planned), &field))?;
        Ok(self.store(at).put(&Json::Object(manifest)).await?)
    }

    fn is_idempotent(&self) -> bool {
        self.kind.is_idempotent()
    }

    fn holds(&self, change: &Change, there: &Entity) -> bool {
        let sent = self.kind.manifest(&change.planned, &Value::Null);
        let before = match change.prior.is_null() {
            true => Map::new(),
            false => self.kind.manifest(&change.prior, &Value::Null),
        };
        let is_dropped = |field: &String| !sent.contains_key(field) && !there.manifest()[field].is_null();
        !before.keys().any(is_dropped) && covers(&self.without_secrets(sent.into()), there.manifest())
    }

    async fn latest(&self, at: &At<'_>, there: &Entity) -> Result<Entity, Trouble> {
        Ok(self.store(at).latest(there).await?)
    }

    /// Secrets are never shown; those of an update are known where the state has the ones that were sent last.
    fn shows_all(&self, change: &Change) -> bool {
        let sent = Json::Object(self.kind.manifest(&change.planned, &change.config));
        let same = || same_secrets(self.shape().schema.attributes(), &change.prior, &change.planned);
        self.without_secrets(sent.clone()) == sent || (!change.prior.is_null() && same())
    }

    fn heard(&self, at: &At<'_>, there: &Entity) -> Written {
        heard(&self.store(at), there)
    }

    async fn has_failed(&self, at: &At<'_>, there: &Entity) -> Result<bool, Trouble> {
        Ok(has_failed(&self.store(at), there).await?)
    }

    async fn finish(&self, at: &At<'_>, value: &Value, written: Written) -> Result<Entity, Trouble> {
        let entity = self.store(at).finish(written).await?;
        self.kind.settle(at.cx, value, entity.id()).await?;
        Ok(entity)
    }

    fn finishing(&self) -> &str {
        "waiting for the deployment of"
    }

    fn is_local(&self, change: &Change) -> bool {
        local::is_all(&self.kind, change)
    }

    async fn may_delete(&self, at: &At<'_>, state: &State) -> Result<(), Trouble> {
        Ok(self.kind.may_delete(at.cx, &state.value).await?)
    }

    async fn delete(&self, at: &At<'_>, state: &State) -> Result<(), Trouble> {
        let key = self.key(&state.value);
        let id = state.value.get("id").as_str().unwrap_or(&key);
        self.store(at).delete(id, &self.kind.probe(&state.value)).await?;
        Ok(())
    }

    fn written(&self, change: &Change, entity: &Entity) -> State {
        planned_state(&self.kind, change, entity).into()
    }

    fn shown(&self, state: &State, entity: &Entity) -> Result<State, Diagnostic> {
        let imported = state.private.contains_key(IMPORTED);
        let known = if imported { &Value::Null } else { &state.value };
        Ok(state_of(&self.kind, self.shape(), entity, known)?.into())
    }

    async fn import(&self, at: &At<'_>, id: &str) -> Result<State, Trouble> {
        let (key, manifest) = named(&self.kind, self.shape(), id)?;
        let mut found = self.kind.find(&at.client, &key, &manifest).await?;
        if found.is_none() {
            found = self.kind.store(&at.client).get(&key, &manifest).await?;
        }
        let title = self.kind.title();
        let entity = found.ok_or_else(|| {
            Diagnostic::error(format!("There is no {title} `{id}`")).detail(format!(
                "The control plane at `{}` has none of that name, FQN or id.\n\nhint: check the import id.",
                at.client.host()
            ))
        })?;
        let mut state = State::from(state_of(&self.kind, self.shape(), &entity, &Value::Null)?);
        state.private.insert(IMPORTED.to_owned(), true.into());
        Ok(state)
    }
}

/// Whether two values have the same secrets: those in the state, and the versions of those that are only written.
fn same_secrets(attributes: &Attributes, one: &Value, other: &Value) -> bool {
    attributes.iter().all(|(name, attribute)| {
        let (one, other) = (one.get(name), other.get(name));
        if attribute.is_sensitive() || name.ends_with("_wo_version") {
            return one == other;
        }
        let tfplugin::schema::Shape::Nested(nesting, inner) = attribute.shape() else { return true };
        match (one, other) {
            (Value::List(one), Value::List(other)) | (Value::Set(one), Value::Set(other)) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|(one, other)| same_secrets(inner, one, other))
            }
            (Value::Map(entries), Value::Map(others)) if *nesting == tfplugin::schema::Nesting::Map => {
                entries.len() == others.len()
                    && entries.iter().all(|(key, one)| same_secrets(inner, one, other.get(key)))
            }
            (one, other) => same_secrets(inner, one, other),
        }
    })
}

/// An object that is there, and the deployment that was last begun of it.
pub(super) fn heard(store: &Store, there: &Entity) -> Written {
    Written { entity: there.clone(), pending: store.pending(there) }
}

/// Whether the deployment that was last begun of an object came to a bad end.
pub(super) async fn has_failed(store: &Store, there: &Entity) -> truefoundry_api::Result<bool> {
    match (store, store.pending(there)) {
        (Store::Applications(applications), Some(deployment)) => applications.has_failed(&deployment).await,
        _ => Ok(false),
    }
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
