"""A proxy whose every tunnel ends at a server of our own, with a certificate that only who is told so trusts."""

from __future__ import annotations

import json
import socketserver
import ssl
import subprocess
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def own_proxy(host: str, folder: Path, answer: dict[str, object]) -> Iterator[tuple[str, Path, list[str]]]:
    """Answer every request to a host with JSON; give the proxy's address, the certificate, and what is sent."""
    certificate, key, seen = folder / "cert.pem", folder / "key.pem", list[str]()
    names = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-keyout", key, "-out", certificate]
    kind = ["-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run([programs.openssl(), "req", *kind, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    body = json.dumps(answer).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )

    class Tunnel(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            seen.append(self.rfile.readline().decode())
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with suppress(OSError), context.wrap_socket(self.connection, server_side=True) as inside:
                seen.append(inside.recv(65536).decode())
                inside.sendall(head.encode() + body)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", certificate, seen
        finally:
            server.shutdown()
            thread.join()
