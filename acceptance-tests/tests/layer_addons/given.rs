//! The real charts, where somebody gives them: `CHART_SOURCES` names a folder with their sources, and `cargo xtask charts verify DIR` runs
//! these tests. Everything else is tested with stand-ins.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::time::Instant;

use acceptance_tests::charts::{Facts, Helm, Served, StandIn};
use acceptance_tests::kubernetes::{Cluster, Minor, Options};
use acceptance_tests::scratch;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use test_cluster::{Client, Identity};

use super::alone::{Alone, Models, Set};

#[path = "given/compared.rs"]
mod compared;
#[path = "given/installed.rs"]
mod installed;
#[path = "given/rendered.rs"]
mod rendered;
#[path = "given/sent.rs"]
mod sent;
#[path = "given/sources.rs"]
mod sources;
#[path = "given/strict.rs"]
mod strict;
#[path = "given/yaml.rs"]
mod yaml;

use rendered::{Document, Renderer};
use sent::Sent;
use sources::Sources;
pub(crate) use strict::refuses_what_is_wrong;

/// Tells a line or more to whoever runs this.
fn tell(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stderr(), "{}", text.trim_end())?)
}

/// Charts that are given, and stand-ins for those that are not.
struct Given {
    facts: Vec<Facts>,
    sources: Sources,
    helm: Helm,
}

impl Given {
    fn read(folder: &Path) -> Result<Self> {
        let facts = Facts::all()?;
        let sources = Sources::read(&sources::folder()?, &folder.join("sources"), &facts)?;
        tell(&format!("charts:\n{}", sources.told(&facts)))?;
        Ok(Self { facts, sources, helm: Helm::find(&folder.join("helm"))? })
    }

    /// A repository with each chart as these versions of it.
    fn served(&self, versions: impl Fn(&Facts) -> Result<Vec<String>>) -> Result<Served> {
        let mut packages = Vec::new();
        for facts in &self.facts {
            for version in versions(facts)? {
                packages.push(match self.sources.source(facts.name()) {
                    Some(source) => source.package(&self.helm, &version)?,
                    None => StandIn::of(facts).version(&version).package()?,
                });
            }
        }
        Served::of(packages)
    }

    /// Fails where a chart is missing, with all of them.
    fn is_whole(&self) -> Result<()> {
        let missing = self.sources.missing();
        ensure!(
            missing.is_empty(),
            "not proved: {} of {} charts cannot be had in their version: `{}`\nhint: put them into the folder, the version in \
             `Chart.yaml` as the release has it",
            missing.len(),
            self.facts.len(),
            missing.join("`, `")
        );
        Ok(())
    }
}

/// What the module sends to each chart renders, and an API server knows every field of it.
#[test]
#[ignore = "only with the charts of others: `cargo xtask charts verify DIR`"]
fn charts_that_are_given_render_what_an_api_server_takes() -> Result<()> {
    let folder = scratch::folder("charts-given")?;
    let given = Given::read(&folder)?;
    let charts = given.served(|facts| Ok(vec![facts.version().to_owned()]))?;
    let set = Set { spec: "addons:\n", charts, models: Models::None };
    let alone = Alone::start(&folder.join("layer"), set)?;
    let sent = releases(&given, &alone)?;
    let renderer = Renderer::new(&given.helm, &folder.join("values"), &given.facts)?;
    let rendered = renderings(&sent, &renderer)?;
    let mut refused = Vec::new();
    let mut checked = Vec::new();
    for minor in Minor::ALL {
        let options = Options { minor, ..Options::default() };
        let cluster = Cluster::start_with(&folder.join(format!("cluster-{}", minor.name())), &options)?;
        let (taken, others) = strictly(&cluster, rendered.iter().filter(|one| one.minor == minor))?;
        checked.push(format!("{taken} different objects taken by {}", cluster.version()?));
        refused.extend(others);
    }
    tell(&format!("refused:\n  {}", refused.join("\n  ")))?;
    let compared = differences(&given, &rendered, &renderer, &folder)?;
    tell(&format!(
        "proved: charts: {} of {} found, {} releases rendered for each minor, {}, {} refused, {compared} differences from what is recorded",
        given.sources.sources().count(),
        given.facts.len(),
        sent.len(),
        checked.join(", "),
        refused.len()
    ))?;
    ensure!(refused.is_empty(), "the API server refuses:\n  {}", refused.join("\n  "));
    given.is_whole()
}

/// The releases with each of their values, and with the defaults of their charts. Without the charts that are not there.
fn releases(given: &Given, alone: &Alone) -> Result<Vec<Sent>> {
    let mut all = Vec::new();
    for mut one in sent::of_all_cases(alone)? {
        if one.release.chart.is_absolute() {
            all.push(one);
        } else if let Some(source) = given.sources.source(&one.chart) {
            one.release.chart.clone_from(&source.folder);
            all.push(one);
        }
    }
    for source in given.sources.sources() {
        let facts = given.facts.iter().find(|facts| facts.name() == source.name());
        all.push(sent::by_default(&source.folder, facts.context("a chart without facts")?));
    }
    Ok(all)
}

/// A release as charts render it for a minor of Kubernetes.
struct Rendered<'a> {
    of: String,
    sent: &'a Sent,
    minor: Minor,
    documents: Vec<Rc<Document>>,
}

fn renderings<'a>(sent: &'a [Sent], renderer: &Renderer<'_>) -> Result<Vec<Rendered<'a>>> {
    let mut rendered = Vec::new();
    for sent in sent {
        for minor in Minor::ALL {
            let of = format!("{} ({}, for {})", sent.release.name, sent.case, minor.name());
            let documents = renderer.render(&sent.release, minor.version()).with_context(|| of.clone())?;
            ensure!(!documents.is_empty(), "{of} renders nothing");
            rendered.push(Rendered { of, sent, minor, documents });
        }
    }
    Ok(rendered)
}

