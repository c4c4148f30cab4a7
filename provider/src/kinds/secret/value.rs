//! The value of a secret: ephemeral, so that no plan and no state ever holds it.

use secrecy::ExposeSecret;
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::Value;
use tfplugin::{Context, Diagnostic, Diagnostics, EphemeralResource, Opened, async_trait};
use truefoundry_api::Secrets;

use crate::object::report;
use crate::session::{Session, client};

/// `truefoundry_secret_value`.
pub(crate) struct SecretValue;

#[async_trait]
impl EphemeralResource<Session> for SecretValue {
    fn schema(&self) -> Schema {
        Schema::new([
            (
                "fqn",
                Attribute::string().required().describe("FQN of the secret: `<tenant>:<group>:<name>`, or `truefoundry_secret.<name>.fqn`."),
            ),
            ("value", Attribute::string().computed().sensitive().describe("The value.")),
        ])
        .describe("The value of a secret. It exists only while Terraform runs: hand it to a write-only argument, of a provider that does not log what it sends. An application needs none of this: give it the `reference` of a `truefoundry_secret`.")
    }

    async fn open(&self, cx: &Context<Session>, config: &Value) -> Result<Opened, Diagnostics> {
        let client = client(cx)?;
        let secrets = Secrets::new(client);
        let fqn = config.get("fqn").as_str().unwrap_or_default();
        let doing = format!("reading the secret `{fqn}`");
        let found = secrets.find(fqn).await.map_err(|error| report(&doing, &error))?;
        let found = found.ok_or_else(|| {
            Diagnostic::error(format!("There is no secret `{fqn}`")).detail(
                "hint: check the FQN, `<tenant>:<group>:<name>`, and that the API key may see the group.",
            )
        })?;
        let value = secrets.value(found.id()).await.map_err(|error| report(&doing, &error))?;
        let value = value.ok_or_else(|| {
            Diagnostic::error(format!("The control plane does not give out the value of the secret `{fqn}`"))
                .detail("Viewing values of secrets is switched off there.\n\nhint: let the application refer to it (`tfy-secret://<fqn>`), or switch viewing on in the settings of the control plane.")
        })?;
        tfplugin::transport::log::redact(value.expose_secret());
        let value = Value::object([("fqn", fqn.into()), ("value", Value::from(value.expose_secret()))]);
        Ok(Opened { value, ..Opened::default() })
    }
}
