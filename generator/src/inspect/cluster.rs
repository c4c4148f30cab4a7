//! EKS: versions, add-ons, and a cluster that is there.

use std::collections::BTreeMap;

use aws_sdk_eks::types;
use futures_util::future::join_all;

use super::Asker;
use super::failure::Failure;
use super::network::PLATFORM;
use super::pace::Service::Eks;
use super::pages::{all, listed, told};
use crate::facts::{Addon, Answer, ClusterFound, ClusterVersion};

impl Asker<'_> {
    pub(super) async fn cluster_versions(&self) -> Answer<Vec<ClusterVersion>> {
        let action = "eks:DescribeClusterVersions";
        self.ask("Kubernetes versions", true, async {
            let found = all(action, |token| async move {
                let request = self.clients.eks.describe_cluster_versions().set_next_token(token).send();
                let page = self.clients.ask(Eks, action, request).await?;
                Ok((listed(action, page.cluster_versions)?, page.next_token))
            })
            .await?;
            let day = |time: Option<aws_smithy_types::DateTime>| {
                time.and_then(|time| jiff::Timestamp::from_second(time.secs()).ok())
                    .map(|time| time.strftime("%Y-%m-%d").to_string())
            };
            let version = |one: types::ClusterVersionInformation| {
                Ok(ClusterVersion {
                    unsupported: one.version_status == Some(types::VersionStatus::Unsupported),
                    standard_until: day(one.end_of_standard_support_date),
                    extended_until: day(one.end_of_extended_support_date),
                    version: told(action, "ClusterVersion", one.cluster_version)?,
                })
            };
            found.into_iter().map(version).collect()
        })
        .await
    }

    /// The cluster of the name; absent when there is none.
    pub(super) async fn cluster(&self) -> Answer<ClusterFound> {
        let action = "eks:DescribeCluster";
        self.ask("the cluster", true, async {
            let request = self.clients.eks.describe_cluster().name(&self.questions.cluster).send();
            let found = self.clients.ask(Eks, action, request).await?;
            of_cluster(action, &told(action, "Cluster", found.cluster)?)
        })
        .await
    }

    /// The add-ons of a cluster that is to be there.
    pub(super) async fn cluster_addons(&self) -> Answer<BTreeMap<String, Addon>> {
        let action = "eks:ListAddons";
        self.ask("the cluster's add-ons", self.questions.cluster_is_there, async {
            let names = all(action, |token| async move {
                let request = self.clients.eks.list_addons().cluster_name(&self.questions.cluster);
                let page = self.clients.ask(Eks, action, request.set_next_token(token).send()).await?;
                Ok((listed(action, page.addons)?, page.next_token))
            })
            .await?;
            let found = join_all(names.into_iter().map(|name| self.addon(name))).await;
            found.into_iter().collect()
        })
        .await
    }

    async fn addon(&self, name: String) -> Result<(String, Addon), Failure> {
        let action = "eks:DescribeAddon";
        let request = self.clients.eks.describe_addon().cluster_name(&self.questions.cluster);
        let found = self.clients.ask(Eks, action, request.addon_name(&name).send()).await?;
        let addon = told(action, "Addon", found.addon)?;
        let status = addon.status().map(|status| status.as_str().to_owned());
        Ok((
            name,
            Addon {
                status: told(action, "Status", status)?,
                version: told(action, "AddonVersion", addon.addon_version)?,
            },
        ))
    }

    /// Versions of each add-on for the version that the cluster gets, or has.
    pub(super) async fn addon_versions(
        &self,
        cluster: &Answer<ClusterFound>,
        there: &Answer<BTreeMap<String, Addon>>,
    ) -> BTreeMap<String, Answer<Vec<String>>> {
        let of_cluster = cluster.known().map(|cluster| cluster.version.clone());
        let Some(version) = self.questions.kubernetes.clone().or(of_cluster) else { return BTreeMap::new() };
        let mut names = self.questions.addons.clone();
        names.extend(there.known().into_iter().flat_map(|there| there.keys().cloned()));
        names.sort();
        names.dedup();
        let version = &version;
        let answers = names.into_iter().map(|name| async move {
            let what = format!("versions of {name}");
            let answer = self.ask(&what, true, self.versions_of(&name, version)).await;
            (name, answer)
        });
        join_all(answers).await.into_iter().collect()
    }

    async fn versions_of(&self, name: &str, kubernetes: &str) -> Result<Vec<String>, Failure> {
        let action = "eks:DescribeAddonVersions";
        let found = all(action, |token| async move {
            let request = self.clients.eks.describe_addon_versions().addon_name(name);
            let request = request.kubernetes_version(kubernetes).set_next_token(token).send();
            let page = self.clients.ask(Eks, action, request).await?;
            Ok((listed(action, page.addons)?, page.next_token))
        })
        .await?;
        let versions: Vec<String> = found
            .into_iter()
            .flat_map(|addon| addon.addon_versions.unwrap_or_default())
            .filter_map(|version| version.addon_version)
            .collect();
        if versions.is_empty() {
            return Err(Failure::absent());
        }
        Ok(versions)
    }
}

fn of_cluster(action: &str, cluster: &types::Cluster) -> Result<ClusterFound, Failure> {
    let network = told(action, "ResourcesVpcConfig", cluster.resources_vpc_config())?;
    let public = network.endpoint_public_access();
    let mode = cluster.access_config().and_then(|access| access.authentication_mode());
    let issuer = cluster.identity().and_then(|identity| identity.oidc()).and_then(|oidc| oidc.issuer());
    Ok(ClusterFound {
        version: told(action, "Version", cluster.version())?.to_owned(),
        status: told(action, "Status", cluster.status())?.as_str().to_owned(),
        vpc: told(action, "VpcId", network.vpc_id())?.to_owned(),
        public_from: public.then(|| network.public_access_cidrs().to_vec()),
        private: network.endpoint_private_access(),
        // Clusters from before there were access entries do not tell.
        authentication: mode.map_or("CONFIG_MAP", |mode| mode.as_str()).to_owned(),
        issuer: issuer.map(str::to_owned),
        platform: cluster.tags().and_then(|tags| tags.get(PLATFORM)).cloned(),
    })
}
