//! Certificates as Terraform makes them, and a TLS client that holds one.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use p521::ecdsa::signature::Signer as _;
use p521::ecdsa::{DerSignature, SigningKey};
use p521::elliptic_curve::Generate as _;
use rustls::client::ResolvesClientCert;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, Signer};
use rustls::{
    ClientConfig, Error, RootCertStore, SignatureAlgorithm, SignatureScheme, SupportedProtocolVersion,
};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::asn1::Ia5String;
use x509_cert::der::{Encode, EncodePem, pem::LineEnding};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::Validity;

/// A host's identity: self-signed, ECDSA P-521, authority and leaf at once.
pub(crate) struct Identity {
    pub(crate) pem: String,
    pub(crate) der: CertificateDer<'static>,
    pub(crate) key: SigningKey,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let key = SigningKey::generate();
        let certificate = CertificateBuilder::new(
            HostProfile,
            SerialNumber::from(42_u32),
            Validity::from_now(Duration::from_secs(3600)).unwrap(),
            SubjectPublicKeyInfoOwned::from_key(key.verifying_key()).unwrap(),
        )
        .unwrap()
        .build::<_, DerSignature>(&key)
        .unwrap();
        Self {
            pem: certificate.to_pem(LineEnding::LF).unwrap(),
            der: certificate.to_der().unwrap().into(),
            key,
        }
    }
}

struct HostProfile;

impl BuilderProfile for HostProfile {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        Name::from_str("CN=localhost,O=HashiCorp").unwrap()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let subject = tbs.subject();
        let usages = KeyUsages::DigitalSignature
            | KeyUsages::KeyEncipherment
            | KeyUsages::KeyAgreement
            | KeyUsages::KeyCertSign;
        let server_and_client = ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"];
        let purposes = server_and_client.map(|id| id.parse().unwrap()).to_vec();
        let name = GeneralName::DnsName(Ia5String::new("localhost")?);
        Ok(vec![
            KeyUsage(usages).to_extension(subject, &[])?,
            ExtendedKeyUsage(purposes).to_extension(subject, &[])?,
            BasicConstraints { ca: true, path_len_constraint: None }.to_extension(subject, &[])?,
            SubjectAltName(vec![name]).to_extension(subject, &[])?,
        ])
    }
}

/// A client that trusts `server` alone and, if it has a certificate, proves it with the key beside it.
pub(crate) fn client_config(
    server: Vec<u8>,
    own: Option<(CertificateDer<'static>, SigningKey)>,
    version: &'static SupportedProtocolVersion,
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(server.into()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match own {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let key = CertifiedKey::new(vec![certificate], Arc::new(P521Key(key)));
            builder.with_client_cert_resolver(Arc::new(Always(Arc::new(key))))
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesClientCert for Always {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[derive(Clone)]
struct P521Key(SigningKey);

impl fmt::Debug for P521Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P521Key")
    }
}

impl rustls::sign::SigningKey for P521Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&self.scheme()).then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for P521Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature: DerSignature = self.0.sign(message);
        Ok(signature.as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP521_SHA512
    }
}
