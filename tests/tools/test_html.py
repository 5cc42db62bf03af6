#!/usr/bin/env python3
"""The HTML page of sstpdiag in headless Chromium. usage: test_html.py PROGRAM PLUGINS TSHARK [unittest options]"""
import base64
import hashlib
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import unittest

from command import ROOT, Command

import pcapng
from place import skip

PROGRAM, PLUGINS, TSHARK = sys.argv[1:4]
CHROMIUM = shutil.which('chromium') or shutil.which('chromium-browser')
MEGABYTE = 1 << 20


# Puts markup where a peer's words stand.
EVIL_TSHARK = """#!/usr/bin/python3
import json, subprocess, sys
tshark, evil = %r, %r
out = subprocess.run([tshark, *sys.argv[1:]], stdout=subprocess.PIPE, text=True, check=True).stdout
for line in out.splitlines():
    if line.startswith('{'):
        report = json.loads(line)
        session = report['sessions'][0]
        session['server_name'] = evil
        session['verdict']['summary'] += evil
        session['trace']['events'][0]['text'] = evil
        line = json.dumps(report, separators=(',', ':'))
    print(line)
"""


class Tree(html.parser.HTMLParser):
    """Elements of a page: (name, attributes, text inside), in order of their start."""
    VOID = {'meta', 'br', 'img', 'link', 'hr', 'input'}

    def __init__(self, text):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append([tag, dict(attrs), ''])
        if tag not in self.VOID:
            self.open.append(self.elements[-1])

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for element in self.open:
            element[2] += data

    def all(self, tag=None, kind=None):
        return [e for e in self.elements if tag in (None, e[0]) and (kind is None or kind in (e[1].get('class') or '').split())]

    def at(self, element):
        return next(i for i, e in enumerate(self.elements) if e is element)


class Page(unittest.TestCase):
    def setUp(self):
        self.command = Command(PROGRAM, PLUGINS, TSHARK)
        self.addCleanup(self.command.remove)

    def page(self, *args):
        path = self.command.path('page.html')
        r = self.command.run('--html', path, *args)
        self.assertIn(r.returncode, (0, 1), r.stderr)
        return path

    def chromium(self, path, *args):
        sandbox = ['--no-sandbox'] if os.getuid() == 0 else []
        r = subprocess.run([CHROMIUM, '--headless=new', '--disable-gpu', '--virtual-time-budget=3000', '--enable-logging=stderr',
                            '--user-data-dir=' + self.command.path('chromium'), *sandbox, *args, 'file://' + path],
                           stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                           env=dict(os.environ, HOME=self.command.dir))
        # What the page itself complains of: scripts that fail, what its policy forbids.
        said = [line for line in r.stderr.splitlines() if ':CONSOLE' in line]
        self.assertEqual(said, [])
        return r.stdout

    @staticmethod
    def allowed(text, script):
        """The page, whose policy takes this script as well: by itself it takes none but its own."""
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        return text.replace("script-src ", "script-src 'sha256-%s' " % digest, 1)

    def tree(self, path, script=None):
        """The page after its scripts, and another one, have run."""
        if script:
            with open(path) as f:
                text = f.read()
            path = self.command.path('scripted.html')
            with open(path, 'w') as f:
                f.write(self.allowed(text, script).replace('</body>', '<script>%s</script></body>' % script))
        return Tree(self.chromium(path, '--dump-dom'))

    def report(self, tree):
        element, = [e for e in tree.all('script') if e[1].get('id') == 'reports']
        return json.loads(element[2])


