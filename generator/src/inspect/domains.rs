//! Who answers for the platform's domains.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use futures_util::future::join_all;

use super::dns::{self, Record};
use super::failure::Failure;
use super::{Asker, Options, http};
use crate::facts::{Answer, Delegation, Why, ZoneFound};

/// There is no such name.
const NO_SUCH_NAME: u8 = 3;

impl Asker<'_> {
    pub(super) async fn domains(&self, options: &Options) -> BTreeMap<String, Answer<Delegation>> {
        let zones: BTreeSet<&String> = self.questions.domains.iter().map(|domain| &domain.zone).collect();
        let server = usable(options.resolver.or_else(dns::system));
        let server = &server;
        let answers = zones.into_iter().map(|zone| async move {
            let wanted = zone.clone();
            let question = async {
                let server = server.clone()?;
                http::off_thread(move || delegation(server, &wanted)).await
            };
            (zone.clone(), self.ask(&format!("the domain {zone}"), true, question).await)
        });
        join_all(answers).await.into_iter().collect()
    }
}

impl Asker<'_> {
    /// Who answers for the only public zone among those that were found.
    pub(super) async fn zone_delegation(
        &self,
        zones: &Answer<Vec<ZoneFound>>,
        options: &Options,
    ) -> Answer<Delegation> {
        let public: Vec<_> = zones.known().into_iter().flatten().filter(|zone| !zone.private).collect();
        let [zone] = public.as_slice() else { return Answer::default() };
        let (wanted, server) = (zone.name.clone(), usable(options.resolver.or_else(dns::system)));
        let question = async {
            let server = server?;
            http::off_thread(move || delegation(server, &wanted)).await
        };
        self.ask(&format!("the name servers of {}", zone.name), true, question).await
    }
}

/// A zone has name servers; a name below another zone resolves. What does neither, nobody answers for.
fn delegation(server: SocketAddr, zone: &str) -> Result<Delegation, Failure> {
    let servers: Vec<String> = records(server, zone, Record::Ns)?;
    let below = format!("tfy-infra-preflight.{zone}");
    if servers.is_empty() && records(server, &below, Record::A)?.is_empty() {
        return Err(Failure::absent());
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

/// Where to ask.
fn usable(server: Option<SocketAddr>) -> Result<SocketAddr, Failure> {
    let text = "this machine names no DNS server; `--resolver ADDRESS` gives one";
    server.ok_or_else(|| Failure::new(Why::Unreachable, text))
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;

    /// Answers one question with that code and nothing else.
    fn server(code: u8) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut question = [0; 512];
            let (length, from) = socket.recv_from(&mut question).unwrap();
            (question[2], question[3]) = (0x81, 0x80 | code);
            socket.send_to(&question[..length], from).unwrap();
        });
        address
    }

    #[test]
    fn a_server_that_does_not_know_says_nothing_of_the_domain() {
        let failing = server(2);
        let failure = delegation(failing, "ai.acme.com").unwrap_err();
        let text = format!("the DNS server {failing} answers for `ai.acme.com` with the code 2");
        assert_eq!(failure, Failure::new(Why::Unreadable, text));
        assert_eq!(records(server(3), "ai.acme.com", Record::Ns), Ok(vec![]));
        // Nobody listens any more.
        let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let failure = records(closed, "ai.acme.com", Record::Ns).unwrap_err();
        let text = format!("the DNS server {closed}: Connection refused (os error 111)");
        assert_eq!(failure, Failure::new(Why::Unreachable, text));
        let malformed = records(closed, "ai..com", Record::Ns).unwrap_err();
        assert_eq!(malformed.text, format!("the DNS server {closed}: the answer is not one of DNS"));
    }

    #[test]
    fn a_machine_without_a_server_is_told_how_to_name_one() {
        let text = "this machine names no DNS server; `--resolver ADDRESS` gives one";
        assert_eq!(usable(None), Err(Failure::new(Why::Unreachable, text)));
    }
}