/// The number of objects that a cluster takes, and what it refuses.
fn strictly<'a>(
    cluster: &Cluster,
    rendered: impl Iterator<Item = &'a Rendered<'a>> + Clone,
) -> Result<(usize, Vec<String>)> {
    let administrator = Client::new(cluster.address(), cluster.folder(), Identity::Certificate("admin"))?;
    let mut checked = strict::Checked::by(&administrator);
    // Definitions first: objects of their kinds come from other charts as well.
    for one in rendered.clone() {
        let definitions: Vec<&Document> =
            one.documents.iter().map(Rc::as_ref).filter(|one| one.is_definition()).collect();
        checked.check(&one.of, &one.sent.release.namespace, &definitions)?;
        checked.install(&definitions).with_context(|| one.of.clone())?;
    }
    for one in rendered {
        let others: Vec<&Document> =
            one.documents.iter().map(Rc::as_ref).filter(|one| !one.is_definition()).collect();
        checked.check(&one.of, &one.sent.release.namespace, &others)?;
    }
    Ok((checked.taken, checked.refused))
}

/// Lists what is another than recorded, and tells how much.
fn differences(
    given: &Given,
    rendered: &[Rendered<'_>],
    renderer: &Renderer<'_>,
    folder: &Path,
) -> Result<usize> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in given.sources.sources() {
        let facts = given.facts.iter().find(|facts| facts.name() == source.name()).context("no facts")?;
        let mut lines = compared::chart(source, facts, &given.helm, &folder.join("values"))?;
        let newest = rendered.iter().filter(|one| one.minor == Minor::Newest);
        let chart = StandIn::of(facts).guarded().write(&folder.join("stand-ins"))?;
        for Rendered { sent, minor, documents, .. } in newest.filter(|one| one.sent.chart == source.name()) {
            let stand_in = rendered::Release { chart: chart.clone(), ..sent.release.clone() };
            let told = renderer.render(&stand_in, minor.version());
            let told = told.with_context(|| format!("the stand-in of `{}`, {}", sent.chart, sent.case))?;
            // Definitions that another chart has as well are in the facts of that one.
            let of_others =
                |one: &Rc<Document>| one.is_definition() && is_defined(&given.facts, facts, one.name());
            let documents: Vec<Rc<Document>> =
                documents.iter().filter(|one| !of_others(one)).cloned().collect();
            let mut told = compared::objects(&documents, &told);
            if sent.case == "defaults" {
                told.extend(compared::hosts(&documents, facts));
            }
            for line in told {
                if !lines.iter().any(|known| known.starts_with(&line)) {
                    lines.push(format!("{line} (with the values of `{}`)", sent.case));
                }
            }
        }
        if !lines.is_empty() {
            found.insert(source.name().to_owned(), lines);
        }
    }
    for (chart, lines) in &found {
        tell(&format!("{chart} is another than recorded:\n  {}", lines.join("\n  ")))?;
    }
    Ok(found.values().map(Vec::len).sum())
}

/// Whether a definition is in the facts of a chart other than this one.
fn is_defined(all: &[Facts], but: &Facts, name: &str) -> bool {
    let defines = |facts: &Facts| {
        let full = |kind: &Value| format!("{}.{}", text(kind, "plural"), text(kind, "group"));
        facts.custom_resources().iter().any(|kind| full(kind) == name)
    };
    !defines(but) && all.iter().any(defines)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// All of them installed by the layer, each one version later, and removed.
#[test]
#[ignore = "only with the charts of others: `cargo xtask charts verify DIR`"]
fn charts_that_are_given_are_installed_upgraded_and_removed() -> Result<()> {
    let folder = scratch::folder("charts-given-installed")?;
    let given = Given::read(&folder)?;
    let charts =
        given.served(|facts| Ok(vec![facts.version().to_owned(), super::whole::later(facts.version())?]))?;
    let set = Set { spec: installed::SPEC, charts, models: Models::InCluster };
    let alone = Alone::start(&folder.join("layer"), set)?;
    let answered = installed::Unanswered::watch(&alone)?;
    let begin = Instant::now();
    let mut took = Vec::new();
    let mut timed =
        |what: &str, begin: Instant| took.push(format!("{what} {:.0} s", begin.elapsed().as_secs_f64()));
    installed::succeeded("apply", &alone.apply()?)?;
    timed("installed in", begin);
    let before = alone.in_cluster()?;
    installed::succeeded("plan", &alone.plan()?)?;
    super::whole::make_workloads(&alone)?;
    let kept = super::whole::definitions(&alone)?;
    alone.generate(&super::whole::spec_of(&given.facts)?)?;
    let begin = Instant::now();
    installed::succeeded("upgrade", &alone.apply()?)?;
    timed("upgraded in", begin);
    assert_eq!(alone.in_cluster()?, before);
    installed::succeeded("plan", &alone.plan()?)?;
    let begin = Instant::now();
    let lost = ["scaledobjects.keda.sh", "rollouts.argoproj.io"];
    installed::succeeded("destroy", &alone.destroy_with(&lost)?)?;
    timed("removed in", begin);
    assert_eq!(alone.in_cluster()?, []);
    super::whole::are_kept(&alone, &kept)?;
    tell(&format!(
        "proved: charts: {} releases {}, {} definitions kept with their objects; {}",
        before.len(),
        took.join(", "),
        kept.len(),
        answered.told()
    ))?;
    given.is_whole()
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["items"].as_array().into_iter().flatten()
}
