//! Who may connect.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, SupportedProtocolVersion};
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};

use crate::certificates::{Identity, client_config};
use crate::host::{Plugin, block_on, echo, shutdown};
use crate::tests;

tests![
    the_host_that_started_it_may_connect,
    another_certificate_is_refused,
    the_certificate_without_its_key_is_refused,
    no_certificate_is_refused,
    plain_text_is_refused,
    a_stalled_handshake_holds_up_nobody,
];

const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];

fn start(host: &Identity) -> Plugin {
    Plugin::start(&[("PLUGIN_CLIENT_CERT", &host.pem), ("TF_LOG", "warn")])
}

/// A connection over TLS, as far as its first call.
async fn call(plugin: &Plugin, config: ClientConfig) -> Result<Channel, String> {
    let (socket, config) = (plugin.socket(), Arc::new(config));
    let connector = tower::service_fn(move |_| {
        let (socket, config) = (socket.clone(), config.clone());
        async move {
            let stream = UnixStream::connect(socket).await?;
            let name = ServerName::try_from("localhost").unwrap();
            let stream = TlsConnector::from(config).connect(name, stream).await?;
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
            Ok::<_, std::io::Error>(TokioIo::new(stream))
        }
    });
    let endpoint = Endpoint::from_static("http://localhost");
    let channel = endpoint.connect_with_connector(connector).await.map_err(|error| format!("{error:?}"))?;
    // With TLS 1.3 a client hears of its refusal only after its own handshake is done.
    let answer = echo(&channel, "hello").await.map_err(|error| format!("{error:?}"))?;
    assert_eq!(answer, "hello");
    Ok(channel)
}

async fn call_as_host(
    plugin: &Plugin,
    host: &Identity,
    version: &'static SupportedProtocolVersion,
) -> Channel {
    let own = Some((host.der.clone(), host.key.clone()));
    call(plugin, client_config(plugin.certificate(), own, version)).await.unwrap()
}

/// Checks that the provider refused, said so in its log, and still serves its host.
fn refused_but_serving(
    plugin: Plugin,
    host: &Identity,
    version: &'static SupportedProtocolVersion,
    refusal: Result<Channel, String>,
    told: &str,
    reason: &str,
) {
    let refusal = refusal.map(drop).unwrap_err();
    // With TLS 1.3 the client may still be sending when the provider hangs up, and then hears no more than that.
    let hung_up = ["BrokenPipe", "ConnectionReset", "connection closed"];
    assert!(refusal.contains(told) || hung_up.iter().any(|told| refusal.contains(told)), "{refusal}");
    block_on(async { shutdown(&call_as_host(&plugin, host, version).await).await });
    let end = plugin.end();
    assert_eq!(end.code, Some(0));
    assert!(end.stderr.contains("refused a connection") && end.stderr.contains(reason), "{}", end.stderr);
}

fn the_host_that_started_it_may_connect() {
    for version in VERSIONS {
        let host = Identity::new();
        let plugin = start(&host);
        block_on(async { shutdown(&call_as_host(&plugin, &host, version).await).await });
        let end = plugin.end();
        assert_eq!((end.code, end.stderr.as_str()), (Some(0), ""));
    }
}

fn another_certificate_is_refused() {
    for version in VERSIONS {
        let (host, other) = (Identity::new(), Identity::new());
        let plugin = start(&host);
        let config = client_config(plugin.certificate(), Some((other.der, other.key)), version);
        let refusal = block_on(call(&plugin, config));
        refused_but_serving(plugin, &host, version, refusal, "AccessDenied", "invalid peer certificate");
    }
}

fn the_certificate_without_its_key_is_refused() {
    for version in VERSIONS {
        let (host, thief) = (Identity::new(), Identity::new());
        let plugin = start(&host);
        let config = client_config(plugin.certificate(), Some((host.der.clone(), thief.key)), version);
        let refusal = block_on(call(&plugin, config));
        refused_but_serving(plugin, &host, version, refusal, "DecryptError", "BadSignature");
    }
}

fn no_certificate_is_refused() {
    for version in VERSIONS {
        let host = Identity::new();
        let plugin = start(&host);
        let refusal = block_on(call(&plugin, client_config(plugin.certificate(), None, version)));
        refused_but_serving(
            plugin,
            &host,
            version,
            refusal,
            "CertificateRequired",
            "peer sent no certificates",
        );
    }
}

fn plain_text_is_refused() {
    let host = Identity::new();
    let plugin = start(&host);
    let refusal = block_on(async {
        let channel = plugin.connect().await;
        let answer = echo(&channel, "hello").await;
        answer.map(|_| channel).map_err(|status| status.to_string())
    });
    refused_but_serving(plugin, &host, &TLS13, refusal, "FRAME_SIZE_ERROR", "corrupt message");
}

fn a_stalled_handshake_holds_up_nobody() {
    let host = Identity::new();
    let plugin = start(&host);
    block_on(async {
        let _stalled = UnixStream::connect(plugin.socket()).await.unwrap();
        let serving = call_as_host(&plugin, &host, &TLS13);
        tokio::time::timeout(Duration::from_secs(5), serving).await.expect("not held up");
    });
}
