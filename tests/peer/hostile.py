#!/usr/bin/env python3
"""Let sstpprobe try servers that are broken, hostile or something else, and proxies.

hostile.py --peer PROGRAM --probe PROGRAM [--case TEXT]

Whatever they send, a probe ends in time, in little memory, with a finding that is true, and logs in nowhere. All cases run
at once in a network of their own. Exit status as of probe.py.
"""
import json
import multiprocessing
import os
import resource
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import cases     # noqa: E402
import loopback     # noqa: E402
import schema     # noqa: E402
from place import status_of     # noqa: E402

LIMIT, MEMORY = 50, 32 * 1024 * 1024
PASSWORD = cases.PASSWORD
SERVER = '127.3.0.1'     # a good one, behind the proxies
HEAD = b'HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\nServer: none\r\n'


# --- servers -----------------------------------------------------------------------------------------

def tls(connection, cert='cert', tickets=2, versions=None, chain=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain or cert + '.pem', cert + '.key')
    context.num_tickets = tickets
    if versions:
        context.maximum_version = versions
    return context.wrap_socket(connection, server_side=True)


def forever(connection, data, pause=0):
    while True:
        connection.sendall(data)
        time.sleep(pause)


def random_bytes(connection):
    forever(connection, os.urandom(4096))


def byte_a_second(connection):
    connection.recv(4096)
    for byte in b'\x16\x03\x03\x40\x00\x02' + bytes(1000):
        connection.sendall(bytes([byte]))
        time.sleep(1)


def silence(connection):
    connection.recv(4096)
    time.sleep(LIMIT)


def plain_http(connection):
    connection.recv(4096)
    connection.sendall(b'HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n')


def ssh(connection):
    connection.sendall(b'SSH-2.0-OpenSSH_9.2p1\r\n')
    connection.recv(4096)
    time.sleep(LIMIT)


def closes(connection):
    connection.recv(1)


def many_certificates(connection):
    tls(connection, chain='chain.pem').recv(4096)


def many_tickets(connection):
    forever(tls(connection, tickets=20000), b'')


def endless_head(connection):
    stream = tls(connection)
    stream.recv(4096)
    forever(stream, HEAD + b'X-More: ' + b'x' * 1000 + b'\r\n')


def slow_head(connection):
    stream = tls(connection)
    stream.recv(4096)
    for byte in HEAD + b'X' * 1000:
        stream.sendall(bytes([byte]))
        time.sleep(1)


def records_without_end(connection):
    stream = tls(connection)
    stream.recv(4096)
    stream.sendall(HEAD + b'\r\n')
    forever(stream, b'\xff' * 16384)


def status(connection, line, body=b''):
    stream = tls(connection)
    stream.recv(4096)
    stream.sendall(line + b'\r\nServer: nginx\r\nContent-Length: %d\r\n\r\n' % len(body) + body)
    time.sleep(1)
    stream.close()


def not_found(connection):
    status(connection, b'HTTP/1.1 404 Not Found', b'404 page not found\n')


def other_tls(connection):
    stream = tls(connection, 'other')
    stream.recv(4096)
    stream.sendall(b'HTTP/1.1 405 Method Not Allowed\r\nServer: gateway\r\nContent-Length: 0\r\n\r\n')


def control(kind, attributes=b'', count=0):
    return struct.pack('>BBHHH', 0x10, 1, 8 + len(attributes), kind, count) + attributes


def data(protocol, code, ident, body=b''):
    ppp = b'\xff\x03' + struct.pack('>HBBH', protocol, code, ident, 4 + len(body)) + body
    return struct.pack('>BBH', 0x10, 0, 4 + len(ppp)) + ppp


def sstp(connection):
    """Up to Call Connect Ack."""
    stream = tls(connection)
    stream.recv(4096)
    stream.sendall(HEAD + b'\r\n')
    stream.recv(4096)
    stream.sendall(control(2, struct.pack('>BBHBBBB', 0, 4, 40, 0, 0, 0, 3) + os.urandom(32), 1))
    return stream


def echo_flood(connection):
    forever(sstp(connection), control(8) * 100)


def lcp_requests(connection):
    forever(sstp(connection), data(0xc021, 1, 1, b'\x01\x04\x05\xdc'), 0.001)


def answer_all(connection, code):
    """Each Configure-Request is answered with this code, for ever."""
    stream = sstp(connection)
    stream.sendall(data(0xc021, 1, 1, b'\x03\x05\xc2\x23\x81'))
    while True:
        packet = stream.recv(4096)
        if not packet:
            return
        if len(packet) > 9 and packet[1] == 0 and packet[6:8] == b'\xc0\x21' and packet[8] == 1:
            stream.sendall(data(0xc021, code, packet[9], b'\x01\x04' + os.urandom(2)))


def naks(connection):
    answer_all(connection, 3)


