"""The input of a call as the model of its operation has it, whatever way the service's protocol sends it."""

from typing import Any
from urllib.parse import parse_qsl

from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict

from .. import calls
from ..calls import Call
from .asked import NotModelled

#: Operations whose body is a file, which nothing is asked of.
STREAMS = {"PutObject", "UploadPart"}
FORM = "application/x-www-form-urlencoded"


def of(call: Call) -> dict[str, Any]:
    """The members that were sent, by their names in the API. Raises `NotModelled` for what cannot be read."""
    model = get_service_model(call.model)
    if call.operation not in model.operation_names:
        raise NotModelled(f"the operation `{call.operation}` of {call.service} is not in the service's model")
    operation = model.operation_model(call.operation)
    body = b"" if call.operation in STREAMS else calls.body(call.environ)
    content_type = call.environ.get("CONTENT_TYPE", "")
    values = parse_qsl(call.environ.get("QUERY_STRING", ""), keep_blank_values=True)
    if content_type.startswith(FORM):
        values += parse_qsl(body.decode(), keep_blank_values=True)
    request = Request(dict(call.environ))
    by_path = get_service_router(call.model).match(request)[1] if call.model in calls.BY_PATH else {}
    sent: Any = {
        "method": request.method,
        "values": MultiDict(values),
        "headers": request.headers,
        "body": body,
        "url_path": request.path,
        "url_params": by_path,
    }
    try:
        return PROTOCOL_PARSERS[determine_request_protocol(model, content_type)](operation).parse(sent)
    except (RequestParserError, AttributeError, TypeError, ValueError) as error:
        raise NotModelled(f"the input of {call.service}:{call.operation} cannot be read: {error}") from error
