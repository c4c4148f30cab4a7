//! Quotas, and what is used of them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types as ec2;
use aws_sdk_elasticloadbalancingv2::types::{LoadBalancer, LoadBalancerTypeEnum};
use aws_sdk_servicequotas::types::ServiceQuota;
use futures_util::future::join_all;

use super::Asker;
use super::failure::Failure;
use super::network::{PLATFORM, filter, tag};
use super::pace::Service::{Ec2, Eks, Elb, Iam, Quotas, Rds};
use super::pages::{all, listed, told};
use crate::facts::quotas::{self, Kind};
use crate::facts::{Answer, Quota, Used, Why};

/// A failure, or what is known, for each name of a quota.
type ByName<T> = BTreeMap<String, Answer<T>>;

impl Asker<'_> {
    fn asks(&self, quota: &str) -> bool {
        self.questions.quotas.contains(quota)
    }

    pub(super) async fn quotas(&self) -> ByName<Quota> {
        let asked: Vec<&Kind> = quotas::ALL.iter().filter(|kind| self.asks(kind.name)).collect();
        let services: BTreeSet<(&str, bool)> = asked
            .iter()
            .filter(|kind| !kind.service.is_empty())
            .map(|kind| (kind.service, kind.global))
            .collect();
        let lists = services.iter().map(|(service, global)| async move {
            ((*service, *global), self.listed_quotas(service, *global).await)
        });
        let (lists, roles) = tokio::join!(join_all(lists), self.role_quota());
        let lists: BTreeMap<_, _> = lists.into_iter().collect();
        let answers = asked.into_iter().map(|kind| {
            let lists = &lists;
            let roles = &roles;
            async move {
                let found = match lists.get(&(kind.service, kind.global)) {
                    None => roles.clone(),
                    Some(Err(failure)) => Err(failure.clone()),
                    Some(Ok(list)) => self.quota(kind, list).await,
                };
                (kind.name.to_owned(), self.ask(&format!("quota {}", kind.name), true, async { found }).await)
            }
        });
        join_all(answers).await.into_iter().collect()
    }

    /// The quotas of a service that the account has been given; those that it never asked to raise may be missing.
    async fn listed_quotas(&self, service: &str, global: bool) -> Result<Vec<ServiceQuota>, Failure> {
        let action = "servicequotas:ListServiceQuotas";
        let client = if global { &self.clients.home_quotas } else { &self.clients.quotas };
        all(action, |token| async move {
            let request = client.list_service_quotas().service_code(service).max_results(100);
            let page = self.clients.ask(Quotas, action, request.set_next_token(token).send()).await?;
            Ok((listed(action, page.quotas)?, page.next_token))
        })
        .await
    }

    /// A quota in the list, by code and name; the default where the list leaves it out.
    async fn quota(&self, kind: &Kind, list: &[ServiceQuota]) -> Result<Quota, Failure> {
        let action = "servicequotas:GetAWSDefaultServiceQuota";
        if let Some(found) = listed_as(kind, list)? {
            return of_quota(kind, found);
        }
        let client = if kind.global { &self.clients.home_quotas } else { &self.clients.quotas };
        let request = client.get_aws_default_service_quota();
        let request = request.service_code(kind.service).quota_code(kind.code).send();
        let found = self.clients.ask(Quotas, action, request).await.map_err(|failure| {
            // That there is no such quota tells nothing about how much it is.
            Failure { absent: false, ..failure }
        })?;
        of_quota(kind, &told(action, "Quota", found.quota)?)
    }

    /// IAM tells of its roles itself.
    async fn role_quota(&self) -> Result<Quota, Failure> {
        if !self.asks(quotas::ROLES) {
            return Err(Failure::new(Why::NotAsked, "it was not asked"));
        }
        let action = "iam:GetAccountSummary";
        let summary = self.account_summary().await?;
        let value = told(action, "RolesQuota", summary.get("RolesQuota").copied())?;
        Ok(Quota {
            name: "Roles per account".to_owned(),
            service: "iam".to_owned(),
            code: quotas::find(quotas::ROLES).map(|kind| kind.code).unwrap_or_default().to_owned(),
            value: f64::from(value),
            adjustable: true,
        })
    }

    async fn account_summary(&self) -> Result<BTreeMap<String, i32>, Failure> {
        let action = "iam:GetAccountSummary";
        let request = self.clients.iam.get_account_summary().send();
        let found = self.clients.ask_home(Iam, action, request).await?;
        let summary = told(action, "SummaryMap", found.summary_map)?;
        Ok(summary.into_iter().map(|(key, value)| (key.as_str().to_owned(), value)).collect())
    }

    pub(super) async fn used(&self) -> ByName<Used> {
        let (
            addresses,
            vpcs,
            gateways,
            endpoints,
            instances,
            clusters,
            databases,
            balancers,
            groups,
            acls,
            roles,
            providers,
        ) = tokio::join!(
            self.use_of(quotas::EIP, self.addresses()),
            self.use_of(quotas::VPCS, self.used_vpcs()),
            self.use_of(quotas::INTERNET_GATEWAYS, self.internet_gateways()),
            self.use_of(quotas::GATEWAY_ENDPOINTS, self.gateway_endpoints()),
            self.processors(),
            self.use_of(quotas::CLUSTERS, self.clusters()),
            self.databases(),
            self.balancers(),
            self.use_of(quotas::TARGET_GROUPS, self.target_groups()),
            self.use_of(quotas::WEB_ACLS, self.used_web_acls()),
            self.use_of(quotas::ROLES, self.roles()),
            self.use_of(quotas::OIDC_PROVIDERS, self.providers()),
        );
        let single = [addresses, vpcs, gateways, endpoints, clusters, groups, acls, roles, providers];
        single.into_iter().flatten().chain(instances).chain(databases).chain(balancers).collect()
    }

    async fn use_of(
        &self,
        quota: &'static str,
        question: impl Future<Output = Result<Used, Failure>>,
    ) -> Option<(String, Answer<Used>)> {
        if !self.asks(quota) {
            return None;
        }
        Some((quota.to_owned(), self.ask(&format!("use of {quota}"), true, question).await))
    }

    /// Counts things with tags of EC2.
    fn count<'t>(&self, tags: impl Iterator<Item = &'t [ec2::Tag]>) -> Used {
        let mut used = Used::default();
        for tags in tags {
            used.all += 1;
            used.own += u64::from(tag(tags, PLATFORM) == Some(self.questions.platform.as_str()));
        }
        used
    }

    async fn addresses(&self) -> Result<Used, Failure> {
        let action = "ec2:DescribeAddresses";
        let found = self.clients.ask(Ec2, action, self.clients.ec2.describe_addresses().send()).await?;
        let found = listed(action, found.addresses)?;
        Ok(self.count(found.iter().map(ec2::Address::tags)))
    }

    async fn used_vpcs(&self) -> Result<Used, Failure> {
        let found = self.every_vpc().await?;
        let ours = found.iter().filter(|vpc| vpc.platform.as_ref() == Some(&self.questions.platform));
        Ok(Used { all: many(found.len()), own: many(ours.count()) })
    }

    async fn internet_gateways(&self) -> Result<Used, Failure> {
        let action = "ec2:DescribeInternetGateways";
        let found = all(action, |token| async move {
            let request = self.clients.ec2.describe_internet_gateways().set_next_token(token).send();
            let page = self.clients.ask(Ec2, action, request).await?;
            Ok((listed(action, page.internet_gateways)?, page.next_token))
        })
        .await?;
        Ok(self.count(found.iter().map(ec2::InternetGateway::tags)))
    }

    async fn gateway_endpoints(&self) -> Result<Used, Failure> {
        let action = "ec2:DescribeVpcEndpoints";
        let found = all(action, |token| async move {
            let request = self.clients.ec2.describe_vpc_endpoints();
            let request = request.filters(filter("vpc-endpoint-type", &["Gateway"])).set_next_token(token);
            let page = self.clients.ask(Ec2, action, request.send()).await?;
            Ok((listed(action, page.vpc_endpoints)?, page.next_token))
        })
        .await?;
        let gateways =
            found.iter().filter(|one| one.vpc_endpoint_type == Some(ec2::VpcEndpointType::Gateway));
        Ok(self.count(gateways.map(ec2::VpcEndpoint::tags)))
    }

    pub(super) async fn nat_gateways(&self) -> Answer<BTreeMap<String, Used>> {
        let action = "ec2:DescribeNatGateways";
        self.ask("NAT gateways", self.asks(quotas::NAT_GATEWAYS), async {
            let found = all(action, |token| async move {
                let alive = filter("state", &["pending", "available", "deleting"]);
                let request = self.clients.ec2.describe_nat_gateways().filter(alive).set_next_token(token);
                let page = self.clients.ask(Ec2, action, request.send()).await?;
                Ok((listed(action, page.nat_gateways)?, page.next_token))
            })
            .await?;
            if found.is_empty() {
                return Ok(BTreeMap::new());
            }
            let ids: BTreeSet<&str> = found.iter().filter_map(ec2::NatGateway::subnet_id).collect();
            let ids: Vec<&str> = ids.into_iter().collect();
            let subnets = self.subnets_of(filter("subnet-id", &ids)).await?;
            let zone_of = |id: Option<&str>| {
                let subnet = subnets.iter().find(|subnet| subnet.subnet_id() == id);
                told(action, "SubnetId", subnet.and_then(ec2::Subnet::availability_zone_id))
            };
            let mut by_zone: BTreeMap<String, Used> = BTreeMap::new();
            for gateway in &found {
                let used = by_zone.entry(zone_of(gateway.subnet_id())?.to_owned()).or_default();
                let one = self.count(std::iter::once(gateway.tags()));
                used.all += one.all;
                used.own += one.own;
            }
            Ok(by_zone)
        })
        .await
    }

    /// Processors of everything that runs, by the quota that it counts for.
    async fn processors(&self) -> ByName<Used> {
        let asked: Vec<&'static str> = quotas::ALL
            .iter()
            .map(|kind| kind.name)
            .filter(|name| is_of_instances(name) && self.asks(name))
            .collect();
        if asked.is_empty() {
            return ByName::new();
        }
        let running = self.ask("running instances", true, self.running()).await;
        let of = |name: &str| running.clone().map(|used| used.get(name).copied().unwrap_or_default());
        asked.into_iter().map(|name| (name.to_owned(), of(name))).collect()
    }

    async fn running(&self) -> Result<BTreeMap<&'static str, Used>, Failure> {
        let action = "ec2:DescribeInstances";
        let found = all(action, |token| async move {
            let alive = filter("instance-state-name", &["pending", "running"]);
            let request = self.clients.ec2.describe_instances().filters(alive).max_results(1000);
            let page = self.clients.ask(Ec2, action, request.set_next_token(token).send()).await?;
            let reservations = listed(action, page.reservations)?;
            let instances = reservations.into_iter().flat_map(|one| one.instances.unwrap_or_default());
            let counted: Result<Vec<_>, Failure> = instances.map(|one| processors_of(action, &one)).collect();
            Ok((counted?, page.next_token))
        })
        .await?;
        let mut used: BTreeMap<&'static str, Used> = BTreeMap::new();
        for (quota, processors) in found.into_iter().flatten() {
            used.entry(quota).or_default().all += processors;
        }
        Ok(used)
    }

    async fn clusters(&self) -> Result<Used, Failure> {
        let action = "eks:ListClusters";
        let found = all(action, |token| async move {
            let request = self.clients.eks.list_clusters().max_results(100).set_next_token(token).send();
            let page = self.clients.ask(Eks, action, request).await?;
            Ok((listed(action, page.clusters)?, page.next_token))
        })
        .await?;
        Ok(Used { all: many(found.len()), own: 0 })
    }

    async fn databases(&self) -> ByName<Used> {
        if !self.asks(quotas::RDS_INSTANCES) {
            return ByName::new();
        }
        let action = "rds:DescribeDBInstances";
        let question = async {
            let found = all(action, |marker| async move {
                let request = self.clients.rds.describe_db_instances().set_marker(marker).send();
                let page = self.clients.ask(Rds, action, request).await?;
                Ok((listed(action, page.db_instances)?, page.marker))
            })
            .await?;
            let (mut instances, mut storage) = (Used::default(), Used::default());
            for one in found {
                let gib = u64::try_from(told(action, "AllocatedStorage", one.allocated_storage)?);
                let own = one.tag_list().iter().any(|tag| {
                    tag.key() == Some(PLATFORM) && tag.value() == Some(self.questions.platform.as_str())
                });
                for (used, amount) in [(&mut instances, 1), (&mut storage, gib.unwrap_or_default())] {
                    used.all += amount;
                    used.own += if own { amount } else { 0 };
                }
            }
            Ok((instances, storage))
        };
        let found = self.ask("databases", true, question).await;
        let instances = found.clone().map(|(instances, _)| instances);
        let storage = found.map(|(_, storage)| storage);
        [(quotas::RDS_INSTANCES.to_owned(), instances), (quotas::RDS_STORAGE.to_owned(), storage)].into()
    }

    /// Load balancers of both kinds. The platform's way in has its name.
    async fn balancers(&self) -> ByName<Used> {
        let kinds =
            [(quotas::NLB, LoadBalancerTypeEnum::Network), (quotas::ALB, LoadBalancerTypeEnum::Application)];
        let asked: Vec<_> = kinds.into_iter().filter(|(quota, _)| self.asks(quota)).collect();
        if asked.is_empty() {
            return ByName::new();
        }
        let found = self.ask("load balancers", true, self.every_balancer()).await;
        let of = |kind: &LoadBalancerTypeEnum| {
            found.clone().map(|found| {
                let of_kind = found.iter().filter(|one| one.r#type.as_ref() == Some(kind));
                self.count_names(of_kind.filter_map(LoadBalancer::load_balancer_name))
            })
        };
        asked.iter().map(|(quota, kind)| ((*quota).to_owned(), of(kind))).collect()
    }

    async fn every_balancer(&self) -> Result<Vec<LoadBalancer>, Failure> {
        let action = "elasticloadbalancing:DescribeLoadBalancers";
        all(action, |marker| async move {
            let request = self.clients.elb.describe_load_balancers().set_marker(marker).send();
            let page = self.clients.ask(Elb, action, request).await?;
            Ok((listed(action, page.load_balancers)?, page.next_marker))
        })
        .await
    }

    /// Counts things of which the platform's has its name.
    fn count_names<'n>(&self, names: impl Iterator<Item = &'n str>) -> Used {
        let mut used = Used::default();
        for name in names {
            used.all += 1;
            used.own += u64::from(name == self.questions.platform);
        }
        used
    }

    /// The platform's are those of its load balancer.
    async fn target_groups(&self) -> Result<Used, Failure> {
        let action = "elasticloadbalancing:DescribeTargetGroups";
        let found = all(action, |marker| async move {
            let request = self.clients.elb.describe_target_groups().set_marker(marker).send();
            let page = self.clients.ask(Elb, action, request).await?;
            Ok((listed(action, page.target_groups)?, page.next_marker))
        })
        .await?;
        // `arn:...:loadbalancer/app/NAME/ID`
        let balancer = |arn: &String| arn.rsplit('/').nth(1).unwrap_or_default().to_owned();
        let names: Vec<String> = found
            .iter()
            .map(|group| group.load_balancer_arns().first().map(balancer).unwrap_or_default())
            .collect();
        Ok(self.count_names(names.iter().map(String::as_str)))
    }

    async fn used_web_acls(&self) -> Result<Used, Failure> {
        let names = self.web_acls().await?;
        Ok(self.count_names(names.iter().map(String::as_str)))
    }

    async fn roles(&self) -> Result<Used, Failure> {
        let summary = self.account_summary().await?;
        let all = told("iam:GetAccountSummary", "Roles", summary.get("Roles").copied())?;
        Ok(Used { all: u64::try_from(all).unwrap_or_default(), own: 0 })
    }

    async fn providers(&self) -> Result<Used, Failure> {
        Ok(Used { all: many(self.every_provider().await?.len()), own: 0 })
    }
}

