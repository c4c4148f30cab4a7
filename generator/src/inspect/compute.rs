//! EC2's instance types: what they are, where they are, and how likely as spot instances.

use std::collections::BTreeMap;

use aws_sdk_ec2::types;
use futures_util::future::join_all;

use super::Asker;
use super::failure::Failure;
use super::network::filter;
use super::pace::Service::Ec2;
use super::pages::{all, listed, told};
use crate::facts::{Answer, Instance, Pool, Spot, Why};

/// How many values a filter takes.
const VALUES: usize = 100;

impl Asker<'_> {
    fn types_filter(&self) -> types::Filter {
        let names: Vec<&str> = self.questions.types.iter().map(String::as_str).take(VALUES).collect();
        filter("instance-type", &names)
    }

    pub(super) async fn instances(&self) -> Answer<BTreeMap<String, Instance>> {
        let action = "ec2:DescribeInstanceTypes";
        self.ask("instance types", !self.questions.types.is_empty(), async {
            // By a filter: a type that is not there would be an error for all.
            let found = all(action, |token| async move {
                let request = self.clients.ec2.describe_instance_types().filters(self.types_filter());
                let page = self.clients.ask(Ec2, action, request.set_next_token(token).send()).await?;
                Ok((listed(action, page.instance_types)?, page.next_token))
            })
            .await?;
            found.iter().map(|one| of_type(action, one)).collect()
        })
        .await
    }

    pub(super) async fn offers(&self) -> Answer<BTreeMap<String, Vec<String>>> {
        let action = "ec2:DescribeInstanceTypeOfferings";
        self.ask("zones of instance types", !self.questions.types.is_empty(), async {
            let found = all(action, |token| async move {
                let request = self.clients.ec2.describe_instance_type_offerings();
                let request = request.location_type(types::LocationType::AvailabilityZoneId);
                let request = request.filters(self.types_filter()).max_results(1000).set_next_token(token);
                let page = self.clients.ask(Ec2, action, request.send()).await?;
                Ok((listed(action, page.instance_type_offerings)?, page.next_token))
            })
            .await?;
            let mut zones: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for one in found {
                let name = told(action, "InstanceType", one.instance_type)?;
                let zone = told(action, "Location", one.location)?;
                zones.entry(name.as_str().to_owned()).or_default().push(zone);
            }
            for zones in zones.values_mut() {
                zones.sort();
            }
            Ok(zones)
        })
        .await
    }

    pub(super) async fn spot(&self) -> BTreeMap<String, Answer<Spot>> {
        let answers = self.questions.pools.iter().map(|pool| async move {
            let what = format!("spot instances of {}", pool.name);
            (pool.name.clone(), self.ask(&what, true, self.likelihood(pool)).await)
        });
        join_all(answers).await.into_iter().collect()
    }

    /// EC2's score; where that may not be asked, whether there is a price.
    async fn likelihood(&self, pool: &Pool) -> Result<Spot, Failure> {
        match self.score(pool).await {
            Err(failure) if matches!(failure.why, Why::Denied | Why::Throttled | Why::Unreadable) => {
                self.price(pool).await.map_err(|of_price| {
                    // Both tell nothing: the first reason is the better one.
                    if of_price.absent { of_price } else { failure }
                })
            }
            score => score,
        }
    }

    async fn score(&self, pool: &Pool) -> Result<Spot, Failure> {
        let action = "ec2:GetSpotPlacementScores";
        let least = |n| types::VCpuCountRangeRequest::builder().min(n).build();
        let memory = types::MemoryMiBRequest::builder().min(0).build();
        let requirements = types::InstanceRequirementsRequest::builder()
            .v_cpu_count(least(4))
            .memory_mib(memory)
            .set_allowed_instance_types(Some(pool.types.clone()))
            .build();
        let requirements = types::InstanceRequirementsWithMetadataRequest::builder()
            .architecture_types(types::ArchitectureType::X8664)
            .architecture_types(types::ArchitectureType::Arm64)
            .virtualization_types(types::VirtualizationType::Hvm)
            .instance_requirements(requirements)
            .build();
        let request = self
            .clients
            .ec2
            .get_spot_placement_scores()
            .target_capacity(1)
            .region_names(&self.questions.region)
            .instance_requirements_with_metadata(requirements);
        let found = self.clients.ask(Ec2, action, request.send()).await?;
        let scores = listed(action, found.spot_placement_scores)?;
        let score = told(action, "Score", scores.iter().filter_map(|one| one.score).max())?;
        Ok(Spot::Score(u8::try_from(score).unwrap_or_default()))
    }

    async fn price(&self, pool: &Pool) -> Result<Spot, Failure> {
        let action = "ec2:DescribeSpotPriceHistory";
        let names: Vec<&str> = pool.types.iter().map(String::as_str).collect();
        let request = self
            .clients
            .ec2
            .describe_spot_price_history()
            .filters(filter("instance-type", &names))
            .product_descriptions("Linux/UNIX")
            .start_time(aws_smithy_types::DateTime::from(std::time::SystemTime::now()))
            .max_results(5);
        let found = self.clients.ask(Ec2, action, request.send()).await?;
        let prices = listed(action, found.spot_price_history)?;
        let more = found.next_token.is_some_and(|token| !token.is_empty());
        priced(action, prices.is_empty(), more)
    }
}

