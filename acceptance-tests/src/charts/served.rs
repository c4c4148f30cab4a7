//! A chart repository on loopback: plain HTTP, a free port, gone with its test.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use super::{Package, StandIn};

/// How long a client may be silent. Only ours ask here.
const PATIENCE: Duration = Duration::from_secs(10);

/// A repository that serves charts; dropping it ends it.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    files: BTreeMap<String, Vec<u8>>,
    asked: Mutex<Vec<String>>,
    ends: AtomicBool,
}

impl Served {
    /// Makes the charts, packs them, and serves them with their index.
    ///
    /// # Errors
    /// When a chart cannot be made or no port can be had.
    pub fn start(charts: &[StandIn<'_>]) -> Result<Self> {
        Self::of(charts.iter().map(StandIn::package).collect::<Result<_>>()?)
    }

    /// Serves charts that are packed, whosever they are.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn of(packages: Vec<Package>) -> Result<Self> {
        let mut files = BTreeMap::new();
        let mut entries: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for Package { metadata, archive } in packages {
            let mut entry = metadata;
            let name = entry["name"].as_str().unwrap_or_default().to_owned();
            entry.insert("urls".to_owned(), json!([archive.file]));
            entry.insert("digest".to_owned(), json!(archive.digest()));
            entries.entry(name).or_default().push(entry.into());
            files.insert(format!("/{}", archive.file), archive.bytes);
        }
        // JSON is YAML.
        let entries: Map<String, Value> =
            entries.into_iter().map(|(name, versions)| (name, versions.into())).collect();
        let index = json!({ "apiVersion": "v1", "entries": entries, "generated": "2026-01-01T00:00:00Z" });
        files.insert("/index.yaml".to_owned(), serde_json::to_vec_pretty(&index)?);

        let listener = TcpListener::bind(("127.0.0.1", 0)).context("listening on loopback")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { files, asked: Mutex::new(Vec::new()), ends: AtomicBool::new(false) });
        let serving = Arc::clone(&shared);
        let thread = std::thread::spawn(move || serve(&listener, &serving));
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// The address for `helm repo add`, `--repo` or `repository`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The paths that were asked for so far.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        // The thread waits for a caller; this one is the last.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.ends.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        // Helm reads an index and several charts at once.
        std::thread::spawn(move || {
            let _ = answer(stream, &shared);
        });
    }
}

fn answer(mut stream: TcpStream, shared: &Shared) -> Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    lines.read_line(&mut first)?;
    let mut line = String::new();
    while lines.read_line(&mut line)? > 2 {
        line.clear();
    }
    let mut words = first.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    shared.asked.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
    let (status, body) = match shared.files.get(path) {
        Some(body) => ("200 OK", body.as_slice()),
        None => ("404 Not Found", b"not here\n".as_slice()),
    };
    let kind = if path.ends_with(".tgz") { "application/gzip" } else { "text/plain" };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if method != "HEAD" {
        stream.write_all(body)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Facts;
    use super::*;

    #[test]
    fn an_index_names_what_is_served_and_what_is_not_there_is_404() {
        let keda = Facts::load("keda").unwrap();
        let served = Served::start(&[StandIn::of(&keda), StandIn::of(&keda).version("2.19.1")]).unwrap();
        let index = crate::http::get(&format!("{}/index.yaml", served.url()), &[]).unwrap();
        let versions: Vec<&str> = index["entries"]["keda"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|v| v["version"].as_str())
            .collect();
        assert_eq!(versions, ["2.19.0", "2.19.1"]);
        assert_eq!(index["entries"]["keda"][0]["urls"][0], "keda-2.19.0.tgz");
        let mut body = ureq::get(format!("{}/keda-2.19.0.tgz", served.url())).call().unwrap();
        assert_eq!(body.body_mut().read_to_vec().unwrap(), StandIn::of(&keda).pack().unwrap().bytes);
        let absent = ureq::get(format!("{}/other.tgz", served.url())).call().unwrap_err();
        assert_eq!(absent.to_string(), "http status: 404");
        assert_eq!(served.asked(), ["/index.yaml", "/keda-2.19.0.tgz", "/other.tgz"]);
    }

    #[test]
    fn nothing_listens_once_it_is_dropped() {
        let keda = Facts::load("keda").unwrap();
        let served = Served::start(&[StandIn::of(&keda)]).unwrap();
        let address = served.address;
        drop(served);
        let refused = TcpStream::connect(address).unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    }
}
