#!/usr/bin/env python3
"""Let sstpprobe try sstpdiag-peer over loopback, each fault of the server once, in TLS 1.3 and again in TLS 1.2.

probe.py --peer PROGRAM --probe PROGRAM --plugins DIR [--tshark CMD] [--case TEXT]

Three ways must agree in verdict and findings: what the probe says of its socket, what tshark says of the file that it
writes, and what tshark says of a real capture of the same call, with the secrets of that file. All cases run at once in a network of their own. Exit status: 0 all passed, 1 something failed, 2 usage,
77 the machine does not let us (said why).
"""
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import cases     # noqa: E402
import loopback     # noqa: E402
import pcapng     # noqa: E402
import schema     # noqa: E402
from place import Place, skip, status_of     # noqa: E402
from reports import CAPTURES, OPTIONS, ORDER_ON, report_of     # noqa: E402

LIMIT = 90
PASSWORD, OTHER = cases.PASSWORD, 'Other-456'     # tests/unit/login.h
PHRASE = 'Phrase-789'     # of the client's key
LOGIN = ('-u', 'alice', '-p', 'good')
CARD = ('-u', 'alice', '--client-cert', 'client.pem', '--client-key', 'client.key')
LOCKED = (*CARD[:4], '--client-key', 'locked.key', '--key-password-file', 'phrase')
EAP_TLS = '--auth eap-tls --client-ca client.pem'
COMMAND = ('getent ahostsv4 intranet.corp.example | grep -q 10.99.0.7 && '
           "python3 -c 'import socket; socket.create_connection((\"10.99.0.7\", 443), 5)'")     # tests/peer/hosts.c
