//! Names made of parts, by one rule each.

use tfplugin::Function;
use tfplugin::function::{FunctionError, Signature, text};
use tfplugin::value::{Type, Value};

use super::fqn;

/// The kinds of subjects that access can be given to.
const SUBJECTS: [&str; 6] =
    ["user", "team", "virtualaccount", "serviceaccount", "agent", "external-identity"];

/// A function that joins its arguments.
pub(super) struct Joined {
    pub(super) name: &'static str,
    /// Each parameter with what it is.
    parameters: &'static [(&'static str, &'static str)],
    prefix: &'static str,
    separator: char,
    summary: &'static str,
}

const CLUSTER: (&str, &str) = ("cluster", "Name of the cluster.");
const WORKSPACE: (&str, &str) = ("workspace", "Name of the workspace.");
const TENANT: (&str, &str) = ("tenant", "Name of the tenant.");
const GROUP: (&str, &str) = ("group", "Name of the secret group.");
const KEY: (&str, &str) = ("key", "Name of the secret in the group.");
const ACCOUNT: (&str, &str) = ("account", "Name of the provider account.");

/// Those functions.
pub(super) const ALL: [Joined; 7] = [
    Joined {
        name: "application_fqn",
        parameters: &[CLUSTER, WORKSPACE, ("application", "Name of the application.")],
        prefix: "",
        separator: ':',
        summary: "FQN of an application",
    },
    Joined {
        name: "model_name",
        parameters: &[ACCOUNT, ("model", "Name of the model's integration in the account.")],
        prefix: "",
        separator: '/',
        summary: "Name by which the gateway knows a model",
    },
    Joined {
        name: "provider_account_fqn",
        parameters: &[TENANT, ("provider", "Provider of the account, such as `aws`."), ACCOUNT],
        prefix: "",
        separator: ':',
        summary: "FQN of a provider account",
    },
    Joined {
        name: "secret_fqn",
        parameters: &[TENANT, GROUP, KEY],
        prefix: "",
        separator: ':',
        summary: "FQN of a secret",
    },
    Joined {
        name: "secret_group_fqn",
        parameters: &[TENANT, GROUP],
        prefix: "",
        separator: ':',
        summary: "FQN of a secret group",
    },
    Joined {
        name: "secret_reference",
        parameters: &[TENANT, GROUP, KEY],
        prefix: "tfy-secret://",
        separator: ':',
        summary: "How manifests refer to a secret",
    },
    Joined {
        name: "volume_reference",
        parameters: &[CLUSTER, WORKSPACE, ("volume", "Name of the volume.")],
        prefix: "tfy-volume://",
        separator: ':',
        summary: "How manifests refer to a volume",
    },
];

impl Function for Joined {
    fn signature(&self) -> Signature {
        let signature =
            self.parameters.iter().fold(Signature::returning(Type::String), |signature, (name, about)| {
                signature.parameter(*name, Type::String, *about)
            });
        let names: Vec<_> = self.parameters.iter().map(|(name, _)| format!("<{name}>")).collect();
        let form = names.join(&self.separator.to_string());
        signature.describe(self.summary, format!("{}: `{}{form}`.", self.summary, self.prefix))
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let parts: Vec<_> = self.parameters.iter().map(|(name, _)| *name).collect();
        Ok(format!("{}{}", self.prefix, fqn::join(&parts, arguments, self.separator)?).into())
    }
}

/// `subject(kind, name)`.
pub(super) struct Subject;

impl Function for Subject {
    fn signature(&self) -> Signature {
        let kinds = SUBJECTS.map(|kind| format!("`{kind}`")).join(", ");
        Signature::returning(Type::String)
            .parameter("kind", Type::String, format!("What has access: {kinds}."))
            .parameter("name", Type::String, "Its name; of a user, the e-mail address.")
            .describe(
                "Subject that access is given to",
                "How access lists name a subject: `subject(\"team\", \"search\")` is `team:search`.",
            )
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let kind = text(arguments, 0);
        if !SUBJECTS.contains(&kind) {
            let kinds = SUBJECTS.map(|kind| format!("`{kind}`")).join(", ");
            let problem = format!("there is no kind of subject `{kind}`; use one of {kinds}");
            return Err(FunctionError::argument(0, problem));
        }
        Ok(fqn::join(&["kind", "name"], arguments, ':')?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: &[&str]) -> Result<Value, FunctionError> {
        let function = ALL.iter().find(|function| function.name == name).unwrap();
        let arguments: Vec<_> = arguments.iter().map(|text| Value::string(*text)).collect();
        function.call(&arguments)
    }

    #[test]
    fn each_name_has_its_form() {
        for (name, arguments, expected) in [
            ("application_fqn", &["prod", "search", "api"][..], "prod:search:api"),
            ("model_name", &["bedrock", "claude"], "bedrock/claude"),
            ("provider_account_fqn", &["acme", "aws", "main"], "acme:aws:main"),
            ("secret_fqn", &["acme", "db", "password"], "acme:db:password"),
            ("secret_group_fqn", &["acme", "db"], "acme:db"),
            ("secret_reference", &["acme", "db", "password"], "tfy-secret://acme:db:password"),
            ("volume_reference", &["prod", "search", "models"], "tfy-volume://prod:search:models"),
        ] {
            assert_eq!(call(name, arguments), Ok(Value::from(expected)));
        }
    }

    #[test]
    fn a_part_with_the_separator_in_it_is_refused() {
        let problem = "the model must be a name without `/`, but it is `a/b`";
        assert_eq!(call("model_name", &["bedrock", "a/b"]), Err(FunctionError::argument(1, problem)));
        assert!(call("secret_fqn", &["acme", "", "key"]).is_err());
    }

    #[test]
    fn subjects_are_of_known_kinds() {
        let call = |kind: &str, name: &str| Subject.call(&[kind.into(), name.into()]);
        assert_eq!(call("user", "ada@acme.example"), Ok("user:ada@acme.example".into()));
        let error = call("group", "x").unwrap_err();
        assert_eq!(error.argument, Some(0));
        assert!(error.text.starts_with("there is no kind of subject `group`; use one of `"), "{error}");
    }
}
