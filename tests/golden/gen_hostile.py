#!/usr/bin/env python3
"""Write captures of broken, absurd and huge SSTP, the same bytes on each run.

gen_hostile.py NAME FILE    write one capture
gen_hostile.py              list the names

All of it is SSTP in clear HTTP, as behind a TLS offloader, with correct IP and TCP headers
unless the case is about those.
"""
import hashlib
import random
import struct
import sys

POST = (b'SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\nHost: vpn.example.test\r\n'
        b'Content-Length: 18446744073709551615\r\nSSTPCORRELATIONID: {48F3B8C5-7C26-4A4E-9E9C-0123456789AB}\r\n\r\n')
OK = b'HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\nServer: Microsoft-HTTPAPI/2.0\r\n\r\n'
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def total(data):
    """The sum of 16-bit words that an internet checksum folds."""
    if len(data) & 1:
        data += b'\0'
    return sum(struct.unpack('>%dH' % (len(data) // 2), data))


def fold(n):
    n = (n >> 16) + (n & 0xffff)
    n = (n >> 16) + (n & 0xffff)
    return ~n & 0xffff


class Capture:
    """A classic pcap file; time goes on by one millisecond a frame unless told."""

    def __init__(self, path):
        self.f = open(path, 'wb')
        self.f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        self.t = 1_790_000_000_000_000
        self.step = 1000

    def frame(self, data, cut=None):
        self.t += self.step
        kept = data if cut is None else data[:cut]
        self.f.write(struct.pack('<IIII', self.t // 1_000_000, self.t % 1_000_000, len(kept), len(data)) + kept)

    def close(self):
        self.f.close()


class Tcp:
    """One connection between 192.0.2.10+x and 198.51.100.20: client is side 0."""

    def __init__(self, cap, n=0, port=80):
        self.cap = cap
        self.ip = (bytes([192, 0, 2, 10 + n // 50000]), bytes([198, 51, 100, 20]))
        self.port = (10000 + n % 50000, port)
        self.seq = [1000 + n, 5000 + n]
        self.sums = {}

    def segment(self, side, data=b'', flags=ACK | PSH, cut=None, seq=None, ack=None, move=True):
        if data not in self.sums:
            if len(self.sums) > 100:
                self.sums.clear()
            self.sums[data] = total(data)
        o = 1 - side
        seq = self.seq[side] if seq is None else seq
        ack = (self.seq[o] if flags & ACK else 0) if ack is None else ack
        opt = b'\x02\x04\x05\xb4' if flags & SYN else b''
        off = (20 + len(opt)) // 4
        tcp = struct.pack('>HHIIBBHHH', self.port[side], self.port[o], seq & 0xffffffff, ack & 0xffffffff,
                          off << 4, flags, 64240, 0, 0) + opt
        n = len(tcp) + len(data)
        ends = self.ip[side] + self.ip[o]
        check = fold(total(ends) + 6 + n + total(tcp) + self.sums[data])
        tcp = tcp[:16] + struct.pack('>H', check) + tcp[18:]
        ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + n, seq & 0xffff, 0x4000, 64, 6, 0) + ends
        ip = ip[:10] + struct.pack('>H', fold(total(ip))) + ip[12:]
        mac = b'\x02\0\0\0\0\1\x02\0\0\0\0\2' if side == 0 else b'\x02\0\0\0\0\2\x02\0\0\0\0\1'
        self.cap.frame(mac + b'\x08\0' + ip + tcp + data, cut)
        if move:
            self.seq[side] += len(data) + bool(flags & SYN) + bool(flags & FIN)

    def open(self):
        self.segment(0, flags=SYN)
        self.segment(1, flags=SYN | ACK)
        self.segment(0, flags=ACK)

    def http(self):
        self.open()
        self.segment(0, POST)
        self.segment(1, OK)

    def close(self):
        self.segment(0, flags=FIN | ACK)
        self.segment(1, flags=FIN | ACK)
        self.segment(0, flags=ACK)


# --- SSTP and PPP messages ------------------------------------------------------------------------

def sstp(kind, body, length=None, ver=0x10, resv=0):
    return struct.pack('>BBH', ver, kind, (length if length is not None else 4 + len(body)) | resv) + body


def control(message, *attrs):
    return sstp(1, struct.pack('>HH', message, len(attrs)) + b''.join(attrs))


def attr(ident, value, length=None, resv=0):
    return struct.pack('>BBH', 0, ident, (4 + len(value) if length is None else length) | resv) + value


def ppp(proto, code, ident, options=b'', length=None):
    return sstp(0, b'\xff\x03' + struct.pack('>HBBH', proto, code, ident, 4 + len(options) if length is None else length) + options)


REQUEST = control(1, attr(1, b'\0\1'))
CONNECT_ACK = control(2, attr(4, b'\0\0\0\3' + b'N' * 32))
CONNECTED = control(4, attr(3, b'\0\0\0\2' + b'N' * 32 + b'C' * 32 + b'M' * 32))
ECHO, ECHO_REPLY = control(8), control(9)
LCP_REQ = ppp(0xc021, 1, 1, b'\x01\x04\x05\xdc\x05\x06\x11\x22\x33\x44\x03\x05\xc2\x23\x81')
LCP_ACK = ppp(0xc021, 2, 1, b'\x01\x04\x05\xdc\x05\x06\x11\x22\x33\x44\x03\x05\xc2\x23\x81')
CHALLENGE = ppp(0xc223, 1, 7, b'\x10' + bytes(range(16)) + b'srv')
RESPONSE = ppp(0xc223, 2, 7, b'\x31' + bytes(range(16)) + bytes(8) + bytes(range(24)) + b'\0user')
SUCCESS = ppp(0xc223, 3, 7, b'S=' + b'A' * 40)
IPCP_REQ, IPCP_ACK = ppp(0x8021, 1, 1, b'\x03\x06\x0a\0\0\2'), ppp(0x8021, 2, 1, b'\x03\x06\x0a\0\0\2')
INNER = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 28, 1, 0, 64, 17, 0, b'\x0a\0\0\2', b'\x0a\0\0\1') + \
    struct.pack('>HHHH', 5000, 5001, 8, 0)
INNER = INNER[:10] + struct.pack('>H', fold(total(INNER[:20]))) + INNER[12:]
DATA = sstp(0, b'\xff\x03\0\x21' + INNER)


def setup(t):
    """From SYN to an open tunnel."""
    t.http()
    for side, m in ((0, REQUEST), (1, CONNECT_ACK), (0, LCP_REQ), (1, LCP_ACK), (1, LCP_REQ), (0, LCP_ACK),
                    (1, CHALLENGE), (0, RESPONSE), (1, SUCCESS), (0, CONNECTED), (0, IPCP_REQ), (1, IPCP_ACK),
                    (1, IPCP_REQ), (0, IPCP_ACK)):
        t.segment(side, m)


def filler(n, size):
    return hashlib.shake_128(b'sstp%d' % n).digest(size)


# --- cases ------------------------------------------------------------------------------------------

def truncated(cap):
    """Every capture length from 0 to the whole frame, on set-up and data."""
    for cut in range(0, 200):
        t = Tcp(cap, cut)
        t.open()
        t.segment(0, POST, cut=cut)
        t.segment(1, OK, cut=cut)
        t.segment(0, REQUEST, cut=54 + cut % 20)
        t.segment(1, CONNECT_ACK + LCP_REQ, cut=54 + cut % 80)
        t.segment(0, DATA * 3)


def lengths(cap):
    """Length fields from 0 to 4095 on real bodies, both directions, data and control."""
    for n, length in enumerate(list(range(0, 70)) + [255, 256, 1500, 4094, 4095]):
        for k, kind in enumerate((0, 1)):
            t = Tcp(cap, 2 * n + k)
            t.http()
            t.segment(0, REQUEST)
            t.segment(1, sstp(kind, filler(n, 48), length=length))
            t.segment(1, CONNECT_ACK + ECHO)
            t.segment(0, sstp(kind, LCP_REQ[4:], length=length) + ECHO)
            t.segment(0, DATA * 40)
            t.close()


def reserved(cap):
    """Reserved bits of header, attribute and length; other versions."""
    for n in range(16):
        t = Tcp(cap, n)
        t.http()
        t.segment(0, sstp(1, REQUEST[4:], resv=n << 12))
        t.segment(1, sstp(1 | n << 1, CONNECT_ACK[4:]))
        t.segment(0, sstp(0, LCP_REQ[4:], resv=n << 12) + ECHO)
        t.segment(1, control(2, attr(4, b'\xff\xff\xff\3' + b'N' * 32, resv=n << 12)))
        t.segment(0, sstp(1, REQUEST[4:], ver=n << 4 | n))
        t.segment(1, ECHO)


def attributes(cap):
    """Attribute counts and lengths that lie, every message with every attribute."""
    n = 0
    for message in list(range(0, 12)) + [0xffff]:
        for ident in list(range(0, 6)) + [255]:
            t = Tcp(cap, n)
            n += 1
            t.http()
            for length in (0, 1, 3, 4, 5, 8, 11, 12, 40, 104, 4095):
                t.segment(n % 2, control(message, attr(ident, filler(n, 36), length=length)))
            t.segment(0, sstp(1, struct.pack('>HH', message, 0xffff) + attr(ident, b'')))
            t.segment(1, sstp(1, struct.pack('>HH', message, 300) + attr(ident, b'') * 300))
            t.segment(1, sstp(1, struct.pack('>H', message)))


def ppp_options(cap):
    """PPP lengths and options that lie."""
    n = 0
    for proto in (0xc021, 0xc023, 0xc223, 0xc227, 0xc029, 0x80fd, 0x8021, 0x8057, 0x0021, 0x00fd, 0xffff):
        t = Tcp(cap, n)
        n += 1
        setup(t)
        for code in range(0, 16):
            for length in (0, 1, 3, 4, 5, 8, 300, 0xffff):
                t.segment(code & 1, ppp(proto, code, 1, filler(code, 12), length=length))
            t.segment(0, ppp(proto, code, 2, b'\x01\0' * 20) + ppp(proto, code, 3, b'\x03\x01' * 20))
            t.segment(1, ppp(proto, code, 4, b'\x03\xff\xff'))
        for body in (b'', b'\xff', b'\xff\x03', b'\xff\x03\xc0', b'\xc0', b'\x21', b'\0', b'\xff\x03\xc0\x21'):
            t.segment(0, sstp(0, body))


def zero_length(cap):
    """Thousands of packets of length 0, and of 4, which is a header alone."""
    for n, length in enumerate((0, 4)):
        t = Tcp(cap, n)
        setup(t)
        for i in range(500):
            t.segment(i & 1, sstp(0, b'', length=length) * 300)
        t.segment(0, ECHO)
        t.close()


def middle(cap):
    """Sessions that begin in the middle: after the request, the answer, in mid-packet, one direction."""
    for n in range(8):
        t = Tcp(cap, n)
        if n > 0:
            t.segment(1, OK)
        if n % 2:
            t.segment(0, CONNECTED[n:])
        t.segment(1, (DATA * 30)[3 * n:])
        for i in range(20):
            t.segment(i & 1 if n < 5 else 0, DATA)
        if n & 2:
            t.http()
        t.segment(0, ECHO)


def http_heads(cap):
    """HTTP heads cut, split, endless, doubled and wrong."""
    heads = [POST[:i] for i in range(1, len(POST), 7)]
    heads += [POST.replace(b'\r\n', b'\n'), POST + POST, POST + OK, POST.replace(b'HTTP/1.1', b'HTTP/9.9'),
              POST[:-4] + b'\r\nX: ' + b'a' * 60000, b'SSTP_DUPLEX_POST ' + b'/' * 70000, POST.replace(b'1844', b'-99'),
              POST.replace(b'Host', b'\0\0\0\0'), b'PROXY TCP4 1.2.3.4\r\n' + POST, b'PROXY ' + b'x' * 200 + POST,
              b'\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff' + POST, b'PROXY UNKNOWN\r\n' + POST, b'SSTP_DUPLEX_POST\r\n\r\n']
    answers = [OK, OK[:10], b'HTTP/1.1 ', b'HTTP/1.1 200', b'HTTP/1.1 99999999999 X\r\n\r\n', b'HTTP/1.1 404 Not Found\r\n\r\n',
               b'HTTP/1.1 302 Found\r\nLocation: ' + b'y' * 5000 + b'\r\n\r\n', OK + CONNECT_ACK, filler(1, 100), OK.replace(b'1.1', b'2')]
    n = 0
    for head in heads:
        for answer in (OK, answers[n % len(answers)]):
            t = Tcp(cap, n)
            n += 1
            t.open()
            for i in range(0, len(head), 1400):
                t.segment(0, head[i:i + 1400])
            t.segment(1, answer)
            t.segment(0, REQUEST)
            t.segment(1, CONNECT_ACK)
            t.close()
    t = Tcp(cap, n)
    t.open()
    for side, text in ((0, POST), (1, OK), (0, REQUEST), (1, CONNECT_ACK), (0, LCP_REQ), (1, LCP_ACK)):
        for i in range(len(text)):
            t.segment(side, text[i:i + 1])


def tcp_tricks(cap):
    """Overlaps that disagree, holes, wrapping numbers, resets and reuse of the same ports."""
    rnd = random.Random(5)
    for n in range(40):
        t = Tcp(cap, n % 5)                     # the same ports again and again
        t.seq = [0xffffff00 + n, 0xfffffff0]
        t.http()
        for i in range(60):
            side = rnd.randrange(2)
            t.segment(side, rnd.choice((DATA, ECHO, LCP_REQ, filler(i, 50))), seq=t.seq[side] + rnd.randrange(-200, 200),
                      ack=rnd.getrandbits(32) if rnd.random() < .2 else None, flags=rnd.choice((ACK, ACK | PSH, ACK, RST | ACK, FIN | ACK, 0, 63)),
                      move=rnd.random() < .7)
            if rnd.random() < .1:
                t.seq[side] += rnd.randrange(1, 100000)


def noise(cap):
    """Random bytes as SSTP, and instead of HTTP, on ports of HTTP and of TLS."""
    for n in range(120):
        t = Tcp(cap, n, (80, 443, 8090)[n % 3])
        if n % 4:
            t.http()
        else:
            t.open()
        if n % 5 == 0:
            t.segment(0, REQUEST)
            t.segment(1, CONNECT_ACK)
        for i in range(20):
            t.segment((n + i) & 1, filler(1000 * n + i, 1 + (37 * i + n) % 1400))
        t.close()


def bit_flips(cap):
    """A good session with a few bits wrong in each message."""
    rnd = random.Random(6)
    for n in range(300):
        t = Tcp(cap, n)
        t.http()
        for side, m in ((0, REQUEST), (1, CONNECT_ACK), (0, LCP_REQ), (1, LCP_ACK), (1, CHALLENGE), (0, RESPONSE),
                        (1, SUCCESS), (0, CONNECTED), (0, IPCP_REQ), (1, IPCP_ACK), (0, DATA), (1, DATA), (0, ECHO), (1, ECHO_REPLY)):
            b = bytearray(m)
            for _ in range(rnd.randrange(4)):
                b[rnd.randrange(len(b))] ^= 1 << rnd.randrange(8)
            t.segment(side, bytes(b))
        t.close()


def big_packets(cap):
    """Packets of 4095 bytes over many segments, cut at every place of the header."""
    for n in range(5):
        t = Tcp(cap, n)
        setup(t)
        stream = sstp(0, b'\xff\x03\0\x21' + filler(n, 4087)) * 40
        at = 0
        while at < len(stream):
            size = 1 + (at * 7 + n) % 1460 if n else 4095 + 1
            t.segment(n & 1, stream[at:at + min(size, 1460)])
            at += min(size, 1460)
        t.close()


def many_sessions(cap, count=10000):
    """10,000 short sessions."""
    cap.step = 100
    for n in range(count):
        t = Tcp(cap, n)
        t.http()
        t.segment(0, REQUEST)
        t.segment(1, CONNECT_ACK)
        t.close()


def some_sessions(cap):
    """A tenth of many-sessions: time must grow linearly."""
    many_sessions(cap, 1000)


def many_open(cap):
    """3,000 sessions at once, interleaved, never closed."""
    cap.step = 100
    all_t = [Tcp(cap, n) for n in range(3000)]
    for t in all_t:
        t.http()
    for side, m in ((0, REQUEST), (1, CONNECT_ACK), (0, LCP_REQ), (1, LCP_ACK), (0, DATA)):
        for t in all_t:
            t.segment(side, m)


def one_long_session(cap, count=1_000_000):
    """A session of a million frames of data."""
    cap.step = 500
    t = Tcp(cap)
    setup(t)
    for i in range(count):
        t.segment(i & 1, DATA)
    t.close()


# What may stand in front of a clear leg's request: (header, in a segment of its own).
PROXY_V2 = b'\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c' + bytes([192, 0, 2, 99, 198, 51, 100, 20]) + struct.pack('>HH', 4711, 443)
PREFACES = ((b'', False), (b'PROXY TCP4 192.0.2.99 198.51.100.20 4711 443\r\n', False),
            (b'PROXY TCP4 192.0.2.99 198.51.100.20 4711 443\r\n', True), (PROXY_V2, False), (PROXY_V2, True))
CLEAR_PORTS = 80, 8080, 443, 12345


def browse(t):
    """What is no VPN, and goes on long enough for that to be known."""
    t.open()
    for _ in range(3):
        t.segment(0, b'GET / HTTP/1.1\r\nHost: vpn.example.com\r\n\r\n')
        t.segment(1, b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n' + bytes(500))
    t.close()


def clear_legs(cap):
    """Healthy sessions in clear, on several ports, with and without a PROXY header: 14 packets each. Every other one has
    the ports of a connection before it that was none."""
    for n, (preface, alone) in enumerate(PREFACES):
        for m, port in enumerate(CLEAR_PORTS):
            t = Tcp(cap, n * len(CLEAR_PORTS) + m, port)
            if m & 1:
                browse(t)
                t.seq = [s + 100000 for s in t.seq]
            t.open()
            if alone:
                t.segment(0, preface)
            t.segment(0, (b'' if alone else preface) + POST)
            t.segment(1, OK)
            for side, piece in ((0, REQUEST), (1, CONNECT_ACK), (0, LCP_REQ), (1, LCP_ACK), (1, CHALLENGE),
                                (0, RESPONSE), (1, SUCCESS), (0, CONNECTED), (0, IPCP_REQ), (1, IPCP_ACK),
                                (0, ECHO), (1, ECHO_REPLY), (0, DATA + DATA)):
                t.segment(side, piece)
            t.close()


def inner_pdu(cap):
    """Inside the tunnel a message of DNS over TCP that goes on behind its segment: 18 SSTP packets, whatever is made of it."""
    def inside(seq, flags, data=b''):
        tcp = struct.pack('>HHIIBBHHH', 40000, 53, seq, flags & ACK and 1, 5 << 4, flags, 64240, 0, 0) + data
        ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(tcp), 1, 0x4000, 64, 6, 0, b'\x0a\0\0\2', b'\x0a\0\0\1')
        return sstp(0, b'\xff\x03\0\x21' + ip + tcp)

    t = Tcp(cap)
    t.http()
    for side, piece in ((0, REQUEST), (1, CONNECT_ACK), (0, LCP_REQ), (1, LCP_ACK), (0, inside(0, SYN)),
                        (0, inside(1, ACK | PSH, struct.pack('>H', 3000) + bytes(500)))):
        t.segment(side, piece)
    for n in range(10):
        t.segment(0, inside(503 + 100 * n, ACK | PSH, bytes(100)))
    t.segment(0, ECHO)
    t.segment(1, ECHO_REPLY)
    t.close()


CASES = {f.__name__.replace('_', '-'): f for f in (
    truncated, lengths, reserved, attributes, ppp_options, zero_length, middle, http_heads, tcp_tricks, noise,
    bit_flips, big_packets, many_open, some_sessions, many_sessions)}
LARGE = {'one-long-session': one_long_session}
SOUND = {'clear-legs': clear_legs, 'inner-pdu': inner_pdu}


def write(name, path):
    cap = Capture(path)
    {**CASES, **LARGE, **SOUND}[name](cap)
    cap.close()


if __name__ == '__main__':
    if len(sys.argv) == 3:
        write(sys.argv[1], sys.argv[2])
    else:
        print('\n'.join([*CASES, *LARGE, *SOUND]))
