"""What calls of SQS ask: of queues, by their URLs or names."""

from urllib.parse import urlsplit

from moto.sqs.models import sqs_backends

from ...calls import Call
from ..asked import Asked
from ..derive import Parameters, Place, Service, Tags, everything

QUEUE = {
    *(
        "AddPermission",
        "ChangeMessageVisibility",
        "DeleteMessage",
        "DeleteQueue",
        "GetQueueAttributes",
        "ListQueueTags",
    ),
    *(
        "PurgeQueue",
        "ReceiveMessage",
        "RemovePermission",
        "SendMessage",
        "SetQueueAttributes",
        "TagQueue",
        "UntagQueue",
    ),
    "ListDeadLetterSourceQueues",
}


def _by_url(place: Place, p: Parameters) -> list[str]:
    """The last two parts of a queue's URL are its account and its name."""
    account, name = urlsplit(p["QueueUrl"]).path.strip("/").split("/")[-2:]
    return [Place(account, place.region).arn("sqs", name)]


def _tags(place: Place, arn: str) -> Tags:
    queue = sqs_backends[place.account][place.region].queues.get(arn.rsplit(":", 1)[-1])
    return dict(queue.tags) if queue is not None else {}


SERVICE = Service(
    "sqs",
    resources={
        **dict.fromkeys(QUEUE, _by_url),
        **dict.fromkeys(("CreateQueue", "GetQueueUrl"), lambda place, p: [place.arn("sqs", p["QueueName"])]),
        "ListQueues": everything,
    },
    tags=_tags,
    requested=lambda p: p.get("tags") or p.get("Tags") or {},
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks."""
    found = SERVICE.asked(call, parameters)
    if call.operation == "CreateQueue" and parameters.get("tags"):
        found += [Asked("sqs:TagQueue", one.resources, one.context) for one in found]
    return found
