"""What the derivations of IAM, KMS, S3 and others say, held against the service authorization reference."""

import json
from pathlib import Path

import pytest
from asking import ACCOUNT, REGION, arn, fresh
from test_asked_reference import OF_SERVICE, model, short_of, value

from local_aws.access import context, reference, switch
from local_aws.access.asked import NotModelled
from local_aws.access.services import s3, sts
from local_aws.calls import Call

IAM = f"arn:aws:iam::{ACCOUNT}"
#: Name in signatures => operations of those whose files have no table of all.
LISTED = {"s3": [*s3.BUCKET, *s3.OBJECT, "DeleteObjects", "ListBuckets"], "sts": sorted(sts.ASSUMING)}
SERVICES = ("events", "iam", "kms", "logs", "route53", "s3", "secretsmanager", "sqs", "ssm", "sts", "tagging")
#: Members that are not just any text.
OURS = {
    ("events", "ResourceARN"): arn("events", "rule/x"),
    ("events", "EventPattern"): '{"source": ["aws.ec2"]}',
    ("iam", "OpenIDConnectProviderArn"): f"{IAM}:oidc-provider/x",
    ("iam", "Path"): "/",
    ("iam", "PolicyArn"): f"{IAM}:policy/x",
    ("iam", "Url"): "https://x",
    ("kms", "AliasName"): "alias/x",
    ("logs", "resourceArn"): arn("logs", "log-group:x"),
    ("route53", "ResourceType"): "hostedzone",
    ("sqs", "QueueUrl"): f"http://localhost/{ACCOUNT}/x",
}
#: Asked on what the reference does not have: log groups by the streams in them, as the service says when it refuses.
OTHERWISE = {("logs:DescribeLogGroups", "log-group::log-stream:")}


def operations(service):
    return LISTED.get(service) or sorted(switch.DERIVATIONS[service].__globals__["SERVICE"].resources)


def asked(service, operation, every):
    shape = model(service).operation_model(operation).input_shape
    given = value((service, operation), shape, "", 0, every) if shape else {}
    given.pop("TransitiveTagKeys", None)
    try:
        return switch.asked_of(Call(service, operation, REGION, "x", "", {"PATH_INFO": "/x/x"}), given)
    except (NotModelled, KeyError):
        # Of whom it is, the request says only with all that it can have.
        assert not every, (service, operation)
        return []


@pytest.fixture(scope="module")
def found():
    """Operation => all that is asked of it, with the least and with the most that an input can have."""
    fresh()
    before = dict(OF_SERVICE)
    OF_SERVICE.update(OURS)
    try:
        return {
            (service, operation): [one for every in (False, True) for one in asked(service, operation, every)]
            for service in SERVICES
            for operation in operations(service)
        }
    finally:
        OF_SERVICE.clear()
        OF_SERVICE.update(before)


def test_each_action_is_one_that_the_reference_has(found):
    for (service, operation), several in found.items():
        assert several != [], (service, operation)
        for one in several:
            assert reference.kinds_of(one.action), one.action


def test_each_resource_is_of_a_kind_that_the_reference_has(found):
    wrong = set()
    for several in found.values():
        for one in several:
            kinds = [k for k in reference.kinds_of(one.action) if k]
            service = one.action.split(":")[0]
            for resource in one.resources:
                fits = any(reference.arn_of(service, k).fullmatch(resource) for k in kinds)
                if not (fits or (resource == "*" and not kinds)):
                    wrong.add((one.action, short_of(resource)))
    assert wrong == OTHERWISE


def test_each_key_is_one_that_the_reference_has_and_others_are_not_told(found):
    for several in found.values():
        for one in several:
            for key in (k for k, values in one.context.items() if values):
                assert reference.exists(key), (one.action, key)
                is_known = reference.knows(one.action, one.resources[0], key)
                told = context.Known(one, one.resources[0], {}).values(key)
                assert told == (one.context[key] if is_known else None), (one.action, key)


def test_what_the_recording_needs_is_asked_by_some_operation(found):
    recorded = json.loads((Path(__file__).parents[3] / "generator/data/permissions.json").read_text())["types"]
    needed = {action for of in recorded.values() for actions in of.values() for action in actions}
    derived = {one.action for several in found.values() for one in several}
    ours = {service for service in SERVICES if service != "tagging"} | {"tag"}
    missing = {action for action in needed if action.split(":")[0] in ours} - derived
    # Nobody needs a permission for the first; the others are WAF's, asked for with its logs.
    assert missing == {"sts:GetCallerIdentity", "logs:CreateLogDelivery", "logs:DeleteLogDelivery"}


def test_an_operation_that_is_in_no_table_is_not_modelled():
    for service in SERVICES:
        with pytest.raises(NotModelled, match="asks of IAM"):
            switch.asked_of(Call(service, "Unheard", REGION, "x", "", {}), {"Bucket": "x"})
