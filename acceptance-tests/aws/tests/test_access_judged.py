"""The evaluation by itself, in the lines that another evaluator answers too."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ROLE = "arn:aws:iam::123456789012:role/climber"


def asked(*lines: dict[str, Any]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "local_aws.access"]
    told = "".join(json.dumps(line) + "\n" for line in lines)
    answered = subprocess.run(command, cwd=ROOT, input=told, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in answered.stdout.splitlines()]


def question(action: str, resource: str, **more: Any) -> dict[str, Any]:
    return {
        "ask": 0,
        "principal": "arn:aws:sts::123456789012:assumed-role/climber/judged",
        "policies": [0],
        "boundary": None,
        "of_resource": None,
        "action": action,
        "resource": resource,
        "account": "123456789012",
        "context": {"aws:PrincipalArn": [ROLE]},
        **more,
    }


def policy(number: int, **statement: Any) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Resource": "*", **statement}
    return {"policy": number, "document": {"Version": "2012-10-17", "Statement": [allow]}}


def test_each_question_has_its_answer_in_order():
    vpc = "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1"
    answers = asked(
        policy(0, Action="ec2:DeleteVpc"),
        policy(1, Action="s3:*"),
        question("ec2:DeleteVpc", vpc),
        question("ec2:DeleteVpc", vpc, boundary=1),
        question("ec2:DeleteSubnet", vpc.replace("vpc/vpc", "subnet/subnet")),
        question("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:f", context={"lambda:FunctionArn": ["x"]}),
    )
    assert [answer["result"] for answer in answers[:3]] == ["Allowed", "ImplicitlyDenied", "ImplicitlyDenied"]
    assert answers[1]["by"] == ["boundary"]
    # Of a service that no module uses there is no reference here.
    assert answers[3] == {"ask": 0, "result": "NotModelled", "by": answers[3]["by"], "ignored": []}


def test_keys_that_an_action_does_not_have_are_left_out():
    context = {"aws:PrincipalArn": [ROLE], "iam:ResourceTag/platform": ["acme-dev"], "aws:ResourceTag/platform": ["acme-dev"]}
    ours = {"StringEquals": {"iam:ResourceTag/platform": "acme-dev"}}
    told = question("iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/own", context=context)
    [answer] = asked(policy(0, Action="iam:*", Condition=ours), told)
    assert (answer["result"], answer["ignored"]) == ("ImplicitlyDenied", ["iam:resourcetag/platform"])
