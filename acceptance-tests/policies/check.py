"""Checks IAM policy documents with parliament.

Reads `{"<address>": "<document>", ...}` on standard input and writes `[{"address", "severity", "issue", "detail"}, ...]`:
what parliament finds above LOW. What it does not know is told in `as_identity_policy` and `UNKNOWN`, each with why.
"""

import json
import re
import sys
import warnings

warnings.filterwarnings("ignore", message="pkg_resources")
from parliament import analyze_policy_string, enhance_finding, iam_definition  # noqa: E402

QUIET = ("LOW", "INFO", "MUTED")

#: Findings that say what parliament does not know. `(issue, text of the finding)`, and why.
UNKNOWN = [
    # It takes whole numbers only; `1.2` is what AWS documents for this key.
    ("MISMATCHED_TYPE", r"s3:TlsVersion requires a value of type Numeric but given \['1\.2'\]"),
    # A denial of `s3:*`: the key does not exist for these two actions, so there it denies nothing.
    ("UNKNOWN_CONDITION_FOR_ACTION", r"s3:TlsVersion for action s3:(InitiateReplication|PutAccessPointPublicAccessBlock)$"),
    # AddTags asks it, as the policy of the AWS Load Balancer Controller shows.
    ("UNKNOWN_CONDITION_FOR_ACTION", r"elasticloadbalancing:CreateAction for action elasticloadbalancing:AddTags$"),
    # It is older than repositories as the resource of pull-through caches (ECR guide, pull-through-cache-iam).
    ("RESOURCE_MISMATCH", r'^\[\{"action": "ecr:BatchImportUpstreamImage", "required_format": "\*"\}\]$'),
    # Parameters that AWS publishes have no account in their ARN.
    ("RESOURCE_MISMATCH", r'^\[\{"action": "ssm:GetParameter", "required_format": "arn:\*:ssm:\*:\*:parameter/\*"\}\]$'),
    # Denials that ask for their absence: where an action does not know them, they are absent, which is what is meant.
    ("UNKNOWN_CONDITION_FOR_ACTION", r"(ec2:CreateAction|elasticloadbalancing:CreateAction) for action \S+$"),
    ("UNKNOWN_CONDITION_FOR_ACTION", r"kms:ResourceAliases for action kms:\S+$"),
    # Only KMS itself calls this one, for the replicas of a key, which ours have not.
    ("UNKNOWN_CONDITION_FOR_ACTION", r"kms:CallerAccount for action kms:SynchronizeMultiRegionKey$"),
    # Keys of the resource `access-entry`: the reference names them with it, and it looks at those of the actions.
    (
        "UNKNOWN_CONDITION_FOR_ACTION",
        r"^Unknown condition eks:(accessEntryType|principalArn) for action eks:((Update|Delete)AccessEntry|(Disa|A)ssociateAccessPolicy)$",
    ),
    # It knows no OIDC providers of IAM, hence neither them nor the keys that begin with the issuer's host.
    ("UNKNOWN_FEDERATION_SOURCE", r"^arn:[a-z-]+:iam::\d{12}:oidc-provider/\S+$"),
    ("UNKNOWN_CONDITION_FOR_ACTION", r"\S+:(aud|sub) for action sts:AssumeRoleWithWebIdentity$"),
]


def key_actions() -> list[str]:
    """The actions that know a key as their resource: what `kms:*` means in the policy of a key."""
    kms = next(service for service in iam_definition if service["prefix"] == "kms")
    return sorted(
        "kms:" + privilege["privilege"]
        for privilege in kms["privileges"]
        if any(kind["resource_type"].startswith("key") for kind in privilege["resource_types"])
    )


def as_identity_policy(address: str, document: str) -> str:
    """The document as parliament can read it: it expects policies of identities, which always name resources."""
    policy = json.loads(document)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    for statement in statements:
        if "Principal" in statement:
            # A trust policy names no resource: it is the role's own.
            statement.setdefault("Resource", "*")
        if "aws_kms_key." in address and statement.get("Action") == "kms:*":
            statement["Action"] = key_actions()
    return json.dumps({**policy, "Statement": statements})


def texts(value: str | list[str] | None) -> list[str]:
    """One text or several."""
    return [value] if isinstance(value, str) else value or []


def mismatches(policy: dict) -> list[dict[str, str]]:
    """Actions that no resource of the document fits, whichever statements they stand in.

    An action such as `ec2:RunInstances` needs several kinds of resources, and often a statement with conditions of its own
    for each. parliament looks at one statement at a time.
    """
    together: dict[str, list[str]] = {}
    for statement in policy["Statement"]:
        for action in texts(statement.get("Action")) if statement["Effect"] == "Allow" else []:
            together.setdefault(action, []).extend(texts(statement.get("Resource")))
    merged = [{"Effect": "Allow", "Action": action, "Resource": all_of} for action, all_of in together.items()]
    analyzed = analyze_policy_string(json.dumps({"Version": "2012-10-17", "Statement": merged}))
    return [each for found in analyzed.findings if found.issue == "RESOURCE_MISMATCH" for each in found.detail]


def findings(address: str, document: str) -> list[dict[str, str]]:
    """What is found in one document above LOW."""
    found = {}
    policy = as_identity_policy(address, document)
    real = mismatches(json.loads(policy))
    for finding in analyze_policy_string(policy).findings:
        severity = enhance_finding(finding).severity
        if finding.issue == "RESOURCE_MISMATCH":
            finding.detail = [each for each in finding.detail if each in real]
            if not finding.detail:
                continue
        detail = finding.detail if isinstance(finding.detail, str) else json.dumps(finding.detail)
        known = any(finding.issue == issue and re.search(text, detail) for issue, text in UNKNOWN)
        if severity not in QUIET and not known:
            found[finding.issue, detail] = severity
    return [
        {"address": address, "severity": severity, "issue": issue, "detail": detail}
        for (issue, detail), severity in found.items()
    ]


if __name__ == "__main__":
    documents = json.load(sys.stdin)
    json.dump([each for address, document in documents.items() for each in findings(address, document)], sys.stdout)
