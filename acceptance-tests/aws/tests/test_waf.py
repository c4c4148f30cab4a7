"""WAF: an ACL stays while a load balancer has it."""

import pytest
from botocore.exceptions import ClientError

SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}


def code(call, **arguments):
    with pytest.raises(ClientError) as failed:
        call(**arguments)
    return failed.value.response["Error"]["Code"]


@pytest.fixture
def waf(aws):
    return aws.client("wafv2")


def make(waf, name="acl"):
    group = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}
    rule = {
        "Name": "common",
        "Priority": 1,
        "OverrideAction": {"None": {}},
        "Statement": {"ManagedRuleGroupStatement": group},
        "VisibilityConfig": SEEN,
    }
    made = waf.create_web_acl(
        Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=SEEN, Rules=[rule]
    )
    return made["Summary"]


def delete(waf, acl):
    token = waf.get_web_acl(Name=acl["Name"], Scope="REGIONAL", Id=acl["Id"])["LockToken"]
    return {"Name": acl["Name"], "Scope": "REGIONAL", "Id": acl["Id"], "LockToken": token}


def balancer(aws, network, kind="application"):
    made = aws.client("elbv2").create_load_balancer(
        Name=kind, Type=kind, Scheme="internal", Subnets=network.subnet_ids
    )
    return made["LoadBalancers"][0]["LoadBalancerArn"]


def test_an_acl_in_use_stays(aws, network, waf):
    acl, other, lb = make(waf), make(waf, "other"), balancer(aws, network)
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=lb)
    assert code(waf.delete_web_acl, **delete(waf, acl)) == "WAFAssociatedItemException"
    # Another one takes its place.
    waf.associate_web_acl(WebACLArn=other["ARN"], ResourceArn=lb)
    assert waf.get_web_acl_for_resource(ResourceArn=lb)["WebACL"]["Name"] == "other"
    waf.delete_web_acl(**delete(waf, acl))
    assert code(waf.delete_web_acl, **delete(waf, other)) == "WAFAssociatedItemException"
    # With its load balancer an association goes.
    aws.client("elbv2").delete_load_balancer(LoadBalancerArn=lb)
    waf.delete_web_acl(**delete(waf, other))


def test_only_what_speaks_http_and_is_there_has_an_acl(aws, network, waf):
    acl = make(waf)
    lb = balancer(aws, network, "network")
    assert code(waf.associate_web_acl, WebACLArn=acl["ARN"], ResourceArn=lb) == "WAFInvalidParameterException"
    gone = lb.replace("/net/", "/app/")
    assert code(waf.associate_web_acl, WebACLArn=acl["ARN"], ResourceArn=gone) == "WAFNonexistentItemException"


def test_logs_go_where_their_name_says_so(waf):
    acl = make(waf)

    def settings(group):
        arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
        return {"LoggingConfiguration": {"ResourceArn": acl["ARN"], "LogDestinationConfigs": [arn]}}

    assert code(waf.put_logging_configuration, **settings("shop")) == "WAFInvalidParameterException"
    waf.put_logging_configuration(**settings("aws-waf-logs-shop"))
    waf.delete_web_acl(**delete(waf, acl))
    assert code(waf.get_logging_configuration, ResourceArn=acl["ARN"]) == "WAFNonexistentItemException"
    assert code(waf.put_logging_configuration, **settings("aws-waf-logs-shop")) == "WAFNonexistentItemException"
