"""Signing in to the API server of a cluster: what its webhooks are answered."""

import base64
import datetime
import json
import urllib.error
import urllib.request

import botocore.auth
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCOUNT = "123456789012"
CREATOR = f"arn:aws:iam::{ACCOUNT}:user/moto"
DEFAULT = Credentials("local-aws", "local-aws")
POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKS{}Policy"
REAL_STS = "https://sts.eu-west-1.amazonaws.com"


@pytest.fixture
def eks(aws, network, role):
    """EKS with the cluster `demo`, whose creator is its administrator."""
    client = aws.client("eks")
    client.create_cluster(
        name="demo",
        roleArn=role("cluster", "eks.amazonaws.com"),
        resourcesVpcConfig={"subnetIds": network.subnet_ids},
        accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
    )
    return client


@pytest.fixture
def user(aws):
    """A function that makes a user; gives ARN and credentials."""
    iam = aws.client("iam")

    def create(name):
        arn = iam.create_user(UserName=name)["User"]["Arn"]
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return arn, Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    return create


@pytest.fixture
def ask(aws):
    """A function that posts to a control endpoint."""

    def post(path, body, method="POST"):
        url = f"{aws.endpoint}/_local-aws/kubernetes{path}"
        with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), method=method)) as answer:
            return json.load(answer)

    return post


@pytest.fixture
def review(ask):
    """A function that asks whose a token is; gives the status."""

    def status(token, cluster="demo"):
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
        answer = ask(f"/{cluster}/token-review", asked)
        assert (answer["apiVersion"], answer["kind"]) == ("authentication.k8s.io/v1", "TokenReview")
        return answer["status"]

    return status


@pytest.fixture
def token(aws, monkeypatch):
    """A function that signs a token, as `aws eks get-token` does."""

    def sign(credentials=DEFAULT, *, cluster="demo", endpoint=None, minutes=0, expires=60, action="GetCallerIdentity"):
        then = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: then.replace(tzinfo=None))
        parameters = {"Action": action, "Version": "2011-06-15"}
        headers = {"x-k8s-aws-id": cluster} if cluster else {}
        request = AWSRequest("GET", f"{endpoint or aws.endpoint}/", params=parameters, headers=headers)
        SigV4QueryAuth(credentials, "sts", "eu-west-1", expires=expires).add_auth(request)
        return encoded(request.url)

    return sign


def encoded(url):
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def decoded(token):
    text = token.removeprefix("k8s-aws-v1.")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def test_a_cluster_says_where_its_api_server_is_once_one_is_attached(eks, ask):
    def told():
        cluster = eks.describe_cluster(name="demo")["cluster"]
        return cluster["endpoint"], cluster["certificateAuthority"]["data"]

    before = told()
    assert before[0].endswith(".gr7.us-east-1.eks.amazonaws.com")
    ask("", {"address": "https://127.0.0.1:1", "certificate_authority": "YQ=="})
    ask("/demo", {"address": "https://127.0.0.1:2", "certificate_authority": "Yg=="})
    assert told() == ("https://127.0.0.1:2", "Yg==")
    ask("/demo", {}, "DELETE")
    assert told() == ("https://127.0.0.1:1", "YQ==")
    ask("", {}, "DELETE")
    assert told() == before


def test_whoever_created_the_cluster_is_its_administrator(eks, token, review):
    assert eks.list_access_entries(clusterName="demo")["accessEntries"] == [CREATOR]
    status = review(token())
    assert status["authenticated"]
    assert status["user"]["username"] == CREATOR
    assert status["user"]["groups"] == []
    assert status["user"]["extra"]["canonicalArn"] == [CREATOR]


def test_a_token_for_the_real_sts_is_good_too(eks, token, review):
    assert review(token(endpoint=REAL_STS))["authenticated"]


