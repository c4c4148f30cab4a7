//! Functions over fully qualified names.

mod fqn;
mod joined;

use tfplugin::function::{FunctionError, Signature, text};
use tfplugin::value::{Type, Value};
use tfplugin::{Function, Named};

/// Every function of the provider.
pub(crate) fn all() -> Named<dyn Function> {
    let mut functions: Named<dyn Function> = vec![
        ("integration_fqn".into(), Box::new(IntegrationFqn)),
        ("parse_fqn".into(), Box::new(ParseFqn)),
        ("subject".into(), Box::new(joined::Subject)),
        ("workspace_fqn".into(), Box::new(WorkspaceFqn)),
    ];
    functions.extend(joined::ALL.map(|function| (function.name.into(), Box::new(function) as Box<_>)));
    functions
}

struct WorkspaceFqn;

impl Function for WorkspaceFqn {
    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
            .parameter("cluster", Type::String, "Name of the cluster.")
            .parameter("workspace", Type::String, "Name of the workspace.")
            .describe(
                "FQN of a workspace",
                "The fully qualified name of a workspace: `<cluster>:<workspace>`.",
            )
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        Ok(fqn::join(&fqn::parts("workspace"), arguments, ':')?.into())
    }
}

struct IntegrationFqn;

impl Function for IntegrationFqn {
    fn signature(&self) -> Signature {
        let kind =
            "Kind of the integration: `blob-storage`, `docker-registry`, `secret-store`, `cluster` ...";
        Signature::returning(Type::String)
            .parameter("tenant", Type::String, "Name of the tenant.")
            .parameter("provider", Type::String, "Provider of the account, such as `aws`.")
            .parameter("account", Type::String, "Name of the provider account.")
            .parameter("kind", Type::String, kind)
            .parameter("name", Type::String, "Name of the integration.")
            .describe(
                "FQN of an integration",
                "The fully qualified name of an integration of a provider account: `<tenant>:<provider>:<account>:<kind>:<name>`.",
            )
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        Ok(fqn::join(&fqn::parts("integration"), arguments, ':')?.into())
    }
}

struct ParseFqn;

impl Function for ParseFqn {
    fn signature(&self) -> Signature {
        let kinds: Vec<_> = fqn::KINDS.iter().map(|(kind, _)| format!("`{kind}`")).collect();
        Signature::returning(Type::map(Type::String))
            .parameter("kind", Type::String, format!("What the name is of: {}.", kinds.join(", ")))
            .parameter("fqn", Type::String, "The fully qualified name.")
            .describe(
                "Parts of an FQN",
                "Takes a fully qualified name apart: `parse_fqn(\"workspace\", \"prod:search\")` is `{ cluster = \"prod\", workspace = \"search\" }`.",
            )
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let parts = fqn::split(text(arguments, 0), text(arguments, 1))?;
        Ok(Value::object(parts.into_iter().map(|(part, value)| (part, Value::from(value)))))
    }
}
