//! What the provider writes to standard error.

use serde_json::{Map, Value};
use tfplugin::proto::tfplugin6::{configure_provider, stop_provider, validate_resource_config};

use crate::host::{Plugin, block_on, client, echo, shutdown};
use crate::provider::SECRET;
use crate::tests;

tests![
    every_line_is_an_entry_without_secrets,
    nothing_is_written_unless_asked_for,
    the_hosts_level_counts,
    a_panic_is_told_without_secrets,
    a_panic_without_a_text_is_told,
];

/// What the provider writes while it is configured and moves some data.
fn written(variables: &[(&str, &str)]) -> String {
    let plugin = Plugin::start(variables);
    block_on(async {
        let channel = plugin.connect().await;
        client(&channel).configure_provider(configure_provider::Request::default()).await.unwrap();
        echo(&channel, &format!("payload {SECRET}")).await.unwrap();
        shutdown(&channel).await;
    });
    plugin.end().stderr
}

fn entries(text: &str) -> Vec<Map<String, Value>> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn every_line_is_an_entry_without_secrets() {
    let text = written(&[("TF_LOG", "TRACE")]);
    assert!(!text.contains("opensesame") && !text.contains("payload"), "{text}");
    let entries = entries(&text);
    let found = entries.iter().find(|entry| entry["@message"] == "using ***").expect("the error");
    assert_eq!(found["@level"], "error");
    assert_eq!(found["token"], "***");
    assert_eq!(found["@module"], "transport.provider");
    assert!(entries.iter().any(|entry| entry["@level"] == "trace" && entry["token"] == "\"***\""), "{text}");
    for entry in &entries {
        for key in ["@level", "@message", "@module", "@timestamp"] {
            assert!(entry[key].is_string(), "{entry:?}");
        }
    }
}

fn nothing_is_written_unless_asked_for() {
    assert_eq!(written(&[]), "");
    assert_eq!(written(&[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "off")]), "");
}

fn the_hosts_level_counts() {
    let variables = [("TF_LOG", "OFF"), ("TF_LOG_PROVIDER_UNDER_TEST", "ERROR")];
    let entries = entries(&written(&variables));
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["@level"], "error");
}

fn a_panic_is_told_without_secrets() {
    let plugin = Plugin::start(&[]);
    block_on(async {
        let channel = plugin.connect().await;
        let status = client(&channel).stop_provider(stop_provider::Request {}).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (tonic::Code::Unknown, "transport error"));
        // The process outlives it.
        let channel = plugin.connect().await;
        echo(&channel, "hello").await.unwrap();
        shutdown(&channel).await;
    });
    let stderr = plugin.end().stderr;
    let line = stderr.strip_prefix("panic: cannot bear *** at ").expect(&stderr);
    assert!(line.contains("provider.rs:"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1);
}

fn a_panic_without_a_text_is_told() {
    let plugin = Plugin::start(&[]);
    block_on(async {
        let channel = plugin.connect().await;
        let request = validate_resource_config::Request::default();
        let status = client(&channel).validate_resource_config(request).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (tonic::Code::Unknown, "transport error"));
        shutdown(&plugin.connect().await).await;
    });
    let stderr = plugin.end().stderr;
    let place = stderr.strip_prefix("panic: (no message) at ").expect(&stderr);
    assert_eq!(stderr, format!("panic: (no message) at {place}"));
    assert!(place.contains("provider.rs:"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1);
}
