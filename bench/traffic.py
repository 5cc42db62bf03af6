#!/usr/bin/env python3
"""Make traffic to measure on, without a network.

traffic.py foreign FILE PACKETS   HTTPS (TLS 1.2 and 1.3), HTTP and DNS: no SSTP
traffic.py https FILE PACKETS     HTTPS alone
traffic.py sstp FILE PACKETS      one SSTP session over TLS 1.3 that carries data, its keys inside
traffic.py stream - MEGABYTES     foreign traffic with SSTP sessions in clear between it, to the standard output

The TLS is real: both ends run in this process and their bytes are put into TCP segments. It differs
from run to run in keys and randoms only. Needs openssl and editcap.
"""
import os
import random
import ssl
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tests', 'golden'))
import gen_hostile as gen  # noqa: E402

NAME = 'www.example.test'
MSS = 1448


class Full(Exception):
    """Enough packets."""


class Counted(gen.Capture):
    def __init__(self, path, most):
        super().__init__(path)
        self.left = most

    def frame(self, data, cut=None):
        if self.left == 0:
            raise Full
        self.left -= 1
        super().frame(data, cut)


def send(t, side, data):
    """Data in full segments, every second one acknowledged, as TCP does."""
    for n, at in enumerate(range(0, len(data), MSS)):
        t.segment(side, data[at:at + MSS])
        if n & 1 or at + MSS >= len(data):
            t.segment(1 - side, flags=gen.ACK)


class Tls:
    """Both ends of a TLS connection over t."""

    def __init__(self, t, server, client):
        self.t = t
        self.bio = [(ssl.MemoryBIO(), ssl.MemoryBIO()) for _ in 'cs']
        self.end = [client.wrap_bio(*self.bio[0], server_hostname=NAME), server.wrap_bio(*self.bio[1], server_side=True)]
        todo = [0, 1]
        while todo:
            for side in list(todo):
                try:
                    self.end[side].do_handshake()
                    todo.remove(side)
                except ssl.SSLWantReadError:
                    pass
                self.flush(side)

    def flush(self, side):
        data = self.bio[side][1].read()
        if data:
            send(self.t, side, data)
            self.bio[1 - side][0].write(data)

    def write(self, side, data):
        for at in range(0, len(data), 16384):
            self.end[side].write(data[at:at + 16384])
        self.flush(side)
        left = len(data)
        while left:
            left -= len(self.end[1 - side].read(left))


class Clear:
    def __init__(self, t):
        self.t = t

    def write(self, side, data):
        send(self.t, side, data)


def contexts(work, version=None, keys=None):
    cert, key = os.path.join(work, 'c.pem'), os.path.join(work, 'k.pem')
    if not os.path.exists(cert):
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-subj',
                        '/CN=' + NAME], check=True, stderr=subprocess.DEVNULL)
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server.load_cert_chain(cert, key)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    if version:
        client.maximum_version = version
    if keys:
        client.keylog_filename = keys
    return server, client


def dns(cap, rnd, n):
    name = b''.join(bytes([len(x)]) + x for x in (b'host%d' % rnd.randrange(9999), b'example', b'test')) + b'\0'
    query = struct.pack('>HHHHHH', n & 0xffff, 0x100, 1, 0, 0, 0) + name + b'\0\1\0\1'
    answer = query[:2] + b'\x81\x80\0\1\0\1\0\0\0\0' + query[12:] + b'\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc6\x33\x64\x14'
    ends = [(bytes([192, 0, 2, 10]), 40000 + n % 9000), (bytes([198, 51, 100, 20]), 53)]
    for src, dst, data in (*ends, query), (ends[1], ends[0], answer):
        udp = struct.pack('>HHHH', src[1], dst[1], 8 + len(data), 0) + data
        ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(udp), n & 0xffff, 0x4000, 64, 17, 0) + src[0] + dst[0]
        ip = ip[:10] + struct.pack('>H', gen.fold(gen.total(ip))) + ip[12:]
        cap.frame(b'\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0' + ip + udp)


def https(cap, work):
    foreign(cap, work, False)


def foreign(cap, work, all_kinds=True):
    rnd = random.Random(7)
    tls = [contexts(work, v) for v in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)]
    n = 0
    while True:
        n += 1
        for _ in range(4 * all_kinds):
            dns(cap, rnd, n * 4)
        clear = all_kinds and rnd.random() < .3
        t = gen.Tcp(cap, n, 80 if clear else 443)
        t.open()
        c = Clear(t) if clear else Tls(t, *rnd.choice(tls))
        for i in range(rnd.randint(1, 8)):
            size = min(int(rnd.lognormvariate(9.5, 1.4)), 900000)
            c.write(0, b'GET /o/%d HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nCookie: a=%d\r\n\r\n' % (i, NAME.encode(), i))
            c.write(1, b'HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n' % size
                    + gen.filler(n, size))
        t.close()


