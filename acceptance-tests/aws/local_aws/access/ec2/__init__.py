"""EC2 as IAM sees it: things with their tags and keys, and the calls whose things are not in the request."""
