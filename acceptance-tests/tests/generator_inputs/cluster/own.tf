# A file of one's own beside the generated ones: what the overrides refer to.

resource "aws_security_group" "tools" {
  name_prefix = "acme-tools-"
  description = "Tools that reach the API"
  vpc_id      = local.network.vpc_id
}

data "aws_iam_policy_document" "readers" {
  statement {
    sid     = "Account"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
  }
}

resource "aws_iam_role" "readers" {
  name_prefix        = "acme-readers-"
  assume_role_policy = data.aws_iam_policy_document.readers.json
}
