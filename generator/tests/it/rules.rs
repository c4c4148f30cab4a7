//! The schema and the checks, side by side: what the one refuses, the other refuses, at every place of the file.

use serde_json::{Map, Value, json};
use tfy_infra::spec::document::Step;
use tfy_infra::spec::patterns::{self, Pattern};
use tfy_infra::spec::{Path, schema};

/// A place in the file, and what the schema says of it.
#[derive(Debug, Clone)]
struct Place {
    path: Path,
    says: Map<String, Value>,
}

/// Every place at which the schema limits a value.
fn places() -> Vec<Place> {
    let schema = schema::schema();
    let mut found = Vec::new();
    walk(&schema, &schema, &Path::default(), &mut found);
    assert!(found.len() > 150, "{}", found.len());
    found
}

fn walk(root: &Value, at: &Value, path: &Path, found: &mut Vec<Place>) {
    if let Some(pointer) = at["$ref"].as_str() {
        walk(root, root.pointer(pointer.trim_start_matches('#')).unwrap(), path, found);
    }
    for choice in ["anyOf", "oneOf"] {
        for variant in at[choice].as_array().into_iter().flatten() {
            walk(root, variant, path, found);
        }
    }
    if let Some(says) = at.as_object()
        && ["type", "enum"].iter().any(|key| says.contains_key(*key))
    {
        found.push(Place { path: path.clone(), says: says.clone() });
    }
    for (name, property) in at["properties"].as_object().into_iter().flatten() {
        walk(root, property, &path.key(name), found);
    }
    if at["items"].is_object() {
        walk(root, &at["items"], &path.index(0), found);
    }
    if at["additionalProperties"].is_object() {
        walk(root, &at["additionalProperties"], &path.key(key_of(path)), found);
    }
}

/// A key that a mapping takes.
fn key_of(path: &Path) -> &'static str {
    match path.0.last() {
        Some(Step::Key(name)) if name == "zones" => "acme.com",
        Some(Step::Key(name)) if name == "registries" => "quay.io",
        Some(Step::Key(name)) if name == "limits" => "cpu",
        _ => "app",
    }
}

