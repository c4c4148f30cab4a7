//! What texts in manifests must look like beyond what the catalog says. Each rule answers the end of the sentence
//! "must ...".

/// Why the text is wrong in this field of an object of the catalog, if it is.
pub(crate) fn wrong(object: &str, field: &str, text: &str) -> Option<&'static str> {
    let rule: Rule = match (object, field) {
        ("ClusterManifest", "name") => cluster_name,
        ("WorkspaceManifest", "name") => workspace_name,
        ("ClusterManifest", "base_domains") => domain,
        ("AwsProviderAccount", "aws_account_id") => account_number,
        ("AwsAssumedRoleBasedAuth", "assumed_role_arn") => role_arn,
        ("AwsS3", "storage_root") => storage_root,
        ("AwsEcr", "registry_url") => registry_url,
        ("Collaborator", "subject") => subject,
        ("RoleManifest", "name") => role_name,
        ("RoleBindingManifest", "name") => role_binding_name,
        (object, "name")
            if ["Manifest", "ProviderAccount"].iter().any(|end| object.ends_with(end))
                || object.starts_with("Aws") =>
        {
            plain_name
        }
        _ => return None,
    };
    rule(text)
}

type Rule = fn(&str) -> Option<&'static str>;

fn is_name(text: &str, most: usize) -> bool {
    (3..=most).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn cluster_name(text: &str) -> Option<&'static str> {
    (!is_name(text, 35)).then_some(
        "have 3 to 35 characters: lowercase letters, digits and `-`, starting with a letter, not ending with `-`",
    )
}

fn workspace_name(text: &str) -> Option<&'static str> {
    (!is_name(text, 32)).then_some(
        "have 3 to 32 characters: lowercase letters, digits and `-`, starting with a letter, not ending with `-`",
    )
}

fn role_name(text: &str) -> Option<&'static str> {
    (!is_name(text, 35)).then_some(
        "have 3 to 35 characters: lowercase letters, digits and `-`, starting with a letter, not ending with `-`",
    )
}

fn role_binding_name(text: &str) -> Option<&'static str> {
    (!is_name(text, 66)).then_some(
        "have 3 to 66 characters: lowercase letters, digits and `-`, starting with a letter, not ending with `-`",
    )
}

/// `:` separates the parts of an FQN.
fn plain_name(text: &str) -> Option<&'static str> {
    (text.is_empty() || text.len() > 100 || text.contains([':', '/']) || text.trim() != text)
        .then_some("have 1 to 100 characters, without `:`, `/` and spaces at the ends")
}

fn account_number(text: &str) -> Option<&'static str> {
    (text.len() != 12 || !text.chars().all(|c| c.is_ascii_digit())).then_some("have exactly 12 digits")
}

fn role_arn(text: &str) -> Option<&'static str> {
    let mut parts = text.splitn(6, ':');
    let right = parts.next() == Some("arn")
        && matches!(parts.next(), Some("aws" | "aws-us-gov" | "aws-cn"))
        && parts.next() == Some("iam")
        && parts.next() == Some("")
        && parts.next().is_some_and(|account| account_number(account).is_none())
        && parts.next().is_some_and(|role| role.strip_prefix("role/").is_some_and(|name| !name.is_empty()));
    (!right).then_some("be the ARN of an IAM role")
}

fn storage_root(text: &str) -> Option<&'static str> {
    let bucket = text.strip_prefix("s3://").map(|rest| rest.split('/').next().unwrap_or_default());
    bucket.is_none_or(|bucket| bucket.len() < 3).then_some("be `s3://bucket` or `s3://bucket/prefix`")
}

fn registry_url(text: &str) -> Option<&'static str> {
    let right = text.split_once(".dkr.ecr.").is_some_and(|(account, rest)| {
        account_number(account).is_none()
            && (rest.ends_with(".amazonaws.com") || rest.ends_with(".amazonaws.com.cn"))
            && !rest.starts_with('.')
    });
    (!right).then_some("be `<account>.dkr.ecr.<region>.amazonaws.com`, without scheme and path")
}

fn subject(text: &str) -> Option<&'static str> {
    const KINDS: [&str; 6] =
        ["user", "team", "virtualaccount", "serviceaccount", "agent", "external-identity"];
    let right = text.split_once(':').is_some_and(|(kind, name)| KINDS.contains(&kind) && !name.is_empty());
    (!right).then_some("be `user:<email>`, `team:<name>` or `virtualaccount:<name>`")
}

fn domain(text: &str) -> Option<&'static str> {
    let plain = text.strip_prefix("*.").unwrap_or(text);
    let right = plain.contains('.')
        && plain
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    (!right).then_some("be a domain such as `ai.example.com` or `*.ai.example.com`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_refuse_what_they_should() {
        let table: [(Rule, &str, &[&str], &[&str]); 11] = [
            (
                cluster_name,
                "have 3 to 35 characters: lowercase letters, digits and `-`, starting with a letter, not ending with `-`",
                &["abc", "a-1", &"a".repeat(35)],
                &["ab", "1ab", "Abc", "a_b", "ab-", "", &"a".repeat(36)],
            ),
            (
                workspace_name,
                "have 3 to 32 characters: lowercase letters, digits and `-`, starting with a letter, not ending with `-`",
                &["abc", &"a".repeat(32)],
                &["-ab", &"a".repeat(33)],
            ),
            (
                role_name,
                "have 3 to 35 characters: lowercase letters, digits and `-`, starting with a letter, not ending with `-`",
                &["abc", &"a".repeat(35)],
                &["1ab", &"a".repeat(36)],
            ),
            (
                role_binding_name,
                "have 3 to 66 characters: lowercase letters, digits and `-`, starting with a letter, not ending with `-`",
                &["abc", &"a".repeat(66)],
                &["ab-", &"a".repeat(67)],
            ),
            (
                plain_name,
                "have 1 to 100 characters, without `:`, `/` and spaces at the ends",
                &["a", "my env"],
                &["", "a:b", "a/b", " a", &"a".repeat(101)],
            ),
            (account_number, "have exactly 12 digits", &["000000000000"], &["12345678901", "12345678901a"]),
            (
                role_arn,
                "be the ARN of an IAM role",
                &["arn:aws-cn:iam::123456789012:role/x"],
                &["arn:aws:iam::123456789012:user/x", "x", "arn:aws:iam::1:role/x"],
            ),
            (
                storage_root,
                "be `s3://bucket` or `s3://bucket/prefix`",
                &["s3://abc", "s3://abc/d/"],
                &["abc", "s3://", "https://abc"],
            ),
            (
                registry_url,
                "be `<account>.dkr.ecr.<region>.amazonaws.com`, without scheme and path",
                &["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"],
                &["https://123456789012.dkr.ecr.us-east-1.amazonaws.com", "docker.io"],
            ),
            (
                subject,
                "be `user:<email>`, `team:<name>` or `virtualaccount:<name>`",
                &["user:a@b.c", "team:t"],
                &["a@b.c", "robot:r", "team:"],
            ),
            (
                domain,
                "be a domain such as `ai.example.com` or `*.ai.example.com`",
                &["a.b", "*.a.b"],
                &["*", "a", "https://a.b", "a..b"],
            ),
        ];
        for (rule, demand, right, wrong) in table {
            for text in right {
                assert_eq!(rule(text), None, "{text}");
            }
            for text in wrong {
                assert_eq!(rule(text), Some(demand), "{text}");
            }
        }
    }
}
