"""TLS connections whose records have the lengths of SSTP's messages, by chance or by plan."""
import random
import socket
import ssl
import time

from base import client_context, connect, filler, listen, read, server_context

# Of Call Connect Request, Ack, Connected, Abort, echoes of SSTP and LCP, and of small PPP packets.
LENGTHS = 14, 48, 112, 20, 8, 16, 12, 26, 36
UPGRADE = ('c', 260), ('s', 129)    # an HTTP request and its answer "101 Switching Protocols"
CIPHERS = {
    'tls13': (ssl.TLSVersion.TLSv1_3, None),
    'gcm': (ssl.TLSVersion.TLSv1_2, 'ECDHE-RSA-AES256-GCM-SHA384'),
    'chacha': (ssl.TLSVersion.TLSv1_2, 'ECDHE-RSA-CHACHA20-POLY1305'),
    'cbc': (ssl.TLSVersion.TLSv1_2, 'ECDHE-RSA-AES128-SHA'),
}


def walk(s, own, plan, pause):
    """One side of a plan: (who, length)..., each a record."""
    for i, (side, length) in enumerate(plan):
        if side == own:
            time.sleep(pause)
            s.sendall(filler('chat%d' % i, length))
        else:
            read(s, length)


def play(port, plan, cipher, pause=.005):
    """A connection to port with a server of its own that follows the same plan."""
    ctx = server_context(*CIPHERS[cipher])

    def serve(c):
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s = ctx.wrap_socket(c, server_side=True)
        walk(s, 's', plan, pause)
        s.unwrap()
    listen(port, serve)
    s = connect(port, client_context(None, *CIPHERS[cipher]))
    walk(s, 'c', plan, pause)
    try:
        s.unwrap()
    except (ssl.SSLError, OSError):
        pass
    s.close()


def at_random(seed, start, num=40):
    rng = random.Random(seed)
    return [*start, *((rng.choice('cs'), rng.choice(LENGTHS)) for _ in range(num))]


def lines(_keys):
    """A protocol of short lines without HTTP."""
    for i, cipher in enumerate(CIPHERS):
        play(25000 + i, at_random(i, ()), cipher)


def upgraded(_keys):
    """The same behind an HTTP request and answer of SSTP's lengths: sixteen times other lengths."""
    for i in range(16):
        play(25100 + i, at_random(100 + i, UPGRADE, 24), list(CIPHERS)[i % 4], .002)


def poll(_keys):
    """A client asks with 14 bytes, the server answers with 48: a program's own constants."""
    for i, cipher in enumerate(CIPHERS):
        play(25200 + i, [*UPGRADE, *(('c', 14), ('s', 48)) * 15], cipher, .05)


def keepalive(_keys):
    """Request and answer of HTTP, then 8 bytes each way a second, and 16."""
    for i, cipher in enumerate(CIPHERS):
        play(25300 + i, [*UPGRADE, *(('c', 8), ('s', 8)) * 4, *(('s', 16), ('c', 16)) * 4], cipher, .3)


KINDS = {
    'chat-lines': (lines, 'n'),
    'chat-upgraded': (upgraded, 'n'),
    'chat-poll': (poll, 'n'),
    'chat-keepalive': (keepalive, 'n'),
}
