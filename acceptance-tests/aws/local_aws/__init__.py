"""An AWS on this machine: moto with what `hashicorp/aws` needs and moto lacks, in one process.

It shows that the real provider accepts a configuration, that a second plan is empty and that destroy removes
everything. It does not show that AWS itself accepts it; the README lists what is not modelled.
"""
