data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

data "aws_service_principal" "ec2" {
  service_name = "ec2"
}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region     = data.aws_region.current.id
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id

  # Written out, so that policies are known before anything is there.
  cluster_arn = "arn:${local.partition}:eks:${local.region}:${local.account_id}:cluster/${var.cluster_name}"
  queue_name  = "${var.cluster_name}-karpenter"
  queue_arn   = "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${local.queue_name}"

  irsa          = var.identity == "irsa"
  oidc_issuer   = local.irsa ? split(":oidc-provider/", var.oidc_provider_arn)[1] : ""
  own_node_role = var.node_role == null
  node_role_arn = local.own_node_role ? one(aws_iam_role.node[*].arn) : var.node_role.arn

  # The last part of `arn:…:role/<path>/<name>`.
  node_role_name = element(split("/", local.node_role_arn), length(split("/", local.node_role_arn)) - 1)

  # A role's name ends at 64 characters, of which the generated suffix takes 26.
  short_name = substr(var.cluster_name, 0, 22)
}

resource "aws_iam_role" "controller" {
  name_prefix          = "${local.short_name}-karpenter-"
  description          = "Karpenter's controller in the cluster ${var.cluster_name}"
  permissions_boundary = var.permissions_boundary

  # The IRSA form is spelled as JSON, so that no data source waits for the OIDC provider.
  assume_role_policy = local.irsa ? jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "IrsaForOneServiceAccount"
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = var.oidc_provider_arn }
      Condition = {
        StringEquals = {
          "${local.oidc_issuer}:aud" = "sts.amazonaws.com" # the audience of EKS's tokens, the same in every partition
          "${local.oidc_issuer}:sub" = "system:serviceaccount:${var.namespace}:${var.service_account}"
        }
      }
    }]
  }) : data.aws_iam_policy_document.controller_trust[0].json

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.identity]
  }
}

# Another way to sign in means another role: the controller keeps the one that it has until it is told the next.
resource "terraform_data" "identity" {
  input = var.identity
}

resource "aws_eks_pod_identity_association" "controller" {
  count = local.irsa ? 0 : 1

  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = var.service_account
  role_arn        = aws_iam_role.controller.arn

  lifecycle {
    create_before_destroy = true # gone after the controller has another way to its role
  }

  # The controller must not start before its rights are there, and on destroy must keep them until it is gone.
  depends_on = [aws_iam_role_policy.controller]
}

data "aws_iam_policy_document" "node_trust" {
  count = local.own_node_role ? 1 : 0

  statement {
    sid     = "Ec2StartsNodes"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.ec2.name]
    }
  }
}

resource "aws_iam_role" "node" {
  count = local.own_node_role ? 1 : 0

  name_prefix          = "${local.short_name}-kn-"
  description          = "Nodes that Karpenter starts for the cluster ${var.cluster_name}"
  assume_role_policy   = data.aws_iam_policy_document.node_trust[0].json
  permissions_boundary = var.permissions_boundary

  lifecycle {
    create_before_destroy = true # gone after instance profile and node classes have the role that is given instead

    precondition {
      condition     = length(var.node_policy_arns) + 2 <= 10
      error_message = "IAM takes at most 10 managed policies for one role, of which the module attaches two. Put statements of `node_policy_arns` together."
    }
  }
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = local.own_node_role ? merge(var.node_policy_arns, {
    for policy in ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"] :
    policy => "arn:${local.partition}:iam::aws:policy/${policy}"
  }) : {}

  role       = aws_iam_role.node[0].name
  policy_arn = each.value

  lifecycle {
    create_before_destroy = true # as the role that it is of
  }
}

# EKS makes such an entry itself for the role of a managed node group, and refuses a second one.
resource "aws_eks_access_entry" "node" {
  count = local.own_node_role ? 1 : 0

  cluster_name  = var.cluster_name
  principal_arn = aws_iam_role.node[0].arn
  type          = "EC2_LINUX"

  lifecycle {
    create_before_destroy = true # nodes of that role stay in until node classes name another
  }
}

# ECR makes the repository of a cached image, and fetches the image, in the name of whoever pulls it first.
resource "aws_iam_role_policy" "pull_through_cache" {
  count = local.own_node_role && length(var.pull_through_cache_prefixes) > 0 ? 1 : 0

  name = "pull-through-cache"
  role = aws_iam_role.node[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "FetchImagesIntoTheListedCaches"
      Effect   = "Allow"
      Action   = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
      Resource = [for prefix in var.pull_through_cache_prefixes : "arn:${local.partition}:ecr:${local.region}:${local.account_id}:repository/${prefix}/*"]
    }]
  })

  lifecycle {
    create_before_destroy = true # as the role that it is of
  }
}

# For node classes with `spec.instanceProfile`: those of the vendor's charts, and all where IAM cannot be reached.
resource "aws_iam_instance_profile" "node" {
  count = var.instance_profile ? 1 : 0

  name_prefix = "${local.short_name}-kn-"
  role        = local.node_role_name

  tags = { Name = "${var.cluster_name}-karpenter" }

  lifecycle {
    create_before_destroy = true # gone after node classes no longer name it
  }
}
