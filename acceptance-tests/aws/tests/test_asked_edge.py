"""What calls of Elastic Load Balancing, WAF and ACM ask of IAM."""

import pytest
from asking import arn, context, fresh, pairs, pairs_of


@pytest.fixture
def here():
    return fresh()


@pytest.fixture
def balancer(here):
    """A load balancer `acme` with a target group."""
    ec2, elb = here.client("ec2"), here.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZoneId=f"use1-az{n}")["Subnet"]["SubnetId"]
        for n in (1, 2)
    ]
    made = elb.create_load_balancer(Name="acme", Subnets=subnets, Scheme="internal", Tags=pairs_of(platform="acme"))
    group = elb.create_target_group(Name="acme", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]
    return made["LoadBalancers"][0]["LoadBalancerArn"], group["TargetGroupArn"]


def test_a_load_balancer_is_asked_of_its_name(here):
    more = {"Name": "acme", "Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "Scheme": "internal"}
    found = here.asked("elbv2", "create_load_balancer", **more, IpAddressType="ipv4", Tags=pairs_of(platform="acme"))
    role = "role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing"
    assert pairs(found) == [
        "elasticloadbalancing:CreateLoadBalancer loadbalancer/app/acme/*",
        "elasticloadbalancing:AddTags loadbalancer/app/acme/*",
        "elasticloadbalancing:SetIpAddressType loadbalancer/app/acme/*",
        f"iam:CreateServiceLinkedRole {role}",
    ]
    said = context(found, "elasticloadbalancing:CreateLoadBalancer loadbalancer/app/acme/*")
    assert said["elasticloadbalancing:subnet"] == ["subnet-1"]
    assert said["elasticloadbalancing:securitygroup"] == ["sg-1"]
    assert said["elasticloadbalancing:scheme"] == ["internal"]
    tagged = context(found, "elasticloadbalancing:AddTags loadbalancer/app/acme/*")
    assert tagged["elasticloadbalancing:createaction"] == ["CreateLoadBalancer"]


def test_listeners_and_rules_are_asked_of_what_they_are_put_into(here, balancer):
    load_balancer, group = balancer
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    more = {"LoadBalancerArn": load_balancer, "Protocol": "HTTP", "Port": 80, "DefaultActions": forward}
    found = here.asked("elbv2", "create_listener", **more, Tags=pairs_of(platform="acme"))
    path = load_balancer.split(":loadbalancer/")[1]
    assert pairs(found) == [
        f"elasticloadbalancing:CreateListener loadbalancer/{path}",
        f"elasticloadbalancing:AddTags listener/{path}/*",
    ]
    said = context(found, f"elasticloadbalancing:CreateListener loadbalancer/{path}")
    assert (said["aws:resourcetag/platform"], said["elasticloadbalancing:listenerprotocol"]) == (["acme"], ["HTTP"])
    listener = here.client("elbv2").create_listener(**more)["Listeners"][0]["ListenerArn"]
    where = [{"Field": "path-pattern", "Values": ["/a"]}]
    asked = here.pairs(
        "elbv2",
        "create_rule",
        ListenerArn=listener,
        Priority=1,
        Conditions=where,
        Actions=forward,
        Tags=pairs_of(a="b"),
    )
    path = listener.split(":listener/")[1]
    assert asked == [
        f"elasticloadbalancing:CreateRule listener/{path}",
        f"elasticloadbalancing:AddTags listener-rule/{path}/*",
    ]
    [one] = here.asked("elbv2", "delete_load_balancer", LoadBalancerArn=load_balancer)
    assert one.context["elasticloadbalancing:resourcetag/platform"] == ["acme"]


def rules(statement):
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "a"}
    return [
        {"Name": "a", "Priority": 1, "Statement": statement, "OverrideAction": {"None": {}}, "VisibilityConfig": seen}
    ]


def acl(here, **more):
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "a"}
    return {"Name": "acme", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": seen, **more}


def test_an_acl_with_rules_of_aws_is_asked_of_those(here):
    managed = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}}
    found = here.asked("wafv2", "create_web_acl", **acl(here, Rules=rules(managed), Tags=pairs_of(platform="acme")))
    assert pairs(found) == [
        "wafv2:CreateWebACL regional/webacl/acme/*",
        "wafv2:CreateWebACL regional/managedruleset/*/*",
        "wafv2:TagResource regional/webacl/acme/*",
    ]
    inner = {"NotStatement": {"Statement": {"IPSetReferenceStatement": {"ARN": arn("wafv2", "regional/ipset/a/1")}}}}
    asked = here.pairs("wafv2", "create_web_acl", **acl(here, Rules=rules(inner)))
    assert asked == ["wafv2:CreateWebACL regional/webacl/acme/*", "wafv2:CreateWebACL regional/ipset/a/1"]


