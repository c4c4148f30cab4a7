//! The table: what was checked of each method.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::future::Future;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::client::Client;

/// A way to call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Happy,
    Error,
    Unknown,
    Null,
    Cancelled,
}

pub(crate) use Column::{Cancelled, Error, Happy, Null, Unknown};

const COLUMNS: [Column; 5] = [Happy, Error, Unknown, Null, Cancelled];

/// What stands in a cell.
enum Cell {
    /// What a check that passed shows.
    Checked(&'static str),
    /// Why there is nothing to check.
    Reason(&'static str),
}

/// What was checked, by method.
#[derive(Default)]
pub(crate) struct Table(BTreeMap<(&'static str, Column), Cell>);

impl Table {
    /// Runs a check and enters what it shows.
    pub(crate) async fn case(
        &mut self,
        method: &'static str,
        column: Column,
        claim: &'static str,
        check: impl Future<Output = ()>,
    ) {
        // Shown by the test runner when the check fails.
        println!("{method}, {column:?}: {claim}");
        check.await;
        self.enter(method, column, Cell::Checked(claim));
    }

    /// Enters why there is nothing to check.
    pub(crate) fn none(&mut self, method: &'static str, columns: &[Column], reason: &'static str) {
        for column in columns {
            self.enter(method, *column, Cell::Reason(reason));
        }
    }

    fn enter(&mut self, method: &'static str, column: Column, cell: Cell) {
        assert!(self.0.insert((method, column), cell).is_none(), "{method}, {column:?} is there twice");
    }

    /// The table as a page, in the order of `methods`. Every cell must be there.
    pub(crate) fn page(&self, methods: &[String]) -> String {
        let mut page = String::from(HEAD);
        let mut reasons = Vec::new();
        let mut claims = String::new();
        for method in methods {
            let _ = write!(page, "| `{method}` |");
            let _ = write!(claims, "\n### `{method}`\n\n");
            for column in COLUMNS {
                let cell = self.0.iter().find(|((name, at), _)| name == method && *at == column);
                match cell.unwrap_or_else(|| panic!("{method}, {column:?} is empty")).1 {
                    Cell::Checked(claim) => {
                        page.push_str(" yes |");
                        let _ = writeln!(claims, "- {}: {claim}", format!("{column:?}").to_lowercase());
                    }
                    Cell::Reason(reason) => {
                        let known = reasons.iter().position(|known| known == reason);
                        let number = known.unwrap_or_else(|| {
                            reasons.push(*reason);
                            reasons.len() - 1
                        });
                        let _ = write!(page, " ({}) |", number + 1);
                    }
                }
            }
            page.push('\n');
        }
        page.push_str("\nNothing to check:\n\n");
        for (number, reason) in reasons.iter().enumerate() {
            let _ = writeln!(page, "{}. {reason}.", number + 1);
        }
        let _ = write!(page, "\n## What each check shows\n{claims}");
        page
    }
}

const HEAD: &str = "\
# Coverage of protocol 6.11

Every method of the service, called over gRPC by a client that knows the `.proto` alone. Written by the test `coverage`, which
fails when this page is not what it shows; `UPDATE_COVERAGE=1 cargo nextest run -p tfplugin --test coverage` writes it anew.

*Happy*: it does what it is for. *Error*: a fault is told. *Unknown*: the request holds unknown values. *Null*: it holds null, or
nothing where something is expected. *Cancelled*: the user interrupts, or Terraform goes away; the provider serves on.

| method | happy | error | unknown | null | cancelled |
|---|---|---|---|---|---|
";

/// Calls a method and goes away before the answer can be there, then sees that the server serves on.
pub(crate) async fn abandoned(client: &Client, method: &str, request: Json) {
    let call = client.calls(method, request);
    drop(tokio::time::timeout(Duration::from_micros(100), call).await);
    still_serves(client).await;
}

/// Calls a method whose work waits, interrupts as the user does, and gives the answers. They must come soon.
pub(crate) async fn stopped(client: &Client, method: &'static str, request: Json) -> Vec<Json> {
    let other = client.clone();
    let running = tokio::spawn(async move { other.calls(method, request).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(client.call("StopProvider", json!({})).await["Error"].as_str().unwrap_or_default(), "");
    let answers = tokio::time::timeout(Duration::from_secs(2), running).await.expect("ends early").unwrap();
    still_serves(client).await;
    answers
}

async fn still_serves(client: &Client) {
    assert!(client.call("GetMetadata", json!({})).await["resources"].is_array());
}
