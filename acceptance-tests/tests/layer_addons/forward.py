"""`aws ssm start-session` as far as a port is forwarded: PORT, and what `aws` is told."""

import json
import os
import signal
import socket
import sys
import threading

signal.signal(signal.SIGINT, lambda *_: os._exit(0))
parameters = json.loads(sys.argv[sys.argv.index("--parameters") + 1])
assert parameters["portNumber"] == [sys.argv[1]], parameters
listener = socket.create_server(("127.0.0.1", int(parameters["localPortNumber"][0])))


def pour(source: socket.socket, target: socket.socket) -> None:
    """Until either end is closed."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        target.close()


while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    for pair in ((client, server), (server, client)):
        threading.Thread(target=pour, args=pair, daemon=True).start()
