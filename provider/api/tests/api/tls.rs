//! Trust: a private authority is accepted when its file is named, and only then.

use std::{path::PathBuf, sync::Arc};

use crate::common::config;
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;
use truefoundry_api::{Client, Config, Error};

/// An https server with its own certificate; answers its address and the certificate as PEM.
async fn https_server() -> (String, String) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"isConnected\":true}";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    (host, cert.pem())
}

fn file(name: &str, contents: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs_err::write(&path, contents).unwrap();
    path
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_its_file_is_named() {
    let (host, pem) = https_server().await;
    let ca_cert_file = Some(file("authority.pem", &pem));
    let client = Client::new(Config { ca_cert_file, ..config(&host) }).unwrap();
    assert!(client.clusters().is_connected("a").await.unwrap());

    let stranger = Client::new(Config { max_retries: 0, ..config(&host) }).unwrap();
    let error = stranger.clusters().is_connected("a").await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert!(error.hint().contains("`ca_cert_file`"), "{error}: {}", error.hint());
}

#[tokio::test]
async fn an_unusable_file_is_named() {
    for path in [
        PathBuf::from("absent.pem"),
        file("empty.pem", ""),
        file("broken.pem", "-----BEGIN CERTIFICATE-----\nx"),
    ] {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let settings = Config { ca_cert_file: Some(path), ..config("https://localhost:9") };
        let error = Client::new(settings).unwrap().clusters().is_connected("a").await.unwrap_err();
        assert!(matches!(error, Error::Config { .. }), "{error:?}");
        assert!(error.to_string().contains(&name), "{error}");
    }
}