class Content(Page):
    def test_failed(self):
        tree = self.tree(self.page(self.command.capture('wrong-password')))
        session = self.report(tree)[0]['sessions'][0]
        box, = tree.all('div', 'verdict')
        for words in session['verdict']['title'], session['verdict']['finding'], session['verdict']['summary'], session['verdict']['advice']:
            self.assertIn(words, box[2])
        self.assertEqual(tree.all('title')[0][2], 'User name or password refused – vpn.lab.test')
        ladder, = tree.all('div', 'ladder')
        self.assertLess(tree.at(box), tree.at(ladder))             # the verdict comes first
        self.assertEqual(len(tree.all('g', 'row')), len(session['trace']['events']))
        bars = tree.all('rect', 'bar')
        self.assertEqual([b[1]['class'].split()[1] for b in bars], [s['outcome'] for s in session['stages']])
        marks = [e for e in tree.all('circle', 'evidence')]
        self.assertTrue(any('error' in m[1]['class'] for m in marks))
        self.assertEqual([e[2] for e in tree.all('h4')], ['Rates', 'Retransmissions', 'Echo round trips'])
        self.assertEqual(len([e for e in tree.all('canvas') if e[1].get('width', '0') != '0']), 3)
        self.assertIn('auth_bad_credentials', tree.all('noscript')[0][2])

    def binding(self, *args):
        """Rows of the table of the crypto binding, as texts of their cells, and the table of the report."""
        tree = self.tree(self.page(*args))
        session = self.report(tree)[0]['sessions'][0]
        table, = tree.all('table', 'binding')
        begin = tree.at(table)
        cells = [e[2] for e in tree.elements[begin:] if e[0] == 'td'][:3 * len(session['binding'])]
        return [cells[i:i + 3] for i in range(0, len(cells), 3)], {row['check']: row for row in session['binding']}

    def test_crypto_binding(self):
        """Values stand where something is not as it should be, and only there; passwords nowhere."""
        secret = self.command.path('credentials')
        with open(secret, 'w') as f:
            f.write('alice password Secret-123\n')
        os.chmod(secret, 0o600)
        path = self.command.capture('ok-tls13')
        rows, checks = self.binding(path)
        self.assertEqual([row[:2] for row in rows], [['Nonce', 'ok'], ['Hash protocol', 'ok'], ['Certificate hash', 'ok'],
                                                     ['Compound MAC', 'not verified'], ["Server's proof", 'not verified']])
        self.assertEqual(rows[3][2], checks['mac']['with'] + 'received ' + checks['mac']['received'])
        rows, checks = self.binding('--credentials', secret, path)
        self.assertEqual({row[1] for row in rows}, {'ok'})
        self.assertEqual([row[2] for row in rows], [row['with'] for row in checks.values()])
        with open(self.command.path('page.html')) as f:
            self.assertNotIn('Secret-123', f.read())
        wrong = shutil.copy(os.path.join(ROOT, 'test-captures', 'synthetic', 'cb_nonce_mismatch.pcapng'), self.command.path('wrong.pcapng'))
        rows, checks = self.binding(wrong)
        nonce = checks['nonce']
        self.assertNotEqual(nonce['received'], nonce['expected'])
        self.assertEqual(rows[0], ['Nonce', 'differs', nonce['with'] + 'received ' + nonce['received'] + 'expected ' + nonce['expected']])

    def test_no_binding(self):
        """A session that did not come so far has none."""
        tree = self.tree(self.page(self.command.capture('wrong-password')))
        self.assertNotIn('Crypto binding', [e[2] for e in tree.all('h3')])

    def test_sizes_and_both_ends(self):
        tree = self.tree(self.page(self.command.capture('server-mtu-1500-inner'), self.command.capture('server-mtu-1500-inner', 'server')))
        report, = self.report(tree)
        self.assertEqual(len(report['capture']['files']), 2)
        titles = [e[2] for e in tree.all('h4')]
        self.assertIn('Sizes of inner packets', titles)
        self.assertIn('One-way delays', titles)
        delays = report['pairs'][0]['delays']
        self.assertEqual({d['direction'] for d in delays}, {'c2s', 's2c'})
        self.assertAlmostEqual(min(d['seconds'] for d in delays), report['pairs'][0]['path']['client_to_server']['delay'], places=5)
        self.assertEqual(len(tree.all('details', 'session')), len(report['sessions']))
        overview, = tree.all('table', 'overview')
        links = [e[2] for e in tree.elements[tree.at(overview):] if e[0] == 'a'][:2]
        pair, = report['pairs']
        self.assertEqual(set(links), {'%d, %s end' % (pair[end + '_session'], end) for end in ('client', 'server')})

    def test_verdict_of_both_ends(self):
        tree = self.tree(self.page(self.command.capture('lcp-dead-client'), self.command.capture('lcp-dead-client', 'server')))
        report, = self.report(tree)
        box = tree.all('div', 'verdict')[0]                        # the pair's, found at one end
        self.assertEqual(report['pairs'][0]['verdict']['finding'], 'lcp_echo_gap')
        self.assertEqual(box[1]['class'].split(), ['verdict', 'error'])
        self.assertIn('(error, certain)', box[2])
        sessions = [e[2] for e in tree.all('summary') if e[2].startswith('Session')]
        self.assertIn(report['pairs'][0]['verdict']['title'], sessions[0])      # worst first
        # A verdict is not told once more among what was also found, and its details stand with it.
        found = [f for f in report['sessions'][0]['findings'] + report['sessions'][1]['findings'] if f['id'] == 'lcp_echo_gap']
        self.assertTrue(found[0]['details'])
        for name in found[0]['details']:
            self.assertIn(name.replace('_', ' ') + ': ', box[2])
        for others in tree.all('ul', 'findings'):
            self.assertNotIn('lcp_echo_gap', others[2])

    def test_several_captures(self):
        files = [self.command.capture(case) for case in ('wrong-password', 'ok-tls13')]
        tree = self.tree(self.page(*files))
        self.assertEqual([e[2] for e in tree.all('h2')], ['Two attempts compared', *files])

    def test_two_attempts(self):
        """What differs is marked, where they part is said, and nothing is told of three."""
        files = [self.command.capture(case) for case in ('ok-tls13', 'wrong-password')]
        tree = self.tree(self.page(*files))
        comparison = self.report(tree)[1]['comparison']
        self.assertEqual(comparison['parts_at'], 'auth')
        self.assertIn(comparison['summary'], [e[2] for e in tree.all('p', 'parting')])
        table, = tree.all('table', 'comparison')
        marked = [e[2] for e in tree.all('tr', 'differs')]
        self.assertEqual(len(marked), len([row for row in comparison['rows'] if row['result'] == 'differs']))
        self.assertIn('Error–E=691', marked)
        self.assertIn('auth – here they part', table[2])
        self.assertIn('Two attempts compared', tree.all('noscript')[0][2])
        ids = [e[1].get('id') for e in tree.all('details', 'session')]
        for link in [e[1]['href'][1:] for e in tree.elements if e[0] == 'a' and e[1]['href'].startswith('#r')]:
            self.assertIn(link, ids)
        tree = self.tree(self.page(*files, self.command.capture('pap-ok')))
        self.assertEqual(tree.all('table', 'comparison'), [])

    def test_no_session(self):
        tree = self.tree(self.page(self.command.capture('tcp-closed-port')))
        self.assertIn('Candidate 0', tree.all('summary')[0][2])

    def test_policy(self):
        """Whatever came into the page is no script of it."""
        path = self.command.path('policy.html')
        self.command.run('--html', path, self.command.capture('ok-tls13'))
        with open(path) as f:
            text = f.read()
        self.assertNotIn('unsafe-inline', text)
        with open(path, 'w') as f:
            f.write(text.replace('</body>', '<script>document.title = "taken"</script><b onclick="1">x</b></body>'))
        with self.assertRaisesRegex(AssertionError, 'Executing inline script violates'):
            self.chromium(path, '--dump-dom')

    def test_click(self):
        path = self.page(self.command.capture('wrong-password'))
        choose = "const row = [...document.querySelectorAll('g.row')].find((r) => r.getAttribute('aria-label').includes('CHAP Failure'));"
        for gesture in "row.dispatchEvent(new MouseEvent('click'));", "row.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter'}));":
            chosen, = self.tree(path, choose + gesture).all('div', 'chosen-event')
            self.assertIn('CHAP Failure', chosen[2])
            self.assertRegex(chosen[2], r'frame\.number == \d+')
            self.assertIn('auth_bad_credentials: ', chosen[2])

    def test_opens_at_the_verdict(self):
        path = self.page(self.command.capture('wrong-password'))
        tree = self.tree(path, "document.title = document.querySelector('.scroll').scrollTop;")
        frame = self.report(tree)[0]['sessions'][0]['findings'][0]['frames'][0]
        self.assertIn('frame.number == %d' % frame, tree.all('div', 'chosen-event')[0][2])
        self.assertGreater(float(tree.all('title')[0][2]), 0)
        # Frames of the evidence lead there, too.
        tree = self.tree(path, "const links = document.querySelectorAll('.verdict a'); links[links.length - 1].click();")
        last = self.report(tree)[0]['sessions'][0]['findings'][0]['frames'][-1]
        self.assertNotEqual(last, frame)
        self.assertIn('frame.number == %d' % last, tree.all('div', 'chosen-event')[0][2])

    def many(self):
        """A capture of three sessions, of which one failed: three sections of pcapng."""
        path = self.command.path('many.pcapng')
        with open(path, 'wb') as many:
            for case in 'ok-tls13', 'wrong-password', 'pap-ok':
                with open(self.command.capture(case), 'rb') as one:
                    shutil.copyfileobj(one, many)
        return path

    def test_keys(self):
        """The ladder is one stop of the Tab key, in which the arrows go on; the first verdict is near."""
        path = self.page(self.many())
        down = ("const row = document.querySelector('g.row[tabindex=\"0\"]'); row.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown'}));"
                "const stops = [...document.querySelectorAll('a[href], button, summary, [tabindex]')].filter((e) => e.tabIndex >= 0 && !e.closest('details:not([open]) > :not(summary)'));"
                "document.title = stops.findIndex((e) => e.matches('.skip')) + ' ' + document.querySelectorAll('.ladder').length + ' ' +"
                "document.querySelectorAll('g.row[tabindex=\"0\"]').length + ' ' + (row.nextSibling === null && !row.classList.contains('chosen'));")
        tree = self.tree(path, down)
        first, ladders, stops, moved = tree.all('title')[0][2].split()
        self.assertEqual((first, ladders, moved), ('0', stops, 'true'))
        self.assertEqual([e[1]['id'] for e in tree.all('div', 'verdict') if 'id' in e[1]], ['first-verdict'])

    def test_worst_first(self):
        tree = self.tree(self.page(self.many()))
        overview, = tree.all('table', 'overview')
        self.assertRegex(overview[2], r'^SessionClientServerOutcomeVerdict\d+192\.0\.2\.10:\d+vpn\.lab\.testfailedUser name or password refused')
        self.assertIn('2 healthy; 1 User name or password refused', [e[2] for e in tree.all('p')])

    def test_narrow(self):
        """On a telephone nothing goes beyond the edge, and the text of drawings stays readable."""
        for number, files in enumerate(([self.many()], [self.command.capture(case) for case in ('no-call-connected', 'ok-tls13')])):
            path = self.page(*files)
            with open(path) as f:
                text = f.read()
            script = ("document.title = document.documentElement.scrollWidth + ' ' + Math.min(...[...document.querySelectorAll("
                      "'svg text')].map((t) => t.getBoundingClientRect().height).filter((h) => h > 0));"
                      "parent.postMessage(document.title, '*');")
            with open(self.command.path('inner%d.html' % number), 'w') as f:
                f.write(self.allowed(text, script).replace('</body>', '<script>%s</script></body>' % script))
            outer = self.command.path('outer%d.html' % number)
            with open(outer, 'w') as f:
                f.write('<title>none</title><script>onmessage = (m) => { document.title = m.data; };</script>'
                        '<iframe src="inner%d.html" style="width:400px;height:800px;border:0"></iframe>' % number)
            width, height = Tree(self.chromium(outer, '--dump-dom')).all('title')[0][2].split()
            self.assertLessEqual(float(width), 400)
            self.assertGreater(float(height), 9)


