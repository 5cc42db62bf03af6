"""Count SSTP packets without the plugin: TLS decrypted by tshark, everything above it framed here."""
import re
import struct

from place import Failure

SSTP_OFF = ['--disable-protocol', 'sstp']
POST = b'SSTP_DUPLEX_POST '
ORDER = ['-o', 'tcp.reassemble_out_of_order:TRUE']


def streams(place, path):
    """TCP streams of a capture: {number: {"ip:port", "ip:port"}}."""
    r = place.serve(['-n', '-r', path, *SSTP_OFF, '-Y', 'tcp', '-T', 'fields', '-E', 'occurrence=f', '-e', 'tcp.stream', '-e', 'ip.src',
                     '-e', 'ipv6.src', '-e', 'tcp.srcport', '-e', 'ip.dst', '-e', 'ipv6.dst', '-e', 'tcp.dstport'], plugin=False)
    found = {}
    for line in r.out.decode().splitlines():
        n, s4, s6, sp, d4, d6, dp = line.split('\t')
        end = lambda a4, a6, p: '%s:%s' % (a4, p) if a4 else '[%s]:%s' % (a6, p)
        found.setdefault(int(n), (end(s4, s6, sp), end(d4, d6, dp)))
    return found


def follow(place, path, kind, ends):
    """Both directions of each stream that says something: [("ip:port" of the client, bytes of both nodes)].

    Since 4.6 TLS streams have numbers of their own, never more than those of TCP, and the nodes are named;
    before that the nodes of TLS are not, but the number is that of TCP.
    """
    args = ['-n', '-q', '-r', path, *SSTP_OFF, *ORDER]
    for n in ends:
        args += ['-z', 'follow,%s,raw,%d' % (kind, n)]
    out = place.serve(args, plugin=False).out.decode()
    found = []
    for part in out.split('Follow: %s,raw' % kind)[1:]:
        number = re.search(r'tcp\.stream (?:eq|==) (\d+)', part)
        nodes = ends[int(number.group(1))] if number else re.findall(r'^Node [01]: (\S+)$', part, re.M)
        sides = ([], [])
        for line in part.splitlines():
            if re.fullmatch(r'\t?(?:[0-9a-f]{2})+', line):
                sides[line.startswith('\t')].append(line.strip())
        if any(sides):
            sides = [bytes.fromhex(''.join(s)) for s in sides]
            client = nodes[0] if number or sides[0].startswith(POST) else nodes[1]
            found.append((client, sides))
    return found


def body(data):
    """What follows the HTTP head, or None without a whole one."""
    end = data.find(b'\r\n\r\n')
    return None if end < 0 else data[end + 4:]


def without_proxy_header(data):
    if data.startswith(b'\r\n\r\n\0\r\nQUIT\n') and len(data) >= 16:
        return data[16 + struct.unpack('>H', data[14:16])[0]:]
    if data.startswith(b'PROXY '):
        return data.split(b'\r\n', 1)[-1]
    return data


def count_packets(data):
    """Whole SSTP packets: version 1.0, 12 bits of length with the header of 4 in it."""
    at = count = 0
    while at + 4 <= len(data):
        version, length = data[at], struct.unpack('>H', data[at + 2:at + 4])[0] & 0xfff
        if version != 0x10 or length < 4:
            raise Failure('the independent count lost its way at byte %d' % at)
        if at + length > len(data):
            break
        at, count = at + length, count + 1
    return count


def count(name, sides):
    """(name, (client to server, server to client)) of a stream, None when it is not SSTP."""
    sides = [without_proxy_header(s) for s in sides]
    client = [n for n in (0, 1) if sides[n].startswith(POST)]
    if not client:
        return None
    c = client[0]
    up, down = body(sides[c]), body(sides[1 - c])
    accepted = re.match(rb'HTTP/1\.[01] 200\b', sides[1 - c])
    # a server that answers in undecryptable records leaves the client's packets to count
    if sides[1 - c] and not accepted:
        return name, (0, 0)
    return name, (count_packets(up or b''), count_packets(down or b'') if accepted else 0)


def packets(place, path):
    """{"ip:port" of the client: (c2s, s2c)} of every SSTP session that can be read."""
    ends = streams(place, path)
    if not ends:
        return {}
    result = {}
    for kind in 'tcp', 'tls':
        result.update(found for found in (count(*stream) for stream in follow(place, path, kind, ends)) if found)
    return result
