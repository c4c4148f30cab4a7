"""The HTTP server: control endpoints, and moto with the extension behind everything else."""

import contextlib
import functools
import json
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from waitress import create_server, wasyncore

from . import access, account, answers, calls, errors, extension, faults, identities, inventory, kubernetes, limits
from .calls import Call
from .eks import attached, updates
from .eks.store import clusters_named
from .rds import deferred

#: Requests served at once. terraform sends ten at a time; several terraforms may run.
THREADS = 32

#: Connections that may wait to be accepted or for their next request, and for how many seconds. A connection that is
#: cut makes an SDK repeat a request that may have been served, so none is ever cut for lack of room or of patience.
CONNECTIONS = 1024
IDLE_SECONDS = 3600

#: An answer goes out once so much of it is there, or all of it: head and body in one packet. When the body follows the
#: head, Go's HTTP client now and then gives up in between, and the SDK repeats a request that has been served.
SEND_BYTES = 65536


class Application:
    """WSGI application."""

    def __init__(self, account: str):
        extension.install()
        #: Where it is served, as soon as it is.
        self.endpoint = ""
        self.account = account
        self.lock = threading.Lock()
        #: For the faults, whose counts are exact however many calls come at once.
        self.faults_lock = threading.Lock()
        self.moto = DomainDispatcherApplication(create_backend_app)
        # moto reads a directory to answer this, on every request.
        self.moto.get_backend_for_host = functools.cache(self.moto.get_backend_for_host)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        # moto matches the path as it was sent (an ARN in a path segment keeps its `%2F`) and looks for it here.
        environ["RAW_URI"] = environ["REQUEST_URI"]
        path = environ["PATH_INFO"]
        errors.report_repetition(environ)
        if path.startswith("/_local-aws/"):
            return self.control(environ, path, start_response)
        start_response = faults.dated(start_response)
        call = calls.of(environ)
        start_response = calls.journal.note(call, start_response)
        with self.faults_lock:
            found = faults.answer(call, lambda: answers.of(lambda *both: self.served(call, *both), environ))
        return self.served(call, environ, start_response) if found is None else found.send(start_response)

    def served(self, call: Call, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request as AWS would."""
        try:
            with self.lock:
                refused = access.refuse(call)
            refused = refused or limits.refuse(call)
            if refused is not None:
                return refused.send(start_response)
            # moto walks its dictionaries while others change them. One request at a time costs nothing, as each is
            # pure computation; only SQS waits inside a request, for messages.
            with contextlib.nullcontext() if call.service == "sqs" else self.lock:
                return self.moto(environ, start_response)
        except Exception as error:
            return errors.not_modelled(environ, error).send(start_response)

    def control(self, environ: dict[str, Any], path: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request to what is not of AWS, `/_local-aws/...`."""
        method, status = environ["REQUEST_METHOD"], "200 OK"
        try:
            asked = json.loads(environ["wsgi.input"].read() or b"{}")
            with self.lock:
                answer = self.controlled(method, path.split("/")[2:], asked)
        except (ValueError, KeyError, TypeError) as error:
            status, answer = "400 Bad Request", {"error": f"not understood: {error!r}"}
        if answer is None:
            status, answer = "404 Not Found", {"error": f"no such control endpoint: {method} {path}"}
        body = json.dumps(answer).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def controlled(self, method: str, path: list[str], asked: dict[str, Any]) -> dict[str, Any] | None:
        """The answer of a control endpoint; `None` when there is none."""
        match (method, *path):
            case ("POST", "reset"):
                reset()
            case ("GET", "inventory"):
                return inventory.take(self.account)
            case ("GET", "identities"):
                return identities.take(self.account)
            case ("POST", "account"):
                account.change(asked)
                return account.told()
            case ("GET", "account"):
                return account.told()
            case ("POST", "faults"):
                return {"id": faults.switch_on(asked)}
            case ("GET", "faults"):
                return {"faults": faults.told()}
            case ("DELETE", "faults", *number) if len(number) < 2:
                faults.switch_off(*map(int, number))
            case ("POST", "enforcement"):
                access.change(asked)
                return access.told()
            case ("GET", "enforcement"):
                return access.told()
            case ("POST", "calls"):
                calls.journal.begin()
            case ("GET", "calls"):
                return {"calls": calls.journal.told()}
            case ("DELETE", "calls"):
                calls.journal.end()
            case ("POST", "rds", name, "window"):
                deferred.open_window(self.account, name)
            case (_, "kubernetes", *rest):
                return self.of_kubernetes(method, rest, asked)
            case _:
                return None
        return {}

    def of_kubernetes(self, method: str, path: list[str], asked: dict[str, Any]) -> dict[str, Any] | None:
        """The same for what is behind EKS clusters."""
        match (method, *path):
            case ("POST", *name) if len(name) < 2:
                attached.attach(*name or [None], asked["address"], asked["certificate_authority"])
            case ("DELETE", *name) if len(name) < 2:
                attached.detach(*name)
            case ("POST", name, "updates"):
                updates.hold(name)
            case ("GET", name, "updates"):
                return {
                    "updates": [w for cluster in clusters_named(self.account, name) for w in updates.waiting(cluster)]
                }
            case ("POST", name, "updates", identity):
                [cluster] = clusters_named(self.account, name)
                updates.finish(cluster, identity)
            case ("POST", name, "token-review"):
                return kubernetes.token_review(self.account, name, self.endpoint, asked)
            case ("POST", name, "access-review"):
                return kubernetes.access_review(self.account, name, asked)
            case _:
                return None
        return {}


def reset() -> None:
    """Forget everything in every service, account and region.

    moto would make every backend anew before it drops them all. Only S3 has more to do: it closes temporary files.
    """
    attached.detach()
    updates.release()
    access.reset()
    account.reset()
    faults.switch_off()
    for state in s3_backends.values():
        state.reset()
    for backends in BackendDict._instances:
        backends.clear()
    BackendDict._instances.clear()


class Server:
    """The application on a loopback port, served from threads of its own while the context is open."""

    def __init__(self, host: str, port: int, account: str):
        # It would warn of every request that waits for a thread.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._map: dict[int, Any] = {}
        application = Application(account)
        self._server = create_server(
            application,
            map=self._map,
            host=host,
            port=port,
            threads=THREADS,
            backlog=CONNECTIONS,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            send_bytes=SEND_BYTES,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=True,
        )
        application.endpoint = self.endpoint
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._stopping = threading.Event()

    @property
    def endpoint(self) -> str:
        """The URL that clients use."""
        return f"http://{self._server.effective_host}:{self._server.effective_port}"

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join(timeout=5)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(timeout=30, use_poll=True, map=self._map, count=1)
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
