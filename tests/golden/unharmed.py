"""With the plugin Wireshark is what it was: what is compared with a tshark without it, beside all foreign traffic as it stands.

Each test is (name, run); run() raises Failure.
"""
import json
import os
import re
import shutil
import tempfile

import gen_hostile
import pcapng
import quoted
from place import Failure
from reports import ORDER_OFF, ORDER_ON, expect_clean, report_of

ICAP = ['-d', 'tls.port==11344,icap']
MANY_RECORDS = {'bodies-keys': [], 'above-http-keys': ICAP}    # bodies over many records, and what is to be said of ports
LAYERS = 'OSI layer 7', 'IP'       # not 4: in it stock Wireshark writes bytes that nobody set
HEURISTICS = 'http_tls', 'http_tcp', 'tls_tcp', 'http2_tls', 'sstpdiag_tls'


def undated(err):
    """What stands on stderr, without process number and time of day of a logged line."""
    return re.sub(r'\(tshark:\d+\) [\d:.]+', '', err)


def expect_same(what, stock, ours):
    if stock[:2] == ours[:2] and undated(stock.err) == undated(ours.err):
        return
    pairs = zip(stock.out.decode('utf-8', 'replace').splitlines(), ours.out.decode('utf-8', 'replace').splitlines())
    raise Failure('tshark %s differs: %s' % (what, next(('%r became %r' % p for p in pairs if p[0] != p[1]), 'length or stderr')))


def same_output(place, path, *args, disabled=()):
    """Expect the same with and without the plugin; return what ran without. disabled: for the plugin alone."""
    outs = [place.serve(['-n', '-r', path, *args, *(disabled if p else [])], plugin=p) for p in (False, True)]
    expect_same(' '.join(args), *outs)
    return outs[0]


def foreign(place, name):
    return place.path('captures', 'foreign', name + '.pcapng')


def disordered(place, name):
    return place.made('disordered-%s.pcapng' % name, lambda path: pcapng.disordered(foreign(place, name), path))


# --- what is reassembled ------------------------------------------------------------------------------

def exported(place, path, plugin, *args):
    """Files that File > Export Objects makes of HTTP bodies: {name: content}."""
    folder = tempfile.mkdtemp(prefix='objects-', dir=place.dir)
    os.chmod(folder, 0o777)
    place.run(['-n', '-q', '-r', path, *args, '--export-objects', 'http,' + folder], plugin=plugin)
    objects = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), 'rb') as f:
            objects[name] = f.read()
    shutil.rmtree(folder)
    return objects


def same_objects(place, path, *args):
    stock, ours = (exported(place, path, p, *args) for p in (False, True))
    whole = [n for n, body in stock.items() if len(body) > 4 * 1460]
    if len(whole) < 6 or stock != ours:
        raise Failure('exported %s, without the plugin %s' % tuple(sorted((n, len(b)) for n, b in o.items()) for o in (ours, stock)))


def has_all(place):
    """The recording is what the others of this page are made of."""
    path = foreign(place, 'above-http-keys')
    for where in 'ipp && tls', 'icap && tls', 'websocket.payload && tls', 'http.chunked_trailer_part || http.chunk_size', 'mime_multipart && tls', 'ipp && !tls':
        if not place.serve(['-n', '-2', '-r', path, *ICAP, '-Y', where], plugin=False).out:
            raise Failure('no frame has ' + where)


def reassembled(place):
    """Whoever reassembles above a dissector that the plugin stands in front of still gets to."""
    yield 'what stands above HTTP', lambda: has_all(place)
    for name, ports in MANY_RECORDS.items():
        for path in foreign(place, name), disordered(place, name):
            for order in ORDER_OFF, ORDER_ON:
                shown = '%s %s' % (os.path.basename(path), order[1])
                if path == foreign(place, name):
                    yield 'objects of ' + shown, lambda path=path, args=(*ports, *order): same_objects(place, path, *args)
                for args in ['-T', 'json'], ['-2', '-V'], ['-V']:
                    yield ' '.join([*args, shown]), lambda path=path, args=(*args, *ports, *order): same_output(place, path, *args)


