#!/usr/bin/env python3
"""End sstpprobe by a signal in each part of a walk: an honest report, a goodbye in order, no secret and no file left over.

signals.py --peer PROGRAM --probe PROGRAM

Each case is a walk of its own against sstpdiag-peer, which says nothing from some stage on, so that the walk stands there.
Exit status as of probe.py.
"""
import json
import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import cases     # noqa: E402
import loopback     # noqa: E402

PASSWORD = cases.PASSWORD
WAIT = 1.5
# server, options of the probe, the step that it stands in
CASES = [
    ('--silent tls', (), 'tls'),
    ('--silent http', (), 'http'),
    ('--silent lcp', (), 'lcp'),
    ('--silent auth', (), 'auth'),
    ('--silent ncp', (), 'ncp'),
    ('', ('--idle', '2'), 'idle'),
]
RUNS = [(n, number) for n in range(len(CASES)) for number in (signal.SIGTERM, signal.SIGINT)]
FILES = ('walk.html', 'walk.pcapng', 'walk.prom')


def address(run):
    return '127.5.%d.1' % (run + 1)


def start(args, run):
    """The server and the probe of a run, in a folder of its own."""
    os.mkdir(str(run))
    server = subprocess.Popen([args.peer, '--cert', 'cert.pem', '--key', 'key.pem', *CASES[RUNS[run][0]][0].split(), 'server', address(run)],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    server.stdout.readline()
    probe = subprocess.Popen([args.probe, '--ca', '../cert.pem', '-u', 'alice', '-p', '../good', '--json', '--html', FILES[0], '-w', FILES[1],
                              '--prometheus', FILES[2], *CASES[RUNS[run][0]][1], '--connect-to', address(run), 'vpn.example.com'],
                             cwd=str(run), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env=dict(os.environ, https_proxy='', XDG_STATE_HOME=os.path.abspath('state')))
    return server, probe


def judge(run, status, out, err):
    """What is wrong, or None."""
    step = CASES[RUNS[run][0]][2]
    if status != 3 or 'interrupted' not in err:
        return 'exit status %s: %s' % (status, err)
    if sorted(os.listdir(str(run))) != sorted(FILES):
        return 'files: %s' % sorted(os.listdir(str(run)))
    texts = [out.encode(), err.encode()] + [open(os.path.join(str(run), name), 'rb').read() for name in FILES]
    if any(PASSWORD.encode() in text for text in texts):
        return 'a password is told'
    report = json.loads(out)
    steps = {s['step']: s for s in report['probe']['steps']}
    # Nothing failed: nobody knows how it would have gone on.
    if steps[step]['outcome'] != 'unknown' or 'interrupted' not in steps[step]['seen'] or \
            any(s['outcome'] == 'failed' for s in steps.values()):
        return 'steps: %s' % [(s['step'], s['outcome'], s['seen']) for s in report['probe']['steps']]
    verdict = report['sessions'][0]['verdict']
    # In a tunnel that was up there is nothing wrong.
    want = ('healthy', 'inconclusive') if step == 'idle' else ('inconclusive',)
    if verdict['finding'] not in want:
        return 'verdict %s: %s' % (verdict['finding'], verdict['summary'])
    return None


def name_of(run):
    number, sent = RUNS[run]
    return '%s in %s' % (sent.name, CASES[number][2])


def ended(run, server, probe):
    """What is wrong, or None, when both are over."""
    try:
        out, err = probe.communicate(timeout=30)
        wrong = judge(run, probe.returncode, out, err)
    except subprocess.TimeoutExpired:
        probe.kill()
        wrong = 'goes on'
    server.kill()
    server.wait()
    return wrong


def run_all(args):
    loopback.loopback_up()
    loopback.certificate('.')
    cases.write('good', PASSWORD + '\n')
    running = [start(args, run) for run in range(len(RUNS))]
    time.sleep(WAIT)
    for (_, number), (_, probe) in zip(RUNS, running):
        probe.send_signal(number)
    return cases.tell((name_of(run), ended(run, *both)) for run, both in enumerate(running))


if __name__ == '__main__':
    sys.exit(cases.run_in_own_folder(__file__, __doc__, run_all))
