"""Bearer tokens of EKS: `k8s-aws-v1.` and, in base64, a presigned URL of GetCallerIdentity.

Checked in the order and by the rules of kubernetes-sigs/aws-iam-authenticator (`pkg/token/token.go`). What that leaves
to STS, the signature and the session, is checked here too.
"""

import base64
import binascii
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

from .. import sts
from ..sts import Caller

PREFIX = "k8s-aws-v1."
LONGEST = 4096
CLUSTER_HEADER = "x-k8s-aws-id"
#: From `X-Amz-Date` on, whatever `X-Amz-Expires` says: STS takes no notice of that for this request.
LIFETIME = timedelta(minutes=15)
DATE = "%Y%m%dT%H%M%SZ"
STS_HOST = re.compile(r"sts(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?")
NO_BODY = hashlib.sha256(b"").hexdigest()
SIGNATURE = "x-amz-signature"
#: Of the URL's parameters those that may be there, in lower case.
PARAMETERS = {
    "action",
    "version",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    SIGNATURE,
    "x-amz-signedheaders",
}


class Refused(Exception):
    """Why a sign-in is refused. Says nothing of the token that could be used."""


def verify(token: str, cluster: str, endpoint: str) -> Caller:
    """Whoever has signed the token for that cluster. `endpoint` is where this server plays STS."""
    url = _url(token)
    host = f"{url.scheme}://{url.netloc}"
    if host != endpoint and not (url.scheme == "https" and STS_HOST.fullmatch(url.netloc)):
        raise Refused(f"the token was signed for `{host}`, which is no STS")
    if url.path != "/":
        raise Refused("the signed URL has a path")
    given = parse_qsl(url.query, keep_blank_values=True)
    parameters = {name.lower(): value for name, value in given}
    if len(parameters) != len(given) or not parameters.keys() <= PARAMETERS:
        raise Refused("the signed URL has a parameter twice or one that does not belong there")
    if parameters.get("action") != "GetCallerIdentity":
        raise Refused("the signed URL asks for another action than GetCallerIdentity")
    headers = parameters.get("x-amz-signedheaders", "").lower().split(";")
    if CLUSTER_HEADER not in headers:
        raise Refused(f"the header {CLUSTER_HEADER} is not signed")
    if not re.fullmatch(r"\d{1,3}", expires := parameters.get("x-amz-expires", "")) or int(expires) > 900:
        raise Refused("X-Amz-Expires is no number of seconds from 0 to 900")
    _check_date(parameters.get("x-amz-date", ""))
    caller = _caller(parameters)
    # These are what the cluster would send along.
    sent = {"host": url.netloc, CLUSTER_HEADER: cluster, "accept": "application/json"}
    if not set(headers) <= sent.keys():
        raise Refused("a header is signed that the cluster does not send")
    request = _canonical(given, {name: sent[name] for name in headers})
    if not hmac.compare_digest(_signature(request, parameters, caller.secret), parameters.get(SIGNATURE, "")):
        raise Refused("SignatureDoesNotMatch: changed, signed with another secret, or for another cluster")
    return caller


def _url(token: str) -> SplitResult:
    if len(token) > LONGEST:
        raise Refused("the token is too long")
    if not token.startswith(PREFIX):
        raise Refused(f"the token does not begin with `{PREFIX}`")
    encoded = token.removeprefix(PREFIX)
    try:
        # `=` at the end is left out in tokens, and refused.
        if not re.fullmatch(r"[A-Za-z0-9_-]*", encoded):
            raise ValueError
        return urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    except (ValueError, binascii.Error):
        raise Refused("the token holds no URL in base64") from None


def _check_date(text: str) -> None:
    try:
        date = datetime.strptime(text, DATE).replace(tzinfo=UTC)
    except ValueError:
        raise Refused("X-Amz-Date is missing or no date") from None
    now = datetime.now(UTC)
    if now > date + LIFETIME:
        raise Refused(f"the token has expired: it was signed at {date:%Y-%m-%dT%H:%M:%SZ} and lasts for 15 minutes")
    if date > now + LIFETIME:
        raise Refused("the token was signed in the future")


def _caller(parameters: dict[str, str]) -> Caller:
    scope = parameters.get("x-amz-credential", "").split("/")
    date = parameters["x-amz-date"].split("T")[0]
    if len(scope) != 5 or (scope[1], *scope[3:]) != (date, "sts", "aws4_request"):
        raise Refused("X-Amz-Credential is not of STS or of another day")
    caller = sts.find(scope[0], scope[2])
    if caller is None or caller.session_token != parameters.get("x-amz-security-token"):
        raise Refused("InvalidClientTokenId: there is no such access key, or not with this session")
    if caller.expires is not None and datetime.now(UTC) > caller.expires:
        raise Refused("ExpiredToken: the session of the role has ended")
    return caller


def _canonical(parameters: list[tuple[str, str]], headers: dict[str, str]) -> str:
    """The request in the form that is signed."""
    encoded = sorted((_quoted(name), _quoted(value)) for name, value in parameters if name.lower() != SIGNATURE)
    query = "&".join(f"{name}={value}" for name, value in encoded)
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    return f"GET\n/\n{query}\n{lines}\n{';'.join(names)}\n{NO_BODY}"


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _signature(request: str, parameters: dict[str, str], secret: str) -> str:
    """Signature version 4."""
    scope = parameters["x-amz-credential"].split("/", 1)[1]
    hashed = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{parameters['x-amz-date']}\n{scope}\n{hashed}"
    key = f"AWS4{secret}".encode()
    for part in [*scope.split("/"), text]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()
