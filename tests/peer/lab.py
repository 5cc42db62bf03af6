#!/usr/bin/env python3
"""Let Debian's real sstpc and pppd dial sstpdiag-peer, and judge what the plugin says of both ends.

lab.py --peer PROGRAM --plugins DIR [--tshark CMD] [--case TEXT] [--keep DIR]

pppd needs PPP of the kernel, which few machines have: a guest by user-mode-linux brings it, with this machine's own
files as its root file system, read only. Client and server are two network namespaces of the guest; both ends of each
scenario are recorded. Exit status: 0 all passed, 1 something failed, 2 usage, 77 it cannot run here (said why).
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
from place import Failure, Place     # noqa: E402
from reports import CAPTURES, OPTIONS, ORDER_ON, report_of     # noqa: E402
from loopback import GOOD, certificate, skip     # noqa: E402

NEEDED = {'linux.uml': 'user-mode-linux', 'sstpc': 'sstp-client', 'pppd': 'ppp', 'insmod': 'kmod', 'ip': 'iproute2',
          'ping': 'iputils-ping', 'tcpdump': 'tcpdump'}
LIMIT = 900
ENDS = 'client', 'server'
PPPD = ('pppd nodetach local auth require-mschap-v2 name vpn noccp noipv6 mtu 1400 mru 1400 ms-dns 10.99.0.1 '
        '10.99.0.1:10.99.0.2').split()

# name, server, its pppd, who logs in, verdict, seconds until the client is ended though nothing came up
SCENARIOS = [
    ('scripted', '', None, 'alice', GOOD, 20),
    ('pppd', '', PPPD, 'alice', GOOD, 20),
    ('pap', '--auth pap', None, 'alice', GOOD, 20),
    ('many', '--packing many', None, 'alice', GOOD, 20),
    ('half', '--packing half', None, 'alice', GOOD, 20),
    ('pppd-many', '--packing many', PPPD, 'alice', GOOD, 20),
    ('mru', '--mru 576', None, 'alice', GOOD, 20),
    ('late', '--auth-delay 2', None, 'alice', GOOD, 20),
    ('nak', '--nak', None, 'alice', 'sstp_nak', 5),
    ('abort', '--abort lcp', None, 'alice', 'sstp_aborted', 5),
    ('reset', '--close data', None, 'alice', 'peer_abrupt_close', 5),
    ('silent', '--silent lcp', None, 'alice', 'lcp_not_started', 7),
    ('password', '', None, 'mallory', 'auth_bad_credentials', 5),
    ('pppd-password', '', PPPD, 'mallory', 'auth_bad_credentials', 20),
    ('certificate', '--auth pap --wrong-hash', None, 'alice', 'cb_cert_hash_mismatch', 5),
]


def passwords():
    """Those of the unit tests, which the server knows."""
    with open(os.path.join(HERE, '..', 'unit', 'login.h')) as f:
        found = dict(re.findall(r'^#define (\w+) +"(.*)"', f.read(), re.M))
    return {'alice': found['LOGIN_PASSWORD'], 'mallory': found['LOGIN_OTHER_PASSWORD']}


def boot(folder):
    """Runs the guest to its end."""
    with open(os.path.join(folder, 'console'), 'wb') as console:
        try:
            subprocess.run(['linux.uml', 'mem=192M', 'root=/dev/root', 'rootfstype=hostfs', 'ro', 'con=null',
                            'con0=fd:0,fd:1', 'init=/usr/bin/python3', '--', '-B', os.path.join(HERE, 'guest.py'), folder],
                           stdin=subprocess.DEVNULL, stdout=console, stderr=console, timeout=LIMIT, cwd=folder)
        except subprocess.TimeoutExpired:
            raise Failure('time limit of %d s for the guest' % LIMIT) from None


def told(folder, name):
    try:
        with open(os.path.join(folder, name), errors='replace') as f:
            return ' / '.join(f.read().strip().splitlines()[-5:])
    except OSError:
        return 'nothing'


def judge(place, folder, scenario, result):
    name, _, _, _, want, _ = scenario
    if not result['requested']:
        return 'sstpc sent no Call Connect Request'
    for end in ENDS:
        path = os.path.join(folder, '%s.%s.pcap' % (name, end))
        os.chmod(path, 0o644)
        report = report_of(place, path, '-o', 'tls.keylog_file:' + os.path.join(folder, 'keys'), *OPTIONS, *ORDER_ON)
        said = [s['verdict']['finding'] for s in report['sessions']]
        if said != [want]:
            return '%s: want %s, got %s' % (end, want, ', '.join(said) or 'no session')
        if report['sessions'][0]['evidence'] != 'decrypted':
            return '%s: not decrypted' % end
    if result['pings'] != (want == GOOD):
        return 'pings through the tunnel: %s' % ('answered' if result['pings'] else 'not answered')
    return None


def run(args, place):
    scenarios = [s for s in SCENARIOS if args.case in s[0]]
    folder = place.path('lab')
    os.mkdir(folder)
    certificate(folder)
    users = passwords()
    with open(os.path.join(folder, 'scenarios.json'), 'w') as f:
        json.dump({'peer': args.peer, 'users': users, 'password': users['alice'],
                   'scenarios': [{'name': n, 'server': s.split(), 'pppd': p, 'user': u, 'wait': w}
                                 for n, s, p, u, _, w in scenarios]}, f)
    boot(folder)
    if args.keep:
        shutil.copytree(folder, args.keep)
    if not os.path.exists(os.path.join(folder, 'started')):
        skip('the guest does not come up: %s; %s' % (told(folder, 'console'), told(folder, 'guest.log')))
    if not os.path.exists(os.path.join(folder, 'results.json')):
        raise Failure('the guest failed: ' + told(folder, 'guest.log'))
    os.chmod(os.path.join(folder, 'keys'), 0o644)
    with open(os.path.join(folder, 'results.json')) as f:
        results = json.load(f)
    failed = 0
    for s in scenarios:
        wrong = judge(place, folder, s, results[s[0]])
        print('%s %s%s' % ('FAILED' if wrong else 'ok    ', s[0], ': ' + wrong if wrong else ''))
        failed += bool(wrong)
    print('%d scenarios, %d failed' % (len(scenarios), failed))
    return 1 if failed or not scenarios else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--peer', required=True, type=os.path.abspath)
    parser.add_argument('--plugins', required=True)
    parser.add_argument('--tshark', default='tshark')
    parser.add_argument('--case', default='', help='only scenarios with this in their name')
    parser.add_argument('--keep', help='copy recordings and logs to this new folder')
    args = parser.parse_args()
    os.environ['PATH'] += ':/usr/sbin:/sbin'
    missing = sorted({package for program, package in NEEDED.items() if not shutil.which(program)})
    if missing:
        skip('not installed: %s (scripts/install-deps lab)' % ' '.join(missing))
    place = Place(args.plugins, os.path.join(CAPTURES, 'pap-ok'), args.tshark)
    try:
        return run(args, place)
    except Failure as e:
        print('FAILED %s' % e)
        return 1
    finally:
        place.remove()


if __name__ == '__main__':
    sys.exit(main())
