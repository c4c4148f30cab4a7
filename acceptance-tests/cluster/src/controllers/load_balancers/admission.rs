//! What the controller's webhook holds of a binding that is there, held by the API server itself.

use anyhow::Result;
use serde_json::{Value, json};

use super::super::hands::Hands;

const NAME: &str = "model-of-targetgroupbinding-webhook";
const ADMISSION: &str = "/apis/admissionregistration.k8s.io/v1";
/// Fields of a binding's spec that stay as they were made.
const HELD: [&str; 4] = ["targetGroupARN", "targetType", "ipAddressType", "vpcID"];

/// Makes the policy, unless it is there. It stays when the model goes, as the webhook of a dead controller does.
pub(super) fn keep(hands: &Hands) -> Result<()> {
    let policies = format!("{ADMISSION}/validatingadmissionpolicies");
    if hands.get(&format!("{policies}/{NAME}"))?.is_none() {
        hands.create(&policies, &policy())?;
    }
    let bindings = format!("{ADMISSION}/validatingadmissionpolicybindings");
    if hands.get(&format!("{bindings}/{NAME}"))?.is_none() {
        hands.create(&bindings, &binding())?;
    }
    Ok(())
}

fn policy() -> Value {
    let validations: Vec<Value> = HELD
        .map(|field| {
            let (new, old) = (format!("object.spec.?{field}"), format!("oldObject.spec.?{field}"));
            json!({
                // A default may be filled in later; what is there stays.
                "expression": format!("!{old}.hasValue() || ({new}.hasValue() && {new}.value() == {old}.value())"),
                "message": format!("TargetGroupBinding update may not change these immutable fields: spec.{field}"),
            })
        })
        .into();
    let rule = json!({
        "apiGroups": ["elbv2.k8s.aws"],
        "apiVersions": ["v1beta1"],
        "operations": ["UPDATE"],
        "resources": ["targetgroupbindings"],
    });
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": { "name": NAME },
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": { "resourceRules": [rule] },
            "validations": validations,
        },
    })
}

fn binding() -> Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": { "name": NAME },
        "spec": { "policyName": NAME, "validationActions": ["Deny"] },
    })
}
