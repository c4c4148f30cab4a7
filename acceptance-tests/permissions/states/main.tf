# What Terraform itself asks of a bucket with states.

terraform {
  backend "s3" {
    bucket       = "recorded-states"
    key          = "recorded.tfstate"
    region       = "us-east-1"
    use_lockfile = true
    encrypt      = true
  }
}

resource "terraform_data" "this" {
  input = "a state"
}
