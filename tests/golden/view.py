"""What a user sees: fields of the tree, in captures with and without keys, and the profile."""
import json
import os
import re
import shutil
import subprocess

import pcapng
import quoted
from merged import ends, merge
from place import Failure
from reports import OPTIONS


def keyless(place, case):
    """A client's capture without the keys that stand in it."""
    return place.made('keyless-%s.pcapng' % case,
                      lambda path: pcapng.without_secrets(place.path('captures', case, 'client.pcapng'), path))


def values(place, path, where, *fields, options=('-2',)):
    """Rows of fields, one for each frame that where is true of."""
    args = ['-n', *options, '-r', path, '-Y', where, '-T', 'fields', '-E', 'aggregator=|']
    for field in fields:
        args += ['-e', field]
    r = place.serve(args)
    if r.status or r.err:
        raise Failure('%s: exit status %d: %s' % (where, r.status, r.err[:300]))
    return [line.split('\t') for line in r.out.decode().splitlines()]


def expect(got, want):
    if got != want:
        raise Failure('got %s, want %s' % (got, want))


def inferred_messages(place):
    """The same frame has its message by keys and without them, and shows which of the two it is."""
    decoded = values(place, place.path('captures', 'ok-tls13', 'client.pcapng'), 'sstpdiag.message == "Call Connected"',
                     'frame.number', 'sstpdiag.message.inferred')
    path = keyless(place, 'ok-tls13')
    inferred = values(place, path, 'sstpdiag.message.inferred == "Call Connected"', 'frame.number', 'sstpdiag.message',
                      'sstpdiag.record.length', 'sstpdiag.evidence')
    expect(decoded, [['47', '']])
    expect(inferred, [['47', 'Call Connected (inferred)', '129', 'inferred']])
    # One pass shows what is known by then: at a named server all from Call Connect Ack on.
    once = values(place, path, 'sstpdiag.message.inferred', 'frame.number', 'sstpdiag.message', options=('-o', 'sstpdiag.servers:any'))
    later = values(place, path, 'sstpdiag.message.inferred', 'frame.number', 'sstpdiag.message', options=())
    twice = values(place, path, 'sstpdiag.message.inferred', 'frame.number', 'sstpdiag.message')
    expect([row[1] for row in twice[:4]], [s + ' (inferred)' for s in ('HTTP request', 'HTTP answer', 'Call Connect Request', 'Call Connect Ack')])
    expect(once, twice[3:])
    expect(later, twice[-len(later):])
    r = place.run(['-n', '-2', '-r', path, '-O', 'sstpdiag', '-Y', 'frame.number == 47'])
    if b'[Message: Call Connected (inferred from record length 129)]' not in r.out:
        raise Failure('the tree does not say what the message is inferred from')


def sizes(place):
    """Inner packets and what carries them; echoes of the keepalive and their round trips."""
    path = place.path('captures', 'ok-tls13', 'client.pcapng')
    rows = values(place, path, 'sstpdiag.size.inner == 1400', 'sstpdiag.size.outer', 'ip.len')
    if not rows:
        raise Failure('no inner packet of 1400 bytes')
    for outer, ips in rows:
        expect(outer, ips.split('|')[0])
    rows = values(place, path, 'sstpdiag.echo.time', 'sstpdiag.message', 'sstpdiag.time', 'sstpdiag.echo.time', 'sstpdiag.vantage')
    if not rows or any('Echo' not in m or t != e or v != 'eth0' for m, t, e, v in rows):
        raise Failure('echo round trips are %s' % rows)