NO_SPACE = ('unshare', '-r', 'sh', '-c', 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"', 'sh')
BEFORE_LOGIN = 'tcp', 'tls', 'http', 'sstp', 'lcp'     # steps
# name, server, probe, verdict (None: whatever both ways say), the step that failed
CASES = [
    ('mschapv2', '', LOGIN, 'healthy', None),
    ('pap', '--auth pap', (*LOGIN, '--write-keys'), 'healthy', None),
    ('no account', '', (), 'inconclusive', None),
    ('no account, pap', '--auth pap', (), 'inconclusive', None),
    ('several packets a record', '--packing many', LOGIN, 'healthy', None),
    ('one packet in two records', '--packing half', LOGIN, 'healthy', None),
    ('one packet in two records apart', '--packing apart', LOGIN, 'healthy', None),
    ('small MRU', '--mru 576', LOGIN, 'healthy', None),
    ('late success', '--auth-delay 6', LOGIN, 'healthy', None),
    ('silent in TLS', '--silent tls', LOGIN, 'tls_handshake_stalled', 'tls'),
    ('silent after the request', '--silent http', LOGIN, 'http_no_response', 'http'),
    ('no Call Connect Ack', '--silent sstp', LOGIN, 'sstp_no_ack', 'sstp'),
    ('no LCP', '--silent lcp', LOGIN, 'lcp_not_started', 'lcp'),
    ('no LCP, no account', '--silent lcp', (), 'lcp_not_started', 'lcp'),
    ('no Challenge', '--silent auth', LOGIN, 'auth_no_reply', 'auth'),
    ('no IPCP', '--silent ncp', LOGIN, 'ipcp_no_address', 'ncp'),
    ('IPv6 as well', '--ipv6', LOGIN, 'healthy', None),
    ('callback declined', '--callback', LOGIN, 'healthy', None),
    ('certificate', EAP_TLS + ' --eap-tls 1.3', CARD, 'healthy', None),
    ('certificate, TLS 1.2 inside', EAP_TLS + ' --eap-tls 1.2', LOCKED, 'healthy', None),
    ('certificate of a stranger', '--auth eap-tls --client-ca other.pem', CARD, 'auth_eap_failed', 'auth'),
    ('certificate for a stranger', EAP_TLS + ' --eap-cert other.pem --eap-key other.key', CARD, None, 'auth'),
    ('password for a certificate', EAP_TLS, LOGIN, None, 'auth'),
    ('inner host', '', (*LOGIN, '--inner-host', 'intranet.corp.example:443'), 'healthy', None),
    ('inner host, closed port', '', (*LOGIN, '--inner-host', '10.99.0.7:80'), 'healthy', 'inner'),
    ('inner host, no such name', '', (*LOGIN, '--inner-host', 'other.corp.example'), None, 'inner'),
    ('inner host, silent resolver', '--no-dns', (*LOGIN, '--inner-host', 'intranet.corp.example'), 'data_dns_failing', 'inner'),
    ('inner host, small path', '--inner-limit 1000', (*LOGIN, '--inner-host', '10.99.0.7'), None, None),
    ('command', '', (*LOGIN, '--exec', COMMAND), 'healthy', None),
    ('command that fails', '', (*LOGIN, '--exec', 'exit 7'), 'healthy', 'exec'),
    ('command without end', '', (*LOGIN, '--timeout', '20', '--exec', 'sleep 1000 & sleep 1000'), 'healthy', 'exec'),
    ('command that is refused', '', (*LOGIN, '--exec', 'true'), 'healthy', None),     # by NO_SPACE
    ('idle', '', (*LOGIN, '--idle', '0.1'), 'healthy', None),
    ('silent tunnel', '--silent data', LOGIN, 'inconclusive', None),
    ('nak', '--nak', LOGIN, 'sstp_nak', 'sstp'),
    ('abort in LCP', '--abort lcp', LOGIN, 'sstp_aborted', 'lcp'),
    ('reset in TLS', '--close tls', LOGIN, None, 'tls'),
    ('reset after the request', '--close http', LOGIN, None, 'http'),
    ('reset in the login', '--close auth', LOGIN, 'peer_abrupt_close', 'auth'),
    ('wrong password', '', ('-u', 'alice', '-p', 'other'), 'auth_bad_credentials', 'auth'),
    ('wrong password, pap', '--auth pap', ('-u', 'alice', '-p', 'other', '--write-keys'), 'auth_bad_credentials',
     'auth'),
    ('late refusal', '--auth-delay 6', ('-u', 'alice', '-p', 'other'), 'auth_backend_timeout', 'auth'),
    ('server expects another certificate', '--auth pap --wrong-hash', (*LOGIN, '--write-keys'), 'cb_cert_hash_mismatch',
     'binding'),
    ('method that is not allowed', '--auth pap', (*LOGIN, '--auth', 'mschapv2'), None, 'lcp'),
    ('certificate of nobody', '', (*LOGIN, '--ca', 'other.pem'), 'tls_untrusted_root', 'tls'),
    ('impatient, no answer', '--silent http', (*LOGIN, '--patience', '6'), 'http_no_response', 'http'),
    ('impatient, no Challenge', '--silent auth', (*LOGIN, '--patience', '9'), 'auth_no_reply', 'auth'),
    ('impatient, no IPCP', '--silent ncp', (*LOGIN, '--patience', '6'), 'ipcp_no_address', 'ncp'),
    ('impatient, silent in TLS', '--silent tls', (*LOGIN, '--patience', '4'), 'tls_handshake_stalled', 'tls'),
    ('short of time', '--silent auth', (*LOGIN, '--timeout', '6', '--patience', '6'), 'inconclusive', 'auth'),
    ('port of X11', '--port 6001', LOGIN, 'healthy', None),
    ('closed port', None, LOGIN, 'tcp_refused', 'tcp'),
]
# What a capture of the wire may say instead, as only the probe itself knows why it left, that it has no account, and
# which pings it waited for; and where a reset acknowledges the request, which no socket tells. It never says healthy of
# a fault, but for the tunnel that was up and ended in order.
OTHERWISE = {
    'no account': ('unexplained',),
    'no account, pap': ('unexplained',),
    'silent tunnel': ('healthy',),
    'reset after the request': ('http_no_response',),
    'impatient, no answer': ('inconclusive', 'unexplained'),
    'impatient, no Challenge': ('sstp_aborted',),
    'impatient, no IPCP': ('sstp_aborted',),
    'impatient, silent in TLS': ('inconclusive', 'unexplained'),
    'short of time': ('unexplained',),
}
INNER_HOST_MTU = {'inner host': 1400, 'inner host, small path': 1000}     # 1400 is the server's MRU
RUNS = [(n, tls) for n in range(len(CASES)) for tls in ('1.3', '1.2')]


def address(run):
    return '127.2.%d.1' % (run + 1)


def port(run):
    words = (CASES[RUNS[run][0]][1] or '').split()
    return int(words[words.index('--port') + 1]) if '--port' in words else 443


# --- the probes, inside the network namespace -------------------------------------------------------

def start_server(peer, run):
    arguments = CASES[RUNS[run][0]][1]
    if arguments is None:
        return None
    p = subprocess.Popen([peer, '--cert', 'cert.pem', '--key', 'key.pem', *arguments.split(), 'server', address(run)],
                         stdout=subprocess.PIPE, stderr=open('server%d.log' % run, 'w'))
    p.stdout.readline()
    return p


def start_probe(probe, run):
    number, tls = RUNS[run]
    around = NO_SPACE if CASES[number][0] == 'command that is refused' else ()
    return subprocess.Popen([*around, probe, '--ca', 'cert.pem', *CASES[number][2], '--tls', tls, '--json', '-w', '%d.pcapng' % run,
                             '--html', '%d.html' % run, '--connect-to', address(run), 'vpn.example.com:%d' % port(run)],
                            stdout=open('%d.json' % run, 'w'), stderr=open('probe%d.log' % run, 'w'),
                            env=dict(os.environ, https_proxy='', XDG_STATE_HOME=os.path.abspath('state%d' % run)))


def network():
    """What a probe must leave as it is: addresses, routes, sysctls of this network, resolvers."""
    said = [subprocess.run(command.split(), stdout=subprocess.PIPE, check=True).stdout
            for command in ('ip addr', 'ip route show table all', 'sysctl -a --pattern ^net.ipv4.(conf|ping_group)')]
    with open('/etc/resolv.conf', 'rb') as f:
        return [*said, f.read()]


def probe_all(peer, probe, folder, runs):
    loopback.loopback_up()
    os.chdir(folder)
    capture = loopback.recorder('.')
    os.set_blocking(capture.stderr.fileno(), False)
    before = network()
    servers = {run: start_server(peer, run) for run in runs}
    probes = {run: start_probe(probe, run) for run in runs}
    until, status = time.monotonic() + LIMIT, {}
    for run in runs:
        try:
            status[run] = probes[run].wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            probes[run].kill()
            status[run] = 'time limit'
    for server in filter(None, servers.values()):
        server.kill()
        server.wait()
    time.sleep(1)     # what the kernel has for dumpcap
    capture.send_signal(signal.SIGINT)
    capture.wait()
    if network() != before:
        sys.exit('the network of this host was changed')
    with open('status', 'w') as f:
        json.dump(status, f)


# --- judging ----------------------------------------------------------------------------------------

def said_of(sessions):
    """Verdict and findings of the one session; what a capture lacks is no finding of a socket."""
    if len(sessions) != 1:
        return '%d sessions' % len(sessions), []
    return (sessions[0]['verdict']['finding'],
            sorted(f['id'] for f in sessions[0]['findings'] if not f['id'].startswith('capture_')))


def captured(place, folder, runs):
    """Sessions of the real capture, which holds all calls, those of trials too."""
    keys = os.path.join(folder, 'keys')
    with open(keys, 'wb') as f:
        for run in runs:
            f.write(pcapng.without_secrets(os.path.join(folder, '%d.pcapng' % run), os.devnull))
    os.chmod(keys, 0o644)
    os.chmod(os.path.join(folder, 'lo.pcapng'), 0o644)
    return report_of(place, os.path.join(folder, 'lo.pcapng'), '-o', 'tls.keylog_file:' + keys, *OPTIONS, *ORDER_ON)['sessions']


def wrong_capture(run, report, sessions):
    """What is wrong with what the real capture says of the same call, or None."""
    if port(run) != 443:     # what Wireshark gives to another protocol is not captured
        return None
    own = report['sessions'][0]
    said, other = said_of([own]), said_of([s for s in sessions if (s['client'], s['server']) == (own['client'], own['server'])])
    return None if said == other or other[0] in OTHERWISE.get(CASES[RUNS[run][0]][0], ()) else 'the probe says %s, a capture says %s' % (said, other)


def failed_steps(report):
    return [s['step'] for s in report['probe']['steps'] if s['outcome'] == 'failed']


def secrets(folder):
    """What must stand nowhere: passwords, the passphrase, lines of the keys and of the key's middle."""
    words = [PASSWORD.encode(), OTHER.encode(), PHRASE.encode()]
    for name in 'client.key', 'locked.key':
        with open(os.path.join(folder, name), 'rb') as f:
            words += [line for line in f.read().split(b'\n') if len(line) > 20 and not line.startswith(b'---')]
    return words


def leaks(folder, run):
    """Files with a secret in them: what was printed, written, and remembered."""
    names = ['%d.json' % run, 'probe%d.log' % run, '%d.pcapng' % run, '%d.html' % run]
    for place, _, files in os.walk(os.path.join(folder, 'state%d' % run)):
        names += [os.path.join(place, name) for name in files]
    return [name for name in names if os.path.exists(os.path.join(folder, name)) and
            any(word in open(os.path.join(folder, name), 'rb').read() for word in secrets(folder))]


def logins(folder, run):
    """How many the server was sent; None: there is no server."""
    path = os.path.join(folder, 'server%d.log' % run)
    if not os.path.exists(path):
        return None
    with open(path) as f:
        return f.read().count('was sent a login')


def judge_logins(folder, run, report):
    """What is wrong with their number, or None: never a second one, none without an account or before its time."""
    case, num = CASES[RUNS[run][0]], logins(folder, run)
    if num is None:
        return None
    allowed = (0,) if '-u' not in case[2] or case[4] in BEFORE_LOGIN else (1,) if case[3] == 'healthy' else (0, 1)
    if num not in allowed:
        return '%d logins' % num
    said = report['probe']['login']['attempts']
    return None if said == num else '%d logins, the probe says %d' % (num, said)


def without_trace(report):
    for session in report['sessions'] + report['candidates']:
        session.pop('trace', None)
    return report


def wrong_page(folder, run, report):
    """What is wrong with the page: its report is that of --json, with messages for the ladder."""
    with open(os.path.join(folder, '%d.html' % run)) as f:
        text = f.read()
    shown, = json.loads(re.search(r'id="reports">(.*?)</script>', text, re.S)[1])
    if any(not session.get('trace') for session in shown['sessions']):
        return 'the page has no ladder'
    words = html.unescape(re.search(r'<noscript><pre>(.*?)</pre>', text, re.S)[1])
    if not all(re.search(r'^    %s +%s' % (step['step'], step['outcome']), words, re.M) for step in report['probe']['steps']):
        return 'the text of the page has not all steps'
    return None if without_trace(shown) == report else 'the page has another report'


def judge(place, folder, run, status, sessions):
    """What is wrong, or None."""
    _, _, _, want, step = CASES[RUNS[run][0]]
    refused = CASES[RUNS[run][0]][0] == 'command that is refused'
    if (status != 3) if refused else status not in (0, 1):
        with open(os.path.join(folder, 'probe%d.log' % run)) as f:
            return 'exit status %s: %s' % (status, f.read().strip())
    with open(os.path.join(folder, '%d.json' % run)) as f:
        report = json.load(f)
    said, failed = said_of(report['sessions']), failed_steps(report)
    file = os.path.join(folder, '%d.pcapng' % run)
    if os.stat(file).st_mode & 0o777 != 0o600:
        return 'the file is readable by others'
    if wrong_page(folder, run, report):
        return wrong_page(folder, run, report)
    if leaks(folder, run):
        return 'a secret stands in ' + ', '.join(leaks(folder, run))
    if judge_logins(folder, run, report):
        return judge_logins(folder, run, report)
    os.chmod(file, 0o644)
    schema.check(report, pcapng.frames(file))
    other = said_of(report_of(place, file, *OPTIONS, *ORDER_ON)['sessions'])
    if said != other:
        return 'the probe says %s, tshark says %s' % (said, other)
    if wrong_capture(run, report, sessions):
        return wrong_capture(run, report, sessions)
    if want and said[0] != want:
        return 'want %s, got %s' % (want, said)
    if failed != ([step] if step else []):
        return 'failed steps: %s' % failed
    size = INNER_HOST_MTU.get(CASES[RUNS[run][0]][0])
    if size and report['probe']['path']['inner_host_mtu'] != size:
        return 'path: %s' % report['probe']['path']
    return None if refused or status == (1 if step else 0) or not want else 'exit status %s' % status


def client_certificate(folder):
    """client.pem with client.key, and that as locked.key behind a passphrase."""
    def run(*command):
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL, cwd=folder)
    run('openssl', 'req', '-x509', '-newkey', 'rsa:3072', '-nodes', '-keyout', 'client.key', '-out', 'client.pem', '-days', '2',
        '-subj', '/CN=alice', '-addext', 'extendedKeyUsage=clientAuth')
    run('openssl', 'pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-in', 'client.key', '-out', 'locked.key', '-passout', 'pass:' + PHRASE)


