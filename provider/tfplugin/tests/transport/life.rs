//! How long the process lives, and what passes meanwhile.

use std::time::Duration;

use tfplugin::proto::goplugin::grpc_broker_client::GrpcBrokerClient;
use tfplugin::proto::goplugin::grpc_stdio_client::GrpcStdioClient;
use tfplugin::proto::goplugin::{ConnInfo, Empty};
use tfplugin::proto::tfplugin6::{get_functions, read_resource};
use tonic::Code;

use crate::host::{Plugin, block_on, client, echo, shutdown};
use crate::tests;

tests![
    shutdown_ends_streams_and_process,
    shutdown_cuts_off_a_call_that_does_not_end,
    an_interrupt_is_left_to_the_host,
    a_terminate_signal_ends_it_in_order,
    it_ends_when_its_host_has_gone,
    a_crash_would_write_its_memory_nowhere,
    large_messages_pass,
    what_is_not_served_is_unimplemented,
    a_service_that_is_not_there_is_named,
];

fn shutdown_ends_streams_and_process() {
    let plugin = Plugin::start(&[]);
    block_on(async {
        let channel = plugin.connect().await;
        let stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await;
        let mut stdio = stdio.unwrap().into_inner();
        let requests = tokio_stream::pending::<ConnInfo>();
        let broker = GrpcBrokerClient::new(channel.clone()).start_stream(requests).await;
        let mut broker = broker.unwrap().into_inner();
        let silent = tokio::time::timeout(Duration::from_millis(100), async {
            tokio::select! { _ = stdio.message() => (), _ = broker.message() => () }
        });
        assert!(
            matches!(silent.await, Err(tokio::time::error::Elapsed { .. })),
            "the streams stay open while the provider serves"
        );
        shutdown(&channel).await;
        assert_eq!(stdio.message().await.unwrap(), None);
        assert_eq!(broker.message().await.unwrap(), None);
    });
    let socket = plugin.socket();
    let end = plugin.end();
    assert_eq!(end.code, Some(0));
    assert!(!socket.exists() && !socket.parent().unwrap().exists());
}

fn shutdown_cuts_off_a_call_that_does_not_end() {
    let plugin = Plugin::start(&[]);
    block_on(async {
        let channel = plugin.connect().await;
        let pending = tokio::spawn({
            let mut client = client(&channel);
            async move { client.read_resource(read_resource::Request::default()).await }
        });
        // Once this has been answered, the call before it has arrived.
        echo(&channel, "hello").await.unwrap();
        shutdown(&channel).await;
        let cut_off = pending.await.unwrap().unwrap_err();
        assert_eq!((cut_off.code(), cut_off.message()), (Code::Unknown, "transport error"));
    });
    let end = plugin.end();
    assert_eq!(end.code, Some(0));
}

fn an_interrupt_is_left_to_the_host() {
    let mut plugin = Plugin::start(&[("TF_LOG", "info")]);
    block_on(async {
        let channel = plugin.connect().await;
        plugin.signal("INT");
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(plugin.is_running());
        assert_eq!(echo(&channel, "hello").await.unwrap(), "hello");
        shutdown(&channel).await;
    });
    let end = plugin.end();
    assert_eq!(end.code, Some(0));
    assert!(end.stderr.contains(r#""interrupts":1"#), "{}", end.stderr);
}

fn a_terminate_signal_ends_it_in_order() {
    let plugin = Plugin::start(&[]);
    let socket = plugin.socket();
    block_on(async {
        let channel = plugin.connect().await;
        echo(&channel, "hello").await.unwrap();
        plugin.signal("TERM");
    });
    let end = plugin.end();
    assert_eq!(end.code, Some(0));
    assert!(!socket.exists());
}

fn it_ends_when_its_host_has_gone() {
    let plugin = Plugin::start(&[]);
    let socket = plugin.socket();
    block_on(async {
        let channel = plugin.connect().await;
        echo(&channel, "hello").await.unwrap();
    });
    // The connection went with the runtime, as with a host that was killed.
    let end = plugin.end_within(Duration::from_secs(10));
    assert_eq!(end.code, Some(0));
    assert!(end.after > Duration::from_secs(2), "took {:?}", end.after);
    assert!(!socket.exists());
}

fn a_crash_would_write_its_memory_nowhere() {
    let plugin = Plugin::start(&[]);
    block_on(async {
        let channel = plugin.connect().await;
        echo(&channel, "hello").await.unwrap();
        if cfg!(target_os = "linux") {
            let limits = fs_err::read_to_string(format!("/proc/{}/limits", plugin.id())).unwrap();
            let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect(&limits);
            let words: Vec<&str> = core.split_whitespace().collect();
            assert_eq!(words, ["Max", "core", "file", "size", "0", "0", "bytes"]);
        }
        shutdown(&channel).await;
    });
    assert_eq!(plugin.end().code, Some(0));
}

fn large_messages_pass() {
    let plugin = Plugin::start(&[]);
    block_on(async {
        let channel = plugin.connect().await;
        let text = "x".repeat(8 << 20);
        assert!(echo(&channel, &text).await.unwrap() == text);
    });
}

fn what_is_not_served_is_unimplemented() {
    let plugin = Plugin::start(&[]);
    block_on(async {
        let channel = plugin.connect().await;
        let status = client(&channel).get_functions(get_functions::Request {}).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented);
    });
}

/// As another version of the protocol would call it.
fn a_service_that_is_not_there_is_named() {
    let plugin = Plugin::start(&[]);
    block_on(async {
        let mut grpc = tonic::client::Grpc::new(plugin.connect().await);
        grpc.ready().await.unwrap();
        let path = http::uri::PathAndQuery::from_static("/tfplugin5.Provider/GetSchema");
        let codec = tonic_prost::ProstCodec::<Empty, Empty>::default();
        let status = grpc.unary(tonic::Request::new(Empty {}), path, codec).await.unwrap_err();
        assert_eq!(
            (status.code(), status.message()),
            (Code::Unimplemented, "there is no service `tfplugin5.Provider` here")
        );
    });
}
