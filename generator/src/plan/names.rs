//! What AWS and TrueFoundry accept as names, ARNs, tags and addresses.

use super::problem::Problems;
use super::regions::Region;
use crate::spec::Path;
use crate::spec::network::RETENTION_DAYS;
use crate::spec::patterns::{self, Pattern};

/// Whether the instances of a family have Arm processors, as far as its name tells: Graviton has a `g` right after the generation, as in
/// `m7g`, `c6gn` and `t4g` (`a1` was the first), NVIDIA's Grace is in the name of the GPU, as in `p6e-gb200`. EC2 has the last word, which
/// the modules ask.
pub fn has_arm_processors(family: &str) -> bool {
    let digits = |c: char| c.is_ascii_digit();
    let after = family.find(digits).map_or("", |at| family[at..].trim_start_matches(digits));
    let grace = ["-gb", "-gh"].iter().any(|grace| family.contains(grace));
    after.starts_with('g') || grace || family == "a1"
}

/// The parts of an ARN.
pub struct Arn<'a> {
    /// `aws`, `aws-us-gov` or `aws-cn`.
    pub partition: &'a str,
    /// For example `iam`.
    pub service: &'a str,
    /// Empty for IAM.
    pub region: &'a str,
    /// 12 digits, or `aws` for what AWS itself owns.
    pub account: &'a str,
    /// Everything after the account, for example `role/admin`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits an ARN; `None` when it is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        let (partition, service, region) = (parts.next()?, parts.next()?, parts.next()?);
        let (account, resource) = (parts.next()?, parts.next()?);
        let clean = text.chars().all(|c| c.is_ascii_graphic() && !"\"'\\*?${}".contains(c));
        (clean && !resource.is_empty()).then_some(Self { partition, service, region, account, resource })
    }

    /// The last part of the path, for example `admin` of `role/team/admin`.
    pub fn last_segment(&self) -> &'a str {
        self.resource.rsplit('/').next().unwrap_or(self.resource)
    }
}

/// Checks the ARN of an IAM object: partition, account, and one of `kinds` (`role`, `user`, `policy`), whose rule this is.
pub fn check_iam_arn(
    problems: &mut Problems,
    path: &Path,
    text: &str,
    (kinds, rule): (&[&str], &Pattern),
    region: &Region,
) {
    let example = format!("arn:{}:iam::123456789012:{}/name", region.partition(), kinds[0]);
    let Some(arn) = Arn::parse(text) else {
        return problems
            .add(path, format!("`{text}` is not an ARN"))
            .hint(format!("write it as `{example}`"));
    };
    if arn.service == "sts" && arn.resource.starts_with("assumed-role/") {
        return problems
            .add(path, format!("`{text}` is a session of a role, not the role"))
            .hint("write the role's own ARN: `arn:aws:iam::<account>:role/<name>`");
    }
    let kind = arn.resource.split_once('/').map(|(kind, name)| (kind, !name.is_empty()));
    let fits = matches!(kind, Some((kind, true)) if kinds.contains(&kind));
    if arn.service != "iam" || !arn.region.is_empty() || !fits {
        return problems
            .add(path, format!("`{text}` is not the ARN of an IAM {}", kinds.join(" or ")))
            .hint(format!("write it as `{example}`"));
    }
    if !rule.fits(text) {
        return problems
            .add(path, format!("the account in `{text}` is not 12 digits"))
            .hint(format!("write it as `{example}`"));
    }
    if arn.partition != region.partition() {
        problems
            .add(path, format!("`{text}` belongs to the partition `{}`", arn.partition))
            .note(format!("the region `{}` belongs to the partition `{}`", region.name(), region.partition()))
            .hint(format!("write it as `{example}`"));
    }
}