def inner(rnd, side, n):
    """A UDP packet of the tunnel."""
    data = b'\0' * 8 + gen.filler(n % 50, rnd.choice((60, 60, 200, 1200)))
    ends = [b'\x0a\0\0\2', b'\x0a\0\0\1']
    ip = struct.pack('>BBHHHBBH', 0x45, 0, 28 + len(data), n & 0xffff, 0, 64, 17, 0) + ends[side] + ends[1 - side]
    ip = ip[:10] + struct.pack('>H', gen.fold(gen.total(ip))) + ip[12:]
    return gen.sstp(0, b'\xff\x03\0\x21' + ip + struct.pack('>HHHH', 40001, 40002, 8 + len(data), 0) + data)


def sstp(cap, work):
    """One SSTP packet a record and a segment: the case in which stock Wireshark decodes everything, too."""
    rnd = random.Random(8)
    t = gen.Tcp(cap, 0, 443)
    t.open()
    c = Tls(t, *contexts(work, ssl.TLSVersion.TLSv1_3, os.path.join(work, 'keys')))
    for side, m in ((0, gen.POST), (1, gen.OK), (0, gen.REQUEST), (1, gen.CONNECT_ACK), (0, gen.LCP_REQ), (1, gen.LCP_ACK),
                    (1, gen.LCP_REQ), (0, gen.LCP_ACK), (1, gen.CHALLENGE), (0, gen.RESPONSE), (1, gen.SUCCESS),
                    (0, gen.CONNECTED), (0, gen.IPCP_REQ), (1, gen.IPCP_ACK), (1, gen.IPCP_REQ), (0, gen.IPCP_ACK)):
        c.write(side, m)
    n = 0
    while True:
        n += 1
        side = rnd.random() < .7
        c.write(int(side), inner(rnd, int(side), n))


class Kept(gen.Capture):
    """A piece of traffic, to be told again and again: where its addresses and times stand is known."""

    def __init__(self):
        self.f, self.t, self.step, self.frames = None, 0, 1000, []

    def frame(self, data, cut=None):
        self.frames.append(bytearray(data))


PIECE_FRAMES = 20000


class Limited:
    """So many frames of another capture."""

    def __init__(self, cap, most):
        self.cap, self.left = cap, most

    def frame(self, data, cut=None):
        if self.left == 0:
            raise Full
        self.left -= 1
        self.cap.frame(data, cut)


def stream(out, megabytes):
    """Real TLS is slow to make: a piece of it is told again, each time by other clients, and an SSTP session behind each.
    No connection is ever the same, as the client's address tells."""
    piece = Kept()
    with tempfile.TemporaryDirectory() as work:
        try:
            foreign(Limited(piece, PIECE_FRAMES), work)
        except Full:
            pass
    session = gen.Tcp(piece, 40000)
    gen.setup(session)
    session.close()
    out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
    left, now, client = megabytes * 1_000_000, 1_790_000_000_000_000, 0
    while left > 0:
        client += 1
        address = struct.pack('>I', 0x0b000000 + client)
        chunk = []
        for frame in piece.frames:
            now += 100
            at = 26 if frame[0:6] == b'\x02\0\0\0\0\1' else 30     # of the client, who is the one at this hardware address
            frame[at:at + 4] = address
            chunk.append(struct.pack('<IIII', now // 1_000_000, now % 1_000_000, len(frame), len(frame)) + frame)
        data = b''.join(chunk)
        out.write(data)
        left -= len(data)


def make(kind, path, count):
    with tempfile.TemporaryDirectory() as work:
        raw = os.path.join(work, 'raw.pcap')
        cap = Counted(raw, count)
        try:
            {'foreign': foreign, 'https': https, 'sstp': sstp}[kind](cap, work)
        except Full:
            cap.close()
        keys = os.path.join(work, 'keys')
        secrets = ['--inject-secrets', 'tls,' + keys] if os.path.exists(keys) else []
        subprocess.run(['editcap', '-F', 'pcapng', *secrets, raw, path], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    if sys.argv[1] == 'stream':
        stream(sys.stdout.buffer, int(sys.argv[3]))
    else:
        make(sys.argv[1], sys.argv[2], int(sys.argv[3]))