class Ladder(Page):
    """What the ladder says of its messages."""

    def rows(self, tree):
        return [e[1]['aria-label'] for e in tree.all('g', 'row') if 'fold' not in e[1]['class'].split()]

    def test_content(self):
        """What a message says; never a password."""
        tree = self.tree(self.page(self.command.capture('wrong-password')))
        content = {e['text']: e['content'] for e in self.report(tree)[0]['sessions'][0]['trace']['events']}
        self.assertEqual(content['LCP Configure-Request, id 70'], 'MRU 1400; authentication MS-CHAPv2; magic number 0x2bf2ef11')
        self.assertIn('error 691: user name or password refused', content['CHAP Failure, id 1'])
        self.assertEqual(tree.all('p', 'content')[0][2], 'name "alice"')      # the verdict's message is chosen
        page = self.page(self.command.capture('pap-ok'))
        with open(page) as f:
            self.assertNotIn('Secret-123', f.read())
        with open(self.page('--redact', self.command.capture('wrong-password'))) as f:
            text = f.read()
        content = {e['content'] for e in json.loads(re.search(r'id="reports">(.*?)</script>', text, re.S)[1])[0]['sessions'][0]['trace']['events']}
        self.assertLessEqual({'name (left out)', 'text (left out)'}, content)

    def test_inferred(self):
        bare = self.command.path('bare.pcapng')
        pcapng.without_secrets(self.command.capture('ok-tls13'), bare)
        tree = self.tree(self.page(bare))
        self.assertTrue([row for row in self.rows(tree) if re.search(r'client Call Connected \(from length 129\)', row)])
        self.assertIn('Call Connected (from length 129)', [e[2] for e in tree.all('text', 'inferred')])

    def test_retries(self):
        tree = self.tree(self.page('--server', 'any', self.command.capture('tcp-filtered-port')))
        again = [row for row in self.rows(tree) if 'SYN again' in row]
        self.assertEqual([re.search(r'again, (\S+ s) after', row)[1] for row in again], ['1.028 s', '3.108 s', '7.188 s'])

    def test_folds(self):
        """Long runs of the same keep their ends; all of it is there on demand."""
        path = self.page(self.command.capture('ok-tls13'))
        with open(path) as f:
            text = f.read()
        reports = re.search(r'id="reports">(.*?)</script>', text, re.S)[1]
        report = json.loads(reports)
        events = report[0]['sessions'][0]['trace']['events']
        echo = next(e for e in events if e['text'].startswith('LCP Echo-Request'))
        events += [dict(echo, text='LCP Echo-Request, id %d' % i, first_frame=9000 + i, last_frame=9000 + i) for i in range(30)]
        with open(path, 'w') as f:
            f.write(text.replace(reports, json.dumps(report)))
        tree = self.tree(path)
        folds = tree.all('g', 'fold')
        self.assertTrue(folds)
        hidden = len([e for e in tree.all('svg') if 'hidden' in e[1]])
        self.assertRegex(folds[0][2], r'\d+ more: ')
        opened = self.tree(path, "document.querySelectorAll('.fold').forEach((fold) => fold.dispatchEvent(new MouseEvent('click')));")
        self.assertGreater(hidden, 0)
        self.assertFalse([e for e in opened.all('svg') if 'hidden' in e[1]] or opened.all('g', 'fold'))

    def test_both_ends(self):
        """Both clocks, the time under way, what did not arrive; frames by the number of their own file."""
        tree = self.tree(self.page(self.command.capture('lossy-path'), self.command.capture('lossy-path', 'server')))
        said = [e[1]['aria-label'] for e in tree.all('g') if e[1].get('role') == 'img']
        self.assertRegex(said[0], r'^client SYN, under way for \d')
        box = tree.all('div', 'verdict')[0]
        self.assertRegex(box[2], r'frames 102 \(52 of lossy-path-client\.pcapng\), 106 \(53 of lossy-path-server')
        self.assertIn('TCP segments that were lost between the ends: 2 from client to server, 2 from server to client', ' '.join(e[2] for e in tree.all('p')))
        tree = self.tree(self.page(self.command.capture('rst-client-side-midhandshake'), self.command.capture('rst-client-side-midhandshake', 'server')))
        self.assertTrue([e for e in tree.all('g', 'lost') if 'not seen at' in e[1]['aria-label']])

    def test_manual(self):
        tree = self.tree(self.page(self.command.capture('wrong-password')))
        self.assertIn('auth_bad_credentials', tree.all('details', 'manual')[0][2])


