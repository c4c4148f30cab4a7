//! Mutual TLS with the host that started this process, and with nobody else.
//!
//! The host makes a certificate for each start and passes it in the environment. It is self-signed, marked as an
//! authority, and used as a leaf, which path validation refuses; its key is ECDSA P-521, which ring does not verify.
//! So the verifier here takes exactly that certificate, byte for byte, and checks the proof of its key by itself.

use std::sync::Arc;

use p521::ecdsa::signature::Verifier;
use p521::ecdsa::{DerSignature, VerifyingKey};
use p521::pkcs8::DecodePublicKey;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{NoServerSessionStorage, ParsedCertificate, ServerConfig};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use super::error::ServeError;

/// The server's side of TLS, and the certificate to announce.
pub(super) struct ServerTls {
    pub(super) config: Arc<ServerConfig>,
    pub(super) certificate: CertificateDer<'static>,
}

impl ServerTls {
    /// Makes a certificate for this process, and admits only the holder of `client_certificate` (PEM).
    pub(super) fn new(client_certificate: &str) -> Result<Self, ServeError> {
        let client = CertificateDer::from_pem_slice(client_certificate.as_bytes())
            .map_err(|error| ServeError::ClientCertificate { reason: error.to_string() })?;
        let provider = Arc::new(ring::default_provider());
        let verifier = PinnedClient::new(client, &provider)
            .map_err(|error| ServeError::ClientCertificate { reason: error.to_string() })?;
        let (certificate, key) =
            server_certificate().map_err(|error| ServeError::Tls { reason: error.to_string() })?;
        let config = server_config(provider, verifier, certificate.clone(), key)
            .map_err(|error| ServeError::Tls { reason: error.to_string() })?;
        Ok(Self { config: Arc::new(config), certificate })
    }
}

/// A certificate that the host pins in turn. The host checks the name `localhost` and the purpose.
fn server_certificate() -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), rcgen::Error> {
    let mut params = CertificateParams::new(["localhost".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // ECDSA P-256, which every host can verify.
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
}

fn server_config(
    provider: Arc<CryptoProvider>,
    verifier: PinnedClient,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, Error> {
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_single_cert(vec![certificate], key)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    // There is one connection in a life: nothing to resume.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// Admits the holder of one certificate.
#[derive(Debug)]
struct PinnedClient {
    certificate: CertificateDer<'static>,
    /// The certificate's key, when it is one that ring does not know.
    p521: Option<VerifyingKey>,
    others: WebPkiSupportedAlgorithms,
}

impl PinnedClient {
    fn new(certificate: CertificateDer<'static>, provider: &CryptoProvider) -> Result<Self, Error> {
        let parsed = ParsedCertificate::try_from(&certificate)?;
        let p521 = VerifyingKey::from_public_key_der(&parsed.subject_public_key_info()).ok();
        Ok(Self { certificate, p521, others: provider.signature_verification_algorithms })
    }

    /// The verdict on a P-521 signature, or nothing when it is of another kind.
    fn verify_p521(
        &self,
        message: &[u8],
        signed: &DigitallySignedStruct,
    ) -> Option<Result<HandshakeSignatureValid, Error>> {
        let key = self.p521.as_ref()?;
        if signed.scheme != SignatureScheme::ECDSA_NISTP521_SHA512 {
            return None;
        }
        let verdict =
            DerSignature::try_from(signed.signature()).and_then(|signature| key.verify(message, &signature));
        Some(match verdict {
            Ok(()) => Ok(HandshakeSignatureValid::assertion()),
            Err(_) => Err(Error::InvalidCertificate(CertificateError::BadSignature)),
        })
    }
}

impl ClientCertVerifier for PinnedClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if *end_entity == self.certificate {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_p521(message, dss)
            .unwrap_or_else(|| rustls::crypto::verify_tls12_signature(message, cert, dss, &self.others))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_p521(message, dss)
            .unwrap_or_else(|| rustls::crypto::verify_tls13_signature(message, cert, dss, &self.others))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.others.supported_schemes();
        if self.p521.is_some() {
            schemes.push(SignatureScheme::ECDSA_NISTP521_SHA512);
        }
        schemes
    }
}
