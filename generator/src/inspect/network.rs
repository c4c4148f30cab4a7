//! Zones, VPCs and what they are connected to; subnets, routes and endpoints of a VPC that is there.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{self, Filter, VpcAttributeName};
use futures_util::future::join_all;
use ipnet::Ipv4Net;

use super::Asker;
use super::failure::Failure;
use super::pace::Service::Ec2;
use super::pages::{all, listed, told};
use crate::facts::{Answer, Endpoint, Peering, Route, RouteTable, Subnet, TransitRoute, Vpc, Why, Zone};

/// A filter by one value.
pub(super) fn filter(name: &str, values: &[&str]) -> Filter {
    Filter::builder()
        .name(name)
        .set_values(Some(values.iter().map(|one| (*one).to_owned()).collect()))
        .build()
}

/// A block that AWS tells.
pub(super) fn block(action: &str, text: Option<&str>) -> Result<Ipv4Net, Failure> {
    let text = told(action, "CidrBlock", text)?;
    text.parse().map_err(|_| {
        Failure::new(Why::Unreadable, format!("`{action}` tells the block `{text}`, which is none"))
    })
}

/// The value of a tag.
pub(super) fn tag<'a>(tags: &'a [types::Tag], key: &str) -> Option<&'a str> {
    tags.iter().find(|tag| tag.key() == Some(key)).and_then(types::Tag::value)
}

/// The tag that everything of a platform has.
pub(super) const PLATFORM: &str = "platform";

