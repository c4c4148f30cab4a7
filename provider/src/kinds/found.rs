//! The data source of a kind: the object with a key, shown whole.

use tfplugin::schema::Schema;
use tfplugin::value::Value;
use tfplugin::{Context, DataSource, Diagnostic, Diagnostics, async_trait};
use truefoundry_api::Entity;

use super::Kind;
use super::kept::{Shape, state_of};
use crate::object::report;
use crate::session::{Session, client};

/// The data source over the objects of a kind.
pub(crate) struct Found<K>(pub(crate) K);

impl<K: Kind> Found<K> {
    /// The schema: what the resource has, found by its key.
    pub(crate) fn shape(&self) -> Schema {
        self.0.lookup(self.0.schema().read_only())
    }

    /// The object that the configuration names.
    pub(crate) async fn find(&self, cx: &Context<Session>, config: &Value) -> Result<Entity, Diagnostics> {
        let client = client(cx)?;
        let key = self.0.key(config).unwrap_or_default();
        let title = self.0.title();
        let doing = format!("reading the {title} `{key}`");
        let known = self.0.probe(config);
        let found = self.0.find(&client, &key, &known).await.map_err(|error| report(&doing, &error))?;
        found.ok_or_else(|| {
            Diagnostic::error(format!("There is no {title} `{key}`"))
                .detail(format!(
                    "The control plane at `{}` has none of that name.\n\nhint: check the name, or create it with a resource and refer to that.",
                    client.host()
                ))
                .into()
        })
    }

    /// The object as the data source shows it.
    pub(crate) fn shown(&self, entity: &Entity) -> Result<Value, Diagnostics> {
        Ok(state_of(&self.0, &Shape::of(&self.0), entity, &Value::Null)?)
    }
}

#[async_trait]
impl<K: Kind> DataSource<Session> for Found<K> {
    fn schema(&self) -> Schema {
        self.shape()
    }

    async fn read(&self, cx: &Context<Session>, config: &Value) -> Result<Value, Diagnostics> {
        self.shown(&self.find(cx, config).await?)
    }
}
