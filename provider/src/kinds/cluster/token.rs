//! The token with which a cluster's agent connects: ephemeral, so that no plan and no state ever holds it.

use secrecy::ExposeSecret;
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::Value;
use tfplugin::{Context, Diagnostics, EphemeralResource, Opened, async_trait};

use crate::object::report;
use crate::session::{Session, client};

/// `truefoundry_cluster_token`.
pub(crate) struct Token;

#[async_trait]
impl EphemeralResource<Session> for Token {
    fn schema(&self) -> Schema {
        Schema::new([
            ("cluster_id", Attribute::string().required().describe("Identifier of the cluster: `truefoundry_cluster.<name>.id`.")),
            ("token", Attribute::string().computed().sensitive().describe("The token.")),
        ])
        .describe("The token with which the agent of a cluster connects to the control plane. It exists only while Terraform runs: hand it to a write-only argument, of a provider that does not log what it sends (`hashicorp/aws` does, with `TF_LOG=DEBUG`).")
    }

    async fn open(&self, cx: &Context<Session>, config: &Value) -> Result<Opened, Diagnostics> {
        let client = client(cx)?;
        let id = config.get("cluster_id").as_str().unwrap_or_default();
        let doing = format!("reading the agent token of the cluster `{id}`");
        let token = client.clusters().token(id).await.map_err(|error| report(&doing, &error))?;
        tfplugin::transport::log::redact(token.expose_secret());
        let value = Value::object([("cluster_id", id.into()), ("token", Value::from(token.expose_secret()))]);
        Ok(Opened { value, ..Opened::default() })
    }
}
