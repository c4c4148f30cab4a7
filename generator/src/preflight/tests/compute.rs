//! Instances.

use super::*;

#[test]
fn instances_that_are_not_there() {
    let missing = of_new(|facts| {
        let types = known(&mut facts.instances);
        types.remove("m6i.large");
        types.get_mut("m7i.large").unwrap().architectures = vec!["arm64".to_owned()];
        types.insert("g5.xlarge".to_owned(), instance(4, &["capacity-block"]));
        types.insert("p4d.24xlarge".to_owned(), instance(96, &["capacity-block"]));
        known(&mut facts.offers).retain(|name, _| name != "m6i.large" && name != "m7i.large");
    });
    insta::assert_snapshot!("instances_missing", missing);
    let zone = of_new(|facts| {
        for name in ["g5.xlarge", "p4d.24xlarge"] {
            known(&mut facts.offers).insert(name.to_owned(), vec!["use1-az1".to_owned()]);
        }
        known(&mut facts.instances).insert("m6i.large".to_owned(), instance(2, &["capacity-block"]));
    });
    insta::assert_snapshot!("instances_zone", zone);
    let unknown = of_new(|facts| {
        let throttled = "`ec2:DescribeInstanceTypeOfferings`: RequestLimitExceeded: Request limit exceeded.";
        facts.offers = Answer::unchecked(Why::Throttled, throttled);
        facts.instances =
            Answer::unchecked(Why::Unreadable, "the answer to `ec2:DescribeInstanceTypes`: no XML");
    });
    insta::assert_snapshot!("instances_unknown", unknown);
}

#[test]
fn spot_instances_that_are_unlikely() {
    let alone =
        NEW.replace("gpu: { families", "default: { capacity: [spot] }, gpu: { capacity: [spot], families");
    let likely = |facts: &Platform| {
        let mut facts = super::facts(facts);
        facts.spot = named(&["default", "gpu"], &Spot::Score(9));
        facts
    };
    let unlikely = said(&alone, likely, |facts| {
        facts.spot.insert("default".to_owned(), Answer::Known(Spot::Score(2)));
        facts.spot.insert("gpu".to_owned(), Answer::Absent);
    });
    insta::assert_snapshot!("spot_unlikely", unlikely);
    let unknown = of_new(|facts| {
        let denied = "`ec2:GetSpotPlacementScores`: UnauthorizedOperation";
        facts.spot.insert("gpu-spot".to_owned(), Answer::unchecked(Why::Denied, denied));
        facts.spot.insert("default-spot".to_owned(), Answer::Known(Spot::Priced));
    });
    insta::assert_snapshot!("spot_unknown", unknown);
}