def name_of(run):
    number, tls = RUNS[run]
    return '%s, TLS %s' % (CASES[number][0], tls)


def chosen(args):
    return [run for run in range(len(RUNS)) if args.case in name_of(run)]


def run_all(args, place):
    runs = chosen(args)
    folder = place.path('probe')
    os.mkdir(folder)
    loopback.certificate(folder)
    os.rename(os.path.join(folder, 'cert.pem'), os.path.join(folder, 'other.pem'))
    os.rename(os.path.join(folder, 'key.pem'), os.path.join(folder, 'other.key'))
    client_certificate(folder)
    loopback.certificate(folder)
    for name, word in ('good', PASSWORD), ('other', OTHER), ('phrase', PHRASE):
        cases.write(os.path.join(folder, name), word + '\n')
    cases.apart(__file__, folder, unless=['does not capture'])
    with open(os.path.join(folder, 'status')) as f:
        status = json.load(f)
    sessions = captured(place, folder, runs)
    return cases.tell((name_of(run), judge(place, folder, run, status[str(run)], sessions)) for run in runs)


def main():
    args = cases.parser(__doc__, 'peer', 'probe', tshark=True).parse_args()
    if args.record:
        probe_all(args.peer, args.probe, args.record, chosen(args))
        return 0
    if not shutil.which('dumpcap'):
        skip('dumpcap is not installed')
    return status_of(run_all, args, Place(args.plugins, os.path.join(CAPTURES, 'pap-ok'), args.tshark))


if __name__ == '__main__':
    sys.exit(main())
