//! Domains and the control plane.

use super::*;

#[test]
fn domains_and_the_control_plane() {
    let lacking = of_new(|facts| {
        facts.domains.insert("ai.acme.com".to_owned(), Answer::Absent);
        known(&mut facts.control_plane).status = 502;
        facts.control_plane_key = Answer::Known(false);
    });
    insta::assert_snapshot!("outside_lacking", lacking);
    let unknown = of_new(|facts| {
        facts.domains.clear();
        facts.control_plane = Answer::unchecked(Why::NotAsked, "no control plane is named");
        facts.control_plane_key = Answer::unchecked(Why::NotAsked, "`TFY_API_KEY` is not set");
    });
    insta::assert_snapshot!("outside_unknown", unknown);
    let unreachable = of_new(|facts| {
        let text = "https://acme.truefoundry.cloud/api/svc/: timeout";
        facts.control_plane = Answer::unchecked(Why::Unreachable, text);
        facts.control_plane_key = Answer::unchecked(Why::Unreachable, text);
    });
    insta::assert_snapshot!("outside_unreachable", unreachable);
}

#[test]
fn a_cluster_that_the_control_plane_has_already() {
    let registered = |facts: &mut Facts| facts.registered_cluster = Answer::Known("c-1".to_owned());
    insta::assert_snapshot!("registered_new", of_new(registered));
    // Of this platform, by an apply before.
    let ours = of_new(|facts| {
        registered(facts);
        facts.cluster = Answer::Known(ClusterFound { platform: Some("acme-dev".to_owned()), ..cluster() });
    });
    assert!(!ours.contains("control-plane.cluster"), "{ours}");
    insta::assert_snapshot!("registered_existing", of_existing(registered));
    let unknown = of_new(|facts| {
        registered(facts);
        facts.cluster = Answer::unchecked(Why::Denied, "`eks:DescribeCluster`: AccessDeniedException");
    });
    let told = unknown.split("\n\n").find(|part| part.contains("whose the cluster")).unwrap();
    insta::assert_snapshot!("registered_unknown", told);
    let unanswered = of_new(|facts| {
        let text = "the control plane answers with status 403 to which clusters it has";
        facts.registered_cluster = Answer::unchecked(Why::Denied, text);
    });
    insta::assert_snapshot!("registered_unanswered", unanswered);
    // What is open of the key is told of the key alone.
    let refused = of_new(|facts| {
        facts.control_plane_key = Answer::Known(false);
        facts.registered_cluster = Answer::default();
    });
    assert!(!refused.contains("control-plane.cluster"), "{refused}");
}
