"""A chat completions endpoint on loopback that answers from a script, for tests of the live path."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], str]


def reply(body: dict[str, Any], status: int = 200, **headers: str) -> Answer:
    """A JSON answer."""
    return status, {"content-type": "application/json", **headers}, json.dumps(body)


@contextmanager
def endpoint(
    answer: Callable[[int, dict[str, Any]], Answer],
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Serve while the context lasts; gives the base URL and the list of request bodies received.

    `answer` is called with the number of the request (from 0) and its body.
    """
    received: list[dict[str, Any]] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                number = len(received)
                received.append(
                    {
                        "body": body,
                        "path": self.path,
                        "authorization": self.headers.get("authorization"),
                    }
                )
            status, headers, text = answer(number, body)
            data = text.encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", received
    finally:
        server.shutdown()
        server.server_close()
