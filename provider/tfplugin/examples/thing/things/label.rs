//! `thing_label`: a resource with an identity of which one part is optional. An import by id does not know it; the read that
//! follows fills it in.

use std::sync::Arc;

use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use tfplugin::value::{Type, Value};
use tfplugin::{Change, Context, Diagnostics, Failed, Resource, State, async_trait};

use super::{Store, missing};

pub(super) struct Label {
    ty: Type,
}

impl Label {
    pub(super) fn new() -> Self {
        Self { ty: schema().ty() }
    }
}

fn schema() -> Schema {
    Schema::new([
        ("id", Attribute::string().computed().use_state_for_unknown().describe("Id of the label.")),
        (
            "text",
            Attribute::string()
                .required()
                .requires_replace()
                .describe("What it says. Another text is another label."),
        ),
        ("shelf", Attribute::string().computed().use_state_for_unknown().describe("Where it sticks.")),
    ])
    .describe("A label.")
}

#[async_trait]
impl Resource<Arc<Store>> for Label {
    fn schema(&self) -> Schema {
        schema()
    }

    fn identity(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([
            ("text", IdentityAttribute::required(Type::String).describe("What it says.")),
            ("shelf", IdentityAttribute::optional(Type::String).describe("Where it sticks.")),
        ]))
    }

    async fn create(&self, cx: &Context<Arc<Store>>, change: &Change) -> Result<State, Failed> {
        let id = super::store::new_id();
        let mut label = change.planned.clone();
        label.put("id", id.as_str());
        label.put("shelf", "top");
        cx.client()?.put(&id, &label, &self.ty)?;
        Ok(label.into())
    }

    async fn read(&self, cx: &Context<Arc<Store>>, state: &State) -> Result<Option<State>, Diagnostics> {
        super::read(cx.client()?, state, &self.ty)
    }

    async fn update(&self, _: &Context<Arc<Store>>, change: &Change) -> Result<State, Failed> {
        // Every change replaces it.
        Ok(change.planned.clone().into())
    }

    async fn delete(&self, cx: &Context<Arc<Store>>, state: &State) -> Result<(), Failed> {
        cx.client()?.remove(state.value.get("id").as_str().unwrap_or_default())?;
        Ok(())
    }

    async fn import(&self, cx: &Context<Arc<Store>>, id: &str) -> Result<State, Diagnostics> {
        let label = cx.client()?.get(id, &self.ty)?.ok_or_else(|| missing(id))?;
        Ok(Value::object([("id", label.get("id").clone()), ("text", label.get("text").clone())]).into())
    }
}
