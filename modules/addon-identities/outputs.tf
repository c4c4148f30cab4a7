output "role_arns" {
  description = "Add-on => ARN of its role: `aws-load-balancer-controller`, `cert-manager`, `external-dns`, `external-secrets`, `log-store`, `metrics-store`, `workflow-propeller`, those that are wanted."
  value       = { for name, role in module.role : name => role.role_arn }
}

output "annotations" {
  description = "Add-on => annotations for its service accounts: the role's ARN with `irsa`, nothing with `pod-identity`."
  value       = { for name, role in module.role : name => role.annotations }
}

output "association_ids" {
  description = "Add-on => service account => ID of its Pod Identity association, for what must wait for it: a pod that starts before gets no credentials. Empty with `irsa`."
  value       = { for name, role in module.role : name => role.association_ids }
}

output "service_accounts" {
  description = "Add-on => namespace and names of the service accounts that get its role."
  value       = { for name, addon in local.addons : name => { namespace = addon.namespace, names = addon.service_accounts } }
}

output "policies" {
  description = "Add-on => name => policy document (JSON) that its role has, for whoever reviews what the add-on may do."
  value       = { for name, addon in local.addons : name => addon.policies }
}

output "chart_values" {
  description = "Add-on => values for its Helm chart that belong to what was made here."
  value = merge(
    { for name, addon in local.addons : name => {
      serviceAccount = { name = addon.service_accounts[0], annotations = module.role[name].annotations }
    } if contains(["cert-manager", "external-dns", "external-secrets"], name) },
    { for name, addon in local.addons : name => {
      clusterName    = local.cluster_name
      region         = local.region
      vpcId          = try(var.load_balancer_controller.vpc_id, null)
      serviceAccount = { name = addon.service_accounts[0], annotations = module.role[name].annotations }
      enableShield   = contains(local.features, "shield")
      enableWaf      = false # WAF Classic, for which there are no rights
      enableWafv2    = contains(local.features, "waf")
    } if name == "aws-load-balancer-controller" },
  )
}
