"""The language of policies: operators, variables, wildcards, and what is not known."""

import json

import pytest

from local_aws.access import conditions, context, language, patterns
from local_aws.access.asked import Asked, NotModelled, request_tags, resource_tags

ARN = "arn:aws:iam::123456789012:role/teams/acme-app"


class Here:
    """Keys that are known, and of which all others are known to be absent."""

    def __init__(self, keys):
        self.keys = keys

    def values(self, key):
        return self.keys.get(key)

    def variable(self, key):
        return (self.keys.get(key.lower()) or [None])[0]


def holds(operator, wanted, given, more=None):
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    keys = {} if given is None else {"k": given if isinstance(given, list) else [given]}
    here = Here(keys | (more or {}))
    return conditions.parsed(operator, "k", wanted).holds(here, here.variable)


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ("a", "b"), "b", True),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringEqualsIfExists", "a", "b", False),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", ("a", "b"), "b", False),
        ("StringNotEquals", "a", None, True),
        ("StringEqualsIgnoreCase", "acme", "ACME", True),
        ("StringNotEqualsIgnoreCase", "acme", "ACME", False),
        ("StringLike", "a?c*", "abcd", True),
        ("StringLike", "a?c*", "ac", False),
        ("StringLike", "a.c", "abc", False),
        ("StringLike", "a[b]", "ab", False),
        ("StringNotLike", "a*", "b", True),
        ("StringNotLike", "a*", None, True),
        ("NumericEquals", "3", "3.0", True),
        ("NumericNotEquals", "3", "4", True),
        ("NumericLessThan", "1.2", "1.1", True),
        ("NumericLessThan", "1.2", "1.2", False),
        ("NumericLessThanEquals", "1.2", "1.2", True),
        ("NumericGreaterThan", "5", "6", True),
        ("NumericGreaterThanEquals", "5", "x", False),
        ("DateLessThan", "2030-01-01T00:00:00Z", "2029-12-31T23:59:59Z", True),
        ("DateGreaterThan", "2030-01-01", "2029-12-31T23:59:59Z", False),
        ("DateGreaterThanEquals", "1900000000", "2030-03-17T17:46:40Z", True),
        ("DateEquals", "2030-01-01T00:00:00Z", "1893456000", True),
        ("DateNotEquals", "2030-01-01T00:00:00Z", "1893456000", False),
        ("Bool", "true", "true", True),
        ("Bool", "false", "true", False),
        ("Bool", "true", None, False),
        ("BoolIfExists", "true", None, True),
        ("BinaryEquals", "QUJD", "QUJD", True),
        ("BinaryEquals", "QUJD", "QUJE", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.7", True),
        ("IpAddress", "203.0.113.7", "203.0.113.8", False),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
        ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True),
        ("ArnEquals", ARN, ARN, True),
        ("ArnLike", "arn:aws:iam::*:role/teams/*", ARN, True),
        ("ArnLike", "arn:aws:iam::*", ARN, True),
        ("ArnLike", "arn:*:role/teams/*", ARN, False),
        ("ArnLike", "arn:aws:iam::*:role/*", "no ARN", False),
        ("ArnNotLike", "arn:aws:iam::*:role/other", ARN, True),
        ("ArnNotEquals", ARN, ARN, False),
        ("Null", "true", None, True),
        ("Null", "false", None, False),
        ("Null", "false", "a", True),
        ("ForAllValues:StringEquals", ("a", "b"), ["a", "b"], True),
        ("ForAllValues:StringEquals", ("a", "b"), ["a", "c"], False),
        ("ForAllValues:StringLike", "a*", None, True),
        ("ForAnyValue:StringEquals", ("a", "b"), ["c", "b"], True),
        ("ForAnyValue:StringEquals", "a", ["c", "b"], False),
        ("ForAnyValue:StringEquals", "a", None, False),
        ("ForAnyValue:StringNotEquals", "a", ["a", "b"], True),
        ("ForAllValues:StringNotLike", "a*", ["b", "ab"], False),
    ],
)
def test_a_condition_holds(operator, wanted, given, expected):
    assert holds(operator, wanted, given) is expected


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("home/${aws:username}/*", "home/ann/a", True),
        ("home/${aws:username}/*", "home/bob/a", False),
        ("home/${AWS:UserName}/*", "home/ann/a", True),
        ("${*}x", "*x", True),
        ("${*}x", "ax", False),
        ("${aws:PrincipalTag/team, 'none'}", "none", True),
        ("${aws:PrincipalTag/team}", "none", False),
        # What a variable brings is no wildcard.
        ("${odd}", "anything", False),
        ("${odd}", "any*", True),
    ],
)
def test_a_variable_is_its_value_and_no_wildcard(text, given, expected):
    more = {"aws:username": ["ann"], "odd": ["any*"]}
    assert holds("StringLike", text, given, more) is expected


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("arn:aws:s3:::acme-*", "arn:aws:s3:::acme-data/a:b", True),
        ("arn:aws:s3:::acme", "arn:aws:s3:::acme/a", False),
        ("arn:aws:iam::123456789012:role/*", ARN, True),
        # The last character of a part: it goes beyond the colon.
        ("arn:aws:iam:*:role/teams/*", ARN, True),
        ("arn:aws:iam::*:acme-app", ARN.replace("role/teams/", "role/a:"), True),
        ("arn:aws:iam:*x:role/teams/*", ARN, False),
        ("arn:aws:iam::*1:role/teams/*", ARN, False),
        ("arn:aws:iam::12345678901?:role/teams/*", ARN, True),
        ("arn:aws:iam::1?:role/teams/*", ARN, False),
        ("arn:aws:ecr:us-east-1:1:repository/*${*}", "arn:aws:ecr:us-east-1:1:repository/hub/*", True),
        ("arn:aws:ecr:us-east-1:1:repository/*${*}", "arn:aws:ecr:us-east-1:1:repository/hub/base", False),
        ("arn:aws:iam::*:role/teams/acme-???", ARN, True),
        ("arn:aws:sqs:*", "arn:aws:sqs:us-east-1:123456789012:q", True),
        ("arn:aws:ec2:*:*:vpc/*", "arn:aws:ec2:us-east-1:123456789012:vpc/*", True),
        ("arn:aws:ec2:*:*:vpc/vpc-1", "arn:aws:ec2:us-east-1:123456789012:vpc/*", False),
        ("*", "*", True),
        ("arn:aws:ec2:*:*:*", "*", False),
    ],
)
def test_a_resource_is_matched_part_by_part(pattern, resource, expected):
    told = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": pattern}}
    [statement] = language.read(json.dumps(told))
    assert statement.reaches(resource, lambda _: None) is expected