def pdus(place, path, plugin, layer):
    """The file that File > Export PDUs makes, and what is said meanwhile."""
    handle, out = tempfile.mkstemp(prefix='pdus-', dir=place.dir)
    os.close(handle)
    os.chmod(out, 0o666)
    r = place.run(['-n', '-r', path, *ICAP, '-U', layer, '-w', out], plugin=plugin)
    with open(out, 'rb') as f:
        content = f.read()
    os.unlink(out)
    return r._replace(out=content)


def exported_pdus(place):
    """In each stands the name of its dissector: the plugin's handles have that of what they stand in front of."""
    def run(path, layer):
        stock, ours = (pdus(place, path, p, layer) for p in (False, True))
        if len(stock.out) < 1000:
            raise Failure('no PDU is exported')
        expect_same('-U ' + layer, stock, ours)

    for name in ('https-alpn-http1-keys', 'mixed-keys', *MANY_RECORDS):
        for layer in LAYERS:
            yield 'PDUs of %s, %s' % (name, layer), lambda path=foreign(place, name), layer=layer: run(path, layer)


# --- what is disabled -----------------------------------------------------------------------------------

def profile(place, name, file, line):
    """Options that choose a profile with that line in that file."""
    def make(folder):
        os.makedirs(folder)
        with open(os.path.join(folder, file), 'w') as f:
            f.write(line + '\n')
        for where, _, files in os.walk(place.path('home', '.config')):
            os.chmod(where, 0o777)
            for f in files:
                os.chmod(os.path.join(where, f), 0o666)
    place.made(os.path.join('home', '.config', 'wireshark', 'profiles', name), make)
    return ['-C', name]


def switches(place):
    """Ways to switch the plugin off: {name: options, when asked for}."""
    return {'option': lambda: ['--disable-protocol', 'sstpdiag'],
            'disabled_protos': lambda: profile(place, 'off', 'disabled_protos', 'sstpdiag'),
            'heuristic': lambda: ['--disable-heuristic', 'sstpdiag_tls'],
            'heuristic_protos': lambda: profile(place, 'heuristic-off', 'heuristic_protos', 'sstpdiag_tls,0')}


def switched_off(place):
    """Disabling the plugin's protocol (Analyze > Enabled Protocols) or its heuristic leaves stock Wireshark; disabling
    what it stands in front of disables just that."""
    paths = [place.path('captures', *n) for n in (
        ('ok-tls13', 'client.pcapng'), ('offload-haproxy-ok', 'server.pcapng'), ('mtu-pmtud-ok', 'client.pcapng'),
        ('tcp-closed-port', 'client.pcapng'), ('foreign', 'dns.pcapng'), ('foreign', 'bodies-keys.pcapng'))]

    def run(path, off):
        same_output(place, path, '-V', disabled=off())
        same_output(place, path, '-2', *ORDER_ON, disabled=off())

    for way, off in switches(place).items():
        for path in paths if way == 'option' else paths[:3]:
            yield 'off by %s, %s' % (way, os.sep.join(path.split(os.sep)[-2:])), lambda path=path, off=off: run(path, off)
    for other in 'tcp', 'icmp', 'dns', 'arp', 'http', 'tls', 'ip', 'frame':
        yield 'off %s alone' % other, lambda other=other: [same_output(place, path, '-V', '--disable-protocol', other) for path in paths[3:]]
    # Without TCP nothing can be said of a tunnel either.
    yield 'off tcp, of a tunnel', lambda: [same_output(place, path, '-V', '--disable-protocol', 'tcp') for path in paths[:3]]
    for heuristic in HEURISTICS:
        off = ['--disable-heuristic', heuristic]
        stock = [] if heuristic.startswith('sstpdiag') else off
        for name in 'mixed-keys', 'bodies-keys', 'websocket-keys', 'https-tls12-keys':
            yield 'off %s, %s' % (heuristic, name), lambda name=name, stock=stock, off=off: same_output(
                place, foreign(place, name), '-V', *stock, disabled=[] if stock else off)


# --- Decode As ------------------------------------------------------------------------------------------

def columns(place, path, *args):
    """What the list of packets shows, and the protocols of each frame."""
    same_output(place, path, *args)
    same_output(place, path, *args, '-T', 'fields', '-e', 'frame.number', '-e', 'frame.protocols')


