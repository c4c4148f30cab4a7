"""What the API server of a cluster of EKS asks about whoever signs in.

It asks two webhooks: who has a token (`token_review`), as EKS does by aws-iam-authenticator, and what the
access policies of that caller allow (`access_review`), as EKS does by an authorizer of its own. What they do not allow
is left to RBAC.
"""

from .webhooks import access_review, token_review

__all__ = ["access_review", "token_review"]
