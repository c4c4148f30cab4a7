//! Who asks, where and when.

use super::*;

#[test]
fn before_an_apply_only_little_is_asked() {
    let (_, platform) = planned(NEW);
    let outcome = preflight(&platform, &facts(&platform), Extent::Cheap);
    assert_eq!(outcome.passed, ["credentials", "account", "clock", "region"]);
}

#[test]
fn who_asks_and_where() {
    let no_credentials = of_new(|facts| {
        facts.caller = Answer::unchecked(Why::Credentials, "none were found: no providers in chain");
        facts.clock = Answer::unchecked(Why::Unreachable, "https://sts.us-east-1.amazonaws.com: timeout");
        facts.opted_in = Answer::unchecked(Why::Credentials, "none were found: no providers in chain");
    });
    insta::assert_snapshot!("no_credentials", no_credentials);
    let other = of_new(|facts| {
        known(&mut facts.caller).account = "210987654321".to_owned();
        facts.opted_in = Answer::unchecked(Why::Account, "the credentials are of account 210987654321");
        facts.clock = Answer::Known(-600);
    });
    insta::assert_snapshot!("other_account", other);
    let late = of_new(|facts| {
        let text = "`sts:GetCallerIdentity`: SignatureDoesNotMatch: Signature expired";
        facts.caller = Answer::unchecked(Why::Clock, text);
        facts.opted_in = Answer::Known("not-opted-in".to_owned());
    });
    insta::assert_snapshot!("late_clock", late);
    let early = of_new(|facts| facts.clock = Answer::Known(7200));
    insta::assert_snapshot!("early_clock", early);
    let unknown = of_new(|facts| {
        facts.opted_in = Answer::Absent;
        facts.caller = Answer::Absent;
    });
    insta::assert_snapshot!("unknown_region", unknown);
    let refusing = of_new(|facts| {
        facts.zones = Answer::unchecked(Why::Region, "`ec2:DescribeAvailabilityZones`: AuthFailure");
    });
    insta::assert_snapshot!("refusing_region", refusing);
}
