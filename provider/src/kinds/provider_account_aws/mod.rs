//! AWS accounts that the control plane works with, and what it uses in them.

mod convert;

use serde_json::{Map, Value as Json};
use tfplugin::schema::validators::{Validator, exactly_one_of, keys, matches};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Object, Type, Value};
use tfplugin::{Plan, async_trait};
use truefoundry_api::{Client, Entity, Store};

use crate::kinds::shared;
use crate::kinds::{Kind, keep_names};

/// The kind in manifests.
const MANIFEST_TYPE: &str = "provider-account/aws";
/// What an integration can be: one attribute each.
const KINDS: [&str; 5] = ["s3", "ecr", "parameter_store", "secrets_manager", "eks"];

/// `truefoundry_provider_account_aws`.
pub(crate) struct Account;

#[async_trait]
impl Kind for Account {
    fn title(&self) -> &str {
        "AWS provider account"
    }

    fn manifest_type(&self) -> &str {
        MANIFEST_TYPE
    }

    fn resource_type(&self) -> String {
        "truefoundry_provider_account_aws".to_owned()
    }

    fn schema(&self) -> Schema {
        Schema::new(account().into_iter().chain(computed_attributes())).describe(
            "An AWS account that the control plane works with: how it authenticates there, and which buckets, registries, secret stores and clusters it uses. The account and its integrations are one document: removing an integration that something uses is refused.",
        )
    }

    fn store(&self, client: &Client) -> Store {
        Store::Collection(client.provider_accounts())
    }

    /// Accounts of several providers may share a name, so the kind is looked at too.
    async fn find(
        &self,
        client: &Client,
        key: &str,
        _manifest: &Map<String, Json>,
    ) -> truefoundry_api::Result<Option<Entity>> {
        let is_it = |entity: &Entity| self.is(entity) && (entity.name() == key || entity.fqn() == Some(key));
        client.provider_accounts().find_where(key, is_it).await
    }

    fn is(&self, entity: &Entity) -> bool {
        entity.manifest()["type"] == MANIFEST_TYPE
    }

    fn manifest(&self, wanted: &Value, config: &Value) -> Map<String, Json> {
        convert::manifest(wanted, config)
    }

    fn attributes(&self, manifest: &Json) -> Json {
        convert::attributes(manifest)
    }

    fn computed(&self, entity: &Entity) -> Object {
        let integrations = entity.integrations();
        let by_name = |value: fn(&Entity) -> Option<&str>| {
            Value::object(integrations.iter().map(|each| (each.name(), Value::optional(value(each)))))
        };
        Object::from([
            ("id".into(), entity.id().into()),
            ("fqn".into(), Value::optional(entity.fqn())),
            ("integration_fqns".into(), by_name(Entity::fqn)),
            ("integration_ids".into(), by_name(|each| Some(each.id()))),
        ])
    }

    /// FQNs and ids belong to the integrations' names and kinds; while those stay, so do they.
    fn plan(&self, plan: &mut Plan) {
        keep_names(plan, &KINDS, &["integration_fqns", "integration_ids"]);
    }
}

fn account() -> [(&'static str, Attribute); 5] {
    [
        (
            "name",
            Attribute::string().required().requires_replace().describe("Name of the account in the control plane. Changing it creates a new one."),
        ),
        (
            "aws_account_id",
            Attribute::string()
                .required()
                .requires_replace()
                .validate(matches("[0-9]{12}", "the 12 digits of an AWS account id"))
                .describe("Id of the AWS account. Changing it creates a new provider account."),
        ),
        (
            "auth_data",
            shared::aws_auth_data().describe("How the control plane authenticates to AWS, for every integration that has no `auth_data` of its own. Exactly one of `assumed_role` and `access_key`."),
        ),
        (
            "integrations",
            Attribute::map_of(integration()).validate(exactly_one_of(KINDS)).describe("What the control plane uses in the account, by name. Each integration is exactly one of `s3`, `ecr`, `parameter_store`, `secrets_manager` and `eks`."),
        ),
        ("owned_by", shared::owned_by()),
    ]
}

fn integration() -> [(&'static str, Attribute); 7] {
    [
        ("s3", s3()),
        ("ecr", ecr()),
        ("parameter_store", secret_store("SSM Parameter Store")),
        ("secrets_manager", secret_store("Secrets Manager")),
        ("eks", eks()),
        ("authorized_subjects", shared::authorized_subjects()),
        (
            "auth_data",
            shared::aws_auth_data().describe("How the control plane authenticates for this integration alone. Exactly one of `assumed_role` and `access_key`."),
        ),
    ]
}

fn s3() -> Attribute {
    Attribute::object([
        (
            "storage_root",
            Attribute::string()
                .required()
                .validate(matches("s3://[^/ ]+(/.*)?", "an S3 URL such as `s3://bucket/prefix`"))
                .describe("Bucket, and prefix if any: `s3://bucket/prefix`."),
        ),
        ("region", shared::region("bucket")),
    ])
    .describe("An S3 bucket: models, artifacts, workflow data.")
}

fn ecr() -> Attribute {
    Attribute::object([(
        "registry_url",
        Attribute::string()
            .required()
            .validate(registry_url())
            .describe("Host of the registry: `<account>.dkr.ecr.<region>.amazonaws.com`."),
    )])
    .describe("The account's ECR registry: images that builds push and clusters pull.")
}

fn registry_url() -> impl Validator {
    matches(r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?", "the host of an ECR registry")
}

fn secret_store(store: &str) -> Attribute {
    Attribute::object([
        ("region", shared::region("secret store")),
        ("kms_arn", Attribute::string().describe("ARN of the KMS key that secrets are encrypted with. The account's default key when left out.")),
        (
            "tags",
            Attribute::map(Type::String).validate(keys(matches(".{1,128}", "1 to 128 characters"))).describe("Tags that every secret gets."),
        ),
    ])
    .describe(format!("Secrets kept in {store}."))
}

fn eks() -> Attribute {
    Attribute::object([
        ("region", shared::region("cluster")),
        ("cluster_name", Attribute::string().required().describe("Name of the EKS cluster.")),
    ])
    .describe("An EKS cluster: its nodes and add-ons are shown in the control plane.")
}

fn computed_attributes() -> [(&'static str, Attribute); 4] {
    let by_name = |what: &'static str| Attribute::map(Type::String).computed().describe(what);
    [
        ("id", shared::id()),
        ("fqn", shared::fqn("<tenant>:aws:<name>")),
        (
            "integration_fqns",
            by_name("FQN of each integration by its name, such as `acme:aws:main:blob-storage:artifacts`."),
        ),
        ("integration_ids", by_name("Identifier of each integration by its name.")),
    ]
}
