//! `cargo xtask provider-facts`: notes what version 6 of the AWS provider lets us write.

use std::path::Path;

use acceptance_tests::provider_facts::{self, Facts};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use crate::ui::Ui;

/// The release that the schema is of stands in none of its fields: it is told by `AWS_PROVIDER_VERSION`.
const VERSION: &str = "AWS_PROVIDER_VERSION";

/// Reads a schema and writes the committed file from it.
pub(crate) fn run(ui: &Ui, schema: &Path) -> Result<()> {
    let version = std::env::var(VERSION).with_context(|| {
        format!("`{VERSION}` is not set\nhint: set it to the release of the provider that the schema is of, `6.25.0`")
    })?;
    ensure!(version.starts_with("6."), "`{VERSION}` is `{version}`; the facts are those of version 6");
    let schema: Value = serde_json::from_slice(&fs::read(schema)?)
        .with_context(|| format!("`{}` is no JSON", schema.display()))?;
    let used = provider_facts::used()?;
    let facts = Facts::from_schema(&schema, &version, &used)?;
    let missing = facts.missing(&used);
    ensure!(missing.is_empty(), "the modules write what version {version} has not:\n{}", missing.join("\n"));
    fs::write(provider_facts::file(), facts.text()?)?;
    ui.detail(&format!("{} types of version {version} noted", facts.types.len()));
    Ok(())
}
