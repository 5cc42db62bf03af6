#!/usr/bin/env python3
"""Let sstpprobe look up, connect and negotiate in networks with faults: resolvers, routers, addresses, sizes.

path.py --peer PROGRAM --probe PROGRAM --plugins DIR [--tshark CMD] [--case TEXT]

A client's network behind a router, which is the server's as well and answers for all addresses but the faulty ones. Two
ways must agree, as in probe.py; what rests on trials stands in the probe's report alone. Exit status as of probe.py.
"""
import argparse
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import cases     # noqa: E402
import loopback     # noqa: E402
import pcapng     # noqa: E402
import schema     # noqa: E402
from place import Place, status_of     # noqa: E402
from probe import failed_steps     # noqa: E402
from reports import CAPTURES, OPTIONS, ORDER_ON, report_of     # noqa: E402

LIMIT = 115
GOOD = '198.51.100.1'
TO_SERVER, TO_CLIENT, HANDSHAKE = '198.51.100.3', '198.51.100.4', '198.51.100.5'     # where large packets are lost
NARROW = '198.51.100.9'     # as HANDSHAKE, and those to it above 1300 bytes
SHORT, LOSSY = '198.51.100.6', '198.51.100.7'
BETWEEN, BY_TUNNEL = 'between.example.com', '203.0.115.1'     # TLS ends at another one's certificate
HOLE, UNREACHABLE, PROHIBITED, NO_ROUTE, CLOSED = '203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.114.1', '198.51.100.2'
NAMES = {     # what the resolver knows
    'vpn.example.com': [GOOD], 'alias.example.net': ['=vpn.example.com', GOOD],
    'hole.example.com': [HOLE, GOOD], 'closed.example.com': [CLOSED, GOOD], 'both.example.com': [GOOD, '2001:db8::1'],
    'to-server.example.com': [TO_SERVER], 'to-client.example.com': [TO_CLIENT], 'handshake.example.com': [HANDSHAKE], 'narrow.example.com': [NARROW],
    'full.example.com': [SHORT], BETWEEN: ['198.51.100.8'], 'lossy.example.com': [LOSSY],
    'private.example.com': ['192.168.77.1'], 'none.example.com': [], 'fail.example.com': 2, 'silent.example.com': None,
}
WORKS = 'healthy', 'tcp_loss'
# name, what is asked for, verdict, failed step, a kind of trial that must be there
FITS = {     # largest packets that pass: of the client, of the server
    'large packets to the server': ('fits_c2s', 1300), 'large packets to the client': ('fits_s2c', 1400),
    'large packets in the handshake, both ways': ('fits_c2s', 1300)}     # by UDP
