resource "aws_iam_policy" "boundary" {
  name        = "boundary"
  path        = "/check/"
  description = "d"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

resource "aws_iam_role" "this" {
  name                 = "r"
  path                 = "/check/"
  description          = "role"
  max_session_duration = 7200
  permissions_boundary = aws_iam_policy.boundary.arn
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = ["pods.eks.amazonaws.com", "ec2.amazonaws.com", "eks.amazonaws.com"] } }] })
}

resource "aws_iam_role_policies_exclusive" "this" {
  role_name    = aws_iam_role.this.name
  policy_names = [aws_iam_role_policy.this.name]
}

resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.name
  name   = "in"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_user" "this" { name = "u" }

resource "aws_iam_user_policy_attachment" "this" {
  user       = aws_iam_user.this.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_service_linked_role" "spot" { aws_service_name = "spot.amazonaws.com" }

data "aws_iam_principal_policy_simulation" "role" {
  action_names      = ["s3:GetObject"]
  policy_source_arn = aws_iam_role.this.arn
  depends_on        = [aws_iam_role_policy.this]
}
