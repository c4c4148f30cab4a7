//! Models of the controllers that make objects in AWS which no Terraform state knows, and of the agent.
//!
//! Each is a process of its own, so that a test can stop it (`SIGSTOP`), kill it, start it again, and slow it. They keep the
//! promises that others wait for, finalizers above all, and decide as simply as they can: each module says what
//! it does not do.

mod agent;
mod aws;
mod ebs;
mod hands;
mod karpenter;
mod kubelet;
mod load_balancers;
mod object;
mod quantity;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

pub use aws::{Aws, texts};
pub use hands::DELAY_SUFFIX;

use crate::client::{Client, Identity};
use hands::Hands;

/// The names of the models: of their processes, their logs, and their commands.
pub const NAMES: [&str; 4] = ["karpenter", "ebs-csi", "agent", "load-balancer-controller"];

/// How often to look at a cluster in which nothing has changed.
const EVERY: Duration = Duration::from_millis(300);
/// How soon to look again after something has.
const SOON: Duration = Duration::from_millis(50);

/// Where a model works.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Folder of the cluster, with its certificates.
    #[arg(long, value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Address of the API server.
    #[arg(long, value_name = "URL")]
    pub address: String,
    /// Address of a local AWS where instances, volumes and load balancers are made; without it there are none.
    #[arg(long, value_name = "URL")]
    pub aws_endpoint: Option<String>,
    /// The region, in the names of zones.
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    pub region: String,
    /// The EKS cluster's name, in tags.
    #[arg(long, value_name = "NAME", default_value = "test-cluster")]
    pub cluster_name: String,
}

/// Runs the model of Karpenter.
///
/// # Errors
/// When a certificate of the cluster cannot be read. Whatever fails later is told and tried again.
pub fn karpenter(options: &Options) -> Result<()> {
    let mut model = karpenter::Karpenter::default();
    run(options, NAMES[0], |hands| model.round(hands))
}

/// Runs the model of the EBS CSI driver.
///
/// # Errors
/// As [`karpenter`].
pub fn ebs_csi(options: &Options) -> Result<()> {
    let mut model = ebs::Ebs::default();
    run(options, NAMES[1], |hands| model.round(hands))
}

/// Runs the model of the agent.
///
/// # Errors
/// As [`karpenter`].
pub fn agent(options: &Options) -> Result<()> {
    let mut model = agent::Agent::default();
    run(options, NAMES[2], |hands| model.round(hands))
}

/// Runs the model of the AWS Load Balancer Controller.
///
/// # Errors
/// As [`karpenter`].
pub fn load_balancers(options: &Options) -> Result<()> {
    let mut model = load_balancers::LoadBalancers::default();
    run(options, NAMES[3], |hands| model.round(hands))
}

/// Rounds without end. Lists instead of watches: a round without news is a few small answers.
fn run(options: &Options, name: &'static str, mut round: impl FnMut(&Hands) -> Result<()>) -> Result<()> {
    let client = Client::new(&options.address, &options.folder, Identity::Certificate("admin"))?;
    let hands = Hands::new(client, options, name);
    hands.say("begins");
    let mut told = String::new();
    loop {
        let result = round(&hands);
        let error = result.as_ref().err().map(|error| format!("{error:#}")).unwrap_or_default();
        if error != told {
            hands.say(if error.is_empty() { "goes on" } else { &error });
            told = error;
        }
        let changed = hands.has_changed();
        std::thread::sleep(if changed && result.is_ok() { SOON } else { EVERY });
    }
}
