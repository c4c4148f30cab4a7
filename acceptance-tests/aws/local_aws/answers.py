"""Answers as a whole: status, headers and body of what an application has said, to be changed before they are sent."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]


class Answer(NamedTuple):
    """One answer."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def with_body(self, body: bytes, length: int | None = None) -> "Answer":
        """With another body; `length` is what it claims to be, where that is not what it is."""
        kept = [(name, value) for name, value in self.headers if name.lower() != "content-length"]
        return Answer(self.status, [*kept, ("Content-Length", str(len(body) if length is None else length))], body)

    def send(self, start: Start) -> Iterable[bytes]:
        """Answer with it."""
        start(self.status, self.headers)
        return [self.body]


def of(application: Application, environ: Environ) -> Answer:
    """What the application answers."""
    told: list[Any] = []
    body = application(environ, lambda status, headers, _=None: told.extend((status, headers)))
    try:
        whole = b"".join(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
    status, headers = told
    return Answer(status, list(headers), whole)