impl Asker<'_> {
    pub(super) async fn zones(&self) -> Answer<Vec<Zone>> {
        let action = "ec2:DescribeAvailabilityZones";
        self.ask("zones", self.questions.zones, async {
            // Local zones and Wavelength zones hold no control plane.
            let request = self.clients.ec2.describe_availability_zones();
            let request = request.filters(filter("zone-type", &["availability-zone"]));
            let found = self.clients.ask(Ec2, action, request.send()).await?;
            let zone = |zone: types::AvailabilityZone| {
                Ok(Zone {
                    id: told(action, "ZoneId", zone.zone_id)?,
                    name: told(action, "ZoneName", zone.zone_name)?,
                    available: zone.state == Some(types::AvailabilityZoneState::Available),
                })
            };
            listed(action, found.availability_zones)?.into_iter().map(zone).collect()
        })
        .await
    }

    pub(super) async fn vpcs(&self) -> Answer<Vec<Vpc>> {
        self.ask("VPCs", self.questions.vpcs, self.every_vpc()).await
    }

    pub(super) async fn every_vpc(&self) -> Result<Vec<Vpc>, Failure> {
        let action = "ec2:DescribeVpcs";
        let found = all(action, |token| async move {
            let request = self.clients.ec2.describe_vpcs().set_next_token(token).send();
            let page = self.clients.ask(Ec2, action, request).await?;
            Ok((listed(action, page.vpcs)?, page.next_token))
        })
        .await?;
        found.into_iter().map(|vpc| of_vpc(action, vpc)).collect()
    }

    pub(super) async fn peerings(&self) -> Answer<Vec<Peering>> {
        let action = "ec2:DescribeVpcPeeringConnections";
        self.ask("peerings", self.questions.connections, async {
            let alive = filter("status-code", &["active", "pending-acceptance", "provisioning"]);
            let found = all(action, |token| {
                let alive = alive.clone();
                async move {
                    let request = self.clients.ec2.describe_vpc_peering_connections();
                    let request = request.filters(alive).set_next_token(token).send();
                    let page = self.clients.ask(Ec2, action, request).await?;
                    Ok((listed(action, page.vpc_peering_connections)?, page.next_token))
                }
            })
            .await?;
            found.into_iter().map(|one| of_peering(action, one)).collect()
        })
        .await
    }

    pub(super) async fn transit_routes(&self) -> Answer<Vec<TransitRoute>> {
        let action = "ec2:DescribeTransitGatewayRouteTables";
        self.ask("routes of transit gateways", self.questions.connections, async {
            let tables = all(action, |token| async move {
                let request = self.clients.ec2.describe_transit_gateway_route_tables();
                let page = self.clients.ask(Ec2, action, request.set_next_token(token).send()).await?;
                Ok((listed(action, page.transit_gateway_route_tables)?, page.next_token))
            })
            .await?;
            let routes = tables.into_iter().map(|table| async move {
                let id = told(action, "TransitGatewayRouteTableId", table.transit_gateway_route_table_id)?;
                let gateway = told(action, "TransitGatewayId", table.transit_gateway_id)?;
                self.routes_of(&id, &gateway).await
            });
            let routes = join_all(routes).await.into_iter().collect::<Result<Vec<_>, Failure>>()?;
            Ok(routes.into_iter().flatten().collect())
        })
        .await
    }

    async fn routes_of(&self, table: &str, gateway: &str) -> Result<Vec<TransitRoute>, Failure> {
        let action = "ec2:SearchTransitGatewayRoutes";
        let request = self.clients.ec2.search_transit_gateway_routes();
        let request = request.transit_gateway_route_table_id(table).filters(filter("state", &["active"]));
        let found = self.clients.ask(Ec2, action, request.send()).await?;
        all_routes(action, table, found.additional_routes_available)?;
        let mut routes = Vec::new();
        for route in listed(action, found.routes)? {
            // Routes by prefix lists, and of IPv6, have no such block.
            let Some(block) = route.destination_cidr_block().and_then(|text| text.parse().ok()) else {
                continue;
            };
            let to = route.transit_gateway_attachments().iter().filter_map(|one| one.resource_id.clone());
            routes.push(TransitRoute { gateway: gateway.to_owned(), block, to: to.collect() });
        }
        Ok(routes)
    }

    pub(super) async fn vpc_dns(&self) -> Answer<(bool, bool)> {
        let action = "ec2:DescribeVpcAttribute";
        let Some((vpc, _)) = &self.questions.network else { return Answer::default() };
        self.ask("DNS settings of the VPC", true, async {
            let attribute = |name: VpcAttributeName| {
                let request = self.clients.ec2.describe_vpc_attribute().vpc_id(vpc).attribute(name);
                self.clients.ask(Ec2, action, request.send())
            };
            let (support, hostnames) = tokio::join!(
                attribute(VpcAttributeName::EnableDnsSupport),
                attribute(VpcAttributeName::EnableDnsHostnames)
            );
            let on = |part: &str, value: Option<types::AttributeBooleanValue>| {
                told(action, part, value.and_then(|value| value.value))
            };
            Ok((
                on("EnableDnsSupport", support?.enable_dns_support)?,
                on("EnableDnsHostnames", hostnames?.enable_dns_hostnames)?,
            ))
        })
        .await
    }

    pub(super) async fn subnets(&self) -> Answer<Vec<Subnet>> {
        let action = "ec2:DescribeSubnets";
        let Some((_, ids)) = &self.questions.network else { return Answer::default() };
        self.ask("subnets", true, async {
            // By a filter: an ID that is not there would be an error for all.
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let found = self.subnets_of(filter("subnet-id", &ids)).await?;
            found.into_iter().map(|subnet| of_subnet(action, subnet)).collect()
        })
        .await
    }

    pub(super) async fn subnets_of(&self, which: Filter) -> Result<Vec<types::Subnet>, Failure> {
        let action = "ec2:DescribeSubnets";
        all(action, |token| {
            let request = self.clients.ec2.describe_subnets().filters(which.clone()).set_next_token(token);
            async move {
                let page = self.clients.ask(Ec2, action, request.send()).await?;
                Ok((listed(action, page.subnets)?, page.next_token))
            }
        })
        .await
    }

    pub(super) async fn route_tables(&self) -> Answer<Vec<RouteTable>> {
        let action = "ec2:DescribeRouteTables";
        let Some((vpc, _)) = &self.questions.network else { return Answer::default() };
        self.ask("route tables", true, async {
            let found = all(action, |token| async move {
                let request = self.clients.ec2.describe_route_tables().filters(filter("vpc-id", &[vpc]));
                let page = self.clients.ask(Ec2, action, request.set_next_token(token).send()).await?;
                Ok((listed(action, page.route_tables)?, page.next_token))
            })
            .await?;
            found.into_iter().map(|table| of_table(action, table)).collect()
        })
        .await
    }

    pub(super) async fn endpoints(&self) -> Answer<Vec<Endpoint>> {
        let action = "ec2:DescribeVpcEndpoints";
        let Some((vpc, _)) = &self.questions.network else { return Answer::default() };
        self.ask("endpoints of the VPC", true, async {
            let found = all(action, |token| async move {
                let request = self.clients.ec2.describe_vpc_endpoints().filters(filter("vpc-id", &[vpc]));
                let page = self.clients.ask(Ec2, action, request.set_next_token(token).send()).await?;
                Ok((listed(action, page.vpc_endpoints)?, page.next_token))
            })
            .await?;
            let before = format!(".{}.", self.questions.region);
            let endpoint = |one: types::VpcEndpoint| {
                let name = told(action, "ServiceName", one.service_name)?;
                let service = name.split_once(&before).map_or(name.as_str(), |(_, service)| service);
                Ok(Endpoint {
                    service: service.to_owned(),
                    gateway: one.vpc_endpoint_type == Some(types::VpcEndpointType::Gateway),
                    route_tables: one.route_table_ids.unwrap_or_default(),
                })
            };
            found.into_iter().map(endpoint).collect()
        })
        .await
    }
}