def test_an_assumed_role_comes_as_its_session_by_the_entry_of_the_role(aws, eks, token, review):
    document = {"Version": "2012-10-17", "Statement": []}
    made = aws.client("iam").create_role(
        RoleName="deployer", Path="/teams/", AssumeRolePolicyDocument=json.dumps(document)
    )["Role"]
    arn = made["Arn"]
    assert arn.endswith(":role/teams/deployer")
    session = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="ada@example.com")["Credentials"]
    credentials = Credentials(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    assert review(token(credentials)) == {"authenticated": False, "error": f"{arn} has no access entry"}
    eks.create_access_entry(clusterName="demo", principalArn=arn, kubernetesGroups=["deployers"])
    user = review(token(credentials))["user"]
    assert user["username"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ada-example.com"
    assert user["groups"] == ["deployers"]
    assert user["uid"] == f"aws-iam-authenticator:{ACCOUNT}:{made['RoleId']}"
    assert user["extra"]["canonicalArn"] == [f"arn:aws:iam::{ACCOUNT}:role/deployer"]
    assert user["extra"]["sessionName"] == ["ada@example.com"]
    credentials.token = "of another session"
    assert review(token(credentials))["error"].startswith("InvalidClientTokenId")


def test_a_user_needs_an_entry_and_an_active_key_and_must_not_be_made_anew(aws, eks, user, token, review):
    arn, credentials = user("ada")
    assert review(token(credentials))["error"] == f"{arn} has no access entry"
    eks.create_access_entry(clusterName="demo", principalArn=arn, username="ada-{{AccountID}}")
    assert review(token(credentials))["user"]["username"] == f"ada-{ACCOUNT}"
    iam = aws.client("iam")
    iam.update_access_key(UserName="ada", AccessKeyId=credentials.access_key, Status="Inactive")
    assert review(token(credentials))["error"].startswith("InvalidClientTokenId")
    iam.delete_access_key(UserName="ada", AccessKeyId=credentials.access_key)
    iam.delete_user(UserName="ada")
    made, again = user("ada")
    assert made == arn
    assert review(token(again))["error"] == f"{arn} was made anew since its access entry was"
    eks.delete_access_entry(clusterName="demo", principalArn=arn)
    assert review(token(again))["error"] == f"{arn} has no access entry"
    eks.create_access_entry(clusterName="demo", principalArn=arn)
    assert review(token(again))["authenticated"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"minutes": -16}, "the token has expired: "),
        ({"minutes": 16}, "the token was signed in the future"),
        ({"expires": 901}, "X-Amz-Expires is no number of seconds from 0 to 900"),
        ({"action": "GetSessionToken"}, "the signed URL asks for another action than GetCallerIdentity"),
        ({"cluster": "other"}, "SignatureDoesNotMatch: "),
        ({"cluster": None}, "the header x-k8s-aws-id is not signed"),
        ({"credentials": Credentials("local-aws", "guessed")}, "SignatureDoesNotMatch: "),
        ({"credentials": Credentials("nobody", "x")}, "InvalidClientTokenId: "),
        (
            {"endpoint": "https://sts.evil.example"},
            "the token was signed for `https://sts.evil.example`, which is no STS",
        ),
        ({"endpoint": "http://sts.eu-west-1.amazonaws.com"}, "the token was signed for `http://sts.eu-west-1."),
    ],
)
def test_what_is_refused(eks, token, review, changes, error):
    status = review(token(**changes))
    assert status["authenticated"] is False
    assert status["error"].startswith(error)
    assert review(token())["authenticated"]


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_token_lasts_for_fifteen_minutes_whatever_its_url_says(eks, token, review, minutes):
    assert review(token(minutes=minutes, expires=60))["authenticated"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"), "SignatureDoesNotMatch: "),
        (lambda url: url.replace("eu-west-1", "us-east-1"), "SignatureDoesNotMatch: "),
        (lambda url: url.replace("/?", "/x?"), "the signed URL has a path"),
        (lambda url: url + "&action=GetCallerIdentity", "the signed URL has a parameter twice or "),
        (lambda url: url + "&X-More=1", "the signed URL has a parameter twice or one that does not belong there"),
        (lambda url: url.replace("X-Amz-Date=2", "X-Amz-Date=x"), "X-Amz-Date is missing or no date"),
        (lambda url: url.replace("%2Fsts%2F", "%2Fs3%2F"), "X-Amz-Credential is not of STS or of another day"),
        (lambda url: url.replace("=host%3B", "=date%3Bhost%3B"), "a header is signed that the cluster does not send"),
    ],
)
def test_a_changed_token_is_refused(eks, token, review, change, error):
    url = decoded(token())
    assert change(url) != url
    assert review(encoded(url))["authenticated"]
    assert review(encoded(change(url)))["error"].startswith(error)


def test_what_is_no_token_is_refused(eks, review):
    assert review("eyJhbGciOiJub25lIn0.e30.")["error"] == "the token does not begin with `k8s-aws-v1.`"
    assert review("k8s-aws-v1.@")["error"] == "the token holds no URL in base64"
    assert review("k8s-aws-v1." + "a" * 5000)["error"] == "the token is too long"
    assert review("k8s-aws-v1.YQ", cluster="none")["error"] == "0 clusters have that name"


