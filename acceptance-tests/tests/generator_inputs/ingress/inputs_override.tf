# What platform.yaml has no key for.

module "ingress" {
  elastic_ip_allocation_ids = {}
  ssl_policy                = "ELBSecurityPolicy-TLS13-1-3-2021-06"
  mutual_tls                = null
  idle_timeout              = 600
}
