//! In which order a platform is made and removed, by the calls that AWS and the cluster had.

use acceptance_tests::Recorded;
use anyhow::Result;

/// What a release leaves last: the record of it, whose status Helm changes when all of it is there.
macro_rules! record {
    ($verb:literal, $namespace:literal, $release:literal) => {
        concat!($verb, " secrets ", $namespace, "/sh.helm.release.v1.", $release, ".v*")
    };
}

const BALANCER: &str = "delete deployments.apps kube-system/aws-load-balancer-controller";
const KARPENTER: &str = "delete deployments.apps kube-system/karpenter";
const ISTIOD: &str = "delete deployments.apps istio-system/istiod";

/// Each is answered for the last time before the other is called for the first time.
const REMOVED: &[(&str, &str)] = &[
    // What has finalizers, and what it has in AWS, before who takes them away.
    ("gone nodepools.karpenter.sh *", KARPENTER),
    ("gone nodeclaims.karpenter.sh *", KARPENTER),
    ("gone ec2nodeclasses.karpenter.k8s.aws *", KARPENTER),
    ("ec2 TerminateInstances", KARPENTER),
    ("iam DeleteInstanceProfile", KARPENTER),
    ("gone targetgroupbindings.elbv2.k8s.aws *", BALANCER),
    ("elasticloadbalancing DeregisterTargets", BALANCER),
    ("elasticloadbalancing DeregisterTargets", "elasticloadbalancing DeleteTargetGroup"),
    ("gone targetgroupbindings.elbv2.k8s.aws *", "elasticloadbalancing DeleteTargetGroup"),
    ("gone persistentvolumes *", "eks DeleteAddon */aws-ebs-csi-driver"),
    ("ec2 DeleteVolume", "eks DeleteAddon */aws-ebs-csi-driver"),
    // Objects before the webhooks that have a say in them.
    ("gone peerauthentications.security.istio.io *", ISTIOD),
    ("gone gateways.networking.istio.io *", ISTIOD),
    ("gone targetgroupbindings.elbv2.k8s.aws *", "delete deployments.apps istio-system/tfy-istio-ingress"),
    (record!("delete", "istio-system", "tfy-istio-ingress"), ISTIOD),
    // What needs nodes before the pools.
    (record!("delete", "argocd", "argocd"), "delete nodepools.karpenter.sh *"),
    (record!("delete", "argo-workflows", "argo-workflows"), "delete nodepools.karpenter.sh *"),
    (record!("delete", "external-secrets", "external-secrets"), "delete nodepools.karpenter.sh *"),
    (record!("delete", "tfy-gpu-operator", "gpu-operator"), "delete nodepools.karpenter.sh *"),
    (record!("delete", "keda", "keda"), "delete nodepools.karpenter.sh *"),
    (record!("delete", "prometheus", "prometheus"), "delete nodepools.karpenter.sh *"),
    (record!("delete", "tfy-logs", "tfy-logs"), "delete nodepools.karpenter.sh *"),
    // The load balancer controller last of the controllers.
    (record!("delete", "kube-system", "karpenter"), BALANCER),
    (record!("delete", "cert-manager", "cert-manager"), BALANCER),
    (record!("delete", "kube-system", "metrics-server"), BALANCER),
    (record!("delete", "istio-system", "istiod"), BALANCER),
    // Definitions after the objects, and after who watches them.
    (record!("delete", "kube-system", "karpenter"), record!("delete", "kube-system", "karpenter-crd")),
    (
        record!("delete", "prometheus", "prometheus"),
        record!("delete", "kube-system", "prometheus-operator-crds"),
    ),
    (record!("delete", "istio-system", "istiod"), record!("delete", "istio-system", "istio-base")),
    (
        record!("delete", "kube-system", "aws-load-balancer-controller"),
        record!("delete", "kube-system", "load-balancer-crds"),
    ),
    // Volumes' class after their users.
    (record!("delete", "prometheus", "prometheus"), "delete storageclasses.storage.k8s.io gp3"),
    // Namespaces after their releases, and before the controller that what is left in them may need.
    (record!("delete", "keda", "keda"), "delete namespaces keda"),
    (record!("delete", "istio-system", "istio-base"), "delete namespaces istio-system"),
    (record!("delete", "prometheus", "prometheus"), "delete namespaces prometheus"),
    ("gone namespaces *", BALANCER),
    // The agent before all of it, what says who is there after all of it, and then who may do it.
    (record!("delete", "tfy-agent", "tfy-agent"), "delete configmaps kube-system/platform-addons-releases"),
    ("delete configmaps kube-system/platform-addons-releases", record!("delete", "keda", "keda")),
    (record!("delete", "kube-system", "load-balancer-crds"), "delete secrets kube-system/platform-addons"),
    ("gone namespaces *", "delete secrets kube-system/platform-addons"),
    ("delete * * *:user/moto", "eks DeleteAccessEntry *:user/moto"),
    ("eks DeleteAccessEntry *:user/moto", "eks DeleteCluster"),
    ("eks DeleteNodegroup", "eks DeleteCluster"),
    ("eks DeleteAddon */coredns", "eks DeleteNodegroup */system*"),
    ("eks DeleteNodegroup */system*", "eks DeleteAddon */vpc-cni"),
    ("eks DeleteCluster", "ec2 DeleteSubnet"),
    ("ec2 DeleteSubnet", "ec2 DeleteVpc"),
];

