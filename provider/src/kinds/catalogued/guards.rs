//! What the control plane refuses beyond what single values may be.

use tfplugin::schema::Schema;
use tfplugin::schema::Validator;
use tfplugin::value::{Path, Value};
use tfplugin::{Diagnostic, Diagnostics};

use crate::kinds::secret_group::with_delete_secrets;

/// Adds the checks of a kind.
pub(super) fn guarded(manifest_type: &str, schema: Schema) -> Schema {
    match manifest_type {
        "virtual-account" => schema.validate(SomePermissions),
        "role-binding" => schema.validate(OneSideIsOne),
        "secret-group" => with_delete_secrets(schema),
        _ => schema,
    }
}

/// A virtual account without permissions is refused; left out, they stay as they are.
struct SomePermissions;

impl Validator for SomePermissions {
    fn describe(&self) -> String {
        "`permissions` left out, or with at least one element".to_owned()
    }

    fn validate(&self, config: &Value, _path: &Path, out: &mut Diagnostics) {
        if config.get("permissions").as_elements().is_some_and(<[Value]>::is_empty) {
            out.push(
                Diagnostic::error("`permissions` must not be empty")
                    .detail("The control plane refuses a virtual account whose permissions are an empty list.\n\nhint: give it at least one, or leave `permissions` out to keep those that it has.")
                    .at(Path::of("permissions")),
            );
        }
    }

    fn names(&self) -> Vec<&str> {
        vec!["permissions"]
    }
}

/// A role binding gives one subject many permissions, or many subjects one.
struct OneSideIsOne;

impl Validator for OneSideIsOne {
    fn describe(&self) -> String {
        "one subject with any number of permissions, or one permission with any number of subjects".to_owned()
    }

    fn validate(&self, config: &Value, _path: &Path, out: &mut Diagnostics) {
        // Two elements of a set that are not known yet may turn out to be the same.
        let count = |name: &str| {
            let elements = config.get(name).as_elements().unwrap_or_default();
            elements.iter().filter(|element| element.is_wholly_known()).count()
        };
        let (subjects, permissions) = (count("subjects"), count("permissions"));
        if subjects > 1 && permissions > 1 {
            out.push(
                Diagnostic::error("A role binding cannot give many subjects many permissions")
                    .detail(format!("It has {subjects} subjects and {permissions} permissions; the control plane wants one of either.\n\nhint: write one role binding for each permission (or for each subject), with `for_each`."))
                    .at(Path::of("permissions")),
            );
        }
    }

    fn names(&self) -> Vec<&str> {
        vec!["subjects", "permissions"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(guard: &impl Validator, lists: &[(&str, usize)]) -> Vec<String> {
        let list = |count: usize| Value::List((0..count).map(|n| Value::string(n.to_string())).collect());
        let config = Value::object(lists.iter().map(|(name, count)| (*name, list(*count))));
        let mut out = Diagnostics::new();
        guard.validate(&config, &Path::root(), &mut out);
        out.iter().map(|problem| problem.summary.clone()).collect()
    }

    #[test]
    fn an_empty_list_of_permissions_is_refused_and_none_is_not() {
        assert_eq!(summary(&SomePermissions, &[("permissions", 0)]), ["`permissions` must not be empty"]);
        assert_eq!(summary(&SomePermissions, &[("permissions", 1)]), [""; 0]);
        assert_eq!(summary(&SomePermissions, &[]), [""; 0]);
    }

    #[test]
    fn what_is_refused_says_what_to_write() {
        let said = |guard: &dyn Validator, lists: &[(&str, usize)]| {
            let list = |count: usize| Value::List((0..count).map(|n| Value::string(n.to_string())).collect());
            let config = Value::object(lists.iter().map(|(name, count)| (*name, list(*count))));
            let mut out = Diagnostics::new();
            guard.validate(&config, &Path::root(), &mut out);
            out.iter().map(ToString::to_string).collect::<String>()
        };
        assert_eq!(SomePermissions.describe(), "`permissions` left out, or with at least one element");
        assert_eq!(
            OneSideIsOne.describe(),
            "one subject with any number of permissions, or one permission with any number of subjects"
        );
        assert_eq!(
            said(&SomePermissions, &[("permissions", 0)]),
            "`permissions`: `permissions` must not be empty: The control plane refuses a virtual account whose \
             permissions are an empty list.\n\nhint: give it at least one, or leave `permissions` out to keep those \
             that it has."
        );
        assert_eq!(
            said(&OneSideIsOne, &[("subjects", 2), ("permissions", 3)]),
            "`permissions`: A role binding cannot give many subjects many permissions: It has 2 subjects and 3 \
             permissions; the control plane wants one of either.\n\nhint: write one role binding for each permission \
             (or for each subject), with `for_each`."
        );
    }

    #[test]
    fn many_to_many_is_refused() {
        let of = |subjects, permissions| {
            summary(&OneSideIsOne, &[("subjects", subjects), ("permissions", permissions)]).len()
        };
        assert_eq!([of(1, 3), of(3, 1), of(1, 1), of(2, 2)], [0, 0, 0, 1]);
    }
}