/// The rules for names of general-purpose S3 buckets; the answer is what is wrong.
pub fn bucket_problem(name: &str) -> Option<&'static str> {
    if patterns::BUCKET.fits(name) {
        return None;
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !(3..=63).contains(&name.len()) {
        Some("a bucket name has 3 to 63 characters")
    } else if !name.chars().all(allowed) {
        Some("a bucket name has only `a-z`, `0-9`, `-` and `.`")
    } else if !name.starts_with(edge) || !name.ends_with(edge) {
        Some("a bucket name starts and ends with a letter or digit")
    } else if name.contains('.') {
        Some("a name with dots does not fit the certificate of S3's virtual-hosted addresses")
    } else {
        Some("AWS keeps this prefix or suffix for itself")
    }
}

/// Checks a retention in CloudWatch Logs.
pub fn check_retention(problems: &mut Problems, path: &Path, days: u32) {
    if RETENTION_DAYS.contains(&days) {
        return;
    }
    let next = RETENTION_DAYS.iter().find(|d| **d > days).or(RETENTION_DAYS.last());
    problems
        .add(path, format!("CloudWatch Logs cannot keep events for {days} days"))
        .note(format!("it knows {}", RETENTION_DAYS.map(|d| d.to_string()).join(", ")))
        .hint(format!("the next longer is {}", next.copied().unwrap_or(365)));
}

/// Whether a domain is a zone, or below it.
pub fn is_within(domain: &str, zone: &str) -> bool {
    domain.strip_suffix(zone).is_some_and(|left| left.is_empty() || left.ends_with('.'))
}

/// `http://` or `https://`, a host, an optional port and nothing else. The answer is scheme and host, without port.
pub fn origin(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let (host, port) = match rest.strip_prefix('[') {
        Some(v6) => {
            let (host, after) = v6.split_once(']')?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None => rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
    };
    let host_ok = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:".contains(c));
    let digits = |p: &str| p.bytes().all(|b| b.is_ascii_digit());
    let port_ok = port.is_none_or(|p| digits(p) && p.parse::<u16>().is_ok_and(|p| p > 0));
    (host_ok && port_ok).then_some((scheme, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns() {
        let arn = Arn::parse("arn:aws:iam::123456789012:role/team/admin").unwrap();
        assert_eq!((arn.service, arn.account, arn.last_segment()), ("iam", "123456789012", "admin"));
        for bad in
            ["", "arn:aws:iam", "arn:aws:iam::123456789012:", "arn:aws:iam::1:role/*", "x:aws:iam::1:role/a"]
        {
            assert!(Arn::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn buckets() {
        assert_eq!(bucket_problem("acme-prod-terraform-state"), None);
        let kinds: [(&str, &[&str]); 5] = [
            ("a bucket name has 3 to 63 characters", &["", "ab", &"a".repeat(64)]),
            ("a bucket name has only `a-z`, `0-9`, `-` and `.`", &["Abc", "a_b", "a b"]),
            ("a bucket name starts and ends with a letter or digit", &["-abc", "abc-", ".abc"]),
            ("a name with dots does not fit the certificate of S3's virtual-hosted addresses", &["a.b.c"]),
            (
                "AWS keeps this prefix or suffix for itself",
                &["xn--abc", "sthree-abc", "amzn-s3-demo-abc", "abc-s3alias", "abc--x-s3"],
            ),
        ];
        for (problem, names) in kinds {
            for bad in names {
                assert_eq!(bucket_problem(bad), Some(problem), "{bad}");
            }
        }
    }

    #[test]
    fn origins() {
        assert_eq!(origin("https://acme.truefoundry.cloud"), Some(("https", "acme.truefoundry.cloud")));
        assert_eq!(origin("http://127.0.0.1:8080"), Some(("http", "127.0.0.1")));
        assert_eq!(origin("http://[::1]:8080"), Some(("http", "::1")));
        for bad in [
            "acme",
            "https://",
            "https://u:p@host",
            "https://host/path",
            "https://host:0",
            "https://host:+80",
        ] {
            assert_eq!(origin(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_zone_has_itself_and_what_is_below_it() {
        for (domain, within) in
            [("acme.com", true), ("ai.acme.com", true), ("myacme.com", false), ("com", false)]
        {
            assert_eq!(is_within(domain, "acme.com"), within, "{domain}");
        }
    }
}
