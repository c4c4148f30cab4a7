//! What to do about messages that are known, by words of them: recorded from the real AWS provider, the S3 backend and Terraform.

/// Words, any of which a message has, and the next step. The first that fits counts.
const KNOWN: [(&[&str], &str); 16] = [
    (
        &[
            "No valid credential sources found",
            "ExpiredToken",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "no EC2 IMDS role found",
        ],
        "sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again",
    ),
    (
        &["failed to get shared config profile"],
        "`AWS_PROFILE` names a profile that the configuration of AWS does not have: name one that is there (`aws configure list-profiles`), or unset it",
    ),
    (
        &["Signature expired", "Signature not yet current", "RequestTimeTooSkewed", "RequestExpired"],
        "set the clock of this machine: AWS takes no request that seems to be minutes old, or of the future",
    ),
    (
        &["AWS account ID not allowed"],
        "the credentials are of another account than `aws.account` of platform.yaml: sign in to that one, or set `AWS_PROFILE`",
    ),
    (
        &["request send failed"],
        "AWS is not reached there: look at the network, at a proxy (`HTTPS_PROXY`), and at `AWS_ENDPOINT_URL`, where it is set",
    ),
    (
        &["is not authorized to perform", "UnauthorizedOperation", "api error AccessDenied"],
        "the identity lacks the right that is named: `tfy-infra preflight` lists all that the platform needs",
    ),
    (
        &["it cannot be destroyed as long as"],
        "destroy those first, the last one first; or all of the platform in its order, without `--layer`",
    ),
    (
        &["deletion protection", "DeletionProtection"],
        "write `database.deletion_protection: false`, generate and apply, then destroy again",
    ),
    (
        &["BucketNotEmpty"],
        "empty the bucket, or write `storage.bucket.force_destroy: true`, generate and apply, then destroy again",
    ),
    (
        &["LimitExceeded", "QuotaExceeded", "AddressLimitExceeded", "VpcLimitExceeded"],
        "ask AWS for a higher quota (Service Quotas), then run the same command again",
    ),
    (
        &["Unsupported Kubernetes minor version update"],
        "EKS goes up by one minor at a time: write the next one in `cluster.create.version`, apply, and go on from there",
    ),
    (
        &[
            "Backend configuration changed",
            "Backend initialization required",
            "Can't ask approval for state migration",
        ],
        "`tfy-infra migrate` with the directory of the tree goes over to where the tree has its states, and takes along what is elsewhere",
    ),
    (
        &["Failed to get existing workspaces: S3 bucket"],
        "make the bucket that `state.s3.bucket` of platform.yaml names, or name the one that is there, and generate",
    ),
    (
        &["Nobody could enter the cluster"],
        "list roles in `cluster.create.admins` of platform.yaml and generate, or give `--caller-is-admin`",
    ),
    (&["Saved plan is stale"], "the state was written since that plan was made: plan again"),
    (
        &["TFY_API_KEY", "api_key"],
        "set `TFY_API_KEY` to an API key of the control plane, and `TFY_HOST` when platform.yaml names no host",
    ),
];

