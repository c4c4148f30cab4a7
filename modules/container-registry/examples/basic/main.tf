# Two repositories, and a cache of the images that AWS and Quay publish.

module "registry" {
  source = "../.."

  name = "acme-dev"

  repositories = {
    api      = {}
    notebook = { keep_images = 20 }
  }

  pull_through_caches = {
    ecr-public = { upstream = "public.ecr.aws" }
    quay       = { upstream = "quay.io" }
  }
}
