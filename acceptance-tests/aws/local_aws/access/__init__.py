"""Who may do what: policies as AWS evaluates them, under a switch that is off unless a test turns it on.

Of each call it is asked what it takes (`services/`), of whom (`callers.py`), and whether their policies (`language.py`,
`conditions.py`) and those at the resources (`at_resources.py`) allow it (`decision.py`). What is not known is refused
as not modelled.
"""

from .switch import change, refuse, reset, told

__all__ = ["change", "refuse", "reset", "told"]
