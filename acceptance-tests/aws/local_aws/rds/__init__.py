"""RDS for PostgreSQL: catalogue, checks and the attributes that moto does not keep."""

from .service import RdsResponse

__all__ = ["RdsResponse"]