class Many(Page):
    def folder(self):
        os.mkdir(self.command.path('captures'))
        for case in 'ok-tls13', 'wrong-password', 'pap-ok', 'tls-expired-cert-tls12':
            self.command.capture(case, name=os.path.join('captures', case + '.pcapng'))
        with open(self.command.path('captures', 'broken.pcapng'), 'w') as f:
            f.write('no capture')
        path = self.command.path('fleet.html')
        self.command.run('--html', path, self.command.path('captures'))
        return path

    def test_fleet(self):
        path = self.folder()
        tree = self.tree(path)
        self.assertIn('5 captures, 4 sessions: 2 healthy; 1', tree.all('p')[1][2])
        for words in 'server', 'day (UTC)', 'client', 'TLS version':
            self.assertIn('Verdicts by ' + words, [e[2] for e in tree.all('h3')])
        self.assertIn('broken.pcapng', tree.all('li')[0][2])
        rows = tree.all('table', 'overview')[0][2]
        self.assertLess(rows.index('User name or password refused'), rows.index('healthy'))
        opened = self.tree(path, "document.querySelector('button.open').click();")
        self.assertEqual(len(opened.all('div', 'verdict')), 1)
        chosen = self.tree(path, "[...document.querySelectorAll('.group button')].find((b) => b.textContent === 'healthy').click();")
        self.assertIn('Sessions: healthy', [e[2] for e in chosen.all('h3')])
        self.assertNotIn('refused', chosen.all('table', 'overview')[0][2])

    def test_fifty(self):
        """The overview is one stop of the Tab key; above --max-sessions the worst are told."""
        path = self.command.path('fifty.pcapng')
        with open(path, 'wb') as many:
            for case in ['ok-tls13'] * 25 + ['wrong-password'] * 25:
                with open(os.path.join(ROOT, 'test-captures', case, 'client.pcapng'), 'rb') as one:
                    shutil.copyfileobj(one, many)
        count = ("const stops = [...document.querySelectorAll('a[href], button, summary, [tabindex]')].filter((e) => e.tabIndex >= 0);"
                 "const first = document.querySelector('.verdict'); document.title ="
                 "stops.filter((e) => e.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING).length;")
        tree = self.tree(self.page(path), count)
        self.assertLess(int(tree.all('title')[0][2]), 20)
        sessions = len(self.report(tree)[0]['sessions'])
        self.assertGreater(sessions, 1)
        tree = self.tree(self.page('--max-sessions', '1', path))
        self.assertEqual([s['verdict']['finding'] for s in self.report(tree)[0]['sessions']], ['auth_bad_credentials'])
        self.assertIn('the worst 1 of %d' % sessions, ' '.join(e[2] for e in tree.all('p')))


