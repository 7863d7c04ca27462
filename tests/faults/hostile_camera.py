"""A camera that means harm: an RTSP server on real sockets, with another trick for every client."""

import base64
import contextlib
import itertools
import random
import re
import socket
import threading

# sequence parameter set of an H.264 picture of 16384 × 16384, made of its Exp-Golomb fields
HUGE_SPS = bytes([0x67, 0x42, 0xC0, 0x33, 0xDA, 0x00, 0x20, 0x00, 0x40, 0x01, 0x00, 0x01, 0xE2, 0x40])
SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}\r\na=control:stream=0\r\n"
)


class Hostile:
    """Serves on a port of its own until closed; counts its clients."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.clients = 0
        self._rng, self._open = random.Random(7), True
        tricks = (self._noise, self._endless_header, self._absurd_sdp, self._false_video, self._silence)
        self._tricks = itertools.cycle(tricks)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._open = False
        with contextlib.suppress(OSError):  # closed before
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(60)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while self._open:
                client, _ = self._server.accept()
                self.clients += 1
                threading.Thread(target=self._treat, args=[client, next(self._tricks)], daemon=True).start()

    def _treat(self, client: socket.socket, trick: object) -> None:
        assert callable(trick)
        client.settimeout(5)
        with client, contextlib.suppress(OSError):
            trick(client)

    def _noise(self, client: socket.socket) -> None:
        client.recv(4096)
        for _ in range(200):
            client.sendall(self._rng.randbytes(8192))

    def _endless_header(self, client: socket.socket) -> None:
        client.recv(4096)
        client.sendall(b"RTSP/1.0 200 OK\r\nServer: ")
        while self._open:
            client.sendall(b"x" * 65536)

    def _absurd_sdp(self, client: socket.socket) -> None:
        many = "".join(f"m=video 0 RTP/AVP {n % 128}\r\na=control:{'y' * 500}{n}\r\n" for n in range(20_000))
        self._converse(client, SDP.format(sets="Z" * 500_000) + many)

    def _false_video(self, client: socket.socket) -> None:
        sets = base64.b64encode(HUGE_SPS).decode() + ",aM4yyA=="
        self._converse(client, SDP.format(sets=sets))

    def _silence(self, client: socket.socket) -> None:
        while self._open and client.recv(4096):
            pass

    def _converse(self, client: socket.socket, sdp: str) -> None:
        """Answer as a camera would; once playing, send packets full of nonsense."""
        while asked := client.recv(65536):
            number = re.search(rb"CSeq: *(\d+)", asked)
            head = b"RTSP/1.0 200 OK\r\nCSeq: " + (number.group(1) if number else b"1") + b"\r\n"
            if asked.startswith(b"DESCRIBE"):
                body = sdp.encode()
                kind = b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n" % len(body)
                client.sendall(head + kind + body)
            elif asked.startswith(b"SETUP"):
                where = b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n\r\n"
                client.sendall(head + where)
            elif asked.startswith(b"PLAY"):
                client.sendall(head + b"Session: 1\r\n\r\n")
                self._packets(client)
            else:
                client.sendall(head + b"Public: DESCRIBE, SETUP, PLAY\r\n\r\n")

    def _packets(self, client: socket.socket) -> None:
        for number in range(100_000):
            body = HUGE_SPS if number % 3 == 0 else bytes([0x65]) + self._rng.randbytes(1200)
            rtp = bytes([0x80, 0xE0]) + (number % 65536).to_bytes(2, "big") + self._rng.randbytes(8) + body
            client.sendall(b"$" + bytes([number % 4]) + len(rtp).to_bytes(2, "big") + rtp)
