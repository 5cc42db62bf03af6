"""Chromium without a screen: pages of many small parts, WebSocket, HTTP/1.1 and HTTP/2."""
import os

from base import NAME, QUIET, SERVER, sh

PAGE = '''<!DOCTYPE html><title>{title}</title>
{images}
<script>
const base = location.origin;
async function ask() {{
  for (let i = 0; i < 6; i++) {{
    await fetch(base + '/index.html?' + i);
    await fetch(base + '/up', {{method: 'POST', body: '{{"op":"hello"}}'}}).catch(() => 0);
  }}
}}
function chat() {{
  return new Promise(done => {{
    const s = new WebSocket('wss://{name}:8445/chat');
    let n = 0;
    s.binaryType = 'arraybuffer';
    s.onopen = () => s.send(new Uint8Array(8));
    s.onmessage = () => ++n < 20 ? s.send(new Uint8Array(8 + n)) : 0;
    s.onclose = s.onerror = done;
  }});
}}
Promise.all([ask(), {chat}]).then(() => document.title = 'done');
</script>'''


def pages():
    images = ''.join('<img src="/dot.svg?%d">' % i for i in range(16))
    for name, chat in ('page', '0'), ('chat', 'chat()'):
        with open('www/%s.html' % name, 'w') as f:
            f.write(PAGE.format(title=name, images=images, name=NAME, chat=chat))
    with open('www/dot.svg', 'w') as f:
        f.write('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')


def chromium(url, keys):
    pages()
    rules = 'MAP %s %s, MAP * ~NOTFOUND' % (NAME, SERVER)
    sh(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--ignore-certificate-errors',
        '--disable-background-networking', '--disable-component-update', '--no-first-run', '--disable-quic', '--no-proxy-server',
        '--host-resolver-rules=' + rules, '--user-data-dir=' + os.path.abspath('chromium'), '--virtual-time-budget=6000',
        '--timeout=15000', '--ssl-key-log-file=' + keys, '--dump-dom', url], timeout=60, stderr=QUIET['stderr'])


def http1(keys):
    chromium('https://%s/page.html' % NAME, keys)


def http2(keys):
    chromium('https://%s:8443/page.html' % NAME, keys)


def websocket(keys):
    chromium('https://%s/chat.html' % NAME, keys)


KINDS = {
    'chromium-http1': (http1, 'nk'),
    'chromium-http2': (http2, 'n'),
    'chromium-websocket': (websocket, 'n'),
}
