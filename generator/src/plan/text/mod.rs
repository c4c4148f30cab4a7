//! Text of Terraform: templates, values as HCL, formatting.

pub mod format;
pub mod hcl;
mod templates;

pub(super) use templates::{
    CLUSTER_PROVIDERS, GITATTRIBUTES, GITIGNORE, PROVIDERS, REMOTE_STATE, Template, VERSIONS, engine,
    template,
};
