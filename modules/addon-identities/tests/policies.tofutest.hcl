# Made by `cargo xtask gen` for OpenTofu, of `policies.tftest.hcl`.

# With the provider itself, which makes policy documents without a call to AWS: what is read here is what IAM gets. Only
# who is asking is made up.

provider "aws" {
  region                      = "cn-north-1"
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

variables {
  name        = "acme-dev"
  cluster_arn = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
  load_balancer_controller = {
    vpc_id            = "vpc-0123456789abcdef0"
    target_group_arns = { gateway = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/acme-dev-gateway/*" }
    features          = ["certificates", "cognito", "shield", "waf"]
  }
  external_dns = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" } }
  cert_manager = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" } }
  external_secrets = {
    secret_prefixes    = ["acme/dev"]
    parameter_prefixes = ["acme/dev"]
    kms_key_arns       = { secrets = "arn:aws-cn:kms:cn-north-1:123456789012:key/1" }
    find               = true
  }
  metrics_store      = { bucket_arn = "arn:aws-cn:s3:::acme-dev-telemetry", kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/2", prefix = "metrics/dev" }
  log_store          = { bucket_arn = "arn:aws-cn:s3:::acme-dev-telemetry", kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/2" }
  workflow_propeller = { bucket_arn = "arn:aws-cn:s3:::acme-dev", kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/3" }
}

run "every_statement" {
  command = plan

  assert {
    condition = toset(keys(output.policies)) == toset([
      "aws-load-balancer-controller", "cert-manager", "external-dns", "external-secrets", "log-store", "metrics-store", "workflow-propeller",
    ])
    error_message = "One role for each add-on that is wanted."
  }

  assert {
    condition = alltrue(flatten([
      for documents in values(output.policies) : [for text in values(documents) : length(text) > 200 && length(text) <= 6144]
    ]))
    error_message = "Each policy fits into IAM."
  }

  assert {
    condition = alltrue(flatten([
      for documents in values(output.policies) : [for text in values(documents) : [
        for statement in jsondecode(text).Statement :
        can(regex("^[A-Za-z0-9]+$", statement.Sid)) && statement.Effect == "Allow" && alltrue([for action in flatten([statement.Action]) : can(regex("^[a-z0-9-]+:[A-Za-z0-9]+$", action))])
      ]]
    ]))
    error_message = "Statements say what they are for and name their actions."
  }

  assert {
    condition = toset(flatten([
      for documents in values(output.policies) : [for text in values(documents) : [
        for statement in jsondecode(text).Statement : statement.Sid if contains(flatten([statement.Resource]), "*")
      ]]
    ])) == toset(["AskForShield", "FindZones", "FindZonesByName", "ListCertificates", "LookAroundInThisRegion", "SearchNames"])
    error_message = "Only what AWS cannot scope is allowed on everything."
  }

  assert {
    condition = alltrue(flatten([
      for documents in values(output.policies) : [for text in values(documents) : [
        for statement in jsondecode(text).Statement : [for resource in flatten([statement.Resource]) : resource == "*" || startswith(resource, "arn:aws-cn:")]
      ]]
    ]))
    error_message = "The partition is the one at hand."
  }
}

run "load_balancers_of_this_cluster" {
  command = plan

  # Whatever writes does so by the tag of this cluster; the exceptions are named.
  assert {
    condition = toset(flatten([
      for text in values(output.policies["aws-load-balancer-controller"]) : [
        for statement in jsondecode(text).Statement : statement.Sid
        if !anytrue([for kind in ["RequestTag", "ResourceTag"] : try(statement.Condition.StringEquals["aws:${kind}/elbv2.k8s.aws/cluster"] == "acme-dev", false)])
      ]
      ])) == toset([
      "AskForShield", "FillTheListedTargetGroups", "FindCertificatesByName", "LetLoadBalancersReachNodes", "ListCertificates", "LookAroundInThisRegion",
      "MakeTheRoleOfTheService", "MakeThemInTheVpc", "PutFirewallsBeforeLoadBalancers", "ReadAndEndShield", "SeeGroupsOfTheVpc", "SignInThroughCognito",
    ])
    error_message = "A statement that writes lacks the cluster's tag."
  }

  assert {
    condition = one(flatten([
      for statement in jsondecode(output.policies["aws-load-balancer-controller"]["load-balancers"]).Statement : statement.Resource if statement.Sid == "FillTheListedTargetGroups"
    ])) == "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/acme-dev-gateway/*"
    error_message = "Pods join the listed target groups and no others."
  }

  assert {
    condition = one([
      for statement in jsondecode(output.policies["aws-load-balancer-controller"]["surroundings"]).Statement :
      toset(statement.Condition.StringEquals["aws:ResourceTag/kubernetes.io/cluster/acme-dev"]) if statement.Sid == "LetLoadBalancersReachNodes"
    ]) == toset(["owned", "shared"])
    error_message = "Ports are opened in the cluster's own security groups."
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(output.policies["aws-load-balancer-controller"]["surroundings"]).Statement : statement.Resource if contains(["MakeThemInTheVpc", "SeeGroupsOfTheVpc"], statement.Sid)
    ])) == toset(["arn:aws-cn:ec2:cn-north-1:123456789012:vpc/vpc-0123456789abcdef0"])
    error_message = "New groups are in the VPC that was named."
  }

  # The controller's own policy at v2.16.0, which this must cover but for Outposts, WAF Classic and IAM's certificates.
  assert {
    condition = setsubtract([
      "iam:CreateServiceLinkedRole", "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones",
      "ec2:DescribeInternetGateways", "ec2:DescribeVpcs", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeSubnets",
      "ec2:DescribeSecurityGroups", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeTags", "ec2:GetCoipPoolUsage",
      "ec2:DescribeCoipPools", "ec2:GetSecurityGroupsForVpc", "ec2:DescribeIpamPools", "ec2:DescribeRouteTables",
      "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancerAttributes",
      "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeListenerCertificates",
      "elasticloadbalancing:DescribeSSLPolicies", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetHealth",
      "elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTrustStores", "elasticloadbalancing:DescribeListenerAttributes",
      "elasticloadbalancing:DescribeCapacityReservation", "cognito-idp:DescribeUserPoolClient", "acm:ListCertificates",
      "acm:DescribeCertificate", "iam:ListServerCertificates", "iam:GetServerCertificate", "waf-regional:GetWebACL",
      "waf-regional:GetWebACLForResource", "waf-regional:AssociateWebACL", "waf-regional:DisassociateWebACL", "wafv2:GetWebACL",
      "wafv2:GetWebACLForResource", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "shield:GetSubscriptionState",
      "shield:DescribeProtection", "shield:CreateProtection", "shield:DeleteProtection", "ec2:AuthorizeSecurityGroupIngress",
      "ec2:RevokeSecurityGroupIngress", "ec2:CreateSecurityGroup", "ec2:CreateTags", "ec2:DeleteTags", "ec2:DeleteSecurityGroup",
      "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:DeleteListener", "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags", "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:SetIpAddressType", "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
      "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyCapacityReservation",
      "elasticloadbalancing:ModifyIpPools", "elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets",
      "elasticloadbalancing:SetWebAcl", "elasticloadbalancing:ModifyListener", "elasticloadbalancing:AddListenerCertificates",
      "elasticloadbalancing:RemoveListenerCertificates", "elasticloadbalancing:ModifyRule", "elasticloadbalancing:SetRulePriorities",
      ], flatten([
        for text in values(output.policies["aws-load-balancer-controller"]) : [for statement in jsondecode(text).Statement : statement.Action]
      ])) == toset([
      "ec2:DescribeCoipPools", "ec2:GetCoipPoolUsage", "iam:GetServerCertificate", "iam:ListServerCertificates", "waf-regional:AssociateWebACL",
      "waf-regional:DisassociateWebACL", "waf-regional:GetWebACL", "waf-regional:GetWebACLForResource",
    ])
    error_message = "The controller lacks a right that its own policy has."
  }
}

run "features_by_name" {
  command = plan

  variables {
    load_balancer_controller = {}
  }

  assert {
    condition = !anytrue(flatten([
      for text in values(output.policies["aws-load-balancer-controller"]) : [
        for statement in jsondecode(text).Statement : [for action in flatten([statement.Action]) : can(regex("^(cognito-idp|shield|wafv2):", action))]
      ]
    ]))
    error_message = "No rights for what was not named."
  }

  assert {
    condition     = !strcontains(output.policies["aws-load-balancer-controller"]["load-balancers"], "FillTheListedTargetGroups")
    error_message = "No target groups beside its own."
  }
}

run "target_groups_only" {
  command = plan

  variables {
    load_balancer_controller = {
      target_group_arns  = { gateway = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/acme-dev-gateway/0123456789abcdef" }
      target_groups_only = true
    }
  }

  assert {
    condition     = join(" ", keys(output.policies["aws-load-balancer-controller"])) == "targets"
    error_message = "One small policy."
  }

  assert {
    condition = { for statement in jsondecode(output.policies["aws-load-balancer-controller"]["targets"]).Statement : statement.Sid => statement.Resource } == {
      FillTheListedTargetGroups = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/acme-dev-gateway/0123456789abcdef"
      LookAroundInThisRegion    = "*"
    }
    error_message = "Pods join the listed groups."
  }

  assert {
    condition = toset([
      for action in flatten([for statement in jsondecode(output.policies["aws-load-balancer-controller"]["targets"]).Statement : statement.Action]) : action if !strcontains(action, ":Describe")
    ]) == toset(["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"])
    error_message = "Nothing is made, changed or removed."
  }
}

run "zones" {
  command = plan

  assert {
    condition = { for statement in jsondecode(output.policies["external-dns"]["records"]).Statement : statement.Sid => statement.Resource } == {
      FindZones                   = "*"
      KeepRecordsOfTheListedZones = "arn:aws-cn:route53:::hostedzone/Z0123456789ABCDEFGHIJ"
    }
    error_message = "external-dns changes the listed zone."
  }

  assert {
    condition = one([
      for statement in jsondecode(output.policies["cert-manager"]["challenges"]).Statement : statement if contains(flatten([statement.Action]), "route53:ChangeResourceRecordSets")
      ]).Condition == {
      "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = "TXT" }
      "ForAllValues:StringLike"   = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = "_acme-challenge.*" }
      Null                        = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = "false" }
    }
    error_message = "cert-manager sets TXT records of challenges, and no others."
  }

  assert {
    condition = toset([
      for statement in jsondecode(output.policies["cert-manager"]["challenges"]).Statement : statement.Resource if contains(["AnswerChallengesInTheListedZones", "ReadTheListedZones"], statement.Sid)
    ]) == toset(["arn:aws-cn:route53:::hostedzone/Z0123456789ABCDEFGHIJ"])
    error_message = "In the listed zone."
  }
}

run "secrets" {
  command = plan

  assert {
    condition = { for statement in jsondecode(output.policies["external-secrets"]["secrets"]).Statement : statement.Sid => join(" ", sort(flatten([statement.Resource]))) } == {
      DecryptThroughTheirServices = "arn:aws-cn:kms:cn-north-1:123456789012:key/1"
      ReadTheListedParameters     = "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/acme/dev arn:aws-cn:ssm:cn-north-1:123456789012:parameter/acme/dev/*"
      ReadTheListedSecrets        = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:acme/dev/*"
      SearchNames                 = "*"
    }
    error_message = "What lies below the prefixes, and their key."
  }

  assert {
    condition = toset(one([
      for statement in jsondecode(output.policies["external-secrets"]["secrets"]).Statement : statement.Condition.StringEquals["kms:ViaService"] if statement.Sid == "DecryptThroughTheirServices"
    ])) == toset(["secretsmanager.cn-north-1.amazonaws.com.cn", "ssm.cn-north-1.amazonaws.com.cn"])
    error_message = "The key decrypts through the two services alone."
  }

  assert {
    condition = alltrue([
      for action in flatten([for statement in jsondecode(output.policies["external-secrets"]["secrets"]).Statement : statement.Action]) :
      can(regex(":(BatchGet|Describe|Get|List|Decrypt)", action))
    ])
    error_message = "It reads."
  }
}

run "only_parameters" {
  command = plan

  variables {
    external_secrets = { parameter_prefixes = ["acme/dev"] }
  }

  assert {
    condition     = join(" ", [for statement in jsondecode(output.policies["external-secrets"]["secrets"]).Statement : statement.Sid]) == "ReadTheListedParameters"
    error_message = "No search, no key and no secrets unless asked for."
  }
}

run "one_secret_by_its_arn" {
  command = plan

  variables {
    external_secrets = { secret_arns = { database = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:rds!db-1-AbCdEf" } }
  }

  assert {
    condition     = [for statement in jsondecode(output.policies["external-secrets"]["secrets"]).Statement : statement.Resource] == ["arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:rds!db-1-AbCdEf"]
    error_message = "Exactly that secret, and nothing else."
  }
}

run "stores" {
  command = plan

  assert {
    condition = { for statement in jsondecode(output.policies["metrics-store"]["bucket"]).Statement : statement.Sid => statement.Resource } == {
      FindTheBucket             = "arn:aws-cn:s3:::acme-dev-telemetry"
      KeepObjectsBelowThePrefix = "arn:aws-cn:s3:::acme-dev-telemetry/metrics/dev/*"
      ListObjectsBelowThePrefix = "arn:aws-cn:s3:::acme-dev-telemetry"
      UseTheBucketsKeyThroughS3 = "arn:aws-cn:kms:cn-north-1:123456789012:key/2"
    }
    error_message = "One bucket, one prefix, one key."
  }

  assert {
    condition = { for statement in jsondecode(output.policies["metrics-store"]["bucket"]).Statement : statement.Sid => jsonencode(statement.Condition) if can(statement.Condition) } == {
      ListObjectsBelowThePrefix = jsonencode({ StringLike = { "s3:prefix" = "metrics/dev/*" } })
      UseTheBucketsKeyThroughS3 = jsonencode({ StringEquals = { "kms:ViaService" = "s3.cn-north-1.amazonaws.com.cn" } })
    }
    error_message = "Names above the prefix stay unseen, and the key is used through S3."
  }

  assert {
    condition = { for statement in jsondecode(output.policies["log-store"]["bucket"]).Statement : statement.Sid => can(statement.Condition) } == {
      FindTheBucket             = false
      KeepObjectsBelowThePrefix = false
      ListObjectsBelowThePrefix = false
      UseTheBucketsKeyThroughS3 = true
    }
    error_message = "Without a prefix the whole bucket is the store's."
  }
}

run "workflows" {
  command = plan

  assert {
    condition = { for statement in jsondecode(output.policies["workflow-propeller"]["bucket"]).Statement : statement.Sid => statement.Resource } == {
      FindTheBucket             = "arn:aws-cn:s3:::acme-dev"
      KeepObjectsBelowThePrefix = "arn:aws-cn:s3:::acme-dev/workflows/*"
      ListObjectsBelowThePrefix = "arn:aws-cn:s3:::acme-dev"
      UseTheBucketsKeyThroughS3 = "arn:aws-cn:kms:cn-north-1:123456789012:key/3"
    }
    error_message = "Where the chart keeps workflows by itself, and not what else the platform has in its bucket."
  }

  assert {
    condition     = jsonencode(output.service_accounts["workflow-propeller"]) == jsonencode({ namespace = "tfy-workflow-propeller", names = ["flytepropeller"] })
    error_message = "The one account that the chart makes."
  }
}
