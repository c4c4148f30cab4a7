"""Faults: each service's own codes, answers that are none, and a clock that is wrong."""

import http.client
import json
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

CALLS = {
    "ec2": lambda c: c.describe_vpcs(),
    "sts": lambda c: c.get_caller_identity(),
    "iam": lambda c: c.list_roles(),
    "rds": lambda c: c.describe_db_instances(),
    "elbv2": lambda c: c.describe_load_balancers(),
    "eks": lambda c: c.list_clusters(),
    "service-quotas": lambda c: c.list_services(),
    "kms": lambda c: c.list_keys(),
    "s3": lambda c: c.list_buckets(),
    "route53": lambda c: c.list_hosted_zones(),
}

CODES = {
    "denied": {
        "ec2": ("UnauthorizedOperation", 403),
        "sts": ("AccessDenied", 403),
        "iam": ("AccessDenied", 403),
        "rds": ("AccessDenied", 403),
        "elbv2": ("AccessDenied", 403),
        "eks": ("AccessDeniedException", 403),
        "service-quotas": ("AccessDeniedException", 400),
        "kms": ("AccessDeniedException", 400),
        "s3": ("AccessDenied", 403),
        "route53": ("AccessDenied", 403),
    },
    "throttled": {
        "ec2": ("RequestLimitExceeded", 503),
        "sts": ("Throttling", 400),
        "iam": ("Throttling", 400),
        "rds": ("Throttling", 400),
        "eks": ("ThrottlingException", 429),
        "service-quotas": ("TooManyRequestsException", 400),
        "kms": ("ThrottlingException", 400),
        "s3": ("SlowDown", 503),
    },
    "expired": {
        "ec2": ("RequestExpired", 400),
        "sts": ("ExpiredToken", 403),
        "iam": ("ExpiredToken", 403),
        "eks": ("ExpiredTokenException", 403),
        "service-quotas": ("ExpiredTokenException", 400),
        "s3": ("ExpiredToken", 400),
    },
    "unknown-key": {
        "ec2": ("AuthFailure", 401),
        "sts": ("InvalidClientTokenId", 403),
        "eks": ("UnrecognizedClientException", 403),
        "service-quotas": ("UnrecognizedClientException", 400),
        "s3": ("InvalidAccessKeyId", 403),
    },
    "opt-in-required": {"ec2": ("OptInRequired", 401)},
    "unavailable": {"ec2": ("Unavailable", 503), "s3": ("ServiceUnavailable", 503)},
}


@pytest.mark.parametrize(
    ("kind", "service", "expected"),
    [(kind, service, expected) for kind, codes in CODES.items() for service, expected in codes.items()],
)
def test_each_service_has_its_own_codes(aws, kind, service, expected):
    aws.fault(kind)
    with pytest.raises(ClientError) as failed:
        CALLS[service](aws.client(service))
    answer = failed.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == expected
    assert answer["Error"]["Message"]
    aws.control("DELETE", "faults")
    CALLS[service](aws.client(service))


def test_who_may_not_do_what_is_named(aws):
    aws.fault("denied", service="eks")
    with pytest.raises(ClientError, match=r"user/moto is not authorized to perform: eks:ListClusters"):
        aws.client("eks").list_clusters()


def test_a_fault_meets_what_it_is_about_and_so_often(aws):
    number = aws.fault("throttled", service="ec2", operation="Describe*", region="us-east-1", times=2)
    ec2 = aws.client("ec2")
    aws.client("ec2", "eu-west-1").describe_vpcs()
    aws.client("sts").get_caller_identity()
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    for _ in range(2):
        with pytest.raises(ClientError, match="RequestLimitExceeded"):
            ec2.describe_vpcs()
    assert len(ec2.describe_vpcs()["Vpcs"]) == 2
    [fault] = aws.control("GET", "faults")["faults"]
    assert (fault["id"], fault["met"], fault["times"]) == (number, 2, 0)
    aws.control("DELETE", f"faults/{number}")
    assert aws.control("GET", "faults")["faults"] == []


def test_sdks_repeat_what_was_throttled(aws):
    aws.fault("throttled", service="ec2", times=2)
    client = boto3.client(
        "ec2",
        region_name="us-east-1",
        endpoint_url=aws.endpoint,
        aws_access_key_id="local-aws",
        aws_secret_access_key="local-aws",
        config=Config(retries={"mode": "standard", "max_attempts": 3}),
    )
    assert client.describe_vpcs()["ResponseMetadata"]["RetryAttempts"] == 2


def asked(aws, service: str) -> urllib.request.Request:
    """A request as an SDK sends it, whose answer nothing makes sense of."""
    scope = f"AWS4-HMAC-SHA256 Credential=local-aws/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host"
    if service == "eks":
        return urllib.request.Request(f"{aws.endpoint}/clusters", headers={"Authorization": scope})
    if service == "servicequotas":
        kind = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "ServiceQuotasV20190624.ListServices"}
        return urllib.request.Request(aws.endpoint, data=b"{}", headers={"Authorization": scope, **kind})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"Action=DescribeVpcs&Version=2016-11-15"
    return urllib.request.Request(aws.endpoint, data=body, headers={"Authorization": scope, **kind})


