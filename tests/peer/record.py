#!/usr/bin/env python3
"""Let sstpprobe record the wire beside a walk, where that may be done and where not.

record.py --peer PROGRAM --probe PROGRAM --sstpcap PROGRAM --plugins DIR [--tshark CMD]

A recording that cannot be made changes neither verdict nor exit status; one that is made is judged by tshark as the walk
judged itself. Exit status as of probe.py.
"""
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import cases     # noqa: E402
import loopback     # noqa: E402
import pcapng     # noqa: E402
from place import Place, skip, status_of     # noqa: E402
from reports import CAPTURES, OPTIONS, ORDER_ON, report_of     # noqa: E402

REAL = 'sstpcap'
# name, server, options of the probe, the sstpcap that it finds, is there a file, and with how many interfaces; what is told
CASES = [
    ('one end', '', (), REAL, 1, 'with the TLS secrets'),
    ('both ends', '', ('--record-server', 'lo'), REAL, 2, 'with the TLS secrets'),
    ('pap', '--auth pap', (), REAL, 1, 'without TLS secrets'),
    ('pap, with keys', '--auth pap', ('--write-keys',), REAL, 1, 'with the TLS secrets'),
    ('no sstpcap', '', (), '', 0, 'not recorded: sstpcap, of the package sstpdiag, does not start'),
    ('not allowed', '', (), 'echo "sstpcap: client: no permission to capture" >&2; exit 3', 0,
     'not recorded: client: no permission to capture'),
    ('never begins', '', (), 'exec sleep 60', 0, 'not recorded: sstpcap did not begin to capture in time'),
    ('dies', '', (), 'echo "One end capturing since 12:00" >&2; exit 3', 0, 'not recorded: sstpcap failed'),
]


def address(run):
    return '127.6.%d.1' % (run + 1)


def write_program(folder, text, real):
    os.mkdir(folder)
    if text == REAL:
        os.symlink(real, os.path.join(folder, 'sstpcap'))
    elif text:
        with open(os.path.join(folder, 'sstpcap'), 'w') as f:
            f.write('#!/bin/sh\n%s\n' % text)
        os.chmod(f.name, 0o755)


def start(args, run):
    _, server, options, program, _, _ = CASES[run]
    write_program('bin%d' % run, program, args.sstpcap)
    peer = subprocess.Popen([args.peer, '--cert', 'cert.pem', '--key', 'key.pem', *server.split(), 'server', address(run)],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peer.stdout.readline()
    path = os.path.abspath('bin%d' % run) + (':' + os.environ['PATH'] if program else '')
    probe = subprocess.Popen([args.probe, '--ca', 'cert.pem', '-u', 'alice', '-p', 'good', '--json', '--record', '%d.pcapng' % run, *options,
                              '--connect-to', address(run), 'vpn.example.com'],
                             stdout=open('%d.json' % run, 'w'), stderr=open('%d.log' % run, 'w'),
                             env=dict(os.environ, PATH=path, https_proxy='', XDG_STATE_HOME=os.path.abspath('state')))
    return peer, probe


def record_all(args):
    loopback.loopback_up()
    os.chdir(args.record)
    running = [start(args, run) for run in range(len(CASES))]
    status = []
    for peer, probe in running:
        try:
            status.append(probe.wait(60))
        except subprocess.TimeoutExpired:
            probe.kill()
            status.append('time limit')
        peer.kill()
        peer.wait()
    with open('status', 'w') as f:
        json.dump(status, f)


def said_of(report, own):
    """Verdict and findings of the walk's session, in the first capture point that has it."""
    for session in report['sessions']:
        if (session['client'], session['server']) == (own['client'], own['server']):
            return session['verdict']['finding'], session['evidence']
    return 'no session', None


def judge(place, folder, run, status):
    """What is wrong, or None."""
    _, _, _, _, interfaces, told = CASES[run]
    file = os.path.join(folder, '%d.pcapng' % run)
    if status != 0:
        with open(os.path.join(folder, '%d.log' % run)) as f:
            return 'exit status %s: %s' % (status, f.read())
    with open(os.path.join(folder, '%d.json' % run)) as f:
        report = json.load(f)
    record, own = report['probe']['record'], report['sessions'][0]
    if told not in record['seen'] or record['made'] != bool(interfaces):
        return 'it says: %s' % record['seen']
    if not interfaces:
        return 'there is a file' if os.path.exists(file) else None
    if os.stat(file).st_mode & 0o777 != 0o600:
        return 'the file is readable by others'
    keys = pcapng.without_secrets(file, os.devnull)
    if bool(keys) != told.startswith('with the'):
        return 'secrets: %s' % bool(keys)
    with open(file, 'rb') as f:
        if cases.PASSWORD.encode() in f.read():
            return 'a password stands in it'
    os.chmod(file, 0o644)
    wire = report_of(place, file, *OPTIONS, *ORDER_ON)
    if len(wire['capture']['interfaces']) != interfaces:
        return 'interfaces: %s' % wire['capture']['interfaces']
    said = said_of(wire, own)
    want = own['verdict']['finding'], 'decrypted' if keys else 'inferred'
    return None if said == want else 'want %s, a capture says %s' % (want, said)


def run_all(args, place):
    folder = place.path('record')
    os.mkdir(folder)
    loopback.certificate(folder)
    cases.write(os.path.join(folder, 'good'), cases.PASSWORD + '\n')
    cases.apart(__file__, folder)
    with open(os.path.join(folder, 'status')) as f:
        status = json.load(f)
    return cases.tell((case[0], judge(place, folder, run, status[run])) for run, case in enumerate(CASES))


def main():
    args = cases.parser(__doc__, 'peer', 'probe', 'sstpcap', tshark=True, named=False).parse_args()
    if args.record:
        record_all(args)
        return 0
    if not shutil.which('dumpcap'):
        skip('dumpcap is not installed')
    return status_of(run_all, args, Place(args.plugins, os.path.join(CAPTURES, 'pap-ok'), args.tshark))


if __name__ == '__main__':
    sys.exit(main())
