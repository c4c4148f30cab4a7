//! Trust: the operating system's certificates, plus the file that the user names.
//!
//! The system store rather than a compiled-in list: companies that inspect TLS put their authority there, it is
//! what Terraform itself trusts, and it is updated without a release of ours. `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` are honoured. The provider is ring, named here, so nothing depends on a process-wide default.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{Error, Result};

/// TLS settings with the system's roots and those of `ca_cert_file`.
pub(crate) fn trusting(ca_cert_file: Option<&Path>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(system.certs);
    if let Some(path) = ca_cert_file {
        for certificate in read_pem(path)? {
            roots.add(certificate).map_err(|error| unusable(path, &error.to_string()))?;
        }
    }
    if roots.is_empty() {
        let why = system.errors.first().map(|error| format!(": {error}")).unwrap_or_default();
        return Err(Error::Config {
            message: format!("this machine has no trusted certificates{why}"),
            hint: "install the `ca-certificates` package, or set `ca_cert_file` or `SSL_CERT_FILE`"
                .to_owned(),
        });
    }
    config(roots, ring::default_provider())
}

/// TLS settings that trust nobody: for plain http, without the cost of reading certificates.
pub(crate) fn trusting_nobody() -> Result<ClientConfig> {
    config(RootCertStore::empty(), ring::default_provider())
}

fn config(roots: RootCertStore, algorithms: CryptoProvider) -> Result<ClientConfig> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(algorithms))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Config {
            message: format!("TLS cannot be set up: {error}"),
            hint: "this is a defect of this program, please report it".to_owned(),
        })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn read_pem(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let pem = fs_err::read(path).map_err(|error| unusable(path, &error.to_string()))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(path, &error.to_string()))?;
    if certificates.is_empty() {
        return Err(unusable(path, "it holds no certificate"));
    }
    Ok(certificates)
}

fn unusable(path: &Path, why: &str) -> Error {
    Error::Config {
        message: format!("`ca_cert_file` `{}` cannot be used: {why}", path.display()),
        hint: "name a readable PEM file with `-----BEGIN CERTIFICATE-----` blocks".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_algorithm_it_is_told_that_tls_cannot_be_set_up() {
        let none = CryptoProvider { cipher_suites: Vec::new(), ..ring::default_provider() };
        let error = config(RootCertStore::empty(), none).unwrap_err();
        assert_eq!(
            format!("{error}\nhint: {}", error.hint()),
            "TLS cannot be set up: unexpected error: no usable cipher suites configured\n\
             hint: this is a defect of this program, please report it"
        );
    }

    #[test]
    fn a_file_that_holds_no_certificate_says_what_to_name() {
        let error = read_pem(Path::new("/dev/null")).unwrap_err();
        assert_eq!(
            format!("{error}\nhint: {}", error.hint()),
            "`ca_cert_file` `/dev/null` cannot be used: it holds no certificate\n\
             hint: name a readable PEM file with `-----BEGIN CERTIFICATE-----` blocks"
        );
    }
}
