//! The network of the platform: a new VPC, or one that is there.

pub(super) mod blocks;
mod create;
mod existing;
mod slots;

pub use create::{Nat, NewNetwork, Zone};
pub use existing::ExistingNetwork;
pub use slots::Slots;

use ipnet::Ipv4Net;

use super::cidr;
use super::problem::Problems;
use super::regions::Region;
use crate::spec::{NetworkChoice, Path, Spec};

/// A VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Network {
    /// One to make.
    New(NewNetwork),
    /// One that somebody else made.
    Existing(ExistingNetwork),
}

impl Network {
    /// Whether it has no way to the internet. Of one that is there, whether it needs none.
    #[must_use]
    pub fn is_isolated(&self) -> bool {
        match self {
            Self::New(new) => new.nat.mode == "none",
            Self::Existing(existing) => !existing.needs_internet,
        }
    }

    /// Blocks of the company's own network.
    #[must_use]
    pub fn reserved_cidrs(&self) -> &[Ipv4Net] {
        match self {
            Self::New(new) => &new.reserved_cidrs,
            Self::Existing(existing) => &existing.reserved_cidrs,
        }
    }

    /// The slots of its zones, to be recorded; none where nothing is made.
    #[must_use]
    pub fn slots(&self) -> Slots {
        match self {
            Self::New(new) => new.slots.clone(),
            Self::Existing(_) => Slots::default(),
        }
    }

    /// Whether pods have subnets of their own.
    #[must_use]
    pub fn has_pod_subnets(&self) -> bool {
        match self {
            Self::New(new) => new.pods_cidr.is_some(),
            Self::Existing(existing) => !existing.pod_subnets.is_empty(),
        }
    }
}

/// Checks the network. `None` after a problem that leaves nothing to compute with.
pub(super) fn network(
    problems: &mut Problems,
    spec: &Spec,
    region: &Region,
    recorded: &Slots,
) -> Option<Network> {
    match &spec.network {
        NetworkChoice::Create(create) => {
            let around = create::Around { region, jump_host: jump_host(spec), recorded };
            create::network(problems, create, &around).map(Network::New)
        }
        NetworkChoice::Existing(existing) => Some(Network::Existing(existing::network(problems, existing))),
    }
}

/// Whether an instance is made that Systems Manager has to reach.
fn jump_host(spec: &Spec) -> bool {
    matches!(&spec.access, Some(crate::spec::Access::Ssm(ssm)) if ssm.instance.is_none())
}

/// Blocks of the company's own network: any IPv4 block, on its own boundary.
fn reserved(problems: &mut Problems, path: &Path, blocks: &[String]) -> Vec<Ipv4Net> {
    let mut found = Vec::new();
    for (i, text) in blocks.iter().enumerate() {
        match cidr::block(text) {
            Some(block) if block.trunc() == block => found.push(block),
            Some(block) => problems
                .add(&path.index(i), format!("`{text}` has address bits behind its prefix"))
                .hint(format!("the block around it is `{}`", block.trunc())),
            None => problems
                .add(&path.index(i), format!("`{text}` is not an IPv4 address block"))
                .hint("write it as `10.8.0.0/16`"),
        }
    }
    found
}
