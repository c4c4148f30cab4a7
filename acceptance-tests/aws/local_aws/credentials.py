"""The credentials that the server prints at its start, those of an IAM user `moto` that is not listed."""

DEFAULT_KEY = "local-aws"
DEFAULT_SECRET = "local-aws"
