//! `tfy-infra` turns one reviewed file, `platform.yaml`, into Terraform for a whole TrueFoundry platform on AWS.
//!
//! It works in stages, each a room:
//!
//! ```text
//! platform.yaml --spec--> Spec --plan--> Platform --files--> Files --tree--> directory --run--> AWS
//! ```
//!
//! [`spec`] reads and checks the shape; [`mod@plan`] checks every value, fixes names, addresses and layers, and writes Terraform as text;
//! Beside them, what an account is found to be: `inspect` asks AWS (feature `aws`), [`facts`] hold what came back, and [`preflight`] decides by them
//! whether the platform can be made there.
//!
//! [`init`] writes a first `platform.yaml`; [`effects`] tell what a change of the spec does to a platform that is there, before anything is written; [`tree`] puts it on disk; [`run`] drives `terraform` through the layers, and reads nothing but the tree's own file; [`drift`] tells what of
//! all that is no longer so. `spec` and `plan` are pure functions but for [`spec::load()`].

pub mod cli;
pub mod diag;
mod difference;
pub mod drift;
pub mod effects;
pub mod facts;
pub mod init;
#[cfg(feature = "aws")]
pub mod inspect;
pub mod plan;
pub mod preflight;
pub mod run;
mod screen;
mod shell;
pub mod spec;
pub mod suggest;
pub mod tree;
pub mod upgrade;
