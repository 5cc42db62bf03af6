"""What a user sees: fields of the tree, in captures with and without keys."""
import os

import pcapng
from place import Failure


def keyless(place, case):
    """A client's capture without the keys that stand in it."""
    path = place.path('keyless-%s.pcapng' % case)
    if not os.path.exists(path):
        pcapng.without_secrets(place.path('captures', case, 'client.pcapng'), path)
        os.chmod(path, 0o644)
    return path


def values(place, path, where, *fields, options=('-2',)):
    """Rows of fields, one for each frame that where is true of."""
    args = ['-n', *options, '-r', path, '-Y', where, '-T', 'fields', '-E', 'aggregator=|']
    for field in fields:
        args += ['-e', field]
    r = place.run(args)
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
    # One pass shows what is known by then: all from Call Connect Ack on.
    once = values(place, path, 'sstpdiag.message.inferred', 'frame.number', 'sstpdiag.message', options=())
    twice = values(place, path, 'sstpdiag.message.inferred', 'frame.number', 'sstpdiag.message')
    expect([row[1] for row in twice[:4]], [s + ' (inferred)' for s in ('HTTP request', 'HTTP answer', 'Call Connect Request', 'Call Connect Ack')])
    expect(once, twice[3:])
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


TESTS = inferred_messages, sizes
