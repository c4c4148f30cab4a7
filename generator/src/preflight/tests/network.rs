//! Zones, and blocks that clash.

use super::*;

#[test]
fn zones_and_blocks() {
    let zones = of_new(|facts| {
        let zones = known(&mut facts.zones);
        zones.remove(1);
        zones[0].available = false;
    });
    insta::assert_snapshot!("zones", zones);
    let blocks = of_new(|facts| {
        known(&mut facts.vpcs).extend([vpc("vpc-1", "10.20.128.0/20"), vpc("vpc-2", "10.0.0.0/16")]);
        facts.peerings = Answer::Known(vec![
            Peering {
                id: "pcx-1".to_owned(),
                blocks: vec!["10.20.64.0/20".parse().unwrap(), "10.0.0.0/16".parse().unwrap()],
            },
            Peering { id: "pcx-2".to_owned(), blocks: vec!["10.20.128.0/20".parse().unwrap()] },
        ]);
        facts.transit_routes = Answer::Known(
            ["10.0.0.0/8", "0.0.0.0/0", "10.20.0.0/17", "10.20.128.0/20"]
                .map(|block| TransitRoute {
                    gateway: "tgw-1".to_owned(),
                    block: block.parse().unwrap(),
                    to: vec!["vpn-1".to_owned()],
                })
                .to_vec(),
        );
    });
    insta::assert_snapshot!("blocks", blocks);
    let ours = of_new(|facts| {
        let mut own = vpc("vpc-3", "10.20.0.0/16");
        own.platform = Some("acme-dev".to_owned());
        known(&mut facts.vpcs).push(own);
    });
    assert!(ours.starts_with("0 found, 0 could not be checked"), "{ours}");
    let full = of_new(|facts| known(&mut facts.vpcs).push(vpc("vpc-4", "10.0.0.0/8")));
    insta::assert_snapshot!("no_block_left", full);
    let unknown = of_new(|facts| {
        let denied = |what: &str| format!("`ec2:Describe{what}`: UnauthorizedOperation");
        facts.vpcs = Answer::unchecked(Why::Denied, denied("Vpcs"));
        facts.peerings = Answer::unchecked(Why::Denied, denied("VpcPeeringConnections"));
        facts.transit_routes = Answer::unchecked(Why::Denied, denied("TransitGatewayRouteTables"));
    });
    insta::assert_snapshot!("blocks_unknown", unknown);
    let reserved = of_existing(|facts| {
        known(&mut facts.vpcs).push(vpc("vpc-0123456789abcdef0", "10.96.128.0/20"));
    });
    insta::assert_snapshot!("reserved", reserved);
}
