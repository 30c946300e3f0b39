"""The server of the page, on this machine alone."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn

from pipeline.errors import DossierError
from pipeline.review.queue import Between
from pipeline.review.web.app import build
from pipeline.review.web.desk import Desk

HOST = "127.0.0.1"


def serve(
    find: Callable[[], Between], watched: Path, port: int, say: Callable[[str], None]
) -> tuple[int, int]:
    """Serve the page until Ctrl-C, and return how many changes wait, of how many. `port` 0 is a
    free one; `say` is given the address. Raises DossierError when the port is taken."""
    desk = Desk(find, watched)
    listener = _listener(port)
    with listener:
        port = listener.getsockname()[1]
        token = secrets.token_urlsafe(24)
        app = build(desk, token, f"dossier_{port}")
        say(f"http://{HOST}:{port}/?token={token}")
        config = uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=2,
        )
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    desk.close()
    desk.pictures.end()
    return len(desk.sitting.shown()), len(desk.sitting.by_id)


def _listener(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise DossierError(
            f"Port {port} cannot be had: {error}", "Give another with --port."
        ) from error
    return listener
