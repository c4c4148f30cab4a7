"""What calls of Elastic Load Balancing ask: of what is made by name (`loadbalancer/app/NAME/*`), and of where."""

from collections.abc import Iterable
from typing import Any

from moto.elbv2.models import elbv2_backends

from ...calls import Call
from ..asked import Asked, Context, request_tags, resource_tags
from ..dependents import linked_role
from ..derive import Parameters, Place, Resources, Service, Tags, all_of, everything, known, tag_list

#: What a load balancer is called in ARNs.
KINDS = {"application": "app", "network": "net", "gateway": "gwy"}


def _new_balancer(place: Place, p: Parameters) -> list[str]:
    kind = KINDS[p.get("Type") or "application"]
    return [place.arn("elasticloadbalancing", f"loadbalancer/{kind}/{p['Name']}/*")]


def _new_group(place: Place, p: Parameters) -> list[str]:
    return [place.arn("elasticloadbalancing", f"targetgroup/{p['Name']}/*")]


def _new_listener(_: Place, p: Parameters) -> list[str]:
    return [p["LoadBalancerArn"].replace(":loadbalancer/", ":listener/") + "/*"]


def _new_rule(_: Place, p: Parameters) -> list[str]:
    return [p["ListenerArn"].replace(":listener/", ":listener-rule/") + "/*"]


def _member(name: str) -> Resources:
    return lambda _, p: [p[name]]


def _tags(place: Place, arn: str) -> Tags:
    return elbv2_backends[place.account][place.region].tagging_service.get_tag_dict_for_resource(arn)


def _tagged(of: Resources, operation: str) -> Any:
    """Tags in a request are an action of their own, on what is made."""
    said = known(elasticloadbalancing__CreateAction=operation)

    def found(place: Place, p: Parameters) -> list[Asked]:
        tags = tag_list(p.get("Tags"))
        context = request_tags(tags) | resource_tags({}, "elasticloadbalancing") | said
        return [Asked("elasticloadbalancing:AddTags", (arn,), context) for arn in of(place, p)] if tags else []

    return found


def _addresses(place: Place, p: Parameters) -> list[Asked]:
    """A kind of addresses that the request names is asked for like a change of it."""
    if not p.get("IpAddressType"):
        return []
    arns = [p["LoadBalancerArn"]] if p.get("LoadBalancerArn") else _new_balancer(place, p)
    return SERVICE.of(place, "SetIpAddressType", arns, {})


def _balancer_keys(_: Place, p: Parameters) -> Context:
    subnets = p.get("Subnets") or [m["SubnetId"] for m in p.get("SubnetMappings") or []]
    return known(
        elasticloadbalancing__Scheme=p.get("Scheme") or "internet-facing",
        elasticloadbalancing__SecurityGroup=p.get("SecurityGroups"),
        elasticloadbalancing__Subnet=subnets,
    )


def _listener_keys(_: Place, p: Parameters) -> Context:
    return known(
        elasticloadbalancing__ListenerProtocol=p.get("Protocol"),
        elasticloadbalancing__SecurityPolicy=p.get("SslPolicy"),
    )


READS = {
    "DescribeAccountLimits", "DescribeCapacityReservation", "DescribeListenerAttributes",
    "DescribeListenerCertificates", "DescribeListeners", "DescribeLoadBalancerAttributes", "DescribeLoadBalancers",
    "DescribeRules", "DescribeSSLPolicies", "DescribeTags", "DescribeTargetGroupAttributes", "DescribeTargetGroups",
    "DescribeTargetHealth", "DescribeTrustStores",
}  # fmt: skip
OF_BALANCER = {
    "CreateListener", "DeleteLoadBalancer", "ModifyCapacityReservation", "ModifyLoadBalancerAttributes",
    "SetIpAddressType", "SetSecurityGroups", "SetSubnets",
}  # fmt: skip
OF_LISTENER = {
    "AddListenerCertificates", "CreateRule", "DeleteListener", "ModifyListener", "ModifyListenerAttributes",
    "RemoveListenerCertificates",
}  # fmt: skip
OF_GROUP = {
    "DeleteTargetGroup", "DeregisterTargets", "ModifyTargetGroup", "ModifyTargetGroupAttributes", "RegisterTargets",
}  # fmt: skip

SERVICE = Service(
    "elasticloadbalancing",
    {
        **dict.fromkeys(READS, everything),
        **dict.fromkeys(OF_BALANCER, _member("LoadBalancerArn")),
        **dict.fromkeys(OF_LISTENER, _member("ListenerArn")),
        **dict.fromkeys(OF_GROUP, _member("TargetGroupArn")),
        **dict.fromkeys(("AddTags", "RemoveTags"), lambda _, p: p["ResourceArns"]),
        **dict.fromkeys(("DeleteRule", "ModifyRule"), _member("RuleArn")),
        "CreateLoadBalancer": _new_balancer,
        "CreateTargetGroup": _new_group,
        "SetRulePriorities": lambda _, p: [r["RuleArn"] for r in p["RulePriorities"]],
    },
    tags=_tags,
    own_tags=("elasticloadbalancing",),
    keys={
        "AddTags": lambda _, __: known(elasticloadbalancing__CreateAction=None),
        "CreateListener": _listener_keys,
        "CreateLoadBalancer": _balancer_keys,
        "ModifyListener": _listener_keys,
        "SetSecurityGroups": lambda _, p: known(elasticloadbalancing__SecurityGroup=p.get("SecurityGroups")),
        "SetSubnets": lambda _, p: {"elasticloadbalancing:subnet": _balancer_keys(_, p)["elasticloadbalancing:subnet"]},
    },
    more={
        "CreateListener": _tagged(_new_listener, "CreateListener"),
        "CreateLoadBalancer": all_of(
            _tagged(_new_balancer, "CreateLoadBalancer"),
            _addresses,
            lambda place, _: linked_role(place, "elasticloadbalancing.amazonaws.com"),
        ),
        "CreateRule": _tagged(_new_rule, "CreateRule"),
        "CreateTargetGroup": _tagged(_new_group, "CreateTargetGroup"),
        "SetSubnets": _addresses,
    },
)


def beside(place: Place, arn: str, actions: Iterable[str]) -> list[Asked]:
    """Actions on a load balancer that another service asks for."""
    return [one for action in actions for one in SERVICE.of(place, action, [arn], {})]


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