/// What to do about a message.
pub(super) fn hint(text: &str) -> Option<&'static str> {
    let found = KNOWN.iter().find(|(words, _)| words.iter().any(|word| text.contains(word)));
    found.map(|(_, hint)| *hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As AWS provider 5.100 and the backend of Terraform 1.11 say it of an STS that answers so; an identity is `acme`.
    #[test]
    fn what_the_provider_and_the_backend_say_of_credentials_has_a_next_step() {
        let sts = |error: &str| {
            format!(
                "Retrieving AWS account details: validating provider credentials: retrieving caller identity from STS: operation error STS: \
                 GetCallerIdentity, https response error StatusCode: 403, RequestID: 0a1b, api error {error}"
            )
        };
        let recorded = [
            "No valid credential sources found Error: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: \
             GetMetadata, access disabled to EC2 IMDS via client option, or \"AWS_EC2_METADATA_DISABLED\" environment variable"
                .to_owned(),
            "No valid credential sources found Error: failed to refresh cached credentials, failed to read cached SSO token file, open \
             sso/cache/11f6.json: no such file or directory"
                .to_owned(),
            "failed to get shared config profile, nope".to_owned(),
            sts("ExpiredToken: The security token included in the request is expired"),
            sts("InvalidClientTokenId: The security token included in the request is invalid."),
            sts("SignatureDoesNotMatch: Signature expired: 20261130T100000Z is now earlier than 20261130T101500Z"),
            sts("AccessDenied: User: arn:aws:iam::123456789012:user/acme is not authorized to perform: sts:GetCallerIdentity"),
            "AWS account ID not allowed: 123456789012".to_owned(),
            "validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, exceeded maximum number of \
             attempts, 9, https response error StatusCode: 0, RequestID: , request send failed, Post \"http://127.0.0.1:9/\": dial tcp \
             127.0.0.1:9: connect: connection refused"
                .to_owned(),
        ];
        let shown: Vec<String> = recorded
            .iter()
            .map(|text| {
                format!(
                    "{}\n  -> {}",
                    text.split(": ").last().unwrap_or_default(),
                    hint(text).unwrap_or("nothing")
                )
            })
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        GetMetadata, access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED" environment variable
          -> sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again
        no such file or directory
          -> sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again
        failed to get shared config profile, nope
          -> `AWS_PROFILE` names a profile that the configuration of AWS does not have: name one that is there (`aws configure list-profiles`), or unset it
        The security token included in the request is expired
          -> sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again
        The security token included in the request is invalid.
          -> sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again
        20261130T100000Z is now earlier than 20261130T101500Z
          -> set the clock of this machine: AWS takes no request that seems to be minutes old, or of the future
        sts:GetCallerIdentity
          -> the identity lacks the right that is named: `tfy-infra preflight` lists all that the platform needs
        123456789012
          -> the credentials are of another account than `aws.account` of platform.yaml: sign in to that one, or set `AWS_PROFILE`
        connection refused
          -> AWS is not reached there: look at the network, at a proxy (`HTTPS_PROXY`), and at `AWS_ENDPOINT_URL`, where it is set
        "#);
    }

    #[test]
    fn what_else_is_known_has_a_next_step() {
        for (text, step) in [
            ("Saved plan is stale", "plan again"),
            (
                "operation error EKS: UpdateClusterVersion, api error InvalidParameterException: Unsupported Kubernetes minor version update from 1.33 to 1.35",
                "write the next one in `cluster.create.version`",
            ),
            (
                "api error UnauthorizedOperation: You are not authorized to perform this operation.",
                "`tfy-infra preflight` lists all",
            ),
        ] {
            assert!(hint(text).is_some_and(|hint| hint.contains(step)), "{text}");
        }
        assert_eq!(hint("the sky is blue"), None);
        insta::assert_snapshot!(KNOWN.map(|(_, hint)| hint).join("\n"), @r"
        sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again
        `AWS_PROFILE` names a profile that the configuration of AWS does not have: name one that is there (`aws configure list-profiles`), or unset it
        set the clock of this machine: AWS takes no request that seems to be minutes old, or of the future
        the credentials are of another account than `aws.account` of platform.yaml: sign in to that one, or set `AWS_PROFILE`
        AWS is not reached there: look at the network, at a proxy (`HTTPS_PROXY`), and at `AWS_ENDPOINT_URL`, where it is set
        the identity lacks the right that is named: `tfy-infra preflight` lists all that the platform needs
        destroy those first, the last one first; or all of the platform in its order, without `--layer`
        write `database.deletion_protection: false`, generate and apply, then destroy again
        empty the bucket, or write `storage.bucket.force_destroy: true`, generate and apply, then destroy again
        ask AWS for a higher quota (Service Quotas), then run the same command again
        EKS goes up by one minor at a time: write the next one in `cluster.create.version`, apply, and go on from there
        `tfy-infra migrate` with the directory of the tree goes over to where the tree has its states, and takes along what is elsewhere
        make the bucket that `state.s3.bucket` of platform.yaml names, or name the one that is there, and generate
        list roles in `cluster.create.admins` of platform.yaml and generate, or give `--caller-is-admin`
        the state was written since that plan was made: plan again
        set `TFY_API_KEY` to an API key of the control plane, and `TFY_HOST` when platform.yaml names no host
        ");
    }
}
