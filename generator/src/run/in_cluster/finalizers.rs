//! Who takes which finalizer away, and what stays where nobody does.

use serde_json::Value;

use super::objects::{items, text};

/// A controller that takes finalizers away.
#[derive(Debug)]
pub(super) struct Keeper {
    /// How its finalizers begin, or end where they name their controller last.
    finalizers: &'static [&'static str],
    /// The Deployment or StatefulSet that it runs in.
    workload: &'static str,
    /// What stays when a finalizer is taken away by hand.
    stays: &'static str,
}

const KEEPERS: [Keeper; 8] = [
    Keeper {
        finalizers: &["karpenter.sh/", "karpenter.k8s.aws/"],
        workload: "karpenter",
        stays: "its instance goes on and costs money, and so do launch template and instance profile",
    },
    Keeper {
        finalizers: &[
            "service.k8s.aws/",
            "ingress.k8s.aws/",
            "group.ingress.k8s.aws/",
            "elbv2.k8s.aws/",
            "gateway.k8s.aws/",
        ],
        workload: "aws-load-balancer-controller",
        stays: "load balancer, target groups, security groups and their rules stay in AWS",
    },
    Keeper {
        finalizers: &[
            "ebs.csi.aws.com",
            "external-attacher/ebs-csi-aws-com",
            "external-provisioner.volume.kubernetes.io/",
        ],
        workload: "ebs-csi-controller",
        stays: "the volume stays in AWS, attached where it was",
    },
    Keeper { finalizers: &["finalizer.keda.sh"], workload: "keda-operator", stays: "nothing stays in AWS" },
    Keeper {
        finalizers: &["resources-finalizer.argocd.argoproj.io"],
        workload: "argocd-application-controller",
        stays: "all that the application has installed stays, with what that has in AWS",
    },
    Keeper {
        finalizers: &["workflows.argoproj.io/"],
        workload: "argo-workflows-workflow-controller",
        stays: "the artifacts of the workflow stay",
    },
    Keeper {
        finalizers: &["acme.cert-manager.io/", "finalizer.acme.cert-manager.io"],
        workload: "cert-manager",
        stays: "the record of the challenge stays in the hosted zone",
    },
    Keeper {
        finalizers: &["external-secrets.io/", "externalsecrets.io/", "externalsecrets.external-secrets.io/"],
        workload: "external-secrets",
        stays: "what it has pushed to the store stays there",
    },
];

/// Whether somebody takes a finalizer away.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Kubernetes does, or a controller that is not known here.
    Unknown,
    /// Its controller has a pod that is ready.
    Kept {
        /// Its Deployment or StatefulSet.
        workload: &'static str,
    },
    /// Its controller is not there or has no ready pod.
    Orphaned {
        /// Its Deployment or StatefulSet.
        workload: &'static str,
        /// Whether that is there at all.
        is_there: bool,
        /// What stays when it is taken away by hand.
        stays: &'static str,
    },
}

/// What becomes of a finalizer, by the lists of Deployments and StatefulSets.
pub(super) fn state(finalizer: &str, workloads: &[Value]) -> State {
    let of_it = |keeper: &&Keeper| keeper.finalizers.iter().any(|known| finalizer.contains(known));
    let Some(keeper) = KEEPERS.iter().find(of_it) else { return State::Unknown };
    let named = |list: &Value| -> Vec<u64> {
        let there = items(list, "items").filter(|one| text(&one["metadata"], "name") == keeper.workload);
        there.map(|one| one["status"]["readyReplicas"].as_u64().unwrap_or_default()).collect()
    };
    let found: Vec<u64> = workloads.iter().flat_map(named).collect();
    if found.iter().any(|ready| *ready > 0) {
        return State::Kept { workload: keeper.workload };
    }
    State::Orphaned { workload: keeper.workload, is_there: !found.is_empty(), stays: keeper.stays }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_finalizer_is_kept_by_a_controller_that_has_a_ready_pod() {
        let with = |name: &str, ready: u64| {
            [json!({ "items": [{ "metadata": { "name": name }, "status": { "readyReplicas": ready } }] })]
        };
        let of = |finalizer: &str, name: &str, ready: u64| state(finalizer, &with(name, ready));
        assert_eq!(of("karpenter.sh/termination", "karpenter", 1), State::Kept { workload: "karpenter" });
        assert!(matches!(
            of("karpenter.sh/termination", "karpenter", 0),
            State::Orphaned { is_there: true, .. }
        ));
        assert!(matches!(
            of("karpenter.sh/termination", "other", 2),
            State::Orphaned { is_there: false, .. }
        ));
        for finalizer in ["kubernetes.io/pvc-protection", "foregroundDeletion", "acme.com/hold"] {
            assert_eq!(of(finalizer, "karpenter", 1), State::Unknown, "{finalizer}");
        }
        for (finalizer, workload) in [
            ("service.k8s.aws/resources", "aws-load-balancer-controller"),
            ("group.ingress.k8s.aws/all", "aws-load-balancer-controller"),
            ("elbv2.k8s.aws/resources", "aws-load-balancer-controller"),
            ("karpenter.k8s.aws/termination", "karpenter"),
            ("external-attacher/ebs-csi-aws-com", "ebs-csi-controller"),
            ("finalizer.keda.sh", "keda-operator"),
            ("resources-finalizer.argocd.argoproj.io/background", "argocd-application-controller"),
            ("acme.cert-manager.io/finalizer", "cert-manager"),
            ("pushsecret.externalsecrets.io/finalizer", "external-secrets"),
        ] {
            assert_eq!(of(finalizer, workload, 1), State::Kept { workload }, "{finalizer}");
        }
    }
    #[test]
    fn what_stays_without_a_controller_is_said_of_each() {
        for (finalizer, said) in [
            (
                "karpenter.sh/termination",
                "its instance goes on and costs money, and so do launch template and instance profile",
            ),
            (
                "elbv2.k8s.aws/resources",
                "load balancer, target groups, security groups and their rules stay in AWS",
            ),
            ("external-attacher/ebs-csi-aws-com", "the volume stays in AWS, attached where it was"),
            ("finalizer.keda.sh", "nothing stays in AWS"),
            (
                "resources-finalizer.argocd.argoproj.io",
                "all that the application has installed stays, with what that has in AWS",
            ),
            ("workflows.argoproj.io/artifact-gc", "the artifacts of the workflow stay"),
            ("acme.cert-manager.io/finalizer", "the record of the challenge stays in the hosted zone"),
            ("pushsecret.externalsecrets.io/finalizer", "what it has pushed to the store stays there"),
        ] {
            match state(finalizer, &[]) {
                State::Orphaned { is_there: false, stays, .. } => assert_eq!(stays, said, "{finalizer}"),
                other => unreachable!("{finalizer}: {other:?}"),
            }
        }
    }
}
