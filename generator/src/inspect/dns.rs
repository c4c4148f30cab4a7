//! A question to a name server, over UDP and where the answer is too long over TCP: RFC 1035, and no more of it than is needed here.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// How long one attempt waits.
const LIMIT: Duration = Duration::from_secs(2);
/// How often it is tried.
const ATTEMPTS: u32 = 3;

/// Types of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record {
    A = 1,
    Ns = 2,
    Cname = 5,
}

/// What a name server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// The response code: 0 for an answer, 3 where there is no such name.
    pub(super) code: u8,
    /// Records of the answer: type, and the name that the record holds, where it holds one.
    pub(super) records: Vec<(u16, Option<String>)>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("the answer is not one of DNS")]
    Malformed,
}

/// The machine's own resolver.
pub(super) fn system() -> Option<SocketAddr> {
    nameserver(&fs_err::read_to_string("/etc/resolv.conf").ok()?)
}

/// The first name server that a `resolv.conf` names.
fn nameserver(text: &str) -> Option<SocketAddr> {
    let server = |line: &str| {
        let mut words = line.split_whitespace();
        let address = words.next().filter(|word| *word == "nameserver").and(words.next())?;
        Some(SocketAddr::new(address.split('%').next()?.parse::<IpAddr>().ok()?, 53))
    };
    text.lines().find_map(server)
}

/// Asks a server for the records of a name.
pub(super) fn ask(server: SocketAddr, name: &str, record: Record) -> Result<Reply, Error> {
    let id = fastrand::u16(..);
    let question = question(id, name, record).ok_or(Error::Malformed)?;
    let mut last = Error::Malformed;
    for _ in 0..ATTEMPTS {
        match over_udp(server, &question) {
            Ok(answer) if is_cut(&answer) => {
                return parse(&over_tcp(server, &question)?, id).ok_or(Error::Malformed);
            }
            Ok(answer) => match parse(&answer, id) {
                Some(reply) => return Ok(reply),
                None => last = Error::Malformed,
            },
            Err(e) => last = e.into(),
        }
    }
    Err(last)
}

fn over_udp(server: SocketAddr, question: &[u8]) -> std::io::Result<Vec<u8>> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    // Connected: answers of others do not come through.
    let socket = UdpSocket::bind(any)?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(LIMIT))?;
    socket.send(question)?;
    let mut answer = vec![0; 4096];
    let length = socket.recv(&mut answer)?;
    answer.truncate(length);
    Ok(answer)
}

fn over_tcp(server: SocketAddr, question: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&server, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    let length = u16::try_from(question.len()).unwrap_or_default().to_be_bytes();
    stream.write_all(&[&length, question].concat())?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

/// A query of one name; `None` for what is no name.
fn question(id: u16, name: &str, record: Record) -> Option<Vec<u8>> {
    let mut out = id.to_be_bytes().to_vec();
    // A standard query that wants recursion, with one question.
    out.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split('.') {
        out.push(u8::try_from(label.len()).ok().filter(|length| (1..=63).contains(length))?);
        out.extend(label.as_bytes());
    }
    out.extend([0, 0, record as u8, 0, 1]);
    Some(out)
}

/// Whether the answer was too long for the way it came.
fn is_cut(answer: &[u8]) -> bool {
    answer.get(2).is_some_and(|flags| flags & 2 != 0)
}

/// Reads an answer to the question of that ID.
fn parse(answer: &[u8], id: u16) -> Option<Reply> {
    let number = |at: usize| Some(u16::from_be_bytes(answer.get(at..at + 2)?.try_into().ok()?));
    let is_answer = answer.get(2)? & 0x80 != 0;
    if number(0)? != id || !is_answer {
        return None;
    }
    let code = answer.get(3)? & 0x0f;
    let mut at = 12;
    for _ in 0..number(4)? {
        at = name(answer, at)?.1 + 4;
    }
    let mut records = Vec::new();
    for _ in 0..number(6)? {
        let head = name(answer, at)?.1;
        let (kind, length) = (number(head)?, usize::from(number(head + 8)?));
        let data = head + 10;
        answer.get(data..data + length)?;
        let holds_name = [Record::Ns as u16, Record::Cname as u16].contains(&kind);
        let held = if holds_name { Some(name(answer, data)?.0) } else { None };
        records.push((kind, held));
        at = data + length;
    }
    Some(Reply { code, records })
}

/// The name that begins at a place, and the place after it. Names may go on elsewhere, but only further to the front, so that they end.
fn name(answer: &[u8], start: usize) -> Option<(String, usize)> {
    let (mut at, mut end, mut labels) = (start, None, Vec::new());
    let mut least = start;
    loop {
        let length = usize::from(*answer.get(at)?);
        if length == 0 {
            return Some((labels.join("."), end.unwrap_or(at + 1)));
        }
        if length & 0xc0 == 0xc0 {
            let to = (length & 0x3f) << 8 | usize::from(*answer.get(at + 1)?);
            end.get_or_insert(at + 2);
            if to >= least {
                return None;
            }
            (at, least) = (to, to);
        } else if length < 64 {
            labels.push(String::from_utf8_lossy(answer.get(at + 1..=at + length)?).to_ascii_lowercase());
            at += length + 1;
        } else {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer with two name servers, the second of which ends where the first does.
    fn answer() -> Vec<u8> {
        let mut out = question(7, "ai.acme.com", Record::Ns).unwrap();
        (out[2], out[3], out[7]) = (0x81, 0x80, 2);
        out.extend([0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 60, 0, 5, 2, b'n', b's', 0xc0, 15]);
        out.extend([0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 60, 0, 6, 3, b'n', b's', b'2', 0xc0, 15]);
        out
    }

    #[test]
    fn name_servers_are_read_from_an_answer() {
        let reply = parse(&answer(), 7).unwrap();
        let servers: Vec<_> = reply.records.iter().filter_map(|(_, name)| name.as_deref()).collect();
        assert_eq!((reply.code, servers), (0, vec!["ns.acme.com", "ns2.acme.com"]));
    }

    #[test]
    fn what_is_cut_wrong_or_anothers_is_no_answer() {
        let whole = answer();
        assert_eq!(parse(&whole, 8), None);
        for length in 0..whole.len() {
            assert_eq!(parse(&whole[..length], 7), None, "{length}");
        }
        let mut round = whole;
        let last = round.len() - 1;
        // A name that goes on at itself.
        round[last] = u8::try_from(last - 5).unwrap();
        assert_eq!(parse(&round, 7), None);
        assert_eq!(question(1, "a..b", Record::A), None);
    }

    #[test]
    fn the_machines_server_is_the_first_of_its_file() {
        let text = "# nameserver 9.9.9.9\nsearch acme.com\nnameserver fe80::1%eth0\nnameserver 1.1.1.1\n";
        assert_eq!(nameserver(text), Some("[fe80::1]:53".parse().unwrap()));
        assert_eq!(nameserver("options edns0\n"), None);
    }
}
