#!/usr/bin/env python3
"""Let sstpdiag-peer talk to itself over loopback, each fault once, and judge what the plugin says of it.

loopback.py --peer PROGRAM --plugins DIR [--tshark CMD] [--case TEXT]

All cases run at once in a network of their own, each with a server address of its own, and are recorded by
one dumpcap. Exit status: 0 all passed, 1 something failed, 2 usage, 77 the machine does not let us (said why).
"""
import fcntl
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import cases     # noqa: E402
from place import Place, skip, status_of     # noqa: E402
from reports import CAPTURES, OPTIONS, ORDER_ON, report_of     # noqa: E402

LIMIT = 60
GOOD = 'healthy'
WORKS = GOOD, 'mtu_overrun'     # verdicts of calls that were up and ended by a goodbye

# name, server, client, verdict, a finding beside it. A wait is as long as the finding's page asks for.
CASES = [
    ('mschapv2', '', '', GOOD, None),
    ('pap', '--auth pap', '', GOOD, 'cb_no_keys'),
    ('several packets a record', '--packing many', '--packing many', GOOD, None),
    ('one packet in two records', '--packing half', '--packing half', GOOD, None),
    ('small MRU', '--mru 576', '--ping-size 576', GOOD, None),
    ('small MRU ignored', '--mru 576', '--ping-size 577', GOOD, 'mtu_overrun'),
    ('echoes answered', '', '--hello 1 --stay 4', GOOD, None),
    ('late success', '--auth-delay 6', '', GOOD, None),
    ('silent in TLS', '--silent tls', '--patience 6', 'tls_handshake_stalled', None),
    ('silent after the request', '--silent http', '--patience 11', 'http_no_response', None),
    ('no Call Connect Ack', '--silent sstp', '--patience 3', 'sstp_no_ack', None),
    ('no LCP of the server', '--silent lcp', '--patience 5', 'lcp_not_started', None),
    ('no LCP of the client', '--patience 5', '--silent lcp', 'lcp_not_started', None),
    ('no Challenge', '--silent auth', '--patience 12', 'auth_no_reply', None),
    ('no Response', '--patience 6', '--silent auth', 'auth_no_reply', None),
    ('no Call Connected', '--patience 15', '--silent binding', 'sstp_call_connected_missing', None),
    ('no Call Connected, early end', '--patience 4', '--silent binding', 'sstp_aborted', 'sstp_call_connected_missing'),
    ('no IPCP', '--silent ncp', '--patience 14', 'ipcp_no_address', None),
    ('silent tunnel', '--silent data', '--hello 3 --stay 20', 'sstp_echo_unanswered', None),
    ('echo off', '--no-echo', '--hello 3 --stay 20', 'sstp_echo_unanswered', None),
    ('nak', '--nak', '', 'sstp_nak', None),
    ('abort in LCP', '--abort lcp', '', 'sstp_aborted', None),
    ('abort of the tunnel', '--abort data', '--stay 5', 'sstp_aborted', None),
    ('reset in the login', '--close auth', '', 'peer_abrupt_close', None),
    ('reset of the tunnel', '', '--close data', 'peer_abrupt_close', None),
    ('wrong password', '', '--other-password', 'auth_bad_credentials', None),
    ('wrong password, pap', '--auth pap', '--other-password', 'auth_bad_credentials', None),
    ('late refusal', '--auth-delay 6', '--other-password', 'auth_backend_timeout', None),
    ('server expects another certificate', '--auth pap --wrong-hash', '', 'cb_cert_hash_mismatch', None),
    ('client names another certificate', '', '--wrong-hash', 'cb_cert_hash_mismatch', None),
    ('MAC without keys', '', '--no-binding-keys', 'cb_mac_zero_key', None),
]
PACKINGS = [n for n, server, *_ in CASES if '--packing' in server]


def address(number):
    return '127.1.0.%d' % (number + 1)


# --- recording, inside the network namespace --------------------------------------------------------

def loopback_up():
    SIOCSIFFLAGS, IFF_UP = 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack('16sh14x', b'lo', IFF_UP))


