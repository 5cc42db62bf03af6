#!/usr/bin/env python3
"""Let sstpprobe watch a server as monitoring systems do, with a good, a wrong and a mended password.

monitor.py --peer PROGRAM --probe PROGRAM

A refused password is not sent again by itself, and none stands in any output. Exit status as of probe.py.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import loopback     # noqa: E402

PASSWORD, OTHER, THERE = 'Secret-123', 'Other-456', '127.4.0.1'     # tests/unit/login.h
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


def write(name, text):
    with open(name, 'w') as f:
        f.write(text)


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


def run_all(args):
    loopback.loopback_up()
    loopback.certificate('.')
    write('good', PASSWORD + '\n')
    write('other', OTHER + '\n')
    subprocess.run(['openssl', 'pkcs8', '-topk8', '-in', 'key.pem', '-out', 'locked.key', '-passout', 'pass:' + OTHER], check=True)
    server = subprocess.Popen([args.peer, '--cert', 'cert.pem', '--key', 'key.pem', '--sessions', '50', 'server', THERE],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    server.stdout.readline()
    failed, state = 0, os.path.abspath('state')
    for number, (what, options, status, said) in enumerate(STEPS):
        state = prepare(what, state)
        r = subprocess.run([args.probe, '--ca', 'cert.pem', '--connect-to', THERE, *options, 'vpn.example.com'],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                           env=dict(os.environ, https_proxy='', XDG_STATE_HOME=state))
        wrong = judge(r, status, said)
        if PASSWORD in r.stdout or OTHER in r.stdout:
            wrong = 'a password is told'
        shown = ' '.join(options).replace(PASSWORD, '***')
        print('%s %d %s%s' % ('FAILED' if wrong else 'ok    ', number, shown, ': %s: %s' % (wrong, r.stdout) if wrong else ''))
        failed += bool(wrong)
    server.kill()
    with open('m.prom') as f:
        text = f.read()
    bad = [line for line in text.splitlines() if not re.match(r'# (HELP|TYPE) |sstp_probe_\w+\{target="vpn\.example\.com:443".*\} \S+$', line)]
    with open(os.path.join('state', 'sstpprobe', 'refused')) as f:
        kept = f.read()
    if bad or PASSWORD in text + kept or OTHER in text + kept or os.stat(f.name).st_mode & 0o077:
        print('FAILED files: %s %s' % (bad, kept))
        failed += 1
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--peer', required=True, type=os.path.abspath)
    parser.add_argument('--probe', required=True, type=os.path.abspath)
    parser.add_argument('--inside', action='store_true', help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        return run_all(args)
    with tempfile.TemporaryDirectory(prefix='sstpdiag-') as folder:
        return subprocess.run([*loopback.isolated(), sys.executable, '-B', os.path.abspath(__file__), '--peer', args.peer, '--probe',
                               args.probe, '--inside'], cwd=folder).returncode


if __name__ == '__main__':
    sys.exit(main())
