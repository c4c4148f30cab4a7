//! Prints every file below `provider/docs` and `provider/examples` as one JSON object: path to content.

use std::io::Write as _;

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    let root = provider_docs_generator::repository();
    let files = provider_docs_generator::files(&root)?;
    let json = serde_json::to_vec(&files)?;
    std::io::stdout().write_all(&json).context("writing to standard output")
}
