//! The command line: one file for each command.

mod completions;
mod connect;
mod drift;
mod effects;
#[cfg(feature = "aws")]
mod first_look;
mod generate;
mod init;
mod layers;
mod man;
mod migrate;
mod output;
mod preflight;
mod schema;
mod upgrade;
mod validate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{OsStringValueParser, PathBufValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::diag::{Diagnostic, Level, Report};
use crate::plan::{self, Platform, Settled};
use crate::run::RunError;
use crate::screen;
use crate::spec::{self, Loaded};
use crate::tree::Manifest;

/// Everything worked.
const OK: u8 = 0;
/// Something failed that the input is not to blame for.
const FAILED: u8 = 1;
/// The input or the tree cannot be used.
const BAD_INPUT: u8 = 2;
/// There are differences, where that was asked: `plan --detailed-exitcode`, `generate --check`, `drift`; or `preflight` has findings.
const DIFFERENCES: u8 = 3;
/// Files were written with conflicts that somebody has to solve.
const CONFLICTS: u8 = 4;
/// An apply of saved plans stopped before a layer whose plan was not saved.
const UNAPPROVED: u8 = 5;

/// What a process ends with, and what it means: the table of the help and of the README.
pub const EXIT_CODES: [(u8, &str); 6] = [
    (OK, "done, or nothing to do"),
    (FAILED, "failed, or `preflight` or `drift` could not check something"),
    (BAD_INPUT, "the input or the tree cannot be used"),
    (
        DIFFERENCES,
        "there are differences (`plan --detailed-exitcode`, `generate --check`, `drift`) or findings (`preflight`)",
    ),
    (CONFLICTS, "conflicts were written"),
    (UNAPPROVED, "an apply of a saved plan stopped before a layer whose plan nobody has approved"),
];

/// Turns one platform.yaml into reviewed Terraform for TrueFoundry on AWS.
#[derive(Debug, Parser)]
#[command(name = "tfy-infra", version, propagate_version = true)]
#[command(
    after_help = exit_codes()
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a first platform.yaml, by questions or by flags.
    Init(Box<init::Options>),
    /// Write the Terraform of a platform into a directory.
    Generate(generate::Options),
    /// Show what `generate` would change, as a patch, and write nothing.
    Diff(generate::DiffOptions),
    /// Check a platform.yaml and write nothing.
    Validate(validate::Options),
    /// Check whether the platform can be made in its account, and change nothing.
    Preflight(preflight::Options),
    /// Ask the account what `preflight` asks, and write the answers into a file.
    Facts(preflight::FactsOptions),
    /// Print the JSON schema of platform.yaml, for editors.
    Schema,
    /// Show what Terraform would change, layer by layer.
    Plan(layers::PlanOptions),
    /// Create or change the platform, layer by layer.
    Apply(layers::ApplyOptions),
    /// Destroy the platform, last layer first.
    Destroy(layers::DestroyOptions),
    /// Take the states to where the tree looks for them, layer by layer, after `state` of platform.yaml has changed.
    Migrate(migrate::Options),
    /// Run a command that reaches the cluster's API, over a forwarded port where that is the platform's way.
    Connect(connect::Options),
    /// Show what this version would change of a platform that an earlier one has made, with a plan of it, and change nothing.
    Upgrade(upgrade::Options),
    /// Show what is no longer as it was written or applied, and change nothing.
    Drift(drift::Options),
    /// Print what the layers tell of the platform: their outputs.
    Output(output::Options),
    /// Print what a shell completes these commands by.
    Completions(completions::Options),
    /// Print the manual page, or write one for every command.
    Man(man::Options),
}

/// Which file to read.
#[derive(Debug, Args)]
struct Input {
    /// The file that describes the platform; `-` for standard input.
    #[arg(short = 'f', long = "file", value_name = "FILE", default_value = "platform.yaml")]
    file: PathBuf,
    /// The day by which versions are in support or not; today when it is left out.
    #[arg(long, value_name = "YYYY-MM-DD", env = "TFY_TODAY", hide_env = true, value_parser = day)]
    today: Option<Date>,
}

impl Input {
    fn today(&self) -> Date {
        self.today.unwrap_or_else(clock)
    }
}

/// The day by this machine's clock, in UTC.
fn clock() -> Date {
    jiff::Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// The path of a tree: Terraform gets it as an argument, and JSON has it as a text.
fn directory() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| match path.to_str() {
        Some(_) => Ok(path),
        None => Err("the path is not UTF-8 text, as which Terraform and JSON have it; give the directory another name"),
    })
}

/// The path of a program. A variable that is set to nothing counts as unset, as in CI, where it comes from another one.
fn program() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new()
        .map(|given| if given.is_empty() { PathBuf::from("terraform") } else { PathBuf::from(given) })
}

