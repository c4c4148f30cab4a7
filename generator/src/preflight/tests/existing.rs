//! A network and a cluster that are there.

use super::*;

#[test]
fn a_vpc_that_does_not_fit() {
    let subnets = of_existing(|facts| {
        facts.vpc_dns = Answer::Known((true, false));
        let subnets = known(&mut facts.subnets);
        subnets[0].tags.remove("kubernetes.io/role/internal-elb");
        subnets[0].public_addresses = true;
        subnets[0].free = 7;
        subnets[1].zone = "use1-az1".to_owned();
        subnets[2].vpc = "vpc-other".to_owned();
    });
    insta::assert_snapshot!("vpc_subnets", subnets);
    let gone = of_existing(|facts| {
        known(&mut facts.subnets).remove(1);
        facts.route_tables = Answer::Known(Vec::new());
        facts.endpoints = Answer::Known(Vec::new());
    });
    insta::assert_snapshot!("vpc_gone", gone);
    let routes = of_existing(|facts| {
        let tables = known(&mut facts.route_tables);
        tables[0].routes[0].blackhole = true;
        tables[1].routes.clear();
        known(&mut facts.endpoints)[0].route_tables.clear();
    });
    insta::assert_snapshot!("vpc_routes", routes);
    let open = of_existing(|facts| {
        known(&mut facts.route_tables)[0].routes[0].to = "igw-2".to_owned();
    });
    insta::assert_snapshot!("vpc_open", open);
    let none = of_existing(|facts| known(&mut facts.route_tables)[0].routes.clear());
    insta::assert_snapshot!("vpc_without_way", none);
    let closed = EXISTING.replace("    reserved", "    needs_internet: false\n    reserved");
    let closed = said(&closed, existing_facts, |facts| known(&mut facts.cluster).private = false);
    insta::assert_snapshot!("vpc_closed", closed);
    let unknown = of_existing(|facts| {
        let denied = |what: &str| format!("`ec2:Describe{what}`: UnauthorizedOperation");
        facts.vpc_dns = Answer::unchecked(Why::Denied, denied("VpcAttribute"));
        facts.subnets = Answer::unchecked(Why::Denied, denied("Subnets"));
        facts.route_tables = Answer::unchecked(Why::Denied, denied("RouteTables"));
        facts.endpoints = Answer::unchecked(Why::Denied, denied("VpcEndpoints"));
        facts.vpcs = Answer::unchecked(Why::Denied, denied("Vpcs"));
    });
    insta::assert_snapshot!("vpc_unknown", unknown);
}

#[test]
fn a_new_cluster_in_a_vpc_that_is_there() {
    let text = new_cluster_in_existing();
    let tagged = |platform: &Platform| {
        let mut facts = facts(platform);
        for subnet in known(&mut facts.subnets).iter_mut() {
            subnet.tags.insert("karpenter.sh/discovery".to_owned(), "acme-dev".to_owned());
        }
        facts.spot = named(&["default-spot"], &Spot::Score(9));
        facts
    };
    let clean = said(&text, tagged, |_| {});
    assert!(clean.starts_with("0 found, 0 could not be checked"), "{clean}");
    let zone = said(&text, tagged, |facts| {
        let subnets = known(&mut facts.subnets);
        subnets[1].zone = "use1-az3".to_owned();
        subnets[0].free = 45;
    });
    insta::assert_snapshot!("vpc_of_new_cluster", zone);
    let unknown = said(&text, tagged, |facts| facts.instances = Answer::default());
    insta::assert_snapshot!("vpc_of_unknown_nodes", unknown);
    let untold = said(&text, tagged, |facts| {
        known(&mut facts.instances).remove("m7i.large");
    });
    insta::assert_snapshot!("vpc_of_untold_nodes", untold);
}

#[test]
fn a_cluster_that_does_not_fit() {
    let gone = of_existing(|facts| facts.cluster = Answer::Absent);
    insta::assert_snapshot!("cluster_gone", gone);
    let unfit = of_existing(|facts| {
        facts.cluster = Answer::Known(ClusterFound {
            version: "1.33".to_owned(),
            status: "UPDATING".to_owned(),
            vpc: "vpc-other".to_owned(),
            public_from: Some(vec!["0.0.0.0/0".to_owned()]),
            authentication: "CONFIG_MAP".to_owned(),
            issuer: Some("https://oidc.eks.us-east-1.amazonaws.com/id/B".to_owned()),
            ..cluster()
        });
        let addon = |version: &str| Addon { version: version.to_owned(), status: "ACTIVE".to_owned() };
        let addons = known(&mut facts.cluster_addons);
        addons.remove("vpc-cni");
        addons.insert("coredns".to_owned(), addon("v0"));
        addons.insert("metrics-server".to_owned(), addon("v1"));
        facts.addon_versions.insert("metrics-server".to_owned(), Answer::Absent);
    });
    insta::assert_snapshot!("cluster_unfit", unfit);
    let oidc = of_existing(|facts| facts.oidc_providers = Answer::Known(Vec::new()));
    insta::assert_snapshot!("cluster_without_provider", oidc);
    let unknown = of_existing(|facts| {
        facts.cluster = Answer::unchecked(Why::Denied, "`eks:DescribeCluster`: AccessDeniedException");
        facts.cluster_addons = Answer::unchecked(Why::Denied, "`eks:ListAddons`: AccessDeniedException");
    });
    insta::assert_snapshot!("existing_cluster_unknown", unknown);
    let provider = of_existing(|facts| facts.oidc_providers = Answer::default());
    insta::assert_snapshot!("provider_unknown", provider);
    let versions = of_existing(|facts| facts.addon_versions.clear());
    insta::assert_snapshot!("existing_cluster_versions", versions);
}
