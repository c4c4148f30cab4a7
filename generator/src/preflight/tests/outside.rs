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
