//! Every manifest kind of the TrueFoundry control plane, as data.
//!
//! [`facts`] is what the published schema says, refreshed with `cargo xtask catalog`; the overlay is what we say about
//! it: how a kind and its attributes are called in Terraform ([`naming`]), what names an object, which fields are
//! secrets, in which fields order means nothing. [`Catalog`] is both together.

mod attributes;
mod catalog;
mod describe;
pub mod facts;
mod hide;
pub mod naming;
mod overlay;
pub mod sample;

pub use attributes::{Secrets, attributes};
pub use catalog::{Catalog, Kind, Variant};
pub use overlay::{Endpoint, Secret};
