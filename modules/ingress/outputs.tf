output "arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn

  # Not before it answers, behind the web ACL.
  depends_on = [
    aws_lb_listener.https,
    aws_lb_listener.redirect,
    aws_lb_listener_rule.host,
    aws_vpc_security_group_ingress_rule.https,
    aws_vpc_security_group_ingress_rule.redirect,
    aws_wafv2_web_acl_association.this,
  ]
}

output "dns_name" {
  description = "Name under which AWS keeps the load balancer's addresses, for records in a DNS elsewhere."
  value       = aws_lb.this.dns_name

  depends_on = [
    aws_lb_listener.https,
    aws_lb_listener.redirect,
    aws_lb_listener_rule.host,
    aws_vpc_security_group_ingress_rule.https,
    aws_vpc_security_group_ingress_rule.redirect,
    aws_wafv2_web_acl_association.this,
  ]
}

output "zone_id" {
  description = "Route 53 zone of `dns_name`, for alias records made elsewhere."
  value       = aws_lb.this.zone_id

  depends_on = [
    aws_lb_listener.https,
    aws_lb_listener.redirect,
    aws_lb_listener_rule.host,
    aws_vpc_security_group_ingress_rule.https,
    aws_vpc_security_group_ingress_rule.redirect,
    aws_wafv2_web_acl_association.this,
  ]
}

output "security_group_id" {
  description = "Security group of the load balancer."
  value       = aws_security_group.this.id
}

output "certificate_arn" {
  description = "ARN of the certificate that the listener shows."
  value       = local.certificate_arn
}

output "web_acl_arn" {
  description = "ARN of the web ACL in front of the load balancer; null for none."
  value       = one(aws_wafv2_web_acl_association.this[*].web_acl_arn)
}

output "listener_arn" {
  description = "ARN of the listener on port 443, for rules of your own."
  value       = aws_lb_listener.https.arn

  depends_on = [aws_vpc_security_group_ingress_rule.https, aws_wafv2_web_acl_association.this]
}

output "log_bucket" {
  description = "Name of the bucket that takes the access logs."
  value       = local.log_bucket

  depends_on = [aws_s3_bucket_policy.logs]
}

output "target_group_arns" {
  description = "Target => ARN of its target group."
  value       = { for name, group in aws_lb_target_group.this : name => group.arn if contains(keys(local.targets), name) }
}

output "target_group_names" {
  description = "Target => name of its target group, which changes with what AWS cannot change in one."
  value       = local.group_names
}

output "target_group_bindings" {
  description = "Target => TargetGroupBinding (a Kubernetes object) that enters the pods of its `service`. The load balancer controller reads it and owns nothing, so a destroy waits for no controller."
  value = {
    for name, target in var.targets : name => {
      apiVersion = "elbv2.k8s.aws/v1beta1"
      kind       = "TargetGroupBinding"
      metadata = {
        # A binding never changes its target group: another group has another binding.
        name      = "${var.name}-${name}-${substr(sha256(aws_lb_target_group.this[name].arn), 0, 8)}"
        namespace = target.service.namespace
      }
      spec = {
        serviceRef     = { name = target.service.name, port = target.service.port }
        targetGroupARN = aws_lb_target_group.this[name].arn
        targetType     = "ip"
        ipAddressType  = var.target_ip_address_type
        vpcID          = var.vpc_id
      }
    } if target.service != null
  }
}
