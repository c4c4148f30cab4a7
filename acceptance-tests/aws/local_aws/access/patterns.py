"""Texts of policies with wildcards and variables, as regular expressions.

`*` and `?` are wildcards where they stand in the policy, and not where a variable brings them: a variable's value is
taken as it is. `${*}`, `${?}` and `${$}` are the characters themselves, `${key, 'text'}` has a text for where the key
is absent. A variable without a value, or with several, makes a text that matches nothing (IAM User Guide, "Policy
variables with no value").
"""

import functools
import re
from collections.abc import Callable

#: What a variable stands for; `None`: nothing.
Variables = Callable[[str], str | None]

TOKEN = re.compile(r"\$\{([^}]*)\}|[*?:]|[^$*?:]+|\$")
DEFAULT = re.compile(r"^(?P<key>[^,]*?)\s*,\s*'(?P<text>[^']*)'\s*$")
#: So many colons an ARN has before what is in its last part.
COLONS = 5


def has_variables(text: str) -> bool:
    """Whether a text is another for other requests."""
    return "${" in text


def substituted(text: str, variables: Variables | None) -> str | None:
    """The text itself, of an operator without wildcards. `variables`: `None` where the version of the policy knows
    none.
    """
    if variables is None or not has_variables(text):
        return text
    parts = [_value(t, variables) if t.group(1) is not None else t.group() for t in TOKEN.finditer(text)]
    return None if None in parts else "".join(p for p in parts if p is not None)


def like(text: str, variables: Variables | None) -> re.Pattern[str] | None:
    """What a text with wildcards matches."""
    return _compiled(_regex(text, variables, arn=False))


def arn(text: str, variables: Variables | None) -> re.Pattern[str] | None:
    """What an ARN with wildcards matches: each part by itself, and the last with whatever colons are in it.

    An ARN that ends early has any parts behind.
    """
    return _compiled(_regex(text, variables, arn=True))


def resource(text: str, variables: Variables | None) -> re.Pattern[str] | None:
    """The same of the ARN of a resource, where a `*` at the end of a part goes beyond the colon (IAM User Guide,
    "Using wildcards in resource ARNs").
    """
    return _compiled(_regex(text, variables, arn=True, beyond=True))


@functools.lru_cache(65536)
def any_case(text: str) -> re.Pattern[str]:
    """What a text with wildcards and no variables matches in any case, as an action."""
    return re.compile(_regex(text, None, arn=False) or "", re.IGNORECASE | re.DOTALL)


def _regex(text: str, variables: Variables | None, arn: bool, beyond: bool = False) -> str | None:
    parts: list[str] = []
    colons = 0
    gone_on = False
    for token in TOKEN.finditer(text):
        told = token.group()
        goes_on = beyond and told == "*" and text[token.end() : token.end() + 1] == ":"
        gone_on = gone_on or goes_on
        anything = "[^:]" if arn and colons < COLONS and not goes_on else "."
        if token.group(1) is not None and variables is not None:
            value = _value(token, variables)
            if value is None:
                return None
            parts.append(re.escape(value))
        elif told in ("*", "?"):
            parts.append(anything + ("*" if told == "*" else ""))
        else:
            colons += told == ":"
            parts.append(re.escape(told))
    if arn and colons < COLONS:
        behind = ":[^:]*" * (COLONS - colons - 1) + ":.*"
        parts.append(f"(?:{behind})?" if gone_on else behind)
    return "".join(parts)


def _value(token: re.Match[str], variables: Variables) -> str | None:
    told = token.group(1)
    if told in ("*", "?", "$"):
        return told
    default = DEFAULT.match(told)
    value = variables(default["key"] if default else told)
    return default["text"] if value is None and default else value


@functools.lru_cache(65536)
def _compiled(regex: str | None) -> re.Pattern[str] | None:
    return None if regex is None else re.compile(regex, re.DOTALL)
