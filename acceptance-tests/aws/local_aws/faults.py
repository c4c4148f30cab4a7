"""What goes wrong with calls, when a test wants it: each service's own codes, and answers that are none.

A fault is switched on by `POST /_local-aws/faults` and meets calls of a service, of an operation, in a region, so many
times or until it is taken away. Codes and texts are those of the services' API references and of what their clients
report.
"""

import dataclasses
import fnmatch
import itertools
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from typing import Any

from moto.core.utils import get_pagination_model, get_service_model
from moto.utilities.utils import get_partition

from . import calls, errors, sts
from .answers import Answer, Start
from .calls import Call

#: What the first page of an answer promises, and nothing answers.
LOST_PAGE = "local-aws-lost-page"
DATE = "%Y%m%dT%H%M%SZ"
#: So far a signature's date may be from the clock of the service.
PATIENCE = {"s3": timedelta(minutes=15)}
USUAL_PATIENCE = timedelta(minutes=5)


@dataclasses.dataclass
class Fault:
    """One thing that goes wrong."""

    kind: str
    #: Name in signatures; a pattern, as the next two.
    service: str = "*"
    operation: str = "*"
    region: str = "*"
    #: How many calls it still meets; `None`: all.
    times: int | None = None
    #: By how much the clock of AWS is ahead, for `clock`.
    seconds: int = 0
    #: How many calls it has met.
    met: int = 0

    def fits(self, call: Call) -> bool:
        """Whether it is about a call."""
        pairs = ((call.service, self.service), (call.operation, self.operation), (call.region, self.region))
        return self.times != 0 and all(fnmatch.fnmatchcase(told, pattern) for told, pattern in pairs)

    def meet(self) -> None:
        """Count a call that it meets."""
        self.met += 1
        if self.times is not None:
            self.times -= 1


_numbers = itertools.count(1)
_faults: dict[int, Fault] = {}


def switch_on(asked: dict[str, Any]) -> int:
    """A fault from now on; its number."""
    fault = Fault(**asked)
    if fault.kind not in KINDS:
        raise ValueError(f"no such kind: {fault.kind}; known: {sorted(KINDS)}")
    number = next(_numbers)
    _faults[number] = fault
    return number


def switch_off(number: int | None = None) -> None:
    """Without that fault, or without any."""
    if number is None:
        _faults.clear()
    else:
        del _faults[number]


def told() -> list[dict[str, Any]]:
    """Every fault, with how many calls it has met."""
    return [{"id": number, **dataclasses.asdict(fault)} for number, fault in _faults.items()]


def answer(call: Call, served: Callable[[], Answer]) -> Answer | None:
    """The answer to a call that a fault meets, `None` when none does. `served` is how the call would be answered."""
    for fault in list(_faults.values()):
        if fault.fits(call):
            found = KINDS[fault.kind](fault, call, served)
            if found is not None:
                fault.meet()
                return found
    return None


def dated(start: Start) -> Start:
    """Answers with the date of AWS's clock, when that is another."""
    ahead = sum(fault.seconds for fault in _faults.values() if fault.kind == "clock")
    if not ahead:
        return start
    date = formatdate(time.time() + ahead, usegmt=True)
    return lambda status, headers, *more: start(status, [*headers, ("Date", date)], *more)


Codes = dict[str, tuple[int, str, str]]

