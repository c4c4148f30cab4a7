//! Requests that are signed here, where a whole SDK would be for one question.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;

use super::failure::Failure;
use crate::facts::Why;

/// What is signed.
pub(super) struct Request<'a> {
    pub(super) method: &'static str,
    pub(super) url: &'a str,
    pub(super) headers: &'a [(&'static str, &'static str)],
    pub(super) body: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'static str,
}

/// The headers of a request: its own, and those that a signature adds.
pub(super) fn signed(
    request: &Request<'_>,
    credentials: &Credentials,
) -> Result<Vec<(String, String)>, Failure> {
    let failed = |e: &dyn std::fmt::Display| {
        Failure::new(Why::Unreadable, format!("the request cannot be signed: {e}"))
    };
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    // No path or query that is asked here has anything to encode.
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(request.region)
        .name(request.service)
        .time(SystemTime::now())
        .settings(settings)
        .build()
        .map_err(|e| failed(&e))?
        .into();
    let body = SignableBody::Bytes(request.body.as_bytes());
    let own = request.headers.iter().copied();
    let signable = SignableRequest::new(request.method, request.url, own, body);
    let signable = signable.map_err(|e| failed(&e))?;
    let (instructions, _) = sign(signable, &parameters).map_err(|e| failed(&e))?.into_parts();
    let own = request.headers.iter().copied();
    Ok(own.chain(instructions.headers()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(url: &str) -> Result<Vec<(String, String)>, Failure> {
        let credentials =
            Credentials::new("AKIDEXAMPLE", "the-secret", Some("token".to_owned()), None, "test");
        let target = [("x-amz-target", "CertificateManager.DescribeCertificate")];
        let (region, service) = ("us-east-1", "acm");
        signed(&Request { method: "POST", url, headers: &target, body: "{}", region, service }, &credentials)
    }

    #[test]
    fn a_signature_covers_the_body_and_tells_no_secret() {
        let headers = headers("https://acm.us-east-1.amazonaws.com/").unwrap();
        let of = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
        for name in ["x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-target"] {
            assert!(headers.iter().any(|(own, _)| own == name), "{headers:?}");
            assert!(of("authorization").unwrap().contains(name), "{headers:?}");
        }
        assert!(headers.iter().all(|(_, value)| !value.contains("the-secret")), "{headers:?}");
    }

    #[test]
    fn what_is_no_address_cannot_be_signed() {
        let failure = headers("not an address").unwrap_err();
        assert_eq!(failure.text, "the request cannot be signed: failed to create canonical request");
    }
}
