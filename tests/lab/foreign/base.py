"""What all recordings share: addresses, processes, and servers of a few lines."""
import contextlib
import hashlib
import os
import signal
import socket
import ssl
import subprocess
import threading
import time

CLIENT, SERVER, CLIENT6, SERVER6 = '192.0.2.10', '198.51.100.20', '2001:db8::10', '2001:db8:1::20'
LOCAL = '127.0.0.1'     # hops of one end, which are not recorded
NAME = 'www.example.test'
QUIET = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}


def sh(cmd, **kw):
    """Run a command of the recording; a failure ends the recording."""
    subprocess.run(cmd, shell=isinstance(cmd, str), check=True, stdout=subprocess.DEVNULL, **kw)


def start(*cmd, **kw):
    return subprocess.Popen(cmd, start_new_session=True, **dict(QUIET, **kw))


def stop(process):
    """End a process of start() with all that it started in its turn."""
    for sign in signal.SIGTERM, signal.SIGKILL:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)


@contextlib.contextmanager
def running(*cmd, **kw):
    """A server or client in the background, until the end of the block."""
    p = start(*cmd, **kw)
    try:
        yield p
    finally:
        stop(p)


def wait_for(what, test, seconds=20):
    until = time.monotonic() + seconds
    while not test():
        if time.monotonic() > until:
            raise TimeoutError('no ' + what)
        time.sleep(.1)


def wait_port(port, host=SERVER):
    """Wait for a listener, by the kernel's table: a connection to try it would be recorded."""
    def listens():
        out = subprocess.run(['ss', '-Htln', 'sport = :%d' % port], capture_output=True, text=True, check=True).stdout
        return any(a in out for a in (host, '0.0.0.0', '*:', '[::]'))
    wait_for('listener on port %d' % port, listens)


def listen(port, handler, host=SERVER):
    """Serve each TCP connection to port in a thread of its own."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((host, port))
    s.listen(8)

    def loop():
        while True:
            c, _ = s.accept()
            threading.Thread(target=handler, args=(c,), daemon=True).start()
    threading.Thread(target=loop, daemon=True).start()


def read(s, n):
    b = b''
    while len(b) < n:
        d = s.recv(n - len(b))
        if not d:
            raise EOFError
        b += d
    return b


def filler(seed, n):
    """The same "random" bytes on each run."""
    out, h = b'', seed.encode()
    while len(out) < n:
        h = hashlib.sha256(h).digest()
        out += h
    return out[:n]


def limit(ctx, version, ciphers):
    """version: of ssl.TLSVersion, or None for any; ciphers: of TLS 1.2 and older, or None."""
    if version:
        ctx.minimum_version = ctx.maximum_version = version
    if ciphers:
        ctx.set_ciphers(ciphers)
    return ctx


def server_context(version=None, ciphers=None):
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain('c.pem', 'k.pem')
    return limit(ctx, version, ciphers)


def client_context(keys=None, version=None, ciphers=None):
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ctx.check_hostname, ctx.verify_mode = False, ssl.CERT_NONE
    if keys:
        ctx.keylog_filename = keys
    return limit(ctx, version, ciphers)


def connect(port, ctx):
    s = socket.create_connection((SERVER, port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return ctx.wrap_socket(s, server_hostname=NAME)


def write(name, text):
    with open(name, 'w') as f:
        f.write(text)
    return os.path.abspath(name)
