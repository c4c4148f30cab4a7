# Made by `cargo xtask gen` for OpenTofu, of `mirror.tftest.hcl`.

# Charts and images of a mirror. tests/addons.rs looks at what the charts render with it.

mock_provider "helm" {}
mock_provider "kubernetes" {}

variables {
  cluster = { name = "acme-dev", region = "us-east-1", vpc_id = "vpc-0123456789abcdef0", version = "1.35" }
}

run "charts_and_some_registries" {
  command = plan

  variables {
    mirror = {
      charts = "oci://123456789012.dkr.ecr.us-east-1.amazonaws.com/charts"
      registries = {
        "public.ecr.aws" = "123456789012.dkr.ecr.us-east-1.amazonaws.com/public"
        "quay.io"        = "123456789012.dkr.ecr.us-east-1.amazonaws.com/quay"
      }
    }
  }

  assert {
    condition = alltrue([
      for release in [helm_release.karpenter[0], helm_release.keda[0], helm_release.istio_base[0], helm_release.prometheus_operator_crds[0]] :
      release.repository == "oci://123456789012.dkr.ecr.us-east-1.amazonaws.com/charts"
    ]) && helm_release.mesh[0].repository == null
    error_message = "Every chart of others comes from the mirror, ours from the disk."
  }

  assert {
    condition     = yamldecode(helm_release.karpenter[0].values[1]).controller.image == { digest = "", repository = "123456789012.dkr.ecr.us-east-1.amazonaws.com/public/karpenter/controller" }
    error_message = "Karpenter's image has no digest in a mirror."
  }

  assert {
    condition     = yamldecode(helm_release.keda[0].values[1]).image.keda.registry == "ghcr.io" && yamldecode(helm_release.argo_rollouts[0].values[1]).controller.image.registry == "123456789012.dkr.ecr.us-east-1.amazonaws.com/quay"
    error_message = "Hosts that have no mirror stay."
  }
}

run "none" {
  command = plan

  assert {
    condition     = helm_release.karpenter[0].repository == "oci://public.ecr.aws/karpenter" && length(helm_release.karpenter[0].values) == 1
    error_message = "Without a mirror charts come from their publishers, and no value names an image."
  }
}
