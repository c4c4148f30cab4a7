# What an apply changes of the ways in and out: load balancers, certificates, records, firewalls, and what a network takes
# beside what it makes.

locals {
  elb = ["${local.here.elasticloadbalancing}:*"]

  web_acls = [for name in local.starts : "${local.here.wafv2}:regional/webacl/${name}/*"]

  edge_statements = { for set, of in local.sets : set => [
    # The default group of a VPC is made with it and has no tags, nor has any action that makes it.
    {
      Parts    = ["network"]
      Sid      = "AdoptDefaultGroups"
      Effect   = "Allow"
      Action   = ["ec2:CreateTags"]
      Resource = [local.ec2_kinds["security-group"]]
      Condition = {
        StringEquals = local.made[set]
        StringLike   = { "aws:RequestTag/Name" = [for name in local.starts : "${name}-default-closed"] }
        Null         = { "aws:ResourceTag/${local.platform_key}" = "true" }
      }
    },
    # EC2 puts the private names of interface endpoints into a zone of its own.
    {
      Parts    = ["network"]
      Sid      = "NameEndpoints"
      Effect   = "Allow"
      Action   = ["route53:AssociateVPCWithHostedZone"]
      Resource = ["arn:${local.partition}:route53:::hostedzone/*"]
    },
    {
      Parts     = ["ingress"]
      Sid       = "MakeLoadBalancers"
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"]
      Resource  = local.elb
      Condition = { StringEquals = local.made[set] }
    },
    {
      Parts     = ["ingress"]
      Sid       = "TagWhileMaking"
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:AddTags"]
      Resource  = local.elb
      Condition = { StringEquals = local.made[set], Null = { "elasticloadbalancing:CreateAction" = "false" } }
    },
    # Load balancers, certificates, firewalls.
    {
      Parts  = ["ingress"]
      Sid    = "KeepWhatIsOwn"
      Effect = "Allow"
      Action = [
        "acm:AddTagsToCertificate",
        "acm:DeleteCertificate",
        "acm:RemoveTagsFromCertificate",
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:CreateRule",
        "elasticloadbalancing:CreateWebACLAssociation",
        "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DeleteRule",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:DeleteWebACLAssociation",
        "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:ModifyListenerAttributes",
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
        "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:RemoveTags",
        "elasticloadbalancing:SetIpAddressType",
        "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
        "wafv2:AssociateWebACL",
        "wafv2:DeleteLoggingConfiguration",
        "wafv2:DeleteWebACL",
        "wafv2:DisassociateWebACL",
        "wafv2:PutLoggingConfiguration",
        "wafv2:TagResource",
        "wafv2:UntagResource",
        "wafv2:UpdateWebACL",
      ]
      Resource  = concat(local.elb, ["${local.here.acm}:certificate/*", "${local.here.wafv2}:regional/webacl/*"])
      Condition = { StringEquals = local.own[set] }
    },
    # A certificate that is asked for has no ARN yet.
    {
      Parts     = ["ingress"]
      Sid       = "AskForCertificates"
      Effect    = "Allow"
      Action    = ["acm:RequestCertificate"]
      Resource  = ["*"]
      Condition = { StringEquals = local.made[set] }
    },
    {
      Parts     = ["ingress"]
      Sid       = "TagNewCertificates"
      Effect    = "Allow"
      Action    = ["acm:AddTagsToCertificate"]
      Resource  = ["${local.here.acm}:certificate/*"]
      Condition = { StringEquals = local.made[set], StringEqualsIfExists = local.own[set] }
    },
    {
      Parts     = ["ingress"]
      Sid       = "MakeFirewalls"
      Effect    = "Allow"
      Action    = ["wafv2:CreateWebACL", "wafv2:TagResource"]
      Resource  = local.web_acls
      Condition = { StringEquals = local.made[set], StringEqualsIfExists = local.own[set] }
    },
    # Rules are AWS's own, which are asked for as well.
    {
      Parts    = ["ingress"]
      Sid      = "TakeRulesOfAws"
      Effect   = "Allow"
      Action   = ["wafv2:CreateWebACL", "wafv2:UpdateWebACL"]
      Resource = ["${local.here.wafv2}:regional/managedruleset/*/*"]
    },
    # WAF knows no tags of load balancers.
    {
      Parts  = ["ingress"]
      Sid    = "PutFirewallsBeforeThem"
      Effect = "Allow"
      Action = ["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"]
      Resource = concat(
        [for name in local.starts : "${local.here.elasticloadbalancing}:loadbalancer/app/${name}/*"],
        sort(var.given.web_acl_arns),
      )
    },
    # How a firewall or a flow log comes to write. These know no resource.
    {
      Parts    = ["network", "ingress"]
      Sid      = "DeliverLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeResourcePolicies", "logs:PutResourcePolicy"]
      Resource = ["*"]
    },
    # Knows no resource; the firewall and the load balancer are asked for above.
    {
      Parts    = ["ingress"]
      Sid      = "SetFirewalls"
      Effect   = "Allow"
      Action   = ["elasticloadbalancing:SetWebAcl"]
      Resource = ["*"]
    },
    {
      Parts    = length(var.hosted_zone_ids) == 0 ? [] : ["ingress"]
      Sid      = "WriteRecords"
      Effect   = "Allow"
      Action   = ["route53:ChangeResourceRecordSets"]
      Resource = [for zone in sort(var.hosted_zone_ids) : "arn:${local.partition}:route53:::hostedzone/${zone}"]
    },
  ] }
}
