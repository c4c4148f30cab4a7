//! `tfy-infra init`.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{Failure, OK};
use crate::diag::{Diagnostic, Level, Report};
use crate::init::{self, Asker, Stop, Terminal, Unfilled};
use crate::screen;
use crate::shell;
use crate::spec::schema::{self, schema_text};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The file to write; `-` for standard output. One that is there stays as it is.
    #[arg(short = 'f', long = "file", value_name = "FILE", default_value = "platform.yaml")]
    file: PathBuf,
    /// Ask nothing, on a terminal as well: what no flag answers has its standard answer.
    #[arg(long)]
    no_input: bool,
    #[command(flatten)]
    platform: Platform,
    #[command(flatten)]
    network: Network,
    #[command(flatten)]
    cluster: Cluster,
    #[command(flatten)]
    more: More,
}

/// What it is and where.
#[derive(Debug, Args)]
struct Platform {
    /// The name of the platform: 3 to 24 of `a-z`, `0-9` and `-`.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The AWS account, 12 digits.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// The AWS region.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The address of the TrueFoundry control plane. Left out, it comes from `TFY_HOST` when Terraform runs.
    #[arg(long, value_name = "URL")]
    host: Option<String>,
}

#[derive(Debug, Args)]
struct Network {
    /// The block of addresses of a new VPC [standard: 10.0.0.0/16].
    #[arg(long, value_name = "BLOCK")]
    cidr: Option<String>,
    /// How many zones a new VPC has, or which, by AZ ID [standard: 3].
    #[arg(long, value_name = "ZONES")]
    zones: Option<String>,
    /// How private subnets of a new VPC reach the internet [standard: per-zone].
    #[arg(long, value_name = "MODE", value_parser = PossibleValuesParser::new(["per-zone", "single", "none"]))]
    nat: Option<String>,
    /// The ID of a VPC that is there, in place of a new one.
    #[arg(long, value_name = "ID")]
    vpc: Option<String>,
    /// Its private subnets, with commas.
    #[arg(long, value_name = "IDS")]
    private_subnets: Option<String>,
    /// Its public subnets, with commas.
    #[arg(long, value_name = "IDS")]
    public_subnets: Option<String>,
}

#[derive(Debug, Args)]
struct Cluster {
    /// The name of a cluster that is there, in that VPC, in place of a new one.
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// Who administers a new cluster: the ARNs of IAM roles, with commas. Left out, the first apply asks.
    #[arg(long, value_name = "ARNS")]
    admin: Option<String>,
    /// How Terraform and people reach the cluster's API [standard: ssm].
    #[arg(long, value_name = "WAY", value_parser = PossibleValuesParser::new(init::ACCESS.map(|(word, _)| word)))]
    access: Option<String>,
    /// From where, for `public`, `vpn` and `runner`: blocks of addresses, with commas.
    #[arg(long, value_name = "BLOCKS")]
    api_from: Option<String>,
}

#[derive(Debug, Args)]
struct More {
    /// Make a PostgreSQL database.
    #[arg(long)]
    database: bool,
    /// The domain of services, behind a load balancer.
    #[arg(long, value_name = "NAME")]
    domain: Option<String>,
    /// The public Route 53 zone of that domain, by name or ID.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Who may connect to services: blocks of addresses with commas, or `anywhere`.
    #[arg(long, value_name = "BLOCKS")]
    allow_from: Option<String>,
    /// The bucket that keeps Terraform's state. Left out, it is in files beside the layers.
    #[arg(long, value_name = "BUCKET")]
    state_bucket: Option<String>,
}

impl Options {
    /// The answers that are given, by the flags of their questions; with those of questions that others answer.
    fn given(&self) -> BTreeMap<&'static str, String> {
        let Self { platform, network, cluster, more, .. } = self;
        let all = [
            ("name", &platform.name),
            ("account", &platform.account),
            ("region", &platform.region),
            ("host", &platform.host),
            ("cidr", &network.cidr),
            ("zones", &network.zones),
            ("nat", &network.nat),
            ("vpc", &network.vpc),
            ("private-subnets", &network.private_subnets),
            ("public-subnets", &network.public_subnets),
            ("cluster", &cluster.cluster),
            ("admin", &cluster.admin),
            ("access", &cluster.access),
            ("api-from", &cluster.api_from),
            ("domain", &more.domain),
            ("zone", &more.zone),
            ("allow-from", &more.allow_from),
            ("state-bucket", &more.state_bucket),
        ];
        let mut given: BTreeMap<&'static str, String> =
            all.into_iter().filter_map(|(flag, value)| Some((flag, value.clone()?))).collect();
        let any = |flags: &[&str]| flags.iter().any(|flag| given.contains_key(*flag));
        let exists = any(&["vpc", "private-subnets", "public-subnets", "cluster"]);
        let follow = [
            (exists, "network", "existing"),
            (!exists && any(&["cidr", "zones", "nat"]), "network", "new"),
            (any(&["cluster"]), "cluster-is", "existing"),
            (exists && !any(&["cluster"]) && any(&["admin"]), "cluster-is", "new"),
            (more.database, "database", "yes"),
            (any(&["domain", "zone", "allow-from"]), "ingress", "yes"),
            (any(&["state-bucket"]), "state", "s3"),
        ];
        given.extend(
            follow.into_iter().filter(|(is, _, _)| *is).map(|(_, flag, word)| (flag, word.to_owned())),
        );
        given
    }

    fn why_nobody(&self) -> &'static str {
        if self.no_input {
            "nobody is asked: `--no-input` is given"
        } else {
            "nobody can be asked: standard input or standard error is not a terminal"
        }
    }
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let file = &options.file;
    if std::fs::symlink_metadata(file).is_ok() {
        return Err(there_already(file));
    }
    let is_terminal = std::io::stdin().is_terminal() && screen::is_terminal();
    let watch = init::Watch::start(|| super::told(&Failure::failed(left())));
    let mut terminal = Terminal(watch.map_err(|e| Failure::failed(crate::run::deaf(&e)))?);
    let asker = (is_terminal && !options.no_input).then_some(&mut terminal as &mut dyn Asker);
    let answers = init::fill(&options.given(), asker, options.why_nobody()).map_err(unfilled)?;
    // What was not answered is checked here, and all of it together.
    init::check(&file.display().to_string(), &answers).map_err(Failure::input)?;
    let text = init::text(&answers);
    if file == Path::new("-") {
        screen::out().write_all(text.as_bytes())?;
        return Ok(OK);
    }
    write_new(file, &text).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => there_already(file),
        _ => Failure::failed(unwritten(file, &e)),
    })?;
    let schema = file.with_file_name(schema::FILE);
    let told = told(file, &schema, &put_schema(&schema));
    screen::err().write_all(told.as_bytes())?;
    Ok(OK)
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs_err::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes()).inspect_err(|_| {
        // Half of it is of no use.
        let _ = std::fs::remove_file(path);
    })
}

