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
    # Only KMS itself calls this one, for the replicas of a key, which ours have not.
    ("UNKNOWN_CONDITION_FOR_ACTION", r"kms:CallerAccount for action kms:SynchronizeMultiRegionKey$"),
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


def findings(address: str, document: str) -> list[dict[str, str]]:
    """What is found in one document above LOW."""
    found = {}
    for finding in analyze_policy_string(as_identity_policy(address, document)).findings:
        severity = enhance_finding(finding).severity
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
