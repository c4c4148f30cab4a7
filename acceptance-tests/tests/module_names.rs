//! The names that the modules make up, at the longest that they take, in every region: each fits into what AWS takes, two platforms
//! that differ in the last letter share none, and one letter more is refused by a rule of the module.
//!
//! Planned on a mocked provider (`module_names/root.tf`). What depends on the region is planned in all of them; that nothing else does
//! is shown by a second region.

#[path = "module_names/limits.rs"]
mod limits;

use std::collections::{BTreeMap, BTreeSet};

use acceptance_tests::{Attached, CliConfig, Terraform, modules, repository, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use limits::{BY_REGION, KNOWN_LATER, LIMITS, NAMES, OF_OTHERS, TAKEN, WITHIN_ANOTHER};

const ROOT: &str = include_str!("module_names/root.tf");
/// Address and argument => name.
type Names = BTreeMap<(String, String), String>;

struct Planned {
    /// Of each run that made a plan.
    names: BTreeMap<String, Names>,
    /// Of each run, the rules that refused it: `cluster/variables.tf`, and the variable.
    refused: BTreeMap<String, BTreeSet<(String, String)>>,
}

/// Every region that the generator knows, from its own table.
fn regions() -> Result<Vec<String>> {
    let text = fs::read_to_string(repository::root().join("generator/src/plan/regions.rs"))?;
    let found: Vec<String> = text
        .lines()
        .filter_map(|line| Some(line.trim().strip_prefix("region(\"")?.split('"').next()?.to_owned()))
        .collect();
    ensure!(found.len() > 30, "only {} regions were found: {found:?}", found.len());
    Ok(found)
}

/// The mocks of all modules, each object once.
fn mocks() -> Result<String> {
    let mut blocks = BTreeMap::new();
    for entry in fs::read_dir(repository::root().join("modules"))? {
        let file = entry?.path().join("tests/mocks/aws.tfmock.hcl");
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for block in text.split("\nmock_").skip(1) {
            let (head, body) = block.split_once('\n').context("a mock without a body")?;
            let body = body.split_once("\n}\n").map_or(body, |(body, _)| body);
            let block = format!("mock_{head}\n{body}\n}}\n");
            let kept: &mut String = blocks.entry(head.to_owned()).or_default();
            // The one that says most: a policy document with statements, for one.
            if block.len() > kept.len() {
                *kept = block;
            }
        }
    }
    Ok(blocks.into_values().collect())
}

/// A run of Terraform's test, in a region.
fn run(name: &str, region: &str, modules: &[&str], variables: &str) -> String {
    let override_of = |module: &&str| {
        format!(
            "  override_data {{\n    target = module.{module}.data.aws_region.current\n    values = {{ id = \"{region}\" }}\n  }}\n"
        )
    };
    let overrides: String = modules.iter().map(override_of).collect();
    format!("run \"{name}\" {{\n  command = plan\n  variables {{\n{variables}  }}\n{overrides}}}\n")
}

/// The modules called by the root that ask for their region.
const ASKING: &[&str] = &[
    "addon_identities",
    "cluster",
    "database",
    "gateway",
    "ingress",
    "karpenter",
    "network",
    "platform_identity",
    "registry",
    "states",
    "terraform",
];

/// Plans the root, once for each run, and reads what was planned.
fn plan(folder: &str, root: &str, runs: &str) -> Result<Planned> {
    let folder = scratch::folder(folder)?;
    let copy = folder.join("modules");
    modules::copy(&copy)?;
    let place = copy.join("names");
    fs::create_dir_all(place.join("mocks"))?;
    fs::write(place.join("main.tf"), root)?;
    fs::write(place.join("mocks/aws.tfmock.hcl"), mocks()?)?;
    fs::write(
        place.join("names.tftest.hcl"),
        format!("mock_provider \"aws\" {{\n  source = \"./mocks\"\n}}\n{runs}"),
    )?;
    let terraform = Terraform::new(&place, &CliConfig::for_aws_alone()?)?;
    terraform.init()?;
    let provider = Attached::aws(&place, &folder.join("aws-provider.log"), &[])?;
    let terraform = terraform.with(provider.environment());
    let output = terraform.command(&["test", "-json", "-verbose"]).output()?;
    let mut planned = Planned { names: BTreeMap::new(), refused: BTreeMap::new() };
    let mut rest = String::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        let run = message["@testrun"].as_str().unwrap_or_default().to_owned();
        if message["type"] == "test_plan" {
            planned.names.insert(run, names(&message["test_plan"]));
        } else if message["type"] == "diagnostic" && message["diagnostic"]["severity"] == "error" {
            let (detail, summary) =
                (text(&message["diagnostic"]["detail"]), text(&message["diagnostic"]["summary"]));
            match refusal(&detail) {
                Some(found) => drop(planned.refused.entry(run).or_default().insert(found)),
                None => rest.push_str(&format!("{run}: {summary}: {detail}\n")),
            }
        }
    }
    ensure!(
        rest.is_empty(),
        "what is no rule of a variable:\n{rest}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(planned)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The module and the variable whose rule refused a value: `This was checked by the validation rule at ../cluster/variables.tf:6,3-13.`
fn refusal(detail: &str) -> Option<(String, String)> {
    let rule = detail.split("validation rule at ").nth(1)?;
    let module = rule.trim_start_matches("../").split('/').next()?.to_owned();
    let variable = detail.split('`').nth(1)?.split('.').next()?.to_owned();
    Some((module, variable))
}

fn names(plan: &Value) -> Names {
    let mut found = Names::new();
    for change in plan["resource_changes"].as_array().into_iter().flatten() {
        let kind = text(&change["type"]);
        if change["mode"] != "managed" || !kind.starts_with("aws_") || OF_OTHERS.contains(&kind.as_str()) {
            continue;
        }
        for argument in NAMES {
            if let Some(name) = change["change"]["after"][argument].as_str() {
                found.insert((text(&change["address"]), (*argument).to_owned()), name.to_owned());
            }
        }
    }
    found
}

/// `module.a["b"].module.c.aws_x.y["z"]` => `aws_x`, and the module's folder is not in it.
fn kind(address: &str) -> &str {
    let start = address.find("aws_").unwrap_or_default();
    address[start..].split('.').next().unwrap_or_default()
}

/// What is longer than AWS takes, or has no limit here.
fn too_long(run: &str, names: &Names) -> Vec<String> {
    let mut found = Vec::new();
    for ((address, argument), name) in names {
        let limit = LIMITS.iter().find(|(of, at, _)| *of == kind(address) && at == argument);
        match limit {
            None => found.push(format!("{run}: {address}: nobody has said how long `{argument}` may be")),
            Some((.., most)) if name.len() > *most => {
                found.push(format!("{run}: {address}: `{name}` has {} characters of {most}", name.len()));
            }
            Some(_) => {}
        }
    }
    found
}

/// Types with a name in the code of the modules: those that the root does not plan are not looked at.
fn written() -> Result<BTreeSet<(String, String)>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(repository::root().join("modules"))? {
        let folder = entry?.path();
        if !folder.join("variables.tf").is_file() {
            continue;
        }
        for file in fs::read_dir(&folder)? {
            let file = file?.path();
            if file.extension().is_none_or(|end| end != "tf") {
                continue;
            }
            let mut within = None;
            for line in fs::read_to_string(&file)?.lines() {
                if let Some(rest) = line.strip_prefix("resource \"") {
                    within = rest.split('"').next().map(str::to_owned);
                } else if line.starts_with('}') {
                    within = None;
                }
                let argument = line
                    .strip_prefix("  ")
                    .filter(|rest| !rest.starts_with(' '))
                    .and_then(|rest| rest.split_once('='))
                    .map(|(name, _)| name.trim());
                if let (Some(kind), Some(argument)) = (&within, argument)
                    && NAMES.contains(&argument)
                    && kind.starts_with("aws_")
                    && !OF_OTHERS.contains(&kind.as_str())
                {
                    found.insert((kind.clone(), argument.to_owned()));
                }
            }
        }
    }
    Ok(found)
}

#[test]
fn names_fit_at_their_longest_and_are_told_apart() -> Result<()> {
    let variables = |last: &str, more: &str| format!("    last = \"{last}\"\n    more = \"{more}\"\n");
    let longest = regions()?.into_iter().max_by_key(String::len).context("no region")?;
    let runs = [
        run("longest", &longest, ASKING, &variables("a", "")),
        run("elsewhere", "us-east-1", ASKING, &variables("a", "")),
        run("neighbour", &longest, ASKING, &variables("b", "")),
    ];
    let planned = plan("module-names", ROOT, &runs.concat())?;
    assert_eq!(planned.refused, BTreeMap::new(), "a name of the root is longer than its module takes");
    let [here, elsewhere, neighbour] = ["longest", "elsewhere", "neighbour"].map(|run| &planned.names[run]);
    ensure!(here.len() > 100, "only {} names were planned", here.len());
    assert_eq!(too_long("longest", here), Vec::<String>::new());

    let planned: BTreeSet<(String, String)> =
        here.keys().map(|(address, argument)| (kind(address).to_owned(), argument.clone())).collect();
    let later =
        |(kind, argument): &(String, String)| KNOWN_LATER.contains(&(kind.as_str(), argument.as_str()));
    let mut unplanned = written()?;
    unplanned.retain(|each| !planned.contains(each) && !later(each));
    assert_eq!(unplanned, BTreeSet::new(), "the root makes none of these");

    // A prefix gets an ending of its own; a name without one is alone in the account.
    let fixed = here.iter().filter(|((address, argument), _)| {
        !argument.ends_with("prefix") && !WITHIN_ANOTHER.contains(&kind(address))
    });
    let shared: Names = fixed
        .filter(|(_, name)| neighbour.values().any(|other| other == *name))
        .map(|(place, name)| (place.clone(), name.clone()))
        .collect();
    assert_eq!(shared, Names::new(), "two platforms have these names in common");

    let by_region: BTreeSet<(&str, &str)> = here
        .iter()
        .filter(|(place, name)| elsewhere.get(*place) != Some(*name))
        .filter_map(|((address, _), _)| address.strip_prefix("module.")?.split_once('.'))
        .map(|(module, resource)| (module, resource.split('[').next().unwrap_or_default()))
        .collect();
    assert_eq!(by_region, BY_REGION.iter().copied().collect());
    Ok(())
}

/// The start of the root and the calls of some modules, once for each region.
fn root_by_region(regions: &[String]) -> Result<String> {
    let (start, calls) = ROOT.split_once("\nmodule \"").context("the root calls no module")?;
    let calls = calls
        .split("\nmodule \"")
        .filter(|call| BY_REGION.iter().any(|(module, _)| call.starts_with(module)));
    let each = format!("\n\n  for_each = toset({regions:?})\n");
    Ok(calls
        .fold(start.to_owned(), |text, call| format!("{text}\nmodule \"{}", call.replacen('\n', &each, 1))))
}

/// Nothing but these names is planned, since there are so many regions.
fn run_by_region(regions: &[String]) -> String {
    let of_each = |line: &dyn Fn(&str, &str, &str) -> String| -> String {
        let all = regions
            .iter()
            .flat_map(|region| BY_REGION.iter().map(move |(module, resource)| (region, module, resource)));
        all.map(|(region, module, resource)| line(region, module, resource)).collect()
    };
    let targets =
        of_each(&|region, module, resource| format!("      module.{module}[\"{region}\"].{resource},\n"));
    let overrides = of_each(&|region, module, _| {
        format!(
            "  override_data {{\n    target = module.{module}[\"{region}\"].data.aws_region.current\n    values = {{ id = \"{region}\" }}\n  }}\n"
        )
    });
    format!(
        "run \"all\" {{\n  command = plan\n  plan_options {{\n    target = [\n{targets}    ]\n  }}\n{overrides}}}\n"
    )
}

#[test]
fn names_that_depend_on_the_region_fit_in_each() -> Result<()> {
    let regions = regions()?;
    let planned = plan("module-names-regions", &root_by_region(&regions)?, &run_by_region(&regions))?;
    assert_eq!(planned.refused, BTreeMap::new());
    let names = &planned.names["all"];
    assert_eq!(too_long("all", names), Vec::<String>::new());
    let different: BTreeSet<&String> = names.values().collect();
    assert_eq!(different.len(), regions.len() * BY_REGION.len(), "two regions share a name: {names:?}");
    Ok(())
}

/// One letter more, and a rule of the module says so while planning; AWS would say it while applying.
#[test]
fn one_letter_more_is_refused_by_the_module() -> Result<()> {
    let planned = plan("module-names-longer", ROOT, &run("longer", "us-east-1", &[], "    more = \"x\"\n"))?;
    let refused = planned.refused.get("longer").cloned().unwrap_or_default();
    let wanted: BTreeSet<(String, String)> =
        TAKEN.iter().map(|(module, variable)| ((*module).to_owned(), (*variable).to_owned())).collect();
    assert_eq!(refused, wanted);
    Ok(())
}
