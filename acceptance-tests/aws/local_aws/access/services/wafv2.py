"""What calls of WAF ask: of the ACL, of the rule sets that it uses, and of what it protects."""

from typing import Any

from moto.wafv2.models import wafv2_backends

from ...calls import Call
from ..asked import Asked, Context
from ..dependents import linked_role
from ..derive import EVERYTHING, More, Parameters, Place, Service, Tags, everything, known
from . import elasticloadbalancing


def _state(place: Place) -> Any:
    return wafv2_backends[place.account][place.region]


def _scope(p: Parameters) -> str:
    return "global" if p.get("Scope") == "CLOUDFRONT" else "regional"


def _acl(place: Place, p: Parameters) -> list[str]:
    """The ACL of the request; a new one has no identifier."""
    if p.get("ARN") or p.get("WebACLArn"):
        return [p.get("ARN") or p["WebACLArn"]]
    return [place.arn("wafv2", f"{_scope(p)}/webacl/{p['Name']}/{p.get('Id') or '*'}")]


def _with_rules(place: Place, p: Parameters) -> list[str]:
    """Beside the ACL its rules: those of AWS as the account's own, any of them, as WAF says when it refuses."""
    statements = [_inner(rule.get("Statement") or {}) for rule in p.get("Rules") or []]
    managed = any("ManagedRuleGroupStatement" in s for s in statements)
    members = ("RuleGroupReferenceStatement", "IPSetReferenceStatement", "RegexPatternSetReferenceStatement")
    named = [s[m]["ARN"] for s in statements for m in members if m in s]
    return [*_acl(place, p), *([place.arn("wafv2", f"{_scope(p)}/managedruleset/*/*")] if managed else []), *named]


def _inner(statement: dict[str, Any]) -> dict[str, Any]:
    """All statements within one, as one."""
    found = dict(statement)
    for member in statement.values():
        nested = member.get("Statements") or [member.get("Statement") or member.get("ScopeDownStatement")]
        for inner in nested:
            found |= _inner(inner) if inner else {}
    return found


def _both(_: Place, p: Parameters) -> list[str]:
    return [p["WebACLArn"], p["ResourceArn"]]


def _acl_of(place: Place, p: Parameters) -> list[str]:
    """The ACL that something has, or any."""
    found = _state(place).get_web_acl_for_resource(p["ResourceArn"])
    return [found.arn if found else place.arn("wafv2", "regional/webacl/*/*")]


def _resource(_: Place, p: Parameters) -> list[str]:
    return [p.get("ResourceArn") or p["ResourceARN"]]


def _of_log(_: Place, p: Parameters) -> list[str]:
    return [p["LoggingConfiguration"]["ResourceArn"]]


def _tags(place: Place, arn: str) -> Tags:
    return _state(place).tagging_service.get_tag_dict_for_resource(arn) if ":wafv2:" in arn else {}


def _tag(place: Place, p: Parameters) -> list[Asked]:
    return SERVICE.of(place, "TagResource", _acl(place, p), p) if p.get("Tags") else []


def _of_balancer(place: Place, p: Parameters, *actions: str) -> list[Asked]:
    """The service of what is protected is asked as well."""
    arn = p["ResourceArn"]
    return elasticloadbalancing.beside(place, arn, actions) if ":loadbalancer/app/" in arn else []


def _set_acl(action: str) -> More:
    """`SetWebAcl` knows no resource, what has come to it since does."""
    everything = Asked("elasticloadbalancing:SetWebAcl", EVERYTHING, {})
    return lambda place, p: [everything, *found] if (found := _of_balancer(place, p, action)) else []


def _destinations(place: Place, p: Parameters) -> list[str]:
    if "LoggingConfiguration" in p:
        return p["LoggingConfiguration"]["LogDestinationConfigs"]
    found = _state(place).logging_configurations.get(p["ResourceArn"])
    return found.log_destination_configs if found else []


def _log(place: Place, p: Parameters) -> list[Asked]:
    """What publishing to a log group or a bucket takes (WAF guide)."""
    found = list(linked_role(place, "wafv2.amazonaws.com"))
    for destination in _destinations(place, p):
        service = destination.split(":")[2]
        if service == "logs":
            actions = ("CreateLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies", "PutResourcePolicy")
            found += [Asked(f"logs:{a}", EVERYTHING, {}) for a in actions]
        elif service == "s3":
            found.append(Asked("logs:CreateLogDelivery", EVERYTHING, {}))
            found += [
                Asked(f"s3:{a}", (destination.split("/")[0],), {}) for a in ("GetBucketPolicy", "PutBucketPolicy")
            ]
    return found


def _no_log(place: Place, p: Parameters) -> list[Asked]:
    delivered = any(d.split(":")[2] in ("logs", "s3") for d in _destinations(place, p))
    return [Asked("logs:DeleteLogDelivery", EVERYTHING, {})] if delivered else []


def _log_keys(place: Place, p: Parameters) -> Context:
    said = p.get("LoggingConfiguration") or p
    scope = known(wafv2__LogScope=said.get("LogScope") or "CUSTOMER")
    return scope | known(wafv2__LogDestinationResource=said.get("LogDestinationConfigs"))


READS = {
    "CheckCapacity", "DescribeManagedRuleGroup", "ListAvailableManagedRuleGroupVersions",
    "ListAvailableManagedRuleGroups", "ListIPSets", "ListLoggingConfigurations", "ListRuleGroups", "ListWebACLs",
}  # fmt: skip

SERVICE = Service(
    "wafv2",
    {
        **dict.fromkeys(READS, everything),
        **dict.fromkeys(("CreateWebACL", "UpdateWebACL"), _with_rules),
        **dict.fromkeys(("DeleteWebACL", "GetWebACL", "ListResourcesForWebACL"), _acl),
        **dict.fromkeys(
            (
                "DeleteLoggingConfiguration", "DisassociateWebACL", "GetLoggingConfiguration", "ListTagsForResource",
                "TagResource", "UntagResource",
            ),
            _resource,
        ),
        "AssociateWebACL": _both,
        "GetWebACLForResource": lambda place, p: [*_acl_of(place, p), p["ResourceArn"]],
        "PutLoggingConfiguration": _of_log,
    },
    tags=_tags,
    keys=dict.fromkeys(
        (
            "DeleteLoggingConfiguration", "GetLoggingConfiguration", "ListLoggingConfigurations",
            "PutLoggingConfiguration",
        ),
        _log_keys,
    ),
    more={
        "AssociateWebACL": _set_acl("CreateWebACLAssociation"),
        "CreateWebACL": _tag,
        "DeleteLoggingConfiguration": _no_log,
        "DisassociateWebACL": _set_acl("DeleteWebACLAssociation"),
        "GetWebACLForResource": lambda place, p: [
            *SERVICE.of(place, "GetWebACL", _acl_of(place, p), {}),
            *_of_balancer(place, p, "GetLoadBalancerWebACL"),
        ],
        "PutLoggingConfiguration": _log,
    },
)  # fmt: skip


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