#: Errors by service, else by the service's protocol. `{action}`, `{caller}` and times are filled in.
DENIED = (
    "User: {caller} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
)
ERRORS: dict[str, Codes] = {
    "denied": {
        "ec2": (403, "UnauthorizedOperation", f"You are not authorized to perform this operation. {DENIED}"),
        "s3": (403, "AccessDenied", "Access Denied"),
        "xml": (403, "AccessDenied", DENIED),
        "path": (403, "AccessDeniedException", DENIED),
        "json": (400, "AccessDeniedException", DENIED),
    },
    "throttled": {
        "ec2": (503, "RequestLimitExceeded", "Request limit exceeded."),
        "s3": (503, "SlowDown", "Please reduce your request rate."),
        "servicequotas": (400, "TooManyRequestsException", "Rate exceeded"),
        "xml": (400, "Throttling", "Rate exceeded"),
        "path": (429, "ThrottlingException", "Rate exceeded"),
        "json": (400, "ThrottlingException", "Rate exceeded"),
    },
    "expired": {
        "ec2": (400, "RequestExpired", "Request has expired."),
        "s3": (400, "ExpiredToken", "The provided token has expired."),
        "xml": (403, "ExpiredToken", "The security token included in the request is expired"),
        "path": (403, "ExpiredTokenException", "The security token included in the request is expired"),
        "json": (400, "ExpiredTokenException", "The security token included in the request is expired"),
    },
    # A key that is not there, or one in a region that the account has not switched on: nobody tells the two apart.
    "unknown-key": {
        "ec2": (401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
        "s3": (403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
        "xml": (403, "InvalidClientTokenId", "The security token included in the request is invalid."),
        "path": (403, "UnrecognizedClientException", "The security token included in the request is invalid."),
        "json": (400, "UnrecognizedClientException", "The security token included in the request is invalid."),
    },
    "opt-in-required": {
        "ec2": (
            401,
            "OptInRequired",
            "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.",
        ),
        "xml": (403, "OptInRequired", "The AWS Access Key Id needs a subscription for the service"),
        "path": (403, "OptInRequired", "The AWS Access Key Id needs a subscription for the service"),
        "json": (403, "OptInRequired", "The AWS Access Key Id needs a subscription for the service"),
    },
    "clock": {
        "ec2": (400, "RequestExpired", "Request has expired."),
        "s3": (
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        ),
        "xml": (403, "SignatureDoesNotMatch", "{skew}"),
        "path": (403, "InvalidSignatureException", "{skew}"),
        "json": (400, "InvalidSignatureException", "{skew}"),
    },
    "unavailable": {
        "ec2": (503, "Unavailable", "The service is unavailable. Please try again shortly."),
        "s3": (503, "ServiceUnavailable", "Please reduce your request rate."),
        "xml": (503, "ServiceUnavailable", "Service is unavailable."),
        "path": (503, "ServiceUnavailableException", "Service is unavailable."),
        "json": (503, "ServiceUnavailableException", "Service is unavailable."),
    },
    "lost-page": {
        "ec2": (400, "InvalidPaginationToken", "The specified pagination token is not valid."),
        "servicequotas": (400, "InvalidPaginationTokenException", "Invalid token was provided."),
        "xml": (400, "ValidationError", "The marker is not valid."),
        "path": (400, "InvalidParameterException", "The pagination token is not valid."),
        "json": (400, "ValidationException", "The pagination token is not valid."),
    },
}


def code(kind: str, call: Call) -> tuple[int, str, str]:
    """Status, code and text that the service of a call has for it."""
    codes = ERRORS[kind]
    protocol = "xml" if call.service in errors.XML_SERVICES else "path" if call.model in calls.BY_PATH else "json"
    return codes[call.service if call.service in codes else protocol]


def refusal(kind: str, call: Call, **words: str) -> Answer:
    """The answer with the code that the service of a call has for it."""
    status, name, message = code(kind, call)
    caller = sts.find(call.key, call.region) or sts.default(get_partition(call.region))
    text = message.format(action=f"{call.service}:{call.operation}", caller=caller.arn, **words)
    found = errors.refusal(call.service, status, name, text)
    # To a HEAD there is nothing but the status.
    return found.with_body(b"") if call.environ["REQUEST_METHOD"] == "HEAD" else found


def _refused(fault: Fault, call: Call, _: Callable[[], Answer]) -> Answer:
    return refusal(fault.kind, call)


def _half(_: Fault, call: Call, served: Callable[[], Answer]) -> Answer:
    """The first half of the answer, as if it were all of it."""
    whole = served()
    return whole.with_body(whole.body[: len(whole.body) // 2])


def _cut_off(_: Fault, call: Call, served: Callable[[], Answer]) -> Answer:
    """The first half of the answer, and the connection is closed."""
    whole = served()
    return whole.with_body(whole.body[: len(whole.body) // 2], len(whole.body))


def _gibberish(_: Fault, call: Call, served: Callable[[], Answer]) -> Answer:
    """A page of something in between, as of a proxy."""
    body = b"<!doctype html><html><body>Sign in to the network</body></html>"
    return Answer("200 OK", [("Content-Type", "text/html")], b"").with_body(body)


def _lost_page(fault: Fault, call: Call, served: Callable[[], Answer]) -> Answer:
    """A first page that promises another one, and an error in its place."""
    if LOST_PAGE.encode() in calls.body(call.environ) or LOST_PAGE in call.environ.get("QUERY_STRING", ""):
        return refusal(fault.kind, call)
    whole = served()
    model = get_pagination_model(call.model)[call.operation]
    token, more = model["output_token"], model.get("more_results")
    if call.service not in errors.XML_SERVICES:
        told = json.loads(whole.body)
        told[token] = LOST_PAGE
        return whole.with_body(json.dumps(told).encode())
    shape = get_service_model(call.model).operation_model(call.operation).output_shape
    name = shape.members[token].serialization.get("name", token)
    text = whole.body.decode()
    if more:
        text = text.replace(f"<{more}>false</{more}>", f"<{more}>true</{more}>")
    # Of the result, which the whole answer may be around.
    end = text.index(f"</{call.operation}Res")
    return whole.with_body(f"{text[:end]}<{name}>{LOST_PAGE}</{name}>{text[end:]}".encode())


def _clock(fault: Fault, call: Call, _: Callable[[], Answer]) -> Answer | None:
    """AWS's clock is another, and a signature of now is too old for it or of the future."""
    sent = call.environ.get("HTTP_X_AMZ_DATE")
    if sent is None:
        return None
    signed = datetime.strptime(sent, DATE).replace(tzinfo=UTC)
    now = datetime.now(UTC) + timedelta(seconds=fault.seconds)
    patience = PATIENCE.get(call.service, USUAL_PATIENCE)
    if abs(now - signed) <= patience:
        return None
    minutes = int(patience.total_seconds() // 60)
    if now > signed:
        limit = f"earlier than {now - patience:{DATE}} ({now:{DATE}} - {minutes} min.)"
        return refusal(fault.kind, call, skew=f"Signature expired: {sent} is now {limit}")
    limit = f"later than {now + patience:{DATE}} ({now:{DATE}} + {minutes} min.)"
    return refusal(fault.kind, call, skew=f"Signature not yet current: {sent} is still {limit}")


KINDS: dict[str, Callable[[Fault, Call, Callable[[], Answer]], Answer | None]] = {
    **dict.fromkeys(("denied", "throttled", "expired", "unknown-key", "opt-in-required", "unavailable"), _refused),
    "half": _half,
    "cut-off": _cut_off,
    "gibberish": _gibberish,
    "lost-page": _lost_page,
    "clock": _clock,
}
