//! The provider: its configuration and what it offers.

mod item;
mod label;
mod note;
mod slug;
mod store;

use std::path::Path;
use std::sync::Arc;

use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Type, Value};
use tfplugin::{
    DataSource, Diagnostic, Diagnostics, Function, Named, Provider, Resource, Setup, State, async_trait,
};

pub(crate) use store::Store;

/// The source address that configurations name.
pub(crate) const ADDRESS: &str = "registry.terraform.io/example/thing";

/// The provider.
pub(crate) struct Things;

#[async_trait]
impl Provider for Things {
    type Client = Arc<Store>;

    fn schema(&self) -> Schema {
        let path = Attribute::string().describe(
            "JSON file that things are kept in. Without it they are forgotten when the provider ends, and Terraform's \
             state is taken as the truth.",
        );
        Schema::new([("path", path)]).describe("Things, to try Terraform with.")
    }

    fn resources(&self) -> Named<dyn Resource<Arc<Store>>> {
        vec![
            ("thing_item".into(), Box::new(item::Item::new())),
            ("thing_element".into(), Box::new(item::Item::new())),
            ("thing_label".into(), Box::new(label::Label::new())),
            ("thing_note".into(), Box::new(note::Note::new())),
        ]
    }

    fn data_sources(&self) -> Named<dyn DataSource<Arc<Store>>> {
        vec![("thing_item".into(), Box::new(item::Lookup::new()))]
    }

    fn functions(&self) -> Named<dyn Function> {
        vec![("slug".into(), Box::new(slug::Slug))]
    }

    async fn configure(&self, config: &Value, _: &Setup) -> Result<Option<Arc<Store>>, Diagnostics> {
        let store = match config.get("path") {
            path if path.is_unknown() => return Ok(None),
            path => match path.as_str() {
                Some(path) => Store::open(Path::new(path))?,
                None => Store::forgetful(),
            },
        };
        Ok(Some(Arc::new(store)))
    }
}

/// What a resource answers for an id that is not there.
fn missing(id: &str) -> Diagnostic {
    Diagnostic::error(format!("There is no thing with the id `{id}`")).detail(
        "Give the id of a thing that exists; `terraform state list` shows the ones of this configuration.",
    )
}

/// The thing of a state as it now is.
fn read(store: &Store, state: &State, ty: &Type) -> Result<Option<State>, Diagnostics> {
    let found = store.get(state.value.get("id").as_str().unwrap_or_default(), ty)?;
    let value = match found {
        Some(value) => value,
        None if store.forgets() => state.value.clone(),
        None => return Ok(None),
    };
    let mut now = State::from(value);
    now.private.clone_from(&state.private);
    Ok(Some(now))
}

/// The type of `thing_item`.
#[cfg(test)]
pub(crate) fn item_type() -> Type {
    item::schema().ty()
}
