"""How AWS says that something is not allowed (IAM User Guide, "Troubleshoot access denied error messages")."""

from http import HTTPStatus

from .. import errors, faults
from ..answers import Answer
from ..calls import Call
from .asked import Asked


class Refused(Exception):
    """An answer of AWS before it comes to permissions, such as to a token that it does not take."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status = HTTPStatus(status)
        self.code = code
        self.message = message


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


def text(caller: str, asked: Asked, resource: str, kind: str, explicit: bool, is_federated: bool) -> str:
    """The whole sentence."""
    if is_federated:
        return TO_FEDERATED.format(action=asked.action)
    on = (
        ""
        if resource == "*"
        else f' on resource: "{resource}"'
        if asked.action.startswith("s3:")
        else f" on resource: {resource}"
    )
    nothing, denied = BECAUSE[kind]
    why = f"with an explicit deny in {denied}" if explicit else f"because {nothing} the {asked.action} action"
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
