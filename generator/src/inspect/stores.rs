//! RDS, and the bucket's name.

use aws_credential_types::Credentials;

use super::Asker;
use super::failure::Failure;
use super::http;
use super::network::PLATFORM;
use super::pace::Service::Rds;
use super::pages::{all, listed, told};
use super::signed::{Request, signed};
use crate::facts::{Answer, BucketName, Orderable, Why};

/// The engine.
const POSTGRES: &str = "postgres";

impl Asker<'_> {
    /// All versions that are the wanted one, or of the wanted major.
    pub(super) async fn engine_versions(&self) -> Answer<Vec<String>> {
        let action = "rds:DescribeDBEngineVersions";
        let Some((wanted, _)) = &self.questions.database else { return Answer::default() };
        self.ask("versions of PostgreSQL", true, self.versions(action, wanted)).await
    }

    async fn versions(&self, action: &str, wanted: &str) -> Result<Vec<String>, Failure> {
        let found = all(action, |marker| async move {
            let request = self.clients.rds.describe_db_engine_versions().engine(POSTGRES);
            let request = request.engine_version(wanted).set_marker(marker).send();
            let page = self.clients.ask(Rds, action, request).await?;
            Ok((listed(action, page.db_engine_versions)?, page.marker))
        })
        .await?;
        let is_it = |version: &String| {
            version.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let versions: Vec<String> =
            found.into_iter().filter_map(|one| one.engine_version).filter(is_it).collect();
        if versions.is_empty() {
            return Err(Failure::absent());
        }
        Ok(versions)
    }

    pub(super) async fn orderable(&self) -> Answer<Orderable> {
        let action = "rds:DescribeOrderableDBInstanceOptions";
        let Some((engine, class)) = &self.questions.database else { return Answer::default() };
        self.ask("the database's class", true, async {
            let versions = self.versions("rds:DescribeDBEngineVersions", engine).await?;
            // Options of a version, not of a major: the newest decides.
            let newest = versions.iter().max_by_key(|version| numbers(version));
            let newest = told(action, "EngineVersion", newest)?;
            let found = all(action, |marker| async move {
                let request = self.clients.rds.describe_orderable_db_instance_options().engine(POSTGRES);
                let request = request.engine_version(newest).db_instance_class(class).vpc(true);
                let page = self.clients.ask(Rds, action, request.set_marker(marker).send()).await?;
                Ok((listed(action, page.orderable_db_instance_options)?, page.marker))
            })
            .await?;
            if found.is_empty() {
                return Err(Failure::absent());
            }
            let multi_az = found.iter().any(|option| option.multi_az_capable == Some(true));
            let zones = found.iter().flat_map(|option| option.availability_zones());
            let mut zones: Vec<String> = zones.filter_map(|zone| zone.name.clone()).collect();
            zones.sort();
            zones.dedup();
            Ok(Orderable { multi_az, zones })
        })
        .await
    }

    /// Whether somebody has the bucket's name: S3 tells whoever may ask for the bucket.
    pub(super) async fn bucket(&self) -> Answer<BucketName> {
        self.ask("the bucket's name", true, async {
            if let Some(failure) = self.clients.closed() {
                return Err(failure.clone());
            }
            let credentials = self.clients.credentials.clone()?;
            let (region, bucket) = (self.questions.region.clone(), &self.questions.bucket);
            let url = match http::configured("S3") {
                Some(endpoint) => format!("{endpoint}/{bucket}"),
                None => format!("https://{bucket}.s3.{region}.{}/", http::suffix(self.questions)),
            };
            let platform = self.questions.platform.clone();
            http::off_thread(move || owner(&url, &credentials, &region, &platform)).await
        })
        .await
    }
}

/// `[17, 10]` of `17.10`.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|part| part.parse().unwrap_or_default()).collect()
}

fn owner(url: &str, credentials: &Credentials, region: &str, platform: &str) -> Result<BucketName, Failure> {
    let answer = http::head(url, &of_s3("HEAD", url, credentials, region)?)?;
    match answer.status {
        404 => Err(Failure::absent()),
        200 => {
            let tags = format!("{url}?tagging");
            let answer = http::get(&tags, &of_s3("GET", &tags, credentials, region)?)?;
            Ok(if has_tag(&answer.body, platform) { BucketName::Own } else { BucketName::Ours })
        }
        // In another region.
        301 => Ok(BucketName::Taken),
        403 => refused(url, credentials, region),
        status => Err(unreadable(status)),
    }
}

/// The headers of a request to S3 without a body.
fn of_s3(
    method: &'static str,
    url: &str,
    credentials: &Credentials,
    region: &str,
) -> Result<Vec<(String, String)>, Failure> {
    signed(&Request { method, url, headers: &[], body: "", region, service: "s3" }, credentials)
}

fn unreadable(status: u16) -> Failure {
    if status == 503 {
        return Failure::new(Why::Throttled, "`s3:HeadBucket`: S3 asks to slow down");
    }
    let text = format!("the answer to `s3:HeadBucket` came with status {status} and is none of S3's");
    Failure::new(Why::Unreadable, text)
}

/// A refusal may be of the bucket or of who asks: the answer to a GET has a body that says it.
fn refused(url: &str, credentials: &Credentials, region: &str) -> Result<BucketName, Failure> {
    let answer = http::get(url, &of_s3("GET", url, credentials, region)?)?;
    let part = |name: &str| {
        let (_, rest) = answer.body.split_once(&format!("<{name}>"))?;
        Some(rest.split_once("</")?.0)
    };
    let (code, message) = (part("Code").unwrap_or_default(), part("Message").unwrap_or_default());
    let failure = Failure::said("s3:ListBucket", false, Some(answer.status), code, message);
    match failure.why {
        Why::Denied => Ok(BucketName::Taken),
        _ => Err(Failure { absent: false, ..failure }),
    }
}

/// Whether the tags of a bucket say that it is the platform's.
fn has_tag(body: &str, platform: &str) -> bool {
    let body: String = body.split_whitespace().collect();
    let (key, value) = (format!("<Key>{PLATFORM}</Key>"), format!("<Value>{platform}</Value>"));
    body.split("<Tag>").any(|tag| tag.contains(&key) && tag.contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_the_platforms_by_its_tag() {
        let tags =
            "<Tagging>\n  <TagSet><Tag><Key>platform</Key>\n<Value>acme-dev</Value></Tag></TagSet></Tagging>";
        assert!(has_tag(tags, "acme-dev"), "{tags}");
        assert!(!has_tag(tags, "acme"), "{tags}");
        let split =
            "<Tag><Key>platform</Key><Value>x</Value></Tag><Tag><Key>k</Key><Value>acme-dev</Value></Tag>";
        assert!(!has_tag(split, "acme-dev"), "{split}");
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        let text = "the answer to `s3:HeadBucket` came with status 418 and is none of S3's";
        assert_eq!(unreadable(418), Failure::new(Why::Unreadable, text));
        let slow = Failure::new(Why::Throttled, "`s3:HeadBucket`: S3 asks to slow down");
        assert_eq!(unreadable(503), slow);
    }

    #[test]
    fn the_newest_version_is_by_numbers() {
        assert_eq!(["17.9", "17.10"].into_iter().max_by_key(|one| numbers(one)), Some("17.10"));
    }
}