/// A day of the calendar; nothing is the clock's, as of a variable that is set to nothing.
fn day(text: &str) -> Result<Date, String> {
    if text.is_empty() {
        return Ok(clock());
    }
    let found = text.parse().ok().filter(|day: &Date| day.to_string() == text);
    found.ok_or_else(|| "write a day as `2026-11-29`".to_owned())
}

/// Which directory, and by which program.
#[derive(Debug, Args)]
struct Tree {
    /// The directory that `tfy-infra generate` wrote.
    #[arg(short = 'd', long = "directory", value_name = "DIR", default_value = ".", value_parser = directory())]
    directory: PathBuf,
    /// The terraform program.
    #[arg(
        long,
        value_name = "PATH",
        env = "TFY_TERRAFORM",
        hide_env_values = true,
        default_value = "terraform",
        value_parser = program()
    )]
    terraform: PathBuf,
}

fn exit_codes() -> String {
    let lines = EXIT_CODES.iter().map(|(code, meaning)| format!("\n  {code}  {meaning}"));
    std::iter::once("Exit codes:".to_owned()).chain(lines).collect()
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    ExitCode::from(run(&Cli::parse()))
}

fn run(cli: &Cli) -> u8 {
    let result = match &cli.command {
        Command::Init(options) => init::run(options),
        Command::Generate(options) => generate::run(options),
        Command::Diff(options) => generate::diff(options),
        Command::Validate(options) => validate::run(options),
        Command::Preflight(options) => preflight::run(options),
        Command::Facts(options) => preflight::facts(options),
        Command::Schema => schema::run(),
        Command::Plan(options) => layers::plan(options),
        Command::Apply(options) => layers::apply(options),
        Command::Destroy(options) => layers::destroy(options),
        Command::Migrate(options) => migrate::run(options),
        Command::Connect(options) => connect::run(options),
        Command::Upgrade(options) => upgrade::run(options),
        Command::Drift(options) => drift::run(options),
        Command::Output(options) => output::run(options),
        Command::Completions(options) => completions::run(options),
        Command::Man(options) => man::run(options),
    };
    result.unwrap_or_else(|failure| told(&failure))
}

/// Tells why a command ended, and answers with which exit code.
fn told(failure: &Failure) -> u8 {
    if failure.is_left {
        return failure.code;
    }
    // With standard error closed there is nobody left to tell.
    let _ = screen::err().report(&failure.report, color());
    failure.code
}

/// Why a command ended, and with which exit code.
#[derive(Debug)]
struct Failure {
    report: Report,
    code: u8,
    /// Whoever read the output has enough of it (`| head`), which is nothing to tell.
    is_left: bool,
}

impl Failure {
    fn with(report: Report, code: u8) -> Self {
        Self { report, code, is_left: false }
    }

    fn input(report: Report) -> Self {
        Self::with(report, BAD_INPUT)
    }

    fn failed(problem: Diagnostic) -> Self {
        Self::with(Report::single(problem), FAILED)
    }
}

impl From<RunError> for Failure {
    fn from(e: RunError) -> Self {
        match e {
            RunError::Input(problem) => Self::input(Report::single(problem)),
            RunError::Machine(problem) => Self::failed(problem),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(e: std::io::Error) -> Self {
        let told = Self::failed(Diagnostic::new("the output cannot be written").note(e.to_string()));
        Self { is_left: e.kind() == std::io::ErrorKind::BrokenPipe, ..told }
    }
}

/// Whether standard error is a terminal that wants colours.
fn color() -> bool {
    screen::is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// What the first two stages make of a file.
struct Read {
    loaded: Loaded,
    platform: Platform,
    warnings: Report,
}

/// The first two stages. Warnings are told on standard error.
fn read(input: &Input) -> Result<Read, Failure> {
    read_again(input, None, &Settled::default())
}

/// As [`read`], for a tree that is there, says this of itself, and has taken this.
fn read_again(input: &Input, before: Option<&Manifest>, settled: &Settled) -> Result<Read, Failure> {
    let today = input.today();
    let mut loaded = spec::load(&input.file).map_err(Failure::input)?;
    plan::settle(&mut loaded.spec, settled, today);
    let slots = before.map(Manifest::slots).unwrap_or_default();
    match plan::plan_again(&loaded.spec, &slots, today) {
        Ok(platform) => {
            let warnings = loaded.report(Level::Warning, plan::warnings(&platform, today));
            screen::err().report(&warnings, color())?;
            Ok(Read { loaded, platform, warnings })
        }
        Err(problems) => Err(Failure::input(loaded.report(Level::Error, problems))),
    }
}

/// One line of JSON on standard output.
fn print_json(value: &serde_json::Value) -> std::io::Result<()> {
    screen::out().json(value)
}
