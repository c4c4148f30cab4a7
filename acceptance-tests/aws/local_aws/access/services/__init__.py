"""What calls ask of IAM, a file for each service by its name in signatures, with one function.

`asked(call: Call, parameters: dict) -> list[Asked]` raises `NotModelled` for what it does not know. `parameters` is the
input of the operation as the service's model has it. Resources with different contexts (tags) are several `Asked` of
one action.
"""
