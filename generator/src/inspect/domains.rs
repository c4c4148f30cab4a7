//! Who answers for the platform's domains.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use futures_util::future::join_all;

use super::dns::{self, Record};
use super::failure::Failure;
use super::{Asker, Options, http};
use crate::facts::{Answer, Delegation, Why};

/// There is no such name.
const NO_SUCH_NAME: u8 = 3;

impl Asker<'_> {
    pub(super) async fn domains(&self, options: &Options) -> BTreeMap<String, Answer<Delegation>> {
        let zones: BTreeSet<&String> = self.questions.domains.iter().map(|domain| &domain.zone).collect();
        let server = options.resolver.or_else(dns::system);
        let answers = zones.into_iter().map(|zone| async move {
            let wanted = zone.clone();
            let question = async {
                let none = || {
                    Failure::new(
                        Why::Unreachable,
                        "this machine names no DNS server; `--resolver ADDRESS` gives one",
                    )
                };
                let server = server.ok_or_else(none)?;
                http::off_thread(move || delegation(server, &wanted)).await
            };
            (zone.clone(), self.ask(&format!("the domain {zone}"), true, question).await)
        });
        join_all(answers).await.into_iter().collect()
    }
}

/// A zone has name servers; a name below another zone resolves. What does neither, nobody answers for.
fn delegation(server: SocketAddr, zone: &str) -> Result<Delegation, Failure> {
    let servers: Vec<String> = records(server, zone, Record::Ns)?;
    let below = format!("tfy-infra-preflight.{zone}");
    if servers.is_empty() && records(server, &below, Record::A)?.is_empty() {
        return Err(Failure { absent: true, ..Failure::new(Why::Incomplete, "nobody answers for it") });
    }
    Ok(Delegation { zone: zone.to_owned(), servers })
}

/// What the records of a type hold; of addresses only that there are some.
fn records(server: SocketAddr, name: &str, record: Record) -> Result<Vec<String>, Failure> {
    let reply = dns::ask(server, name, record);
    let reply = reply.map_err(|e| Failure::new(Why::Unreachable, format!("the DNS server {server}: {e}")))?;
    match reply.code {
        0 | NO_SUCH_NAME => {
            let wanted = reply.records.into_iter().filter(|(kind, _)| *kind == record as u16);
            Ok(wanted.map(|(_, held)| held.unwrap_or_default()).collect())
        }
        code => {
            let text = format!("the DNS server {server} answers for `{name}` with the code {code}");
            Err(Failure::new(Why::Unreadable, text))
        }
    }
}