/// The same for what is made.
const MADE: &[(&str, &str)] = &[
    ("ec2 CreateVpc", "ec2 CreateSubnet"),
    ("ec2 CreateSubnet", "eks CreateCluster"),
    ("eks CreateCluster", "eks CreateNodegroup"),
    ("eks CreateAddon *,vpc-cni", "eks CreateNodegroup *,system*"),
    ("eks CreateNodegroup *,system*", "eks CreateAddon *,coredns"),
    ("eks CreateNodegroup *,system*", "eks CreateAddon *,aws-ebs-csi-driver"),
    ("eks CreateAccessEntry *:user/moto", "create secrets kube-system/platform-addons"),
    ("eks CreateAddon *,coredns", "create secrets kube-system/platform-addons"),
    // What says whether the cluster answers before each release, and what should be there after all of them.
    ("create secrets kube-system/platform-addons", record!("create", "*", "*")),
    (record!("update", "tfy-logs", "tfy-logs"), "create configmaps kube-system/platform-addons-releases"),
    ("create configmaps kube-system/platform-addons-releases", "create namespaces tfy-agent"),
    // Definitions before objects, and before who watches them.
    (
        "create customresourcedefinitions.apiextensions.k8s.io *.karpenter.sh",
        "create deployments.apps kube-system/karpenter",
    ),
    (
        "create customresourcedefinitions.apiextensions.k8s.io *.karpenter.k8s.aws",
        "create ec2nodeclasses.karpenter.k8s.aws *",
    ),
    (
        "create customresourcedefinitions.apiextensions.k8s.io *.elbv2.k8s.aws",
        "create deployments.apps kube-system/aws-load-balancer-controller",
    ),
    (
        "create customresourcedefinitions.apiextensions.k8s.io *.istio.io",
        "create deployments.apps istio-system/istiod",
    ),
    (
        "create customresourcedefinitions.apiextensions.k8s.io *.monitoring.coreos.com",
        "create deployments.apps *",
    ),
    // Controllers before namespaces, nodes and bindings.
    (record!("update", "kube-system", "aws-load-balancer-controller"), "create namespaces * *:user/moto"),
    (record!("update", "cert-manager", "cert-manager"), "create deployments.apps kube-system/karpenter"),
    (record!("update", "kube-system", "metrics-server"), "create deployments.apps kube-system/karpenter"),
    (record!("update", "kube-system", "karpenter"), "create nodepools.karpenter.sh *"),
    (record!("update", "kube-system", "karpenter"), "ec2 RunInstances"),
    (record!("update", "kube-system", "node-pools"), "create deployments.apps keda/*"),
    (record!("update", "kube-system", "node-pools"), "create deployments.apps argocd/*"),
    (record!("update", "kube-system", "node-pools"), "create deployments.apps istio-system/istiod"),
    (record!("update", "kube-system", "node-pools"), "create deployments.apps tfy-gpu-operator/*"),
    (record!("update", "istio-system", "istiod"), "create deployments.apps istio-system/tfy-istio-ingress"),
    (record!("update", "istio-system", "tfy-istio-ingress"), "create targetgroupbindings.elbv2.k8s.aws *"),
    ("elasticloadbalancing CreateTargetGroup", "create targetgroupbindings.elbv2.k8s.aws *"),
    ("create targetgroupbindings.elbv2.k8s.aws *", "elasticloadbalancing RegisterTargets"),
    ("create storageclasses.storage.k8s.io gp3", "create persistentvolumeclaims *"),
    ("create persistentvolumeclaims *", "ec2 CreateVolume"),
];

/// Checks what was recorded until a destroy began, and of the destroy.
pub(crate) fn is_kept(made: &Recorded, removed: &Recorded) -> Result<()> {
    let wrong = |recorded: &Recorded, pairs: &[(&str, &str)]| -> Vec<String> {
        let told = pairs.iter().filter_map(|(first, then)| recorded.expect_in_turn(first, then).err());
        told.map(|error| error.to_string()).collect()
    };
    let wrong = [wrong(made, MADE), wrong(removed, REMOVED)].concat();
    anyhow::ensure!(wrong.is_empty(), "not in order:\n{}", wrong.join("\n"));
    Ok(())
}
