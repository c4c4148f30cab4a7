terraform import truefoundry_manifest.ai 'provider-account/openai:ai'
