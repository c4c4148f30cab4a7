"""What an API server asks, and is answered: whose a token is, and what access policies allow."""

import sys
from typing import Any

from .. import sts
from ..eks.store import Cluster, clusters_named
from ..sts import Caller
from . import policies, token
from .token import Refused

Json = dict[str, Any]


def token_review(account: str, name: str, endpoint: str, review: Json) -> Json:
    """Answer a TokenReview. It names no audiences: EKS's tokens know of none, which means those of the API server."""
    try:
        cluster = _cluster(account, name)
        caller = token.verify(review["spec"].get("token", ""), name, endpoint)
        status: Json = {"authenticated": True, "user": _user(cluster, caller)}
    except Refused as refused:
        print(f"sign-in to cluster {name} refused: {refused}", file=sys.stderr, flush=True)
        status = {"authenticated": False, "error": str(refused)}
    return {"apiVersion": review["apiVersion"], "kind": "TokenReview", "status": status}


def access_review(account: str, name: str, review: Json) -> Json:
    """Answer a SubjectAccessReview about somebody who signed in here. What is not allowed is left to RBAC."""
    spec = review["spec"]
    caller = sts.find(next(iter(spec.get("extra", {}).get("accessKeyId", [])), ""))
    associated = _cluster(account, name).access_policies.get(caller.principal, {}) if caller else {}
    allowed = [arn for arn, policy in associated.items() if policies.allows(policy, spec)]
    status = {"allowed": allowed != [], "reason": f"access policy {allowed[0]}" if allowed else ""}
    return {"apiVersion": review["apiVersion"], "kind": "SubjectAccessReview", "status": status}


def _cluster(account: str, name: str) -> Cluster:
    """The cluster of that name, in whichever region."""
    found = clusters_named(account, name)
    if len(found) != 1:
        raise Refused(f"{len(found)} clusters have that name")
    return found[0]


def _user(cluster: Cluster, caller: Caller) -> Json:
    """As whom the caller comes: name and groups of the access entry."""
    entry = cluster.access_entries.get(caller.principal)
    if entry is None:
        raise Refused(f"{caller.principal} has no access entry")
    if cluster.principals.get(caller.principal, caller.identity) != caller.identity:
        raise Refused(f"{caller.principal} was made anew since its access entry was")
    if "{{EC2PrivateDNSName}}" in entry["username"]:
        raise Refused(f"{caller.principal} is entered for nodes, whose sign-in is not modelled")
    values = {
        "{{AccountID}}": caller.account,
        "{{SessionName}}": caller.session.replace("@", "-"),
        "{{SessionNameRaw}}": caller.session,
        "{{AccessKeyID}}": caller.key,
    }
    user = entry["username"]
    for place, value in values.items():
        user = user.replace(place, value)
    role = caller.principal.split("/")[-1]
    canonical = f"{caller.principal.split('/')[0]}/{role}" if caller.session else caller.arn
    extra = {
        "accessKeyId": caller.key,
        "arn": caller.arn,
        "canonicalArn": canonical,
        "principalId": caller.identity,
        "sessionName": caller.session,
        "sigs.k8s.io/aws-iam-authenticator/principalId": caller.identity,
    }
    return {
        "username": user,
        "uid": f"aws-iam-authenticator:{caller.account}:{caller.identity}",
        "groups": entry["kubernetesGroups"],
        "extra": {key: [value] for key, value in extra.items()},
    }