def test_an_acl_is_associated_with_both(here, balancer):
    load_balancer, _ = balancer
    made = here.client("wafv2").create_web_acl(**acl(here, Tags=pairs_of(platform="acme")))["Summary"]
    path = load_balancer.split(":", 5)[5]
    found = here.asked("wafv2", "associate_web_acl", WebACLArn=made["ARN"], ResourceArn=load_balancer)
    assert pairs(found) == [
        f"wafv2:AssociateWebACL regional/webacl/acme/{made['Id']}",
        f"wafv2:AssociateWebACL {path}",
        "elasticloadbalancing:SetWebAcl *",
        f"elasticloadbalancing:CreateWebACLAssociation {path}",
    ]
    assert context(found, f"wafv2:AssociateWebACL regional/webacl/acme/{made['Id']}") == {
        "aws:resourcetag/platform": ["acme"]
    }
    assert here.pairs("wafv2", "get_web_acl_for_resource", ResourceArn=load_balancer)[0].endswith("webacl/*/*")
    here.client("wafv2").associate_web_acl(WebACLArn=made["ARN"], ResourceArn=load_balancer)
    assert here.pairs("wafv2", "get_web_acl_for_resource", ResourceArn=load_balancer) == [
        f"wafv2:GetWebACLForResource regional/webacl/acme/{made['Id']}",
        f"wafv2:GetWebACLForResource {path}",
        f"wafv2:GetWebACL regional/webacl/acme/{made['Id']}",
        f"elasticloadbalancing:GetLoadBalancerWebACL {path}",
    ]
    assert here.pairs("wafv2", "disassociate_web_acl", ResourceArn=load_balancer) == [
        f"wafv2:DisassociateWebACL {path}",
        "elasticloadbalancing:SetWebAcl *",
        f"elasticloadbalancing:DeleteWebACLAssociation {path}",
    ]


def test_logs_of_an_acl_are_a_delivery(here):
    made = here.client("wafv2").create_web_acl(**acl(here))["Summary"]
    log = {"ResourceArn": made["ARN"], "LogDestinationConfigs": [arn("logs", "log-group:aws-waf-logs-acme")]}
    asked = here.pairs("wafv2", "put_logging_configuration", LoggingConfiguration=log)
    assert asked == [
        f"wafv2:PutLoggingConfiguration regional/webacl/acme/{made['Id']}",
        "iam:CreateServiceLinkedRole role/aws-service-role/wafv2.amazonaws.com/AWSServiceRoleForWAFV2Logging",
        "logs:CreateLogDelivery *",
        "logs:DescribeLogGroups *",
        "logs:DescribeResourcePolicies *",
        "logs:PutResourcePolicy *",
    ]
    here.client("wafv2").put_logging_configuration(LoggingConfiguration=log)
    asked = here.pairs("wafv2", "delete_logging_configuration", ResourceArn=made["ARN"])
    assert asked[1:] == ["logs:DeleteLogDelivery *"]


def test_a_certificate_is_any_until_it_is_there(here):
    more = {"DomainName": "a.example", "SubjectAlternativeNames": ["*.a.example"], "ValidationMethod": "DNS"}
    found = here.asked("acm", "request_certificate", **more, Tags=pairs_of(platform="acme"))
    assert pairs(found) == ["acm:RequestCertificate certificate/*", "acm:AddTagsToCertificate certificate/*"]
    said = context(found, "acm:RequestCertificate certificate/*")
    assert (said["acm:domainnames"], said["acm:validationmethod"]) == (["a.example", "*.a.example"], ["DNS"])
    made = here.client("acm").request_certificate(**more, Tags=pairs_of(platform="acme"))["CertificateArn"]
    [one] = here.asked("acm", "delete_certificate", CertificateArn=made)
    assert (one.resources, one.context["aws:resourcetag/platform"]) == ((made,), ["acme"])
