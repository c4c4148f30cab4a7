//! Prints what is made from the provider: with the argument `docs` every file below `provider/docs` and
//! `provider/examples` as one JSON object, path to content; with `schema` the encoded schema.

use std::io::Write as _;

use anyhow::{Context as _, Result, anyhow, bail};
use terraform_provider_truefoundry::Truefoundry;
use tfplugin::Server;

fn main() -> Result<()> {
    let bytes = match std::env::args().nth(1).as_deref() {
        Some("docs") => {
            serde_json::to_vec(&provider_docs_generator::files(&provider_docs_generator::repository())?)?
        }
        Some("schema") => Server::new(Truefoundry).encode_schema().map_err(|faults| {
            let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
            anyhow!("Terraform would refuse the schema:\n{}", faults.join("\n"))
        })?,
        _ => bail!("say what to print: `docs` or `schema`"),
    };
    std::io::stdout().write_all(&bytes).context("writing to standard output")
}
