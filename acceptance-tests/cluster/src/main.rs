//! `test-cluster`: a Kubernetes cluster on loopback that lives as long as its standard input is open.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use fs_err as fs;
use serde_json::json;
use test_cluster::{Options, TestCluster};

/// In the cluster's folder: its processes, once one was started again.
const PROCESSES: &str = "processes.json";

/// A Kubernetes cluster on loopback. Prints one line of JSON when it is ready, and ends with its standard input: Ctrl-D, or the
/// end of whoever started it. A line `restart NAME` there starts one of its programs again, and `upgrade FOLDER` replaces API server,
/// controller manager and scheduler by those of a folder.
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
    // Of an earlier cluster.
    let told = options.folder.join(PROCESSES);
    if told.exists() {
        fs::remove_file(&told)?;
    }
    let mut cluster = TestCluster::start(options)?;
    let ready = json!({
        "address": cluster.address(),
        "certificate_authority": cluster.certificate_authority(),
        "version": cluster.version(),
        "milliseconds": cluster.took().as_millis(),
        "processes": processes(&cluster),
    });
    let mut output = std::io::stdout().lock();
    writeln!(output, "{ready}")?;
    output.flush()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        match line.split_once(' ') {
            Some(("restart", name)) => cluster.restart(name)?,
            Some(("upgrade", folder)) => cluster.upgrade(Path::new(folder))?,
            _ => continue,
        }
        // Renamed into its place, so that nobody reads half of it.
        let part = options.folder.join("processes.part");
        fs::write(&part, json!(processes(&cluster)).to_string())?;
        fs::rename(part, &told)?;
    }
    drop(cluster);
    Ok(())
}

fn processes(cluster: &TestCluster) -> BTreeMap<&str, u32> {
    cluster.processes().iter().map(|process| (process.name(), process.id())).collect()
}
