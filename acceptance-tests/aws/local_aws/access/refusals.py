"""How AWS says that something is not allowed (IAM User Guide, "Troubleshoot access denied error messages")."""

from .. import errors, faults
from ..answers import Answer
from ..calls import Call
from .asked import Asked
from .callers import Principal
from .decision import Denial
from .web_identity import Refused

#: Why: which kind of policy has no statement that allows it, or has one that denies it.
BECAUSE = {
    "identity": ("no identity-based policy allows", "an identity-based policy"),
    "boundary": ("no permissions boundary allows", "a permissions boundary"),
    "session": ("no session policy allows", "a session policy"),
    "resource": ("no resource-based policy allows", "a resource-based policy"),
    "trust": ("no role trust policy allows", "the role trust policy"),
}
#: Of whoever shows a token there is no ARN to be told.
TO_FEDERATED = "Not authorized to perform {action}"


def text(principal: Principal, asked: Asked, resource: str, denial: Denial) -> str:
    """The whole sentence."""
    if principal.is_federated:
        return TO_FEDERATED.format(action=asked.action)
    # S3 puts it in quotes.
    told = f'"{resource}"' if asked.action.startswith("s3:") else resource
    on = "" if resource == "*" else f" on resource: {told}"
    nothing, denied = BECAUSE[denial.kind]
    why = f"with an explicit deny in {denied}" if denial.explicit else f"because {nothing} the {asked.action} action"
    caller = principal.arn or "anonymous"
    return f"User: {caller} is not authorized to perform: {asked.action}{on} {why}"


def answer(call: Call, sentence: str) -> Answer:
    """The answer with that sentence, in the service's own code."""
    status, code, _ = faults.code("denied", call)
    if call.service == "ec2":
        sentence = f"You are not authorized to perform this operation. {sentence}"
    return _made(call, status, code, sentence)


def answer_to(call: Call, refused: Refused) -> Answer:
    """The answer that a call got before it came to permissions."""
    return _made(call, refused.status, refused.code, refused.message)


def _made(call: Call, status: int, code: str, message: str) -> Answer:
    found = errors.refusal(call.service, status, code, message)
    # To a HEAD there is nothing but the status.
    return found.with_body(b"") if call.environ["REQUEST_METHOD"] == "HEAD" else found