/// Whether there is a price, by the first page of them.
fn priced(action: &str, empty: bool, more: bool) -> Result<Spot, Failure> {
    match (empty, more) {
        (false, _) => Ok(Spot::Priced),
        (true, false) => Err(Failure::absent()),
        (true, true) => Err(Failure::incomplete(format!("`{action}` begins with an empty page"))),
    }
}

fn of_type(action: &str, one: &types::InstanceTypeInfo) -> Result<(String, Instance), Failure> {
    let name = told(action, "InstanceType", one.instance_type())?.as_str().to_owned();
    let vcpus = told(action, "DefaultVCpus", one.v_cpu_info().and_then(|cpus| cpus.default_v_cpus()))?;
    let processor = told(action, "ProcessorInfo", one.processor_info())?;
    let network = told(action, "NetworkInfo", one.network_info())?;
    let addresses = told(action, "Ipv4AddressesPerInterface", network.ipv4_addresses_per_interface())?;
    let architectures = processor.supported_architectures().iter().map(|one| one.as_str().to_owned());
    let usage = one.supported_usage_classes().iter().map(|one| one.as_str().to_owned());
    Ok((
        name,
        Instance {
            vcpus: u64::try_from(vcpus).unwrap_or_default(),
            architectures: architectures.collect(),
            usage: usage.collect(),
            addresses: u64::try_from(addresses).unwrap_or_default(),
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_there_is_no_price_is_only_said_by_a_whole_answer() {
        assert_eq!(priced("a:B", false, true), Ok(Spot::Priced));
        assert_eq!(priced("a:B", true, false), Err(Failure::absent()));
        let half = Failure::incomplete("`a:B` begins with an empty page");
        assert_eq!(priced("a:B", true, true), Err(half));
    }

    /// The table of `plan::support` is what AWS's SDK lists; `UPDATE_GOLDEN=1` writes it anew.
    #[test]
    fn the_table_is_what_the_sdk_lists() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/instance_families.json");
        let mut table: serde_json::Value =
            serde_json::from_str(&fs_err::read_to_string(path).unwrap()).unwrap();
        let all = aws_sdk_ec2::types::InstanceType::values();
        let families: std::collections::BTreeSet<&str> =
            all.iter().filter_map(|name| name.split_once('.')).map(|(family, _)| family).collect();
        let families = serde_json::json!(families);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            table["families"] = families.clone();
            fs_err::write(path, format!("{table:#}\n")).unwrap();
        }
        assert_eq!(table["families"], families, "run the tests once with UPDATE_GOLDEN=1");
    }
}
