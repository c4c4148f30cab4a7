use serde_json::json;

use super::*;
use crate::diag::Diagnostic;

const AWS: &str = "registry.terraform.io/hashicorp/aws";
const HELM: &str = "registry.terraform.io/hashicorp/helm";

fn drift(address: &str, provider: &str, actions: &Json, before: &Json, after: &Json) -> Json {
    json!({
        "address": address, "mode": "managed", "type": kind(address),
        "provider_name": provider,
        "change": { "actions": actions, "before": before, "after": after, "before_sensitive": {}, "after_sensitive": {} },
    })
}

fn kind(address: &str) -> &str {
    address.split('.').find(|part| part.contains('_')).unwrap_or_default()
}

fn changed(address: &str, provider: &str, before: &Json, after: &Json) -> Json {
    drift(address, provider, &json!(["update"]), before, after)
}

fn gone(address: &str, provider: &str, before: &Json) -> Json {
    drift(address, provider, &json!(["delete"]), before, &Json::Null)
}

/// A refresh-only plan.
fn plan(drift: &[Json]) -> Json {
    json!({ "format_version": "1.2", "resource_drift": drift })
}

fn seen(json: Json, releases: Releases) -> Seen {
    Seen::Plan { json, releases }
}

fn looked(layer: &str, drift: &[Json]) -> (String, Seen) {
    (layer.to_owned(), seen(plan(drift), Releases::default()))
}

fn places() -> Places {
    Places { dir: "infra".to_owned(), spec: "platform.yaml".to_owned() }
}

/// Every row of every part, with its attributes, and what could not be looked at.
fn shown(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        for row in &part.rows {
            let apply = row.apply.map_or("-", NextApply::words);
            out.push_str(&format!("{}: {}: {} ({apply})\n", part.name, row.what, row.change));
            for a in &row.attributes {
                let value = |value: &Value| match value {
                    Value::Shown(value) => value.to_string(),
                    Value::Hidden => "hidden".to_owned(),
                };
                let apply = a.apply.map_or("-", NextApply::words);
                out.push_str(&format!("  {}: {} -> {} ({apply})\n", a.path, value(&a.was), value(&a.is)));
            }
        }
        part.unseen.iter().for_each(|report| out.push_str(&report.render(false)));
    }
    out
}

fn parts(looks: Vec<(String, Seen)>, next: Vec<(String, Seen)>) -> Vec<Part> {
    let (found, mut parts) = compare(looks);
    parts.extend(found.parts(next, &places()));
    parts
}

