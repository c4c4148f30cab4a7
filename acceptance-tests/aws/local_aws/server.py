"""The HTTP server: control endpoints, and moto with the extension behind everything else."""

import contextlib
import functools
import io
import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

from cheroot.wsgi import Server as WsgiServer
from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends

from . import errors, extension, inventory

#: Requests served at once. terraform sends ten at a time; several terraforms may run.
THREADS = 32


class Application:
    """WSGI application."""

    def __init__(self, account: str):
        extension.install()
        self.account = account
        self.lock = threading.Lock()
        self.moto = DomainDispatcherApplication(create_backend_app)
        # moto reads a directory to answer this, on every request.
        self.moto.get_backend_for_host = functools.cache(self.moto.get_backend_for_host)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        # moto matches the path as it was sent (an ARN in a path segment keeps its `%2F`) and looks for it here.
        environ["RAW_URI"] = environ["REQUEST_URI"]
        path = environ["PATH_INFO"]
        if path.startswith("/_local-aws/"):
            return self.control(environ["REQUEST_METHOD"], path, start_response)
        environ["wsgi.input"] = io.BytesIO(read_body(environ))
        try:
            # moto walks its dictionaries while others change them. One request at a time costs nothing, as each is
            # pure computation; only SQS waits inside a request, for messages.
            with contextlib.nullcontext() if errors.signing_service(environ) == "sqs" else self.lock:
                return self.moto(environ, start_response)
        except Exception as error:
            status, content_type, body = errors.not_modelled(environ, error)
            start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
            return [body]

    def control(self, method: str, path: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """`POST /_local-aws/reset` and `GET /_local-aws/inventory`."""
        status, answer = "200 OK", {}
        if (method, path) == ("POST", "/_local-aws/reset"):
            with self.lock:
                reset()
        elif (method, path) == ("GET", "/_local-aws/inventory"):
            with self.lock:
                answer = inventory.take(self.account)
        else:
            status, answer = "404 Not Found", {"error": f"no such control endpoint: {method} {path}"}
        body = json.dumps(answer).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


def reset() -> None:
    """Forget everything in every service, account and region.

    moto would make every backend anew before it drops them all. Only S3 has more to do: it closes temporary files.
    """
    for account in s3_backends.values():
        account.reset()
    for backends in BackendDict._instances:
        backends.clear()
    BackendDict._instances.clear()


def read_body(environ: dict[str, Any]) -> bytes:
    """The whole body, so that a slow client keeps no lock."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        body = environ["wsgi.input"].read()
        environ["CONTENT_LENGTH"] = str(len(body))
        return body
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


class Server:
    """The application on a loopback port, served from threads of its own while the context is open."""

    def __init__(self, host: str, port: int, account: str):
        application = Application(account)
        self._server = WsgiServer((host, port), application, numthreads=THREADS, max=THREADS, shutdown_timeout=1)
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, daemon=True)

    @property
    def endpoint(self) -> str:
        """The URL that clients use."""
        host, port = self._server.bind_addr[:2]
        return f"http://{host}:{port}"

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._thread.join(timeout=5)
