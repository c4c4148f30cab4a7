# Whose is what. AWS tells it by tags, where a service knows them, and by names that end at a `-` elsewhere.

locals {
  parts    = ["network", "cluster", "data", "identity", "ingress"]
  one_pair = var.one_pair == null ? length(var.layers) == 0 : var.one_pair

  # By layer; `all` is the one pair for all of them, which the tag `layer` does not bound.
  sets = merge(
    { for all in local.one_pair ? ["all"] : [] : all => { parts = toset(local.parts), layer = null, state_keys = ["*"] } },
    {
      for layer, own in var.layers : layer => {
        parts      = own.makes == null ? setintersection(local.parts, [layer]) : own.makes
        layer      = layer
        state_keys = [for key in own.state_keys == null ? ["${layer}.tfstate"] : sort(own.state_keys) : key]
      }
    },
  )

  platform_key   = var.owner_tags.platform_key
  layer_key      = var.owner_tags.layer_key
  platform_value = var.owner_tags.platform_value != null ? var.owner_tags.platform_value : length(local.names) == 1 ? one(local.names) : var.name

  # What a call must say of a tag. `ours`: of the platform, whichever layer. `own`: of this layer. `made`: what is made gets both.
  ours = { "aws:ResourceTag/${local.platform_key}" = local.platform_value }
  own = {
    for set, of in local.sets : set => merge(local.ours, { for layer in compact([of.layer]) : "aws:ResourceTag/${local.layer_key}" => layer })
  }
  made = {
    for set, of in local.sets : set => merge(
      { "aws:RequestTag/${local.platform_key}" = local.platform_value },
      { for layer in compact([of.layer]) : "aws:RequestTag/${local.layer_key}" => layer },
    )
  }

  # The layers whose groups the layer `identity` opens: nodes reach databases and file systems.
  data_layers = [for set, of in local.sets : set if contains(of.parts, "data") && of.layer != null]

  # Names, and those that begin with one and a `-`: `acme-dev2` is a neighbour of `acme-dev`.
  starts = flatten([for name in sort(local.names) : [name, "${name}-*"]])

  # Whole names: what EKS and the software in a cluster write on what they make is all that tells it from a neighbour's.
  clusters = sort(setunion(local.names, var.given.cluster_names))

  # Modules cut the names of clusters where those of roles would be too long.
  role_starts = flatten([for name in sort(local.names) : concat(
    ["${name}-*"],
    [for start in ["${substr(name, 0, 12)}-*-node-*"] : start if length(name) > 12],
    [for start in ["${substr(name, 0, 22)}-k*"] : start if length(name) > 22],
  )])

  # Which part makes which: buckets are told by their names alone.
  bucket_starts = {
    network = [for name in sort(local.names) : "${name}-flow-logs-*"]
    data    = concat(flatten([for name in sort(local.names) : ["${name}-${local.account_id}", "${name}-${local.account_id}-*"]]), flatten([for name in sort(var.bucket_names) : [name, "${name}-logs"]]))
    ingress = flatten([for name in sort(local.names) : ["${name}-ingress-logs-*", "${name}-logs-${local.account_id}-*"]])
  }
  buckets = { for set, of in local.sets : set => flatten([for part in sort(of.parts) : lookup(local.bucket_starts, part, [])]) }

  state        = var.state == null ? { bucket_arn = "", kms_key_arn = "::::", prefix = "" } : var.state
  state_bucket = var.state == null ? "" : element(split(":::", var.state.bucket_arn), 1)

  # Those of others, as EC2 names them.
  kind_of        = { eipalloc = "elastic-ip", sg = "security-group", subnet = "subnet", vpc = "vpc" }
  given_ec2      = [for id in sort(var.given.ec2_ids) : "${local.here.ec2}:${local.kind_of[element(split("-", id), 0)]}/${id}"]
  given_taggable = [for arn in local.given_ec2 : arn if strcontains(arn, ":subnet/") || strcontains(arn, ":security-group/")]
  given_groups   = [for arn in local.given_ec2 : arn if strcontains(arn, ":security-group/")]
}
