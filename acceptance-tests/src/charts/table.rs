//! The table of what was recorded, `acceptance-tests/charts/README.md`.

use std::fmt::Write as _;

use serde_json::Value;

use super::Facts;
use super::values::{default_at, empty};

const HEAD: &str = "# Facts of third-party charts

<!-- Made by `cargo xtask gen` from the JSON files beside it. -->

One file for each pinned chart, recorded once from its sources at the tag that the file names, and from renderings of them: names,
kinds, numbers, value paths and their defaults, no text of a template. `acceptance-tests/src/charts` makes stand-in charts of them
for the tests; `cargo xtask charts verify DIR` compares the real ones, where somebody has them, with these. `crds/` has the structure
of custom resources, without their documentation; a kind that has no file there takes everything in a stand-in.

How to read a file: `values` has every leaf of the default values (a string of more than 120 letters or of several lines is kept as an
empty one, a list as an empty one where it is not about placement); `open` the maps that templates pass on whole; `undeclared` values that
templates read and no default declares, each with the file that reads it; `objects` what is rendered, `off` what a switch brings, `when`
and `or` the switches; `wires` which value reaches which field, in the order in which values win: a path alone replaces the field,
`adds` and `merges` say what they do, and for an image `[path, from, to, before, after]` are the letters that it replaces. They were found
by rendering the chart once for each value and comparing. `images` has every value that names an image, a part of its name or its registry;
`reaches` is what it changes by default, nothing where the component is off. `references` are the images in the default rendering, arguments and
custom resources included. `crds.annotations` names the values whose annotations reach the definitions. `pod_security` is the level of pod
security that every pod of the default rendering keeps to, where it was looked at.

";

/// The whole page.
#[must_use]
pub fn table(charts: &[Facts]) -> String {
    let mut page = HEAD.to_owned();
    page.push_str(
        "| chart | version | application | Kubernetes | custom resources | an upgrade | an uninstall | image hosts by default | workloads | \
         values | image values | rendered | recorded |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for chart in charts {
        let hosts: Vec<String> = chart.image_hosts().into_iter().collect();
        let rendered =
            if chart.rendered() { "yes".to_owned() } else { format!("no: {}", chart.text("reason")) };
        let (place, upgrade, uninstall) = custom_resources(chart);
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {place} | {upgrade} | {uninstall} | {} | {} | {} | {} | {rendered} | {} |",
            chart.name(),
            chart.version(),
            or_dash(chart.all_of("app_version")),
            or_dash(chart.all_of("kube_version")),
            if hosts.is_empty() { "–".to_owned() } else { hosts.join(", ") },
            chart.workloads().count(),
            chart.values().len(),
            chart.images().len(),
            chart.text("recorded"),
        );
    }
    page.push_str("\n## Workloads by default\n\nReplicas and requests are those of the default values; a DaemonSet has its pods on every node that it tolerates.\n\n");
    page.push_str("| chart | workload | replicas | requests of a pod | priority class | hook |\n|---|---|---|---|---|---|\n");
    for chart in charts {
        for workload in chart.workloads() {
            let _ = writeln!(
                page,
                "| {} | {} `{}` | {} | {} | {} | {} |",
                chart.name(),
                workload["kind"].as_str().unwrap_or_default(),
                workload["name"].as_str().unwrap_or_default(),
                replicas(workload),
                requests(workload),
                or_dash(&workload["pod"]["priorityClass"]),
                or_dash(&workload["hook"]["on"]),
            );
        }
    }
    page
}

fn or_dash(value: &Value) -> String {
    value.as_str().filter(|text| !text.is_empty()).unwrap_or("–").to_owned()
}

