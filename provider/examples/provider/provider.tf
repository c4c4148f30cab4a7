terraform {
  required_providers {
    truefoundry = {
      source  = "truefoundry/truefoundry"
      version = "~> 0.1"
    }
  }
}

# The address and the API key come from the environment: TFY_HOST and TFY_API_KEY.
provider "truefoundry" {
  timeout = 30
}
