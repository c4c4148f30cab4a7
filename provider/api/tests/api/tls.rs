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
async fn https_server(name: &str) -> (String, String) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
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
    let (host, pem) = https_server("localhost").await;
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

const UNTRUSTING: &str = "TEST_NO_CERTIFICATES";

/// Certificates come from the environment, so the request is made by this same test in a process of its own.
#[tokio::test]
async fn a_machine_without_certificates_says_what_to_install() {
    if std::env::var_os(UNTRUSTING).is_some() {
        let client = Client::new(config("https://localhost:9")).unwrap();
        let error = client.clusters().is_connected("a").await.unwrap_err();
        assert_eq!(
            format!("{error}\nhint: {}", error.hint()),
            "this machine has no trusted certificates: failed to read PEM from file: No such file or directory (os error \
             2) at 'absent.pem'\n\
             hint: install the `ca-certificates` package, or set `ca_cert_file` or `SSL_CERT_FILE`"
        );
        return;
    }
    let output = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::a_machine_without_certificates_says_what_to_install"])
        .env(UNTRUSTING, "1")
        .env("SSL_CERT_FILE", "absent.pem")
        .env_remove("SSL_CERT_DIR")
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// A proxy that opens tunnels, all to `target`. Answers its address and the first line of each request.
async fn proxy(target: String) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (seen, asked) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
            let _ = seen.send(line);
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let mut server = tokio::net::TcpStream::connect(&target).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
        }
    });
    (address, asked)
}

const AUTHORITY: &str = "TEST_PROXY_AUTHORITY";

/// Proxies come from the environment, so the request is made by this same test in a process of its own.
#[tokio::test]
async fn a_proxy_of_the_environment_is_used_off_this_machine() {
    if let Ok(authority) = std::env::var(AUTHORITY) {
        let settings =
            Config { ca_cert_file: Some(authority.into()), max_retries: 0, ..config("https://control.test") };
        assert!(Client::new(settings).unwrap().clusters().is_connected("a").await.unwrap());
        return;
    }
    let (host, pem) = https_server("control.test").await;
    let (proxy, mut asked) = proxy(host.trim_start_matches("https://").to_owned()).await;
    let output = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::a_proxy_of_the_environment_is_used_off_this_machine"])
        .env(AUTHORITY, file("proxied.pem", &pem))
        .env("HTTPS_PROXY", proxy)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(asked.recv().await.unwrap(), "CONNECT control.test:443 HTTP/1.1");
}
