# Add-ons outlive workloads when room is short. What must run before there are nodes has Kubernetes' own classes.

locals {
  # By name, so that values are known before the classes are there; releases wait for them all the same.
  priorities = { critical = "platform-critical", standard = "platform-standard" }
}

resource "kubernetes_priority_class_v1" "critical" {
  metadata {
    name = local.priorities.critical
  }

  description = "What workloads cannot start or be reached without."
  value       = 900000000

  depends_on = [kubernetes_secret_v1.sentinel]
}

resource "kubernetes_priority_class_v1" "standard" {
  metadata {
    name = local.priorities.standard
  }

  description = "What workloads run without for a while."
  value       = 100000000

  depends_on = [kubernetes_secret_v1.sentinel]
}
