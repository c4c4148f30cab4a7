//! Versions of Kubernetes and of its add-ons.

use super::*;

#[test]
fn versions_of_kubernetes_and_of_its_add_ons() {
    let (old, new) = ("version: \"1.35\"", |minor: &str| format!("version: \"1.{minor}\""));
    let with = |minor: &str, change: fn(&mut Facts)| said(&NEW.replace(old, &new(minor)), facts, change);
    insta::assert_snapshot!("kubernetes_extended", with("33", |_| {}));
    insta::assert_snapshot!("kubernetes_not_there", with("36", |_| {}));
    let over = with("32", |facts| {
        let over = version("1.32", "2026-03-23", "2026-11-28");
        known(&mut facts.cluster_versions).push(over);
        let dateless =
            ClusterVersion { standard_until: None, extended_until: None, ..version("1.31", "", "") };
        known(&mut facts.cluster_versions).push(ClusterVersion { unsupported: true, ..dateless });
    });
    insta::assert_snapshot!("kubernetes_over", over);
    let dateless = with("31", |facts| {
        known(&mut facts.cluster_versions).push(ClusterVersion {
            version: "1.31".to_owned(),
            standard_until: None,
            extended_until: None,
            unsupported: true,
        });
    });
    insta::assert_snapshot!("kubernetes_without_dates", dateless);
    let addons = of_new(|facts| {
        facts.addon_versions.insert("coredns".to_owned(), Answer::Absent);
        facts.addon_versions.remove("vpc-cni");
        facts.cluster = Answer::Known(cluster());
        facts.cluster_versions = Answer::Absent;
    });
    insta::assert_snapshot!("add_ons", addons);
    let unknown =
        of_new(|facts| facts.cluster = Answer::unchecked(Why::Denied, "`eks:DescribeCluster`: AccessDenied"));
    insta::assert_snapshot!("cluster_unknown", unknown);
}