def first_look(place):
    """What is wrong stands first, in the tree and in its closed line; a frame's messages are parted where a column shows them."""
    path = place.path('captures', 'wrong-password', 'client.pcapng')
    for number, side, passes in ('44', 'client', ['-2']), ('45', 'server', ['-2']), ('45', 'server', []):
        tree = place.run(['-n', *passes, '-r', path, '-O', 'sstpdiag', '-Y', 'frame.number == ' + number]).out.decode()
        lines = tree[tree.index('[SSTP Diagnostics'):].splitlines()
        expect(lines[0], '[SSTP Diagnostics: User name or password refused (verdict), session 0, auth, from the %s]' % side)
        expect(lines[1], '    [Verdict: User name or password refused [auth_bad_credentials]]')
        expect(lines[3], '    [Finding: User name or password refused [auth_bad_credentials]]')
    # The whole of an advice that is longer than a line of the tree.
    expect([line for line in lines if line.strip().startswith('allows the client')],
           ['            allows the client\'s method; a SoftEther hub is part of the name (user@HUB).'])
    rows = values(place, path, 'sstpdiag.verdict', 'sstpdiag.verdict', 'sstpdiag.verdict.title', 'sstpdiag.title')
    expect(rows, [['auth_bad_credentials'] + ['User name or password refused'] * 2] * 2)
    several = 0
    for case in 'ok-tls13', 'ok-tls12-cbc', 'gro-tso-on':
        for path in place.path('captures', case, 'client.pcapng'), keyless(place, case):
            for each, together in values(place, path, 'sstpdiag.message', 'sstpdiag.message', 'sstpdiag.messages'):
                expect(together, each.replace('|', ' | '))
                several += '|' in each
    if not several:
        raise Failure('no frame has two messages')


def stage_without_keys(place):
    """A frame whose message was told by its length has the stage of that message."""
    stages = {'HTTP request': 'http', 'HTTP answer': 'http', 'Call Connect Request': 'sstp', 'Call Connect Ack': 'sstp'}
    for case in 'ok-tls13', 'ok-tls12-gcm', 'wrong-password':
        rows = values(place, keyless(place, case), 'sstpdiag.message.inferred', 'sstpdiag.message.inferred', 'sstpdiag.stage')
        for message, stage in rows:
            expect(stage, stages.get(message.split('|')[-1], stage))
            if stage == 'tls':
                raise Failure('"%s" in stage tls' % message)
        expect([message for message, _ in rows[:4]], list(stages))


def findings_agree(place):
    """Colours and columns go by the fields, the Expert dialog by its items: both have the findings of the report, each item at one of
    the finding's frames, and one pass none but these."""
    seen = 0
    names = ['wrong-password/client', 'lcp-dead-client/client', 'nat-timeout/client', 'proxy-407/client', 'tls-unknown-ca/client']
    names += ['synthetic/' + n for n in ('mtu_overrun', 'cb_mac_mismatch', 'auth_no_reply', 'peer_vanished', 'tls_weak', 'tls_alert', 'data_one_way', 'dns_failed')]
    for name in names:
        path = place.path('captures', name + '.pcapng')
        report = json.loads(place.run(['-n', '-q', '-2', *OPTIONS, '-r', path, '-z', 'sstpdiag,json']).out)
        want = sorted((s['id'], f['id'], n) for s in report['sessions'] for f in s['findings'] for n in f['frames'])
        fields = 'sstpdiag.session', 'frame.number', 'sstpdiag.finding', 'sstpdiag.verdict', 'sstpdiag.summary', '_ws.expert.message'
        rows = values(place, path, 'sstpdiag.finding', *fields, options=('-2', *OPTIONS))
        expect(sorted((int(s), i, int(n)) for s, n, ids, *_ in rows for i in ids.split('|')), want)
        items = [(i, words) for _, _, ids, _, summaries, experts in rows for i, words in zip(ids.split('|'), summaries.split('|'))
                 if words in experts.split('|')]
        expect(sorted(i for i, _ in items), sorted(f['id'] for s in report['sessions'] for f in s['findings'] if f['frames']))
        verdicts = {v for row in rows for v in row[3].split('|') if v}
        expect(verdicts, {s['verdict']['finding'] for s in report['sessions']} & set(dict(items)))
        for _, _, ids, _, summaries, experts in values(place, path, 'sstpdiag.finding', *fields, options=OPTIONS):
            for words in summaries.split('|'):
                if words not in experts.split('|'):
                    raise Failure('%s: in one pass %s has no expert item' % (name, ids))
        seen += len(items)
    return '%d findings' % seen


