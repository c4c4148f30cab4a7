//! `model-controllers`: one of the models of controllers, beside a cluster that runs.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use test_cluster::controllers::{self, Options};

/// A model of a controller that works in the cluster of a folder until it is ended.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    model: Model,
}

#[derive(Subcommand)]
enum Model {
    /// Karpenter: makes nodes for pods that fit nowhere, and takes them away again.
    Karpenter(Options),
    /// The EBS CSI driver: makes volumes for claims, and takes them away again.
    EbsCsi(Options),
    /// The agent: dials the control plane with what its Deployment and its Secret say.
    Agent(Options),
    /// The AWS Load Balancer Controller: enters pods into target groups, makes load balancers for services, and takes both away again.
    LoadBalancerController(Options),
}

fn main() -> ExitCode {
    let ended = match Cli::parse().model {
        Model::Karpenter(options) => controllers::karpenter(&options),
        Model::EbsCsi(options) => controllers::ebs_csi(&options),
        Model::Agent(options) => controllers::agent(&options),
        Model::LoadBalancerController(options) => controllers::load_balancers(&options),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done when standard error is closed.
            let _ = writeln!(std::io::stderr().lock(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
