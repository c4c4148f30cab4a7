"""AWS's evaluation logic: identity, boundary, session and resource policies, in one account and across two."""

import json

import pytest

from local_aws.access import context, language
from local_aws.access.asked import Asked, NotModelled
from local_aws.access.callers import NOBODY, Principal
from local_aws.access.decision import Denial, Standing, decide

OURS, OTHER = "123456789012", "210987654321"
USER = f"arn:aws:iam::{OURS}:user/ann"
ROLE = f"arn:aws:iam::{OURS}:role/app"
SESSION = f"arn:aws:sts::{OURS}:assumed-role/app/one"
BUCKET = "arn:aws:s3:::data"


def policy(*statements):
    return language.read(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def says(effect, principal=None, **more):
    told = {"Effect": effect, "Action": "s3:*", "Resource": "*", **more}
    return told if principal is None else {**told, "Principal": principal}


ALLOW, DENY = policy(says("Allow")), policy(says("Deny"))


def user(*policies, boundary=None):
    return Principal(USER, OURS, identity="AIDA1", policies=policies, boundary=boundary)


def session(*policies, boundary=None, given=None):
    return Principal(SESSION, OURS, ROLE, "AROA1", policies=policies, boundary=boundary, session=given)


def decided(principal, at=None, account=OURS, **standing):
    asked = Asked("s3:GetBucketPolicy", (BUCKET,), {})
    return decide(principal, context.Known(asked, BUCKET, {}), Standing(at, account, **standing))


def at(effect, principal, **more):
    return policy(says(effect, principal, **more))


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (user(), Denial("identity")),
        (user(ALLOW), None),
        (user(ALLOW, DENY), Denial("identity", True)),
        (user(ALLOW, boundary=()), Denial("boundary")),
        (user(ALLOW, boundary=ALLOW), None),
        (user(ALLOW, boundary=DENY), Denial("boundary", True)),
        (user(boundary=ALLOW), Denial("identity")),
        (session(ALLOW, given=(ALLOW,)), None),
        (session(ALLOW, given=((),)), Denial("session")),
        (session(ALLOW, given=(DENY,)), Denial("session", True)),
        (session(given=(ALLOW,)), Denial("identity")),
        (session(ALLOW, boundary=(), given=((),)), Denial("boundary")),
        (NOBODY, Denial("resource")),
    ],
)
def test_policies_of_whoever_calls(principal, expected):
    assert decided(principal) == expected


@pytest.mark.parametrize(
    ("principal", "policy_at", "expected"),
    [
        # Named itself: no other policy has to allow it, and a boundary that does not mention it takes nothing away.
        (user(), at("Allow", {"AWS": USER}), None),
        (user(boundary=()), at("Allow", {"AWS": USER}), None),
        (user(DENY), at("Allow", {"AWS": USER}), Denial("identity", True)),
        (user(boundary=DENY), at("Allow", {"AWS": USER}), Denial("boundary", True)),
        (user(), at("Allow", "*"), None),
        (session(boundary=(), given=((),)), at("Allow", {"AWS": SESSION}), None),
        # By its role: as a policy of the role.
        (session(), at("Allow", {"AWS": ROLE}), None),
        (session(), at("Allow", {"AWS": "AROA1"}), None),
        (session(boundary=()), at("Allow", {"AWS": ROLE}), Denial("boundary")),
        (session(given=((),)), at("Allow", {"AWS": ROLE}), Denial("session")),
        # By its account: left to the account.
        (user(), at("Allow", {"AWS": OURS}), Denial("identity")),
        (user(ALLOW), at("Allow", {"AWS": f"arn:aws:iam::{OURS}:root"}), None),
        (user(), at("Allow", {"AWS": f"arn:aws:iam::{OURS}:user/bob"}), Denial("identity")),
        (user(), at("Allow", {"Service": "s3.amazonaws.com"}), Denial("identity")),
        # A deny names whomever it wants.
        (user(ALLOW), at("Deny", "*"), Denial("resource", True)),
        (user(ALLOW), at("Deny", {"AWS": OURS}), Denial("resource", True)),
        (session(ALLOW), at("Deny", {"AWS": ROLE}), Denial("resource", True)),
        (user(ALLOW), at("Deny", {"AWS": f"arn:aws:iam::{OURS}:user/bob"}), None),
        (NOBODY, at("Allow", "*"), None),
        (NOBODY, at("Allow", {"AWS": OURS}), Denial("resource")),
    ],
)
def test_a_policy_at_a_resource_of_the_same_account(principal, policy_at, expected):
    assert decided(principal, policy_at) == expected


@pytest.mark.parametrize(
    ("principal", "policy_at", "expected"),
    [
        (user(ALLOW), None, Denial("resource")),
        (user(ALLOW), at("Allow", {"AWS": OURS}), None),
        (user(ALLOW), at("Allow", {"AWS": OTHER}), Denial("resource")),
        (user(), at("Allow", {"AWS": USER}), Denial("identity")),
        (user(ALLOW, boundary=()), at("Allow", {"AWS": USER}), Denial("boundary")),
        (session(ALLOW), at("Allow", {"AWS": ROLE}), None),
        (session(), at("Allow", {"AWS": ROLE}), Denial("identity")),
        (session(ALLOW, given=((),)), at("Allow", {"AWS": SESSION}), Denial("session")),
    ],
)
def test_across_accounts_both_sides_allow_it(principal, policy_at, expected):
    assert decided(principal, policy_at, OTHER) == expected


@pytest.mark.parametrize(
    ("principal", "policy_at", "expected"),
    [
        (user(ALLOW), at("Allow", {"AWS": f"arn:aws:iam::{OURS}:root"}), None),
        (user(), at("Allow", {"AWS": f"arn:aws:iam::{OURS}:root"}), Denial("identity")),
        (user(ALLOW), policy(), Denial("resource")),
        (user(), at("Allow", {"AWS": USER}), None),
        (session(), at("Allow", {"AWS": ROLE}), None),
    ],
)
def test_a_key_allows_nothing_that_its_policy_does_not(principal, policy_at, expected):
    assert decided(principal, policy_at, must_allow=True) == expected


def test_who_is_left_out_of_a_deny_is_named_with_account_and_role():
    def but(*named):
        told = says("Deny")
        return policy({**told, "NotPrincipal": {"AWS": list(named)}})

    assert decided(user(ALLOW), but(USER, OURS)) is None
    assert decided(user(ALLOW), but(USER)) == Denial("resource", True)
    assert decided(session(ALLOW), but(SESSION, ROLE, OURS)) is None
    assert decided(session(ALLOW), but(SESSION, OURS)) == Denial("resource", True)


@pytest.mark.parametrize(
    ("policy_at", "message"),
    [
        (policy({**says("Allow"), "NotPrincipal": {"AWS": USER}}), "NotPrincipal with Allow"),
        (policy(says("Allow")), "without a principal"),
        (at("Allow", {"CanonicalUser": "79a5"}), "canonical user ID"),
    ],
)
def test_what_is_not_known_of_principals_is_said(policy_at, message):
    with pytest.raises(NotModelled, match=message):
        decided(user(ALLOW), policy_at)


def test_conditions_are_only_of_statements_that_are_about_it():
    unknown = {"StringEquals": {"aws:Unheard": "of"}}
    others = policy(says("Allow"), says("Allow", Action="s3:PutObject", Condition=unknown))
    assert decided(user(others)) is None
    with pytest.raises(NotModelled, match="what aws:unheard is for s3:GetBucketPolicy on arn:aws:s3:::data"):
        decided(user(policy(says("Allow", Condition=unknown))))