def decoded_as(place):
    """What the user says of a port or a protocol number holds, on SSTP's port as on others."""
    tls, clear = (place.path('captures', *n) for n in (('ok-tls13', 'client.pcapng'), ('offload-haproxy-ok', 'server.pcapng')))
    for path, rule in (tls, 'tcp.port==443,ssh'), (tls, 'ip.proto==6,udp'), (clear, 'tcp.port==8090,ssh'), (clear, 'ip.proto==6,udp'):
        yield 'Decode As %s, a tunnel' % rule, lambda path=path, rule=rule: columns(place, path, '-d', rule)
    for name, rule in (('bodies-keys', 'tcp.port==9443,http'), ('bodies-keys', 'tls.port==9443,ftp'), ('bodies-keys', 'ip.proto==6,udp'),
                       ('bodies-keys', 'ip.proto==6,tcp'), ('dns', 'udp.port==53,ntp'), ('dns', 'ip.proto==17,tcp'), ('http', 'tcp.port==80,tls')):
        yield 'Decode As %s, %s' % (rule, name), lambda name=name, rule=rule: same_output(place, foreign(place, name), '-V', '-d', rule)

    def same_report(path, rule):
        if report_of(place, path)['sessions'] != report_of(place, path, '-d', rule)['sessions']:
            raise Failure('the report is another one')
    for path, rule in (tls, 'tcp.port==443,tls'), (clear, 'tcp.port==8090,http'):
        yield 'Decode As %s, the report' % rule, lambda path=path, rule=rule: same_report(path, rule)


# --- others that do as the plugin does ------------------------------------------------------------------

# Heuristics that take what they know, in front of the plugin's; and somebody who stands in front of the same table entries.
LUA = '''
local other = Proto("other_test", "Other")
function other.dissector(tvb, pinfo, tree)
    tree:add(other, tvb(), "Other, " .. tvb:len())
    pinfo.cols.info:append(" other")
    return tvb:len()
end
local function begins(text)
    return function(tvb, pinfo, tree)
        if tvb:captured_len() < #text or tvb(0, #text):string() ~= text then return false end
        other.dissector(tvb, pinfo, tree)
        return true
    end
end
other:register_heuristic("tcp", begins("GET /b"))
other:register_heuristic("tls", begins("GET /"))
other:register_heuristic("udp", begins("nothing"))
for i, place in ipairs({{"ip.proto", 6}, {"ip.proto", 1}, {"udp.port", 53}, {"ethertype", 0x0806}}) do
    local table = DissectorTable.get(place[1])
    local before = table:get_dissector(place[2])
    local front = Proto("front_test" .. i, "Front " .. i .. " of " .. tostring(before))
    function front.dissector(tvb, pinfo, tree)
        tree:add(front, tvb(), "In front")
        return before:call(tvb, pinfo, tree)
    end
    table:add(place[2], front)
end
'''


def beside_others(place):
    """Heuristics of others, and others in front of the same entries, get what they would get without the plugin."""
    def script():
        def make(path):
            with open(path, 'w') as f:
                f.write(LUA)
        return ['-X', 'lua_script:' + place.made('other.lua', make)]

    def same(name):
        for args in ['-V'], ['-2', '-V', *ORDER_ON]:
            out = same_output(place, foreign(place, name), *args, *script()).out
            if b'In front' not in out:
                raise Failure('the script does nothing')

    def same_report():
        path = place.path('captures', 'ok-tls13', 'client.pcapng')
        r = place.run(['-n', '-q', '-r', path, *script(), '-z', 'sstpdiag,json'])
        expect_clean(r, 'sstpdiag,json')
        # Lua hands no data on, so that the header of IP is not known.
        beside, alone = (json.loads(out) for out in (r.out, place.run(['-n', '-q', '-r', path, '-z', 'sstpdiag,json']).out))
        for session in beside['sessions'] + alone['sessions']:
            for side in 'client', 'server':
                session['facts']['tcp'].pop(side + '_ttl', None)
        if beside != alone:
            raise Failure('the report is another one')

    for name in 'bodies-keys', 'mixed-keys', 'http', 'dns':
        yield 'beside others, ' + name, lambda name=name: same(name)
    yield 'beside others, a tunnel', same_report


# --- live -----------------------------------------------------------------------------------------------

