//! States in files beside the layers.

use serde_json::{Value, json};

/// The file, from the layer's folder.
pub(super) const STATE: &str = "terraform.tfstate";

/// How another layer's state is read.
pub(super) fn remote(layer: &str) -> Value {
    json!({ "path": format!("../{layer}/{STATE}") })
}
