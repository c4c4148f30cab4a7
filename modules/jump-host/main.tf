data "aws_partition" "current" {}

data "aws_service_principal" "ec2" {
  service_name = "ec2"
}

# The newest Amazon Linux 2023 for Graviton, which comes with the agent of Systems Manager. The minimal image has none.
data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}

data "aws_vpc" "this" {
  id = var.vpc_id
}

locals {
  partition = data.aws_partition.current.partition

  # A role's name ends at 64 characters, of which the generated suffix takes 26.
  role_prefix = "${substr(var.name, 0, 24)}-jump-host-"

  # Without a way to the internet, Systems Manager is reached by endpoints in the VPC.
  ssm_from = var.internet ? "0.0.0.0/0" : data.aws_vpc.this.cidr_block
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "InstanceTakesRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.ec2.name]
    }
  }
}

resource "aws_iam_role" "this" {
  name_prefix          = local.role_prefix
  description          = "The instance over which Systems Manager reaches the cluster of ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary
}

# What the agent needs to be known to Systems Manager, and nothing else.
resource "aws_iam_role_policy_attachment" "ssm" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "this" {
  name_prefix = local.role_prefix
  role        = aws_iam_role.this.name
}

resource "aws_instance" "this" {
  ami                    = data.aws_ssm_parameter.image.insecure_value
  instance_type          = var.instance_type
  subnet_id              = values(var.subnet_ids)[0]
  vpc_security_group_ids = [aws_security_group.this.id]
  iam_instance_profile   = aws_iam_instance_profile.this.name
  ebs_optimized          = true
  monitoring             = true

  associate_public_ip_address = false

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = 10 # GiB; the image takes 8
    encrypted   = true
  }

  tags = { Name = "${var.name}-jump-host" }

  lifecycle {
    # It forwards ports and holds nothing: a newer image, or a zone before its own, is no reason to make another. `-replace` makes one.
    ignore_changes = [ami, subnet_id]
  }

  # An agent that starts without the policy waits half an hour before it tries again.
  depends_on = [aws_iam_role_policy_attachment.ssm]
}
