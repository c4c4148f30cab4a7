//! Database and bucket.

use std::collections::BTreeSet;

use super::{Checks, few};
use crate::facts::{Answer, BucketName};
use crate::plan::{Database, Network};
use crate::spec::Path;

pub(super) fn check(checks: &mut Checks<'_>) {
    let platform = checks.platform;
    if let Some(database) = &platform.database {
        engine(checks, database);
        class(checks, database);
    }
    bucket(checks);
}

fn engine(checks: &mut Checks<'_>, database: &Database) {
    let facts = checks.facts;
    let path = Some(Path::new("database.engine"));
    let engine = &database.engine;
    match &facts.engine_versions {
        Answer::Absent => {
            checks.finding(
                "rds.engine",
                path,
                format!("RDS has no PostgreSQL {engine}"),
                format!("it has no such version in `{}`", checks.platform.region.name()),
                "write another version in `database.engine`; `aws rds describe-db-engine-versions --engine postgres` lists them",
            );
        }
        Answer::Known(_) => checks.pass("rds.engine"),
        other => {
            checks.known("rds.engine", "which versions of PostgreSQL RDS has", other);
        }
    }
}

fn class(checks: &mut Checks<'_>, database: &Database) {
    let facts = checks.facts;
    let path = Some(Path::new("database.class"));
    let (class, engine, region) = (&database.class, &database.engine, checks.platform.region.name());
    let next = "write another class in `database.class`; `aws rds describe-orderable-db-instance-options --engine postgres` lists them";
    match &facts.orderable {
        Answer::Absent => checks.finding(
            "rds.class",
            path,
            format!("the class `{class}` cannot be ordered"),
            format!("RDS does not offer it for PostgreSQL {engine} in `{region}`"),
            next,
        ),
        Answer::Known(found) if database.multi_az && !found.multi_az => checks.finding(
            "rds.class",
            path,
            format!("the class `{class}` cannot be ordered with a standby"),
            "the platform's database has one in a second zone",
            format!("{next}; or write `multi_az: false`"),
        ),
        Answer::Known(found) => {
            let offered: BTreeSet<&String> = found.zones.iter().collect();
            let ours = zone_names(checks);
            let shared = ours.iter().filter(|zone| offered.contains(zone)).count();
            let least = if database.multi_az { 2 } else { 1 };
            // Zones that are not there are another check's finding.
            if ours.len() < least || shared >= least {
                return checks.pass("rds.class");
            }
            checks.finding(
                "rds.class",
                path,
                format!("the class `{class}` is in too few of the platform's zones"),
                format!(
                    "RDS offers it in {}, and the database takes {least} of {}",
                    few(&found.zones),
                    few(&ours)
                ),
                next,
            );
        }
        other => {
            checks.known("rds.class", "whether the database's class can be ordered", other);
        }
    }
}

/// The names that this account has for the zones of a new network.
fn zone_names(checks: &Checks<'_>) -> Vec<String> {
    let Network::New(new) = &checks.platform.network else { return Vec::new() };
    let zones = checks.facts.zones.known().into_iter().flatten();
    let ours = zones.filter(|zone| new.zones.iter().any(|wanted| wanted.id == zone.id));
    ours.map(|zone| zone.name.clone()).collect()
}

fn bucket(checks: &mut Checks<'_>) {
    let (facts, name) = (checks.facts, &checks.platform.bucket.name);
    let next = "give the platform another `name`, or free the bucket's";
    let path = Some(Path::new("name"));
    match &facts.bucket {
        Answer::Absent | Answer::Known(BucketName::Own) => checks.pass("bucket"),
        Answer::Known(BucketName::Ours) => checks.finding(
            "bucket",
            path,
            format!("the account has a bucket `{name}` already"),
            "it does not carry the platform's tag, so an apply did not make it and would stop at it",
            next,
        ),
        Answer::Known(BucketName::Taken) => checks.finding(
            "bucket",
            path,
            format!("the name of the bucket `{name}` is taken"),
            "names of buckets are taken once in the whole world; it is another account's, or this identity may not see it",
            next,
        ),
        other => {
            checks.known("bucket", "whether the bucket's name is free", other);
        }
    }
}
