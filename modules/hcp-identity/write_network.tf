# What an apply makes in EC2: networks, groups, nodes. Each kind is asked for by the tags of the request when it is made,
# and by its own tags ever after; what a call uses beside is the platform's, or given.

locals {
  ec2_kinds = { for kind in [
    "egress-only-internet-gateway",
    "elastic-ip",
    "instance",
    "internet-gateway",
    "launch-template",
    "natgateway",
    "network-interface",
    "placement-group",
    "route-table",
    "security-group",
    "security-group-rule",
    "subnet",
    "volume",
    "vpc",
    "vpc-block-public-access-exclusion",
    "vpc-endpoint",
    "vpc-flow-log",
  ] : kind => "${local.here.ec2}:${kind}/*" }

  # A call names what it makes and where it makes it. Kinds that others are made in stand by themselves, so that the tags
  # of the request never speak for a VPC of somebody else.
  network_statements = { for set, of in local.sets : set => [
    {
      Parts     = ["network"]
      Sid       = "MakeVpcsAndAddresses"
      Effect    = "Allow"
      Action    = ["ec2:AllocateAddress", "ec2:CreateVpc"]
      Resource  = [local.ec2_kinds["elastic-ip"], local.ec2_kinds["vpc"]]
      Condition = { StringEquals = local.made[set] }
    },
    {
      Parts     = ["network"]
      Sid       = "MakeSubnetsAndRoutes"
      Effect    = "Allow"
      Action    = ["ec2:CreateRouteTable", "ec2:CreateSubnet"]
      Resource  = [local.ec2_kinds["route-table"], local.ec2_kinds["subnet"]]
      Condition = { StringEquals = local.made[set] }
    },
    {
      Parts  = ["network"]
      Sid    = "MakeNetworks"
      Effect = "Allow"
      Action = [
        "ec2:CreateEgressOnlyInternetGateway",
        "ec2:CreateFlowLogs",
        "ec2:CreateInternetGateway",
        "ec2:CreateNatGateway",
        "ec2:CreateVpcBlockPublicAccessExclusion",
        "ec2:CreateVpcEndpoint",
      ]
      Resource = [for kind in [
        "egress-only-internet-gateway",
        "internet-gateway",
        "natgateway",
        "vpc-block-public-access-exclusion",
        "vpc-endpoint",
        "vpc-flow-log",
      ] : local.ec2_kinds[kind]]
      Condition = { StringEquals = local.made[set] }
    },
    {
      Parts  = ["network", "cluster", "data", "ingress"]
      Sid    = "MakeThemInOurs"
      Effect = "Allow"
      Action = concat(["ec2:CreateSecurityGroup"], contains(of.parts, "network") ? [
        "ec2:CreateEgressOnlyInternetGateway",
        "ec2:CreateFlowLogs",
        "ec2:CreateNatGateway",
        "ec2:CreateRouteTable",
        "ec2:CreateSubnet",
        "ec2:CreateVpcBlockPublicAccessExclusion",
        "ec2:CreateVpcEndpoint",
        "ec2:ModifyVpcEndpoint",
      ] : [], contains(of.parts, "data") ? ["ec2:CreateNetworkInterface"] : [])
      Resource  = ["${local.here.ec2}:*"]
      Condition = { StringEquals = local.ours }
    },
    # Of groups, of networks, and of nodes.
    {
      Parts  = local.parts
      Sid    = "KeepWhatIsOwn"
      Effect = "Allow"
      Action = concat([
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:DeleteSecurityGroup",
        "ec2:ModifySecurityGroupRules",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
        "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
        "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
        ], contains(of.parts, "network") ? [
        "ec2:AssociateNatGatewayAddress",
        "ec2:AssociateRouteTable",
        "ec2:AssociateSubnetCidrBlock",
        "ec2:AssociateVpcCidrBlock",
        "ec2:AttachInternetGateway",
        "ec2:CreateRoute",
        "ec2:DeleteEgressOnlyInternetGateway",
        "ec2:DeleteFlowLogs",
        "ec2:DeleteInternetGateway",
        "ec2:DeleteNatGateway",
        "ec2:DeleteRoute",
        "ec2:DeleteRouteTable",
        "ec2:DeleteSubnet",
        "ec2:DeleteVpc",
        "ec2:DeleteVpcBlockPublicAccessExclusion",
        "ec2:DeleteVpcEndpoints",
        "ec2:DetachInternetGateway",
        "ec2:DisassociateAddress",
        "ec2:DisassociateNatGatewayAddress",
        "ec2:DisassociateRouteTable",
        "ec2:DisassociateSubnetCidrBlock",
        "ec2:DisassociateVpcCidrBlock",
        "ec2:ModifySubnetAttribute",
        "ec2:ModifyVpcAttribute",
        "ec2:ModifyVpcBlockPublicAccessExclusion",
        "ec2:ModifyVpcEndpoint",
        "ec2:ReleaseAddress",
        "ec2:ReplaceRoute",
        "ec2:ReplaceRouteTableAssociation",
      ] : [])
      Resource  = ["${local.here.ec2}:*"]
      Condition = { StringEquals = local.own[set] }
    },
    # The interface of a NAT gateway is EC2's, without tags of ours; the gateway and the address are asked for theirs.
    {
      Parts    = ["network"]
      Sid      = "TakeAddressesOffInterfaces"
      Effect   = "Allow"
      Action   = ["ec2:DisassociateAddress", "ec2:DisassociateNatGatewayAddress"]
      Resource = [local.ec2_kinds["network-interface"]]
    },
    # EFS makes the interface of a mount target in the name of whoever asks, without tags.
    {
      Parts     = ["data"]
      Sid       = "MakeMountTargets"
      Effect    = "Allow"
      Action    = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"]
      Resource  = [local.ec2_kinds["network-interface"]]
      Condition = { StringEqualsIfExists = local.own[set] }
    },
    {
      Parts     = local.parts
      Sid       = "TagWhileMaking"
      Effect    = "Allow"
      Action    = ["ec2:CreateTags"]
      Resource  = ["${local.here.ec2}:*"]
      Condition = { StringEquals = local.made[set], Null = { "ec2:CreateAction" = "false" } }
    },
    # Without keys it would take all tags off, ours as well.
    {
      Parts     = local.parts
      Sid       = "TagWhatIsOwn"
      Effect    = "Allow"
      Action    = ["ec2:CreateTags", "ec2:DeleteTags"]
      Resource  = ["${local.here.ec2}:*"]
      Condition = { StringEquals = local.own[set], Null = { "aws:TagKeys" = "false" } }
    },
    {
      Parts     = ["network", "cluster", "data", "ingress"]
      Sid       = "MakeGroups"
      Effect    = "Allow"
      Action    = ["ec2:CreateSecurityGroup"]
      Resource  = [local.ec2_kinds["security-group"]]
      Condition = { StringEquals = local.made[set] }
    },
    {
      Parts     = local.parts
      Sid       = "MakeRules"
      Effect    = "Allow"
      Action    = ["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"]
      Resource  = [local.ec2_kinds["security-group-rule"]]
      Condition = { StringEquals = local.made[set] }
    },
    # EKS makes the group of nodes and pods, and says by a tag of its own whose it is.
    {
      Parts     = ["cluster", "identity", "ingress"]
      Sid       = "OpenGroupsOfOurClusters"
      Effect    = "Allow"
      Action    = ["ec2:AuthorizeSecurityGroupIngress", "ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroupIngress"]
      Resource  = [local.ec2_kinds["security-group"]]
      Condition = { StringEquals = { "aws:ResourceTag/aws:eks:cluster-name" = local.clusters } }
    },
    {
      Parts    = ["cluster"]
      Sid      = "LetKarpenterFindThem"
      Effect   = "Allow"
      Action   = ["ec2:CreateTags", "ec2:DeleteTags"]
      Resource = [local.ec2_kinds["security-group"]]
      Condition = {
        StringEquals                = { "aws:ResourceTag/aws:eks:cluster-name" = local.clusters }
        "ForAllValues:StringEquals" = { "aws:TagKeys" = ["karpenter.sh/discovery"] }
        Null                        = { "aws:TagKeys" = "false" }
      }
    },
    # Groups of databases and file systems are another layer's, which does not know who comes in.
    {
      Parts    = of.layer == null || length(local.data_layers) == 0 ? [] : ["identity"]
      Sid      = "OpenGroupsOfData"
      Effect   = "Allow"
      Action   = ["ec2:AuthorizeSecurityGroupIngress", "ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroupIngress"]
      Resource = [local.ec2_kinds["security-group"]]
      Condition = {
        StringEquals = merge(local.ours, { "aws:ResourceTag/${local.layer_key}" = local.data_layers })
      }
    },
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
