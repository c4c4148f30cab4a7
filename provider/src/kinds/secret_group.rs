//! What is particular to secret groups: deleting one deletes every secret in it, whoever made them.

use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::Value;
use tfplugin::{Context, Diagnostic, Diagnostics};
use truefoundry_api::{Entity, Secrets};

use crate::object::report;
use crate::session::{Session, client};

/// The attribute that allows it.
pub(crate) const DELETE_SECRETS: &str = "delete_secrets";

/// Adds what only the provider knows of a group.
pub(crate) fn with_delete_secrets(schema: Schema) -> Schema {
    let attribute = Attribute::bool().describe(
        "Whether deleting the group may delete secrets that are still in it. `false` by default: such a deletion is refused, since somebody else may have made them; those of `truefoundry_secret` are deleted before.",
    );
    schema.with(DELETE_SECRETS, attribute)
}

/// Refuses to delete a group that still has secrets, unless the state allows it.
pub(crate) async fn may_delete(cx: &Context<Session>, state: &Value) -> Result<(), Diagnostics> {
    if state.get(DELETE_SECRETS).as_bool() == Some(true) {
        return Ok(());
    }
    let (id, name) =
        (state.get("id").as_str().unwrap_or_default(), state.get("name").as_str().unwrap_or_default());
    let client = client(cx)?;
    let doing = format!("looking for secrets in the secret group `{name}`");
    let left = match Secrets::new(client).of_group(id).await {
        Ok(left) => left,
        // The group is gone already.
        Err(truefoundry_api::Error::NotFound(_)) => return Ok(()),
        Err(error) => return Err(report(&doing, &error).into()),
    };
    if left.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = left.iter().map(|secret: &Entity| format!("`{}`", secret.name())).collect();
    Err(Diagnostic::error(format!("The secret group `{name}` still has secrets"))
        .detail(format!(
            "Deleting it would delete {} as well, from the store that holds them. Nothing was changed.\n\nhint: delete \
             or move them first; or set `{DELETE_SECRETS} = true`, apply, and destroy then.",
            names.join(", ")
        ))
        .into())
}