class Hostile(Page):
    NAME = '</script><script>document.title="pwned"</script><img src=x onerror=\'document.title="pwned"\'> {{text}} " \u2028.pcapng'

    def test_names(self):
        """Names of files, and lines of logs, are text and nothing else."""
        name = self.NAME.replace('/', '\u2215')
        os.rename(self.command.capture('no-call-connected'), self.command.path(name))
        log = self.command.path('x.log')
        with open(log, 'w') as f:
            f.write('Nov 22 00:00:00 host pppd[1]: <!-- </script ><script>document.title="pwned"</script> <b id=pwned> {{reports}} --> CHAP\n' * 3)
        tree = self.tree(self.page('--log', log, self.command.path(name)))
        self.assertEqual([e[2] for e in tree.all('title')], ['Client never sent Call Connected – vpn.lab.test'])
        self.assertEqual(tree.all('h2')[0][2], self.command.path(name))
        self.assertFalse([e for e in tree.elements if e[0] in ('img', 'b') and (e[0] == 'img' or e[1].get('id') == 'pwned')])
        self.assertEqual(len(tree.all('script')), 3)
        self.assertEqual(self.report(tree)[0]['capture']['file'], self.command.path(name))

    def test_markup_in_a_session(self):
        """What a peer sends: the page is made of other JSON than the plugin's, by the same program."""
        evil = '"><svg onload=document.title=1></script><script>document.title=2</script>'
        shim = self.command.script('tshark', EVIL_TSHARK % (TSHARK, evil))
        tree = self.tree(self.page('--tshark', shim, self.command.capture('wrong-password')))
        self.assertEqual([e[2] for e in tree.all('title')], ['User name or password refused – ' + evil])
        self.assertIn(evil, tree.all('div', 'verdict')[0][2])
        self.assertIn(evil, tree.all('g', 'row')[0][2])
        self.assertEqual(len(tree.all('script')), 3)
        self.assertFalse([e for e in tree.elements if 'onload' in e[1]])

    def test_no_network(self):
        path = self.page(self.command.capture('ok-tls13'))
        with open(path) as f:
            text = f.read()
        self.assertIn("default-src 'none'", text)
        self.assertFalse(re.findall(r'<(?:link|img|script|iframe)[^>]*(?:src|href)=', text))
        self.assertIn('Permission is hereby granted, free of charge', text)      # the charts' licence
        # A request would be forbidden, and the console would say so.
        fetch = "fetch('http://127.0.0.1:9/').then(() => document.title = 'open', () => document.title = 'closed');"
        with open(self.command.path('fetch.html'), 'w') as f:
            f.write(text.replace('</body>', '<script>%s</script></body>' % fetch))
        self.assertRaises(AssertionError, self.chromium, self.command.path('fetch.html'), '--dump-dom')


