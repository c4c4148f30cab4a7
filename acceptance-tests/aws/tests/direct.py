"""The local AWS within this process, for tests that look at what it does inside."""

import io
from collections.abc import Callable
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from werkzeug.test import EnvironBuilder

from local_aws import answers, calls, server
from local_aws.access import parameters, switch
from local_aws.access.asked import Asked
from local_aws.calls import Call
from local_aws.credentials import DEFAULT_KEY

ACCOUNT = "123456789012"


class Raw(io.BytesIO):
    """The body of an answer, as botocore reads it."""

    def stream(self, **_: Any) -> Any:
        """All of it."""
        yield self.read()


class Direct:
    """A server without a port: clients hand their requests to it."""

    def __init__(self) -> None:
        self.application = server.Application(ACCOUNT)
        #: Environments of the requests that came, bodies included.
        self.requests: list[dict[str, Any]] = []

    def client(self, service: str, region: str = "us-east-1", key: str = DEFAULT_KEY, secret: str = "-") -> Any:
        """A client of boto3."""
        config = Config(
            s3={"addressing_style": "path"}, retries={"max_attempts": 0}, request_checksum_calculation="when_required"
        )
        more = {"aws_access_key_id": key, "aws_secret_access_key": secret, "config": config}
        client = boto3.client(service, region_name=region, endpoint_url="http://127.0.0.1:1", **more)
        client.meta.events.register("before-send", self._sent)
        return client

    def _sent(self, request: Any, **_: Any) -> AWSResponse:
        self.requests.append(environ_of(request))
        found = answers.of(self.application, environ_of(request))
        status = int(found.status.split(" ")[0])
        return AWSResponse(request.url, status, dict(found.headers), Raw(found.body))

    def asked(self, ask: Callable[[], Any]) -> list[Asked]:
        """What IAM would be asked for the first call of all that are made, when it comes."""
        del self.requests[:]
        found: list[list[Asked]] = []
        first = self.application.served

        def served(call: Call, *more: Any) -> Any:
            if not found:
                found.append(switch.asked_of(call, parameters.of(call)))
            return first(call, *more)

        self.application.served = served
        try:
            ask()
        finally:
            self.application.served = first
        return found[0]


def environ_of(request: Any) -> dict[str, Any]:
    """A prepared request as a server hands it on."""
    body = request.body if request.body is not None else b""
    body = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else body
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    headers["Content-Length"] = str(len(body))
    path, _, query = request.url.split("/", 3)[3].partition("?") if request.url.count("/") > 2 else ("", "", "")
    made = EnvironBuilder(method=request.method, path=f"/{path}", query_string=query, headers=headers, data=body)
    environ = made.get_environ()
    environ["REQUEST_URI"] = environ["RAW_URI"] = f"/{path}" + (f"?{query}" if query else "")
    environ["REMOTE_ADDR"] = "127.0.0.1"
    return environ


def call_of(environ: dict[str, Any]) -> Call:
    """The call that a kept request is; its body is there to be read again."""
    body = calls.body(environ)
    return calls.of(dict(environ, **{"wsgi.input": io.BytesIO(body)}))
