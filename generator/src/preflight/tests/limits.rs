//! What the platform takes of quotas.

use super::*;

#[test]
fn quotas_that_leave_too_little() {
    let exhausted = of_new(|facts| {
        for kind in quotas::ALL {
            facts.quotas.insert(kind.name.to_owned(), quota(kind.name, 2.0));
        }
        if let Some(Answer::Known(quota)) = facts.quotas.get_mut(quotas::RDS_INSTANCES) {
            quota.adjustable = false;
        }
        facts.nat_gateways = Answer::Known([("use1-az2".to_owned(), Used { all: 2, own: 0 })].into());
    });
    insta::assert_snapshot!("quotas_exhausted", exhausted);
    let text = NEW.replace("    endpoints: [s3", "    nat: single\n    endpoints: [s3");
    let text = text.replace("[10.8.0.0/16] }", "[10.8.0.0/16, 10.9.0.0/16] }\n    identity: irsa");
    let single = said(&text, facts, |facts| {
        for name in [quotas::EIP, quotas::RULES, quotas::OIDC_PROVIDERS] {
            facts.quotas.insert(name.to_owned(), quota(name, 2.0));
        }
    });
    insta::assert_snapshot!("quotas_of_single_nat_and_irsa", single);
    let unknown = of_new(|facts| {
        facts.quotas.clear();
        facts.used.clear();
        facts.nat_gateways = Answer::default();
    });
    insta::assert_snapshot!("quotas_unknown", unknown);
    let uses = of_new(|facts| {
        let denied = Answer::unchecked(Why::Denied, "`ec2:DescribeAddresses`: UnauthorizedOperation");
        facts.used.insert(quotas::EIP.to_owned(), denied);
        facts.used.remove(quotas::GPU_G_SPOT);
        facts.nat_gateways =
            Answer::unchecked(Why::Throttled, "`ec2:DescribeNatGateways`: RequestLimitExceeded");
        known(&mut facts.instances).remove("m7i.large");
    });
    insta::assert_snapshot!("uses_unknown", uses);
}

#[test]
fn what_the_platform_has_already_is_not_counted_again() {
    let applied = of_new(|facts| {
        for kind in quotas::ALL {
            facts.quotas.insert(kind.name.to_owned(), quota(kind.name, 4.0));
            facts.used.insert(kind.name.to_owned(), Answer::Known(Used { all: 4, own: 4 }));
        }
        facts.quotas.insert(quotas::RDS_STORAGE.to_owned(), quota(quotas::RDS_STORAGE, 50.0));
        facts.used.insert(quotas::RDS_STORAGE.to_owned(), Answer::Known(Used { all: 50, own: 50 }));
        facts.used.insert(quotas::GPU_G_SPOT.to_owned(), Answer::Known(Used::default()));
        facts.used.insert(quotas::GPU_G_ON_DEMAND.to_owned(), Answer::Known(Used::default()));
        facts.nat_gateways = Answer::Known([("use1-az1".to_owned(), Used { all: 4, own: 1 })].into());
        facts.cluster = Answer::Known(ClusterFound { platform: Some("acme-dev".to_owned()), ..cluster() });
        facts.bucket = Answer::Known(BucketName::Own);
    });
    assert!(applied.starts_with("0 found, 0 could not be checked"), "{applied}");
}
