"""Command line: `python -m local_aws --port 0`."""

import argparse
import json
import os
import signal
import sys
import threading

from .credentials import DEFAULT_KEY, DEFAULT_SECRET

HOST = "127.0.0.1"


def parse(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="local_aws", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one (default)")
    parser.add_argument("--account", default="123456789012", help="account ID of every caller")
    parser.add_argument("--region", default="us-east-1", help="region named in the printed environment")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input is closed")
    args = parser.parse_args(argv)
    if not (len(args.account) == 12 and args.account.isdigit()):
        parser.error(f"--account must be twelve digits, not `{args.account}`")
    return args


def environment(endpoint: str, region: str) -> dict[str, str]:
    """What terraform, boto3 and the AWS SDKs need to talk to this server and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": DEFAULT_KEY,
        "AWS_SECRET_ACCESS_KEY": DEFAULT_SECRET,
        "AWS_SESSION_TOKEN": "",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_S3_USE_PATH_STYLE": "true",
    }


def wait_for_end_of_input(stop: threading.Event) -> None:
    """Set the event when standard input ends. `sys.stdin` would be locked while this waits, and block the exit."""
    while os.read(0, 4096):
        pass
    stop.set()


def main(argv: list[str]) -> int:
    """Serve until told to stop."""
    args = parse(argv)
    # moto reads these while it is imported, so the import comes after.
    os.environ.update(
        MOTO_ACCOUNT_ID=args.account,
        MOTO_IAM_LOAD_MANAGED_POLICIES="true",
        MOTO_EC2_LOAD_DEFAULT_AMIS="false",
        MOTO_ACM_VALIDATION_WAIT="0",
        MOTO_DISABLE_GLOBAL_CORS="true",
    )
    from .server import Server

    server = Server(HOST, args.port, args.account)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if args.until_stdin_closes:
        threading.Thread(target=wait_for_end_of_input, args=(stop,), daemon=True).start()
    with server:
        ready = {"endpoint": server.endpoint, "environment": environment(server.endpoint, args.region)}
        print(json.dumps(ready), flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
