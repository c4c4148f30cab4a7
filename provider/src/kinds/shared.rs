//! Attributes that several objects have.

use tfplugin::schema::validators::{
    Validator, each, exactly_one_of, idle_unless_text, length, matches, one_of, together,
};
use tfplugin::schema::{Attribute, Numbers, parse_duration};
use tfplugin::value::{Path, Type, Value};
use tfplugin::{Diagnostic, Diagnostics};

/// Regions that the control plane knows.
const REGIONS: [&str; 38] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// A text that is a duration.
pub(crate) struct Duration;

impl Validator for Duration {
    fn describe(&self) -> String {
        "a duration such as `30s`, `10m` or `1h30m`".to_owned()
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        if let Some(Err(error)) = value.as_str().map(parse_duration) {
            let detail = format!("`{path}` must be {}, but {error}.", self.describe());
            out.push(
                Diagnostic::error(format!("Invalid value for `{path}`")).detail(detail).at(path.clone()),
            );
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        idle_unless_text(ty)
    }
}

/// The numbers that a configuration raises when a write-only value changes.
pub(crate) fn revisions() -> Numbers {
    Numbers::whole(0..=i64::MAX)
}

/// An id given by the control plane.
pub(crate) fn id() -> Attribute {
    Attribute::string()
        .computed()
        .use_state_for_unknown()
        .describe("Identifier that the control plane gave it.")
}

/// A fully qualified name given by the control plane.
pub(crate) fn fqn(example: &str) -> Attribute {
    Attribute::string()
        .computed()
        .use_state_for_unknown()
        .describe(format!("Fully qualified name, by which other objects refer to it: `{example}`."))
}

/// A name that cannot be changed: 3 to `longest` characters of a-z, 0-9 and `-`, beginning with a letter.
pub(crate) fn name(what: &str, longest: usize) -> Attribute {
    Attribute::string()
        .required()
        .requires_replace()
        .validate(length(3..=longest))
        .validate(matches("[a-z][a-z0-9-]*", "lower-case letters, digits and `-`, beginning with a letter"))
        .describe(format!("Name of the {what}: 3 to {longest} lower-case letters, digits and `-`, beginning with a letter. Changing it creates a new one."))
}

/// Who has which role on an object.
pub(crate) fn collaborators(roles: &str) -> Attribute {
    Attribute::set_of([
        (
            "subject",
            Attribute::string()
                .required()
                .validate(subject())
                .describe("Who: `user:<email>`, `team:<name>` or `agent:<name>`."),
        ),
        ("role_id", Attribute::string().required().describe(format!("The role, such as {roles}."))),
    ])
    .describe("Who may do what. Left out, access is left as it is, so that role bindings can govern it.")
}

fn subject() -> impl tfplugin::schema::Validator {
    matches("[a-z-]+:.+", "a subject such as `user:<email>` or `team:<name>`")
}

/// The account of the platform that an object belongs to.
pub(crate) fn owned_by() -> Attribute {
    Attribute::object([(
        "account",
        Attribute::string()
            .required()
            .describe("Name of the account. The default account when `owned_by` is left out."),
    )])
    .describe("The account of the platform (not of AWS) that owns it.")
}

/// An AWS region.
pub(crate) fn region(of: &str) -> Attribute {
    Attribute::string().required().validate(one_of(REGIONS)).describe(format!("AWS region of the {of}."))
}

/// Subjects that may use an integration.
pub(crate) fn authorized_subjects() -> Attribute {
    Attribute::set(Type::String)
        .validate(each(subject()))
        .describe("Who may use the integration: subjects such as `team:everyone` or `user:<email>`. Left out, access is left as it is.")
}

/// How the control plane authenticates to AWS: exactly one of the ways.
pub(crate) fn aws_auth_data() -> Attribute {
    Attribute::object([("assumed_role", assumed_role()), ("access_key", access_key())])
        .validate(exactly_one_of(["assumed_role", "access_key"]))
}

fn assumed_role() -> Attribute {
    let arn = r"arn:(aws|aws-us-gov|aws-cn):iam::[0-9]{12}:role(/[\w+=,.@-]+)+";
    Attribute::object([
        (
            "assumed_role_arn",
            Attribute::string()
                .required()
                .validate(matches(arn, "the ARN of an IAM role"))
                .describe("ARN of the IAM role that the control plane assumes."),
        ),
        (
            "external_id",
            Attribute::string().describe("External id that the role's trust policy demands. It keeps others of the same control plane from using the role."),
        ),
    ])
    .describe("Assume an IAM role: the way without any stored credential.")
}

fn access_key() -> Attribute {
    let secret = || Attribute::string().validate(matches(r"\S+", "text without spaces"));
    Attribute::object([
        (
            "access_key_id",
            Attribute::string().required().validate(matches(r"\S+", "text without spaces")).describe("Access key id of an IAM user."),
        ),
        (
            "secret_access_key",
            secret().sensitive().describe("Secret access key. It is stored in the state: prefer `secret_access_key_wo`. A reference such as `tfy-secret://acme:aws:key` is no secret in itself."),
        ),
        (
            "secret_access_key_wo",
            secret().sensitive().write_only().describe("Secret access key that reaches the control plane but neither plan nor state (Terraform 1.11 and newer). Raise `secret_access_key_wo_version` when it changes."),
        ),
        (
            "secret_access_key_wo_version",
            Attribute::number().numbers(revisions()).describe("A number to raise when `secret_access_key_wo` changes: Terraform cannot see that by itself."),
        ),
    ])
    .validate(exactly_one_of(["secret_access_key", "secret_access_key_wo"]))
    .validate(together("secret_access_key_wo", "secret_access_key_wo_version"))
    .describe("Use the access key of an IAM user. Prefer `assumed_role`.")
}
