# The apply roles make roles. They can give them no more than the boundary holds, and can change neither themselves, nor
# what is attached to them, nor the boundary: guard.tf.

locals {
  role_arns   = [for name in local.role_starts : "${local.iam}:role/${name}"]
  policies_of = [for name in sort(local.names) : "${local.iam}:policy/${name}-*"]
  issuers_arn = "${local.iam}:oidc-provider/oidc.eks.${local.region}.${local.dns_suffix}/*"

  # What a module has just made: its name ends in what Terraform makes up, a time and a number. So a role that people have
  # made under a name of ours, and not tagged, cannot be made to look like ours.
  new_starts = flatten([for name in sort(local.names) : concat(
    ["${name}-*"],
    [for start in ["${substr(name, 0, 12)}-*-node"] : start if length(name) > 12],
    [for start in ["${substr(name, 0, 22)}-k*"] : start if length(name) > 22],
  )])
  new_in_iam = concat(
    [for name in sort(local.names) : "${local.iam}:policy/${name}-*-20*0000????"],
    flatten([for start in local.new_starts : [for kind in ["instance-profile", "role"] : "${local.iam}:${kind}/${start}-20*0000????"]]),
  )

  # IAM's documentation calls a role's own tags unreliable for PassRole. So these are told by what the modules name them
  # after the platform, and by whom they are handed to: the whole name, which the modules cut at 37 characters, and a time
  # behind it. A neighbour called `<platform>-node` has a word of its own there.
  cluster_role_ends = ["auto", "auto-own", "cluster", "jump-host", "kn", "node"]
  addon_role_ends   = ["amazon-cloudwatch-observability", "cert-manager", "ebs-csi", "efs-csi", "external-dns", "fsx-csi", "mountpoint-s3-csi", "vpc-cni"]
  pod_role_ends     = ["certs", "dns", "flows", "gateway", "karpenter", "lbc", "logs", "metrics", "secrets"]
  node_role_ends    = ["auto", "auto-own", "kn", "node"]

  given_roles = [for name in sort(var.role_names) : "${name}-*"]
  ends_of     = { for kind, ends in { addons = local.addon_role_ends, clusters = local.cluster_role_ends, nodes = local.node_role_ends, pods = local.pod_role_ends } : kind => [for end in ends : "${substr("${substr(local.bounded, 0, end == "kn" || end == "karpenter" ? 22 : 24)}-${end}", 0, 37)}-20*"] }
  passed = {
    network = { "vpc-flow-logs.amazonaws.com" = ["${local.bounded}-flow-logs-20*"] }
    cluster = {
      "eks.amazonaws.com"      = concat(local.ends_of.clusters, local.given_roles)
      "pods.eks.amazonaws.com" = concat(local.ends_of.addons, local.given_roles)
    }
    data = {
      "ecr.amazonaws.com"            = ["${local.bounded}-ecr-cache-20*"]
      "monitoring.rds.amazonaws.com" = ["${local.bounded}-monitoring-20*"]
    }
    identity = {
      "eks.amazonaws.com"      = concat(local.ends_of.nodes, local.given_roles)
      "pods.eks.amazonaws.com" = concat(local.ends_of.pods, local.given_roles)
    }
    ingress = {}
  }

  services = {
    network  = []
    cluster  = ["eks-nodegroup.amazonaws.com", "eks.amazonaws.com", "spot.amazonaws.com"]
    data     = ["backup.amazonaws.com", "elasticfilesystem.amazonaws.com", "inspector2.amazonaws.com", "pullthroughcache.ecr.amazonaws.com", "rds.amazonaws.com"]
    identity = []
    ingress  = ["elasticloadbalancing.amazonaws.com", "wafv2.amazonaws.com"]
  }

  identity_statements = { for set, of in local.sets : set => [
    {
      Parts    = ["network", "cluster", "data", "identity"]
      Sid      = "MakeRolesInsideTheBoundary"
      Effect   = "Allow"
      Action   = ["iam:CreateRole"]
      Resource = local.role_arns
      Condition = {
        ArnEquals    = { "iam:PermissionsBoundary" = local.boundary_arn }
        StringEquals = local.made[set]
      }
    },
    {
      Parts    = ["network", "cluster", "data", "identity"]
      Sid      = "KeepRolesInsideTheBoundary"
      Effect   = "Allow"
      Action   = ["iam:AttachRolePolicy", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
      Resource = local.role_arns
      Condition = {
        ArnEquals    = { "iam:PermissionsBoundary" = local.boundary_arn }
        StringEquals = local.own[set]
      }
    },
    {
      Parts     = ["network", "cluster", "data", "identity"]
      Sid       = "MakePoliciesAndProfiles"
      Effect    = "Allow"
      Action    = ["iam:CreateInstanceProfile", "iam:CreatePolicy"]
      Resource  = concat(local.policies_of, ["${local.iam}:instance-profile/*"])
      Condition = { StringEquals = local.made[set] }
    },
    # What is made is tagged in the same call, which IAM does not tell from any other that tags.
    {
      Parts     = ["network", "cluster", "data", "identity"]
      Sid       = "TagWhatIsNew"
      Effect    = "Allow"
      Action    = ["iam:TagInstanceProfile", "iam:TagPolicy", "iam:TagRole"]
      Resource  = local.new_in_iam
      Condition = { StringEquals = local.made[set], StringEqualsIfExists = local.own[set] }
    },
    {
      Parts  = ["network", "cluster", "data", "identity"]
      Sid    = "KeepRolesPoliciesAndProfiles"
      Effect = "Allow"
      Action = [
        "iam:AddRoleToInstanceProfile",
        "iam:CreatePolicyVersion",
        "iam:DeleteInstanceProfile",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:DeleteRole",
        "iam:RemoveRoleFromInstanceProfile",
        "iam:TagInstanceProfile",
        "iam:TagPolicy",
        "iam:TagRole",
        "iam:UntagInstanceProfile",
        "iam:UntagPolicy",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ]
      Resource  = concat(local.role_arns, local.policies_of, ["${local.iam}:instance-profile/*"])
      Condition = { StringEquals = local.own[set] }
    },
  ] }

  passing_statements = { for set, of in local.sets : set => concat([
    {
      Parts     = [for part in local.parts : part if length(local.services[part]) > 0]
      Sid       = "MakeTheServicesOwnRoles"
      Effect    = "Allow"
      Action    = ["iam:CreateServiceLinkedRole"]
      Resource  = ["${local.iam}:role/aws-service-role/*"]
      Condition = { StringEquals = { "iam:AWSServiceName" = sort(flatten([for part in of.parts : local.services[part]])) } }
    },
    # EKS looks whether they are there.
    {
      Parts    = ["cluster"]
      Sid      = "SeeTheServicesOwnRoles"
      Effect   = "Allow"
      Action   = ["iam:GetRole"]
      Resource = ["${local.iam}:role/aws-service-role/*"]
    },
    ],
    [for service in distinct(flatten([for part in sort(of.parts) : keys(local.passed[part])])) : {
      Parts    = local.parts
      Sid      = "PassRolesTo${join("", [for word in split(".", trimsuffix(service, ".amazonaws.com")) : title(replace(word, "-", ""))])}"
      Effect   = "Allow"
      Action   = ["iam:PassRole"]
      Resource = [for name in distinct(flatten([for part in sort(of.parts) : lookup(local.passed[part], service, [])])) : "${local.iam}:role/${name}"]
      # Names without a region or partition form, save that of EC2 in some partitions. EKS hands the roles of nodes on to EC2.
      Condition = { StringEquals = { "iam:PassedToService" = service == "eks.amazonaws.com" ? distinct([service, "ec2.amazonaws.com", "ec2.${local.dns_suffix}"]) : [service] } }
    }],
  ) }
}
