//! `tfy-infra preflight` and `facts` against the local AWS: what stands in the way of a platform is found, nothing else is, and what
//! could not be checked is said to be so.

#[path = "preflight/bed.rs"]
mod bed;
#[path = "preflight/dns.rs"]
mod dns;
#[path = "preflight/latency.rs"]
mod latency;
#[path = "preflight/situations.rs"]
mod situations;

use std::time::Duration;

use acceptance_tests::usage;
use anyhow::Result;
use fs_err as fs;
use serde_json::{Value, json};

use bed::Bed;
use latency::Proxy;
use situations::SITUATIONS;

/// So many transit gateways an account has that makes for many calls: the routes of each are asked for by themselves.
const GATEWAYS: usize = 60;
/// What `preflight` may take beside what the local AWS takes for the same calls, with 50 ms for each of them.
const LIMIT: Duration = Duration::from_millis(1500);
/// What it may have in memory, in KiB.
const MEMORY: u64 = 120 * 1024;

#[test]
fn an_account_that_lacks_nothing_has_no_findings() -> Result<()> {
    let mut bed = Bed::new("preflight-clean")?;
    let told = bed.preflight(&[])?;
    assert_eq!((told.code, told.found(), told.open()), (0, vec![], vec![]), "{told}");
    for check in [
        "credentials",
        "network.cidr",
        "quota.eip",
        "eks.version",
        "permissions",
        "bucket",
        "control-plane.cluster",
    ] {
        assert!(told.passed().contains(&check.to_owned()), "{check} in {:?}", told.passed());
    }
    assert_eq!((&told.json["account"], &told.json["region"]), (&json!(bed::ACCOUNT), &json!(bed::REGION)));
    // What a way in uses of what is there, by the name of its zone.
    bed.aws.account(&json!({ "hosted_zones": ["ai.acme.com"] }))?;
    bed.way_in("zone: ai.acme.com, waf: { create: {} }");
    let told = bed.preflight(&[])?;
    assert_eq!((told.code, told.found(), told.open()), (0, vec![], vec![]), "{told}");
    for check in ["ingress.zone", "ingress.delegation", "quota.alb", "quota.target-groups", "quota.web-acls"]
    {
        assert!(told.passed().contains(&check.to_owned()), "{check} in {:?}", told.passed());
    }
    // A service that is slow to answer is asked again.
    bed.aws
        .fault(&json!({ "kind": "throttled", "service": "ec2", "operation": "DescribeVpcs", "times": 2 }))?;
    let told = bed.preflight(&[])?;
    assert_eq!((told.code, told.found(), told.open()), (0, vec![], vec![]), "{told}");
    assert_eq!(bed.aws.faults()?[0]["met"], 2);
    Ok(())
}

#[test]
fn each_situation_is_found_and_nothing_else() -> Result<()> {
    assert_eq!(SITUATIONS.len(), 25);
    let mut bed = Bed::new("preflight-situations")?;
    let mut wrong = Vec::new();
    for situation in SITUATIONS {
        bed.clean()?;
        let wanted = (situation.set)(&mut bed)?;
        let told = bed.preflight(&[])?;
        wrong.extend(wanted.differences(&told).map(|why| format!("{}: {why}\n{told}", situation.name)));
    }
    assert!(wrong.is_empty(), "{} of 25 are not as they should be:\n{}", wrong.len(), wrong.join("\n\n"));
    Ok(())
}

/// The same result without a network, from a file that holds no secret.
#[test]
fn facts_are_recorded_and_replayed() -> Result<()> {
    let mut bed = Bed::new("preflight-facts")?;
    bed.quota("ec2/L-0263D0A3", 0)?;
    let seen = bed.preflight(&[])?;
    assert_eq!((seen.code, seen.found()), (3, vec!["quota.eip".to_owned()]), "{seen}");
    let file = bed.folder.join("facts.json");
    let path = file.display().to_string();
    let recorded = bed.run(&["facts", "--out", &path], &[])?;
    assert_eq!(recorded.code, 0, "{}", recorded.stderr);
    let facts: Value = serde_json::from_slice(&fs::read(&file)?)?;
    assert_eq!((&facts["account"], &facts["region"]), (&json!(bed::ACCOUNT), &json!(bed::REGION)));
    let text = fs::read_to_string(&file)?;
    for secret in bed.secrets() {
        assert!(!text.contains(&secret), "a secret stands in the facts");
    }
    bed.unplug()?;
    let replayed = bed.preflight(&["--facts", &path])?;
    assert_eq!((replayed.code, replayed.found(), replayed.open()), (seen.code, seen.found(), seen.open()));
    assert_eq!(replayed.passed(), seen.passed());
    assert_eq!(replayed.json["taken"], facts["taken"]);
    Ok(())
}

#[test]
fn facts_of_another_account_or_region_are_refused() -> Result<()> {
    let mut bed = Bed::new("preflight-others-facts")?;
    let path = bed.folder.join("facts.json").display().to_string();
    assert_eq!(bed.run(&["facts", "--out", &path], &[])?.code, 0);
    for (key, ours, others) in
        [("account", bed::ACCOUNT, "210987654321"), ("region", bed::REGION, "eu-west-1")]
    {
        bed.spec = bed::SPEC.replace(ours, others);
        let refused = bed.run(&["preflight", "--facts", &path], &[])?;
        assert_eq!(refused.code, 2, "{key}: {}{}", refused.stdout, refused.stderr);
        let text = refused.message();
        assert!(text.contains(ours) && text.contains(others) && text.contains("hint:"), "{key}: {text}");
    }
    Ok(())
}

/// Calls go out side by side: what each of them takes longer is hardly seen in the whole.
#[test]
fn many_slow_calls_take_little_time_and_memory() -> Result<()> {
    let bed = Bed::new("preflight-latency")?;
    for _ in 0..GATEWAYS {
        bed.ec2(bed::REGION, "CreateTransitGateway", "transitGatewayId")?;
    }
    bed.aws.keep_calls()?;
    let (output, alone) = usage::of(&mut bed.command(&["preflight", "--json"], &[])?)?;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let calls = bed.aws.calls()?.len();
    let proxy = Proxy::start(bed.aws.endpoint(), Duration::from_millis(50))?;
    let url = [("AWS_ENDPOINT_URL".to_owned(), proxy.endpoint().to_owned())];
    let (output, slow) = usage::of(&mut bed.command(&["preflight", "--json"], &url)?)?;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let more = slow.time.saturating_sub(alone.time);
    println!("{calls} calls: {alone} without, {slow} with 50 ms for each; {more:?} more");
    assert!(
        calls >= 100 && proxy.requests() >= 100,
        "only {} of {calls} requests came through",
        proxy.requests()
    );
    assert!(more < LIMIT, "{more:?} for {calls} calls, {:?} alone", alone.time);
    assert!(slow.peak < MEMORY, "{} KiB", slow.peak);
    Ok(())
}
