"""How long the names of what is made may be. moto looks at few of them.

What the models of the services say of a member holds for all that is made with it. The models of some services say
nothing of lengths, though their guides do: those are written here.
"""

import contextlib
import functools
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from moto.core.utils import get_service_model

from . import calls, errors
from .answers import Answer
from .calls import Call

#: What makes things, whose names are looked at.
MAKES = re.compile(r"^(Create|Put|Register|Allocate)")
#: Members that are names.
NAMES = re.compile(r"(^n|N)ame$|Identifier$|(^c|C)reationToken$|Prefix$|^description$|^Description$")

#: Service, operation and member => the longest, and the service's refusal: its code and text.
DNS_LABEL = (
    "The parameter {member} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII "
    "letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens."
)
OF_GUIDES: dict[tuple[str, str, str], tuple[int, str, str]] = {
    ("rds", "CreateDBInstance", "DBInstanceIdentifier"): (63, "InvalidParameterValue", DNS_LABEL),
    ("rds", "RestoreDBInstanceFromDBSnapshot", "DBInstanceIdentifier"): (63, "InvalidParameterValue", DNS_LABEL),
    ("rds", "CreateDBSnapshot", "DBSnapshotIdentifier"): (255, "InvalidParameterValue", DNS_LABEL),
    ("rds", "DeleteDBInstance", "FinalDBSnapshotIdentifier"): (255, "InvalidParameterValue", DNS_LABEL),
    ("rds", "CreateDBParameterGroup", "DBParameterGroupName"): (255, "InvalidParameterValue", DNS_LABEL),
    ("rds", "CreateDBSubnetGroup", "DBSubnetGroupName"): (255, "InvalidParameterValue", DNS_LABEL),
    ("elbv2", "CreateLoadBalancer", "Name"): (
        32,
        "ValidationError",
        "The load balancer name '{value}' cannot be longer than '32' characters",
    ),
    ("elbv2", "CreateTargetGroup", "Name"): (
        32,
        "ValidationError",
        "Target group name '{value}' cannot be longer than '32' characters",
    ),
    ("ec2", "CreateSecurityGroup", "GroupName"): (
        255,
        "InvalidParameterValue",
        "Value ({value}) for parameter GroupName is invalid. Character sets beyond 255 characters are not supported.",
    ),
    ("ec2", "CreateLaunchTemplate", "LaunchTemplateName"): (
        128,
        "InvalidLaunchTemplateName.MalformedException",
        "A launch template name must be between 3 and 128 characters long, and may contain letters, numbers, and the "
        "following characters: - ( ) . / _.",
    ),
    ("ec2", "CreateSecurityGroup", "GroupDescription"): (
        255,
        "InvalidParameterValue",
        "Value ({value}) for parameter GroupDescription is invalid. "
        "Character sets beyond 255 characters are not supported.",
    ),
    ("eks", "CreateNodegroup", "nodegroupName"): (
        63,
        "InvalidParameterException",
        "Nodegroup name can't be longer than 63 characters: {value}",
    ),
    ("sqs", "CreateQueue", "QueueName"): (
        80,
        "InvalidParameterValue",
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    ),
    ("s3", "CreateBucket", "Bucket"): (63, "InvalidBucketName", "The specified bucket is not valid."),
}
OF_MODELS = (
    "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
    "Member must have length less than or equal to {most}"
)


def refuse(call: Call) -> Answer | None:
    """The refusal of a call that gives something too long a name."""
    known = _limits(call.model, call.operation)
    if not known:
        return None
    given = _given(call)
    for member, (most, code, message) in known.items():
        value = given.get(member)
        if isinstance(value, str) and len(value) > most:
            text = message.format(value=value, member=member, most=most)
            return errors.refusal(call.service, 400, code, text)
    return None


@functools.cache
def _limits(model: str, operation: str) -> dict[str, tuple[int, str, str]]:
    """Member => the longest name that it takes, code and text of the refusal."""
    found = {member: limit for (of, name, member), limit in OF_GUIDES.items() if (of, name) == (model, operation)}
    if not MAKES.match(operation) or model == "ec2":
        return found
    service = get_service_model(model)
    if operation not in service.operation_names:
        return found
    shape = service.operation_model(operation).input_shape
    is_query = service.metadata["protocol"] in ("query", "ec2")
    code = "ValidationError" if is_query else "ValidationException"
    if model in ("ecr", "eks"):
        code = "InvalidParameterException"
    for member, of_member in (shape.members if shape is not None else {}).items():
        most = of_member.metadata.get("max")
        if of_member.type_name == "string" and most and NAMES.search(member):
            found.setdefault(member, (int(most), code, OF_MODELS))
    return found


def _given(call: Call) -> dict[str, Any]:
    """The members of a request, as far as they are texts on its first level."""
    if call.model == "s3":
        return {"Bucket": urlsplit(call.environ["RAW_URI"]).path.strip("/").split("/")[0]}
    text = calls.body(call.environ).decode("utf-8", "replace")
    if call.environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return {key: values[0] for key, values in parse_qs(text).items()}
    with contextlib.suppress(ValueError):
        parsed = json.loads(text)
        return parsed if isinstance(parsed, dict) else {}
    return {}
