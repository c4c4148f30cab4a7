//! Any manifest as it is: for kinds and fields that this version of the provider does not know.

mod merge;
mod place;
mod schema;

use serde_json::{Map, Value as Json};
use tfplugin::schema::Schema;
use tfplugin::value::{Path, Value};
use tfplugin::{
    Change, Context, Diagnostic, Diagnostics, Failed, Plan, Private, Resource, State, async_trait,
};
use truefoundry_api::{Entity, Error};

use crate::configuration::{Session, client};
use crate::engine::{keep_unmanaged, refused, report, would_be_lost};
use merge::{covers, hollow, lay, refreshed, texts};
use place::Place;

/// Private mark of a state that an import has made: it has the whole manifest, and the configuration need not.
const IMPORTED: &str = "imported";
/// Private: where secrets lie over the manifest, without the secrets.
const HIDDEN: &str = "hidden";
/// What the journal calls all of them.
const JOURNAL: &str = "manifest";

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
        let mut found = Vec::new();
        texts(&secret, &mut found);
        found.iter().for_each(|text| tfplugin::transport::log::redact(text));
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

fn failed(doing: &str, place: &Place, error: &Error) -> Diagnostic {
    report(&format!("{doing} the object {}", place.title()), error)
}

/// The manifest to ask for the object of a state with: complete, with something in the place of each secret.
fn to_ask_with(state: &State) -> Json {
    let mut manifest = parsed(state.value.get("manifest"));
    lay(state.private.get(HIDDEN).unwrap_or(&Json::Null), &mut manifest);
    manifest
}

async fn current(cx: &Context<Session>, state: &State) -> Result<Option<Entity>, Diagnostic> {
    let client = client(cx)?;
    let manifest = to_ask_with(state);
    let place = Place::of(&manifest);
    let found = match state.value.get("id").as_str() {
        Some(id) => place.store(&client, cx).get(id, &object(manifest)).await,
        None => place.find(&client, &object(manifest)).await,
    };
    found.map_err(|error| failed("reading", &place, &error))
}

fn computed(value: &mut Value, entity: &Entity) {
    value.put("id", entity.id());
    value.put("fqn", Value::optional(entity.fqn()));
}

#[async_trait]
impl Resource<Session> for Manifest {
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

    async fn plan(&self, _cx: &Context<Session>, plan: &mut Plan) -> Result<(), Diagnostics> {
        let (before, after) = (parsed(plan.prior.get("manifest")), parsed(plan.planned.get("manifest")));
        if before.is_null() || after.is_null() {
            return Ok(());
        }
        if !Place::of(&before).is_same(&Place::of(&after)) {
            plan.replace.push(Path::of("manifest"));
            return Ok(());
        }
        let secrets_stay = plan.prior.get("manifest_wo_version") == plan.planned.get("manifest_wo_version");
        if plan.private.contains_key(IMPORTED) && secrets_stay && covers(&after, &before) {
            plan.planned.put("manifest", plan.prior.get("manifest").clone());
        }
        Ok(())
    }

    async fn create(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        let out = Outgoing::of(change);
        let (client, session) = (client(cx)?, cx.client()?);
        let existing = out.place.find(&client, &out.whole).await;
        let existing = existing.map_err(|error| failed("looking for", &out.place, &error))?;
        let key = format!("{}:{}", out.place.manifest_type, out.place.key);
        match &existing {
            Some(existing) if !session.adopt_existing && !session.journal.made(JOURNAL, &key, existing) => {
                return Err(schema::exists_already(&out.place).into());
            }
            Some(_) => tracing::info!(key, "continuing with the object that is there"),
            None => session.journal.begin(JOURNAL, &key),
        }
        let whole = out.with_unmanaged(&Map::new(), existing.as_ref())?;
        match out.place.store(&client, cx).put(&Json::Object(whole)).await {
            Ok(entity) => {
                let mut value = change.planned.clone();
                computed(&mut value, &entity);
                Ok(State { private: out.private(), ..State::from(value) })
            }
            Err(error) => {
                if refused(&error) {
                    session.journal.end(JOURNAL, &key);
                }
                Err(failed("creating", &out.place, &error).into())
            }
        }
    }

    async fn read(&self, cx: &Context<Session>, state: &State) -> Result<Option<State>, Diagnostics> {
        let Some(entity) = current(cx, state).await? else { return Ok(None) };
        let known = parsed(state.value.get("manifest"));
        let place = Place::of(&known);
        let key = format!("{}:{}", place.manifest_type, place.key);
        cx.client()?.journal.end(JOURNAL, &key);
        let mut state = state.clone();
        computed(&mut state.value, &entity);
        if entity.manifest().is_object() {
            let hidden = state.private.get(HIDDEN).unwrap_or(&Json::Null);
            let seen = refreshed("", &known, entity.manifest(), hidden);
            if seen != known {
                state.value.put("manifest", seen.to_string());
            }
        }
        Ok(Some(state))
    }

    async fn update(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        let out = Outgoing::of(change);
        let client = client(cx)?;
        let prior = State { private: change.private.clone(), ..State::from(change.prior.clone()) };
        let before = object(to_ask_with(&prior));
        let mut value = change.planned.clone();
        // A deployment that differs in nothing would be made again for a new time limit.
        let unchanged =
            ["manifest", "manifest_wo_version"].iter().all(|name| change.prior.get(name) == value.get(name));
        if !unchanged {
            let current = current(cx, &prior).await?;
            let whole = out.with_unmanaged(&before, current.as_ref())?;
            let put = out.place.store(&client, cx).put(&Json::Object(whole)).await;
            let entity = put.map_err(|error| failed("updating", &out.place, &error))?;
            computed(&mut value, &entity);
        }
        Ok(State { private: out.private(), ..State::from(value) })
    }

    async fn delete(&self, cx: &Context<Session>, state: &State) -> Result<(), Failed> {
        let manifest = to_ask_with(state);
        let place = Place::of(&manifest);
        let id = state.value.get("id").as_str().unwrap_or(&place.key);
        let deleted = place.store(&client(cx)?, cx).delete(id, &object(manifest)).await;
        deleted.map_err(|error| failed("deleting", &place, &error))?;
        let key = format!("{}:{}", place.manifest_type, place.key);
        cx.client()?.journal.end(JOURNAL, &key);
        Ok(())
    }

    async fn import(&self, cx: &Context<Session>, id: &str) -> Result<State, Diagnostics> {
        let (manifest_type, key) = id.split_once(':').unwrap_or((id, id));
        let place = Place::named(manifest_type, key);
        let asked = match place.is_catalogued() {
            true => Map::new(),
            false => object(serde_json::json!({ "type": manifest_type, "name": key })),
        };
        let found = place.find(&client(cx)?, &asked).await;
        let found = found.map_err(|error| failed("looking for", &place, &error))?;
        let entity = found.ok_or_else(|| {
            Diagnostic::error(format!("There is no object {}", place.title()))
                .detail("hint: an import id is `<type>:<name or FQN>`, such as `team:search` or `workspace:prod:search`.")
        })?;
        let mut value = schema::schema().empty();
        value.put("manifest", place.without_secrets(entity.manifest()).to_string());
        computed(&mut value, &entity);
        Ok(State { private: Private::from([(IMPORTED.to_owned(), true.into())]), ..State::from(value) })
    }
}
