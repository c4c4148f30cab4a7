//! The token of a virtual account: ephemeral, so that no plan and no state ever holds it.

use secrecy::ExposeSecret;
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::Value;
use tfplugin::{Context, Diagnostics, EphemeralResource, Opened, async_trait};

use crate::object::report;
use crate::session::{Session, client};

/// `truefoundry_virtual_account_token`.
pub(crate) struct Token;

#[async_trait]
impl EphemeralResource<Session> for Token {
    fn schema(&self) -> Schema {
        Schema::new([
            (
                "virtual_account_id",
                Attribute::string()
                    .required()
                    .describe("Identifier of the virtual account: `truefoundry_virtual_account.<name>.id`."),
            ),
            ("token", Attribute::string().computed().sensitive().describe("The token, valid as long as the control plane says.")),
        ])
        .describe("The current token of a virtual account. It exists only while Terraform runs: hand it to a write-only argument, of a provider that does not log what it sends.")
    }

    async fn open(&self, cx: &Context<Session>, config: &Value) -> Result<Opened, Diagnostics> {
        let client = client(cx)?;
        let id = config.get("virtual_account_id").as_str().unwrap_or_default();
        let doing = format!("reading the token of the virtual account `{id}`");
        let token = client.virtual_account_token(id).await.map_err(|error| report(&doing, &error))?;
        tfplugin::transport::log::redact(token.expose_secret());
        let value =
            Value::object([("virtual_account_id", id.into()), ("token", Value::from(token.expose_secret()))]);
        Ok(Opened { value, ..Opened::default() })
    }
}
