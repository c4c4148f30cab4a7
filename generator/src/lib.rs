//! `tfy-infra` turns one reviewed file, `platform.yaml`, into Terraform for a whole TrueFoundry platform on AWS.
//!
//! It works in stages, each a pure function from one typed value to the next:
//!
//! ```text
//! platform.yaml --spec--> Spec --layout--> Layout --emit--> Files --write--> directory
//! ```
//!
//! [`spec`] reads and checks the shape, [`layout`] checks every value and fixes names, addresses, layers and edges,
//! [`emit`] writes Terraform as text, [`mod@write`] puts it on disk at once or not at all. [`run`] then drives `terraform`
//! through the layers. Only [`spec::load()`], [`mod@write`] and [`run`] touch the disk.

pub mod cli;
pub mod diag;
pub mod emit;
pub mod layout;
pub mod run;

pub mod spec;
pub mod suggest;
pub mod write;
