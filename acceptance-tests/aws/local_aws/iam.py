"""IAM: policy simulation, which moto lacks, service-linked roles by their names, and a quicker start.

Only identity policies, permissions boundaries and the common condition operators are evaluated; resource policies and
organisation policies are not.
"""

import fnmatch
import functools
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import moto.iam.urls
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource
from moto.core.responses import ActionResult, EmptyResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, ManagedPolicy, Role
from moto.iam.responses import IamResponse as MotoIamResponse

from . import account
from .errors import AwsError
from .iam_sizes import SizesMixin
from .pages import page

Statement = dict[str, Any]

#: Service => the name of its service-linked role behind `AWSServiceRoleFor`.
LINKED_ROLES = {
    "autoscaling.amazonaws.com": "AutoScaling",
    "backup.amazonaws.com": "Backup",
    "eks-nodegroup.amazonaws.com": "AmazonEKSNodegroup",
    "eks.amazonaws.com": "AmazonEKS",
    "elasticfilesystem.amazonaws.com": "AmazonElasticFileSystem",
    "elasticloadbalancing.amazonaws.com": "ElasticLoadBalancing",
    "inspector2.amazonaws.com": "AmazonInspector2",
    "pullthroughcache.ecr.amazonaws.com": "ECRPullThroughCache",
    "rds.amazonaws.com": "RDS",
    "spot.amazonaws.com": "EC2Spot",
}
#: So many results a page of a simulation has, unless another number is asked for.
RESULTS = 100


