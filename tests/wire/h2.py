"""H2: frames of HTTP/2 written by hand, the rude ones included.

https://www.rfc-editor.org/rfc/rfc9113 and, for headers as plain literals, https://www.rfc-editor.org/rfc/rfc7541
"""

import socket

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
SECONDS = 60


def frame(kind, flags=0, stream=0, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def literal(name, value):
    """A header, not indexed and not Huffman-coded."""
    return b"\0" + _text(name) + _text(value)


def headers(path="/toy.Toy/Echo", method="POST", **more):
    """Headers of a gRPC request."""
    fields = {":method": method, ":scheme": "http", ":path": path, ":authority": "toy"}
    fields |= {"content-type": "application/grpc", "te": "trailers"} | more
    return b"".join(literal(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items())


class Connection:
    """One connection of a client without manners. A server that hangs up is not an error; see `closed`."""

    def __init__(self, process, settings=b"", tls=None):
        host, _, port = process.listen.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), SECONDS)
        if tls is not None:
            self._socket = tls.wrap_socket(self._socket, server_hostname=host)
        self.closed = False
        self.send(PREFACE + frame(SETTINGS, payload=settings))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, data):
        """Send, unless the server has hung up."""
        try:
            self._socket.sendall(data)
        except OSError:
            self.closed = True

    def frames(self):
        """Yield (kind, flags, stream, payload) until the server hangs up or says nothing for a while."""
        rest = b""
        while True:
            while len(rest) >= 9 and len(rest) >= 9 + (size := int.from_bytes(rest[:3], "big")):
                yield rest[3], rest[4], int.from_bytes(rest[5:9], "big"), rest[9 : 9 + size]
                rest = rest[9 + size :]
            try:
                part = self._socket.recv(65536)
            except TimeoutError:
                raise
            except OSError:
                part = b""
            if not part:
                self.closed = True
                return
            rest += part

    def until(self, kind):
        """Return the next frame of a kind; None when the server hangs up first."""
        return next((found for found in self.frames() if found[0] == kind), None)


def _text(data):
    if len(data) < 127:
        return bytes((len(data),)) + data
    rest, size = len(data) - 127, b"\x7f"
    while rest >= 128:
        size += bytes((rest % 128 + 128,))
        rest //= 128
    return size + bytes((rest,)) + data
