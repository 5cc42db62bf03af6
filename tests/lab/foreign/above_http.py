"""What stands above HTTP, or beside it, and has to be reassembled from many records: IPP, ICAP, WebSocket, chunks, forms.

The server is told what to answer by the port; all of it is written in pieces of 900 bytes, a record each.
"""
import base64
import gzip
import hashlib
import socket
import struct

from base import NAME, SERVER, client_context, connect, filler, listen, read, server_context

PIECE = 900
IPP_TLS, IPP_CLEAR, ICAP_TLS, ICAP_CLEAR, WEBSOCKET, PAGES = 8631, 631, 11344, 1344, 8446, 8447
TEXT = ''.join('Line %d of many.\n' % n for n in range(600)).encode()


def say(s, data):
    for at in range(0, len(data), PIECE):
        s.sendall(data[at:at + PIECE])


def head(first, *fields):
    return '\r\n'.join([first, *fields, '', '']).encode()


def post(path, kind, body):
    return head('POST %s HTTP/1.1' % path, 'Host: ' + NAME, 'Content-Type: ' + kind, 'Content-Length: %d' % len(body)) + body


def answer(kind, body):
    return head('HTTP/1.1 200 OK', 'Content-Type: ' + kind, 'Content-Length: %d' % len(body)) + body


def chunked(data, size=2500):
    pieces = (data[at:at + size] for at in range(0, len(data), size))
    return b''.join(b'%x\r\n%s\r\n' % (len(p), p) for p in pieces) + b'0\r\n\r\n'


# --- what is said: (request, answer), in turn --------------------------------------------------------

def ipp_attribute(tag, name, value):
    return struct.pack('>BH', tag, len(name)) + name + struct.pack('>H', len(value)) + value


IPP_BEGIN = ipp_attribute(0x47, b'attributes-charset', b'utf-8') + ipp_attribute(0x48, b'attributes-natural-language', b'en')


def ipp():
    """A job of 10 kB, and many attributes of the printer."""
    job = (struct.pack('>BBHIB', 1, 1, 2, 1, 1) + IPP_BEGIN + ipp_attribute(0x45, b'printer-uri', b'ipp://' + NAME.encode() + b'/print') +
           ipp_attribute(0x42, b'job-name', b'A page') + b'\3' + TEXT)
    printer = (struct.pack('>BBHIB', 1, 1, 0, 1, 1) + IPP_BEGIN + b'\4' +
               b''.join(ipp_attribute(0x41, b'note-%d' % n, filler('ipp%d' % n, 24).hex().encode()) for n in range(120)) + b'\3')
    return [(post('/print', 'application/ipp', job), answer('application/ipp', printer))]


def icap():
    """A page that is to be changed, and as it then is."""
    http = head('HTTP/1.1 200 OK', 'Content-Type: text/plain', 'Content-Length: %d' % len(TEXT))
    request = head('GET /page.txt HTTP/1.1', 'Host: ' + NAME)
    begin = len(request)
    ask = head('RESPMOD icap://%s/change ICAP/1.0' % NAME, 'Host: ' + NAME,
               'Encapsulated: req-hdr=0, res-hdr=%d, res-body=%d' % (begin, begin + len(http)))
    changed = head('ICAP/1.0 200 OK', 'ISTag: "1"', 'Encapsulated: res-hdr=0, res-body=%d' % len(http))
    return [(ask + request + http + chunked(TEXT), changed + http + chunked(TEXT[::-1]))]


def frame(kind, data, mask=b''):
    """A WebSocket frame of any length; mask: four bytes, of a client."""
    bit, length = 0x80 if mask else 0, len(data)
    size = bytes([bit | length]) if length < 126 else bytes([bit | 126]) + struct.pack('>H', length)
    if mask:
        data = bytes(b ^ mask[at % 4] for at, b in enumerate(data))
    return bytes([kind]) + size + mask + data


def messages(mask=b''):
    return (frame(0x81, b'{"lines":"' + TEXT.replace(b'\n', b' ') + b'"}', mask) + frame(0x01, TEXT[:3000], mask) +
            frame(0x80, TEXT[3000:8000], mask) + frame(0x82, filler('message', 7000), mask))


def websocket(key):
    """Behind the upgrade both send messages."""
    accept = base64.b64encode(hashlib.sha1(key + b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest()).decode()
    ask = head('GET /chat HTTP/1.1', 'Host: ' + NAME, 'Upgrade: websocket', 'Connection: Upgrade',
               'Sec-WebSocket-Key: ' + key.decode(), 'Sec-WebSocket-Version: 13')
    agreed = head('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: ' + accept)
    return [(ask, agreed), (messages(b'\1\2\3\4'), messages())]


def pages():
    """A form, and three pages one behind the other: in chunks, packed, until the end of the connection."""
    form = b''.join(b'--mark\r\nContent-Disposition: form-data; name="%s"; filename="%s.txt"\r\nContent-Type: text/plain\r\n\r\n%s\r\n'
                    % (n, n, TEXT[:6000]) for n in (b'first', b'second')) + b'--mark--\r\n'
    asked = post('/form', 'multipart/form-data; boundary=mark', form)
    asked += b''.join(head('GET /%s.txt HTTP/1.1' % n, 'Host: ' + NAME) for n in ('chunks', 'packed', 'rest'))
    packed = gzip.compress(filler('packed', 9000).hex().encode(), mtime=0)
    answered = answer('text/plain', b'Taken.\n')
    answered += head('HTTP/1.1 200 OK', 'Content-Type: text/plain', 'Transfer-Encoding: chunked') + chunked(TEXT)
    answered += head('HTTP/1.1 200 OK', 'Content-Type: text/plain', 'Content-Encoding: gzip', 'Content-Length: %d' % len(packed)) + packed
    return [(asked, answered + head('HTTP/1.1 200 OK', 'Content-Type: text/plain', 'Connection: close') + TEXT)]


# --- who says it ------------------------------------------------------------------------------------

def serve(port, said, ctx=None):
    def handle(c):
        s = ctx.wrap_socket(c, server_side=True) if ctx else c
        for asked, answered in said:
            read(s, len(asked))
            say(s, answered)
        s.close()
    listen(port, handle)


def fetch(port, said, ctx=None):
    if ctx:
        s = connect(port, ctx)
    else:
        s = socket.create_connection((SERVER, port))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for asked, answered in said:
        say(s, asked)
        read(s, len(answered))
    s.close()


def agreeing(ctx, *protocols):
    if protocols:
        ctx.set_alpn_protocols(list(protocols))
    return ctx


def above_http(keys):
    """Each with ALPN http/1.1, each without, and two in clear."""
    inside = {IPP_TLS: ipp(), ICAP_TLS: icap(), WEBSOCKET: websocket(b'dGhlIHNhbXBsZSBub25jZQ=='), PAGES: pages()}
    clear = {IPP_CLEAR: ipp(), ICAP_CLEAR: icap()}
    for port, said in inside.items():
        serve(port, said, agreeing(server_context(), 'http/1.1'))
    for port, said in clear.items():
        serve(port, said)
    for protocols in ('http/1.1',), ():
        for port, said in inside.items():
            fetch(port, said, agreeing(client_context(keys), *protocols))
    for port, said in clear.items():
        fetch(port, said)


KINDS = {'above-http': (above_http, 'k')}
