#!/usr/bin/env python3
"""Let sstpprobe watch a server as monitoring systems do, with a good, a wrong and a mended password.

monitor.py --peer PROGRAM --probe PROGRAM

A refused password is not sent again by itself, and none stands in any output. Exit status as of probe.py.
"""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import cases     # noqa: E402
import loopback     # noqa: E402
from cases import PASSWORD, write     # noqa: E402

OTHER, THERE = 'Other-456', '127.4.0.1'     # tests/unit/login.h
CHECK = ('--check', '--warning', 'time=60', '--critical', 'cert=0')
WRONG = ('-u', 'alice', '-p', 'other')
# what is done before, options, exit status, what the one line begins with; or the logins that JSON tells of
STEPS = [
    ('', (*CHECK, '-u', 'alice', '-p', 'good', '--prometheus', 'm.prom'), 1, 'SSTP WARNING - tls: '),     # ends in two days
    ('', ('--check',), 1, 'SSTP WARNING - tls: '),
    ('', (*CHECK, *WRONG), 2, 'SSTP CRITICAL - auth: auth_bad_credentials, '),
    ('', (*CHECK, *WRONG), 3, 'SSTP UNKNOWN - the password was not sent: it was refused on '),
    ('', ('--json', *WRONG), 3, 0),
    ('', ('--json', *WRONG, '--retry-refused'), 1, 1),
    ('', ('--json', '-u', 'alice', '-p', 'good'), 0, 1),
    ('mended', ('--json', *WRONG), 0, 1),
    ('no place', (*CHECK, '-u', 'alice', '-p', 'good'), 3, 'SSTP UNKNOWN - the password was not sent: '),
    ('', ('--check', '--bogus'), 3, 'SSTP UNKNOWN - '),
    ('', ('--check', '--ca', 'good'), 3, 'SSTP UNKNOWN - good: '),
    ('', ('--json', '--ca', 'good'), 2, 'sstpprobe: good: '),
    ('', ('--json', '--write', 'none/x'), 3, 'sstpprobe: none/x cannot be written: '),
    ('', ('--check', '--prometheus', 'none/x'), 3, 'SSTP UNKNOWN - none/x cannot be written: '),
    ('', ('--json', '--html', 'none/x'), 3, 'sstpprobe: none/x cannot be written: '),
    ('', ('--json', '--html', '/dev/null'), 3, 'sstpprobe: /dev/null: is no regular file, '),
    ('', ('--json', '--html', 'state'), 3, 'sstpprobe: state: is no regular file, '),
    ('', ('--json', '--prometheus', '/dev/null'), 3, 'sstpprobe: /dev/null: is no regular file, '),
    ('', ('--json', '--html', 'cert.pem'), 3, 'sstpprobe: cert.pem is what is read as the trusted certificates: '),
    ('', ('--json', '-u', 'alice', '-p', 'good', '--write', './good'), 3, 'sstpprobe: ./good is what is read as the password: '),
    ('', ('--json', '-u', 'alice', '-p', PASSWORD), 3, 'sstpprobe: --password-file: there is no such file; '),
    ('', ('--json', '-u', 'alice', '--client-cert', 'cert.pem', '--client-key', 'locked.key'), 3, 'sstpprobe: --client-cert and --client-key: '),
    ('', ('--json', '-u', 'alice', '--client-cert', 'none.pem'), 3, 'sstpprobe: --client-cert and --client-key: '),
    ('', ('--json', '--client-cert', 'cert.pem'), 2, 'sstpprobe: a certificate needs --user'),
    ('', ('--json', '--exec', 'true'), 2, 'sstpprobe: what is in the tunnel needs --user'),
    ('', ('--json', '--expect-cert', '12:34'), 2, 'sstpprobe: '),
    ('', ('--json', '-u', 'alice', '-p', 'good', '--inner-host', 'a b'), 2, 'sstpprobe: --inner-host is '),
    ('', ('--json', '--connect-to', '[::1]:443'), 2, 'sstpprobe: --connect-to is '),
    ('', ('--check', '--proxy', THERE + ':9', '--no-trials'), 2, 'SSTP CRITICAL - proxy: proxy_connect_denied, '),
]


def prepare(what, state):
    """Where refusals are kept from now on."""
    if what == 'mended':
        write('other', PASSWORD + '\n')
    if what == 'no place':
        write('file', '')
        return os.path.abspath('file')
    return state


def judge(r, status, said):
    """What is wrong, or None."""
    if r.returncode != status:
        return 'exit status %d' % r.returncode
    if isinstance(said, str):
        return None if r.stdout.startswith(said) and r.stdout.count('\n') == 1 else 'it says'
    logins = json.loads(r.stdout)['probe']['login']['attempts']
    return None if logins == said else '%d logins' % logins


def run_step(args, number, state):
    """The step with its name, and what is wrong, or None."""
    _, options, status, said = STEPS[number]
    r = subprocess.run([args.probe, '--ca', 'cert.pem', '--connect-to', THERE, *options, 'vpn.example.com'],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                       env=dict(os.environ, https_proxy='', XDG_STATE_HOME=state))
    wrong = judge(r, status, said)
    if PASSWORD in r.stdout or OTHER in r.stdout:
        wrong = 'a password is told'
    name = '%d %s' % (number, ' '.join(options).replace(PASSWORD, '***'))
    return name, wrong and '%s: %s' % (wrong, r.stdout)


def judge_files():
    """Of the file for Prometheus and that of refusals: what is wrong, or None."""
    with open('m.prom') as f:
        text = f.read()
    bad = [line for line in text.splitlines() if not re.match(r'# (HELP|TYPE) |sstp_probe_\w+\{target="vpn\.example\.com:443".*\} \S+$', line)]
    with open(os.path.join('state', 'sstpprobe', 'refused')) as f:
        kept = f.read()
    if bad or PASSWORD in text + kept or OTHER in text + kept or os.stat(f.name).st_mode & 0o077:
        return '%s %s' % (bad, kept)
    return None


def all_steps(args):
    state = os.path.abspath('state')
    for number, (what, *_) in enumerate(STEPS):
        state = prepare(what, state)
        yield run_step(args, number, state)
    yield 'files', judge_files()


def run_all(args):
    loopback.loopback_up()
    loopback.certificate('.')
    write('good', PASSWORD + '\n')
    write('other', OTHER + '\n')
    subprocess.run(['openssl', 'pkcs8', '-topk8', '-in', 'key.pem', '-out', 'locked.key', '-passout', 'pass:' + OTHER], check=True)
    server = subprocess.Popen([args.peer, '--cert', 'cert.pem', '--key', 'key.pem', '--sessions', '50', 'server', THERE],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    server.stdout.readline()
    status = cases.tell(all_steps(args))
    server.kill()
    return status


if __name__ == '__main__':
    sys.exit(cases.run_in_own_folder(__file__, __doc__, run_all))
