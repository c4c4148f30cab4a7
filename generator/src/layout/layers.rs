//! The layers and which of them read which.

use serde::{Deserialize, Serialize};

/// A layer: one directory, one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerName {
    /// VPC, subnets, NAT, endpoints.
    Network,
    /// EKS.
    Cluster,
    /// Bucket and database.
    Data,
    /// Who may use what: the role that the control plane assumes, the cluster's way to the database.
    Identity,
    /// What the control plane knows.
    Platform,
}

impl LayerName {
    /// Every layer, in the order in which they are applied.
    pub const ALL: [Self; 5] = [Self::Network, Self::Cluster, Self::Data, Self::Identity, Self::Platform];

    /// The directory's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Cluster => "cluster",
            Self::Data => "data",
            Self::Identity => "identity",
            Self::Platform => "platform",
        }
    }
}

impl std::fmt::Display for LayerName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// A layer and the layers whose outputs it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Which.
    pub name: LayerName,
    /// The layers that must be applied before it, and destroyed after it.
    pub reads: Vec<LayerName>,
    /// The modules that it calls.
    pub modules: Vec<String>,
}

/// The layers of a platform, in the order in which they are applied.
pub fn layers(database: bool) -> Vec<Layer> {
    use LayerName::{Cluster, Data, Identity, Network, Platform};
    let layer = |name, reads: &[LayerName], modules: &[&str]| Layer {
        name,
        reads: reads.to_vec(),
        modules: modules.iter().map(|m| (*m).to_owned()).collect(),
    };
    vec![
        layer(Network, &[], &["network"]),
        layer(Cluster, &[Network], &["cluster"]),
        if database {
            layer(Data, &[Network], &["object-store", "database"])
        } else {
            layer(Data, &[], &["object-store"])
        },
        layer(Identity, &[Cluster, Data], &["platform-identity"]),
        layer(Platform, &[Cluster, Data, Identity], &[]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_reads_only_layers_before_it() {
        for database in [false, true] {
            let layers = layers(database);
            assert_eq!(layers.iter().map(|l| l.name).collect::<Vec<_>>(), LayerName::ALL);
            for (i, layer) in layers.iter().enumerate() {
                for read in &layer.reads {
                    assert!(layers[..i].iter().any(|l| l.name == *read), "{} reads {read}", layer.name);
                }
            }
        }
    }
}
