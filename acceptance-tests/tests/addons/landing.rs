//! Which request lands on which NodePool: what we expect, what Karpenter's own scheduler says, and the page of both.
//!
//! `landing/requests.json` is what is asked, with what is expected and, where that is nothing, why. `landing/answers.json` is what the scheduler of the
//! pinned Karpenter said of exactly these pools, instances and requests. `UPDATE_GOLDEN=1` writes page and answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use acceptance_tests::charts::Helm;
use acceptance_tests::{karpenter, repository, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use super::module::copied;
use super::pools;

/// The pools that are asked about: all that there are, as they are when nothing more is said of them.
const CASE: &str = "every-pool";
/// What a request may say beside its pods; the rest is for people.
const ASKED: [&str; 6] = ["pod", "replicas", "labels", "sold_out", "used", "reserved_in_use"];

fn folder() -> PathBuf {
    repository::root().join("acceptance-tests/tests/addons/landing")
}

fn recorded(name: &str) -> Result<Value> {
    Ok(serde_json::from_str(&fs::read_to_string(folder().join(name))?)?)
}

fn requests() -> Result<Vec<Value>> {
    Ok(serde_json::from_value(recorded("requests.json")?)?)
}

fn updates() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// What Karpenter is asked: the NodePools as the chart renders them, and the requests.
fn question(folder: &Path) -> Result<Value> {
    let (terraform, helm) = (copied(folder)?, Helm::find(&folder.join("helm"))?);
    let objects = pools::objects(&helm, folder, &pools::values(&terraform, CASE)?)?;
    let pools: Vec<Value> = objects.into_iter().filter(|object| object["kind"] == "NodePool").collect();
    let mut asked = Vec::new();
    for (index, request) in requests()?.iter().enumerate() {
        let mut one = json!({ "name": format!("request-{index}") });
        for key in ASKED {
            if let Some(value) = request.get(key) {
                one[key] = value.clone();
            }
        }
        asked.push(one);
    }
    Ok(json!({
        "node_pools": pools,
        "reservations": { "gpu": [{ "id": "cr-0123456789abcdef0", "type": "default", "instance_type": "p5.48xlarge", "zone": "us-east-1a", "count": 2 }] },
        "instance_types": recorded("instance_types.json")?,
        "zones": ["us-east-1a", "us-east-1b", "us-east-1c"],
        // Together what the add-ons run on every node.
        "daemons": [{
            "containers": [{ "name": "main", "image": "example.com/main:1", "resources": { "requests": { "cpu": "300m", "memory": "300Mi" } } }],
            "tolerations": [{ "operator": "Exists" }],
        }],
        "requests": asked,
    }))
}

/// Names a question, as a hash does: not a security matter. The checksum of the chart's files is not asked about.
fn name(question: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    (karpenter::VERSION, question.to_string()).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn lands(of: &Value) -> Result<BTreeMap<String, u64>> {
    Ok(serde_json::from_value(of.clone())?)
}

#[test]
fn requests_land_where_the_page_says() -> Result<()> {
    let (requests, answers) = (requests()?, recorded("answers.json")?);
    let asked = name(&question(&scratch::folder("addons-landing")?)?);
    assert_eq!(
        answers["question"], asked,
        "pools, instances or requests have changed since Karpenter was asked: run `UPDATE_GOLDEN=1 cargo xtask prove landing`"
    );
    let answers = answers["answers"].as_array().context("no answers")?;
    assert_eq!(answers.len(), requests.len());
    ensure!(requests.len() >= 30, "only {} requests", requests.len());
    for (request, answer) in requests.iter().zip(answers) {
        let what = format!("{}, {}", request["asks"], request["when"]);
        assert_eq!(lands(&answer["pools"])?, lands(&request["lands"])?, "{what}");
        // What is pending has a reason, and nothing else has.
        assert_eq!(answer["pending"] != 0, request["why"].is_string(), "{what}");
    }
    let page = page(&requests, answers)?;
    let file = repository::root().join("modules/addons/node-pools.md");
    if updates() {
        fs::write(&file, &page)?;
    }
    assert_eq!(fs::read_to_string(&file)?, page, "run this test with UPDATE_GOLDEN=1");
    Ok(())
}

/// Builds Karpenter's scheduler first, for six minutes of processor time: `cargo xtask prove landing` runs it.
#[test]
fn karpenters_own_scheduler_says_the_same() -> Result<()> {
    let question = question(&scratch::folder("addons-landing-asked")?)?;
    let mut answers = karpenter::schedule(&question)?;
    for answer in answers.as_array_mut().context("no answers")? {
        // Karpenter's words would be compared with each of its versions.
        answer.as_object_mut().context("no answer")?.remove("reason");
    }
    let count = answers.as_array().map_or(0, Vec::len);
    let made = json!({ "karpenter": karpenter::VERSION, "question": name(&question), "answers": answers });
    if updates() {
        fs::write(folder().join("answers.json"), format!("{}\n", serde_json::to_string_pretty(&made)?))?;
    }
    assert_eq!(made, recorded("answers.json")?);
    let told = format!("proved: landing: {count} requests, as Karpenter {} decides\n", karpenter::VERSION);
    std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes())?;
    Ok(())
}

/// The page.
fn page(requests: &[Value], answers: &[Value]) -> Result<String> {
    let mut text = fs::read_to_string(folder().join("page.md"))?;
    text = text.replace("{pools}\n", &table_of_pools()?);
    text = text.replace("{requests}\n", &table_of_requests(requests, answers)?);
    text = text.replace("{count}", &requests.len().to_string());
    Ok(text.replace("{karpenter}", karpenter::VERSION))
}

fn words(list: &Value) -> String {
    let quoted = |value: &Value| format!("`{}`", value.as_str().unwrap_or_default());
    list.as_array().into_iter().flatten().map(quoted).collect::<Vec<_>>().join(", ")
}

fn table_of_pools() -> Result<String> {
    let given = pools::given(CASE)?;
    let mut pools: Vec<(&String, &Value)> =
        given["node_pools"].as_object().context("no pools")?.iter().collect();
    pools.sort_by_key(|(name, pool)| (std::cmp::Reverse(pool["weight"].as_u64()), name.as_str()));
    let mut text = "| NodePool | weight | capacity | instances | limit | taint, and label if the same | pods are moved |\n|---|---|---|---|---|---|---|\n".to_owned();
    for (name, pool) in pools {
        let instances = match &pool["families"] {
            Value::Null => {
                format!("{} above generation {}", words(&pool["categories"]), pool["generation_above"])
            }
            families => words(families),
        };
        let limits: Vec<String> = pool["limits"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(resource, amount)| format!("`{resource}`: {}", amount.as_str().unwrap_or_default()))
            .collect();
        let taint = &pool["taints"][0];
        let taint = match (taint["key"].as_str(), taint["value"].as_str()) {
            (Some(key), Some(value)) => {
                format!("`{key}={value}`{}", if pool["labels"].is_null() { ", no label" } else { "" })
            }
            _ => "none".to_owned(),
        };
        let moved =
            if pool["disruption"]["consolidation_policy"] == "WhenEmpty" { "no" } else { "to save money" };
        writeln!(
            text,
            "| `{name}` | {} | {} | {instances}, from {} processors | {} | {taint} | {moved} |",
            pool["weight"],
            words(&pool["capacity_types"]),
            pool["cpus_from"],
            limits.join(", "),
        )?;
    }
    Ok(text)
}

fn table_of_requests(requests: &[Value], answers: &[Value]) -> Result<String> {
    let (mut text, mut group) = (String::new(), "");
    for (request, answer) in requests.iter().zip(answers) {
        let of = |key: &str| request[key].as_str().unwrap_or_default();
        if of("group") != group {
            group = of("group");
            write!(
                text,
                "### {group}\n\n| a pod asks for | when | lands on | as cheaply as |\n|---|---|---|---|\n"
            )?;
        }
        let pools = lands(&request["lands"])?;
        let several = pools.len() > 1;
        let landed: Vec<String> = pools
            .iter()
            .map(|(pool, count)| if several { format!("`{pool}` ({count})") } else { format!("`{pool}`") })
            .collect();
        let landed = match (landed.is_empty(), request["why"].as_str()) {
            (true, why) => format!("nothing: {}", why.unwrap_or_default()),
            (false, Some(why)) => format!("{}; {why}", landed.join(", ")),
            (false, None) => landed.join(", "),
        };
        let instances: Vec<String> = pools
            .keys()
            .map(|pool| format!("`{}`", answer["instances"][pool].as_str().unwrap_or_default()))
            .collect();
        let instances = if several || instances.is_empty() { String::new() } else { instances.join(", ") };
        let when = if of("when").is_empty() { "" } else { of("when") };
        writeln!(text, "| {} | {when} | {landed} | {instances} |", of("asks"))?;
        let next = requests.iter().skip_while(|one| !std::ptr::eq(*one, request)).nth(1);
        if next.is_some_and(|next| next["group"] != request["group"]) {
            text.push('\n');
        }
    }
    Ok(text)
}
