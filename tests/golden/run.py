#!/usr/bin/env python3
"""Run tshark with the plugin on recorded and on generated captures and judge what it says.

run.py --plugins DIR [--tshark CMD] [--generator PROG] [--library FILE] [--suite NAME]... [--case TEXT] [-v]

DIR is a tree of plugins as WIRESHARK_PLUGIN_DIR takes it (X.Y/epan/sstpdiag.so). Suites:
loaded, served, golden, partial, habits, synthetic, rows, packets, logs, credentials, view, foreign, hostile, and, slow and only when named, variants and large.
Exit status: 0 all passed, 1 something failed, 2 usage, 3 could not run.
"""
import argparse
import collections
import concurrent.futures
import os
import random
import sys

import credentials as secrets
import gen_hostile
import habits as captured
import oracle
import pcapng
import schema
import synthetic
import unharmed
import view
from merged import ends, quietly
from place import Failure, Place
from reports import CAPTURES, OPTIONS, ORDER_OFF, ORDER_ON, complaints, expect_clean, judge, known_ids, report_of, table
from unharmed import same_output

HERE = os.path.dirname(os.path.abspath(__file__))
ENDS = 'client', 'server', 'both'
FIELDS = 'finding verdict session stage evidence confidence'.split()
NOISE = ('ok-tls13/client', 'softether-ok/client', 'offload-haproxy-ok/server', 'wrong-password/client', 'pap-ok/server')
MEGABYTE = 1 << 20

# Only the end of the file makes them sure: no frame of one pass can show these.
SILENCES = {'tcp_path_silent', 'idle_cut', 'tcp_no_answer', 'tcp_loss', 'tcp_reordering', 'tcp_zero_window',
            'mtu_blackhole', 'mtu_handshake_blackhole', 'mtu_reduced', 'peer_vanished', 'tcp_rst_after_client_hello',
            'data_one_way', 'data_dns_failing', 'data_route_loop', 'data_tcp_over_tcp', 'data_stalled',
            'mtu_inner_mss_unclamped', 'session_policy_timeout'}
Test = collections.namedtuple('Test', 'name run')     # run() raises Failure; it may return a note


class Pending(Exception):
    """What is expected cannot be told yet, and is listed so."""


# --- loaded -----------------------------------------------------------------------------------------

def loaded(place):
    def plugins():
        out = place.run(['-G', 'plugins']).out.decode()
        if not any(s.split('\t')[0].strip() == 'sstpdiag.so' for s in out.splitlines()):
            raise Failure('Wireshark %d.%d DOES NOT LOAD THE PLUGIN: -G plugins has no sstpdiag.so' % place.version)

    def fields():
        missing = [f for f in FIELDS if f not in known_ids(place)]
        if missing:
            raise Failure('no field ' + ' '.join('sstpdiag.' + f for f in missing))
    yield Test('plugins', plugins)
    yield Test('fields', fields)


# --- served -----------------------------------------------------------------------------------------

def served(place):
    """A run that is served is a run of a tshark of its own, whatever is asked for."""
    def test(name, args):
        def run():
            path = place.path('captures', name + '.pcapng')
            for plugin in True, False:
                alone, forked = (f(['-n', '-r', path, *args], plugin) for f in (place.run, place.serve))
                if alone[:3] != forked[:3]:
                    raise Failure('plugin %s: %s became %s' % (plugin, [x[-200:] for x in alone[1:3]], [x[-200:] for x in forked[1:3]]))
        return Test('%s %s' % (name, ' '.join(args) or 'plain'), run)

    for args in ([], ['-V'], ['-2', '-V', '-z', 'sstpdiag'], ['-q', '-z', 'expert'], ['-q', '-z', 'sstpdiag,sessions'], ['-o', 'nonsense:1'],
                 ['-2', '-Y', 'sstpdiag', '-T', 'fields', '-e', 'sstpdiag.stage', '-e', 'sstpdiag.finding'], ['-T', 'json', *OPTIONS]):
        yield test('wrong-password/client', args)
        yield test('foreign/chat-poll', args)


