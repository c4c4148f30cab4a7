provider "aws" {
  region = var.region

  default_tags {
    tags = { platform = var.name }
  }
}