CASES = [
    ('healthy by name', 'vpn.example.com', 'inconclusive', None, None),
    ('alias', 'alias.example.net', 'tls_name_mismatch', 'tls', 'behind'),     # the certificate has another name
    ('no such name', 'nx.example.com', 'dns_failed', 'name', None),
    ('no address', 'none.example.com', 'dns_failed', 'name', None),
    ('SERVFAIL', 'fail.example.com', 'dns_failed', 'name', None),
    ('silent resolver', 'silent.example.com', 'dns_no_answer', 'name', None),
    ('one of two is filtered', 'hole.example.com', 'dns_wrong_address', None, 'address'),
    ('one of two is closed', 'closed.example.com', 'dns_wrong_address', None, 'address'),
    ('IPv6 without a route', 'both.example.com', 'inconclusive', None, None),
    ('private address', 'private.example.com', 'tcp_no_answer', 'tcp', None),
    ('full packets pass', '-u alice -p good full.example.com', 'healthy', None, None),
    ('large packets to the server', '-u alice -p good to-server.example.com', 'mtu_blackhole', 'mtu', 'df'),
    ('large packets to the client', '-u alice -p good to-client.example.com', 'mtu_blackhole', 'mtu', 'echo'),
    ('large packets in the handshake', 'handshake.example.com', 'mtu_handshake_blackhole', 'tls', 'mss'),
    ('large packets in the handshake, both ways', 'narrow.example.com', 'mtu_handshake_blackhole', 'tls', 'mss'),
    ('one packet of fourteen is lost', '-u alice -p good lossy.example.com', WORKS, None, None),
    ('as many are lost, once more', '-u alice -p good lossy.example.com', WORKS, None, None),
    ('filtered', HOLE, 'tcp_no_answer', 'tcp', None),
    ('host unreachable', UNREACHABLE, 'tcp_unreachable', 'tcp', None),
    ('prohibited', PROHIBITED, 'tcp_unreachable', 'tcp', None),
    ('network unreachable', NO_ROUTE, 'tcp_unreachable', 'tcp', None),
    ('by another tunnel', BY_TUNNEL, 'tcp_no_answer', 'tcp', None),
    ('interception, root not trusted', '-u alice -p good %s' % BETWEEN, 'tls_untrusted_root', 'tls', 'behind'),
    ('interception, root trusted', '--ca both.pem %s' % BETWEEN, 'inconclusive', None, None),
    ('interception, root trusted, another is expected', '-u alice -p good --ca both.pem --expect-cert cert.pem %s' % BETWEEN,
     'tls_inspection', 'tls', 'behind'),
    ('interception, root not trusted, another is expected', '-u alice -p good --expect-cert cert.pem %s' % BETWEEN,
     'tls_inspection', 'tls', 'behind'),
    ('as expected', '-u alice -p good --expect-cert %HASH% full.example.com', 'healthy', None, None),
    ('closed', CLOSED, 'tcp_refused', 'tcp', None),
]


# --- inside the namespaces ---------------------------------------------------------------------------

def sh(*commands):
    for command in commands:
        subprocess.run(command.split(), check=True)


def sysctl(name, value):
    with open('/proc/sys/net/' + name, 'w') as f:
        f.write(value)


def serve(peer, *addresses, names=('cert.pem', 'key.pem')):
    """Servers of addresses that this namespace gets; ready when this returns."""
    servers = []
    for address in addresses:
        sh('ip addr add %s/32 dev lo' % address)
        servers.append(subprocess.Popen([peer, '--cert', names[0], '--key', names[1], '--mru', '1500', '--sessions', '100',
                                         'server', address], stdout=subprocess.PIPE, stderr=open('server.log', 'a')))
    for server in servers:
        server.stdout.readline()
    return servers


def behind(args):
    """In the namespace behind the router."""
    sh('ip link set lo up', 'ip link set s0 up', 'ip addr add 10.2.0.2/24 dev s0', 'ip route add default via 10.2.0.1',
       'ip link set s0 gso_max_segs 1')
    return serve(args.peer, TO_SERVER, TO_CLIENT, HANDSHAKE, LOSSY, NARROW)


def router(args):
    """In the router's namespace, which has a few servers of its own."""
    sh('ip link set lo up', 'ip link set r0 up', 'ip addr add 10.1.0.1/24 dev r0', 'ip addr add %s/32 dev lo' % CLOSED,
       'ip route add blackhole %s' % HOLE, 'ip route add unreachable %s' % UNREACHABLE, 'ip route add prohibit %s' % PROHIBITED,
       'ip route add blackhole 192.168.0.0/16')
    sysctl('ipv4/ip_forward', '1')
    sysctl('ipv4/icmp_ratelimit', '0')
    sysctl('ipv4/icmp_ratemask', '0')
    there = namespace(args, '--behind')
    sh('ip link add r1 type veth peer name s0', 'ip link set s0 netns %d' % there.pid, 'ip addr add 10.2.0.1/24 dev r1',
       'ip link set r1 up', 'ip route add %s via 10.2.0.2 mtu lock 1300' % TO_SERVER, 'ip route add %s via 10.2.0.2' % TO_CLIENT,
       'ip route add %s via 10.2.0.2' % HANDSHAKE, 'ip route add %s via 10.2.0.2' % LOSSY,
       'iptables -A OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP',
       'iptables -A FORWARD -s %s -p tcp -m length --length 1401: -j DROP' % TO_CLIENT,
       'ip route add %s via 10.2.0.2 mtu lock 1300' % NARROW,
       'iptables -A FORWARD -s %s -p tcp -m length --length 601: -j DROP' % HANDSHAKE,
       'iptables -A FORWARD -s %s -p tcp -m length --length 601: -j DROP' % NARROW,
       'iptables -A FORWARD -s %s -m statistic --mode random --probability 0.07 -j DROP' % LOSSY,
       'iptables -A FORWARD -d %s -m statistic --mode random --probability 0.07 -j DROP' % LOSSY)
    begin(there)
    resolver = subprocess.Popen([sys.executable, '-B', os.path.join(HERE, 'resolver.py'), '10.1.0.1', json.dumps(NAMES)],
                                stdout=subprocess.PIPE)
    resolver.stdout.readline()
    return [resolver, *serve(args.peer, GOOD, SHORT), *serve(args.peer, NAMES[BETWEEN][0], names=('mitm.pem', 'mitm.key')), there]


