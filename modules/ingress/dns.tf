# The certificate, proved by records in the zone, and the records that lead to the load balancer.

locals {
  own_certificate = var.certificate == null
  certificate_arn = local.own_certificate ? one(aws_acm_certificate_validation.this[*].certificate_arn) : var.certificate.arn

  # A wildcard and its parent are proved by the same record. The names are known before the certificate is.
  proofs = toset(local.own_certificate ? [for domain in var.domains : trimprefix(domain, "*.")] : [])

  records = toset(var.dns == null ? [] : var.domains)
}

resource "aws_acm_certificate" "this" {
  #checkov:skip=CKV2_AWS_71:Services get names directly below a domain of the platform's own, and nobody knows them beforehand.
  count = local.own_certificate ? 1 : 0

  domain_name               = var.domains[0]
  subject_alternative_names = slice(var.domains, 1, length(var.domains))
  validation_method         = "DNS"

  tags = { Name = var.name }

  lifecycle {
    create_before_destroy = true # other names mean another certificate: the listener moves to it before the old one goes
  }
}

resource "aws_route53_record" "proof" {
  for_each = local.proofs

  zone_id         = var.dns.zone_id
  name            = [for option in aws_acm_certificate.this[0].domain_validation_options : option.resource_record_name if trimprefix(option.domain_name, "*.") == each.key][0]
  type            = [for option in aws_acm_certificate.this[0].domain_validation_options : option.resource_record_type if trimprefix(option.domain_name, "*.") == each.key][0]
  records         = [for option in aws_acm_certificate.this[0].domain_validation_options : option.resource_record_value if trimprefix(option.domain_name, "*.") == each.key]
  ttl             = 300
  allow_overwrite = true # the record is the same for every certificate of that name in the account
}

resource "aws_acm_certificate_validation" "this" {
  count = local.own_certificate ? 1 : 0

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = values(aws_route53_record.proof)[*].fqdn
}

resource "aws_route53_record" "ipv4" {
  for_each = local.records

  zone_id = var.dns.zone_id
  name    = each.key
  type    = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "ipv6" {
  for_each = var.ip_address_type == "dualstack" ? local.records : toset([])

  zone_id = var.dns.zone_id
  name    = each.key
  type    = "AAAA"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}
