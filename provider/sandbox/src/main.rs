//! `tfy-sandbox`: the local control plane as a program, and an agent for its clusters.

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use serde_json::{Value, json};
use tfy_sandbox::{Agent, Options, Sandbox, Switches};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A local TrueFoundry control plane for tests and rehearsals.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the control plane. Prints one JSON line with its address when it is ready.
    ///
    /// The API key that clients must show comes from the variable `TFY_SANDBOX_API_KEY`.
    Serve(Serve),
    /// Show a cluster's token to the control plane, as an agent does. Prints one JSON line when connected.
    ///
    /// The token comes from the variable `CLUSTER_TOKEN`.
    Agent(Connect),
}

#[derive(Args)]
struct Serve {
    /// Address to listen on; port 0 takes any free port.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// File that keeps the state; without it the state is in memory only.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Name of the tenant.
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// End when standard input is closed, so that the server never outlives what started it.
    #[arg(long)]
    until_stdin_closes: bool,
    #[command(flatten)]
    switches: Switches,
}

#[derive(Args)]
struct Connect {
    /// Address of the control plane.
    #[arg(long, value_name = "URL")]
    host: String,
    /// Name of the cluster.
    #[arg(long)]
    cluster: String,
    /// Connect for good and end; without it the cluster is connected while this program runs.
    #[arg(long)]
    once: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let outcome = match Cli::parse().command {
        Command::Serve(serve) => run(serve).await,
        Command::Agent(connect) => attend(connect).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done when standard error is closed.
            let _ = writeln!(std::io::stderr().lock(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(serve: Serve) -> anyhow::Result<()> {
    let tenant = serve.tenant.clone();
    let api_key = secret("TFY_SANDBOX_API_KEY");
    let options = Options {
        listen: serve.listen,
        state: serve.state,
        tenant: serve.tenant,
        api_key,
        switches: serve.switches,
    };
    let end = ending(serve.until_stdin_closes)?;
    let sandbox = Sandbox::start(options).await?;
    print(&json!({"host": sandbox.url(), "tenant": tenant}))?;
    end.cancelled().await;
    sandbox.stop().await;
    Ok(())
}

async fn attend(connect: Connect) -> anyhow::Result<()> {
    let lease = !connect.once;
    let agent = Agent { host: connect.host, cluster: connect.cluster, token: secret("CLUSTER_TOKEN") };
    agent.connect(lease)?;
    print(&json!({"cluster": agent.cluster, "connected": true}))?;
    if connect.once {
        return Ok(());
    }
    let end = ending(false)?;
    loop {
        tokio::select! {
            () = end.cancelled() => return Ok(()),
            () = tokio::time::sleep(Agent::RENEW) => agent.connect(lease)?,
        }
    }
}

/// From the environment only: an argument would show in the list of processes. Empty when unset.
fn secret(variable: &str) -> String {
    std::env::var(variable).unwrap_or_default().trim().to_owned()
}

/// Cancelled by SIGTERM or SIGINT, and by the end of standard input when that is asked for.
fn ending(until_stdin_closes: bool) -> anyhow::Result<CancellationToken> {
    let end = CancellationToken::new();
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let mut signals = signal(kind).context("cannot listen for signals")?;
        let end = end.clone();
        tokio::spawn(async move {
            signals.recv().await;
            end.cancel();
        });
    }
    if until_stdin_closes {
        let end = end.clone();
        // A thread of its own: a blocked read would keep the runtime from ending.
        std::thread::spawn(move || {
            let mut stdin = std::io::stdin().lock();
            while !matches!(stdin.read(&mut [0; 1024]), Ok(0) | Err(_)) {}
            end.cancel();
        });
    }
    Ok(end)
}

/// One line on standard output, for the program that started this one.
fn print(line: &Value) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}").and_then(|()| stdout.flush()).context("cannot write to standard output")
}
