//! `thing_note`: the smallest resource that has everything a resource needs.

use std::sync::Arc;

use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Type, Value};
use tfplugin::{Change, Context, Diagnostics, Failed, Resource, State, async_trait};

use super::{Store, missing};

pub(super) struct Note {
    ty: Type,
}

impl Note {
    pub(super) fn new() -> Self {
        Self { ty: schema().ty() }
    }
}

fn schema() -> Schema {
    Schema::new([
        ("id", Attribute::string().computed().use_state_for_unknown().describe("Id of the note.")),
        ("text", Attribute::string().required().describe("What it says.")),
        (
            "title",
            Attribute::string()
                .requires_replace()
                .describe("Its title. A note with another title is another note."),
        ),
    ])
    .describe("A note.")
}

#[async_trait]
impl Resource<Arc<Store>> for Note {
    fn schema(&self) -> Schema {
        schema()
    }

    async fn create(&self, cx: &Context<Arc<Store>>, change: &Change) -> Result<State, Failed> {
        let id = super::store::new_id();
        let mut note = change.planned.clone();
        note.put("id", id.as_str());
        cx.client()?.put(&id, &note, &self.ty)?;
        Ok(note.into())
    }

    async fn read(&self, cx: &Context<Arc<Store>>, state: &State) -> Result<Option<State>, Diagnostics> {
        super::read(cx.client()?, state, &self.ty)
    }

    async fn update(&self, cx: &Context<Arc<Store>>, change: &Change) -> Result<State, Failed> {
        let id = change.prior.get("id").as_str().unwrap_or_default();
        cx.client()?.put(id, &change.planned, &self.ty)?;
        Ok(change.planned.clone().into())
    }

    async fn delete(&self, cx: &Context<Arc<Store>>, state: &State) -> Result<(), Failed> {
        cx.client()?.remove(state.value.get("id").as_str().unwrap_or_default())?;
        Ok(())
    }

    async fn import(&self, cx: &Context<Arc<Store>>, id: &str) -> Result<State, Diagnostics> {
        let note = cx.client()?.get(id, &self.ty)?.ok_or_else(|| missing(id))?;
        Ok(Value::object([("id", note.get("id").clone())]).into())
    }
}
