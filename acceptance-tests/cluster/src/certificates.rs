//! The cluster's own certificate authority, and what it signs.

use std::io::Write as _;
use std::path::Path;

use anyhow::Result;
use fs_err as fs;
use fs_err::os::unix::fs::OpenOptionsExt as _;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

/// What pods would reach the API server by: the first address of the range of services.
pub const SERVICE_ADDRESS: &str = "172.20.0.1";

/// A certificate and its key, both PEM.
#[derive(Clone)]
pub struct Pair {
    /// The certificate.
    pub certificate: String,
    /// The key, PKCS #8.
    pub key: String,
}

impl Pair {
    /// Writes it as `NAME.crt` and `NAME.key`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path, name: &str) -> Result<()> {
        fs::write(folder.join(format!("{name}.crt")), &self.certificate)?;
        write_private(&folder.join(format!("{name}.key")), &self.key)
    }
}

/// A certificate authority that lives as long as its cluster.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// A new one.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new() -> Result<Self> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "test-cluster");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(Self(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?))
    }

    /// Its own certificate, PEM.
    #[must_use]
    pub fn certificate(&self) -> String {
        self.0.pem()
    }

    /// What the API server shows.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn server(&self) -> Result<Pair> {
        let names = [
            "127.0.0.1",
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            SERVICE_ADDRESS,
        ];
        let mut params = CertificateParams::new(names.map(str::to_owned))?;
        params.distinguished_name.push(DnType::CommonName, "kube-apiserver");
        self.signed(params, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// What a client shows: for the API server, its common name is the user and its organization the group.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn client(&self, user: &str, group: Option<&str>) -> Result<Pair> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, user);
        if let Some(group) = group {
            params.distinguished_name.push(DnType::OrganizationName, group);
        }
        self.signed(params, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn signed(&self, mut params: CertificateParams, purpose: ExtendedKeyUsagePurpose) -> Result<Pair> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![purpose];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.0)?.pem();
        Ok(Pair { certificate, key: key.serialize_pem() })
    }
}

/// Writes the key that signs the tokens of service accounts, `service-accounts.key`, and the public one, `service-accounts.pub`.
///
/// # Errors
/// When there is no randomness, or a file cannot be written.
pub fn write_service_account_keys(folder: &Path) -> Result<()> {
    let key = KeyPair::generate()?;
    write_private(&folder.join("service-accounts.key"), &key.serialize_pem())?;
    Ok(fs::write(folder.join("service-accounts.pub"), key.public_key_pem())?)
}

/// Writes what nobody else on the machine may read.
///
/// # Errors
/// When the file cannot be written.
pub fn write_private(path: &Path, text: &str) -> Result<()> {
    // A file that is there keeps the rights that it has.
    if path.exists() {
        fs::remove_file(path)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn keys_are_for_their_owner() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("admin.key"), "of an earlier cluster").unwrap();
        let pair = Authority::new().unwrap().client("admin", None).unwrap();
        pair.write(folder.path(), "admin").unwrap();
        let key = folder.path().join("admin.key");
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(key).unwrap(), pair.key);
    }
}