/// Whether an answer holds all routes of a table: it has no pages.
fn all_routes(action: &str, table: &str, more: Option<bool>) -> Result<(), Failure> {
    match more {
        Some(true) => Err(Failure::incomplete(format!("`{table}` has more routes than `{action}` tells"))),
        _ => Ok(()),
    }
}

fn of_vpc(action: &str, vpc: types::Vpc) -> Result<Vpc, Failure> {
    let platform = tag(vpc.tags(), PLATFORM).map(str::to_owned);
    let mut blocks = vec![block(action, vpc.cidr_block())?];
    for one in vpc.cidr_block_association_set() {
        let gone = one.cidr_block_state().and_then(|state| state.state()).is_some_and(|state| {
            matches!(
                state,
                types::VpcCidrBlockStateCode::Disassociated | types::VpcCidrBlockStateCode::Disassociating
            )
        });
        if !gone {
            blocks.push(block(action, one.cidr_block())?);
        }
    }
    blocks.sort();
    blocks.dedup();
    Ok(Vpc { id: told(action, "VpcId", vpc.vpc_id)?, blocks, platform })
}

fn of_peering(action: &str, one: types::VpcPeeringConnection) -> Result<Peering, Failure> {
    let mut blocks = Vec::new();
    for side in [one.accepter_vpc_info(), one.requester_vpc_info()].into_iter().flatten() {
        // The other side of a peering that nobody has accepted yet tells no block.
        if let Some(text) = side.cidr_block() {
            blocks.push(block(action, Some(text))?);
        }
        for more in side.cidr_block_set() {
            blocks.push(block(action, more.cidr_block())?);
        }
    }
    blocks.sort();
    blocks.dedup();
    Ok(Peering { id: told(action, "VpcPeeringConnectionId", one.vpc_peering_connection_id)?, blocks })
}

fn of_subnet(action: &str, subnet: types::Subnet) -> Result<Subnet, Failure> {
    let free = told(action, "AvailableIpAddressCount", subnet.available_ip_address_count)?;
    let looked_for = |key: &str| key.starts_with("kubernetes.io/") || key == "karpenter.sh/discovery";
    let tags: BTreeMap<String, String> = subnet
        .tags()
        .iter()
        .filter_map(|tag| Some((tag.key.clone()?, tag.value.clone().unwrap_or_default())))
        .filter(|(key, _)| looked_for(key))
        .collect();
    Ok(Subnet {
        free: u64::try_from(free).unwrap_or_default(),
        public_addresses: told(action, "MapPublicIpOnLaunch", subnet.map_public_ip_on_launch)?,
        tags,
        id: told(action, "SubnetId", subnet.subnet_id)?,
        vpc: told(action, "VpcId", subnet.vpc_id)?,
        zone: told(action, "AvailabilityZoneId", subnet.availability_zone_id)?,
    })
}

fn of_table(action: &str, table: types::RouteTable) -> Result<RouteTable, Failure> {
    let main = table.associations().iter().any(|one| one.main() == Some(true));
    let subnets = table.associations().iter().filter_map(|one| one.subnet_id.clone()).collect();
    let route = |route: &types::Route| {
        let targets = [
            route.gateway_id(),
            route.nat_gateway_id(),
            route.transit_gateway_id(),
            route.vpc_peering_connection_id(),
            route.network_interface_id(),
            route.egress_only_internet_gateway_id(),
            route.local_gateway_id(),
            route.carrier_gateway_id(),
            route.core_network_arn(),
            route.instance_id(),
        ];
        Route {
            block: route.destination_cidr_block.clone(),
            to: targets.into_iter().flatten().find(|to| !to.is_empty()).unwrap_or_default().to_owned(),
            blackhole: route.state == Some(types::RouteState::Blackhole),
        }
    };
    let routes = listed(action, table.routes.clone())?.iter().map(route).collect();
    Ok(RouteTable { main, subnets, routes, id: told(action, "RouteTableId", table.route_table_id)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_answer_about_a_network_is_none() {
        assert_eq!(block("a:B", Some("10.0.0.0/16")), Ok("10.0.0.0/16".parse().unwrap()));
        let none = Failure::new(Why::Unreadable, "`a:B` tells the block `10.0`, which is none");
        assert_eq!(block("a:B", Some("10.0")), Err(none));
        assert_eq!(all_routes("a:B", "tgw-rtb-1", Some(false)), Ok(()));
        let more = Failure::incomplete("`tgw-rtb-1` has more routes than `a:B` tells");
        assert_eq!(all_routes("a:B", "tgw-rtb-1", Some(true)), Err(more));
        let vpc = types::Vpc::builder().vpc_id("vpc-1").build();
        let failure = of_vpc("a:B", vpc).unwrap_err();
        assert_eq!(failure, Failure::incomplete("the answer to `a:B` does not tell `CidrBlock`"));
    }
}