# --- golden -----------------------------------------------------------------------------------------

def pending_cases():
    return {(f[0], end) for f in table('pending.txt') for end in f[1].split(',')}


def shown(run, path, *options):
    """What sstpdiag.finding holds: {(frame, id)}."""
    r = run(['-n', '-r', path, *OPTIONS, *ORDER_ON, *options, '-Y', 'sstpdiag.finding', '-T', 'fields',
             '-e', 'frame.number', '-e', 'sstpdiag.finding'])
    expect_clean(r, ' '.join(options) + ' -Y sstpdiag.finding')
    rows = (line.split('\t') for line in r.out.decode().splitlines())
    return {(int(frame), i) for frame, ids in rows for i in ids.split(',')}


def check_shown(run, path, report):
    """Frames in the tree and frames in the report are the same; one pass shows a frame of
    each finding of a session that ended."""
    told = {(n, f['id']) for f in schema.findings(report) for n in f['frames']}
    seen = shown(run, path, '-2')
    if seen != told:
        raise Failure('-2 shows %s, the report names %s' % (sorted(seen - told) or 'no more', sorted(told - seen) or 'no more'))
    once = {i for _, i in shown(run, path)}
    # What only the end of the file makes sure has no frame to be shown at in one pass.
    lost = {f['id'] for s in report['sessions'] if s['end'] is not None
            for f in s['findings'] if f['frames'] and f['stage'] != 'capture'} - once - SILENCES
    if lost:
        raise Failure('one pass shows no frame for %s' % ', '.join(sorted(lost)))


def check_text(run, path):
    r = run(['-n', '-q', '-r', path, *OPTIONS, *ORDER_ON, '-z', 'sstpdiag'])
    expect_clean(r, 'sstpdiag')
    wide = [s for s in r.out.decode().splitlines() if len(s) > 80 and path not in s]
    if wide or not r.out.strip():
        raise Failure('the text report %s' % ('is wider than 80 columns: ' + wide[0] if wide else 'is empty'))


def golden_test(place, case, end, want, must, is_pending, known):
    def test():
        path = ends(place, case) if end == 'both' else place.path('captures', case, end + '.pcapng')
        options = OPTIONS + ORDER_ON
        if end == 'both' and place.version >= (4, 4):
            options += ['-o', 'protocols.conversation_deinterlacing_key:.MI']
        once = report_of(place, path, *options, known=known())
        twice = report_of(place, path, '-2', *options, known=known())
        wrong = [w for w in (judge(r, want, must) for r in (once, twice)) if w]
        if not wrong and is_pending:
            raise Failure('now passes: remove from pending.txt')
        if wrong and not is_pending:
            raise Failure(wrong[0])
        if (once['sessions'], once['pairs']) != (twice['sessions'], twice['pairs']):
            raise Failure('the reports of one pass and of -2 differ')
        if end != 'both':
            # At one end in a tshark of its own, as users start it.
            run = place.run if end == 'client' else place.serve
            check_shown(run, path, once)
            check_text(run, path)
        if is_pending:
            raise Pending(wrong[0])
    return Test('%s %s' % (case, end), test)


def golden(place):
    pending, ids = pending_cases(), []

    def known():
        if not ids:
            ids.append(known_ids(place))
        return ids[0]

    for case, *wants in table('expected.tsv'):
        wants += [''] * (5 - len(wants))
        for end, want in zip(ENDS, wants):
            if want in ('', '-'):
                continue
            yield golden_test(place, case, end, want, wants[3 if end == 'both' else 4], (case, end) in pending, known)


# --- partial ----------------------------------------------------------------------------------------

