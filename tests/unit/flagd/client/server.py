"""Server: says what a test tells it to on loopback, byte for byte: what real servers can't be made to say."""

import json
import socket
import threading
import time
from contextlib import contextmanager, suppress

from flagd.client.calls.frames import frame
from flagd.sync.update import compress, make_update
from flagd.v1.ruleset_pb2 import CompressedUpdate, FollowRequest, FollowResponse, Heartbeat

SECONDS = 60
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/connect+proto\r\ntransfer-encoding: chunked\r\n\r\n"
HEARTBEAT = FollowResponse(heartbeat=Heartbeat())


def chunk(data):
    return b"%x\r\n%b\r\n" % (len(data), data)


def message(response):
    return chunk(frame(response.SerializeToString()))


def update(after, before=None):
    return FollowResponse(update=make_update(before, after))


def compressed(after):
    packed = compress(make_update(None, after).SerializeToString())
    return FollowResponse(
        compressed_update=CompressedUpdate(project=after.project, revision=after.revision, gzip=packed)
    )


def end(**error):
    data = json.dumps({"error": error} if error else {}).encode()
    return chunk(b"\2" + len(data).to_bytes(4, "big") + data) + chunk(b"")


def answer(status, content_type="text/html", body=b"<html>", **headers):
    lines = [f"HTTP/1.1 {status} x", f"content-type: {content_type}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Caller:
    """One connection: what was asked, and how it is answered."""

    def __init__(self, connected):
        self._socket = connected
        data = b""
        while b"\r\n\r\n" not in data and (more := connected.recv(65536)):
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        self.head = head.decode().lower()
        length = next((int(line[15:]) for line in self.head.split("\r\n") if line.startswith("content-length:")), 0)
        while len(body) < length and (more := connected.recv(65536)):
            body += more
        self.body = body

    @property
    def request(self):
        return FollowRequest.FromString(self.body[5:])

    def say(self, *parts):
        for part in parts:
            self._socket.sendall(part)

    def follow(self, *responses):
        """Say these, and leave the stream open."""
        self.say(HEAD, *map(message, responses))

    def more(self, *responses):
        self.say(*map(message, responses))

    def gone(self):
        """Wait until the caller has hung up."""
        self._socket.settimeout(SECONDS)
        with suppress(ConnectionError):
            assert self._socket.recv(1) == b""

    def close(self):
        self._socket.close()


class Server:
    """Listens; tests take callers one by one with `next`."""

    def __init__(self):
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._callers = []
        self.port = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def next(self):
        """Wait for the next connection, and read its request."""
        self._listening.settimeout(SECONDS)
        connected, _ = self._listening.accept()
        connected.settimeout(SECONDS)
        caller = Caller(connected)
        self._callers.append(caller)
        return caller

    def waits(self):
        """Whether somebody connects soon."""
        self._listening.settimeout(0.5)
        try:
            connected, _ = self._listening.accept()
        except TimeoutError:
            return False
        connected.close()
        return True

    def close(self):
        for caller in self._callers:
            caller.close()
        self._listening.close()


@contextmanager
def serving():
    server = Server()
    try:
        yield server
    finally:
        server.close()


@contextmanager
def answering(*parts):
    """A server that says the same to everybody, and hangs up."""
    with serving() as server:
        stop = threading.Event()

        def run():
            while not stop.is_set():
                with suppress(OSError, AssertionError):
                    caller = server.next()
                    caller.say(*parts)
                    caller.close()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            stop.set()
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", server.port)).close()
            thread.join(SECONDS)


def eventually(check):
    """Wait until `check` is true, and return what it returns."""
    until = time.monotonic() + SECONDS
    while not (found := check()):
        assert time.monotonic() < until, f"never became true: {check}"
        time.sleep(0.005)
    return found