# --- the profile ------------------------------------------------------------------------------------

PROFILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'profiles', 'SSTP')
FIELD = r'"((?:[^"\\]|\\.)*)"'


def profile_lines(name):
    with open(os.path.join(PROFILE, name), encoding='utf-8') as f:
        return [line.rstrip('\n') for line in f if line.strip() and not line.startswith('#')]


def table_rows(name):
    """Rows of one of Wireshark's own tables."""
    return [[f.replace('\\x22', '"') for f in re.findall(FIELD, line)] for line in profile_lines(name)]


def colour_rules():
    return [line.split('@')[1:3] for line in profile_lines('colorfilters')]


def profile_filters():
    """Every filter of the profile, and every field that a column or a graph shows."""
    yield from (where for _, where in colour_rules())
    yield from (line.split('" ', 1)[1] for line in profile_lines('dfilters'))
    yield from (row[2] for row in table_rows('dfilter_buttons'))
    for row in table_rows('io_graphs'):
        yield row[2]
        if row[6]:
            yield row[6]
    yield from (line.split(':')[1] for line in profile_lines('preferences') if line.startswith('\t') and '%Cus:' in line)


def with_profile(place):
    def copy(folder):
        shutil.copytree(PROFILE, folder)
        for where, _, files in os.walk(place.path('home', '.config')):
            os.chmod(where, 0o777)
            for f in files:
                os.chmod(os.path.join(where, f), 0o666)
    place.made(os.path.join('home', '.config', 'wireshark', 'profiles', 'SSTP'), copy)
    return ['-C', 'SSTP']


def profile_compiles(place):
    """No filter of the profile is refused or warned of, and no preference is unknown."""
    filters = sorted(set(profile_filters()))
    if len(filters) < 100:
        raise Failure('only %d filters recognised' % len(filters))
    path = place.path('captures', 'wrong-password', 'client.pcapng')

    def refused(some):
        where = ' || '.join('(%s)' % f for f in some)
        r = place.run([*with_profile(place), '-n', '-r', path, '-c', '1', '-Y', where])
        if r.status == 0 and not r.err:
            return None
        return r.err if len(some) == 1 else next((e for e in map(refused, ([f] for f in some)) if e), r.err)
    error = refused(filters)
    if error:
        raise Failure(error[:300])
    return '%d filters' % len(filters)


def profile_is_nobodys(place):
    """Nothing in the profile belongs to one person or machine."""
    for name in os.listdir(PROFILE):
        text = '\n'.join(profile_lines(name))
        if name == 'recent_common' or re.search(r'/home|/root|/tmp|[A-Z]:\\|keylog|fileopen|gui\.|\.recent|recent\.', re.sub(r'gui\.column\.(format|hidden)', '', text)):
            raise Failure('%s: has something personal' % name)


def two_points(place):
    """Sessions at two capture points: one decrypted, others in clear."""
    names = ['wrong-password/client', 'offload-haproxy-ok/server', 'synthetic/mtu_overrun', 'synthetic/auth_no_reply']
    paths = [place.path('captures', n + '.pcapng') for n in names]
    return place.made('two-points.pcapng', lambda out: merge(out, *paths))


def colour_rules_hit(place):
    """Each colour rule is that of some frame."""
    used = set()
    names = 'ok-tls13/client', 'wrong-password/client', 'pap-ok/client', 'synthetic/dns_wrong_address', 'synthetic/cb_not_enforced'
    for path in two_points(place), ends(place, 'midsession-blackhole'), *(place.path('captures', n + '.pcapng') for n in names):
        r = place.run([*with_profile(place), '--color', '-n', '-2', *OPTIONS, '-r', path, '-T', 'fields', '-e', 'frame.coloring_rule.name'])
        if r.status or r.err:
            raise Failure('%s: %s' % (path, r.err[:300]))
        used |= set(r.out.decode().splitlines())
    unused = [name for name, _ in colour_rules() if name not in used]
    if unused:
        raise Failure('no frame has the colour of ' + ', '.join(unused))