def recorder(folder):
    p = subprocess.Popen(['dumpcap', '-q', '-i', 'lo', '-f', 'tcp port 443', '-w', os.path.join(folder, 'lo.pcapng')],
                         stderr=subprocess.PIPE, text=True)
    said = ''
    for line in p.stderr:
        said += line
        if line.startswith('File:'):
            return p
    p.wait()
    sys.exit('dumpcap does not capture here: ' + said.strip().replace('\n', ' '))


def watcher(sstpcap, folder):
    """sstpcap --watch beside dumpcap: it tells of the sessions while they go on."""
    p = subprocess.Popen([sstpcap, '--watch', '-q', '-i', 'lo', '-f', 'tcp port 443', '--server', 'any', '--keylog', os.path.join(folder, 'keys'),
                          '--keep', os.path.join(folder, 'cases'), '--log-json', os.path.join(folder, 'watch.jsonl')],
                         stdout=subprocess.DEVNULL, stderr=open(os.path.join(folder, 'watch.log'), 'w'))
    time.sleep(1)
    return p


def record(peer, sstpcap, folder, numbers):
    """Leaves lo.pcapng, keys and what the programs said and returned; of the watcher watch.jsonl and cases."""
    loopback_up()
    capture = recorder(folder)
    watch = watcher(sstpcap, folder) if sstpcap else None
    os.set_blocking(capture.stderr.fileno(), False)
    common = ['--keylog', os.path.join(folder, 'keys')]
    identity = ['--cert', os.path.join(folder, 'cert.pem'), '--key', os.path.join(folder, 'key.pem')]
    logs = {n: open(os.path.join(folder, '%d.log' % n), 'w') for n in numbers}
    servers = {n: subprocess.Popen([peer, *common, *identity, *CASES[n][1].split(), 'server', address(n)],
                                   stdout=subprocess.PIPE, stderr=logs[n]) for n in numbers}
    for s in servers.values():
        s.stdout.readline()
    clients = {n: subprocess.Popen([peer, *CASES[n][2].split(), 'client', address(n)], stderr=logs[n]) for n in numbers}
    until = time.monotonic() + LIMIT
    status = {}
    for n in numbers:
        status[n] = []
        for p in clients[n], servers[n]:
            try:
                status[n].append(p.wait(max(0.1, until - time.monotonic())))
            except subprocess.TimeoutExpired:
                p.kill()
                status[n].append('time limit')
    time.sleep(1)     # what the kernel has for dumpcap
    for p in capture, watch:
        if p:
            p.send_signal(signal.SIGINT)
            p.wait()
    with open(os.path.join(folder, 'status'), 'w') as f:
        json.dump(status, f)


# --- judging ----------------------------------------------------------------------------------------

def judge(case, status, session):
    """What is wrong, or None."""
    _, _, _, want, beside = case
    if not session:
        return 'no session'
    verdict, found = session['verdict']['finding'], {f['id'] for f in session['findings']}
    if verdict != want:
        return 'want %s, got %s (%s)' % (want, verdict, ', '.join(sorted(found)))
    if beside and beside not in found:
        return '%s is not among the findings %s' % (beside, sorted(found))
    if session['evidence'] != 'decrypted' and want != 'tls_handshake_stalled':
        return 'evidence is ' + session['evidence']
    worked = all(s == 0 for s in status)
    if worked != (want in WORKS):
        return 'exit status of client and server: %s' % status
    return None


def judge_all(report, status, numbers):
    sessions = {s['server'].rsplit(':', 1)[0]: s for s in report['sessions']}
    failed = 0
    for n in numbers:
        session = sessions.get(address(n))
        wrong = judge(CASES[n], status[str(n)], session)
        if not wrong and CASES[n][0] in PACKINGS and 0 in numbers and session['counts'] != sessions[address(0)]['counts']:
            wrong = 'packets: %s, one a record: %s' % (session['counts'], sessions[address(0)]['counts'])
        print('%s %s%s' % ('FAILED' if wrong else 'ok    ', CASES[n][0], ': ' + wrong if wrong else ''))
        failed += bool(wrong)
    print('%d cases, %d failed' % (len(numbers), failed))
    return 1 if failed or not numbers else 0