def rejects(connection):
    answer_all(connection, 4)


def length_zero(connection):
    forever(sstp(connection), b'\x10\x00\x00\x00', 0.01)


def length_4095(connection):
    forever(sstp(connection), b'\x10\x00\x0f\xff' + bytes(4091), 0.001)


def protocol_flood(connection):
    forever(sstp(connection), data(0x80fd, 1, 7, bytes(64)), 0.001)


def login_flood(connection):
    """A Challenge and a Failure that invites to try again, again and again."""
    stream = sstp(connection)
    stream.sendall(data(0xc021, 1, 1, b'\x03\x05\xc2\x23\x81'))
    time.sleep(0.5)
    stream.sendall(data(0xc021, 2, 1, b''))
    ident = 0
    while True:
        ident = (ident + 1) % 256
        stream.sendall(data(0xc223, 1, ident, b'\x10' + os.urandom(16) + b'x') +
                       data(0xc223, 4, ident, b'E=691 R=1 C=%032x V=3 M=again' % ident))
        time.sleep(0.01)


def tunnel(connection, answer):
    connection.recv(4096)
    connection.sendall(answer)
    if b'200' not in answer.split(b'\r\n')[0]:
        time.sleep(1)
        return
    with socket.create_connection((SERVER, 443)) as there:
        pair = {connection: there, there: connection}
        import select
        while True:
            for one in select.select(list(pair), [], [])[0]:
                some = one.recv(65536)
                if not some:
                    return
                pair[one].sendall(some)


def proxy_open(connection):
    tunnel(connection, b'HTTP/1.1 200 Connection established\r\n\r\n')


def proxy_denies(connection):
    tunnel(connection, b'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')


def proxy_login(connection):
    tunnel(connection, b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n'
           b'Proxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n')


def proxy_garbage(connection):
    tunnel(connection, b'\x05\xff nothing that HTTP has')


def proxy_inspects(connection):
    connection.recv(4096)
    connection.sendall(b'HTTP/1.1 200 OK\r\n\r\n')
    other_tls(connection)


# server, verdict (None: whatever it is, it failed), the step that failed, a trial that is made
CASES = [
    (random_bytes, None, 'tls', None),
    (byte_a_second, None, 'tls', None),
    (silence, 'tls_handshake_stalled', 'tls', 'sni'),
    (plain_http, 'tcp_wrong_service', 'tls', None),
    (ssh, 'tcp_wrong_service', 'tls', None),
    (closes, None, 'tls', 'version'),
    (many_certificates, None, 'tls', None),
    (many_tickets, None, 'http', None),
    (endless_head, None, 'http', None),
    (slow_head, None, 'http', None),
    (records_without_end, None, 'sstp', None),
    (not_found, 'http_not_sstp_server', 'http', None),
    (other_tls, 'tls_untrusted_root', 'tls', 'behind'),
    (echo_flood, None, 'lcp', None),
    (lcp_requests, None, 'lcp', None),
    (naks, None, 'lcp', None),
    (rejects, None, 'lcp', None),
    (length_zero, None, 'lcp', None),
    (length_4095, None, 'lcp', None),
    (protocol_flood, None, 'lcp', None),
    (login_flood, None, None, None),
    (proxy_open, 'healthy', None, 'proxy'),
    (proxy_denies, 'proxy_connect_denied', 'proxy', 'proxy'),
    (proxy_login, 'proxy_auth_required', 'proxy', 'proxy'),
    (proxy_garbage, None, 'proxy', 'proxy'),
    (proxy_inspects, None, 'tls', 'proxy'),
]
ENOUGH = proxy_open, login_flood     # where a login is right


def name_of(case):
    return case[0].__name__.replace('_', ' ')


def serve(number, ready):
    with socket.create_server(('127.3.1.%d' % (number + 1), 443)) as listener:
        ready.release()
        while True:
            connection, _ = listener.accept()
            try:
                CASES[number][0](connection)
            except (OSError, ValueError):
                pass
            connection.close()


# --- probes ------------------------------------------------------------------------------------------

def arguments(number):
    there = '127.3.1.%d' % (number + 1)
    if name_of(CASES[number]).startswith('proxy'):
        return ['--proxy', there + ':443', SERVER]
    return ['--connect-to', there, 'vpn.example.com']


