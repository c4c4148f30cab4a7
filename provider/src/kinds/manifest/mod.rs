//! Any manifest as it is: for kinds and fields that this version of the provider does not know.

mod place;
mod schema;

use serde_json::{Map, Value as Json};
use tfplugin::schema::Schema;
use tfplugin::value::{Path, Value};
use tfplugin::{Change, Diagnostic, Diagnostics, Plan, Private, State, async_trait};
use truefoundry_api::{Entity, Written};

use super::kept::{has_failed, heard};
use super::merge::{covers, hollow, lay, refreshed};
use crate::object::{At, Object, Trouble, keep_unmanaged, would_be_lost};
use crate::session::Subject;
use place::Place;

/// Private mark of a state that an import has made: it has the whole manifest, and the configuration need not.
const IMPORTED: &str = "imported";
/// Private: where secrets lie over the manifest, without the secrets.
const HIDDEN: &str = "hidden";

/// `truefoundry_manifest`.
pub(crate) struct Manifest;

/// A manifest on its way to the control plane.
struct Outgoing {
    place: Place,
    whole: Map<String, Json>,
    hidden: Json,
}

impl Outgoing {
    fn of(change: &Change) -> Self {
        let mut whole = parsed(change.planned.get("manifest"));
        let place = Place::of(&whole);
        let secret = parsed(change.config.get("manifest_wo"));
        lay(&secret, &mut whole);
        Self { place, whole: object(whole), hidden: hollow(&secret) }
    }

    /// With what the object has and this resource never managed.
    fn with_unmanaged(
        &self,
        before: &Map<String, Json>,
        current: Option<&Entity>,
    ) -> Result<Map<String, Json>, Diagnostic> {
        let kept = keep_unmanaged(self.whole.clone(), before, current);
        kept.map_err(|field| would_be_lost(&format!("object {}", self.place.title()), &field))
    }

    fn private(&self) -> Private {
        Private::from([(HIDDEN.to_owned(), self.hidden.clone())])
    }
}

/// JSON in an attribute; null where there is none. A text that is not JSON was refused while planning.
fn parsed(text: &Value) -> Json {
    text.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(entries) => entries,
        _ => Map::new(),
    }
}

/// The manifest to ask for the object of a state with: complete, with something in the place of each secret.
fn to_ask_with(state: &State) -> Json {
    let mut manifest = parsed(state.value.get("manifest"));
    lay(state.private.get(HIDDEN).unwrap_or(&Json::Null), &mut manifest);
    manifest
}

fn computed(value: &mut Value, entity: &Entity) {
    value.put("id", entity.id());
    value.put("fqn", Value::optional(entity.fqn()));
}

#[async_trait]
impl Object for Manifest {
    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn validate(&self, config: &Value, out: &mut Diagnostics) {
        let (manifest, secret) = (parsed(config.get("manifest")), parsed(config.get("manifest_wo")));
        let mut whole = manifest.clone();
        lay(&secret, &mut whole);
        if manifest.is_object() && !Place::of(&whole).is_same(&Place::of(&manifest)) {
            out.push(
                Diagnostic::error("`manifest_wo` changes which object the manifest is about")
                    .detail("The type, the name and what else cannot be changed stand in `manifest`; `manifest_wo` is for secrets.")
                    .at(Path::of("manifest_wo")),
            );
        }
    }

    fn plan(&self, plan: &mut Plan) {
        let (before, after) = (parsed(plan.prior.get("manifest")), parsed(plan.planned.get("manifest")));
        if before.is_null() || after.is_null() {
            return;
        }
        if !Place::of(&before).is_same(&Place::of(&after)) {
            plan.replace.push(Path::of("manifest"));
            return;
        }
        let secrets_stay = plan.prior.get("manifest_wo_version") == plan.planned.get("manifest_wo_version");
        if plan.private.contains_key(IMPORTED) && secrets_stay && covers(&after, &before) {
            plan.planned.put("manifest", plan.prior.get("manifest").clone());
        }
    }

    fn resource_type(&self) -> String {
        "truefoundry_manifest".to_owned()
    }

    fn subject(&self, value: &Value) -> Subject {
        let place = Place::of(&parsed(value.get("manifest")));
        Subject { kind: place.manifest_type, key: place.key }
    }

    fn title(&self) -> &str {
        "object"
    }

    fn name(&self, value: &Value) -> String {
        format!("object {}", Place::of(&parsed(value.get("manifest"))).title())
    }