def namespace(args, role):
    """This program in a network namespace of its own, waiting for begin()."""
    p = subprocess.Popen(['unshare', '-n', sys.executable, '-B', __file__, '--peer', args.peer, '--probe', args.probe,
                          '--plugins', args.plugins, role],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if p.stdout.readline() != 'there\n':
        sys.exit('no network namespace')
    return p


def begin(namespace_):
    namespace_.stdin.write('go\n')
    namespace_.stdin.flush()
    if namespace_.stdout.readline() != 'ready\n':
        sys.exit('a network does not come up')


def play(args, role):
    """Until stdin ends."""
    print('there', flush=True)
    sys.stdin.readline()
    children = role(args)
    print('ready', flush=True)
    sys.stdin.read()
    for child in children:
        child.kill()


def start_probe(probe, number):
    with open('hash') as f:
        words = CASES[number][1].replace('%HASH%', f.read().strip()).split()
    return subprocess.Popen([probe, '--ca', 'cert.pem', '--json', '-w', '%d.pcapng' % number, *words],
                            stdout=open('%d.json' % number, 'w'), stderr=open('probe%d.log' % number, 'w'),
                            env=dict(os.environ, https_proxy='', XDG_STATE_HOME=os.path.abspath('state')))


def probe_all(args, numbers):
    os.chdir(args.record)
    there = namespace(args, '--router')
    sh('ip link set lo up', 'ip link add c0 type veth peer name r0', 'ip link set r0 netns %d' % there.pid,
       'ip addr add 10.1.0.2/24 dev c0', 'ip link set c0 up', 'ip route add default via 10.1.0.1',
       'ip link set c0 gso_max_segs 1', 'ip link add home type veth peer name office', 'ip addr add 10.99.0.50/16 dev home', 'ip link set home up',
       'ip tuntap add work mode tun', 'ip link set work up', 'ip route add %s dev work' % BY_TUNNEL)
    with open('resolv.conf', 'w') as f:
        f.write('nameserver 10.1.0.1\noptions timeout:2 attempts:2\n')
    sh('mount --bind resolv.conf /etc/resolv.conf')
    begin(there)
    probes = {n: start_probe(args.probe, n) for n in numbers}
    until, status = time.monotonic() + LIMIT, {}
    for n in numbers:
        try:
            status[n] = probes[n].wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            probes[n].kill()
            status[n] = 'time limit'
    there.stdin.close()
    there.wait()
    with open('status', 'w') as f:
        json.dump(status, f)


# --- judging ----------------------------------------------------------------------------------------

def said_of(report, trials=False):
    """Findings of the one session, or of the one candidate, without those that rest on trials."""
    sessions = report['sessions'] or report['candidates']
    if len(sessions) != 1:
        return '%d sessions' % len(sessions), []
    found = [f['id'] for f in sessions[0]['findings'] if not f['id'].startswith('capture_') and
             (trials or f['evidence'] != 'trial')]
    return sessions[0]['verdict']['finding'], sorted(found)


def judge(place, folder, number, status):
    """What is wrong, or None."""
    _, _, want, step, kind = CASES[number]
    if status not in (0, 1):
        with open(os.path.join(folder, 'probe%d.log' % number)) as f:
            return 'exit status %s: %s' % (status, f.read().strip())
    with open(os.path.join(folder, '%d.json' % number)) as f:
        report = json.load(f)
    file = os.path.join(folder, '%d.pcapng' % number)
    os.chmod(file, 0o644)
    schema.check(report, pcapng.frames(file))
    if want and said_of(report)[0] not in (want if isinstance(want, tuple) else (want,)):
        return 'want %s, got %s; %s' % (want, said_of(report, True), report['probe'])
    if failed_steps(report) != ([step] if step else []):
        return 'failed steps: %s' % report['probe']['steps']
    kinds = [t['kind'] for t in report['probe']['trials']]
    if (kind not in kinds) if kind else kinds:
        return 'trials: %s' % report['probe']['trials']
    host, in_tunnel = report['probe']['host'], 'healthy' in (want if isinstance(want, tuple) else (want,))
    if CASES[number][1] == BY_TUNNEL and (host['device'], host['tunnel']) != ('work', 'tun'):
        return 'host: %s' % host
    if in_tunnel and (host['device'], host['gateway'], len(host['overlaps'])) != ('c0', '10.1.0.1', 3):
        return 'host: %s' % host     # address, peer, which is the resolver as well
    name, size = FITS.get(CASES[number][0], (None, None))
    if name and report['probe']['path'][name] != size:
        return 'path: %s' % report['probe']['path']
    other = report_of(place, file, *OPTIONS, *ORDER_ON)
    # That another certificate was expected, the file does not tell.
    if said_of(report)[1] != said_of(other)[1] and want != 'tls_inspection':
        return 'the probe says %s, tshark says %s' % (said_of(report), said_of(other))
    return None


def prepare_trust(folder):
    """both.pem trusts both; hash has the SHA-256 of the server's own certificate, as openssl prints it."""
    both = b''.join(open(os.path.join(folder, name), 'rb').read() for name in ('cert.pem', 'mitm.pem'))
    with open(os.path.join(folder, 'both.pem'), 'wb') as f:
        f.write(both)
    said = subprocess.run(['openssl', 'x509', '-in', 'cert.pem', '-noout', '-fingerprint', '-sha256'], cwd=folder, check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    with open(os.path.join(folder, 'hash'), 'w') as f:
        f.write(said.split('=')[1])


def run_all(args, place):
    numbers = [n for n, c in enumerate(CASES) if args.case in c[0]]
    folder = place.path('path')
    os.mkdir(folder)
    for name in 'mitm', 'cert':
        loopback.certificate(folder, names=('vpn.example.com', '*.example.com'))
        if name == 'mitm':
            os.rename(os.path.join(folder, 'cert.pem'), os.path.join(folder, 'mitm.pem'))
            os.rename(os.path.join(folder, 'key.pem'), os.path.join(folder, 'mitm.key'))
    prepare_trust(folder)
    cases.write(os.path.join(folder, 'good'), cases.PASSWORD + '\n')
    cases.apart(__file__, folder, '-m', unless=('not permitted', 'iptables'))
    with open(os.path.join(folder, 'status')) as f:
        status = json.load(f)
    return cases.tell((CASES[n][0], judge(place, folder, n, status[str(n)])) for n in numbers)


def main():
    parser = cases.parser(__doc__, 'peer', 'probe', tshark=True)
    parser.add_argument('--router', action='store_const', dest='role', const=router, help=argparse.SUPPRESS)
    parser.add_argument('--behind', action='store_const', dest='role', const=behind, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.role:
        play(args, args.role)
        return 0
    if args.record:
        probe_all(args, [n for n, c in enumerate(CASES) if args.case in c[0]])
        return 0
    return status_of(run_all, args, Place(args.plugins, os.path.join(CAPTURES, 'pap-ok'), args.tshark))


if __name__ == '__main__':
    sys.exit(main())
