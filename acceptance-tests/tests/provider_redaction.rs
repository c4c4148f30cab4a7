//! What a control plane says of what it was sent: told by real Terraform without secrets, and without anything that a terminal
//! would obey.

use acceptance_tests::Scratch;
use anyhow::{Result, ensure};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use fs_err as fs;
use serde_json::{Value, json};

const SERVER: &str = r#"variable "headers" {
  type      = map(string)
  sensitive = true
  ephemeral = true
}

resource "truefoundry_mcp_server_remote" "orders" {
  name        = "orders"
  description = "Finds and changes orders."
  url         = "https://orders.acme.com/mcp"
  auth_data = {
    header = {
      auth_level         = "global"
      headers_wo         = var.headers
      headers_wo_version = 1
    }
  }
}
"#;

const ACCOUNT: &str = r#"variable "key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_gcp" "main" {
  name       = "gcp"
  project_id = "acme-platform"
  auth_data = {
    key_file_content_wo         = var.key
    key_file_content_wo_version = 1
  }
  integrations = {
    artifacts = { gcs = { storage_root = "gs://acme-artifacts" } }
    secrets   = { gsm = {} }
  }
}
"#;

/// What Terraform prints of an apply whose write is refused with this message, as one line.
fn refused(scratch: &Scratch, message: &Value) -> Result<String> {
    let fault = json!([{ "match": { "method": "PUT" }, "status": 422, "body": { "message": message } }]);
    scratch.sandbox.faults(&fault)?;
    let run = scratch.terraform.fail(&["apply", "-no-color", "-auto-approve"])?;
    Ok(run.message())
}

/// The ways in which servers repeat something.
fn spellings(text: &str) -> [String; 6] {
    let once = Value::from(text).to_string();
    [
        text.to_owned(),
        once.clone(),
        Value::from(once).to_string(),
        text.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        BASE64_STANDARD.encode(format!("k={text}")),
        BASE64_URL_SAFE_NO_PAD.encode(text),
    ]
}

#[test]
fn headers_that_a_refusal_repeats_are_not_shown() -> Result<()> {
    let (a, b) = ("hunter2024", "hunter2024-more\u{e9} \"quoted\"");
    let mut scratch = Scratch::traced("redaction-headers", SERVER)?;
    let headers = json!({ "A": a, "B": b }).to_string();
    scratch.terraform = scratch.terraform.clone().with([("TF_VAR_headers".to_owned(), headers)]);
    let echoes: Vec<String> = [spellings(b), spellings(a)].concat();
    let shown = refused(&scratch, &json!([json!({ "A": a, "B": b }).to_string(), echoes.join(" and ")]))?;
    ensure!(shown.contains(r#"{"A":"***","B":"***"}"#), "{shown}");
    for hidden in echoes.iter().map(String::as_str).chain(["hunter", "-more", "quoted"]) {
        ensure!(!shown.contains(hidden), "`{hidden}` is in: {shown}");
    }
    let log = fs::read_to_string(scratch.folder().with_file_name("terraform.log"))?;
    let ours: Vec<&str> =
        log.lines().filter(|line| line.contains("provider.terraform-provider-truefoundry")).collect();
    ensure!(ours.iter().any(|line| line.contains("answer body")), "the answer is in the log");
    ensure!(
        !ours.iter().any(|line| line.contains("hunter") || line.contains("-more")),
        "a header is in the log"
    );
    scratch.expect_no_leaks(&[("header", "hunter2024-more")])
}

#[test]
fn a_key_that_is_echoed_stands_in_no_line_of_the_log() -> Result<()> {
    let lines =
        ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA", "AoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R4pbM1bS1GB4t7NXp"];
    let key = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    let mut scratch = Scratch::traced("redaction-key", ACCOUNT)?;
    scratch.terraform = scratch.terraform.clone().with([("TF_VAR_key".to_owned(), key.clone())]);
    let echo = json!({ "manifest": { "auth_data": { "key_file_content": key } } }).to_string();
    let indented = key.replace('\n', "\n    ");
    let shown = refused(&scratch, &json!([echo, key.trim(), indented]))?;
    ensure!(shown.contains("***"), "{shown}");
    for line in lines {
        ensure!(!shown.contains(line), "{shown}");
    }
    scratch.expect_no_leaks(&[("first line", lines[0]), ("second line", lines[1])])
}

#[test]
fn what_a_terminal_would_obey_is_written_out() -> Result<()> {
    let mut scratch = Scratch::traced("redaction-terminal", SERVER)?;
    let headers = json!({ "A": "hunter2024" }).to_string();
    scratch.terraform = scratch.terraform.clone().with([("TF_VAR_headers".to_owned(), headers)]);
    let shown = refused(&scratch, &json!("\u{1b}]0;owned\u{7} no \u{202e}txt.exe\u{9b}2J"))?;
    ensure!(shown.contains(r"\u{1b}]0;owned\u{7} no \u{202e}txt.exe\u{9b}2J"), "{shown}");
    let hostile = ['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}'];
    ensure!(!shown.contains(hostile), "{shown:?}");
    let log = fs::read_to_string(scratch.folder().with_file_name("terraform.log"))?;
    ensure!(!log.contains(hostile), "a control character is in the log");
    Ok(())
}

#[test]
fn an_address_with_a_password_is_refused_while_validating() -> Result<()> {
    let wrong = SERVER.replace("https://orders", "https://me:hunter2024@orders");
    let mut scratch = Scratch::new("redaction-address", "")?;
    scratch.write(&wrong)?;
    scratch.terraform = scratch.terraform.clone().with([("TF_VAR_headers".to_owned(), "{}".to_owned())]);
    let shown = scratch.terraform.fail(&["plan", "-no-color"])?.message();
    ensure!(shown.contains("Credentials in `url`"), "{shown}");
    Ok(())
}