    fn imported_by(&self, value: &Value, _existing: &Entity) -> String {
        let place = Place::of(&parsed(value.get("manifest")));
        format!("{}:{}", place.manifest_type, place.key)
    }

    async fn look(&self, at: &At<'_>, state: &State) -> Result<Option<Entity>, Trouble> {
        let manifest = to_ask_with(state);
        let place = Place::of(&manifest);
        Ok(match state.value.get("id").as_str() {
            Some(id) => place.store(at).get(id, &object(manifest)).await?,
            None => place.find(&at.client, &object(manifest)).await?,
        })
    }

    async fn write(
        &self,
        at: &At<'_>,
        change: &Change,
        current: Option<&Entity>,
    ) -> Result<Written, Trouble> {
        let out = Outgoing::of(change);
        let prior = State { private: change.private.clone(), ..State::from(change.prior.clone()) };
        let whole = out.with_unmanaged(&object(to_ask_with(&prior)), current)?;
        Ok(out.place.store(at).put(&Json::Object(whole)).await?)
    }

    /// What a type that is not known makes of a second write is not known either.
    fn is_idempotent(&self) -> bool {
        false
    }

    fn holds(&self, change: &Change, there: &Entity) -> bool {
        let out = Outgoing::of(change);
        let hidden = &out.hidden;
        let known = parsed(change.planned.get("manifest"));
        refreshed("", &known, there.manifest(), hidden) == known
    }

    async fn latest(&self, at: &At<'_>, there: &Entity) -> Result<Entity, Trouble> {
        Ok(Place::of(there.manifest()).store(at).latest(there).await?)
    }

    fn shows_all(&self, change: &Change) -> bool {
        Outgoing::of(change).hidden.is_null()
    }

    fn heard(&self, at: &At<'_>, there: &Entity) -> Written {
        heard(&Place::of(there.manifest()).store(at), there)
    }

    async fn has_failed(&self, at: &At<'_>, there: &Entity) -> Result<bool, Trouble> {
        Ok(has_failed(&Place::of(there.manifest()).store(at), there).await?)
    }

    async fn finish(&self, at: &At<'_>, value: &Value, written: Written) -> Result<Entity, Trouble> {
        Ok(Place::of(&parsed(value.get("manifest"))).store(at).finish(written).await?)
    }

    fn finishing(&self) -> &str {
        "waiting for the deployment of"
    }

    /// A deployment that differs in nothing would be made again for a new time limit.
    fn is_local(&self, change: &Change) -> bool {
        ["manifest", "manifest_wo_version"]
            .iter()
            .all(|name| change.prior.get(name) == change.planned.get(name))
    }

    async fn delete(&self, at: &At<'_>, state: &State) -> Result<(), Trouble> {
        let manifest = to_ask_with(state);
        let place = Place::of(&manifest);
        let id = state.value.get("id").as_str().unwrap_or(&place.key);
        place.store(at).delete(id, &object(manifest)).await?;
        Ok(())
    }

    fn written(&self, change: &Change, entity: &Entity) -> State {
        let mut value = change.planned.clone();
        computed(&mut value, entity);
        State { private: Outgoing::of(change).private(), ..State::from(value) }
    }

    fn shown(&self, state: &State, entity: &Entity) -> Result<State, Diagnostic> {
        let known = parsed(state.value.get("manifest"));
        let mut state = state.clone();
        computed(&mut state.value, entity);
        if entity.manifest().is_object() {
            let hidden = state.private.get(HIDDEN).unwrap_or(&Json::Null);
            let seen = refreshed("", &known, entity.manifest(), hidden);
            if seen != known {
                state.value.put("manifest", seen.to_string());
            }
        }
        Ok(state)
    }

    async fn import(&self, at: &At<'_>, id: &str) -> Result<State, Trouble> {
        let (manifest_type, key) = id.split_once(':').unwrap_or((id, id));
        let place = Place::named(manifest_type, key);
        let asked = match place.is_catalogued() {
            true => Map::new(),
            false => object(serde_json::json!({ "type": manifest_type, "name": key })),
        };
        let entity = place.find(&at.client, &asked).await?.ok_or_else(|| {
            Diagnostic::error(format!("There is no object {}", place.title()))
                .detail("hint: an import id is `<type>:<name or FQN>`, such as `team:search` or `workspace:prod:search`.")
        })?;
        let mut value = schema::schema().empty();
        value.put("manifest", place.without_secrets(entity.manifest()).to_string());
        computed(&mut value, &entity);
        Ok(State { private: Private::from([(IMPORTED.to_owned(), true.into())]), ..State::from(value) })
    }
}
