//! Checks of the source text, called by `cargo xtask ci`.

mod assertions;
mod circles;
mod files;
mod messages;
mod scope;

use std::process::ExitCode;

use anyhow::Result;

const HELP: &str = "\
Checks of the source text.

Usage: source-checks <check>

Checks:
  assertions                   Every assertion says what it expects: a status, a message, a value
  circles                      No way among the modules of the provider's crates leads back
  messages [--check | --write]  Which test shows each message whole: the page, whether it is up to date, or write it
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            told(&mut std::io::stderr().lock(), &format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    if let Some((check, rest)) = arguments.split_first()
        && check == "messages"
    {
        return messages::run(rest).map(|()| ExitCode::SUCCESS);
    }
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let report = match words.as_slice() {
        ["assertions"] => assertions::run()?,
        ["circles"] => circles::run()?,
        [] | ["help" | "--help" | "-h"] => Report { text: HELP.to_owned(), passed: true },
        other => {
            let text = format!(
                "error: there is no check `{}`\nhint: `source-checks` alone lists the checks",
                other.join(" ")
            );
            told(&mut std::io::stderr().lock(), &text);
            return Ok(ExitCode::from(2));
        }
    };
    told(&mut std::io::stdout().lock(), &report.text);
    Ok(if report.passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a check prints, and whether it found nothing.
struct Report {
    text: String,
    passed: bool,
}

fn told(stream: &mut impl std::io::Write, text: &str) {
    // A closed pipe is the reader's wish.
    let _ = writeln!(stream, "{}", text.trim_end());
}
