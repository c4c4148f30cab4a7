//! A proxy that lets every request wait, as a network does.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};

/// A running proxy. Its thread ends with the test.
pub(crate) struct Proxy {
    endpoint: String,
    requests: Arc<AtomicUsize>,
}

impl Proxy {
    /// In front of a server on loopback.
    pub(crate) fn start(server: &str, wait: Duration) -> Result<Self> {
        let server = server.strip_prefix("http://").context("not a server without TLS")?.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let requests = Arc::new(AtomicUsize::new(0));
        std::thread::spawn({
            let requests = Arc::clone(&requests);
            move || {
                for client in listener.incoming().flatten() {
                    let Ok(server) = TcpStream::connect(&server) else { continue };
                    let _ = serve(client, server, wait, &requests);
                }
            }
        });
        Ok(Self { endpoint, requests })
    }

    /// Where it listens.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// How many requests came through.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

/// Passes on what the two say. What the client says first after an answer is the beginning of a request.
fn serve(client: TcpStream, server: TcpStream, wait: Duration, requests: &Arc<AtomicUsize>) -> Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let is_new = Arc::new(AtomicBool::new(true));
    let (asks, answers) = ((client.try_clone()?, server.try_clone()?), (server, client));
    std::thread::spawn({
        let (is_new, requests) = (Arc::clone(&is_new), Arc::clone(requests));
        move || {
            pass_on(asks, || {
                if is_new.swap(false, Ordering::Relaxed) {
                    requests.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(wait);
                }
            });
        }
    });
    std::thread::spawn(move || pass_on(answers, || is_new.store(true, Ordering::Relaxed)));
    Ok(())
}

fn pass_on((mut from, mut to): (TcpStream, TcpStream), before: impl Fn()) {
    let mut bytes = [0; 65536];
    while let Ok(length) = from.read(&mut bytes) {
        if length == 0 {
            break;
        }
        before();
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
