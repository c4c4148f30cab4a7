"""What IAM is asked for a call: what each service's own file answers, and the evaluator takes.

A key of a condition is known in three ways: the context has it with its values; the context has it with `[]`, and it is
known to be absent; or the service authorization reference (`reference.json`) does not have it for the action and the
kind of resource. Of any other key nothing is known, and a policy that wants it gets `NotModelled`. Tags are many keys:
`aws:requesttag/` and `aws:resourcetag/` (the prefix alone, with `[]`) say that all that are there are given, which
`request_tags` and `resource_tags` do.
"""

from dataclasses import dataclass

Context = dict[str, list[str]]


class NotModelled(Exception):
    """What a call asks of IAM, or what a policy wants to know of it, is not known here: it is refused, never let
    through.
    """


@dataclass(frozen=True)
class Asked:
    """What IAM is asked for one call: an action on resources, with what is known beside."""

    #: `ec2:CreateVpc`.
    action: str
    #: ARNs, of which every one must be allowed; `("*",)` for an action that knows no resource.
    resources: tuple[str, ...]
    #: Condition keys in lower case => values (`aws:requesttag/x`, `aws:tagkeys`, `aws:resourcetag/x`, keys of the
    #: service).
    #: What is global (region, principal, time, address, called by whom) is added for all.
    context: Context


def request_tags(tags: dict[str, str]) -> Context:
    """What is known of the tags that a request sets; of none, that there are none."""
    return {"aws:requesttag/": [], "aws:tagkeys": list(tags)} | _in_any_case("aws:requesttag/", tags)


def untagged(keys: list[str]) -> Context:
    """What is known of the tags that a request takes away."""
    return {"aws:requesttag/": [], "aws:tagkeys": list(keys)}


def resource_tags(tags: dict[str, str], *more: str) -> Context:
    """What is known of the tags that a resource has; of none, that there are none. `more`: services with a key of their
    own beside `aws:ResourceTag` (`iam`).
    """
    prefixes = [f"{of}:resourcetag/" for of in ("aws", *more)]
    known: Context = {prefix: [] for prefix in prefixes}
    for prefix in prefixes:
        known |= _in_any_case(prefix, tags)
    return known


def _in_any_case(prefix: str, tags: dict[str, str]) -> Context:
    """Tags as keys of conditions, which are the same in any case: with two of one name it is not known which counts."""
    known: Context = {}
    for key, value in tags.items():
        known.setdefault(f"{prefix}{key.lower()}", []).append(value)
    return known