def test_a_cluster_is_known_by_its_name_alone_and_two_of_one_name_by_none(aws, eks, token, review, role):
    ec2 = aws.client("ec2", "eu-west-1")
    subnets = [s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]]
    create = aws.client("eks", "eu-west-1").create_cluster
    more = {"roleArn": role("second", "eks.amazonaws.com"), "resourcesVpcConfig": {"subnetIds": subnets}}
    create(name="second", **more)
    assert review(token(cluster="second"), cluster="second")["authenticated"]
    create(name="demo", **more)
    assert review(token())["error"] == "2 clusters have that name"


def test_a_review_that_is_none_is_told(aws, ask):
    with pytest.raises(urllib.error.HTTPError, match="400"):
        ask("/demo/token-review", {"kind": "TokenReview"})


@pytest.fixture
def may(eks, user, token, review, ask):
    """A function that makes a user with an access policy; gives one that asks what the user may do."""

    def enter(policy, *namespaces):
        arn, credentials = user("ada")
        eks.create_access_entry(clusterName="demo", principalArn=arn)
        scope = {"type": "namespace", "namespaces": list(namespaces)} if namespaces else {"type": "cluster"}
        eks.associate_access_policy(
            clusterName="demo", principalArn=arn, policyArn=POLICY.format(policy), accessScope=scope
        )
        signed_in = review(token(credentials))["user"]

        def allowed(verb, resource, namespace="", group=""):
            resource, _, subresource = resource.partition("/")
            attributes = {"verb": verb, "resource": resource, "namespace": namespace, "group": group}
            spec = {"resourceAttributes": {**attributes, "subresource": subresource}}
            if not resource:
                spec = {"nonResourceAttributes": {"path": f"/{subresource}", "verb": verb}}
            spec |= {"user": signed_in["username"], "groups": signed_in["groups"], "extra": signed_in["extra"]}
            asked = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
            return ask("/demo/access-review", asked)["status"]["allowed"]

        return allowed

    return enter


def test_an_administrator_of_the_cluster_may_do_all(may):
    allowed = may("ClusterAdmin")
    assert allowed("delete", "nodes")
    assert allowed("escalate", "clusterroles", group="rbac.authorization.k8s.io")
    assert allowed("patch", "nodepools", group="karpenter.sh")
    assert allowed("get", "/metrics")


def test_a_viewer_sees_most_and_no_secrets(may):
    allowed = may("View")
    assert allowed("list", "pods", "shop")
    assert allowed("get", "pods/log", "shop")
    assert allowed("watch", "deployments", group="apps")
    for verb, resource, group in [
        ("create", "pods", ""),
        ("get", "secrets", ""),
        ("create", "pods/exec", ""),
        ("list", "nodes", ""),
        ("list", "nodepools", "karpenter.sh"),
        ("list", "pods", "metrics.k8s.io"),
        ("get", "/metrics", ""),
    ]:
        assert not allowed(verb, resource, "", group), (verb, resource, group)


def test_an_admin_viewer_sees_secrets_and_custom_resources_too(may):
    allowed = may("AdminView")
    assert allowed("get", "secrets", "shop")
    assert allowed("list", "nodepools", group="karpenter.sh")
    assert not allowed("delete", "secrets", "shop")
    assert not allowed("get", "/metrics")


@pytest.mark.parametrize(("policy", "binds"), [("Edit", False), ("Admin", True)])
def test_an_editor_changes_workloads_and_an_admin_binds_roles_too(may, policy, binds):
    allowed = may(policy)
    assert allowed("create", "pods", "shop")
    assert allowed("get", "secrets", "shop")
    assert allowed("update", "deployments/scale", "shop", "apps")
    assert not allowed("create", "namespaces")
    assert not allowed("update", "resourcequotas", "shop")
    assert allowed("create", "rolebindings", "shop", "rbac.authorization.k8s.io") is binds


def test_a_policy_for_namespaces_ends_with_them(may):
    allowed = may("ClusterAdmin", "shop", "team-*")
    assert allowed("delete", "pods", "shop")
    assert allowed("delete", "pods", "team-a")
    assert not allowed("delete", "pods", "shops")
    assert not allowed("list", "pods")
    assert not allowed("list", "nodes")
    assert not allowed("get", "/metrics")


def test_a_policy_that_is_taken_away_allows_nothing_more(eks, may):
    allowed = may("View")
    assert allowed("list", "pods")
    arn = f"arn:aws:iam::{ACCOUNT}:user/ada"
    eks.disassociate_access_policy(clusterName="demo", principalArn=arn, policyArn=POLICY.format("View"))
    assert not allowed("list", "pods")
