//! The cluster of the platform: a new one, or one that is there.

mod create;
mod existing;

pub use create::NewCluster;
pub use existing::ExistingCluster;

use jiff::civil::Date;

use super::network::Network;
use super::problem::Problems;
use super::regions::Region;
use crate::spec::{ClusterChoice, Spec};

/// An EKS cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cluster {
    /// One to make; it has the platform's name.
    New(NewCluster),
    /// One that somebody else made.
    Existing(ExistingCluster),
}

impl Cluster {
    /// The cluster's name in EKS, on the platform of this name.
    #[must_use]
    pub fn name<'a>(&'a self, platform: &'a str) -> &'a str {
        match self {
            Self::New(_) => platform,
            Self::Existing(existing) => &existing.name,
        }
    }
}

/// Checks the cluster.
pub(super) fn cluster(
    problems: &mut Problems,
    spec: &Spec,
    network: Option<&Network>,
    region: &Region,
    today: Date,
) -> Cluster {
    match &spec.cluster {
        ClusterChoice::Create(create) => {
            Cluster::New(create::cluster(problems, create, network, region, today))
        }
        ClusterChoice::Existing(existing) => {
            Cluster::Existing(existing::cluster(problems, existing, spec, region))
        }
    }
}