def certificates(folder):
    for name in 'other', 'cert':
        loopback.certificate(folder, names=('vpn.example.com', SERVER))
        os.rename(os.path.join(folder, 'key.pem'), os.path.join(folder, name + '.key'))
        os.rename(os.path.join(folder, 'cert.pem'), os.path.join(folder, name + '.pem'))
    with open(os.path.join(folder, 'cert.pem')) as f:
        one = f.read()
    with open(os.path.join(folder, 'chain.pem'), 'w') as f:
        f.write(one * (4 * 1024 * 1024 // 450))


def run_probe(probe, number, results):
    """Leaves exit status, seconds and memory."""
    begin = time.monotonic()
    p = subprocess.Popen([probe, '--ca', 'cert.pem', '-u', 'alice', '-p', 'good', '--json', *arguments(number)],
                         stdout=open('%d.json' % number, 'w'), stderr=open('%d.log' % number, 'w'),
                         env=dict(os.environ, XDG_STATE_HOME=os.path.abspath('state%d' % number)))
    _, status_, usage = os.wait4(p.pid, 0)
    results[number] = (os.waitstatus_to_exitcode(status_), time.monotonic() - begin, usage.ru_maxrss * 1024, usage.ru_utime)


def probe_all(peer, probe, folder, numbers):
    loopback.loopback_up()
    os.chdir(folder)
    ready = multiprocessing.Semaphore(0)
    servers = [multiprocessing.Process(target=serve, args=(n, ready), daemon=True) for n in numbers]
    good = subprocess.Popen([peer, '--cert', 'cert.pem', '--key', 'cert.key', '--sessions', '20', 'server', SERVER],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    good.stdout.readline()
    for server in servers:
        server.start()
    for _ in servers:
        ready.acquire()
    results = multiprocessing.Manager().dict()
    probes = [multiprocessing.Process(target=run_probe, args=(probe, n, results)) for n in numbers]
    for p in probes:
        p.start()
    for p in probes:
        p.join(LIMIT + 10)
    for server in servers:
        server.kill()
    good.kill()
    with open('results', 'w') as f:
        json.dump(dict(results), f)


# --- judging -----------------------------------------------------------------------------------------

def judge(folder, number, result, sanitized):
    """What is wrong, or None."""
    _, want, step, kind = CASES[number]
    if not result:
        return 'it did not end'
    code, seconds, memory, _ = result
    with open(os.path.join(folder, '%d.log' % number)) as f:
        said = f.read().strip()
    with open(os.path.join(folder, '%d.json' % number)) as f:
        text = f.read()
    if code != (1 if step or CASES[number][0] is login_flood else 0):
        return 'exit status %s: %s %s' % (code, said, text)
    if seconds > LIMIT or (memory > MEMORY and not sanitized):
        return '%.1f s, %.1f MB' % (seconds, memory / 1e6)
    if PASSWORD in text + said:
        return 'the password is told'
    report = json.loads(text)
    schema.check(report, report['capture']['frames'])
    failed = [s['step'] for s in report['probe']['steps'] if s['outcome'] == 'failed']
    if step and failed != [step]:
        return 'failed steps: %s' % [s for s in report['probe']['steps'] if s['outcome'] != 'skipped']
    verdict = [s['verdict']['finding'] for s in report['sessions']] or ['none']
    if want and verdict != [want]:
        return 'want %s, got %s' % (want, [(s['verdict'], [f['id'] for f in s['findings']]) for s in report['sessions']])
    if step and verdict[0] == 'healthy':
        return 'healthy, though it failed'
    if report['probe']['login']['attempts'] != (1 if CASES[number][0] in ENOUGH else 0):
        return 'the password was handed out'
    if kind and kind not in [t['kind'] for t in report['probe']['trials']]:
        return 'trials: %s' % report['probe']['trials']
    return None


def said_of(folder, number):
    try:
        with open(os.path.join(folder, '%d.json' % number)) as f:
            return ', '.join(s['verdict']['finding'] for s in json.load(f)['sessions']) or 'nothing'
    except ValueError:
        return 'nothing'


def told_of(folder, number, result):
    cost = ' (%.1f s, %.1f MB, %.2f s CPU)' % (result[1], result[2] / 1e6, result[3]) if result else ''
    return '%s%s: %s' % (name_of(CASES[number]), cost, said_of(folder, number))


def run_all(args, folder):
    numbers = [n for n, c in enumerate(CASES) if args.case in name_of(c)]
    certificates(folder)
    cases.write(os.path.join(folder, 'good'), PASSWORD + '\n')
    cases.apart(__file__, folder)
    with open(os.path.join(folder, 'results')) as f:
        results = json.load(f)
    return cases.tell((told_of(folder, n, results.get(str(n))), judge(folder, n, results.get(str(n)), args.sanitized)) for n in numbers)


class Folder:
    """What status_of() wants of a place."""
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='sstpdiag-')

    def remove(self):
        subprocess.run(['rm', '-rf', self.dir])


def main():
    parser = cases.parser(__doc__, 'peer', 'probe')
    parser.add_argument('--sanitized', action='store_true', help='memory is not counted')
    args = parser.parse_args()
    if args.record:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        probe_all(args.peer, args.probe, args.record, [n for n, c in enumerate(CASES) if args.case in name_of(c)])
        return 0
    return status_of(lambda a, place: run_all(a, place.dir), args, Folder())


if __name__ == '__main__':
    sys.exit(main())
