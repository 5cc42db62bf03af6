#!/usr/bin/env python3
"""scripts/layers refuses what it is there to refuse: each kind of wrong file, in a small tree of its own."""
import os
import subprocess
import sys
import tempfile
import unittest

LAYERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'scripts', 'layers')
ALONE = '/* x.h - what is kept. For %s/ alone.\n *\n * SPDX\n */\n'
GOOD = {
    'core/base/buf.h': '', 'core/base/buf.c': '#include "base/buf.h"\n',
    'core/codec/tls.h': '#include "base/buf.h"\n', 'core/codec/tls.c': '#include "codec/tls.h"\n#include "codec/http.h"\n',
    'core/codec/http.h': '', 'core/wire/conn.h': '#include "codec/tls.h"\n', 'core/wire/track.h': ALONE % 'wire',
    'core/wire/conn.c': '#include "wire/conn.h"\n#include "wire/track.h"\n',
    'core/rules/tcp.c': '#include "wire/conn.h"\n', 'plugin/feed.h': '', 'plugin/feed.c': '#include "feed.h"\n#include "tree.h"\n',
    'client/call.h': '#include "codec/tls.h"\n', 'client/call.c': '#include "call.h"\n',
    'tools/two/b.c': '#include "client/call.h"\n', 'plugin/tree.h': '', 'tools/one/a.c': '#include "a.h"\n', 'tools/one/a.h': '',
    'tools/output/say.h': '#include "base/buf.h"\n', 'tools/one/c.c': '#include "output/say.h"\n',
}


class Layers(unittest.TestCase):
    def judge(self, wrong):
        """Exit status and output for the good tree with some files replaced."""
        with tempfile.TemporaryDirectory() as root:
            for name, text in {**GOOD, **wrong}.items():
                path = os.path.join(root, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, 'w') as f:
                    f.write(text)
            r = subprocess.run([sys.executable, '-B', LAYERS, root], capture_output=True, text=True)
        self.assertEqual(r.stderr, '')
        return r.returncode, r.stdout

    def refused(self, wrong, *words):
        status, out = self.judge(wrong)
        self.assertEqual(status, 1)
        self.assertEqual(len(out.splitlines()), 1, out)
        for word in words:
            self.assertIn(word, out)

    def test_good(self):
        self.assertEqual(self.judge({}), (0, ''))

    def test_up(self):
        self.refused({'core/base/text.c': '#include "base/buf.h"\n#include "codec/tls.h"\n'}, 'core/base/text.c', 'higher floor')

    def test_up_with_blanks(self):
        self.refused({'core/codec/http.h': ' #  include "rules/rules.h"\n', 'core/rules/rules.h': ''}, 'core/codec/http.h', 'higher floor')

    def test_client_too_high(self):
        self.refused({'client/call.c': '#include "call.h"\n#include "wire/conn.h"\n'}, 'client/call.c', 'base, codec, crypto alone')

    def test_client_outside(self):
        self.refused({'client/call.c': '#include "tools/one/a.h"\n'}, 'client/call.c', 'base, codec, crypto alone')

    def test_core_on_client(self):
        self.refused({'core/wire/conn.c': '#include "client/call.h"\n'}, 'core/wire/conn.c', 'higher floor')

    def test_no_floor(self):
        self.refused({'core/lost.c': ''}, 'core/lost.c', 'no floor')

    def test_unknown_floor(self):
        self.refused({'core/common/lost.c': ''}, 'core/common/lost.c', 'no floor')

    def test_too_deep(self):
        self.refused({'core/base/more/lost.c': ''}, 'no floor')

    def test_circle(self):
        self.refused({'core/codec/http.h': '#include "codec/tls.h"\n'}, 'circle', 'core/codec/http core/codec/tls')

    def test_circle_of_three(self):
        self.refused({'core/codec/http.h': '#include "codec/ppp.h"\n', 'core/codec/ppp.c': '#include "codec/tls.h"\n',
                      'core/codec/ppp.h': ''}, 'circle', 'core/codec/http core/codec/ppp core/codec/tls')

    def test_circle_of_the_plugin(self):
        self.refused({'plugin/tree.h': '#include "feed.h"\n'}, 'circle', 'plugin/feed plugin/tree')

    def test_another_tool(self):
        self.refused({'tools/two/b.c': '#include "tools/one/a.h"\n'}, 'tools/two/b.c', 'another tool')

    def test_what_tools_share(self):
        self.refused({'tools/output/say.h': '#include "one/a.h"\n'}, 'tools/output/say.h', 'another tool')
        self.refused({'tools/output/say.h': '#include "client/call.h"\n'}, 'tools/output/say.h', 'core/ alone')

    def test_circle_of_a_tool(self):
        self.refused({'tools/one/a.h': '#include "b.h"\n', 'tools/one/b.h': '#include "a.h"\n'}, 'circle', 'tools/one/a tools/one/b')

    def test_private(self):
        self.refused({'core/rules/tcp.c': '#include "wire/track.h"\n'}, 'core/rules/tcp.c', 'wire/ alone')

    def test_private_for_the_plugin(self):
        self.refused({'plugin/feed.c': '#include "wire/track.h"\n'}, 'plugin/feed.c', 'wire/ alone')

    def test_private_in_brackets(self):
        self.refused({'core/rules/tcp.c': '#include <wire/track.h>\n'}, 'core/rules/tcp.c', 'wire/ alone')

    def test_private_by_a_way_round(self):
        for name, way in (('plugin/feed.c', '../core/wire/track.h'), ('tools/one/a.c', '../core/wire/track.h'),
                          ('tools/one/a.c', '../../core/wire/../wire/track.h'), ('core/rules/tcp.c', '../wire/track.h'),
                          ('core/rules/tcp.c', 'codec/../wire/track.h')):
            self.refused({name: '#include "%s"\n' % way}, name, 'wire/ alone')

    def test_private_said_in_two_lines(self):
        for words in 'for wire/\n * alone', 'for\n * wire/ alone':
            self.refused({'core/wire/track.h': '/* track.h - %s\n */\n' % words, 'core/rules/tcp.c': '#include "wire/track.h"\n'},
                         'core/rules/tcp.c', 'wire/ alone')

    def test_private_is_said_first(self):
        self.assertEqual(self.judge({'core/wire/track.h': '/* track.h - one */\n/* For wire/ alone. */\n',
                                     'core/rules/tcp.c': '#include "wire/track.h"\n'}), (0, ''))

    def test_up_in_brackets(self):
        self.refused({'core/base/text.c': '#include <codec/tls.h>\n'}, 'core/base/text.c', 'higher floor')

    def test_up_by_a_way_round(self):
        self.refused({'core/base/text.c': '#include "../codec/tls.h"\n'}, 'core/base/text.c', 'higher floor')

    def test_out_of_core(self):
        self.refused({'core/base/text.c': '#include "../plugin/tree.h"\n'}, 'core/base/text.c', 'higher floor')

    def test_headers_of_the_system(self):
        self.assertEqual(self.judge({'core/codec/string.h': '#include <string.h>\n', 'core/codec/string.c': '#include "codec/string.h"\n'}),
                         (0, ''))

    def test_long(self):
        for name in 'tools/one/a.c', 'core/codec/http.h':
            self.refused({name: '\n' * 701}, name, '701 lines')
        self.assertEqual(self.judge({'core/base/names.def': '\n' * 701, 'core/base/long.c': '\n' * 700}), (0, ''))


if __name__ == '__main__':
    unittest.main()
