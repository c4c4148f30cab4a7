# A partition and a region that no literal would guess.

mock_data "aws_iam_policy_document" {
  defaults = {
    json          = "{}"
    minified_json = "{}"
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
