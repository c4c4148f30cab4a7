"""The process: ready line, control endpoints, ends when told."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

ROOT = Path(__file__).parent.parent


def start(*arguments: str) -> tuple[subprocess.Popen, dict]:
    command = [sys.executable, "-m", "local_aws", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return process, json.loads(process.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number):
    process, _ = start("--until-stdin-closes")
    process.send_signal(number)
    assert process.wait(timeout=60) == 0


def test_account_and_region_are_those_asked_for():
    process, ready = start("--account", "210987654321", "--region", "eu-west-1", "--until-stdin-closes")
    with urllib.request.urlopen(f"{ready['endpoint']}/_local-aws/inventory") as answer:
        assert json.load(answer) == {"objects": 0, "by_kind": {}, "names": {}}
    assert ready["environment"]["AWS_REGION"] == "eu-west-1"
    request = urllib.request.Request(
        ready["endpoint"],
        data=b"Action=GetCallerIdentity&Version=2011-06-15",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": "AWS4-HMAC-SHA256 Credential=local-aws/20260101/eu-west-1/sts/aws4_request",
        },
    )
    with urllib.request.urlopen(request) as answer:
        assert b"<Account>210987654321</Account>" in answer.read()
    process.stdin.close()
    assert process.wait(timeout=60) == 0


def test_a_wrong_account_is_refused():
    done = subprocess.run(
        [sys.executable, "-m", "local_aws", "--account", "12"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "twelve digits" in done.stderr


def test_reset_forgets_everything(aws):
    aws.client("sqs").create_queue(QueueName="q")
    aws.client("sqs", "eu-west-1").create_queue(QueueName="r")
    assert aws.inventory()["by_kind"] == {"sqs:queue": 2}
    aws.reset()
    assert aws.inventory()["objects"] == 0


def test_defaults_of_a_fresh_account_are_not_counted(aws):
    assert aws.client("ec2").describe_vpcs()["Vpcs"]
    assert len(aws.client("iam").list_policies(Scope="AWS")["Policies"]) > 50
    aws.client("kms").describe_key(KeyId="alias/aws/s3")
    assert aws.inventory()["objects"] == 0


def test_keys_that_wait_for_deletion_are_not_counted_but_secrets_are(aws):
    kms, secrets = aws.client("kms"), aws.client("secretsmanager")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    secrets.create_secret(Name="s", SecretString="x")
    assert aws.inventory()["by_kind"] == {"kms:key": 1, "secretsmanager:secret": 1}
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    secrets.delete_secret(SecretId="s", RecoveryWindowInDays=7)
    assert aws.inventory()["by_kind"] == {"secretsmanager:secret": 1}


def test_an_answer_comes_in_one_piece_however_many_connections_are_silent(aws):
    host, port = aws.endpoint.removeprefix("http://").split(":")
    with contextlib.ExitStack() as connections:
        for _ in range(100):
            connections.enter_context(socket.create_connection((host, int(port))))
        talking = connections.enter_context(socket.create_connection((host, int(port))))
        for _ in range(3):
            talking.sendall(b"GET /_local-aws/inventory HTTP/1.1\r\nHost: aws\r\n\r\n")
            head, body = talking.recv(65536).split(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK")
            assert json.loads(body) == {"objects": 0, "by_kind": {}, "names": {}}


def test_unknown_control_endpoint(aws):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{aws.endpoint}/_local-aws/nothing")


def test_what_is_not_modelled_fails_at_once_and_says_so(aws):
    with pytest.raises(ClientError) as failed:
        aws.client("ec2").describe_ipam_pools()
    assert failed.value.response["Error"]["Code"] == "NotModelled"
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert failed.value.response["ResponseMetadata"]["RetryAttempts"] == 0
