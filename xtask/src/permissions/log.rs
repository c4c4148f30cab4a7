//! The log of the AWS provider: for which type of resource, and in which request of Terraform, it called AWS.

use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::Value;

/// A line that matters.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A request of Terraform has arrived.
    Asked(Cause),
    /// A call was sent, with the SDK's own identifier of it.
    Sent(Cause, String),
}

/// What a call was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    /// The request of Terraform, such as `ApplyResourceChange`.
    pub(super) request: String,
    /// The type, such as `aws_vpc` or `data.aws_vpc`; `None` for what is of no type.
    pub(super) kind: Option<String>,
}

/// A log that is written while it is read.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    read: u64,
}

impl Log {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, read: 0 }
    }

    /// What was logged since the last question.
    pub(super) fn news(&mut self) -> Result<Vec<Line>> {
        let mut file = fs::File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut lines = BufReader::new(file);
        let mut found = Vec::new();
        let mut text = Vec::new();
        loop {
            text.clear();
            let length = lines.read_until(b'\n', &mut text)?;
            // The end of a line that is still being written is read the next time.
            if text.last() != Some(&b'\n') {
                return Ok(found);
            }
            self.read += length as u64;
            if let Some(line) =
                line(&String::from_utf8_lossy(&text)).with_context(|| format!("`{}`", self.path.display()))?
            {
                found.push(line);
            }
        }
    }
}

fn line(text: &str) -> Result<Option<Line>> {
    const ASKED: &str = "Received request";
    const SENT: &str = "HTTP Request Sent";
    if !(text.starts_with('{') && (text.contains(ASKED) || text.contains(SENT))) {
        return Ok(None);
    }
    let line: Value = serde_json::from_str(text).context("a line of the log is no JSON")?;
    let word = |name: &str| line[name].as_str().map(str::to_owned);
    let Some(request) = word("tf_rpc") else { return Ok(None) };
    let kind =
        word("tf_resource_type").or_else(|| word("tf_data_source_type").map(|kind| format!("data.{kind}")));
    let cause = Cause { request, kind };
    Ok(match line["@message"].as_str() {
        Some(ASKED) => Some(Line::Asked(cause)),
        Some(SENT) => word("http.request.header.amz_sdk_invocation_id").map(|id| Line::Sent(cause, id)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(request: &str, kind: &str) -> Cause {
        Cause { request: request.to_owned(), kind: Some(kind.to_owned()) }
    }

    #[test]
    fn a_log_is_read_line_by_line_as_it_grows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let asked =
            r#"{"@message":"Received request","tf_rpc":"ReadDataSource","tf_data_source_type":"aws_vpc"}"#;
        let sent = r#"{"@message":"HTTP Request Sent","http.request.header.amz_sdk_invocation_id":"1-2","tf_rpc":"ReadResource","tf_resource_type":"aws_vpc"}"#;
        fs::write(
            &path,
            format!("Starting HTTP Request Sent\n{asked}\n{{\"@message\":\"other\"}}\n{}", &sent[..40]),
        )
        .unwrap();
        let mut log = Log::new(path.clone());
        assert_eq!(log.news().unwrap(), [Line::Asked(cause("ReadDataSource", "data.aws_vpc"))]);
        fs::write(
            &path,
            format!("Starting HTTP Request Sent\n{asked}\n{{\"@message\":\"other\"}}\n{sent}\n"),
        )
        .unwrap();
        let expected = [Line::Sent(cause("ReadResource", "aws_vpc"), "1-2".to_owned())];
        assert_eq!(log.news().unwrap(), expected);
        assert_eq!(log.news().unwrap(), []);
    }
}
