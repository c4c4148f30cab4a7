"""One server for all tests, reset before each."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

ROOT = Path(__file__).parent.parent

#: For tests that have the local AWS in their own process. moto reads it while it is imported, as `__main__.py` knows.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out what takes minutes, unless it is asked for, and says so."""
    if os.environ.get("LOCAL_AWS_TERRAFORM"):
        return
    for item in items:
        if item.get_closest_marker("terraform"):
            item.add_marker(pytest.mark.skip(reason="takes minutes; run by `cargo xtask prove local-aws`"))


class LocalAws:
    """A running server, as a program would use it."""

    def __init__(self, ready: dict[str, Any]):
        self.endpoint: str = ready["endpoint"]
        self.environment: dict[str, str] = ready["environment"]
        self.clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A boto3 client that knows nothing but what the server printed. Kept, as making one takes a second for EC2."""
        if (service, region) not in self.clients:
            self.clients[service, region] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.environment["AWS_ENDPOINT_URL"],
                aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
                config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
            )
        return self.clients[service, region]

    def inventory(self) -> dict[str, Any]:
        """What customers have created."""
        with urllib.request.urlopen(f"{self.endpoint}/_local-aws/inventory") as answer:
            return json.load(answer)

    def control(self, method: str, path: str, asked: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask a control endpoint."""
        body = None if asked is None else json.dumps(asked).encode()
        request = urllib.request.Request(f"{self.endpoint}/_local-aws/{path}", data=body, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def account(self, **said: Any) -> dict[str, Any]:
        """Say what the account is like."""
        return self.control("POST", "account", said)

    def fault(self, kind: str, **more: Any) -> int:
        """Let something go wrong with calls from now on."""
        return self.control("POST", "faults", {"kind": kind, **more})["id"]

    def reset(self) -> None:
        """Forget everything."""
        self.control("POST", "reset")


@pytest.fixture(scope="session")
def server() -> Iterator[LocalAws]:
    """The server, started as a process of its own."""
    command = [sys.executable, "-m", "local_aws", "--until-stdin-closes"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield LocalAws(json.loads(process.stdout.readline()))
        process.stdin.close()
        # On a machine where much else runs an orderly end takes longer than one would think.
        assert process.wait(timeout=60) == 0


@pytest.fixture
def aws(server: LocalAws) -> LocalAws:
    """The server without any objects."""
    server.reset()
    return server


class Network:
    """A VPC with two private subnets."""

    def __init__(self, aws: LocalAws):
        self.ec2 = aws.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZoneId=f"use1-az{n}")[
                "Subnet"
            ]
            for n in (1, 2)
        ]
        self.subnet_ids = [s["SubnetId"] for s in self.subnets]


@pytest.fixture
def network(aws: LocalAws) -> Network:
    """A VPC with two private subnets."""
    return Network(aws)


@pytest.fixture
def role(aws: LocalAws) -> Any:
    """A function that creates a role which the given services may assume, and returns its ARN."""
    iam = aws.client("iam")

    def create(name: str, *services: str) -> str:
        statement = {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Principal": {"Service": services},
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]

    return create