/// The quota in a list: by its code, where AWS's name means it, or by its name alone, where that is only one.
fn listed_as<'a>(kind: &Kind, list: &'a [ServiceQuota]) -> Result<Option<&'a ServiceQuota>, Failure> {
    let meant = |quota: &&ServiceQuota| kind.is_meant_by(quota.quota_name().unwrap_or_default());
    let by_code = list.iter().find(|quota| quota.quota_code() == Some(kind.code));
    if let Some(found) = by_code.filter(meant) {
        return Ok(Some(found));
    }
    let by_name: Vec<&ServiceQuota> = list.iter().filter(meant).collect();
    match (by_name.as_slice(), by_code) {
        ([found], _) => Ok(Some(found)),
        (_, Some(other)) => {
            let name = other.quota_name().unwrap_or_default();
            let text = format!("the quota `{}` is `{name}` by now, which is another", kind.code);
            Err(Failure::new(Why::Unreadable, text))
        }
        _ => Ok(None),
    }
}

fn many(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn is_of_instances(quota: &str) -> bool {
    quota.starts_with("vcpus-") || quota.starts_with("gpu-")
}

/// The quota that a running instance counts for, and how many processors it has.
fn processors_of(action: &str, one: &ec2::Instance) -> Result<Option<(&'static str, u64)>, Failure> {
    let name = told(action, "InstanceType", one.instance_type())?;
    let spot = one.instance_lifecycle() == Some(&ec2::InstanceLifecycleType::Spot);
    let Some(quota) = quotas::of_instance(name.as_str(), spot) else { return Ok(None) };
    let options = told(action, "CpuOptions", one.cpu_options())?;
    let (cores, threads) = (options.core_count(), options.threads_per_core());
    let cores = u64::try_from(told(action, "CoreCount", cores)?).unwrap_or_default();
    let threads = u64::try_from(told(action, "ThreadsPerCore", threads)?).unwrap_or_default();
    Ok(Some((quota, cores * threads)))
}

fn of_quota(kind: &Kind, quota: &ServiceQuota) -> Result<Quota, Failure> {
    let action = "servicequotas:ListServiceQuotas";
    Ok(Quota {
        name: told(action, "QuotaName", quota.quota_name.clone())?,
        service: kind.service.to_owned(),
        code: told(action, "QuotaCode", quota.quota_code.clone())?,
        value: told(action, "Value", quota.value)?,
        adjustable: quota.adjustable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(code: &str, name: &str) -> ServiceQuota {
        ServiceQuota::builder().quota_code(code).quota_name(name).value(5.0).build()
    }

    #[test]
    fn a_code_that_means_something_else_is_not_taken() {
        let kind = quotas::find(quotas::EIP).unwrap();
        let own = quota(kind.code, "EC2-VPC Elastic IPs");
        assert_eq!(listed_as(kind, std::slice::from_ref(&own)), Ok(Some(&own)));
        let other = quota(kind.code, "Dedicated hosts");
        let text = format!("the quota `{}` is `Dedicated hosts` by now, which is another", kind.code);
        let failure = listed_as(kind, std::slice::from_ref(&other)).unwrap_err();
        assert_eq!(failure, Failure::new(Why::Unreadable, text));
        let moved = [other, quota("L-NEW", "EC2-VPC Elastic IPs")];
        assert_eq!(listed_as(kind, &moved), Ok(Some(&moved[1])));
        assert_eq!(listed_as(kind, &[quota("L-2", "VPCs per Region")]), Ok(None));
    }
}