#[test]
fn what_changed_is_told_with_what_the_next_apply_does_about_it() {
    let before = json!({ "id": "vpc-1", "tags": { "owner": "infra" }, "tags_all": { "owner": "infra", "platform": "acme" }, "limit": 1 });
    let after = json!({ "id": "vpc-1", "tags": { "owner": "me" }, "tags_all": { "owner": "me", "platform": "acme" }, "limit": 2 });
    let vpc = changed("module.network.aws_vpc.this", AWS, &before, &after);
    let role = gone("module.a.aws_iam_role.gone", AWS, &json!({ "name": "r" }));
    let same = drift("aws_eip.same", AWS, &json!(["no-op"]), &before, &before);
    let next = json!({ "format_version": "1.2", "resource_changes": [
        { "address": "module.network.aws_vpc.this", "type": "aws_vpc", "change": { "actions": ["update"],
            "before": after, "after": { "id": "vpc-1", "tags": { "owner": "infra" }, "tags_all": before["tags_all"], "limit": 2 },
            "after_unknown": {} } },
        { "address": "module.a.aws_iam_role.gone", "type": "aws_iam_role", "change": { "actions": ["create"] } },
    ] });
    let looks = vec![looked("network", &[vpc, role, same])];
    let parts = parts(looks, vec![("network".to_owned(), seen(next, Releases::default()))]);
    insta::assert_snapshot!(shown(&parts), @r#"
    network: module.network.aws_vpc.this: changed outside (puts some of it back)
      limit: 1 -> 2 (adopts it)
      tags.owner: "infra" -> "me" (puts it back)
    network: module.a.aws_iam_role.gone: deleted outside (makes it again)
    "#);
}

#[test]
fn without_a_next_plan_its_cause_is_told() {
    let eip = changed("aws_eip.this", AWS, &json!({ "domain_name": "a" }), &json!({ "domain_name": "b" }));
    let why = Diagnostic::new("layer `network`: Resource precondition failed").hint("mend it");
    let next = vec![("network".to_owned(), Seen::Unseen(vec![why]))];
    insta::assert_snapshot!(shown(&parts(vec![looked("network", &[eip])], next)), @r#"
    network: aws_eip.this: changed outside (not known)
      domain_name: "a" -> "b" (not known)
    error: layer `network`: Resource precondition failed
      = hint: mend it
    "#);
}

#[test]
fn what_is_sensitive_is_not_shown() {
    let mut secret =
        changed("aws_db_instance.this", AWS, &json!({ "password": "old" }), &json!({ "password": "new" }));
    secret["change"]["before_sensitive"] = json!({ "password": true });
    let release = changed(
        "module.addons.helm_release.keda[0]",
        HELM,
        &json!({ "metadata": { "revision": 1, "values": "{\"token\":\"a\"}" } }),
        &json!({ "metadata": { "revision": 2, "values": "{\"token\":\"b\"}" } }),
    );
    let all = shown(&parts(vec![looked("data", &[secret, release])], Vec::new()));
    insta::assert_snapshot!(all, @r"
    data: aws_db_instance.this: changed outside (not known)
      password: hidden -> hidden (not known)
    data: module.addons.helm_release.keda[0]: changed outside (not known)
      metadata.revision: 1 -> 2 (not known)
      metadata.values.token: hidden -> hidden (not known)
    ");
    assert!(!all.contains("old") && !all.contains("token\":"), "{all}");
}

/// The helm provider says "gone" after every error of a read.
#[test]
fn a_release_is_gone_only_when_the_cluster_says_so() {
    let address = "module.addons.helm_release.keda[0]";
    let look = |asked: bool, present: &[&str]| {
        let present = present.iter().map(|address| (*address).to_owned()).collect();
        let releases = Releases { asked, present, wrong: Vec::new() };
        let plan = plan(&[gone(address, HELM, &json!({ "name": "keda" }))]);
        shown(&parts(vec![("addons".to_owned(), seen(plan, releases))], Vec::new()))
    };
    insta::assert_snapshot!(look(true, &[]), @"addons: module.addons.helm_release.keda[0]: deleted outside (not known)");
    insta::assert_snapshot!(look(true, &[address]), @r"
    error: layer `addons`, `module.addons.helm_release.keda[0]`: Terraform takes it for gone, which the helm provider does after every error of a read
      = note: the cluster says that it is there
      = hint: look at it with `helm list -A`, and run the same command again
    ");
    insta::assert_snapshot!(look(false, &[]), @r"
    error: layer `addons`, `module.addons.helm_release.keda[0]`: Terraform takes it for gone, which the helm provider does after every error of a read
      = note: the cluster was not asked: there is none yet, or `TF_VAR_ephemeral_token` is set
      = hint: look at it with `helm list -A`, and run the same command again
    ");
}

#[test]
fn releases_with_which_something_is_wrong_have_rows() {
    let wrong = |address: &str, half_done: Option<&str>| WrongRelease {
        address: address.to_owned(),
        half_done: half_done.map(str::to_owned),
        next: "what to do".to_owned(),
    };
    let releases = Releases {
        asked: true,
        present: Vec::new(),
        wrong: vec![wrong("helm_release.a", Some("pending-upgrade")), wrong("helm_release.b", None)],
    };
    let looks = vec![("addons".to_owned(), seen(plan(&[]), releases))];
    insta::assert_snapshot!(shown(&parts(looks, Vec::new())), @r"
    addons: helm_release.a: half done: `pending-upgrade` (-)
    addons: helm_release.b: in the cluster, in no state (-)
    ");
}

/// A security group shows the rules that other layers make in it.
#[test]
fn what_another_layer_makes_is_no_drift_and_unknown_where_that_is_dark() {
    let group = |rules: Json| json!({ "id": "sg-1", "ingress": rules });
    let rule =
        json!([{ "protocol": "tcp", "from_port": 5432, "to_port": 5432, "security_groups": ["sg-2"] }]);
    let data =
        || changed("module.database.aws_security_group.this", AWS, &group(json!([])), &group(rule.clone()));
    let mut identity = plan(&[]);
    identity["prior_state"] = json!({ "values": { "root_module": { "child_modules": [{ "resources": [{
        "mode": "managed", "type": "aws_vpc_security_group_ingress_rule",
        "values": { "security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 5432, "to_port": 5432,
            "referenced_security_group_id": "sg-2" },
    }] }] } } });
    let known = vec![looked("data", &[data()]), ("identity".to_owned(), seen(identity, Releases::default()))];
    assert_eq!(shown(&parts(known, Vec::new())), "");
    insta::assert_snapshot!(shown(&parts(vec![looked("data", &[data()])], Vec::new())), @r#"
    data: module.database.aws_security_group.this: changed outside (not known)
      ingress["tcp 5432 from sg-2"]: null -> "there" (not known)
    "#);
    let why = Diagnostic::new("layer `identity`: no credentials");
    let dark = vec![looked("data", &[data()]), ("identity".to_owned(), Seen::Unseen(vec![why]))];
    insta::assert_snapshot!(shown(&parts(dark, Vec::new())), @r"
    error: layer `identity`: no credentials

    error: layer `data`, `module.database.aws_security_group.this`: what is new in `ingress` may be made by layer `identity`
      = note: layer `identity` could not be looked at
      = hint: mend what keeps that layer from being looked at, and run the same command again
    ");
}

/// What the AWS provider found of the demo right after its first apply, against the local AWS: the attributes that were others, and those of the
/// resources that made them so.
#[test]
fn a_platform_that_nobody_touched_has_no_drift() {
    let recorded: BTreeMap<String, Json> = serde_json::from_str(include_str!("untouched.json")).unwrap();
    let looks = |of: &dyn Fn(&Json) -> Json| -> Vec<(String, Seen)> {
        recorded.iter().map(|(layer, plan)| (layer.clone(), seen(of(plan), Releases::default()))).collect()
    };
    let different: Vec<usize> =
        recorded.values().map(|plan| plan["resource_drift"].as_array().map_or(0, Vec::len)).collect();
    assert_eq!(different.iter().sum::<usize>(), 54);
    assert_eq!(shown(&parts(looks(&Json::clone), Vec::new())), "");
    // The same without anybody who made it: somebody must have.
    let alone = |whole: &Json| json!({ "format_version": "1.2", "resource_drift": whole["resource_drift"] });
    let rows: usize = parts(looks(&alone), Vec::new()).iter().map(|part| part.rows.len()).sum();
    assert_eq!(rows, 27);
}

#[test]
fn a_plan_that_cannot_be_understood_is_no_look() {
    let mut half = plan(&[]);
    half["errored"] = json!(true);
    let mut other = plan(&[]);
    other["format_version"] = json!("2.0");
    for json in [json!({}), half, other, json!("text")] {
        let looks = vec![("data".to_owned(), seen(json, Releases::default()))];
        assert_eq!(
            shown(&parts(looks, Vec::new())),
            "error: layer `data`: the plan that was made cannot be understood\n  \
             = note: it is not what `terraform show -json` prints in format 1\n  \
             = hint: use the newest tfy-infra, or a Terraform that it was tested with (README)\n\n"
        );
    }
}
