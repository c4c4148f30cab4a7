//! A webhook that authenticates bearer tokens, as a cluster asks one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::{Value, json};

/// The one token that it knows.
pub(crate) const TOKEN: &str = "known-to-the-webhook";
/// Whose it is.
pub(crate) const USER: &str = "arn:aws:iam::123456789012:role/viewer";

/// Answers for as long as the test runs. Gives the configuration that points an API server at it.
pub(crate) fn serve(folder: &Path) -> Result<PathBuf> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if let Err(error) = answer(stream) {
                // Into the test's output, whose failure it explains.
                let _ = writeln!(
                    std::io::stderr(),
                    "the webhook was asked what it does not understand: {error:#}"
                );
            }
        }
    });
    let file = folder.join("webhook.json");
    let configuration = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "webhook", "cluster": { "server": format!("http://{address}/authenticate") } }],
        "users": [{ "name": "api-server", "user": {} }],
        "contexts": [{ "name": "webhook", "context": { "cluster": "webhook", "user": "api-server" } }],
        "current-context": "webhook",
    });
    fs::write(&file, configuration.to_string())?;
    Ok(file)
}

/// One request, one connection.
fn answer(mut stream: TcpStream) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut review: Value = serde_json::from_slice(&body)?;
    let token = review["spec"]["token"].as_str().context("no token")?;
    review["status"] = if token == TOKEN {
        json!({ "authenticated": true, "user": { "username": USER, "groups": ["viewers"] } })
    } else {
        json!({ "authenticated": false })
    };
    let text = review.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    Ok(stream.write_all(format!("{head}{text}").as_bytes())?)
}