/// Where they are, what an upgrade does with them, and what an uninstall.
fn custom_resources(chart: &Facts) -> (String, &'static str, String) {
    let kinds = chart.custom_resources();
    if kinds.is_empty() {
        return ("none".to_owned(), "–", "–".to_owned());
    }
    let crds = chart.all_of("crds");
    let templated = kinds.iter().any(|kind| kind["in"] == "templates");
    let mut place = format!("{}, {}", kinds.len(), if templated { "templates" } else { "`crds/`" });
    if let Some(subchart) = crds["subchart"].as_str() {
        let _ = write!(place, " of subchart `{subchart}`");
    }
    if let Some(switch) = crds["switch"].as_str() {
        let on = !empty(&default_at(chart, switch)) && default_at(chart, switch) != false;
        let _ = write!(place, ", `{switch}` ({})", if on { "on" } else { "off" });
    }
    if !templated {
        return (place, "leaves them", "leaves them".to_owned());
    }
    let uninstall = match &crds["kept_on_uninstall"] {
        Value::Bool(true) => "keeps them".to_owned(),
        Value::String(path) if default_at(chart, path) == true => format!("keeps them (`{path}`)"),
        _ => match crds["annotations"][0].as_str() {
            Some(path) => format!("**removes them**, but for an annotation in `{path}`"),
            None => "**removes them**".to_owned(),
        },
    };
    (place, "upgrades them", uninstall)
}

fn replicas(workload: &Value) -> String {
    match workload["kind"].as_str() {
        Some("DaemonSet") => "per node".to_owned(),
        Some("CronJob") => format!("`{}`", workload["schedule"].as_str().unwrap_or_default()),
        Some("Job") => "1".to_owned(),
        _ => workload["replicas"].as_u64().unwrap_or(1).to_string(),
    }
}

/// The sum over the containers that run side by side; init containers count where they ask for more.
fn requests(workload: &Value) -> String {
    let sum = |resource: &str, parse: fn(&str) -> u64| -> u64 {
        let of = |container: &Value| {
            let text = match &container["resources"]["requests"][resource] {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => String::new(),
            };
            parse(&text)
        };
        let list = |name: &str| workload["pod"][name].as_array().cloned().unwrap_or_default();
        let beside: u64 = list("containers").iter().map(of).sum();
        list("init").iter().map(of).max().unwrap_or_default().max(beside)
    };
    let (cpu, memory) = (sum("cpu", millicores), sum("memory", mebibytes));
    match (cpu, memory) {
        (0, 0) => "–".to_owned(),
        (cpu, memory) => format!("{cpu}m, {memory}Mi"),
    }
}

fn millicores(text: &str) -> u64 {
    match text.strip_suffix('m') {
        Some(milli) => milli.parse().unwrap_or_default(),
        None => thousandths(text),
    }
}

/// `1.2` is 1200.
fn thousandths(text: &str) -> u64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    whole.parse::<u64>().unwrap_or_default() * 1000 + part.parse::<u64>().unwrap_or_default()
}

fn mebibytes(text: &str) -> u64 {
    for (suffix, factor, divisor) in [
        ("Ki", 1, 1024),
        ("Mi", 1, 1),
        ("Gi", 1024, 1),
        ("M", 1_000_000, 1 << 20),
        ("G", 1_000_000_000, 1 << 20),
    ] {
        if let Some(number) = text.strip_suffix(suffix) {
            return number.parse::<u64>().unwrap_or_default() * factor / divisor;
        }
    }
    text.parse::<u64>().unwrap_or_default() >> 20
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quantities_are_read_as_kubernetes_reads_them() {
        assert_eq!(["100m", "1", "1.2", ""].map(millicores), [100, 1000, 1200, 0]);
        assert_eq!(["64Mi", "2Gi", "1048576", "100M", ""].map(mebibytes), [64, 2048, 1, 95, 0]);
    }

    #[test]
    fn requests_are_those_of_a_whole_pod() {
        let container = |cpu: &str| json!({ "resources": { "requests": { "cpu": cpu } } });
        let pod = |init: &str| json!({ "pod": { "containers": [container("100m"), container("50m")], "init": [container(init)] } });
        assert_eq!(requests(&pod("100m")), "150m, 0Mi");
        assert_eq!(requests(&pod("1")), "1000m, 0Mi");
        assert_eq!(requests(&json!({ "pod": {} })), "–");
    }
}