@pytest.mark.parametrize("service", ["ec2", "eks", "servicequotas"])
def test_answers_that_are_none(aws, service):
    with urllib.request.urlopen(asked(aws, service)) as answer:
        whole = answer.read()
    aws.fault("half", service=service, times=1)
    with urllib.request.urlopen(asked(aws, service)) as answer:
        half = answer.read()
    assert (answer.status, len(half)) == (200, len(whole) // 2)
    assert whole.startswith(half)
    aws.fault("gibberish", service=service, times=1)
    with urllib.request.urlopen(asked(aws, service)) as answer:
        assert (answer.headers["Content-Type"], answer.read()[:15]) == ("text/html", b"<!doctype html>")
    aws.fault("cut-off", service=service, times=1)
    with urllib.request.urlopen(asked(aws, service)) as answer, pytest.raises(http.client.IncompleteRead) as cut:
        answer.read()
    assert len(cut.value.partial) == len(whole) // 2


def test_a_page_that_is_promised_and_does_not_come(aws):
    for service, operation, call, code in (
        ("ec2", "describe_vpcs", "DescribeVpcs", "InvalidPaginationToken"),
        ("service-quotas", "list_services", "ListServices", "InvalidPaginationTokenException"),
        ("eks", "list_clusters", "ListClusters", "InvalidParameterException"),
        ("iam", "list_roles", "ListRoles", "ValidationError"),
        ("rds", "describe_db_instances", "DescribeDBInstances", "ValidationError"),
    ):
        aws.fault("lost-page", operation=call)
        pages = iter(aws.client(service).get_paginator(operation).paginate())
        next(pages)
        with pytest.raises(ClientError, match=code):
            next(pages)
        aws.control("DELETE", "faults")


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("ec2", "RequestExpired"),
        ("sts", "SignatureDoesNotMatch"),
        ("eks", "InvalidSignatureException"),
        ("service-quotas", "InvalidSignatureException"),
        ("s3", "RequestTimeTooSkewed"),
    ],
)
@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_clock_that_is_wrong(aws, service, expected, seconds):
    aws.fault("clock", seconds=seconds)
    with pytest.raises(ClientError) as failed:
        CALLS[service](aws.client(service))
    assert failed.value.response["Error"]["Code"] == expected
    if expected in ("SignatureDoesNotMatch", "InvalidSignatureException"):
        way = "Signature expired" if seconds > 0 else "Signature not yet current"
        assert failed.value.response["Error"]["Message"].startswith(way)


def test_every_answer_has_the_date_of_the_wrong_clock(aws):
    def date() -> float:
        try:
            with urllib.request.urlopen(f"{aws.endpoint}/no-such-bucket/x") as answer:
                headers = answer.headers
        except urllib.error.HTTPError as error:
            headers = error.headers
        assert len(headers.get_all("Date")) == 1
        return parsedate_to_datetime(headers["Date"]).timestamp()

    right = date()
    aws.fault("clock", seconds=7200)
    assert date() - right == pytest.approx(7200, abs=5)
    # A little is nothing.
    aws.control("DELETE", "faults")
    aws.fault("clock", seconds=60)
    aws.client("sts").get_caller_identity()


def test_a_fault_that_is_none_is_refused(aws):
    for asked in ({"kind": "rain"}, {"kind": "denied", "colour": "red"}, {}):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            aws.control("POST", "faults", asked)


def test_calls_are_kept_by_operation_when_asked_for(aws):
    aws.client("sts").get_caller_identity()
    aws.control("POST", "calls")
    s3, eks = aws.client("s3"), aws.client("eks")
    s3.create_bucket(Bucket="bucket-one")
    s3.get_bucket_versioning(Bucket="bucket-one")
    s3.put_bucket_encryption(
        Bucket="bucket-one",
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    s3.list_objects_v2(Bucket="bucket-one")
    s3.put_object(Bucket="bucket-one", Key="a/b", Body=b"x")
    eks.list_clusters()
    with pytest.raises(ClientError, match=r"\(ResourceNotFoundException\) when calling the DescribeAddon"):
        eks.describe_addon(clusterName="c", addonName="vpc-cni")
    aws.client("efs").describe_file_systems()
    aws.client("elbv2").describe_load_balancers()
    aws.client("service-quotas").list_services()
    aws.client("route53").list_hosted_zones()
    told = aws.control("GET", "calls")["calls"]
    assert [f"{c['service']}:{c['operation']}" for c in told] == [
        "s3:CreateBucket",
        "s3:GetBucketVersioning",
        "s3:PutBucketEncryption",
        "s3:ListObjectsV2",
        "s3:PutObject",
        "eks:ListClusters",
        "eks:DescribeAddon",
        "elasticfilesystem:DescribeFileSystems",
        "elasticloadbalancing:DescribeLoadBalancers",
        "servicequotas:ListServices",
        "route53:ListHostedZones",
    ]
    assert all("Botocore" in c["agent"] and c["invocation"] for c in told)
    aws.control("DELETE", "calls")
    eks.list_clusters()
    assert json.dumps(aws.control("GET", "calls")) == '{"calls": []}'
