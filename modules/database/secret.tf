# For whoever brings the master secret to its users. RDS makes another password every seven days: read it again and again.

data "aws_iam_policy_document" "read_master_secret" {
  count = var.master_password_version == null ? 1 : 0

  statement {
    sid       = "ReadTheMasterSecret"
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = aws_db_instance.this.master_user_secret[*].secret_arn
  }

  statement {
    sid       = "DecryptThroughSecretsManager"
    actions   = ["kms:Decrypt"]
    resources = [local.key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${local.region}.${data.aws_partition.current.dns_suffix}"]
    }
  }
}
