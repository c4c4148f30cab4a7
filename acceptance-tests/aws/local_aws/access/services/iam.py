"""What calls of IAM ask: of roles, policies, profiles, providers, users and groups, by their paths, tags and
boundaries.

`iam:PermissionsBoundary` is the boundary that a call sets, and of every other call the one that the role or user has.
"""

from collections.abc import Iterable
from typing import Any

from moto.iam.models import iam_backends

from ... import sts
from ...calls import Call
from ..asked import Asked, Context, NotModelled
from ..dependents import NAMES, pass_role
from ..derive import Parameters, Place, Service, Tags, everything, known, place_of, tag_list, texts

ROLE = {
    *(
        "AttachRolePolicy",
        "CreateRole",
        "DeleteRole",
        "DeleteRolePermissionsBoundary",
        "DeleteRolePolicy",
        "DetachRolePolicy",
    ),
    *(
        "GetRole",
        "GetRolePolicy",
        "ListAttachedRolePolicies",
        "ListInstanceProfilesForRole",
        "ListRolePolicies",
        "ListRoleTags",
    ),
    *("PutRolePermissionsBoundary", "PutRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole"),
    "UpdateRoleDescription",
}
USER = {
    *(
        "AttachUserPolicy",
        "CreateAccessKey",
        "CreateUser",
        "DeleteAccessKey",
        "DeleteUser",
        "DeleteUserPolicy",
        "DetachUserPolicy",
    ),
    *(
        "GetUser",
        "GetUserPolicy",
        "ListAccessKeys",
        "ListAttachedUserPolicies",
        "ListGroupsForUser",
        "ListUserPolicies",
    ),
    *("ListUserTags", "PutUserPolicy", "TagUser", "UntagUser", "UpdateAccessKey", "UpdateUser", "UpdateLoginProfile"),
    *("CreateLoginProfile", "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary"),
}
GROUP = {
    *(
        "AddUserToGroup",
        "AttachGroupPolicy",
        "CreateGroup",
        "DeleteGroup",
        "DeleteGroupPolicy",
        "DetachGroupPolicy",
        "GetGroup",
    ),
    *("GetGroupPolicy", "ListAttachedGroupPolicies", "ListGroupPolicies", "PutGroupPolicy", "RemoveUserFromGroup"),
}
POLICY = {
    *("CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "GetPolicy", "GetPolicyVersion"),
    *(
        "ListEntitiesForPolicy",
        "ListPolicyTags",
        "ListPolicyVersions",
        "SetDefaultPolicyVersion",
        "TagPolicy",
        "UntagPolicy",
    ),
}
PROFILE = {
    *("AddRoleToInstanceProfile", "CreateInstanceProfile", "DeleteInstanceProfile", "GetInstanceProfile"),
    *("ListInstanceProfileTags", "RemoveRoleFromInstanceProfile", "TagInstanceProfile", "UntagInstanceProfile"),
}
PROVIDER = {
    *("AddClientIDToOpenIDConnectProvider", "CreateOpenIDConnectProvider", "DeleteOpenIDConnectProvider"),
    *("GetOpenIDConnectProvider", "ListOpenIDConnectProviderTags", "RemoveClientIDFromOpenIDConnectProvider"),
    *("TagOpenIDConnectProvider", "UntagOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint"),
}
#: What lists things of the whole account, or asks of it.
ALL = {
    *(
        "GetAccountAuthorizationDetails",
        "GetAccountSummary",
        "ListAccountAliases",
        "ListPolicies",
        "ListRoles",
        "ListUsers",
    ),
    *("ListGroups", "ListInstanceProfiles", "ListOpenIDConnectProviders", "SimulateCustomPolicy"),
}
#: What a call of another name than its action takes when it tags what it makes.
TAGGING = {
    "CreateInstanceProfile": "TagInstanceProfile",
    "CreateOpenIDConnectProvider": "TagOpenIDConnectProvider",
    "CreatePolicy": "TagPolicy",
    "CreateRole": "TagRole",
    "CreateUser": "TagUser",
}
SETS_BOUNDARY = {"CreateRole", "CreateUser", "PutRolePermissionsBoundary", "PutUserPermissionsBoundary"}


def linked_role(place: Place, service: str, suffix: str = "") -> str:
    """ARN of the role that a service has for itself."""
    name = f"AWSServiceRoleFor{NAMES.get(service, service.partition('.')[0])}{'_' if suffix else ''}{suffix}"
    return place.iam(f"role/aws-service-role/{service}/{name}")


def things(place: Place, kind: str) -> Iterable[Any]:
    """All of a kind that IAM has."""
    backend = iam_backends[place.account][place.partition]
    return {
        "role": backend.roles,
        "user": backend.users,
        "group": backend.groups,
        "policy": backend.managed_policies,
        "instance-profile": backend.instance_profiles,
        "oidc-provider": backend.open_id_providers,
    }[kind].values()


def find(place: Place, arn: str) -> Any:
    """What is called so; `None` when there is nothing yet."""
    kind = arn.split(":", 5)[5].partition("/")[0]
    return next((thing for thing in things(place, kind) if thing.arn == arn), None)


def named(place: Place, kind: str, name: str, path: str | None = None) -> str:
    """The ARN of a thing by its name: with its path, or where there is none yet, with the one that is asked for."""
    found = next((thing for thing in things(place, kind) if thing.name == name), None)
    return found.arn if found is not None and path is None else place.iam(f"{kind}{path or '/'}{name}")


def _one(kind: str, member: str) -> Any:
    def arns(place: Place, p: Parameters) -> list[str]:
        return [named(place, kind, p[member], p.get("Path"))]

    return arns


def _policy(place: Place, p: Parameters) -> list[str]:
    return [p["PolicyArn"]] if "PolicyArn" in p else [place.iam(f"policy{p.get('Path') or '/'}{p['PolicyName']}")]


def _provider(place: Place, p: Parameters) -> list[str]:
    given = p.get("OpenIDConnectProviderArn")
    return [given or place.iam(f"oidc-provider/{p['Url'].removeprefix('https://')}")]


def _oneself(call: Call) -> str:
    """The user who calls, and names nobody."""
    caller = sts.find(call.key, call.region)
    if caller is None or caller.session:
        raise NotModelled(f"of which user iam:{call.operation} is")
    return caller.principal.rpartition("/")[2]


def _user(place: Place, p: Parameters) -> list[str]:
    return [named(place, "user", p["UserName"], p.get("Path") if "NewPath" not in p else None)]


def _linked(place: Place, p: Parameters) -> list[str]:
    return [linked_role(place, p["AWSServiceName"], p.get("CustomSuffix") or "")]


def _tags(place: Place, arn: str) -> Tags:
    if arn == "*" or arn.split(":")[4] != place.account:
        return {}
    found = getattr(find(place, arn), "tags", None) or []
    # Of policies and providers moto keeps them by key.
    return tag_list(found.values() if isinstance(found, dict) else found)


def _keys_of(place: Place, arn: str) -> Context:
    boundary = (
        getattr(find(place, arn), "permissions_boundary_arn", None) if ":role/" in arn or ":user/" in arn else None
    )
    return {"iam:permissionsboundary": texts(boundary)}


SERVICE = Service(
    "iam",
    resources={
        **dict.fromkeys(ROLE, _one("role", "RoleName")),
        **dict.fromkeys(USER, _user),
        **dict.fromkeys(GROUP, _one("group", "GroupName")),
        **dict.fromkeys(POLICY, _policy),
        **dict.fromkeys(PROFILE, _one("instance-profile", "InstanceProfileName")),
        **dict.fromkeys(PROVIDER, _provider),
        **dict.fromkeys(ALL, everything),
        "CreateServiceLinkedRole": _linked,
        "DeleteServiceLinkedRole": _one("role", "RoleName"),
        "SimulatePrincipalPolicy": lambda _, p: [p["PolicySourceArn"]],
    },
    tags=_tags,
    own_tags=("iam",),
    keys={
        **{
            name: lambda _, p: known(iam__PolicyARN=p.get("PolicyArn"))
            for name in ROLE | USER | GROUP
            if "Policy" in name
        },
        "CreateServiceLinkedRole": lambda _, p: known(iam__AWSServiceName=p["AWSServiceName"]),
    },
    keys_of=_keys_of,
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks."""
    if call.operation in USER and "UserName" not in parameters:
        parameters = parameters | {"UserName": _oneself(call)}
    found = SERVICE.asked(call, parameters)
    if call.operation in SETS_BOUNDARY:
        boundary = known(iam__PermissionsBoundary=parameters.get("PermissionsBoundary"))
        found = [Asked(one.action, one.resources, one.context | boundary) for one in found]
    tagging = TAGGING.get(call.operation)
    if tagging and parameters.get("Tags"):
        found += [Asked(f"iam:{tagging}", one.resources, one.context) for one in found]
    if call.operation == "AddRoleToInstanceProfile":
        found += pass_role(named(place_of(call), "role", parameters["RoleName"]), "ec2.amazonaws.com")
    return found
