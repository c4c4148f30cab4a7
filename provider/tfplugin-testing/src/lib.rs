//! A test kit for Terraform providers: steps through the real `terraform`, each with what it must plan, keep and say.
//!
//! ```no_run
//! use serde_json::json;
//! use tfplugin_testing::{Action, Rig, Step};
//! # struct Files;
//! # fn service() -> impl tfplugin::proto::tfplugin6::provider_server::Provider {
//! #     todo_service()
//! # }
//! # fn todo_service() -> tfplugin::Server<Nothing> { tfplugin::Server::new(Nothing) }
//! # struct Nothing;
//! # #[tfplugin::async_trait]
//! # impl tfplugin::Provider for Nothing {
//! #     type Client = ();
//! #     fn schema(&self) -> tfplugin::schema::Schema { Default::default() }
//! #     async fn configure(
//! #         &self, _: &tfplugin::value::Value, _: &tfplugin::Setup,
//! #     ) -> Result<Option<()>, tfplugin::Diagnostics> { Ok(Some(())) }
//! # }
//!
//! #[test]
//! fn a_file_is_made_changed_and_removed() -> Result<(), tfplugin_testing::Failure> {
//!     let config = |text| format!("resource \"minimal_file\" \"a\" {{\n  path = \"x\"\n  text = \"{text}\"\n}}\n");
//!     Rig::in_process("registry.terraform.io/example/minimal", service())?.run([
//!         Step::apply(config("one")).plans("minimal_file.a", Action::Create),
//!         Step::apply(config("two"))
//!             .plans("minimal_file.a", Action::Update)
//!             .value("minimal_file.a", "text", json!("two")),
//!     ])
//! }
//! # fn main() {}
//! ```
//!
//! After each applied step the kit plans again and expects nothing to do; after the last one it destroys everything and
//! expects an empty state. With a [`Rig::secret`] it looks for that text in everything that Terraform has written.
//!
//! `terraform` is searched on the `PATH`, or taken from the variable `TERRAFORM`. A test whose Terraform is missing fails
//! and says what to install.

mod canary;
mod rig;
mod step;
mod terraform;

pub use rig::Rig;
pub use step::{Action, Step};

/// Why a test failed: the step, and what was not as expected.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {problem}")]
pub struct Failure {
    /// The step, counted from 1, with what it does.
    pub step: String,
    /// What is wrong, with what Terraform printed.
    pub problem: String,
}

impl Failure {
    pub(crate) fn new(step: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { step: step.into(), problem: problem.into() }
    }
}
