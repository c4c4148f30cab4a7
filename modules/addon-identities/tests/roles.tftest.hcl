mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name        = "acme-dev"
  cluster_arn = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
}

run "none_unless_asked_for" {
  command = plan

  assert {
    condition     = length(output.role_arns) + length(output.policies) + length(output.chart_values) == 0 && length(module.role) == 0
    error_message = "No role for what is not there."
  }
}

run "pod_identity" {
  variables {
    load_balancer_controller = { vpc_id = "vpc-0123456789abcdef0" }
    external_dns             = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" }, namespace = "dns" }
    metrics_store            = { bucket_arn = "arn:aws-cn:s3:::acme", kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/1", service_accounts = ["compactor", "sidecar"] }
  }

  assert {
    condition     = toset(keys(output.role_arns)) == toset(["aws-load-balancer-controller", "external-dns", "metrics-store"])
    error_message = "Three were asked for."
  }

  assert {
    condition = { for name, accounts in output.service_accounts : name => "${accounts.namespace}/${join(",", accounts.names)}" } == {
      aws-load-balancer-controller = "kube-system/aws-load-balancer-controller"
      external-dns                 = "dns/external-dns"
      metrics-store                = "prometheus/compactor,sidecar"
    }
    error_message = "Names are those of the charts unless others are given."
  }

  assert {
    condition = { for name, associations in output.association_ids : name => join(",", keys(associations)) } == {
      aws-load-balancer-controller = "aws-load-balancer-controller"
      external-dns                 = "external-dns"
      metrics-store                = "compactor,sidecar"
    }
    error_message = "Each account is associated with its role."
  }

  assert {
    condition = jsondecode(jsonencode(output.chart_values["aws-load-balancer-controller"])) == {
      clusterName    = "acme-dev"
      region         = "cn-north-1"
      vpcId          = "vpc-0123456789abcdef0"
      serviceAccount = { name = "aws-load-balancer-controller", annotations = {} }
      enableShield   = false
      enableWaf      = false
      enableWafv2    = false
    }
    error_message = "The chart does not ask for what the role does not allow."
  }

  assert {
    condition     = output.chart_values["external-dns"].serviceAccount.name == "external-dns" && !contains(keys(output.chart_values), "metrics-store")
    error_message = "Other charts are told the name of their account."
  }
}

run "irsa" {
  variables {
    identity           = "irsa"
    oidc_provider_arn  = "arn:aws-cn:iam::123456789012:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC"
    cert_manager       = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" } }
    log_store          = { bucket_arn = "arn:aws-cn:s3:::acme", kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/1" }
    workflow_propeller = { bucket_arn = "arn:aws-cn:s3:::acme", kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/1" }
  }

  assert {
    condition     = output.chart_values["cert-manager"].serviceAccount.annotations["eks.amazonaws.com/role-arn"] == output.role_arns["cert-manager"] && length(output.association_ids["cert-manager"]) == 0
    error_message = "The account says which role it wants, and nothing is associated."
  }

  assert {
    condition     = output.annotations["log-store"]["eks.amazonaws.com/role-arn"] == output.role_arns["log-store"]
    error_message = "So do accounts of charts that are not known here."
  }

  assert {
    condition     = output.annotations["workflow-propeller"]["eks.amazonaws.com/role-arn"] == output.role_arns["workflow-propeller"]
    error_message = "The account of workflows is told what it is to be annotated with."
  }
}
