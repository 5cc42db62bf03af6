#!/usr/bin/env python3
"""scripts/run-tests sees each kind of skip in what ctest reports, and tells what counts as failed."""
import os
import subprocess
import sys
import tempfile
import unittest
from xml.sax.saxutils import escape

RUN_TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'scripts', 'run-tests')
CTEST = '''#!/bin/sh
# Stands in for ctest: its report is made up before.
while [ "$1" != --output-junit ]; do shift; done
cp "$REPORT" "$2"
exit "$STATUS"
'''
PASSED = '<testcase name="%s" status="run"><system-out>%s</system-out></testcase>\n'
SKIPPED = '<testcase name="%s" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out>%s</system-out></testcase>\n'


def cases(body):
    """What unittest prints for a class with this body, as part of a report."""
    text = 'import unittest\nclass Case(unittest.TestCase):\n%s\nunittest.main(verbosity=2)\n' % body
    return escape(subprocess.run([sys.executable, '-c', text], capture_output=True, text=True).stderr)


class RunTests(unittest.TestCase):
    def run_it(self, tests, *args, status=0, **env):
        """Exit status and output, for these tests in the report of ctest."""
        with tempfile.TemporaryDirectory() as folder:
            report, ctest = os.path.join(folder, 'made-up.xml'), os.path.join(folder, 'ctest')
            with open(report, 'w') as f:
                f.write('<testsuite>\n%s</testsuite>\n' % tests)
            with open(ctest, 'w') as f:
                f.write(CTEST)
            os.chmod(ctest, 0o755)
            env = {**os.environ, 'SSTPDIAG_NO_SKIPS': '0', 'REPORT': report, 'STATUS': str(status),
                   'PATH': folder + ':' + os.environ['PATH'], **env}
            r = subprocess.run([sys.executable, '-B', RUN_TESTS, *args, '-R', 'x'], env=env, capture_output=True, text=True)
        self.assertEqual(r.stderr, '')
        return r.returncode, r.stdout

    def left_out(self, tests, *lines):
        """Without being strict these lines are told, and that is no failure; being strict it is one."""
        status, out = self.run_it(tests)
        self.assertEqual((status, out.splitlines()[1:-1]), (0, ['Left out here:', *lines]))
        for args, env in (('--no-skips',), {}), ((), {'SSTPDIAG_NO_SKIPS': '1'}):
            status, out = self.run_it(tests, *args, **env)
            self.assertEqual((status, out.splitlines()[1:-1]), (1, ['Left out here, which counts as failed:', *lines]))

    def impossible(self, tests, *lines):
        """Told in any case, and never a failure."""
        for args in (), ('--no-skips',):
            status, out = self.run_it(tests, *args)
            self.assertEqual((status, out.splitlines()[1:-1]), (0, ['Left out here:', *lines]))

    def test_nothing(self):
        self.assertEqual(self.run_it(PASSED % ('a', 'SKIPPED a frame: no'), '--no-skips'), (0, ''))
        self.assertEqual(self.run_it(PASSED % ('a', cases(' def test_one(self): pass')), '--no-skips'), (0, ''))

    def test_status_of_ctest(self):
        self.assertEqual(self.run_it(PASSED % ('a', ''), status=8), (8, ''))
        self.assertEqual(self.run_it(SKIPPED % ('a', 'IMPOSSIBLE: no right'), '--no-skips', status=8)[0], 8)

    def test_whole(self):
        self.left_out(PASSED % ('a', '') + SKIPPED % ('long.name', 'begun\nSKIPPED: no tshark\n') + SKIPPED % ('b', 'SKIPPED: no pppd'),
                      '  long.name  no tshark', '  b          no pppd')

    def test_whole_without_reason(self):
        self.left_out(SKIPPED % ('a', 'nothing'), '  a  no reason given')

    def test_whole_impossible(self):
        self.impossible(SKIPPED % ('a', 'IMPOSSIBLE: no right'), '  a  impossible: no right')

    def test_case(self):
        self.left_out(PASSED % ('a', cases(' def test_one(self): pass\n def test_two(self): self.skipTest("no tshark")')),
                      '  a test_two  no tshark')

    def test_case_with_quotes(self):
        self.left_out(PASSED % ('a', cases(' def test_two(self): self.skipTest("it\'s not there")')), "  a test_two  it's not there")

    def test_case_with_a_docstring(self):
        self.left_out(PASSED % ('a', cases(' def test_two(self):\n  "Says more."\n  self.skipTest("no tshark")')),
                      '  a test_two  no tshark')

    def test_class(self):
        self.left_out(PASSED % ('a', cases(' @classmethod\n def setUpClass(cls): raise unittest.SkipTest("no tcpdump")\n'
                                           ' def test_two(self): pass')), '  a __main__.Case  no tcpdump')

    def test_case_impossible(self):
        self.impossible(PASSED % ('a', cases(' def test_two(self): self.skipTest("IMPOSSIBLE: no right")')),
                        '  a test_two  impossible: no right')

    def test_one_of_two_impossible(self):
        self.left_out(SKIPPED % ('a', 'IMPOSSIBLE: no right') + SKIPPED % ('b', 'SKIPPED: no pppd'),
                      '  a  impossible: no right', '  b  no pppd')


if __name__ == '__main__':
    unittest.main(verbosity=2)
