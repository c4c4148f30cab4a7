//! `test-cluster`: a Kubernetes cluster on loopback that lives as long as its standard input is open.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use serde_json::json;
use test_cluster::{Options, TestCluster};

/// A Kubernetes cluster on loopback. Prints one line of JSON when it is ready, and ends with its standard input: Ctrl-D, or the
/// end of whoever started it.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    match run(&Cli::parse().options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done when standard error is closed.
            let _ = writeln!(std::io::stderr().lock(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let cluster = TestCluster::start(options)?;
    let processes: BTreeMap<&str, u32> =
        cluster.processes().iter().map(|process| (process.name(), process.id())).collect();
    let ready = json!({
        "address": cluster.address(),
        "certificate_authority": cluster.certificate_authority(),
        "version": cluster.version(),
        "milliseconds": cluster.took().as_millis(),
        "processes": processes,
    });
    let mut output = std::io::stdout().lock();
    writeln!(output, "{ready}")?;
    output.flush()?;
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    drop(cluster);
    Ok(())
}
