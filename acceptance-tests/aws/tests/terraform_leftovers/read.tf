# Each kind by the tag of its controller, and by a tag that nothing has.
locals {
  tags = { found = "shop", other = "another" }
}

data "aws_resourcegroupstaggingapi_resources" "balancing" {
  for_each              = local.tags
  resource_type_filters = ["elasticloadbalancing:loadbalancer", "elasticloadbalancing:targetgroup"]
  tag_filter {
    key    = "elbv2.k8s.aws/cluster"
    values = [each.value]
  }
}

data "aws_lbs" "all" {
  for_each = local.tags
  tags     = { "elbv2.k8s.aws/cluster" = each.value }
}

data "aws_security_groups" "all" {
  for_each = local.tags
  tags     = { "elbv2.k8s.aws/cluster" = each.value }
}

data "aws_instances" "all" {
  for_each             = { found = "default", other = "another" }
  instance_tags        = { "karpenter.sh/nodepool" = each.value }
  instance_state_names = ["pending", "running", "shutting-down", "stopping", "stopped"]
}

data "aws_ebs_volumes" "all" {
  for_each = { found = "true", other = "false" }
  filter {
    name   = "tag:ebs.csi.aws.com/cluster"
    values = [each.value]
  }
}

data "aws_network_interfaces" "left" {
  for_each = local.tags
  filter {
    name   = "tag:cluster.k8s.amazonaws.com/name"
    values = [each.value]
  }
  filter {
    name   = "status"
    values = ["available"]
  }
}

output "made" {
  value = {
    balancing  = sort([aws_lb.application.arn, aws_lb_target_group.left.arn])
    lbs        = [aws_lb.application.arn]
    groups     = [aws_security_group.lb.id]
    instances  = [aws_instance.left.id]
    volumes    = [aws_ebs_volume.left.id]
    interfaces = [aws_network_interface.left.id]
  }
}

locals {
  read = {
    for by in keys(local.tags) : by => {
      balancing  = sort([for found in data.aws_resourcegroupstaggingapi_resources.balancing[by].resource_tag_mapping_list : found.resource_arn])
      lbs        = sort(data.aws_lbs.all[by].arns)
      groups     = sort(data.aws_security_groups.all[by].ids)
      instances  = sort(data.aws_instances.all[by].ids)
      volumes    = sort(data.aws_ebs_volumes.all[by].ids)
      interfaces = sort(data.aws_network_interfaces.left[by].ids)
    }
  }
}

output "found" { value = local.read.found }

output "other" { value = local.read.other }
