# What stands within the role: what is made of clusters and load balancers, for which their policies have no room, and what is
# done with networks of others, in which ours stands.

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
      Resource  = flatten([for name in local.starts : [for kind in ["app", "net"] : "${local.here.elasticloadbalancing}:loadbalancer/${kind}/${name}/*"]])
      Condition = { StringEqualsIfExists = local.own[set] }
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
