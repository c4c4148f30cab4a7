"""Pages of long lists, as AWS hands them out: the rest comes for a token."""

from typing import Any

from .errors import AwsError

PREFIX = "local-aws-page-"


def page(
    items: list[Any], token: str | None, limit: Any, usual: int, refusal: tuple[str, str]
) -> tuple[list[Any], str | None]:
    """One page of a list and the token for the next. `refusal` is what the service says to a token of others."""
    start = 0
    if token:
        number = token.removeprefix(PREFIX)
        if number == token or not number.isdigit():
            raise AwsError(*refusal)
        start = int(number)
    end = start + int(limit or usual)
    return items[start:end], f"{PREFIX}{end}" if end < len(items) else None