/// What fits a rule and is good at every place that has it, and what does not fit.
type Samples = (&'static Pattern, &'static [&'static str], &'static [&'static str]);

const ID: &str = "0123456789abcdef0";

fn samples() -> Vec<Samples> {
    use patterns as p;
    vec![
        (&p::NAME, &["abc", "a1-b2"], &["", "1abc", "-abc", "abc-", "a--b", "Abc", "a_b", "ä"]),
        (
            &p::PLATFORM,
            &["acme-dev", "sgx"],
            &["sg-acme", "sthree-acme", "amzn-s3-demo-acme", "a--b", "abc-"],
        ),
        (&p::ACCOUNT, &["123456789012"], &["12345678901", "1234567890123", "+12345678901", "12345678901a"]),
        (&p::REGION, &["us-east-1"], &["us-east-1a", "moon", "US-EAST-1", ""]),
        (&p::TAG_KEY, &["team", "Kosten/Stelle 4", "équipe"], &["", "aws:team", "AWS:team", "a\nb", "a;b"]),
        (&p::TAG_VALUE, &["", "équipe"], &["a\nb", "a;b", "a\"b"]),
        (
            &p::POLICY_ARN,
            &["arn:aws:iam::123456789012:policy/a/b", "arn:aws:iam::aws:policy/b"],
            &[
                "arn:aws:iam::123456789012:policy/",
                "arn:aws:iam::1:policy/a",
                "arn:aws:iam::123456789012:role/a",
                "a",
            ],
        ),
        (
            &p::ROLE_ARN,
            &["arn:aws:iam::123456789012:role/a/b"],
            &[
                "arn:aws:iam::123456789012:user/a",
                "arn:aws:iam::aws:role/a",
                "arn:aws:iam::123456789012:role/*",
            ],
        ),
        (
            &p::PRINCIPAL_ARN,
            &["arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:user/a"],
            &["arn:aws:iam::123456789012:root", "arn:aws:sts::123456789012:assumed-role/a/b", "admin"],
        ),
        (
            &p::PROVIDER_ARN,
            &["arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A"],
            &["https://oidc.eks.us-east-1.amazonaws.com/id/A", "arn:aws:iam::123456789012:role/a"],
        ),
        (
            &p::KEY_ARN,
            &["arn:aws:kms:us-east-1:123456789012:key/a"],
            &["alias/a", "arn:aws:kms:us-east-1:123456789012:alias/a", "arn:aws:kms:us-east-1:12:key/a"],
        ),
        (
            &p::CERTIFICATE_ARN,
            &["arn:aws:acm:us-east-1:123456789012:certificate/1"],
            &["x", "arn:aws:acm:us-east-1:123456789012:certificate/"],
        ),
        (
            &p::WEB_ACL_ARN,
            &["arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1"],
            &["acme", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1"],
        ),
        (
            &p::CREDENTIAL_ARN,
            &["arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/a"],
            &["arn:aws:secretsmanager:us-east-1:123456789012:secret:a", "a"],
        ),
        (
            &p::VPC_BLOCK,
            &["10.20.0.0/16", "192.168.16.0/20"],
            &[
                "010.20.0.0/16",
                "10.20.0.0/016",
                "10.20.0.0/+16",
                "10.20.0.0/21",
                "10.0.0.0/15",
                "10.20.0.0",
                "none",
            ],
        ),
        (&p::POD_BLOCK, &["none", "100.64.0.0/16"], &["100.064.0.0/16", "100.64.0.0/24", "None", ""]),
        (
            &p::BLOCK,
            &["10.0.0.0/8", "0.0.0.0/0", "203.0.113.7/32"],
            &["010.0.0.0/8", "10.0.0.0/33", "256.0.0.0/8", "a"],
        ),
        (
            &p::NARROW_BLOCK,
            &["203.0.113.0/24"],
            &["203.0.113.0/024", "0203.0.113.0/24", "128.0.0.0/1", "::/0"],
        ),
        (
            &p::SOURCE,
            &["10.8.0.0/16", "sg-0123456789abcdef0", "sg-01234567"],
            &["010.8.0.0/16", "10.0.0.0/7", "sg-nodes", "vpn"],
        ),
        (
            &p::CLIENTS,
            &["203.0.113.0/24", "2001:db8::/32", "2001:db8:0:1::/64"],
            &["0203.0.113.0/24", "203.0.113.7", "2001:db8::/032", "::/0", "2001:db8::/129", "office"],
        ),
        (&p::ZONE, &["use1-az1"], &["us-east-1a", "use1-az", "use1-az01", "USE1-AZ1"]),
        (
            &p::VPC_ID,
            &["vpc-0123456789abcdef0", "vpc-01234567"],
            &["vpc-main", "vpc-0123456789ABCDEF0", "0123456789abcdef0"],
        ),
        (&p::SUBNET_ID, &["subnet-0123456789abcdef0"], &["subnet-a", "subnet-0123456789abcdef"]),
        (&p::GROUP_ID, &["sg-0123456789abcdef0"], &["nodes", "sg-0123456789abcdeg0"]),
        (&p::ADDRESS_ID, &["eipalloc-0123456789abcdef0"], &["203.0.113.7", "eipalloc-1"]),
        (&p::INSTANCE_ID, &["i-0123456789abcdef0"], &["jump", "i-"]),
        (&p::RESERVATION_ID, &["cr-0123456789abcdef0"], &["training", "cr-1"]),
        (&p::KUBERNETES, &["1.35", "1.34"], &["1.+35", "1.035", "1.35.1", "v1.35", "35", "2.0", ""]),
        (
            &p::INSTANCE_TYPE,
            &["m7i.large", "m7i-flex.2xlarge", "u-6tb1.metal"],
            &["m7i", "large", "M7i.large", "m7i.huge", "m7i.02xlarge", "7i.large"],
        ),
        (&p::FAMILY, &["m", "m7i"], &["", "m7i.large", "M", "7i", "m7i-", "m-7"]),
        (
            &p::CLASS,
            &["db.t4g.medium", "db.m7g.16xlarge"],
            &["t4g.medium", "db.t4g", "db.t4g.huge", "db.T4g.medium", "db.serverless"],
        ),
        (
            &p::CLUSTER,
            &["shared_1", "0-a"],
            &["", "-a", "a.b", "arn:aws:eks:us-east-1:123456789012:cluster/a"],
        ),
        (&p::DURATION, &["20m", "1h30m", "5m0s"], &["", "5", "h", "5 m", "-5m", "5d", "Never"]),
        (&p::DURATION_OR_NEVER, &["Never", "720h"], &["", "never", "30d"]),
        (&p::HOURS, &["12h", "1h30m"], &["30s", "12", "1d"]),
        (&p::WAIT, &["5m", "1h30m", "90s"], &["soon", "5m1h", "5m5m", ""]),
        (&p::NODES, &["0", "1", "10%", "100%"], &["half", "150%", "+1", "-1", "1.5"]),
        (&p::SCHEDULE, &["0 6 * * mon-fri"], &["daily", "0 6 * *", "0 6 * * * *", ""]),
        (&p::QUANTITY, &["1000", "4000Gi", "5k"], &["", "Gi", "-1", "+1", "1.5", "4 Gi", "4gb"]),
        (&p::RESOURCE, &["cpu", "nodes", "nvidia.com/gpu"], &["", "gpu", "cpus", "/gpu", "a.b/"]),
        (&p::SOMETHING, &["ml"], &[""]),
        (&p::IMAGE, &["al2023@v20260728"], &["al2023@latest", "al2023@v2026072", "bottlerocket@v1.20.0"]),
        (
            &p::CHART_VERSION,
            &["2.19.0", "v1.21.1", "0.1.21-rc.1"],
            &["latest", "2.19", "^2.19.0", "2.19.x", "+2.19.0"],
        ),
        (&p::ZONE_ID, &["Z0123456789ABC"], &["z0123456789abc", "Z1", "acme.com"]),
        (
            &p::DOMAIN,
            &["ai.acme.com", "a-b.c"],
            &["acme", "-a.com", "a-.com", "a..com", "A.com", "*.acme.com", "acme.com."],
        ),
        (&p::DOMAINS, &["*.ai.acme.com", "acme.com"], &["acme", "ai.*.acme.com", "*.com.*", "*.*.acme.com"]),
        (&p::HOSTED_ZONE, &["acme.com", "Z0123456789ABC"], &["acme..com", "acme", "Z1"]),
        (&p::SECRETS, &["acme/dev", "acme"], &["/acme", "acme/", "a//b", "a*", ""]),
        (
            &p::CHARTS,
            &["https://charts.acme.com", "oci://a.b/charts", "http://a"],
            &["charts.acme.com", "https://", "https://a b"],
        ),
        (&p::IMAGES, &["registry.acme.com/mirror", "a.b:5000/c"], &["https://a.b/c", "a.b/", "", "a b"]),
        (
            &p::REPOSITORY,
            &["a", "team/app", "a.b_c-d/e0"],
            &["", "A", "-a", "a-", "a--b", "a/", "/a", "a//b", "a b", "ä"],
        ),
        (&p::ENGINE, &["17", "17.4"], &["postgres17", "+17", "017", "17.4.1", "17."]),
        (
            &p::ORIGIN,
            &["https://acme.truefoundry.cloud", "https://[::1]:8443"],
            &[
                "*",
                "http://acme.com",
                "https://acme.com/",
                "https://acme.com:+80",
                "https://acme.com:65536",
                "https://acme.com:0",
            ],
        ),
        (
            &p::CONTROL_PLANE,
            &[
                "https://acme.truefoundry.cloud",
                "https://acme.com/",
                "http://localhost:8080",
                "http://[::1]:8080",
            ],
            &[
                "acme.com",
                "ftp://acme.com",
                "http://acme.com",
                "https://acme.com/api",
                "https://acme.com:+80",
                "https://",
            ],
        ),
        (&p::EXTERNAL_ID, &["a1", "a:b/c=d"], &["a", "a b", ""]),
        (&p::SUBJECT, &["user:a@acme.com", "team:search"], &["a@acme.com", "user:", "group:a"]),
        (&p::WORKSPACE, &["search"], &["default", "kube-system", "Search", "a--b", "abc-"]),
        (
            &p::BUCKET,
            &["acme-prod-terraform-state"],
            &[
                "a.b.c",
                "Abc",
                "abc-",
                "xn--abc",
                "sthree-abc",
                "sthree-configurator-abc",
                "amzn-s3-demo-abc",
                "abc-s3alias",
                "abc--ol-s3",
                "abc.mrap",
                "abc--x-s3",
                "abc--table-s3",
            ],
        ),
        (&p::STATE_KEY, &["acme-dev", "platforms/acme.dev"], &["", "/a", "a/", "a/../b", ".", "a b"]),
    ]
}

fn rule_at(says: &Map<String, Value>) -> Option<&'static Pattern> {
    let same = |rule: &&&Pattern| {
        let keywords = rule.keywords();
        ["pattern", "not"].iter().all(|key| says.get(*key) == keywords.get(*key))
    };
    says.get("pattern")?;
    patterns::ALL.iter().find(same).copied()
}

/// What has to stand beside a place, so that nothing else is wrong.
fn around(path: &str) -> Value {
    let vpc = format!("vpc-{ID}");
    let subnets = json!(["subnet-0a000000000000001", "subnet-0a000000000000002"]);
    let existing = json!({ "existing": { "vpc": vpc, "private_subnets": subnets } });
    match path {
        _ if path.starts_with("network.existing") => json!({ "network": existing }),
        _ if path.starts_with("cluster.existing") => {
            json!({ "network": existing, "cluster": { "existing": { "name": "shared" } } })
        }
        _ if path.starts_with("access.ssm") => {
            json!({ "cluster": { "create": { "endpoint": { "private_from": ["10.8.0.0/16"] } } } })
        }
        _ if path.starts_with("ingress.zone") => {
            json!({ "ingress": { "allow_from": "anywhere", "domain": "ai.acme.com" } })
        }
        _ if path.starts_with("ingress") => {
            let certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1";
            let ingress = json!({ "allow_from": "anywhere", "certificate": certificate });
            json!({ "ingress": ingress, "network": { "create": { "ipv6": true } } })
        }
        _ if path.starts_with("addons.external-dns") => {
            json!({ "addons": { "external-dns": { "zones": {} } } })
        }
        _ if path.starts_with("truefoundry.workspaces[0].admins") => {
            json!({ "truefoundry": { "workspaces": [{ "name": "search" }] } })
        }
        _ if path.starts_with("state.s3") => json!({ "state": { "s3": { "bucket": "acme-state" } } }),
        _ => json!({}),
    }
}

/// Siblings of items of lists, which are not merged.
fn item(path: &str) -> Value {
    if path.contains(".budgets[0].") { json!({ "nodes": "1" }) } else { json!({}) }
}

fn merge(into: &mut Value, more: &Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more.clone(),
    }
}

/// The good file with this value at this place.
fn file(path: &Path, value: &Value) -> String {
    let mut all = json!({
        "version": 1,
        "name": "acme-dev",
        "aws": { "account": "123456789012", "region": "us-east-1" },
        "truefoundry": {},
    });
    let dotted = path.to_string();
    merge(&mut all, &around(&dotted));
    let mut at = &mut all;
    for (i, step) in path.0.iter().enumerate() {
        at = match step {
            Step::Key(key) => {
                if !at.is_object() {
                    let in_list = matches!(path.0[i.saturating_sub(1)], Step::Index(_));
                    *at = if in_list { item(&dotted) } else { json!({}) };
                }
                &mut at[key.as_str()]
            }
            Step::Index(_) => {
                if !at.is_array() {
                    *at =
                        if dotted.starts_with(REGIONAL) { json!([null, "use1-az2"]) } else { json!([null]) };
                }
                &mut at[0]
            }
        };
    }
    *at = value.clone();
    all.to_string()
}

/// Whether the checks refuse what stands at a place, for whatever reason.
fn refused(path: &Path, value: &Value) -> Option<String> {
    let text = file(path, value);
    let loaded = match tfy_infra::spec::load_text("platform.yaml".to_owned(), text) {
        Ok(loaded) => loaded,
        Err(report) => return Some(report.problems[0].message.clone()),
    };
    let problems = tfy_infra::plan::plan(&loaded.spec).err().unwrap_or_default();
    let at = path.to_string();
    // A password is told of without its line.
    let here = |found: &str| {
        found == at || found.starts_with(&format!("{at}.")) || found.starts_with(&format!("{at}["))
    };
    problems.into_iter().find(|problem| here(&problem.path.to_string())).map(|problem| problem.message)
}

/// Where the two disagree.
#[derive(Default)]
struct Disagreements(Vec<String>);

impl Disagreements {
    fn agree(&mut self, place: &Path, value: &Value, fits: bool) {
        match (refused(place, value), fits) {
            (None, true) | (Some(_), false) => {}
            (Some(why), true) => {
                self.0.push(format!("{place}: the schema takes {value}, and the check does not: {why}"));
            }
            (None, false) => {
                self.0.push(format!("{place}: the schema refuses {value}, and the check takes it"));
            }
        }
    }

    fn are_none(self) {
        assert_eq!(self.0, [] as [String; 0]);
    }
}

#[test]
fn patterns_are_those_of_the_checks() {
    let mut both = Disagreements::default();
    let samples = samples();
    for rule in patterns::ALL {
        let found = samples.iter().filter(|(of, ..)| std::ptr::eq(*of, *rule)).count();
        assert_eq!(found, 1, "{rule} has no samples");
    }
    for (rule, good, bad) in &samples {
        assert!(good.iter().all(|text| rule.fits(text)), "{rule}: {good:?}");
        assert!(bad.iter().all(|text| !rule.fits(text)), "{rule}: {bad:?}");
    }
    let mut seen = Vec::new();
    for place in places().iter().filter(|place| place.says.get("type") == Some(&json!("string"))) {
        let words = ["enum", "const"].iter().any(|key| place.says.contains_key(*key));
        let Some(rule) = rule_at(&place.says) else {
            assert!(words, "{}: any text is taken there", place.path);
            continue;
        };
        seen.push(rule);
        let (_, good, bad) = samples.iter().find(|(of, ..)| std::ptr::eq(*of, rule)).unwrap();
        let gpu = place.path.to_string().starts_with("compute.pools.gpu.families");
        for text in if gpu { &["g5"][..] } else { good } {
            both.agree(&place.path, &json!(text), true);
        }
        for text in *bad {
            both.agree(&place.path, &json!(text), false);
        }
    }
    for place in places() {
        let Some(keys) = place.says.get("propertyNames").and_then(Value::as_object) else { continue };
        let Some(rule) = rule_at(keys) else { continue };
        seen.push(rule);
        let (_, good, bad) = samples.iter().find(|(of, ..)| std::ptr::eq(*of, rule)).unwrap();
        let value = match key_of(&place.path) {
            "acme.com" => json!("Z0123456789ABC"),
            "cpu" => json!(1000),
            _ if place.path.to_string().ends_with("repositories") => json!({}),
            _ => json!("a"),
        };
        for (texts, fits) in [(good, true), (bad, false)] {
            for text in *texts {
                both.agree(&place.path, &json!({ *text: value }), fits);
            }
        }
    }
    for rule in patterns::ALL {
        assert!(seen.iter().any(|one| std::ptr::eq(*one, *rule)), "{rule} is nowhere in the schema");
    }
    both.are_none();
}

/// Where the region has fewer zones than the schema takes.
const REGIONAL: &str = "network.create.zones";

#[test]
fn numbers_end_where_the_checks_end() {
    let mut both = Disagreements::default();
    for place in places().iter().filter(|place| place.says.get("type") == Some(&json!("integer"))) {
        let path = &place.path;
        if place.says.contains_key("const") {
            continue;
        }
        if let Some(listed) = place.says.get("enum").and_then(Value::as_array) {
            for number in listed {
                both.agree(path, number, true);
                let beside = number.as_i64().unwrap() + 1;
                both.agree(path, &json!(beside), listed.contains(&json!(beside)));
            }
            continue;
        }
        let bound = |key: &str| {
            place.says.get(key).and_then(Value::as_i64).unwrap_or_else(|| panic!("{path}: no {key}"))
        };
        let (low, high) = (bound("minimum"), bound("maximum"));
        for (number, fits) in [(low - 1, false), (low, true), (high, true), (high + 1, false)] {
            if !(fits && number == high && path.to_string() == REGIONAL) {
                both.agree(path, &json!(number), fits);
            }
        }
    }
    both.are_none();
}

#[test]
fn texts_and_lists_are_as_long_as_the_checks_take() {
    let mut both = Disagreements::default();
    for place in places() {
        let bound =
            |key: &str| place.says.get(key).and_then(Value::as_u64).map(|n| usize::try_from(n).unwrap());
        let fitting = |length: usize| {
            let rule = rule_at(&place.says).unwrap();
            // A domain in labels, anything else in letters.
            let text = ["a", "a."].map(|part| part.repeat(length)[..length].to_owned());
            text.into_iter().find(|text| rule.fits(text))
        };
        if let Some(longest) = bound("maxLength") {
            // A zone has to be that of the domain.
            if let Some(text) = fitting(longest).filter(|_| place.path.to_string() != "ingress.zone") {
                both.agree(&place.path, &json!(text), true);
            }
            both.agree(&place.path, &json!("a".repeat(longest + 1)), false);
        }
        if let Some(shortest) = bound("minLength") {
            both.agree(&place.path, &json!("a".repeat(shortest)), true);
            both.agree(&place.path, &json!("a".repeat(shortest - 1)), false);
        }
        if bound("minItems").is_some() {
            both.agree(&place.path, &json!([]), false);
        }
        if bound("minProperties").is_some() {
            both.agree(&place.path, &json!({}), false);
        }
        if let Some(most) = bound("maxItems") {
            let blocks =
                |count: usize| json!((0..count).map(|i| format!("203.0.{i}.0/24")).collect::<Vec<_>>());
            both.agree(&place.path, &blocks(most), true);
            both.agree(&place.path, &blocks(most + 1), false);
        }
        if let Some(most) = bound("maxProperties") {
            let tags =
                |count: usize| (0..count).map(|i| (format!("t{i}"), json!("a"))).collect::<Map<_, _>>();
            both.agree(&place.path, &tags(most).into(), true);
            both.agree(&place.path, &tags(most + 1).into(), false);
        }
    }
    both.are_none();
}

#[test]
fn what_is_listed_once_is_refused_twice() {
    let mut both = Disagreements::default();
    let places = places();
    let samples = samples();
    let mut count = 0;
    for place in places.iter().filter(|place| place.says.get("uniqueItems") == Some(&json!(true))) {
        let first = place.path.index(0);
        let item = places
            .iter()
            .find(|one| one.path == first && one.says.get("type") == Some(&json!("string")))
            .unwrap();
        let words = item
            .says
            .get("enum")
            .and_then(|words| words[0].as_str())
            .or(item.says.get("const").and_then(Value::as_str));
        let text = words.unwrap_or_else(|| {
            let rule = rule_at(&item.says).unwrap();
            samples.iter().find(|(of, ..)| std::ptr::eq(*of, rule)).unwrap().1[0]
        });
        both.agree(&place.path, &json!([text, text]), false);
        count += 1;
    }
    assert!(count >= 15, "{count}");
    both.are_none();
}

#[test]
fn words_are_those_that_the_types_know() {
    let mut both = Disagreements::default();
    for place in places() {
        let words = place.says.get("enum").and_then(Value::as_array).into_iter().flatten();
        for word in words.filter(|word| word.is_string()) {
            let text = file(&place.path, word);
            let loaded = tfy_infra::spec::load_text("platform.yaml".to_owned(), text);
            assert_eq!(loaded.err().map(|report| report.render(false)), None, "{}: {word}", place.path);
            both.agree(&place.path, &json!("no-such-word"), false);
        }
        let keys = place.says.get("propertyNames").and_then(|keys| keys["enum"].as_array());
        for key in keys.into_iter().flatten() {
            both.agree(&place.path, &json!({ key.as_str().unwrap(): "a.b" }), true);
            both.agree(&place.path, &json!({ "no-such-word": "a.b" }), false);
        }
    }
    both.are_none();
}
