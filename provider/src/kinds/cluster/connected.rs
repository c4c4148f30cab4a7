//! The data source of clusters, which also tells whether the agent is connected.

use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::Value;
use tfplugin::{Context, DataSource, Diagnostics, async_trait};

use super::{Cluster, wait};
use crate::kinds::Found;
use crate::object::report;
use crate::session::{Session, client};

/// `data "truefoundry_cluster"`.
pub(crate) struct Connected;

#[async_trait]
impl DataSource<Session> for Connected {
    fn schema(&self) -> Schema {
        let connected =
            Attribute::bool().computed().describe("Whether the cluster's agent is connected now.");
        let advice = "Let it come after what installs the agent (`depends_on`).";
        Found(Cluster).shape().with("connected", connected).with(wait::ATTRIBUTE, wait::attribute(advice))
    }

    async fn read(&self, cx: &Context<Session>, config: &Value) -> Result<Value, Diagnostics> {
        let entity = Found(Cluster).find(cx, config).await?;
        let client = client(cx)?;
        wait::wait(cx, config, entity.id()).await?;
        let doing = format!("asking whether the cluster `{}` is connected", entity.name());
        let connected =
            client.clusters().is_connected(entity.id()).await.map_err(|error| report(&doing, &error))?;
        let mut value = Found(Cluster).shown(&entity)?;
        value.put("connected", connected);
        value.put(wait::ATTRIBUTE, config.get(wait::ATTRIBUTE).clone());
        Ok(value)
    }
}