def clear_leg(place):
    """The profile keeps conversations by interface, where Wireshark can: a leg in clear is found all the same."""
    path = place.path('captures', 'offload-haproxy-ok', 'server.pcapng')
    outs = [place.run(['-n', '-q', *options, '-r', path, '-z', 'sstpdiag,json'])
            for options in (['-o', 'tcp.reassemble_out_of_order:TRUE'], with_profile(place))]
    expect([(r.status, r.err) for r in outs], [(0, '')] * 2)
    expect(outs[1].out, outs[0].out)
    if b'"sstp_packets":92' not in outs[0].out:
        raise Failure('not 92 packets')


def both_ends(place):
    """Where both ends are in the file, frames show at which of them they were captured."""
    out = ends(place, 'ok-tls13')
    # The client's packets pass a router on their way.
    rows = values(place, out, 'sstpdiag.session && tcp.flags == 2 && !tls', 'ip.ttl', 'sstpdiag.vantage',
                  options=('-2', *with_profile(place)))
    expect(sorted(rows, reverse=True), [['64', 'client (eth0)'], ['63', 'server (eth0)']])
    rows = values(place, out, 'sstpdiag.session', 'sstpdiag.interface', 'sstpdiag.vantage', options=('-2', *with_profile(place)))
    expect(len({tuple(row) for row in rows}), 2)


def segment_matches(place):
    """A segment and the same one at the other end name each other; what was lost is marked, and is as much as the report says."""
    path = ends(place, 'lossy-path')
    rows = values(place, path, 'sstpdiag.peer_frame || sstpdiag.lost', 'frame.number', 'sstpdiag.vantage', 'sstpdiag.direction', 'sstpdiag.peer_frame',
                  'sstpdiag.delay', 'sstpdiag.delay.bound', 'sstpdiag.lost', 'frame.time_epoch')
    by_frame = {row[0]: row for row in rows}
    lost = {'client': 0, 'server': 0}
    for number, point, direction, peer, delay, bound, is_lost, time in rows:
        sender, at = direction.split()[0], point.split()[0]
        if is_lost:
            expect((at, peer, delay), (sender, '', ''))
            lost[sender] += 1
            continue
        match = by_frame[peer]
        if match[1] == point or match[2] != direction:
            raise Failure('frame %s is no match of %s' % (peer, number))
        # Segments that a card merged have one match, which names one of them.
        expect(bool(delay), at != sender)
        if delay and not 0 < float(delay) < 1:
            raise Failure('frame %s: a delay of %s s' % (number, delay))
        if delay and not 0.01 < float(bound) < 0.02:
            raise Failure('frame %s: right within %s s' % (number, bound))
    report = json.loads(place.run(['-n', '-q', '-r', path, '-z', 'sstpdiag,json']).out)['pairs'][0]['path']
    expect(lost, {'client': report['client_to_server']['lost_segments'], 'server': report['server_to_client']['lost_segments']})
    if lost['client'] + lost['server'] < 3 or len(rows) < 100:
        raise Failure('%d frames, lost %s' % (len(rows), lost))
    # What one pass shows is known by then, and one end alone has no other one.
    expect(values(place, path, 'sstpdiag.peer_frame || sstpdiag.lost', 'frame.number', options=()), [])
    expect(values(place, place.path('captures', 'lossy-path', 'client.pcapng'), 'sstpdiag.peer_frame || sstpdiag.lost', 'frame.number'), [])
    expect(values(place, ends(place, 'ok-tls13'), 'sstpdiag.lost', 'frame.number'), [])
    r = place.run(['-n', '-2', '-r', path, '-O', 'sstpdiag', '-Y', 'sstpdiag.lost || sstpdiag.delay'])
    for words in b"[Lost: never came to the server's capture point]", b' ms if the path is asymmetric)]', b'[Same segment at the other end: ':
        if words not in r.out:
            raise Failure('the tree does not say %s' % words.decode())
    return '%d frames, %d lost' % (len(rows), sum(lost.values()))


