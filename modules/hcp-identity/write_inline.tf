# What stands within the role: what the policies have no room for, and what is done with networks of others, in which ours
# stands.

locals {
  making_statements = { for set, of in local.sets : set => [
    # Making one knows no resource yet.
    {
      Parts    = ["cluster"]
      Sid      = "MakeClustersHere"
      Effect   = "Allow"
      Action   = ["eks:CreateCluster"]
      Resource = ["*"]
      Condition = {
        StringEquals = merge(local.made[set], { "aws:RequestedRegion" = local.region })
      }
    },
    # An add-on brings associations of its own, without tags of ours.
    {
      Parts     = ["cluster"]
      Sid       = "LetAddonsMakeAssociations"
      Effect    = "Allow"
      Action    = ["eks:CreatePodIdentityAssociation"]
      Resource  = ["${local.here.eks}:cluster/*"]
      Condition = { StringEquals = local.ours, StringEqualsIfExists = local.made[set] }
    },
    # The kind of addresses of a new load balancer is a permission of its own, and the load balancer has no tags yet.
    {
      Parts     = ["ingress"]
      Sid       = "SetAddressesWhileMaking"
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:SetIpAddressType"]
      Resource  = [for name in local.starts : "${local.here.elasticloadbalancing}:loadbalancer/*/${name}/*"] # of each kind
      Condition = { StringEqualsIfExists = local.own[set] }
    },
    # A gateway that goes gives its address back by itself, and the provider asks for it once more: for what is gone nobody knows the address.
    {
      Parts     = ["network"]
      Sid       = "TakeAddressesOffWhatIsGone"
      Effect    = "Allow"
      Action    = ["ec2:DisassociateAddress"]
      Resource  = [local.ec2_kinds["elastic-ip"]]
      Condition = { Null = { "ec2:AllocationId" = "true" } }
    },
    # RDS says by a tag of its own whose password it is.
    {
      Parts     = ["data"]
      Sid       = "LetRdsRotateThem"
      Effect    = "Allow"
      Action    = ["secretsmanager:RotateSecret"]
      Resource  = ["${local.here.secretsmanager}:secret:rds!db-*"]
      Condition = { StringLike = local.rds_owner }
    },
  ] }

  given_statements = { for set, of in local.sets : set => [
    {
      Parts  = length(local.given_ec2) == 0 ? [] : local.parts
      Sid    = "UseWhatIsGiven"
      Effect = "Allow"
      Action = concat(
        [for action in [
          "ec2:AssociateNatGatewayAddress",
          "ec2:CreateFlowLogs",
          "ec2:CreateNatGateway",
          "ec2:CreateVpcEndpoint",
          "ec2:DisassociateNatGatewayAddress",
          "ec2:ModifyVpcEndpoint",
        ] : action if contains(of.parts, "network")],
        ["ec2:CreateNetworkInterface", "ec2:CreateSecurityGroup"],
      )
      Resource = local.given_ec2
    },
    {
      Parts    = length(local.given_groups) == 0 ? [] : ["cluster", "identity", "ingress"]
      Sid      = "OpenGivenGroups"
      Effect   = "Allow"
      Action   = ["ec2:AuthorizeSecurityGroupIngress", "ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroupIngress"]
      Resource = local.given_groups
    },
    # What load balancers and Karpenter look for, and nothing by which we tell what is ours.
    {
      Parts    = length(local.given_taggable) == 0 ? [] : ["network", "cluster"]
      Sid      = "TagWhatIsGiven"
      Effect   = "Allow"
      Action   = ["ec2:CreateTags", "ec2:DeleteTags"]
      Resource = local.given_taggable
      Condition = {
        "ForAllValues:StringLike" = { "aws:TagKeys" = ["karpenter.sh/discovery", "kubernetes.io/*"] }
        Null                      = { "aws:TagKeys" = "false" }
      }
    },
  ] }
}
