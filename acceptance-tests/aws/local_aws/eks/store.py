"""State of EKS in one account and region, and what its operations share."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import BaseResponse
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from .. import kms
from ..errors import AwsError


@dataclass
class Cluster:
    """A cluster with all that lives and dies with it. The dictionaries hold what EKS answers, by name."""

    description: dict[str, Any]
    self_managed_addons: bool
    nodegroups: dict[str, dict[str, Any]] = field(default_factory=dict)
    addons: dict[str, dict[str, Any]] = field(default_factory=dict)
    access_entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    access_policies: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    #: The identifier that each principal of an entry had when it was entered: EKS admits no other of the same name.
    principals: dict[str, str] = field(default_factory=dict)
    associations: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Whether nodes have a network plugin: EKS's own copy, the add-on, or what a preserved add-on left.
    has_network_plugin: bool = False
    updates: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Version updates that are not done yet, by their identifiers: what they are about, and what they change.
    waiting: dict[str, tuple[dict[str, Any], Callable[[], None]]] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Kubernetes minor version of the control plane."""
        return self.description["version"]


class EksBackend(BaseBackend):
    """All clusters of one account in one region."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.clusters: dict[str, Cluster] = {}


eks_backends: BackendDict[EksBackend] = BackendDict(EksBackend, "eks")


def clusters_named(account: str, name: str) -> list[Cluster]:
    """The clusters of that name, in whichever region."""
    return [region.clusters[name] for region in eks_backends[account].values() if name in region.clusters]


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def not_found(message: str) -> AwsError:
    """HTTP 404 of EKS."""
    return AwsError("ResourceNotFoundException", message)


def in_use(message: str) -> AwsError:
    """HTTP 409 of EKS: exists already, or has dependants."""
    return AwsError("ResourceInUseException", message)


def invalid(message: str) -> AwsError:
    """HTTP 400 of EKS."""
    return AwsError("InvalidParameterException", message)


def given(params: dict[str, Any], *names: str) -> dict[str, Any]:
    """Those of the named request members that the caller has set."""
    return {n: params[n] for n in names if params.get(n) is not None}


class EksOperations(BaseResponse):
    """Base of the operation groups: request access, lookups and checks against the other services."""

    def __init__(self) -> None:
        super().__init__(service_name="eks")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> EksBackend:
        """State of the caller's account and region."""
        return eks_backends[self.current_account][self.region]

    @property
    def ec2(self) -> Any:
        """EC2 of the caller's account and region."""
        return ec2_backends[self.current_account][self.region]

    def cluster(self, member: str = "name") -> Cluster:
        """The cluster that the request names in that member, or 404."""
        name = self.arg(member)
        found = self.backend.clusters.get(name)
        if found is None:
            raise not_found(f"No cluster found for name: {name}.")
        return found

    def arg(self, name: str, default: Any = None) -> Any:
        """A request member, from the path, the query or the body."""
        value = self._get_param(name)
        return default if value is None else value

    def arn(self, kind: str, *path: str) -> str:
        """ARN of an EKS object of the caller's account and region."""
        return f"arn:{self.partition}:eks:{self.region}:{self.current_account}:{kind}/{'/'.join(path)}"

    def record_update(self, cluster: Cluster, kind: str, **params: Any) -> dict[str, Any]:
        """Note a finished update. Real updates take minutes; here the first look finds `Successful`, but where `updates` holds it."""
        update = {
            "id": str(uuid.uuid4()),
            "status": "Successful",
            "type": kind,
            "params": [{"type": name, "value": json.dumps(value)} for name, value in params.items()],
            "createdAt": now(),
            "errors": [],
        }
        cluster.updates[update["id"]] = update
        return update

    def role(self, arn: str) -> Any:
        """The IAM role of that ARN, or `None`."""
        roles = iam_backends[self.current_account][self.partition].roles
        return next((r for r in roles.values() if r.arn == arn), None)

    def identity(self, principal: str) -> str | None:
        """The identifier of an IAM role or user, which a new one of the same name does not have."""
        iam = iam_backends[principal.split(":")[4]][self.partition]
        found = (p for p in [*iam.roles.values(), *iam.users.values()] if p.arn == principal)
        return next((p.id for p in found), None)

    def require_role(self, arn: str, service: str) -> None:
        """EKS refuses a role that does not exist or that the service may not assume."""
        role = self.role(arn)
        if role is None or service not in json.dumps(role.assume_role_policy_document):
            raise invalid(
                f"Role with arn: {arn}, could not be assumed because it does not exist "
                f"or the trusted entity is not correct (expected {service})"
            )

    def require_key(self, key: str) -> None:
        """The KMS key must exist and be enabled."""
        if kms.usable(self.current_account, self.region, key) is None:
            raise invalid(f"The keyArn in encryptionConfig provider is not valid: {key}")

    def require_subnets(self, subnet_ids: list[str]) -> list[Any]:
        """The subnets, which must exist and be in one VPC."""
        known = {s.id: s for zone in self.ec2.subnets.values() for s in zone.values()}
        missing = [s for s in subnet_ids if s not in known]
        if missing:
            raise invalid(f"The subnet ID '{missing[0]}' does not exist")
        subnets = [known[s] for s in subnet_ids]
        if len({s.vpc_id for s in subnets}) != 1:
            raise invalid("Subnets specified must be in the same VPC.")
        return subnets
