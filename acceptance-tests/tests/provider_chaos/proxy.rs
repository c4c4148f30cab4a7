//! What stands between the provider and the control plane, and is not to be trusted: it drops, delays, cuts off, repeats and
//! makes up answers, by a seed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use fastrand::Rng;

/// A proxy of a control plane on loopback. It ends when this is dropped.
pub(crate) struct Proxy {
    shared: Arc<Shared>,
    address: String,
}

struct Shared {
    upstream: String,
    rng: Mutex<Rng>,
    /// How many of a thousand requests something is done to.
    unkind: AtomicU32,
    stopped: AtomicBool,
    /// How often something was done.
    done: AtomicU32,
}

/// What is done to one request.
#[derive(Clone, Copy, Debug)]
enum Deed {
    PassOn,
    /// Not heard, not answered.
    Drop,
    /// Heard, not answered.
    Swallow,
    /// Heard, half answered.
    Truncate,
    /// Passed on after a while.
    Delay,
    /// Heard twice, answered once.
    Repeat,
    /// Not heard, answered with rubbish.
    Rubbish,
    /// Heard, answered with rubbish.
    HeardRubbish,
    /// Not heard, answered with 503.
    Busy,
    /// Heard, answered with 503.
    Late,
}

const DEEDS: [Deed; 9] = [
    Deed::Drop,
    Deed::Swallow,
    Deed::Truncate,
    Deed::Delay,
    Deed::Repeat,
    Deed::Rubbish,
    Deed::HeardRubbish,
    Deed::Busy,
    Deed::Late,
];

impl Proxy {
    /// One for the control plane at this base address, `http://host:port`.
    pub(crate) fn start(upstream: &str, seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            upstream: upstream
                .strip_prefix("http://")
                .context("plain HTTP")?
                .trim_end_matches('/')
                .to_owned(),
            rng: Mutex::new(Rng::with_seed(seed)),
            unkind: AtomicU32::new(0),
            stopped: AtomicBool::new(false),
            done: AtomicU32::new(0),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.stopped.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let shared = Arc::clone(&serving);
                // A connection that breaks is what this is about.
                std::thread::spawn(move || drop(shared.serve(&stream)));
            }
        });
        Ok(Self { shared, address })
    }

    /// Where the provider finds it.
    pub(crate) fn host(&self) -> &str {
        &self.address
    }

    /// Does something to so many of a thousand requests from now on.
    pub(crate) fn set_unkind(&self, of_thousand: u32) {
        self.shared.unkind.store(of_thousand, Ordering::Relaxed);
    }

    /// How often something was done.
    pub(crate) fn done(&self) -> u32 {
        self.shared.done.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

impl Shared {
    fn choose(&self) -> Deed {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        if rng.u32(0..1000) >= self.unkind.load(Ordering::Relaxed) {
            return Deed::PassOn;
        }
        self.done.fetch_add(1, Ordering::Relaxed);
        DEEDS[rng.usize(0..DEEDS.len())]
    }

    /// One request; the connection ends with its answer.
    fn serve(&self, stream: &TcpStream) -> Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let request = message(stream)?;
        let answer = |text: &[u8]| -> Result<()> {
            let mut stream = stream;
            stream.write_all(text)?;
            Ok(stream.shutdown(Shutdown::Both)?)
        };
        match self.choose() {
            Deed::PassOn => answer(&self.pass(&request)?),
            Deed::Drop => Ok(()),
            Deed::Swallow => self.pass(&request).map(drop),
            Deed::Truncate => {
                let whole = self.pass(&request)?;
                answer(&whole[..whole.len() / 2])
            }
            Deed::Delay => {
                std::thread::sleep(Duration::from_millis(300));
                answer(&self.pass(&request)?)
            }
            Deed::Repeat => {
                self.pass(&request)?;
                answer(&self.pass(&request)?)
            }
            Deed::Rubbish => answer(&made_up("200 OK", "<html><title>Sign in</title></html>")),
            Deed::HeardRubbish => {
                self.pass(&request)?;
                answer(&made_up("200 OK", "{\"message\":\"maintenance\"}"))
            }
            Deed::Busy => answer(&made_up("503 Service Unavailable", "no healthy upstream")),
            Deed::Late => {
                self.pass(&request)?;
                answer(&made_up("503 Service Unavailable", "no healthy upstream"))
            }
        }
    }

    /// The control plane's answer.
    fn pass(&self, request: &[u8]) -> Result<Vec<u8>> {
        let mut upstream = TcpStream::connect(&self.upstream)?;
        upstream.set_read_timeout(Some(Duration::from_secs(30)))?;
        upstream.write_all(request)?;
        message(&upstream)
    }
}

fn made_up(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

/// One whole message, a request or an answer, which says that the connection ends with it.
fn message(stream: &TcpStream) -> Result<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut whole = Vec::new();
    let mut length = 0;
    loop {
        let mut line = Vec::new();
        anyhow::ensure!(reader.read_until(b'\n', &mut line)? > 0, "the connection ended");
        let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if let Some(value) = text.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if text.trim().is_empty() {
            break;
        }
        if !text.starts_with("connection:") {
            whole.extend(line);
        }
    }
    whole.extend(b"connection: close\r\n\r\n");
    let begin = whole.len();
    whole.resize(begin + length, 0);
    reader.read_exact(&mut whole[begin..])?;
    Ok(whole)
}
