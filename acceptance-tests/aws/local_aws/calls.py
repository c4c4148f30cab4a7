"""What is asked: service and operation of each request, and a journal for whoever wants to know what was called."""

import contextlib
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.exceptions import HTTPException

#: Name in signatures, which is the prefix of IAM actions too => name of the service's model, where it has another.
MODELS = {
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "tagging": "resourcegroupstaggingapi",
}
#: Services that tell the operation by method and path.
BY_PATH = {"backup", "bedrock", "efs", "eks", "lambda", "route53", "s3"}

#: Where a request has what is kept of it.
KEPT = "local_aws.kept"

SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")

#: Parameters that say which objects a call is about. No other is kept: some are secrets.
IDENTIFIERS = re.compile(r"(^name|Id|Arn|Name)s?(\.(member\.)?\d+)?$")


@dataclass(frozen=True)
class Call:
    """One request to AWS. What nobody has signed is of S3, as the question whether a bucket's name is taken."""

    #: Name in signatures.
    service: str
    operation: str
    region: str
    key: str
    #: The SDK's own identifier of the call, alike for all attempts.
    invocation: str
    environ: dict[str, Any]

    @property
    def model(self) -> str:
        """Name of the service's model."""
        return MODELS.get(self.service, self.service)


def of(environ: dict[str, Any]) -> Call:
    """The call that a request is. Its body stays there to be read."""
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    key, region, service = scope.groups() if scope else ("", "us-east-1", "")
    service = service or ("sts" if environ["PATH_INFO"] == "/" else "s3")
    operation = _operation(MODELS.get(service, service), environ)
    return Call(service, operation, region, key, environ.get("HTTP_AMZ_SDK_INVOCATION_ID", ""), environ)


def body(environ: dict[str, Any]) -> bytes:
    """The body of a request, which stays there to be read."""
    read = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(read)
    return read


def _operation(model: str, environ: dict[str, Any]) -> str:
    """The operation as AWS names it; empty when nothing of the request names one."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return target.rsplit(".", 1)[-1]
    if model in BY_PATH:
        try:
            operation, _ = get_service_router(model).match(Request(dict(environ)))
        except (HTTPException, NotImplementedError):
            return ""
        return operation.name
    in_query = parse_qs(environ.get("QUERY_STRING", "")).get("Action")
    is_form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    in_body = parse_qs(body(environ).decode("utf-8", "replace")).get("Action") if is_form else None
    return (in_query or in_body or [""])[0]


def _about(call: Call) -> str:
    """Which objects a call is about, as far as its path or its identifiers say so."""
    path = [unquote(call.environ["PATH_INFO"])] if call.model in BY_PATH else []
    text = body(call.environ).decode("utf-8", "replace")
    given: dict[str, Any] = {}
    if call.environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        given = {key: values[0] for key, values in parse_qs(text).items()}
    else:
        with contextlib.suppress(ValueError):
            parsed = json.loads(text)
            given = parsed if isinstance(parsed, dict) else {}
    named = [value for key, value in given.items() if IDENTIFIERS.search(key) and isinstance(value, str)]
    return ",".join(path + named)


def _now() -> str:
    """The time, as an audit log of Kubernetes has it: such texts are in the order of the alphabet."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Journal:
    """The calls of AWS since somebody asked for them to be kept."""

    def __init__(self) -> None:
        self._kept: list[dict[str, Any]] | None = None

    def begin(self) -> None:
        """Keep calls from now on, and forget earlier ones."""
        self._kept = []

    def end(self) -> None:
        """Keep none any more."""
        self._kept = None

    def note(self, call: Call, start_response: Callable[..., Any]) -> Callable[..., Any]:
        """Keep a call, if calls are kept. What it gives is to be called in place of `start_response`: it keeps when and how it was answered."""
        if self._kept is None:
            return start_response
        agent = call.environ.get("HTTP_USER_AGENT", "")
        kept = {"service": call.service, "operation": call.operation, "region": call.region, "about": _about(call)}
        kept |= {"invocation": call.invocation, "agent": agent, "begun": _now(), "ended": "", "status": ""}
        self._kept.append(kept)
        call.environ[KEPT] = kept

        def answered(status: str, headers: Any, *more: Any) -> Any:
            kept.update(ended=_now(), status=status.split(" ")[0])
            return start_response(status, headers, *more)

        return answered

    def note_asked(self, call: Call, actions: Iterable[str]) -> None:
        """Keep what a call asks of IAM, which is known while policies are enforced."""
        if KEPT in call.environ:
            call.environ[KEPT]["asked"] = sorted(set(actions))

    def told(self) -> list[dict[str, Any]]:
        """All that was kept, in the order of arrival."""
        return list(self._kept or [])


journal = Journal()
