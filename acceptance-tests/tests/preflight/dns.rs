//! A DNS server on loopback that knows some zones, for as long as it is kept.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Result;

const ANSWER: u16 = 0x8580;
const NO_SUCH_NAME: u16 = 3;
const ADDRESS: u16 = 1;
const NAME_SERVER: u16 = 2;
const AUTHORITY: u16 = 6;
/// The first of the name servers that the local AWS gives every hosted zone.
const SERVER: &str = "ns-2048.awsdns-64.com";

/// A running server; dropping it ends it.
pub(crate) struct Dns {
    address: String,
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Dns {
    /// Answers for these zones and every name below them: addresses, and name servers of the zones themselves.
    pub(crate) fn start(zones: &[&str]) -> Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(Duration::from_millis(50)))?;
        let address = socket.local_addr()?.to_string();
        let done = Arc::new(AtomicBool::new(false));
        let zones: Vec<String> = zones.iter().map(|zone| (*zone).to_owned()).collect();
        let thread = std::thread::spawn({
            let done = Arc::clone(&done);
            move || {
                let mut question = [0; 1500];
                while !done.load(Ordering::Relaxed) {
                    let Ok((length, from)) = socket.recv_from(&mut question) else { continue };
                    if let Some(answer) = answer(&question[..length], &zones) {
                        let _ = socket.send_to(&answer, from);
                    }
                }
            }
        });
        Ok(Self { address, done, thread: Some(thread) })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The answer to one question; `None` to what is none.
fn answer(question: &[u8], zones: &[String]) -> Option<Vec<u8>> {
    let (name, end) = name(question)?;
    let kind = u16::from_be_bytes([*question.get(end)?, *question.get(end + 1)?]);
    let zone = zones.iter().find(|zone| name == **zone || name.ends_with(&format!(".{zone}")));
    let is_apex = zone.is_some_and(|zone| name == *zone);
    let data: Option<Vec<u8>> = match kind {
        ADDRESS if zone.is_some() => Some(vec![127, 0, 0, 1]),
        NAME_SERVER if is_apex => Some(encoded(SERVER)),
        AUTHORITY if is_apex => {
            let numbers = [1_u32, 7200, 900, 1_209_600, 86400].map(u32::to_be_bytes).concat();
            Some([encoded(SERVER), encoded("admin.example"), numbers].concat())
        }
        _ => None,
    };
    let status = ANSWER | if zone.is_none() { NO_SUCH_NAME } else { 0 };
    let mut answer = question.get(..2)?.to_vec();
    for number in [status, 1, u16::from(data.is_some()), 0, 0] {
        answer.extend(number.to_be_bytes());
    }
    answer.extend(question.get(12..end + 4)?);
    if let Some(data) = data {
        // The name is that of the question, then type, class, 60 seconds.
        answer.extend([0xc0, 12]);
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1, 0, 0, 0, 60]);
        answer.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
        answer.extend(data);
    }
    Some(answer)
}

/// The name that is asked for, in lower case, and where its end is.
fn name(question: &[u8]) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    let mut at = 12;
    loop {
        let length = usize::from(*question.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        labels.push(String::from_utf8_lossy(question.get(at..at + length)?).to_lowercase());
        at += length;
    }
}

fn encoded(name: &str) -> Vec<u8> {
    let label = |label: &str| [&[u8::try_from(label.len()).unwrap_or_default()], label.as_bytes()].concat();
    let mut encoded: Vec<u8> = name.split('.').flat_map(label).collect();
    encoded.push(0);
    encoded
}

#[test]
fn zones_are_answered_for_and_nothing_else() {
    let ask = |name: &str, kind: u16| {
        let question =
            [&[0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], &encoded(name), &kind.to_be_bytes(), &[0, 1]];
        answer(&question.concat(), &["ai.acme.com".to_owned()]).unwrap()
    };
    let status = |answer: &[u8]| (answer[3] & 15, answer[7]);
    assert_eq!(status(&ask("ai.acme.com", NAME_SERVER)), (0, 1));
    assert_eq!(status(&ask("AI.acme.com", AUTHORITY)), (0, 1));
    assert_eq!(status(&ask("x.ai.acme.com", ADDRESS)), (0, 1));
    assert_eq!(status(&ask("x.ai.acme.com", NAME_SERVER)), (0, 0));
    assert_eq!(status(&ask("acme.com", NAME_SERVER)), (3, 0));
    assert_eq!(status(&ask("other.org", ADDRESS)), (3, 0));
}
