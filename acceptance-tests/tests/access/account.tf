# An account with the roles of Terraform for `acme-dev`, what the platform has made with them, a neighbour, and others who have more rights.

provider "aws" {
  region = "us-east-1"
}

data "aws_iam_policy_document" "trust" {
  for_each = {
    ec2     = ["ec2.amazonaws.com"]
    flows   = ["vpc-flow-logs.amazonaws.com"]
    pods    = ["pods.eks.amazonaws.com"]
    builder = ["cloudformation.amazonaws.com", "codebuild.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "glue.amazonaws.com", "lambda.amazonaws.com", "sagemaker.amazonaws.com", "scheduler.amazonaws.com", "ssm.amazonaws.com", "states.amazonaws.com"]
  }

  statement {
    sid     = "Service"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = each.value
    }
  }
}

data "aws_iam_policy_document" "trust_person" {
  statement {
    sid     = "BreakGlass"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.break_glass.arn]
    }
  }
}

data "aws_iam_policy_document" "everything" {
  statement {
    sid       = "Everything"
    actions   = ["*"]
    resources = ["*"]
  }
}

# Given to the apply role as well, under a name that begins as the platform's. Its first version allowed everything.
resource "aws_iam_policy" "more" {
  name = "acme-dev-more"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "More", Effect = "Allow", Action = "cloudwatch:ListMetrics", Resource = "*" }]
  })
}

# What the platform made.

locals {
  made = {
    flow-logs = { layer = "network", trust = "flows", actions = ["logs:PutLogEvents"] }
    node      = { layer = "cluster", trust = "ec2", actions = ["ec2:DescribeInstances", "eks:DescribeCluster"] }
    secrets   = { layer = "identity", trust = "pods", actions = ["secretsmanager:GetSecretValue"] }
  }
}

resource "aws_iam_role" "made" {
  for_each = local.made

  name_prefix          = "acme-dev-${each.key}-"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.value.trust].json
  permissions_boundary = module.terraform.created_roles_boundary
  tags                 = { platform = "acme-dev", layer = each.value.layer, managed-by = "terraform" }
}

resource "aws_iam_role_policy" "made" {
  for_each = local.made

  name = each.key
  role = aws_iam_role.made[each.key].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Made", Effect = "Allow", Action = each.value.actions, Resource = "*" }]
  })
}

# A neighbour, whose names begin with ours and a delimiter. Its nodes' role can be started by whoever may hand it on; that of its pods is for its own cluster.

resource "aws_iam_role" "two" {
  for_each = {
    node    = data.aws_iam_policy_document.trust["ec2"].json
    secrets = data.aws_iam_policy_document.trust_two.json
  }

  name_prefix        = "acme-dev-two-${each.key}-"
  assume_role_policy = each.value
  tags               = { platform = "acme-dev-two", layer = "cluster", managed-by = "terraform" }
}

data "aws_iam_policy_document" "trust_two" {
  statement {
    sid     = "PodsOfItsCluster"
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/eks-cluster-arn"
      values   = ["arn:aws:eks:us-east-1:123456789012:cluster/acme-dev-two"]
    }
  }
}

resource "aws_iam_policy" "two" {
  name_prefix = "acme-dev-two-rights-"
  tags        = { platform = "acme-dev-two", layer = "cluster", managed-by = "terraform" }

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Two", Effect = "Allow", Action = ["eks:*", "kms:*", "secretsmanager:*"], Resource = "*" }]
  })
}

resource "aws_iam_role_policy_attachment" "two" {
  for_each = aws_iam_role.two

  role       = each.value.name
  policy_arn = aws_iam_policy.two.arn
}

# What that neighbour's Terraform runs with, which `hcp-identity` tags as nobody's.
resource "aws_iam_role" "two_terraform" {
  name_prefix        = "acme-dev-two-terraform-apply-"
  assume_role_policy = data.aws_iam_policy_document.trust_person.json
  tags               = { platform = "terraform of acme-dev-two" }
}

resource "aws_iam_role_policy_attachment" "two_terraform" {
  role       = aws_iam_role.two_terraform.name
  policy_arn = aws_iam_policy.two.arn
}

# Others with all rights: two under names that begin as the platform's, made by people, and one of the company.

resource "aws_iam_user" "break_glass" {
  name = "break-glass"
}

resource "aws_iam_user_policy" "break_glass" {
  name   = "everything"
  user   = aws_iam_user.break_glass.name
  policy = data.aws_iam_policy_document.everything.json
}

resource "aws_iam_role" "others" {
  for_each = {
    acme-dev-admin   = data.aws_iam_policy_document.trust_person.json
    acme-dev-builder = data.aws_iam_policy_document.trust["ec2"].json
    company-builder  = data.aws_iam_policy_document.trust["builder"].json
  }

  name               = each.key
  assume_role_policy = each.value
}

resource "aws_iam_role_policy" "others" {
  for_each = aws_iam_role.others

  name   = "everything"
  role   = each.value.name
  policy = data.aws_iam_policy_document.everything.json
}
