//! What errors of AWS mean. Whatever is not known to mean something else is an answer that cannot be understood, and never "there is none".

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::facts::{Answer, Why};

/// The longest that is repeated of what AWS says.
const LONGEST: usize = 200;

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) why: Why,
    pub(super) text: String,
    /// Whether AWS says that there is no such thing.
    pub(super) absent: bool,
}

impl Failure {
    pub(super) fn new(why: Why, text: impl Into<String>) -> Self {
        Self { why, text: text.into(), absent: false }
    }

    /// AWS says that there is no such thing.
    pub(super) fn absent() -> Self {
        Self { why: Why::Incomplete, text: String::new(), absent: true }
    }

    /// A part of an answer is missing.
    pub(super) fn incomplete(text: impl Into<String>) -> Self {
        Self::new(Why::Incomplete, text)
    }

    /// The failure as an answer: absent only where AWS says so.
    pub(super) fn into_answer<T>(self) -> Answer<T> {
        if self.absent { Answer::Absent } else { Answer::Unchecked { why: self.why, text: self.text } }
    }

    /// An error of the SDK to a request that went to `place`. `home` says whether every account has what is there.
    pub(super) fn of<E>(action: &str, place: &str, home: bool, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let status = error.raw_response().map(|response| response.status().as_u16());
        match error {
            SdkError::TimeoutError(_) => {
                Self::new(Why::Unreachable, format!("`{action}`: no answer came from {place} in time"))
            }
            SdkError::DispatchFailure(_) => {
                Self::new(Why::Unreachable, format!("`{action}` at {place}: {}", innermost(error)))
            }
            SdkError::ServiceError(_) => {
                let (code, message) = (error.code().unwrap_or_default(), error.message().unwrap_or_default());
                Self::said(action, home, status, code, message)
            }
            _ => Self::new(Why::Unreadable, format!("the answer to `{action}`: {}", innermost(error))),
        }
    }

    /// What a service says.
    pub(super) fn said(action: &str, home: bool, status: Option<u16>, code: &str, message: &str) -> Self {
        let is = |codes: &[&str]| codes.contains(&code);
        let of_time = |text: &str| OF_TIME.iter().any(|sign| text.contains(sign));
        let why = if is(&ABSENT) {
            return Self::absent();
        } else if is(&DENIED) {
            Why::Denied
        } else if is(&THROTTLED) || status == Some(429) {
            Why::Throttled
        } else if is(&CLOCK) || is(&SIGNATURE) && of_time(message) {
            Why::Clock
        } else if is(&REGION) || !home && is(&UNKNOWN_HERE) {
            Why::Region
        } else if is(&CREDENTIALS) || is(&SIGNATURE) {
            Why::Credentials
        } else if is(&OUT_OF_ORDER) {
            Why::Unreachable
        } else {
            Why::Unreadable
        };
        let status = status.map_or_else(String::new, |status| format!(" with status {status}"));
        let text = match (code, message) {
            ("", "") => format!("the answer to `{action}` came{status} and is none of AWS's"),
            ("", message) => format!("the answer to `{action}` came{status}: {}", short(message)),
            (code, "") => format!("`{action}`: {code}"),
            (code, message) => format!("`{action}`: {code}: {}", short(message)),
        };
        Self::new(why, text)
    }
}

/// The cause of all causes.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    short(&error.to_string())
}

/// The first line, and not too much of it.
pub(super) fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= LONGEST {
        return line.to_owned();
    }
    let shown: String = line.chars().take(LONGEST).collect();
    format!("{shown}...")
}