class Probe(Page):
    """The page of sstpprobe: the walk stands on top."""

    def probe(self, *args):
        path = self.command.path('probe.html')
        program = os.path.join(os.path.dirname(PROGRAM), '..', 'sstpprobe', 'sstpprobe')
        r = subprocess.run([program, '--no-trials', '--proxy', 'none', '--html', path, *args], stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, timeout=60)
        self.assertEqual(r.returncode, 1, r.stderr)
        self.assertEqual([name for name in os.listdir(self.command.dir) if name.startswith('probe.html')], ['probe.html'])
        return path

    def test_closed_port(self):
        tree = self.tree(self.probe('127.0.0.1:9'))
        self.assertEqual(tree.all('title')[0][2], "Server's host refused the TCP connection – 127.0.0.1:9")
        walk, = tree.all('table', 'walk')
        steps = self.report(tree)[0]['probe']['steps']
        for step in steps:
            self.assertIn(step['step'] + step['outcome'], walk[2])
        self.assertIn('failed', walk[2])
        self.assertLess(tree.at(walk), tree.at(tree.all('div', 'verdict')[0]))

    def test_nothing_sent(self):
        tree = self.tree(self.probe('--connect-to', 'no-such-name', '<b>vpn.example.com'))
        self.assertIn('Verdict: none', tree.all('section', 'probe')[0][2])
        self.assertIn('<b>vpn.example.com:443', tree.all('h2')[0][2])


class Paper(Page):
    def test_print_and_themes(self):
        path = self.page(self.command.capture('ok-tls13'))
        pdf = self.command.path('page.pdf')
        self.chromium(path, '--print-to-pdf=' + pdf, '--no-pdf-header-footer')
        with open(pdf, 'rb') as f:
            self.assertEqual(f.read(5), b'%PDF-')
        self.assertGreater(os.path.getsize(pdf), 20000)
        shots = []
        for number, theme in enumerate(([], ['--force-dark-mode', '--blink-settings=preferredColorScheme=0'])):
            shots.append(self.command.path('page%d.png' % number))
            self.chromium(path, '--screenshot=' + shots[-1], '--window-size=1000,1600', *theme)
            self.assertGreater(os.path.getsize(shots[-1]), 20000)
        with open(shots[0], 'rb') as light, open(shots[1], 'rb') as dark:
            self.assertNotEqual(light.read(), dark.read())


if __name__ == '__main__':
    if not CHROMIUM:
        skip('no chromium (Debian package chromium)')
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2, warnings='ignore')
