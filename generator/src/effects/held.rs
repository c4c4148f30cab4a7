//! What the states of a tree are known to hold, from files alone.

use std::path::Path;

use crate::tree::record::Layer;
use crate::tree::state::Outline;
use crate::tree::{own, seen};

/// What is known of one layer's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The layer.
    pub layer: String,
    /// What its state holds.
    pub known: Known,
}

/// What a state holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// The managed objects at these addresses.
    Objects(Vec<String>),
    /// Nobody has looked, or it is in a file that is no state.
    Nothing,
}

impl Held {
    /// What is known of the states of these layers. A state in a file beside its layer is read, also where the layer keeps its state elsewhere
    /// by now; of others there is what the last plan or apply in this directory has noted.
    #[must_use]
    pub fn of(dir: &Path, layers: &[Layer]) -> Vec<Self> {
        layers.iter().map(|layer| Self { layer: layer.name.clone(), known: known(dir, layer) }).collect()
    }

    /// How many objects; `None` when that is not known.
    #[must_use]
    pub fn objects(&self) -> Option<usize> {
        match &self.known {
            Known::Objects(addresses) => Some(addresses.len()),
            Known::Nothing => None,
        }
    }
}

fn known(dir: &Path, layer: &Layer) -> Known {
    let is_local = layer.backend.get("local").is_some() || layer.backend.is_null();
    match own::read(&dir.join(&layer.name).join("terraform.tfstate")) {
        Ok(Some(text)) => match Outline::of(&text) {
            Some(outline) if is_local || !outline.managed.is_empty() => {
                return Known::Objects(outline.managed);
            }
            Some(_) => {}
            None => return Known::Nothing,
        },
        Ok(None) => {}
        Err(_) => return Known::Nothing,
    }
    seen::read(dir, layer).map_or(Known::Nothing, |seen| Known::Objects(seen.outline.managed))
}
