//! The data source of a kind: the object with a key, shown whole.

use tfplugin::schema::Schema;
use tfplugin::value::Value;
use tfplugin::{Context, DataSource, Diagnostic, Diagnostics, async_trait};
use truefoundry_api::Entity;

use super::managed::state_of;
use super::{Kind, report};
use crate::configuration::Session;

/// The data source over the objects of a kind.
pub(crate) struct Found<K>(pub(crate) K);

impl<K: Kind> Found<K> {
    /// The schema: what the resource has, found by its key.
    pub(crate) fn schema() -> Schema {
        K::lookup(K::schema().read_only())
    }

    /// The object that the configuration names.
    pub(crate) async fn find(cx: &Context<Session>, config: &Value) -> Result<Entity, Diagnostics> {
        let client = cx.client()?.client.with_cancellation(cx.cancellation().clone());
        let key = K::key(config).unwrap_or_default();
        let doing = format!("reading the {} `{key}`", K::TITLE);
        let found = K::find(&client, &key).await.map_err(|error| report(&doing, &error))?;
        found.ok_or_else(|| {
            Diagnostic::error(format!("There is no {} `{key}`", K::TITLE))
                .detail(format!(
                    "The control plane at `{}` has none of that name.\n\nhint: check the name, or create it with a resource and refer to that.",
                    client.host()
                ))
                .into()
        })
    }

    /// The object as the data source shows it.
    pub(crate) fn shown(entity: &Entity) -> Result<Value, Diagnostics> {
        Ok(state_of::<K>(entity, &Value::Null)?)
    }
}

#[async_trait]
impl<K: Kind> DataSource<Session> for Found<K> {
    fn schema(&self) -> Schema {
        Self::schema()
    }

    async fn read(&self, cx: &Context<Session>, config: &Value) -> Result<Value, Diagnostics> {
        Self::shown(&Self::find(cx, config).await?)
    }
}
