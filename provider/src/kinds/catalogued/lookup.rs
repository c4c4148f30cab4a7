//! The data source of a catalogued kind: what refers to an object, and its manifest as JSON.
//!
//! Not typed like the resource: Terraform reads every schema of a provider at every command, and a second schema for
//! each of a hundred kinds made that half as long again.

use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::Value;
use tfplugin::{Context, DataSource, Diagnostics, async_trait};
use truefoundry_catalog::Catalog;

use super::{Catalogued, schema};
use crate::kinds::{Found, Kind as _};
use crate::session::Session;

/// `data "truefoundry_<kind>"`.
pub(super) struct Lookup(pub(super) Found<Catalogued>);

#[async_trait]
impl DataSource<Session> for Lookup {
    fn schema(&self) -> Schema {
        let kind = &self.0.0;
        let key = kind.key_attributes().into_iter().map(|name| {
            let about = format!("`{name}` of the {} to look up.", kind.title());
            (name, Attribute::string().required().describe(about))
        });
        let manifest = Attribute::string()
            .computed()
            .describe("Its manifest without credentials, as JSON: use `jsondecode`.");
        let shown = schema::computed(kind.0).into_iter().chain([("manifest", manifest)]);
        Schema::new(key.chain(shown.map(|(name, attribute)| (name.to_owned(), attribute))))
            .describe(format!("Looks up a {} by its name.", kind.title()))
    }

    async fn read(&self, cx: &Context<Session>, config: &Value) -> Result<Value, Diagnostics> {
        let entity = self.0.find(cx, config).await?;
        let kind = &self.0.0;
        let mut value = config.clone();
        for (name, computed) in kind.computed(&entity) {
            value.put(name, computed);
        }
        value.put("manifest", Catalog::get().without_secrets(&kind.0.object, entity.manifest()).to_string());
        Ok(value)
    }
}
