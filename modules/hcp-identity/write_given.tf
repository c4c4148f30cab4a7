# What an apply does with networks of others, in which ours stands. Beside the keys: that policy has room for it.

locals {
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