# --- what was told while it went on -----------------------------------------------------------------

def of_server(report):
    return {s['server'].rsplit(':', 1)[0]: s for s in report['sessions']}


def watched(case, told, later, kept):
    """What is wrong, or None. told: what the watcher said; later: the report on the whole, without keys; kept: that on the file kept."""
    if not told:
        return 'the watcher told nothing'
    if told['verdict']['finding'] != later['verdict']['finding']:
        return 'told %s, and later %s' % (told['verdict']['finding'], later['verdict']['finding'])
    if told['verdict']['state'] == 'healthy':
        return 'packets were kept of a session that works' if kept else None
    if kept and kept['verdict']['finding'] != case[3]:
        return 'want %s, got %s from what was kept' % (case[3], kept['verdict']['finding'])
    return None


def judge_watch(place, folder, numbers):
    later = of_server(report_of(place, os.path.join(folder, 'lo.pcapng'), *OPTIONS, *ORDER_ON))
    with open(os.path.join(folder, 'watch.jsonl')) as f:
        ends = [d for d in map(json.loads, f) if d['watch']['event'] == 'end']
    told = {server: s for d in ends for server, s in of_server(d).items()}
    kept = {}
    for document in ends:
        if document['watch']['file']:
            os.chmod(os.path.dirname(document['watch']['file']), 0o755)
            os.chmod(document['watch']['file'], 0o644)
            kept.update(of_server(report_of(place, document['watch']['file'], *OPTIONS, *ORDER_ON)))
    failed = 0
    for n in numbers:
        wrong = watched(CASES[n], told.get(address(n)), later.get(address(n)), kept.get(address(n)))
        if wrong:
            print('FAILED %s, watched: %s' % (CASES[n][0], wrong))
        failed += bool(wrong)
    print('%d sessions watched, %d kept, %d failed' % (len(told), len(kept), failed))
    return 1 if failed or not kept else 0


def certificate(folder, *key, names=('vpn.example.com',)):
    """cert.pem and key.pem of the server."""
    key = key or ('ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', *key, '-nodes',
                    '-keyout', os.path.join(folder, 'key.pem'), '-out', os.path.join(folder, 'cert.pem'), '-days', '2',
                    '-subj', '/CN=vpn.example.com', '-addext', 'subjectAltName=' + ','.join(('IP:' if n[0].isdigit() else 'DNS:') + n for n in names)],
                   check=True, stderr=subprocess.DEVNULL)


def run(args, place):
    numbers = [n for n, c in enumerate(CASES) if args.case in c[0]]
    folder = place.path('peer')
    os.mkdir(folder)
    certificate(folder)
    cases.apart(__file__, folder, unless=['does not capture'])
    for name in 'lo.pcapng', 'keys':
        os.chmod(os.path.join(folder, name), 0o644)
    report = report_of(place, os.path.join(folder, 'lo.pcapng'), '-o', 'tls.keylog_file:' + os.path.join(folder, 'keys'),
                       *OPTIONS, *ORDER_ON)
    with open(os.path.join(folder, 'status')) as f:
        status = judge_all(report, json.load(f), numbers)
    if args.sstpcap:
        status |= judge_watch(place, folder, numbers)
    if status and args.keep:
        shutil.copytree(folder, args.keep)
    return status


def main():
    parser = cases.parser(__doc__, 'peer', tshark=True)
    parser.add_argument('--sstpcap', type=os.path.abspath, help='let it watch, and judge what it tells and keeps')
    parser.add_argument('--keep', help='copy the recording to this new folder when something failed')
    args = parser.parse_args()
    if args.record:
        record(args.peer, args.sstpcap, args.record, [n for n, c in enumerate(CASES) if args.case in c[0]])
        return 0
    if not shutil.which('dumpcap'):
        skip('dumpcap is not installed')
    return status_of(run, args, Place(args.plugins, os.path.join(CAPTURES, 'pap-ok'), args.tshark))


if __name__ == '__main__':
    sys.exit(main())
