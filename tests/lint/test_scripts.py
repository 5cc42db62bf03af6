#!/usr/bin/env python3
"""Each script of ours can be read by its shell, and scripts/lint refuses what it is there to refuse."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
SHELL = re.compile(rb'#! ?/bin/(sh|bash)\n')
LINT = '.clang-format', 'scripts/lint', 'scripts/layers'
GOOD = 'int\none(void)\n{\n    return 1;\n}\n'
BAD = 'int one( void ) { return 1; }\n'


def shell_scripts():
    """(shell, path) of each script in our folders."""
    for folder in 'scripts', '.ci', 'bench', 'tests':
        for where, _, names in os.walk(os.path.join(ROOT, folder)):
            for path in (os.path.join(where, name) for name in names):
                with open(path, 'rb') as f:
                    m = SHELL.match(f.readline())
                if m:
                    yield m[1].decode(), path


def clang_format():
    """Its version, of the one that lint takes, or None."""
    program = shutil.which('clang-format-14') or shutil.which('clang-format')
    said = program and subprocess.run([program, '--version'], capture_output=True, text=True).stdout
    return said and re.search(r'version (\d+)', said)[1]


class Shell(unittest.TestCase):
    def test_syntax(self):
        scripts = list(shell_scripts())
        self.assertIn('lint', [os.path.basename(path) for _, path in scripts])
        self.assertIn('run', [os.path.basename(path) for _, path in scripts])
        for shell, path in scripts:
            r = subprocess.run([shell, '-n', path], capture_output=True, text=True)
            self.assertEqual((r.returncode, r.stderr), (0, ''), path)


class Lint(unittest.TestCase):
    """scripts/lint in a small tree of its own, with one file to look at."""

    def lint(self, subject, name='core/base/one.c', text=GOOD):
        with tempfile.TemporaryDirectory() as root:
            for folder in 'scripts', 'core/base', 'client', 'plugin', 'tools', 'tests', 'test-captures/gen':
                os.makedirs(os.path.join(root, folder))
            for copied in LINT:
                shutil.copy(os.path.join(ROOT, copied), os.path.join(root, copied))
            with open(os.path.join(root, name), 'w') as f:
                f.write(text)
            r = subprocess.run([os.path.join(root, 'scripts/lint'), *subject], cwd='/', capture_output=True, text=True)
            with open(os.path.join(root, name)) as f:
                return r.returncode, r.stdout + r.stderr, f.read()

    def test_usage(self):
        for subject in [], ['nonsense']:
            status, out, _ = self.lint(subject)
            self.assertEqual((status, out[:12]), (2, 'usage: lint '))

    def test_format(self):
        if clang_format() != '14':
            self.skipTest('not installed: clang-format 14')
        self.assertEqual(self.lint(['format-check']), (0, '', GOOD))
        for folder in 'core/base', 'client', 'plugin', 'tools', 'tests', 'test-captures/gen':
            for name in 'one.c', 'one.h':
                status, out, text = self.lint(['format-check'], os.path.join(folder, name), BAD)
                self.assertNotEqual(status, 0)
                self.assertIn(os.path.join(folder, name), out)
                self.assertEqual(text, BAD)
        self.assertEqual(self.lint(['format'], text=BAD), (0, '', GOOD))

    def test_layers(self):
        self.assertEqual(self.lint(['layers'])[:2], (0, ''))
        status, out, _ = self.lint(['layers'], 'core/lost.c')
        self.assertEqual(status, 1)
        self.assertIn('core/lost.c', out)


if __name__ == '__main__':
    unittest.main(verbosity=2)