def test_actions_are_matched_in_any_case_and_left_out():
    told = {"Statement": [{"Effect": "Allow", "NotAction": ["IAM:*", "sts:Assume?ole"], "Resource": "*"}]}
    [statement] = language.read(json.dumps(told))
    assert [statement.covers(a) for a in ("iam:GetRole", "sts:AssumeRole", "s3:GetObject")] == [False, False, True]


def test_before_2012_a_variable_is_a_text():
    told = {
        "Version": "2008-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}"}],
    }
    [statement] = language.read(json.dumps(told))
    assert statement.reaches("arn:aws:s3:::${aws:username}", lambda _: "ann") is True
    assert statement.reaches("arn:aws:s3:::ann", lambda _: "ann") is False


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ({"Effect": "Maybe"}, "no effect"),
        ({"Effekt": "Allow"}, "elements that are not known"),
        ({"Condition": {"StringAlmost": {"k": "a"}}}, "the condition operator StringAlmost is not known"),
        ({"Condition": {"NullIfExists": {"k": "true"}}}, "the condition operator NullIfExists is not known"),
        ({"Condition": {"ForSomeValues:StringLike": {"k": "a"}}}, "ForSomeValues:StringLike is not known"),
        ({"NotAction": "*"}, "Action and NotAction"),
    ],
)
def test_what_is_not_known_of_a_policy_is_said(statement, message):
    whole = {"Effect": "Allow", "Action": "*", "Resource": "*", **statement}
    with pytest.raises(NotModelled, match=message):
        language.read(json.dumps({"Version": "2012-10-17", "Statement": [whole]}))


def test_several_values_under_an_operator_for_one_are_not_decided():
    with pytest.raises(NotModelled, match="which has 2 values, without ForAllValues or ForAnyValue"):
        holds("StringEquals", "a", ["a", "b"])


def known(action="iam:CreateRole", resource=ARN, of_all=None, **keys):
    return context.Known(Asked(action, (resource,), keys), resource, of_all or {})


def test_a_key_is_known_by_the_call_by_what_all_have_or_by_the_reference():
    tags = request_tags({"Team": "a"}) | resource_tags({})
    here = known(of_all={"aws:requestedregion": ["us-east-1"]}, **tags)
    assert here.values("aws:requesttag/team") == ["a"]
    assert here.values("aws:requesttag/other") is None
    assert here.values("aws:resourcetag/team") is None
    assert here.values("aws:tagkeys") == ["Team"]
    assert here.values("aws:requestedregion") == ["us-east-1"]
    assert here.values("aws:principalorgid") is None
    # Another action's key.
    assert here.values("kms:viaservice") is None


@pytest.mark.parametrize(
    "key",
    ["iam:permissionsboundary", "aws:requesttag/team", "aws:tagkeys", "aws:newkey", "foo:bar", "aws:resourcetag/x"],
)
def test_a_key_that_nothing_tells_of_is_not_decided(key):
    with pytest.raises(NotModelled, match=f"what {key} is for iam:CreateRole on {ARN}"):
        known().values(key)


def test_a_text_without_its_variable_matches_nothing():
    assert patterns.like("a${aws:username}", lambda _: None) is None
    assert patterns.substituted("a${aws:username}", lambda _: None) is None
    assert patterns.substituted("a${aws:username}", None) == "a${aws:username}"


def test_tags_whose_keys_differ_in_case_alone_are_one_key_with_several_values():
    """IAM looks at keys in any case, and which of the two counts it does not say."""
    for tags, key in ((request_tags, "aws:requesttag/platform"), (resource_tags, "aws:resourcetag/platform")):
        found = tags({"platform": "acme", "Platform": "other"})
        assert found[key] == ["acme", "other"]
        with pytest.raises(NotModelled, match="which has 2 values"):
            conditions.parsed("StringEquals", key, ("acme",)).holds(Here(found), None)


def test_an_arn_of_a_condition_is_compared_part_by_part():
    assert holds("ArnLike", "arn:aws:iam:*:role/teams/*", ARN) is False
