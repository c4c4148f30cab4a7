use serde_json::json;

use super::*;

fn managed(kind: &str, values: Json) -> Managed {
    Managed { kind: kind.to_owned(), values }
}

fn traces(managed: Vec<Managed>) -> Traces {
    Traces::new(managed, Vec::new())
}

fn group(rules: &Json) -> Json {
    json!({ "id": "sg-1", "ingress": rules })
}

fn https(source: &str) -> Json {
    json!({ "protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": [source], "self": false })
}

#[test]
fn a_rule_that_another_resource_makes_is_its_own() {
    let rule = json!({ "security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 443, "to_port": 443,
        "cidr_ipv4": "10.0.0.0/8" });
    let known = traces(vec![managed("aws_vpc_security_group_ingress_rule", rule)]);
    let (before, after) = (group(&json!([])), group(&json!([https("10.0.0.0/8")])));
    assert_eq!(known.judge("aws_security_group", "ingress", &before, &after), Verdict::Trace);
    assert_eq!(known.judge("aws_security_group", "ingress", &after, &before), Verdict::Trace);
}

#[test]
fn a_rule_that_nobody_makes_is_named() {
    let (before, after) = (group(&json!([])), group(&json!([https("0.0.0.0/0")])));
    let path = "ingress[\"tcp 443 from 0.0.0.0/0\"]".to_owned();
    assert_eq!(
        traces(Vec::new()).judge("aws_security_group", "ingress", &before, &after),
        Verdict::Foreign(vec![(path.clone(), false, true)])
    );
    assert_eq!(
        traces(Vec::new()).judge("aws_security_group", "ingress", &after, &before),
        Verdict::Foreign(vec![(path, true, false)])
    );
    let unknown = Traces::new(Vec::new(), vec!["identity".to_owned()]);
    assert_eq!(
        unknown.judge("aws_security_group", "ingress", &before, &after),
        Verdict::CannotTell("identity".to_owned())
    );
}

#[test]
fn rules_are_known_in_every_form() {
    let all = json!([
        { "protocol": "-1", "from_port": 0, "to_port": 0, "self": true },
        { "protocol": "udp", "from_port": 1, "to_port": 9, "security_groups": ["sg-2"], "ipv6_cidr_blocks": ["::/0"] },
        { "protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["0.0.0.0/0"],
          "description": "elbv2.k8s.aws/targetGroupBinding=shared" },
    ]);
    let others = vec![
        managed(
            "aws_vpc_security_group_ingress_rule",
            json!({ "security_group_id": "sg-1", "ip_protocol": "-1", "referenced_security_group_id": "sg-1" }),
        ),
        managed(
            "aws_security_group_rule",
            json!({ "security_group_id": "sg-1", "protocol": "udp", "from_port": 1, "to_port": 9,
                "source_security_group_id": "210987654321/sg-2", "ipv6_cidr_blocks": ["::/0"] }),
        ),
    ];
    let verdict = traces(others).judge("aws_security_group", "ingress", &group(&json!([])), &group(&all));
    assert_eq!(verdict, Verdict::Trace);
}

#[test]
fn a_policy_that_somebody_attached_is_named() {
    let role = |arns: Json| json!({ "id": "r", "name": "r", "managed_policy_arns": arns });
    let known = traces(vec![managed(
        "aws_iam_role_policy_attachment",
        json!({ "role": "r", "policy_arn": "arn:aws:iam::aws:policy/Ours" }),
    )]);
    let judge =
        |arns: Json| known.judge("aws_iam_role", "managed_policy_arns", &role(json!([])), &role(arns));
    assert_eq!(judge(json!(["arn:aws:iam::aws:policy/Ours"])), Verdict::Trace);
    let path = "managed_policy_arns[\"arn:aws:iam::aws:policy/AdministratorAccess\"]".to_owned();
    assert_eq!(
        judge(json!(["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/Ours"])),
        Verdict::Foreign(vec![(path, false, true)])
    );
}

#[test]
fn what_a_bucket_shows_of_its_policy_is_the_policys() {
    let bucket = |policy: &str| json!({ "id": "b", "bucket": "b", "policy": policy });
    let of = |bucket: &str| traces(vec![managed("aws_s3_bucket_policy", json!({ "bucket": bucket }))]);
    assert_eq!(of("b").judge("aws_s3_bucket", "policy", &bucket(""), &bucket("{}")), Verdict::Trace);
    assert_eq!(of("c").judge("aws_s3_bucket", "policy", &bucket(""), &bucket("{}")), Verdict::Own);
    assert_eq!(of("b").judge("aws_s3_bucket", "tags", &bucket(""), &bucket("{}")), Verdict::Own);
}

#[test]
fn one_attachment_more_than_are_managed_is_none_of_ours() {
    let policy = |count: u64| json!({ "arn": "arn:p", "attachment_count": count });
    let known = traces(vec![managed("aws_iam_role_policy_attachment", json!({ "policy_arn": "arn:p" }))]);
    let judge = |count| known.judge("aws_iam_policy", "attachment_count", &policy(0), &policy(count));
    assert_eq!((judge(1), judge(2)), (Verdict::Trace, Verdict::Own));
}

#[test]
fn a_load_balancer_that_is_not_managed_is_named() {
    let group = |arns: Json| json!({ "arn": "arn:t", "load_balancer_arns": arns });
    let known = traces(vec![managed("aws_lb_listener", json!({ "load_balancer_arn": "arn:ours" }))]);
    let judge =
        |arns| known.judge("aws_lb_target_group", "load_balancer_arns", &group(json!([])), &group(arns));
    assert_eq!(judge(json!(["arn:ours"])), Verdict::Trace);
    let path = "load_balancer_arns[\"arn:other\"]".to_owned();
    assert_eq!(judge(json!(["arn:ours", "arn:other"])), Verdict::Foreign(vec![(path, false, true)]));
}

#[test]
fn a_certificate_that_is_revoked_is_told() {
    let certificate = |status: &str| json!({ "arn": "arn:c", "status": status });
    let validation = managed("aws_acm_certificate_validation", json!({ "certificate_arn": "arn:c" }));
    let known = traces(vec![validation]);
    let judge = |was, is| known.judge("aws_acm_certificate", "status", &certificate(was), &certificate(is));
    assert_eq!(judge("PENDING_VALIDATION", "ISSUED"), Verdict::Trace);
    assert_eq!(judge("ISSUED", "REVOKED"), Verdict::Own);
}

#[test]
fn what_moves_by_itself_is_no_drift() {
    let any = json!({});
    let known = traces(Vec::new());
    assert_eq!(known.judge("aws_db_instance", "latest_restorable_time", &any, &any), Verdict::Trace);
    let object = |version: &str, label: &str| json!({ "metadata": [{ "resource_version": version, "labels": { "a": label } }] });
    let judge =
        |label| known.judge("kubernetes_namespace_v1", "metadata", &object("1", "x"), &object("2", label));
    assert_eq!((judge("x"), judge("y")), (Verdict::Trace, Verdict::Own));
}
