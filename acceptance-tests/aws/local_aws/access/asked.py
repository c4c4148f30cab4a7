"""What IAM is asked for a call: what each service's own file answers, and the evaluator takes."""

from dataclasses import dataclass


class NotModelled(Exception):
    """What a call asks of IAM, or what a policy wants to know of it, is not known here: it is refused, never let through."""


@dataclass(frozen=True)
class Asked:
    """What IAM is asked for one call: an action on resources, with what is known beside."""

    #: `ec2:CreateVpc`.
    action: str
    #: ARNs, of which every one must be allowed; `("*",)` for an action that knows no resource.
    resources: tuple[str, ...]
    #: Condition keys in lower case => values (`aws:requesttag/x`, `aws:tagkeys`, `aws:resourcetag/x`, keys of the service).
    #: What is global (region, principal, time, address, called by whom) is added for all.
    context: dict[str, list[str]]
