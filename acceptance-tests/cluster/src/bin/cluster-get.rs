//! `cluster-get`: what is at a path of a test cluster's API, as its administrator. The harness has no TLS, so that `cargo xtask` is
//! built quickly.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use test_cluster::{Client, Identity};

/// Prints what is at a path of a test cluster's API, as JSON.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// The cluster's folder, with its certificates.
    #[arg(long)]
    folder: PathBuf,
    /// Address of the API server.
    #[arg(long)]
    address: String,
    /// The path, such as `/api/v1/pods`.
    path: String,
}

fn main() -> ExitCode {
    match get(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done when standard error is closed.
            let _ = writeln!(std::io::stderr().lock(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn get(cli: &Cli) -> Result<()> {
    let client = Client::new(&cli.address, &cli.folder, Identity::Certificate("admin"))?;
    Ok(writeln!(std::io::stdout().lock(), "{}", client.get(&cli.path)?)?)
}
