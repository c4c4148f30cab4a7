//! Every method of the protocol in every way it can be called, by a client that shares nothing with the server but the
//! .proto. The result is the page `COVERAGE.md`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a step that fails fails its test, and says which it was"
)]
#![expect(clippy::needless_pass_by_value, reason = "requests are made of literals")]

mod broken_rules;
mod cases;
mod client;
mod provider;
mod table;

use std::path::Path;

use tfplugin::Server;
use tfplugin::transport::{Options, TestServer};

use client::{Client, Protocol};
use table::Table;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_method_is_covered_and_the_page_says_how() {
    let protocol = Protocol::load();
    let options = Options::new("example.com/test/kit");
    let server = TestServer::start(Server::new(provider::Kit).checking(true), &options).unwrap();
    let client = Client::connect(server.uri(), protocol.clone()).await;
    let faulty = TestServer::start(Server::new(provider::Faulty), &options).unwrap();
    let faulty = Client::connect(faulty.uri(), protocol.clone()).await;
    let mut table = Table::default();

    cases::catalog::run(&client, &faulty, &mut table).await;
    cases::configure::run(&client, &mut table).await;
    cases::stored::run(&client, &mut table).await;
    cases::read::run(&client, &mut table).await;
    cases::plan::run(&client, &mut table).await;
    cases::apply::run(&client, &mut table).await;
    cases::import::run(&client, &mut table).await;
    cases::data::run(&client, &mut table).await;
    cases::ephemeral::run(&client, &mut table).await;
    cases::functions::run(&client, &mut table).await;
    cases::lists::run(&client, &mut table).await;
    cases::actions::run(&client, &mut table).await;
    cases::stores::run(&client, &mut table).await;

    let methods: Vec<_> = protocol.methods().iter().map(|method| method.name().to_owned()).collect();
    assert_eq!(methods.len(), 36);
    let page = table.page(&methods);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("COVERAGE.md");
    if std::env::var_os("UPDATE_COVERAGE").is_some() {
        fs_err::write(&file, &page).unwrap();
    }
    let written = fs_err::read_to_string(&file).unwrap_or_default();
    assert!(written == page, "COVERAGE.md is out of date: run this test with UPDATE_COVERAGE=1");
}
