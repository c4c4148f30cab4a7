//! A thousand objects on a control plane that takes its time: planning reads pages instead of objects, and creating sends
//! little beyond the writes themselves.
//!
//! How many requests go out is the same on every machine. Processor time per object and memory are compared with the figures that are
//! kept. Nothing is compared by the clock: `cargo xtask bench` shows that, beside the plain writes and beside what Terraform takes
//! for as many objects of its own.
//!
//! Creating is measured twice. With its state in a bucket, as generated platforms have it, Terraform stores that every
//! twenty seconds. With its state in a file it writes the whole file after each object.

use std::path::Path;
use std::time::Duration;

use acceptance_tests::figures::list;
use acceptance_tests::thousand::{self, COUNT, PARALLELISM};
use acceptance_tests::usage::Children;
use acceptance_tests::{Binaries, CliConfig, Figures, Sandbox, Terraform, Traffic, Usage, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

/// Reads of single objects before a list is read.
const SINGLE: u64 = 3;
/// Objects on a page of a list, and the age at which a list is read again. How often it is depends on how long a command
/// takes; how much is read each time does not.
const PAGE: usize = 100;
const RENEWAL: Duration = Duration::from_secs(4);

/// Terraform in a folder of its own, initialised.
fn terraform(
    folder: &Path,
    configuration: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Terraform> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("main.tf"), configuration)?;
    let terraform =
        Terraform::new(folder, &CliConfig::for_our_provider(&Binaries::build()?)?)?.with(variables);
    terraform.init()?;
    Ok(terraform)
}

fn apply(terraform: &Terraform) -> Result<Usage> {
    terraform.measured(&["apply", "-no-color", "-auto-approve", PARALLELISM])
}

/// A plan without changes.
fn plan(terraform: &Terraform) -> Result<Usage> {
    terraform.measured(&["plan", "-no-color", "-detailed-exitcode", PARALLELISM])
}

fn provider(usage: Usage) -> Result<Children> {
    usage.children.context("there is no `/proc`")
}

/// Microseconds for each object.
fn each(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX) / COUNT as u64
}

/// A command that has read nothing but whole lists of what there is, and those no more often than they are renewed: once by
/// each process of the provider that looks, which are one for the plan and one for the apply, and then when they are old.
fn lists_are_read_only_when_they_are_due(traffic: Traffic, time: Duration) -> Result<()> {
    let due = 2 + time.as_secs() / RENEWAL.as_secs();
    ensure!(traffic.lists <= due, "lists were read {} times in {time:?}, {due} were due", traffic.lists);
    let pages = (COUNT / PAGE) as u64 * traffic.lists;
    ensure!(traffic.pages <= pages, "{} pages, {pages} expected at the most", traffic.pages);
    Ok(())
}

/// The reads of single objects before one list. They come again where so much time has gone by since a list that it is
/// forgotten, which is due to a busy machine.
fn single_reads(traffic: Traffic) -> u64 {
    let single = traffic.reads - traffic.pages;
    let again = SINGLE * traffic.lists.saturating_sub(1);
    single.saturating_sub(again).max(single.min(SINGLE))
}

/// Creates everything: what that used, and what went to the control plane.
fn create(terraform: &Terraform, sandbox: &Sandbox) -> Result<(Usage, Traffic)> {
    thousand::prepare(sandbox)?;
    let mut seen = 0;
    Traffic::since(sandbox, &mut seen)?;
    let usage = apply(terraform)?;
    let traffic = Traffic::since(sandbox, &mut seen)?;
    ensure!(sandbox.inventory()?["workspaces"]["count"] == COUNT);
    lists_are_read_only_when_they_are_due(traffic, usage.time)?;
    Ok((usage, traffic))
}

#[test]
fn a_thousand_workspaces_on_a_slow_control_plane() -> Result<()> {
    let binaries = Binaries::build()?;
    let logs = scratch::folder("scale")?;
    let sandbox = Sandbox::start(&binaries, &logs.join("sandbox.log"))?;
    let aws = thousand::aws_with_bucket(&logs.join("local-aws.log"))?;

    let alone = terraform(&logs.join("alone"), &thousand::built_in(), [])?;
    apply(&alone)?;
    let mut figures = Figures::of(&binaries, list::THOUSAND_ALONE, || Ok(each(plan(&alone)?.processor)))?;

    let mut place = 0;
    let in_bucket = [
        list::CREATE,
        list::CREATE_PROVIDER,
        list::CREATE_MEMORY,
        list::CREATE_WRITES,
        list::CREATE_READS,
        list::CREATE_BYTES,
    ];
    figures.check(in_bucket, || {
        place += 1;
        let key = format!("bucket-{place}");
        let configuration = thousand::state_in_bucket(&key) + &thousand::workspaces("scale");
        let variables = sandbox.environment().into_iter().chain(aws.environment().to_vec());
        let terraform = terraform(&logs.join(&key), &configuration, variables)?;
        let (usage, traffic) = create(&terraform, &sandbox)?;
        let provider = provider(usage)?;
        Ok([
            each(usage.processor),
            each(provider.processor),
            provider.peak,
            traffic.writes,
            single_reads(traffic),
            traffic.write_bytes,
        ])
    })?;

    let mut last = None;
    figures.check([list::CREATE_IN_FILE, list::STATE_BYTES], || {
        place += 1;
        let folder = logs.join(format!("file-{place}"));
        let ours = terraform(&folder, &thousand::workspaces("scale"), sandbox.environment())?;
        let (usage, _) = create(&ours, &sandbox)?;
        last = Some(ours);
        Ok([each(usage.processor), fs::metadata(folder.join("terraform.tfstate"))?.len()])
    })?;

    let ours = last.context("nothing was created")?;
    let mut seen = 0;
    Traffic::since(&sandbox, &mut seen)?;
    let in_plan = [
        list::PLAN,
        list::PLAN_PROVIDER,
        list::PLAN_MEMORY,
        list::PLAN_PROVIDER_MEMORY,
        list::PLAN_READS,
        list::PLAN_BYTES,
    ];
    figures.check(in_plan, || {
        let usage = plan(&ours)?;
        let traffic = Traffic::since(&sandbox, &mut seen)?;
        ensure!(traffic.writes + traffic.deletes == 0, "a plan writes: {traffic:?}");
        lists_are_read_only_when_they_are_due(traffic, usage.time)?;
        let provider = provider(usage)?;
        Ok([
            each(usage.processor),
            each(provider.processor),
            usage.peak,
            provider.peak,
            single_reads(traffic),
            traffic.page_bytes / traffic.pages.max(1),
        ])
    })?;
    figures.finish()
}
