"""What calls of ACM ask: of the certificate, and of `certificate/*`, as ACM says when it refuses, for a new one."""

from moto.acm.models import acm_backends

from ...calls import Call
from ..asked import Asked, Context
from ..derive import Parameters, Place, Service, Tags, everything, known


def _certificate(place: Place, p: Parameters) -> list[str]:
    return [p.get("CertificateArn") or place.arn("acm", "certificate/*")]


def _tags(place: Place, arn: str) -> Tags:
    found = acm_backends[place.account][place.region]._certificates.get(arn)
    return {key: value or "" for key, value in found.tags.items()} if found else {}


def _said(_: Place, p: Parameters) -> Context:
    wanted = (p.get("Options") or {}).get("CertificateTransparencyLoggingPreference")
    return known(
        acm__DomainNames=list(dict.fromkeys([p["DomainName"], *(p.get("SubjectAlternativeNames") or [])])),
        acm__ValidationMethod=p.get("ValidationMethod"),
        acm__KeyAlgorithm=p.get("KeyAlgorithm") or "RSA_2048",
        acm__CertificateTransparencyLogging=wanted or "ENABLED",
        acm__CertificateAuthority=p.get("CertificateAuthorityArn"),
    )


def _tag(place: Place, p: Parameters) -> list[Asked]:
    return SERVICE.of(place, "AddTagsToCertificate", _certificate(place, p), p) if p.get("Tags") else []


OF_CERTIFICATE = {
    "AddTagsToCertificate", "DeleteCertificate", "DescribeCertificate", "GetCertificate", "ImportCertificate",
    "ListTagsForCertificate", "RemoveTagsFromCertificate", "RequestCertificate", "UpdateCertificateOptions",
}  # fmt: skip

SERVICE = Service(
    "acm",
    {**dict.fromkeys(OF_CERTIFICATE, _certificate), "ListCertificates": everything},
    tags=_tags,
    keys={"RequestCertificate": _said},
    more={"ImportCertificate": _tag, "RequestCertificate": _tag},
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