def partial(place):
    """A capture that stops early, starts late or lost packets does not make a healthy session a failed one: what it does not
    show is inconclusive."""
    def kinds(case, count):
        chance = random.Random(case)
        lost = {n for n in range(1, count + 1) if chance.random() < 0.03}
        early, late = chance.randrange(4, min(count, 60)), chance.randrange(2, count * 2 // 3)
        gap = chance.randrange(1, count)
        return {'stops at %d' % early: lambda n: n <= early, 'starts behind %d' % late: lambda n: n > late,
                'lost %d' % len(lost): lambda n: n not in lost, 'gap at %d' % gap: lambda n: not gap <= n < gap + 8}

    def test(case, name, keep):
        def run():
            path = place.path('partial-%s-%s.pcapng' % (case, name.replace(' ', '-')))
            pcapng.thinned(os.path.join(CAPTURES, case, 'client.pcapng'), path, keep)
            os.chmod(path, 0o644)
            report = report_of(place, path, *OPTIONS, *ORDER_ON)
            os.unlink(path)
            wrong = [s['verdict']['finding'] for s in report['sessions'] if s['verdict']['state'] not in ('healthy', 'inconclusive')]
            if wrong:
                raise Failure('want healthy or inconclusive, got ' + ', '.join(wrong))
        return Test('%s %s' % (case, name), run)

    for case, want, *_ in table('expected.tsv'):
        if want == 'healthy':
            count = pcapng.frames(os.path.join(CAPTURES, case, 'client.pcapng'))
            for name, keep in kinds(case, count).items():
                yield test(case, name, keep)


# --- habits -----------------------------------------------------------------------------------------

def habits(place):
    for name, run in captured.tests(place):
        yield Test(name, run)


# --- packets ----------------------------------------------------------------------------------------

def recorded():
    """What the independent count is known to be: {(case, end): {client: (c2s, s2c)}}."""
    known = collections.defaultdict(dict)
    for case, end, client, up, down in table('packets.tsv', HERE):
        known[case, end][client] = int(up), int(down)
    return known


def packets_test(place, case, end, recorded_truth):
    def run():
        path = place.path('captures', case, end + '.pcapng')
        truth = oracle.packets(place, path)
        if truth != recorded_truth:
            raise Failure('the independent count is off: %s, recorded is %s' % (truth, recorded_truth))
        for order in ORDER_ON, ORDER_OFF:
            report = report_of(place, path, *OPTIONS, *order)
            got = collections.Counter()
            for s in report['sessions']:
                c = s['counts']
                got[s['client']] += 0
                if c['sstp_packets']:
                    got[s['client'], 'c2s'] += c['sstp_packets_c2s']
                    got[s['client'], 's2c'] += c['sstp_packets_s2c']
            want = {(client, d): n for client, ns in truth.items() for d, n in zip(('c2s', 's2c'), ns)}
            rows = [(*k, want.get(k, 0), got[k]) for k in sorted({*want, *(g for g in got if isinstance(g, tuple))})]
            text = '; '.join('%s %s: independent count %d, plugin %d' % r for r in rows if r[2] != r[3])
            if order is ORDER_ON and text:
                raise Failure(text)
            if any(r[3] > r[2] for r in rows):
                raise Failure('out of order off: ' + text)
            if text and not any(h.get('preference') == 'tcp.reassemble_out_of_order' for h in report.get('hints', [])):
                raise Failure('out of order off: %s, and no hint names the preference' % text)
        return ', '.join('%d+%d' % ns for ns in truth.values()) or 'none'
    return Test('%s %s' % (case, end), run)


def clear_legs(place):
    """Every packet of clear sessions is found, whatever the port and whatever stands in front."""
    def run():
        report = report_of(place, generated(place, 'clear-legs'))
        counts = [(s['server'], s['counts']['sstp_packets'], s['evidence']) for s in report['sessions']]
        wrong = [c for c in counts if c[1:] != (14, 'clear')]
        want = len(gen_hostile.PREFACES) * len(gen_hostile.CLEAR_PORTS)
        if wrong or len(counts) != want:
            raise Failure('%d sessions of %d; not 14 packets: %s' % (len(counts), want, wrong))
    return Test('clear legs, PROXY header or none', run)


def packets(place):
    yield clear_legs(place)
    known = recorded()
    for case, *_ in table('expected.tsv'):
        for end in ENDS[:2]:
            yield packets_test(place, case, end, known.get((case, end), {}))


# --- logs -------------------------------------------------------------------------------------------

def log_of(place, case, name, change=None):
    """A log that was written beside a capture, with its text changed."""
    path = place.path('captures', case, name)
    if change is None:
        return path
    with open(path, 'rb') as f:
        text = change(f.read())
    path = place.path('changed-' + name)
    with open(path, 'wb') as f:
        f.write(text)
    os.chmod(path, 0o644)
    return path


def beside(place, case, *words, options=()):
    """The report of a case's client with what stands behind -z sstpdiag, checked."""
    path = place.path('captures', case, 'client.pcapng')
    r = place.run(['-n', '-q', '-r', path, *options, '-z', ','.join(['sstpdiag', 'json', *words])])
    expect_clean(r, ' '.join(words))
    report = schema.parse(r.out)
    schema.check(report, pcapng.frames(path))
    return report


def expect_line(report, source, part, frame=None, finding=None, code=None):
    """A line of that log stands beside the first session, at that frame and finding, with that code."""
    lines = [n for n in report['sessions'][0]['log'] if n['source'] == source and part in n['text']]
    if not lines:
        raise Failure('no line of %s with "%s"' % (source, part))
    for n in lines:
        if frame in (None, n['frame']) and (finding is None or finding in n['findings']) and \
           (code is None or code in [(c['code'], c['name']) for c in n['codes']]):
            return
    raise Failure('line is %s' % lines)


def log_refused(place):
    """Both ends of a refused password, by argument and by preference."""
    names = [log_of(place, 'wrong-password', n) for n in ('accel-ppp.log', 'sstpc.log', 'pppd.log')]
    report = beside(place, 'wrong-password', *('log=' + n for n in names))
    if beside(place, 'wrong-password', options=['-o', 'sstpdiag.log:' + ';'.join(names)]) != report:
        raise Failure('the preference gives another report than the argument')
    expect_line(report, 'accel-ppp', 'MSCHAP-v2 Failure', 45, 'auth_bad_credentials', ('691', 'MS-CHAP error'))
    expect_line(report, 'accel-ppp', 'SSTP_MSG_CALL_DISCONNECT', 49)
    expect_line(report, 'sstpc', 'TYPE(6): DISCONNECT', 49)
    expect_line(report, 'pppd', 'CHAP Failure', code=('691', 'MS-CHAP error'))
    for f in report['logs']:
        if f['unparsed'] or f['shift'] or f['placed'] != f['lines']:
            raise Failure('not all lines were understood and placed: %s' % f)


def log_expired(place):
    """What the wire does not have: why sstpc closed."""
    report = beside(place, 'tls-expired-cert-tls12', 'log=' + log_of(place, 'tls-expired-cert-tls12', 'sstpc.log'))
    expect_line(report, 'sstpc', 'certificate has expired', code=('10', 'X509_V_ERR_CERT_HAS_EXPIRED'))


def log_shifted(place):
    """Another zone, told by time alone and by the correlation id; and a clock that is just wrong."""
    hour = log_of(place, 'wrong-password', 'sstpc.log', lambda t: t.replace(b' 07:', b' 09:'))
    minutes = log_of(place, 'wrong-password', 'accel-ppp.log', lambda t: t.replace(b' 07:08:', b' 07:15:'))
    a, b = beside(place, 'wrong-password', 'log=' + hour, 'log=' + minutes)['logs']
    if (a['shift'], a['shift_reason'], b['shift'], b['shift_reason']) != (-7200, 'zone', -420, 'correlation_id'):
        raise Failure('shifts are %s and %s' % (a, b))


def log_unreadable(place):
    """Files that are no logs, and none: the analysis goes on."""
    for path in place.path('none.log'), place.dir, place.path('captures', 'wrong-password', 'client.pcapng'), '/dev/null':
        report = beside(place, 'wrong-password', 'log=' + path)
        if report['sessions'][0]['verdict']['finding'] != 'auth_bad_credentials':
            raise Failure('%s: %s' % (path, report['sessions'][0]['verdict']))
        f = report['logs'][0]
        if f['error'] is None and f['unparsed'] == 0 and f['lines']:
            raise Failure('nothing is said of %s' % path)


def log_text(place):
    names = [log_of(place, 'wrong-password', n) for n in ('accel-ppp.log', 'sstpc.log')]
    path = place.path('captures', 'wrong-password', 'client.pcapng')
    r = place.run(['-n', '-q', '-r', path, '-z', 'sstpdiag,' + ','.join('log=' + n for n in names)])
    expect_clean(r, 'sstpdiag,log')
    lines = r.out.decode().splitlines()
    wide = [s for s in lines if len(s) > 80 and 'Log ' not in s]
    if wide or not any('= MS-CHAP error 691: ' in s for s in lines):
        raise Failure('too wide: %s' % wide[0] if wide else 'the code is not explained')


def log_pasted(place):
    """The same refusal as people paste it: each form is placed, its program known, and its cause named."""
    at, iso = b'Nov 22 07:08:50', b'2026-11-22 07:08:50'
    forms = {
        'pppd': b'> ' + at + b' ap daemon.err pppd[7]: CHAP authentication failed\n',
        'MikroTik': b'nov/22/2026 07:08:50 sstp,ppp,error o1: authentication failed - <E=691 R=0>\n',
        'accel-ppp': b'srv.log:12:' + at + b' r accel-sstp[7]: ppp0:: mschap-v2: user not found\r\n',
        'sstp-server': b'sstp_1  | ' + iso + b',100 INFO: pppd stopped.\n',
        'Open SSTP Client': b'[' + iso + b'.100] CHAP: ERR_AUTHENTICATION_FAILED\n',
        'Windows': 'Quelle: RasClient\nDatum: 22.11.2026 07:08:50\nEreignis-ID: 20227\nEbene: Fehler\n'
                   'Beschreibung:\nDer Fehlercode lautet 691.\n'.encode('utf-16'),
    }
    for source, text in forms.items():
        name = log_of(place, 'wrong-password', 'sstpc.log', lambda t, text=text: text)
        report = beside(place, 'wrong-password', 'log=' + name)
        f, by_log = report['logs'][0], report['sessions'][0]['by_log']
        if (f['source'], f['placed'], f['unparsed']) != (source, 1, 0):
            raise Failure('%s: %s' % (source, f))
        if source != 'sstp-server' and (by_log is None or (by_log['finding'], by_log['relation']) != ('auth_bad_credentials', 'confirms')):
            raise Failure('%s: by_log is %s' % (source, by_log))


def log_argument(place):
    for word in 'jsno', 'log=', 'log', '':
        r = place.run(['-n', '-q', '-r', place.path('captures', 'wrong-password', 'client.pcapng'), '-z', 'sstpdiag,' + word])
        if r.status == 0 or 'takes' not in r.err:
            raise Failure('-z sstpdiag,%s: exit status %d, %s' % (word, r.status, r.err))


def logs(place):
    for run in log_refused, log_expired, log_shifted, log_unreadable, log_text, log_pasted, log_argument:
        yield Test(run.__name__, lambda run=run: run(place))


# --- credentials ------------------------------------------------------------------------------------

def credentials(place):
    for run in secrets.TESTS:
        yield Test(run.__name__, lambda run=run: run(place))


# --- foreign ----------------------------------------------------------------------------------------

def check_foreign(place, path):
    stock = complaints(same_output(place, path))
    for args in ['-V'], ['-2', '-V', *ORDER_ON]:
        same_output(place, path, *args)
    for args in [], ['-2', *ORDER_ON]:
        report = report_of(place, path, *args, stock=stock)
        if report['sessions']:
            raise Failure('%s: %d sessions seen' % (' '.join(args) or 'one pass', len(report['sessions'])))
    if shown_any(place, path, stock):
        raise Failure('a frame has a field of the plugin')


def foreign_test(place, name, is_pending):
    def run():
        try:
            check_foreign(place, place.path('captures', 'foreign', name + '.pcapng'))
        except Failure as e:
            if is_pending:
                raise Pending(str(e))
            raise
        if is_pending:
            raise Failure('now passes: remove from pending.txt')
    return Test(name, run)


def shown_any(place, path, stock):
    r = place.serve(['-n', '-2', '-r', path, '-Y', 'sstpdiag'])
    expect_clean(r, '-Y sstpdiag', stock)
    return r.out


def foreign(place):
    pending = pending_cases()
    for name in sorted(os.listdir(os.path.join(CAPTURES, 'foreign'))):
        name, ext = os.path.splitext(name)
        if ext == '.pcapng':
            yield foreign_test(place, name, ('foreign', name) in pending)
    for name, run in unharmed.tests(place):
        yield Test(name, run)


# --- hostile ----------------------------------------------------------------------------------------

def generated(place, name):
    return place.made(name + '.pcap', lambda path: gen_hostile.write(name, path))


def survive(place, path, limit=60):
    """One pass, two passes, full tree, text: no crash, no bug that stock Wireshark has not, valid JSON."""
    passes = [], ORDER_ON, ['-2', *ORDER_ON]
    stock = set().union(*(complaints(place.serve(['-n', '-r', path, *o], plugin=False, limit=limit, keep=False)) for o in passes))
    for options in passes:
        report_of(place, path, *OPTIONS, *options, limit=limit, stock=stock)
    for args in ['-V'], ['-2', '-V', '-z', 'sstpdiag'], ['-q', '-z', 'expert']:
        r = place.serve(['-n', '-r', path, *args], limit=limit)
        expect_clean(r, ' '.join(args), stock)
        bug = r.out.find(b'Dissector bug')
        if bug >= 0 and b'sstpdiag' in r.out[bug - 500:bug + 500]:
            raise Failure('%s: %r' % (' '.join(args), r.out[bug:bug + 200]))


def hostile_test(place, name):
    return Test(name, lambda: survive(place, generated(place, name), limit=300))


def noise_test(place, name, seed):
    def run():
        stem = place.path('noise-%s-%d' % (name.replace('/', '-'), seed))
        bare, keys, path = stem + '-bare.pcapng', stem + '.keys', stem + '.pcapng'
        with open(keys, 'wb') as f:
            f.write(pcapng.without_secrets(place.path('captures', name + '.pcapng'), bare))
        quietly('editcap', '-E', '0.02', '--seed', str(seed), '--inject-secrets', 'tls,' + keys, bare, path)
        os.chmod(path, 0o644)
        survive(place, path)
    return Test('noise %s seed %d' % (name, seed), run)


def linear(place):
    """Ten times the sessions take ten times as long, not a hundred times."""
    def cpu(*args):
        # What else the machine does adds to it, never takes away.
        return min(place.run(args, keep=False).cpu for _ in range(2))

    def run():
        few, many = (cpu('-n', '-q', '-r', generated(place, n), '-z', 'sstpdiag,json') for n in ('some-sessions', 'many-sessions'))
        bare = cpu('-v')
        ratio = (many - bare) / max(few - bare, .02)
        if ratio > 25:
            raise Failure('10,000 sessions took %.1f times as long as 1,000' % ratio)
        return '%.1f s and %.1f s' % (few, many)
    return Test('many-sessions in linear time', run)


def hostile(place):
    for name in gen_hostile.CASES:
        # The same as some-sessions, ten times: of use for its time alone.
        if name != 'many-sessions' or not place.sanitized:
            yield hostile_test(place, name)
    for name in NOISE:
        for seed in 1, 2, 3:
            yield noise_test(place, name, seed)
    if not place.sanitized:
        yield linear(place)


def large(place):
    def run():
        path = generated(place, 'one-long-session')
        stock = place.run(['-n', '-r', path], plugin=False, limit=600, keep=False)
        ours = place.run(['-n', '-q', '-r', path, '-z', 'sstpdiag,json'], limit=600)
        expect_clean(ours, 'sstpdiag,json')
        report = schema.parse(ours.out)
        found = sum(s['counts']['sstp_packets'] for s in report['sessions'])
        if found < 1_000_000:
            raise Failure('%d packets found of more than a million' % found)
        more = ours.maxrss - stock.maxrss
        if more > 40 * 1_000_000 + 30 * MEGABYTE:
            raise Failure('%d MB above the %d MB of stock tshark' % (more / MEGABYTE, stock.maxrss / MEGABYTE))
        return '%+d MB to the %d MB of stock tshark, %.1f s to %.1f s' % (more / MEGABYTE, stock.maxrss / MEGABYTE, ours.seconds, stock.seconds)
    yield Test('one-long-session', run)


# --- synthetic --------------------------------------------------------------------------------------

def line_test(place, line):
    return Test('%s: %s' % (line.finding, line.shows), lambda: synthetic.judge_line(place, line))


def row_tests(place, variants):
    """Each scenario once: many near misses of different findings are one script."""
    def no_rows():
        raise Pending('without --generator the scripts of the unit tests are left out')
    if not place.generator:
        yield Test('rows', no_rows)
        return
    for group in synthetic.scenarios(place.generator, variants):
        yield Test(group[0].name, lambda group=group: synthetic.judge_rows(place, place.generator, group))


def synthetic_(place):
    """The captures that are listed: each shows its finding, or does not."""
    for line in synthetic.lines():
        yield line_test(place, line)


def rows(place):
    """Each script of the unit tests, as a capture, through tshark."""
    yield from row_tests(place, variants=False)


def variants(place):
    """The same scripts inside TLS."""
    yield from row_tests(place, variants=True)


# --- view -------------------------------------------------------------------------------------------

def view_(place):
    for run in view.TESTS:
        yield Test(run.__name__, lambda run=run: run(place))


# --- running ----------------------------------------------------------------------------------------

SUITES = {f.__name__.rstrip('_'): f for f in (loaded, served, golden, partial, habits, synthetic_, rows, packets, logs, credentials, view_, foreign, hostile, variants, large)}


def outcome(test):
    try:
        note = test.run()
        return 'ok', note or ''
    except (Pending, synthetic.Different) as e:
        return 'pending', str(e)
    except Failure as e:
        return 'FAILED', str(e)
    except Exception as e:      # a fault of one test must not hide the others
        return 'FAILED', '%s: %s' % (type(e).__name__, e)


def run_suite(place, name, text, verbose):
    """Print what is not plainly passed; return the number of failures."""
    tests = [t for t in SUITES[name](place) if text in t.name]
    counts = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for test, (state, note) in zip(tests, pool.map(outcome, tests)):
            counts[state] += 1
            if verbose or state != 'ok':
                print('%-8s %s: %s%s' % (state, name, test.name, ': ' + note if note else ''), flush=True)
    print('%s: %d passed, %d failed, %d pending' % (name, counts['ok'], counts['FAILED'], counts['pending']), flush=True)
    return counts['FAILED']


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--plugins', required=True, metavar='DIR')
    p.add_argument('--tshark', default='tshark', metavar='CMD')
    p.add_argument('--generator', metavar='PROG', help='sstpdiag-gen, for the suites rows and variants')
    p.add_argument('--library', metavar='FILE', help='tshark-server.so: most reports by one start of tshark, which is faster')
    p.add_argument('--suite', action='append', choices=list(SUITES))
    p.add_argument('--case', default='', metavar='TEXT', help='only tests with TEXT in their name')
    p.add_argument('-v', '--verbose', action='store_true', help='name what passed, too')
    a = p.parse_args()
    os.umask(0o022)
    try:
        place = Place(a.plugins, CAPTURES, a.tshark, a.generator, a.library)
    except OSError as e:
        print('run.py: %s' % e, file=sys.stderr)
        return 3
    try:
        print('Wireshark %d.%d' % place.version, flush=True)
        suites = a.suite or [s for s in SUITES if s not in ('variants', 'large')]
        failed = 0
        for name in suites:
            failed += run_suite(place, name, a.case, a.verbose)
            if name == 'loaded' and failed:
                break           # all that follows would fail for the same reason
    finally:
        place.remove()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
