#!/usr/bin/env python3
"""Completions of the commands for bash, zsh and fish. usage: test_completion.py FOLDER_OF_TOOLS [unittest options]

They are made from --help when the commands are built; here shells complete by them.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOLS = os.path.abspath(sys.argv[1])
COMMANDS = ('sstpdiag', 'sstpcap', 'sstpprobe')


def path(command, name):
    return os.path.join(TOOLS, command, name % command)


class Completion(unittest.TestCase):
    def options(self, command):
        """Long options in any form of --help: in the column of options, and in the synopsis."""
        text = subprocess.run([path(command, '%s'), '--help'], stdout=subprocess.PIPE, text=True, check=True).stdout
        return set(re.findall(r'^  (?:-\w, )?(--[\w-]+)', text, re.M)) | set(re.findall(r'\[(--run)\b', text))

    def bash(self, command, *words):
        line = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _%s 2>/dev/null; printf "%%s\\n" "${COMPREPLY[@]}"' % command
        return subprocess.run(['bash', '-c', line, path(command, '%s.bash'), command, *words], stdout=subprocess.PIPE, text=True,
                              check=True, cwd=self.folder).stdout.split()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_all_options(self):
        for command in COMMANDS:
            options = self.options(command)
            self.assertGreater(len(options), 20)
            self.assertEqual(set(self.bash(command, '--')), options)
            with open(path(command, '_%s')) as f:
                self.assertEqual(set(re.findall(r"(--[\w-]+)=?(?=[\['}])", f.read())), options)
            with open(path(command, '%s.fish')) as f:
                self.assertEqual({'--' + word for word in re.findall(r' -l ([\w-]+)', f.read())}, options)

    def test_values(self):
        self.assertEqual(self.bash('sstpdiag', '--fail-on', 'n'), ['note', 'never'])
        self.assertEqual(self.bash('sstpprobe', '--tls', ''), ['1.2', '1.3'])
        self.assertEqual(self.bash('sstpcap', '-b', 'f'), ['filesize:', 'files:'])
        self.assertIn('ssh://', self.bash('sstpcap', '-i', ''))
        self.assertEqual(self.bash('sstpprobe', '--timeout', ''), [])
        os.mkdir(os.path.join(self.folder, 'sub'))
        open(os.path.join(self.folder, 'some.pcapng'), 'w').close()
        self.assertEqual(self.bash('sstpdiag', 'so'), ['some.pcapng'])
        self.assertEqual(self.bash('sstpdiag', '--redacted-logs', ''), ['sub'])

    def test_zsh_takes_it(self):
        zsh = shutil.which('zsh') or self.skipTest('zsh is not installed')
        for command in COMMANDS:
            subprocess.run([zsh, '-n', path(command, '_%s')], check=True)

    def test_fish_takes_it(self):
        fish = shutil.which('fish') or self.skipTest('fish is not installed')
        for command in COMMANDS:
            subprocess.run([fish, '--no-execute', path(command, '%s.fish')], check=True)
            out = subprocess.run([fish, '-c', 'source %s; complete -C "%s --"' % (path(command, '%s.fish'), command)],
                                 stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, 'HOME': self.folder}).stdout
            self.assertLessEqual(self.options(command), {line.split('\t')[0] for line in out.splitlines()})


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