const DENIED: [&str; 5] = [
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "UnauthorizedException",
];
const THROTTLED: [&str; 14] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "MaxConfigLimitExceeded",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];
const CREDENTIALS: [&str; 10] = [
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
];
/// What a region says to credentials that are good where the account is known.
const UNKNOWN_HERE: [&str; 3] = ["AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException"];
const SIGNATURE: [&str; 2] = ["InvalidSignatureException", "SignatureDoesNotMatch"];
/// How a refused signature says that its time is the reason.
const OF_TIME: [&str; 4] = ["Signature expired", "Signature not yet current", "is not within", "skew"];
const CLOCK: [&str; 3] = ["RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"];
const REGION: [&str; 3] = ["OptInRequired", "RegionDisabledException", "SubscriptionRequiredException"];
const ABSENT: [&str; 6] = [
    "NoSuchEntity",
    "NoSuchEntityException",
    "NoSuchHostedZone",
    "NoSuchResourceException",
    "ResourceNotFoundException",
    "WAFNonexistentItemException",
];
const OUT_OF_ORDER: [&str; 7] = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServerErrorException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn why(code: &str, message: &str) -> Why {
        Failure::said("ec2:DescribeVpcs", false, Some(400), code, message).why
    }

    #[test]
    fn codes_of_aws_are_known_by_what_they_mean() {
        for (code, message, means) in [
            ("UnauthorizedOperation", "You are not authorized to perform this operation.", Why::Denied),
            ("AccessDeniedException", "", Why::Denied),
            ("RequestLimitExceeded", "Request limit exceeded.", Why::Throttled),
            ("ThrottlingException", "Rate exceeded", Why::Throttled),
            (
                "ExpiredTokenException",
                "The security token included in the request is expired",
                Why::Credentials,
            ),
            ("SignatureDoesNotMatch", "The request signature we calculated does not match", Why::Credentials),
            ("SignatureDoesNotMatch", "Signature expired: 20261129T000000Z is now earlier than", Why::Clock),
            ("InvalidSignatureException", "Signature not yet current: 2026", Why::Clock),
            ("RequestExpired", "Request has expired.", Why::Clock),
            ("OptInRequired", "You are not subscribed to this service.", Why::Region),
            ("InvalidClientTokenId", "The security token included in the request is invalid", Why::Region),
            ("ServiceUnavailable", "", Why::Unreachable),
            ("NotModelled", "", Why::Unreadable),
            ("", "", Why::Unreadable),
        ] {
            assert_eq!(why(code, message), means, "{code}: {message}");
        }
        assert_eq!(
            Failure::said("sts:GetCallerIdentity", true, None, "InvalidClientTokenId", "").why,
            Why::Credentials
        );
        assert_eq!(Failure::said("eks:ListClusters", false, Some(429), "", "").why, Why::Throttled);
    }

    #[test]
    fn who_does_not_answer_is_named() {
        type Refused = aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
        let late: SdkError<Refused, HttpResponse> = SdkError::timeout_error("late");
        assert_eq!(
            Failure::of("sts:GetCallerIdentity", "http://127.0.0.1:1", true, &late),
            Failure::new(
                Why::Unreachable,
                "`sts:GetCallerIdentity`: no answer came from http://127.0.0.1:1 in time"
            )
        );
        let cut: SdkError<Refused, HttpResponse> = SdkError::construction_failure("cut");
        assert_eq!(
            Failure::of("sts:GetCallerIdentity", "here", true, &cut),
            Failure::new(Why::Unreadable, "the answer to `sts:GetCallerIdentity`: cut")
        );
    }

    #[test]
    fn absent_is_only_what_aws_says_is() {
        let none: Answer<()> =
            Failure::said("iam:GetRole", true, Some(404), "NoSuchEntity", "gone").into_answer();
        assert_eq!(none, Answer::Absent);
        let html: Answer<()> = Failure::said("iam:GetRole", true, Some(404), "", "").into_answer();
        assert_eq!(
            html,
            Answer::unchecked(
                Why::Unreadable,
                "the answer to `iam:GetRole` came with status 404 and is none of AWS's"
            )
        );
    }

    #[test]
    fn what_aws_says_is_told_in_one_line() {
        let text =
            |code: &str, message: &str| Failure::said("ec2:DescribeVpcs", true, None, code, message).text;
        assert_eq!(
            text("Throttling", "Rate exceeded\nmore"),
            "`ec2:DescribeVpcs`: Throttling: Rate exceeded"
        );
        assert_eq!(text("Throttling", ""), "`ec2:DescribeVpcs`: Throttling");
        assert_eq!(text("", "<html>"), "the answer to `ec2:DescribeVpcs` came: <html>");
        let refused = Failure::said("ec2:DescribeVpcs", true, Some(502), "", "<html>").text;
        assert_eq!(refused, "the answer to `ec2:DescribeVpcs` came with status 502: <html>");
        assert_eq!(text("X", &"a".repeat(300)).len(), "`ec2:DescribeVpcs`: X: ".len() + LONGEST + 3);
    }
}
