//! `tfy-infra preflight` and `tfy-infra facts`.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{DIFFERENCES, FAILED, Failure, Input, OK, Read};
use crate::diag::{Diagnostic, Report};
use crate::facts::{self, Answer, Facts, FactsError};
use crate::plan::Platform;
use crate::preflight::{self, Extent, Outcome};
use crate::screen;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    asking: Asking,
    /// Ask nobody: decide by facts that `tfy-infra facts` has recorded.
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Print the result as JSON on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct FactsOptions {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    asking: Asking,
    /// Where to write them. No secret is among them.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Whom to ask, beside AWS.
#[derive(Debug, Default, Args)]
pub(super) struct Asking {
    /// The DNS server that is asked for domains; the machine's own when it is left out.
    #[arg(long, value_name = "ADDRESS", value_parser = resolver)]
    resolver: Option<SocketAddr>,
    /// The control plane; `truefoundry.host` or `TFY_HOST` when it is left out. Its API key is taken from `TFY_API_KEY`.
    #[arg(long, value_name = "URL")]
    control_plane: Option<String>,
}

/// An address with a port, or without for 53.
fn resolver(text: &str) -> Result<SocketAddr, String> {
    let with_port = text.parse::<SocketAddr>();
    let alone = || text.parse::<IpAddr>().map(|address| SocketAddr::new(address, 53));
    with_port
        .or_else(|_| alone())
        .map_err(|_| "write an IP address, with a port after `:` where it is not 53".to_owned())
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let Read { loaded, platform, .. } = super::read(&options.input)?;
    let facts = match &options.facts {
        Some(path) => {
            facts::replay(path, &platform.account, platform.region.name()).map_err(|e| refused(&e))?
        }
        None => ask(&platform, &options.asking, Extent::Whole)?,
    };
    let outcome = preflight::preflight(&platform, &facts, Extent::Whole);
    let place = |path: &crate::spec::Path| loaded.place(path);
    if options.json {
        super::print_json(&preflight::json(&outcome, &facts, place))?;
    } else {
        let text = preflight::table(&outcome, &facts, place);
        screen::out().write_all(text.as_bytes())?;
    }
    Ok(code(&outcome))
}

fn code(outcome: &Outcome) -> u8 {
    match (outcome.findings.is_empty(), outcome.unchecked.is_empty()) {
        (false, _) => DIFFERENCES,
        (true, false) => FAILED,
        (true, true) => OK,
    }
}

pub(super) fn facts(options: &FactsOptions) -> Result<u8, Failure> {
    let platform = super::read(&options.input)?.platform;
    let facts = ask(&platform, &options.asking, Extent::Whole)?;
    if let Some(problem) = unproven(&facts) {
        return Err(Failure::failed(problem));
    }
    facts::record(&facts, &options.out).map_err(|e| refused(&e))?;
    writeln!(screen::err(), "{}", written(&options.out, &facts))?;
    Ok(OK)
}

fn written(file: &Path, facts: &Facts) -> String {
    let Facts { account, region, taken, .. } = facts;
    format!("`{}`: facts of account {account}, region {region}, {taken}", file.display())
}

/// Facts are only worth keeping when the account is known to be the platform's.
fn unproven(facts: &Facts) -> Option<Diagnostic> {
    let nothing = "nothing was written";
    match &facts.caller {
        Answer::Known(caller) if caller.account == facts.account => None,
        Answer::Known(caller) => Some(
            Diagnostic::new(format!(
                "the credentials are of account {}, and the platform is in {}",
                caller.account, facts.account
            ))
            .note(nothing)
            .hint(format!("set `AWS_PROFILE` to a profile of account {}", facts.account)),
        ),
        Answer::Unchecked { why, text } => Some(
            Diagnostic::new(format!("it is not known whose account this is: {text}"))
                .note(nothing)
                .hint(why.next()),
        ),
        Answer::Absent => Some(Diagnostic::new("it is not known whose account this is").note(nothing)),
    }
}

fn refused(e: &FactsError) -> Failure {
    let problem = Diagnostic::new(e.to_string()).hint(e.hint());
    let problem = match e.note() {
        Some(note) => problem.note(note),
        None => problem,
    };
    if e.is_input() { Failure::input(Report::single(problem)) } else { Failure::failed(problem) }
}

/// Asks the account, with a line of progress for each answer.
#[cfg(feature = "aws")]
fn ask(platform: &Platform, asking: &Asking, extent: Extent) -> Result<Facts, Failure> {
    inspected(platform, asking, extent, &|line| {
        // Nobody may be there to read it.
        let _ = writeln!(screen::err(), "{line}");
    })
}

#[cfg(feature = "aws")]
pub(super) fn inspected(
    platform: &Platform,
    asking: &Asking,
    extent: Extent,
    line: &dyn Fn(&str),
) -> Result<Facts, Failure> {
    use crate::inspect::{self, ApiKey};

    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let address = asking.control_plane.clone();
    let address = address.or_else(|| platform.truefoundry.host.clone()).or_else(|| variable("TFY_HOST"));
    let options = inspect::Options {
        resolver: asking.resolver,
        control_plane: address.map(|address| address.trim_end_matches('/').to_owned()),
        api_key: variable("TFY_API_KEY").map(ApiKey::new),
        extent,
    };
    let questions = facts::Questions::of(platform);
    Ok(inspect::inspect(&questions, &options, line)?)
}

/// Without the feature there is nobody who could ask.
#[cfg(not(feature = "aws"))]
fn ask(_: &Platform, _: &Asking, _: Extent) -> Result<Facts, Failure> {
    Err(Failure::input(Report::single(
        Diagnostic::new("this tfy-infra was built without the feature `aws` and cannot ask AWS")
            .hint("give recorded facts with `--facts FILE`, or build it with its default features"),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Caller, Why};

    fn told(caller: Answer<Caller>) -> Option<Diagnostic> {
        let mut facts = Facts::none("123456789012", "us-east-1", "2026-11-29T10:00:00Z");
        facts.caller = caller;
        unproven(&facts)
    }

    #[test]
    fn facts_of_nobody_knows_whom_are_not_kept() {
        let caller = |account: &str| Caller {
            account: account.to_owned(),
            arn: format!("arn:aws:iam::{account}:user/a"),
        };
        assert_eq!(told(Answer::Known(caller("123456789012"))), None);
        let facts = Facts::none("123456789012", "us-east-1", "2026-11-29T10:00:00Z");
        assert_eq!(
            written(Path::new("f.json"), &facts),
            "`f.json`: facts of account 123456789012, region us-east-1, 2026-11-29T10:00:00Z"
        );
        let other = told(Answer::Known(caller("210987654321"))).unwrap();
        assert_eq!(
            other.message,
            "the credentials are of account 210987654321, and the platform is in 123456789012"
        );
        assert_eq!(other.note.as_deref(), Some("nothing was written"));
        assert_eq!(other.hint.as_deref(), Some("set `AWS_PROFILE` to a profile of account 123456789012"));
        let none =
            told(Answer::unchecked(Why::Unreachable, "`sts:GetCallerIdentity`: no answer came in time"));
        assert_eq!(
            none.unwrap().message,
            "it is not known whose account this is: `sts:GetCallerIdentity`: no answer came in time"
        );
        assert_eq!(told(Answer::Absent).unwrap().message, "it is not known whose account this is");
    }

    #[cfg(not(feature = "aws"))]
    #[test]
    fn a_build_without_the_feature_says_so() {
        let text = "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\ntruefoundry: {}\n";
        let spec = crate::spec::load_text("platform.yaml".to_owned(), text.to_owned()).unwrap().spec;
        let failure = ask(&crate::plan::plan(&spec).unwrap(), &Asking::default(), Extent::Whole).unwrap_err();
        assert_eq!(failure.code, 2);
        assert_eq!(
            failure.report.render(false),
            "error: this tfy-infra was built without the feature `aws` and cannot ask AWS\n  = hint: give recorded facts with \
             `--facts FILE`, or build it with its default features\n\n"
        );
    }

    #[test]
    fn a_resolver_is_an_address_with_or_without_a_port() {
        assert_eq!(resolver("127.0.0.1"), Ok("127.0.0.1:53".parse().unwrap()));
        assert_eq!(resolver("[::1]:5353"), Ok("[::1]:5353".parse().unwrap()));
        let refused = "write an IP address, with a port after `:` where it is not 53".to_owned();
        assert_eq!(resolver("dns.acme.com"), Err(refused));
    }
}
