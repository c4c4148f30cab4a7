"""Errors as AWS words them, and the answer to what is not modelled."""

import json
import re
import sys
import traceback
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from moto.core.exceptions import ServiceException

from .answers import Answer

#: Services that speak XML; all others speak JSON.
XML_SERVICES = {"autoscaling", "cloudformation", "ec2", "elasticloadbalancing", "iam", "rds", "route53", "s3", "sts"}
#: What is around an error in XML, where it is not an `ErrorResponse`.
OUTER = {"s3": "{}", "ec2": "<Response><Errors>{}</Errors></Response>"}


class AwsError(ServiceException):
    """An error of a service: `AwsError(code, message)`.

    moto finds the HTTP status through the module that defines the class, and cannot for its own base class.
    """


def signing_service(environ: dict[str, Any]) -> str:
    """The service a request was signed for, or an empty string."""
    found = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    return found.group(1) if found else ""


def report_repetition(environ: dict[str, Any]) -> None:
    """Say on standard error that an SDK repeats a request. Here it never has a reason to, unless an answer got lost."""
    attempt = environ.get("HTTP_AMZ_SDK_REQUEST", "attempt=1").split(";")[0]
    if attempt != "attempt=1":
        request = f"{signing_service(environ)} {environ['REQUEST_METHOD']} {environ['REQUEST_URI']}"
        print(f"an SDK repeats a request ({attempt}): {request}", file=sys.stderr, flush=True)


def refusal(service: str, status: int, code: str, message: str) -> Answer:
    """The answer with an error, in the form of the service: XML or JSON."""
    text = f"{status} {HTTPStatus(status).phrase}"
    if service in XML_SERVICES:
        inner = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        body = OUTER.get(service, "<ErrorResponse>{}</ErrorResponse>").format(inner).encode()
        headers = [("Content-Type", "text/xml")]
    else:
        body = json.dumps({"__type": code, "message": message}).encode()
        headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)]
    return Answer(text, headers, b"").with_body(body)


def not_modelled(environ: dict[str, Any], error: Exception) -> Answer:
    """The answer to a request that moto and the extension failed on.

    The status is 501: SDKs repeat a request after 500, 502, 503 and 504, and would hide the gap for minutes.
    """
    service = signing_service(environ)
    what = f"{service or 'unsigned'} {environ['REQUEST_METHOD']} {environ['REQUEST_URI']}"
    message = f"local_aws does not model this request ({what}): {type(error).__name__}: {error}"
    trace = "".join(traceback.format_exception(error))
    print(f"{message}\n{trace}", file=sys.stderr, flush=True)
    return refusal(service, 501, "NotModelled", message)
