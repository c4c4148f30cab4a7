//! What identifies an object apart from its state (Terraform 1.12 and newer): the attributes of its key.

use tfplugin::schema::{IdentityAttribute, IdentitySchema};
use tfplugin::value::Type;

use super::Kind;

/// The identity of a kind; none where there is one object per tenant.
pub(super) fn of(kind: &impl Kind) -> Option<IdentitySchema> {
    let names = kind.key_attributes();
    let parts = names.iter().map(|name| {
        let about = format!("`{name}` of the {}.", kind.title());
        (name.clone(), IdentityAttribute::required(Type::String).describe(about))
    });
    (!names.is_empty()).then(|| IdentitySchema::new(parts))
}
