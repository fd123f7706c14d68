"""A line to a database that can be cut at a commit: before the database has heard of it, or after it has done it."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self

import attrs

BEFORE, AFTER = "before", "after"


@attrs.define(eq=False)
class CutLine:
    """Passes on what client and server say, on a port of its own."""

    server: tuple[str, int]
    cut: str | None = None
    _listening: socket.socket = attrs.field(factory=lambda: socket.create_server(("127.0.0.1", 0)))

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    @property
    def port(self) -> int:
        """The port to connect to."""
        port: int = self._listening.getsockname()[1]
        return port

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self.server)
                done = threading.Event()
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(*ends, done), daemon=True).start()

    def _pass_on(self, given: socket.socket, to: socket.socket, done: threading.Event) -> None:
        """Pass on what is said, until the line is cut: at a commit, or at the answer to one."""
        with suppress(OSError):
            while (said := given.recv(65536)) and not done.is_set():
                if self.cut is not None and b"COMMIT\0" in said:
                    if self.cut == BEFORE:
                        break
                    done.set()
                to.sendall(said)
        for end in (given, to):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