# --- tables -----------------------------------------------------------------------------------------

def tables(place):
    """One line for each row, from one pass and from two; rows of several tables in one run."""
    path = place.path('captures', 'wrong-password', 'client.pcapng')
    names = 'sessions', 'setup', 'keepalive', 'mtu', 'findings'
    once = {}
    for name in names:
        outs = [place.run(['-n', '-q', *passes, '-r', path, '-z', 'sstpdiag,' + name]) for passes in ([], ['-2'])]
        for r in outs:
            if r.status or r.err:
                raise Failure('%s: exit status %d: %s' % (name, r.status, r.err[:300]))
        expect(outs[1].out, outs[0].out)
        once[name] = outs[0].out.decode()
        if len(once[name].splitlines()) < 3:
            raise Failure('%s: no row' % name)
    if 'auth_bad_credentials' not in once['sessions'] or 'auth_bad_credentials' not in once['findings']:
        raise Failure('no verdict in the tables')
    r = place.run(['-n', '-q', '-r', path, '-z', 'sstpdiag,mtu', '-z', 'sstpdiag,setup'])
    expect(sorted(r.out.decode().splitlines()), sorted((once['mtu'] + once['setup']).splitlines()))


def windows(place):
    """What Wireshark shows in windows has the same rows, once all frames have been read; a filter chooses sessions."""
    path = two_points(place)
    for name in 'sessions', 'setup', 'keepalive', 'mtu', 'findings':
        text = place.run(['-n', '-q', '-r', path, '-z', 'sstpdiag,' + name])
        window = place.run(['-n', '-q', '-2', '-r', path, '-z', 'sstpdiag-window,' + name])
        if window.status or window.err:
            raise Failure('%s: exit status %d: %s' % (name, window.status, window.err[:300]))
        rows = [line.split(' |')[:-1] for line in window.out.decode().splitlines() if re.match(r'\d+ \|', line)]
        want = [line.split() for line in text.out.decode().splitlines()[2:]]
        expect([' '.join(row).split() for row in rows], want)
        one = place.run(['-n', '-q', '-2', '-r', path, '-z', 'sstpdiag-window,%s,sstpdiag.session == 1' % name])
        expect([line for line in one.out.decode().splitlines() if re.match(r'[02-9] \|', line)], [])


def follow(place):
    """All bytes of all SSTP packets, from both sides, in one pass and in two."""
    path = place.path('captures', 'wrong-password', 'client.pcapng')
    lengths = [int(n) for row in values(place, path, 'sstpdiag.length', 'sstpdiag.length') for n in row[0].split('|')]
    for passes in [], ['-2']:
        r = place.run(['-n', '-q', *passes, '-r', path, '-z', 'follow,sstpdiag,raw,0'])
        if r.status or r.err:
            raise Failure('exit status %d: %s' % (r.status, r.err[:300]))
        pieces = [line.strip() for line in r.out.decode().splitlines() if re.fullmatch(r'\t?(?:[0-9a-f]{2})+', line)]
        packets = [p for p in pieces if p.startswith('10')]
        expect([len(p) // 2 for p in packets], lengths)
        expect(len(pieces) - len(packets), 2)       # the request and its answer


def quoted_segment(place):
    """What an ICMP error quotes is shown where it was sent, however often the error's frame is looked at."""
    quoted.test(place)


TESTS = inferred_messages, first_look, stage_without_keys, findings_agree, sizes, profile_compiles, profile_is_nobodys, colour_rules_hit, clear_leg, both_ends, segment_matches, tables, windows, follow, quoted_segment
