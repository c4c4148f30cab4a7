//! What fuzzing has found and what it starts from, replayed by a stable compiler: `fuzz/corpus/<target>/`.
//!
//! The files named `seed-*` are made from `fuzz/src/seeds.rs`; `UPDATE_SEEDS=1` writes them anew.

#![expect(
    clippy::expect_used,
    unreachable_pub,
    reason = "the targets panic when a rule is broken, and are a crate elsewhere"
)]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

fn corpus(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target)
}

/// The files of a target's corpus by name.
fn files(target: &str) -> BTreeMap<String, Vec<u8>> {
    let entries = fs_err::read_dir(corpus(target)).expect("the corpus is there").map(|entry| {
        let entry = entry.expect("the folder can be read");
        let bytes = fs_err::read(entry.path()).expect("the file can be read");
        (entry.file_name().to_string_lossy().into_owned(), bytes)
    });
    entries.collect()
}

/// The server turns a panic into a diagnostic, so panics are counted where they happen.
static PANICS: AtomicUsize = AtomicUsize::new(0);

fn replay(target: &str, check: impl Fn(&[u8])) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        before(info);
    }));
    let files = files(target);
    assert!(files.len() > 1, "the corpus of `{target}` is empty");
    for (name, bytes) in files {
        check(&bytes);
        assert_eq!(PANICS.load(Ordering::Relaxed), 0, "`{target}/{name}` panics");
    }
}

#[test]
fn json() {
    replay("json", targets::json);
}

#[test]
fn msgpack() {
    replay("msgpack", targets::msgpack);
}

#[test]
fn number() {
    replay("number", targets::number);
}

#[test]
fn path() {
    replay("path", targets::path);
}

#[test]
fn request() {
    replay("request", targets::request);
}

#[test]
fn seeds_are_up_to_date() {
    for (target, seeds) in targets::seeds() {
        let named: BTreeMap<String, Vec<u8>> =
            seeds.into_iter().enumerate().map(|(number, seed)| (format!("seed-{number:02}"), seed)).collect();
        if std::env::var_os("UPDATE_SEEDS").is_some() {
            fs_err::create_dir_all(corpus(target)).expect("the folder can be made");
            for (name, bytes) in &named {
                fs_err::write(corpus(target).join(name), bytes).expect("the file can be written");
            }
        }
        let mut found = files(target);
        found.retain(|name, _| name.starts_with("seed-"));
        assert!(found == named, "the seeds of `{target}` differ: run the tests with `UPDATE_SEEDS=1`");
    }
}

mod limits {
    use tfplugin::Server;
    use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
    use tfplugin::proto::tfplugin6::{DynamicValue, call_function};
    use tfplugin::transport::{Options, TestServer};
    use tfplugin::value::{Type, Value};

    use super::targets::Everything;

    const MIB: usize = 1 << 20;

    /// Has a function give back a text of so many bytes.
    async fn echo(length: usize) -> Result<usize, tonic::Status> {
        let options = Options::new("example.com/test/everything");
        let server = TestServer::start(Server::new(Everything), &options).expect("a socket");
        let client = ProviderClient::connect(server.uri()).await.expect("a connection");
        let mut client = client.max_decoding_message_size(256 * MIB);
        let text = Value::Dynamic(Box::new((Type::String, "x".repeat(length).into())));
        let argument = DynamicValue { msgpack: text.to_msgpack(&Type::Dynamic).into(), ..Default::default() };
        drop(text);
        let request = call_function::Request { name: "echo".into(), arguments: vec![argument] };
        let result = client.call_function(request).await?.into_inner().result.unwrap_or_default();
        let value = Value::from_msgpack(&result.msgpack, &Type::Dynamic).expect("a value");
        Ok(value.as_str().map_or(0, str::len))
    }

    #[tokio::test]
    async fn a_text_of_200_mib_goes_there_and_back() {
        assert_eq!(echo(200 * MIB).await.expect("an answer"), 200 * MIB);
    }

    #[tokio::test]
    async fn a_message_over_256_mib_is_refused_with_a_status() {
        let status = echo(257 * MIB).await.expect_err("it is too large");
        assert_eq!(status.code(), tonic::Code::OutOfRange, "{status}");
    }
}
