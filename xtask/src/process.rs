//! Child processes whose output is shown and kept.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};

/// How a child ended, and what it printed.
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
}

/// Runs a command to its end. What it prints goes on to standard error line by line, and is kept.
pub(crate) fn shown(command: &mut Command) -> Result<Finished> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting `{program}`"))?;
    let kept = Arc::new(Mutex::new(String::new()));
    let readers = [
        child.stdout.take().map(|stream| pass_on(stream, Arc::clone(&kept))),
        child.stderr.take().map(|stream| pass_on(stream, Arc::clone(&kept))),
    ];
    let status = child.wait().with_context(|| format!("waiting for `{program}`"))?;
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    let text = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Finished { success: status.success(), code: status.code(), text })
}

/// Runs a command to its end. Its progress goes on to standard error as it is, moving lines too; its result on
/// standard output is kept.
pub(crate) fn with_result(command: &mut Command) -> Result<Finished> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("starting `{program}`"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(Finished { success: output.status.success(), code: output.status.code(), text })
}

fn pass_on(stream: impl Read + Send + 'static, kept: Arc<Mutex<String>>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stream);
        let mut bytes = Vec::new();
        while lines.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let line = String::from_utf8_lossy(&bytes);
            let _ = std::io::stderr().lock().write_all(line.as_bytes());
            kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&line);
            bytes.clear();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_and_the_code_are_kept() {
        let finished = shown(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert!(!finished.success);
        assert_eq!(finished.code, Some(3));
        assert!(finished.text.contains("out\n") && finished.text.contains("err\n"));
    }
}
