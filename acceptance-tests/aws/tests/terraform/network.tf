resource "aws_vpc" "this" {
  cidr_block                       = "10.9.0.0/16"
  enable_dns_hostnames             = true
  assign_generated_ipv6_cidr_block = true
  tags                             = { Name = "check" }
}

resource "aws_default_security_group" "this" { vpc_id = aws_vpc.this.id }

resource "aws_default_network_acl" "this" {
  default_network_acl_id = aws_vpc.this.default_network_acl_id
  ingress {
    protocol   = -1
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  egress {
    protocol   = -1
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  lifecycle { ignore_changes = [subnet_ids] }
}

resource "aws_default_route_table" "this" {
  default_route_table_id = aws_vpc.this.default_route_table_id
  route                  = []
}

resource "aws_network_acl" "extra" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [aws_subnet.this["use1-az2"].id]
}

resource "aws_network_acl_rule" "https" {
  network_acl_id = aws_network_acl.extra.id
  rule_number    = 100
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "10.9.0.0/16"
  from_port      = 443
  to_port        = 443
}

resource "aws_subnet" "this" {
  for_each                        = { use1-az1 = 0, use1-az2 = 1, use1-az6 = 2 }
  vpc_id                          = aws_vpc.this.id
  cidr_block                      = cidrsubnet("10.9.0.0/16", 8, each.value)
  ipv6_cidr_block                 = cidrsubnet(aws_vpc.this.ipv6_cidr_block, 8, each.value)
  assign_ipv6_address_on_creation = true
  availability_zone_id            = each.key
  lifecycle { ignore_changes = [tags, tags_all] }
  private_dns_hostname_type_on_launch = "ip-name"
}

resource "aws_ec2_tag" "shared" {
  resource_id = aws_subnet.this["use1-az1"].id
  key         = "kubernetes.io/cluster/check"
  value       = "shared"
}

resource "aws_internet_gateway" "this" { vpc_id = aws_vpc.this.id }

resource "aws_egress_only_internet_gateway" "this" { vpc_id = aws_vpc.this.id }

resource "aws_route_table" "this" { vpc_id = aws_vpc.this.id }

resource "aws_route" "ipv6" {
  route_table_id              = aws_route_table.this.id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.this.id
}

resource "aws_route" "ipv4" {
  route_table_id         = aws_route_table.this.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "this" {
  for_each       = aws_subnet.this
  subnet_id      = each.value.id
  route_table_id = aws_route_table.this.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.this.id
  service_name    = "com.amazonaws.us-east-1.s3"
  route_table_ids = [aws_route_table.this.id]
  policy          = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "*" }] })
}

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id       = aws_vpc.this.id
  service_name = "com.amazonaws.us-east-1.dynamodb"
}

resource "aws_vpc_endpoint_route_table_association" "dynamodb" {
  route_table_id  = aws_route_table.this.id
  vpc_endpoint_id = aws_vpc_endpoint.dynamodb.id
}

resource "aws_security_group" "server" {
  name        = "a"
  vpc_id      = aws_vpc.this.id
  description = "a"
}

resource "aws_security_group" "client" {
  name_prefix            = "b-"
  vpc_id                 = aws_vpc.this.id
  revoke_rules_on_delete = true
}

resource "aws_vpc_security_group_ingress_rule" "from_client" {
  security_group_id            = aws_security_group.server.id
  referenced_security_group_id = aws_security_group.client.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  description                  = "from b"
}

resource "aws_vpc_security_group_egress_rule" "to_server" {
  security_group_id            = aws_security_group.client.id
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "-1"
  description                  = "to a"
}

data "aws_ec2_managed_prefix_list" "s3" { name = "com.amazonaws.us-east-1.s3" }

resource "aws_vpc_security_group_egress_rule" "to_s3" {
  security_group_id = aws_security_group.client.id
  prefix_list_id    = data.aws_ec2_managed_prefix_list.s3.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  description       = "s3"
}

resource "aws_vpc_security_group_egress_rule" "to_ipv6" {
  security_group_id = aws_security_group.client.id
  cidr_ipv6         = "::/0"
  ip_protocol       = "-1"
}

resource "aws_flow_log" "rejected" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "REJECT"
  log_destination_type     = "s3"
  log_destination          = aws_s3_bucket.this.arn
  max_aggregation_interval = 60
  destination_options {
    file_format        = "parquet"
    per_hour_partition = true
  }
}

resource "aws_network_interface" "this" {
  subnet_id       = aws_subnet.this["use1-az1"].id
  security_groups = [aws_security_group.server.id]
}

resource "aws_ebs_volume" "this" {
  availability_zone = aws_subnet.this["use1-az1"].availability_zone
  size              = 10
  type              = "gp3"
  encrypted         = true
  kms_key_id        = aws_kms_key.all.arn
}
