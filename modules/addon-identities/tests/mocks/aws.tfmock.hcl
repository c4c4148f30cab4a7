# A partition, region and suffix that no literal would guess.

mock_data "aws_partition" {
  defaults = {
    partition          = "aws-cn"
    dns_suffix         = "amazonaws.com.cn"
    reverse_dns_prefix = "cn.com.amazonaws"
  }
}

mock_data "aws_region" {
  defaults = {
    id = "cn-north-1"
  }
}

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "123456789012"
  }
}

mock_data "aws_iam_policy_document" {
  defaults = {
    json          = "{\"Statement\":[{\"Sid\":\"Mocked\"}]}"
    minified_json = "{\"Statement\":[{\"Sid\":\"Mocked\"}]}"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws-cn:iam::123456789012:role/mocked"
  }
}

mock_resource "aws_iam_policy" {
  defaults = {
    arn = "arn:aws-cn:iam::123456789012:policy/mocked"
  }
}