/// What became of the schema beside the file.
enum Schema {
    Written,
    Other,
    Failed(std::io::Error),
}

/// One that is there stays, whatever it is.
fn put_schema(path: &Path) -> Schema {
    let text = schema_text();
    match write_new(path, &text) {
        Ok(()) => Schema::Written,
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => match fs_err::read(path) {
            Ok(found) if found == text.as_bytes() => Schema::Written,
            _ => Schema::Other,
        },
        Err(e) => Schema::Failed(e),
    }
}

fn told(file: &Path, schema: &Path, put: &Schema) -> String {
    let (of_file, of_it) = (shell::word(file), shell::word(schema));
    let (file, schema) = (file.display(), schema.display());
    let of_schema = match put {
        Schema::Written => format!("`{schema}`: the schema that editors check it with"),
        Schema::Other => format!(
            "`{schema}` is another than this version's and stays; `tfy-infra schema > {of_it}` brings it up to date"
        ),
        Schema::Failed(e) => {
            format!("`{schema}` is not written: {e}; `tfy-infra schema > {of_it}` writes it")
        }
    };
    format!(
        "`{file}`: written\n{of_schema}\nnext: look it over, then `tfy-infra preflight -f {of_file}` and `tfy-infra generate -f {of_file} -o infra`\n"
    )
}

fn there_already(file: &Path) -> Failure {
    let name = file.display();
    Failure::input(Report::single(
        Diagnostic::new(format!("`{name}` is there already")).note("nothing was written").hint(format!(
            "edit it, and check it with `tfy-infra validate -f {}`; or give another file with `-f`",
            shell::word(file)
        )),
    ))
}

fn unwritten(file: &Path, cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new(format!("`{}` cannot be written", file.display()))
        .note(cause.to_string())
        .hint("give a file in a directory that is there with `-f`")
}

fn unfilled(unfilled: Unfilled) -> Failure {
    match unfilled {
        Unfilled::Refused(problems) => Failure::input(Report { level: Level::Error, source: None, problems }),
        Unfilled::Stopped(Stop::Left) => Failure::failed(left()),
        Unfilled::Stopped(Stop::Terminal(cause)) => Failure::failed(unasked(cause)),
    }
}

fn left() -> Diagnostic {
    Diagnostic::new("the questions were left before the last one")
        .note("nothing was written")
        .hint("run `tfy-infra init` again; flags answer questions beforehand")
}

fn unasked(cause: String) -> Diagnostic {
    Diagnostic::new("the terminal cannot be asked")
        .note(cause)
        .hint("give the answers by flags, which `tfy-infra init --help` explains, with `--no-input`")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn what_keeps_answers_from_coming_is_told() {
        let shown = |unfilled_by: Stop| unfilled(Unfilled::Stopped(unfilled_by));
        let left = shown(Stop::Left);
        assert_eq!(left.code, 1);
        insta::assert_snapshot!(left.report.render(false), @r"
        error: the questions were left before the last one
          = note: nothing was written
          = hint: run `tfy-infra init` again; flags answer questions beforehand
        ");
        let unasked = shown(Stop::Terminal("IO error: no tty".to_owned()));
        assert_eq!(unasked.code, 1);
        insta::assert_snapshot!(unasked.report.render(false), @r"
        error: the terminal cannot be asked
          = note: IO error: no tty
          = hint: give the answers by flags, which `tfy-infra init --help` explains, with `--no-input`
        ");
    }

    /// Those that other flags answer have words of their own.
    #[test]
    fn every_question_has_its_flag() {
        let command = super::super::Cli::command();
        let init = command.find_subcommand("init").unwrap();
        let flags: Vec<&str> = init.get_arguments().filter_map(clap::Arg::get_long).collect();
        let without: Vec<&str> =
            init::QUESTIONS.iter().map(|one| one.flag).filter(|flag| !flags.contains(flag)).collect();
        assert_eq!(without, ["network", "cluster-is", "ingress", "state"]);
    }

    #[test]
    fn a_schema_that_cannot_be_written_is_told_and_the_file_stands() {
        let full = Schema::Failed(std::io::ErrorKind::StorageFull.into());
        insta::assert_snapshot!(told(Path::new("platform.yaml"), Path::new("platform.schema.json"), &full), @r"
        `platform.yaml`: written
        `platform.schema.json` is not written: no storage space; `tfy-infra schema > platform.schema.json` writes it
        next: look it over, then `tfy-infra preflight -f platform.yaml` and `tfy-infra generate -f platform.yaml -o infra`
        ");
    }
}
