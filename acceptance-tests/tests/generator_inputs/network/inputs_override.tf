module "network" {
  public_subnets          = true
  secondary_cidrs         = { more = "100.65.0.0/16" }
  subnet_cidrs            = { intra = { use1-az1 = "100.65.128.0/24" } }
  extra_private_subnets   = { more-1 = { zone = "use1-az1", cidr = "100.65.0.0/20" } }
  flow_logs_to_s3         = { force_destroy = true }
  public_access_exclusion = "allow-bidirectional"

  endpoint_policies = {
    s3 = jsonencode({ Statement = [{ Sid = "All", Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "*" }] })
  }
}
