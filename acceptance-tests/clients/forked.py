"""The `tfy` command line, loaded once and forked for each call: loading it takes eight seconds of processor time.

A process of this file has the environment that all its calls share, since the command line reads it while it is loaded.
Each line of standard input is a call: `{"arguments": [...], "answer": "y\\n", "output": "/path"}`. The call runs in a
process of its own, from the same entry point as the installed `tfy`, prints into the file, and reads `answer`. The line that
answers is its exit code.
"""

import atexit
import json
import os
import sys
import tempfile
from pathlib import Path

from truefoundry.cli.__main__ import main


def call(arguments: list[str], answer: str, output: str) -> None:
    """Runs one call in this process, which ends with it."""
    with tempfile.TemporaryFile() as given:
        given.write(answer.encode())
        given.seek(0)
        os.dup2(given.fileno(), 0)
    with Path(output).open("wb") as printed:
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
    sys.stdin = open(0, closefd=False)
    sys.stdout = open(1, "w", closefd=False)
    sys.stderr = open(2, "w", closefd=False, buffering=1)
    sys.argv = [str(Path(sys.executable).with_name("tfy")), *arguments]
    code = 0
    try:
        sys.exit(main())
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def serve() -> None:
    """Answers every line."""
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            call(request["arguments"], request["answer"] or "", request["output"])
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