class IamBackend(SizesMixin, TaggableResourcesMixin):
    """State of IAM. The 1,500 policies of AWS are read once, not with every reset.

    moto's index of tags knows nothing of IAM. The real one has instance profiles, in one region of a partition; here every region has them.
    """

    _url_module = moto.iam.urls
    SERVICE_NAMESPACE = "iam"

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Instance profiles with their tags."""
        for profile in self.instance_profiles.values():
            tags = {tag["Key"]: tag["Value"] for tag in profile.tags}
            yield TaggedResource(arn=profile.arn, tags=tags, resource_type="iam:instance-profile")

    def _init_aws_policies(self) -> list[ManagedPolicy]:
        data = managed_policies().items()
        return [AWSManagedPolicy.from_data(name, self.account_id, self.region_name, policy) for name, policy in data]

    def create_service_linked_role(self, service_name: str, description: str, suffix: str) -> Role:
        """moto makes names up for the services that it does not know, and makes the same role twice."""
        name = LINKED_ROLES.get(service_name)
        if name is None or suffix:
            return super().create_service_linked_role(service_name, description, suffix)
        name = f"AWSServiceRoleFor{name}"
        if any(role.name == name for role in self.roles.values()):
            message = f"Service role name {name} has been taken in this account, please try a different suffix."
            raise AwsError("InvalidInput", message)
        allow = {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": [service_name]}}
        return self.create_role(
            name,
            json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
            f"/aws-service-role/{service_name}/",
            permissions_boundary=None,
            description=description,
            tags=[],
            max_session_duration="3600",
            linked_service=service_name,
        )


@functools.cache
def managed_policies() -> dict[str, Any]:
    """The managed policies of AWS, by name, as moto brings them along."""
    return json.loads(aws_managed_policies_data)


class IamResponse(MotoIamResponse):
    """moto's IAM with `SimulatePrincipalPolicy` and `SimulateCustomPolicy`."""

    def update_role(self) -> ActionResult:
        """What is not named stays as it is; moto takes it away."""
        role, p = self.backend.get_role(self.params["RoleName"]), self.params
        role.description = p.get("Description") if p.get("Description") is not None else role.description
        role.max_session_duration = p.get("MaxSessionDuration") or role.max_session_duration
        return EmptyResult()

    def simulate_principal_policy(self) -> ActionResult:
        """What a user, group or role may do. A caller that IAM does not hold is an administrator here."""
        p = self.params
        documents, boundaries = self._policies_of(p["PolicySourceArn"])
        boundaries += p.get("PermissionsBoundaryPolicyInputList") or []
        return self._simulate(documents + (p.get("PolicyInputList") or []), boundaries)

    def simulate_custom_policy(self) -> ActionResult:
        """What the given policies allow."""
        p = self.params
        return self._simulate(p["PolicyInputList"], p.get("PermissionsBoundaryPolicyInputList") or [])

    def _simulate(self, documents: list[Any], boundaries: list[Any]) -> ActionResult:
        p = self.params
        context = {e["ContextKeyName"].lower(): e.get("ContextKeyValues") or [] for e in p.get("ContextEntries") or []}
        results = []
        for action in p["ActionNames"]:
            for resource in p.get("ResourceArns") or ["*"]:
                missing: set[str] = set()
                decision = decide(documents, action, resource, context, missing)
                if boundaries and decision == "allowed":
                    decision = decide(boundaries, action, resource, context, missing)
                if account.denies(action) and decision == "allowed":
                    decision = "implicitDeny"
                result = {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision}
                results.append({**result, "MatchedStatements": [], "MissingContextValues": sorted(missing)})
        refusal = ("ValidationError", "The marker is not valid.")
        results, marker = page(results, p.get("Marker"), p.get("MaxItems"), RESULTS, refusal)
        following = {"Marker": marker} if marker else {}
        return ActionResult({"EvaluationResults": results, "IsTruncated": marker is not None, **following})

    def _policies_of(self, arn: str) -> tuple[list[Any], list[Any]]:
        """Identity policies and boundaries of a principal."""
        parts = arn.split(":", 5)
        if len(parts) < 6 or parts[2] != "iam" or "/" not in parts[5]:
            # Of a session, it is the role that is asked about.
            raise AwsError("InvalidInput", f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
        owner, path = parts[4:]
        kind, name = path.split("/")[0], path.split("/")[-1]
        holders = {"role": self.backend.roles, "user": self.backend.users, "group": self.backend.groups}
        found = [h for h in holders.get(kind, {}).values() if h.name == name]
        if not found:
            if kind == "role" or owner != self.current_account:
                raise AwsError("NoSuchEntity", f"{arn} cannot be found.")
            return [ADMINISTRATOR], []
        boundary = (getattr(found[0], "permissions_boundary", None) or {}).get("PermissionsBoundaryArn")
        return documents_of(found[0]), [_document(self.backend.managed_policies[boundary])] if boundary else []


ADMINISTRATOR = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def documents_of(holder: Any) -> list[Any]:
    """The identity policies of a user, group or role: its own and those that are attached."""
    inline = holder.policies.values() if isinstance(holder.policies, dict) else holder.policies
    documents = [p["policy_document"] if isinstance(p, dict) else getattr(p, "policy_document", p) for p in inline]
    return documents + [_document(policy) for policy in holder.managed_policies.values()]


def decide(
    documents: Iterable[Any], action: str, resource: str, context: dict[str, list[str]], missing: set[str]
) -> str:
    """`allowed`, `explicitDeny` or `implicitDeny`. Adds the context keys that conditions wanted to `missing`."""
    decision = "implicitDeny"
    for statement in _statements(documents):
        if not (_applies(statement, "Action", action, True) and _applies(statement, "Resource", resource, False)):
            continue
        if not _conditions_hold(statement.get("Condition") or {}, context, missing):
            continue
        if statement["Effect"] == "Deny":
            return "explicitDeny"
        decision = "allowed"
    return decision


def _document(policy: Any) -> Any:
    return next(v.document for v in policy.versions if v.version_id == policy.default_version_id)


def _statements(documents: Iterable[Any]) -> Iterable[Statement]:
    for document in documents:
        parsed = json.loads(document) if isinstance(document, str) else document
        yield from _list(parsed["Statement"])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(pattern: str, value: str, any_case: bool) -> bool:
    if any_case:
        pattern, value = pattern.lower(), value.lower()
    return value == "*" or re.fullmatch(fnmatch.translate(pattern.replace("[", "[[]")), value) is not None


def _applies(statement: Statement, member: str, value: str, any_case: bool) -> bool:
    if f"Not{member}" in statement:
        return not any(_matches(p, value, any_case) for p in _list(statement[f"Not{member}"]))
    return any(_matches(p, value, any_case) for p in _list(statement.get(member, [])))


def _conditions_hold(conditions: dict[str, Any], context: dict[str, list[str]], missing: set[str]) -> bool:
    holds = True
    for operator, wanted in conditions.items():
        for key, values in wanted.items():
            given = context.get(key.lower())
            if given is None and not operator.endswith("IfExists") and operator != "Null":
                missing.add(key)
            holds = _condition_holds(operator, [str(v) for v in _list(values)], given) and holds
    return holds


def _condition_holds(operator: str, wanted: list[str], given: list[str] | None) -> bool:
    if operator == "Null":
        return (given is None) == (wanted[0].lower() == "true")
    operator = operator.rsplit(":", maxsplit=1)[-1]
    if given is None:
        return operator.endswith("IfExists") or operator.startswith(("StringNot", "ArnNot"))
    base = operator.removesuffix("IfExists")
    if base not in OPERATORS:
        raise AwsError("InvalidInput", f"The simulation does not know the condition operator {operator}")
    negated, any_case = base.startswith(("StringNot", "ArnNot")), base.endswith("IgnoreCase") or base == "Bool"
    found = any(_matches(w, g, any_case) for w in wanted for g in given)
    return not found if negated else found


OPERATORS = {
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Bool",
}
