"""Runs the command sstpdiag for tests: in a folder of its own, on copies of captures."""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'golden'))
CAPTURES = os.path.join(ROOT, 'test-captures')


class Command:
    """A folder with captures in it, and the command with the plugin of the build."""

    def __init__(self, program, plugins, tshark=None):
        self.program, self.plugins, self.tshark = os.path.abspath(program), os.path.abspath(plugins), tshark
        self.dir = tempfile.mkdtemp(prefix='sstpdiag-test-')
        self.tmp = self.path('tmp')
        os.mkdir(self.tmp)
        os.chmod(self.dir, 0o755)
        os.chmod(self.tmp, 0o1777)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def capture(self, case, end='client', name=None):
        to = self.path(name or '%s-%s.pcapng' % (case.replace('/', '-'), end))
        shutil.copyfile(os.path.join(CAPTURES, case, end + '.pcapng'), to)
        return to

    def script(self, name, text):
        path = self.path(name)
        with open(path, 'w') as f:
            f.write(text)
        os.chmod(path, 0o755)
        return path

    def environment(self, **more):
        env = {**os.environ, 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'TMPDIR': self.tmp, **more}
        env.pop('NO_COLOR', None) if 'NO_COLOR' not in more else None
        return env

    def arguments(self, *args):
        tshark = ['--tshark', self.tshark] if self.tshark and '--tshark' not in args else []
        plugins = ['--plugins', self.plugins] if '--plugins' not in args else []
        return [self.program, *plugins, *tshark, *args]

    def run(self, *args, limit=60, stdin=subprocess.DEVNULL, **env):
        return subprocess.run(self.arguments(*args), stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.environment(**env), cwd=self.dir, timeout=limit, text=True)

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)