def live(place):
    """While packets come in, all of it is as from a file."""
    def feed(path, *args, plugin=True):
        r = place.run(['-n', '-i', '-', *args], plugin=plugin, under=['sh', '-c', 'exec "$@" <"$0"', path])
        if r.status:
            raise Failure('live capture: exit status %d: %s' % (r.status, r.err[:300]))
        return r

    def same(path):
        for args in [], ['-V', *ORDER_ON]:
            stock, ours = (feed(path, *args, plugin=p).out for p in (False, True))
            if not stock or stock != ours:
                raise Failure('live capture differs')

    def same_report():
        path = place.path('captures', 'ok-tls13', 'client.pcapng')
        told, live_told = (re.sub(rb'"file":"[^"]*"', b'', r.out) for r in (
            place.run(['-n', '-q', '-r', path, '-z', 'sstpdiag,json']), feed(path, '-q', '-z', 'sstpdiag,json')))
        if b'"sessions":[{' not in told or told != live_told:
            raise Failure('the report is not that on the file')

    for name in 'bodies-keys', 'http', 'dns':
        yield 'live, ' + name, lambda path=foreign(place, name): same(path)
    yield 'live, the report', same_report


# --- a tunnel's own frames ------------------------------------------------------------------------------

def ends_in_exception(place):
    """Where a dissector is cut short, what is known of the frame is shown all the same."""
    source = place.path('captures', 'mtu-pmtud-ok', 'client.pcapng')

    def error():
        r = place.serve(['-n', '-2', '-r', source, '-Y', 'icmp.type == 3 && sstpdiag && !sstp', '-T', 'fields', '-e', 'frame.number'])
        number = int(r.out.split()[0])
        path = place.made('cut-error.pcapng', lambda out: pcapng.cut(source, out, number, 80))
        where = 'frame.number == %d && sstpdiag.session' % number
        for args in ['-Y', where], ['-2', '-Y', where]:
            out = place.serve(['-n', '-r', path, *args]).out
            if not out:
                raise Failure('nothing is shown of the error that is cut')
        if b'Packet size limited' not in place.serve(['-n', '-r', path, '-Y', 'frame.number == %d' % number, '-V']).out:
            raise Failure('nothing is cut')

    def inner():
        """What inner TCP says of its next PDU is not said of the tunnel's own connection."""
        path = place.made('inner-pdu.pcap', lambda path: gen_hostile.write('inner-pdu', path))
        for b in 'TRUE', 'FALSE':
            report = report_of(place, path, '-o', 'tcp.desegment_tcp_streams:' + b)
            found = [s['counts']['sstp_packets'] for s in report['sessions']]
            if found != [18]:
                raise Failure('desegment_tcp_streams %s: %s SSTP packets, not 18' % (b, found))

    yield 'an ICMP error that is cut', error
    yield 'a PDU of an inner stream', inner


def experts(place):
    """Findings are SSTP Diagnostics', in every list of expert items; what only the end makes sure needs a second look."""
    known, late = (place.path('captures', 'synthetic', n + '.pcapng') for n in ('auth_no_reply', 'peer_vanished'))

    def items(path, *args):
        r = place.serve(['-n', '-q', '-r', path, *args, '-z', 'expert'])
        expect_clean(r, '-z expert')
        rows = (re.split(r'\s{2,}', line.strip(), maxsplit=1) for line in r.out.decode().splitlines())
        return [re.split(r'\s{2,}', row[1])[1] for row in rows if len(row) == 2 and row[0].isdigit()]

    def run():
        for path, args, want in (known, [], 1), (known, ['-2'], 1), (late, [], 0), (late, ['-2'], 2):
            found = items(path, *args)
            if 'IPv4' in found or found.count('SSTP Diagnostics') != want:
                raise Failure('%s %s: expert items of %s' % (os.path.basename(path), ' '.join(args), found))
        answer, = quoted.sharkd(place, late, ('tap', {'tap0': 'expert'}))
        found = [d['p'] for tap in answer['taps'] for d in tap['details']]
        if found.count('SSTP Diagnostics') != 2:
            raise Failure('sharkd: expert items of %s' % found)
    yield 'expert items', run


def tests(place):
    for kind in reassembled, exported_pdus, switched_off, decoded_as, beside_others, live, ends_in_exception, experts:
        yield from kind(place)
