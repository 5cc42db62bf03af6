#!/usr/bin/env python3
"""The examples of docs/fleet.adoc: GNU parallel over ssh, a Slurm array job, PostgreSQL.

usage: test_fleet.py PROGRAM PLUGINS TSHARK [unittest options]
Each starts the daemons that it needs, and is skipped where these are missing or cannot run.
"""
import getpass
import glob
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

from command import ROOT, Command

from place import SKIPPED

PROGRAM, PLUGINS, TSHARK = sys.argv[1:4]
FLEET = os.path.join(ROOT, 'docs', 'fleet')
CASES = {'wrong-password': 'auth_bad_credentials', 'ok-tls13': 'healthy', 'pap-ok': 'healthy', 'no-call-connected': 'sstp_call_connected_missing'}


def need(*programs):
    missing = [p for p in programs if not shutil.which(p, path=os.environ['PATH'] + ':/usr/sbin:/sbin')]
    if missing:
        raise unittest.SkipTest('not installed: ' + ', '.join(missing))


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def code(title):
    """The lines of the example with this title in docs/fleet.adoc."""
    with open(os.path.join(ROOT, 'docs', 'fleet.adoc')) as f:
        lines = f.read().split('\n.%s\n' % title)[1].split('\n')
    first = lines.index('----')
    return '\n'.join(lines[first + 1:lines.index('----', first + 1)])


class Fleet(unittest.TestCase):
    def setUp(self):
        self.command = Command(PROGRAM, PLUGINS, TSHARK)
        self.addCleanup(self.command.remove)
        self.started = []
        self.addCleanup(self.stop)
        os.mkdir(self.command.path('captures'))
        for case in CASES:
            self.command.capture(case, name=os.path.join('captures', case + '.pcapng'))
        # The command as it is called where it is installed.
        os.mkdir(self.command.path('bin'))
        self.command.script('bin/sstpdiag', '#!/bin/sh\nexec "%s" --plugins "%s" --tshark "%s" "$@"\n' % (
            self.command.program, self.command.plugins, TSHARK))
        self.env = self.command.environment(PATH=self.command.path('bin') + ':' + os.environ['PATH'] + ':/usr/sbin:/sbin')

    def start(self, *args, **more):
        log = open(self.command.path(os.path.basename(args[0]) + '.log'), 'wb')
        self.started.append(subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                             env=dict(self.env, **more.pop('env', {})), **more))
        log.close()
        return self.started[-1]

    def stop(self):
        for p in reversed(self.started):
            if p.poll() is None:
                p.terminate()
                try:
                    p.wait(10)
                except subprocess.TimeoutExpired:
                    p.kill()
                    p.wait()

    def wait_for(self, ready, what, seconds=20):
        """Until ready() is true, which a daemon may also never be, where it cannot run."""
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end or any(p.poll() is not None for p in self.started):
                raise unittest.SkipTest('%s does not run here: %s' % (what, self.logs('*.log')))
            time.sleep(0.1)

    def logs(self, pattern):
        return ''.join(open(log, errors='replace').read()[-500:] for log in glob.glob(self.command.path(pattern)))

    def shell(self, script, limit=60):
        r = subprocess.run(['bash', '-euo', 'pipefail', '-c', script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, env=self.env, cwd=self.command.dir, timeout=limit)
        self.assertEqual(r.returncode, 0, r.stdout + r.stderr + self.logs('*.out'))
        return r.stdout

    def check(self, *names):
        """These files have a line for each capture, with its verdict."""
        found = {}
        for name in names:
            with open(name) as f:
                for line in f:
                    report = json.loads(line)
                    case = os.path.basename(report['capture']['file']).removesuffix('.pcapng')
                    self.assertNotIn(case, found)
                    found[case] = report['sessions'][0]['verdict']['finding']
        self.assertEqual(found, CASES)


class Ssh(Fleet):
    def test_parallel(self):
        need('parallel', 'ssh', 'sshd', 'ssh-keygen')
        port, here = free_port(), self.command.path
        self.shell('ssh-keygen -q -t ed25519 -N "" -f host; ssh-keygen -q -t ed25519 -N "" -f key; cp key.pub authorized; chmod 600 authorized')
        with open(here('sshd_config'), 'w') as f:
            f.write('ListenAddress 127.0.0.1:%d\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nStrictModes no\nUsePAM no\n'
                    'PermitRootLogin yes\nPasswordAuthentication no\nSetEnv PATH=%s TMPDIR=%s LC_ALL=C.UTF-8\n' % (
                        port, here('host'), here('authorized'), self.env['PATH'], self.command.tmp))
        if os.getuid() == 0:
            os.makedirs('/run/sshd', exist_ok=True)
        self.start(shutil.which('sshd', path=self.env['PATH']), '-D', '-e', '-f', here('sshd_config'))
        self.wait_for(lambda: self.listens(port), 'sshd')
        login = 'ssh -p %d -i %s -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR %s@127.0.0.1' % (
            port, here('key'), getpass.getuser())
        with open(here('hosts'), 'w') as f:
            f.write('2/%s\n1/%s\n' % (login, login.replace('127.0.0.1', 'localhost') if self.listens(port, 'localhost') else login))
        os.mkdir(here('home'))
        self.env['HOME'] = here('home')
        self.shell(code('Captures that every host can read').replace('/srv/captures', here('captures')))
        self.check(here('reports.jsonl'))

    def listens(self, port, host='127.0.0.1'):
        with socket.socket() as s:
            return s.connect_ex((host, port)) == 0


class Slurm(Fleet):
    CONF = '''ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={dir}/munge.socket
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={dir}/state
SlurmdSpoolDir={dir}/spool
SlurmctldPidFile={dir}/slurmctld.pid
SlurmdPidFile={dir}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
'''

    def test_array(self):
        need('munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue')
        here, host = self.command.path, socket.gethostname().split('.')[0]
        os.mkdir(here('state'))
        os.mkdir(here('spool'))
        with open(here('munge.key'), 'wb') as f:
            f.write(os.urandom(128))
        os.chmod(here('munge.key'), 0o600)
        with open(here('slurm.conf'), 'w') as f:
            f.write(self.CONF.format(host=host, dir=self.command.dir, user=getpass.getuser(), port=free_port(), node_port=free_port(), cpus=os.cpu_count()))
        self.env['SLURM_CONF'] = here('slurm.conf')
        self.start('munged', '--foreground', '--force', '--key-file=' + here('munge.key'), '--socket=' + here('munge.socket'),
                   '--pid-file=' + here('munge.pid'), '--seed-file=' + here('munge.seed'), '--log-file=' + here('munged.log'))
        self.wait_for(lambda: os.path.exists(here('munge.socket')), 'munged')
        self.start('slurmctld', '-D', '-c')
        self.start('slurmd', '-D', '-N', host)
        self.wait_for(lambda: 'idle' in subprocess.run(['sinfo', '-h', '-o', '%T'], env=self.env, capture_output=True, text=True).stdout, 'Slurm')
        shutil.copy(os.path.join(FLEET, 'array.sbatch'), here('array.sbatch'))
        script = code('An array job').replace('/srv/captures', here('captures')).replace('/srv/reports', here('reports'))
        # On a cluster one looks later; --wait is for the test.
        self.shell(script.replace('\nsbatch ', '\nsbatch --wait --output=%s ' % here('job-%a.out')), limit=120)
        self.check(*glob.glob(here('reports', '*.jsonl')))


class Postgres(Fleet):
    def test_schema_and_queries(self):
        need('psql')
        folders = sorted(glob.glob('/usr/lib/postgresql/*/bin'))
        if not folders:
            raise unittest.SkipTest('not installed: the server of PostgreSQL')
        user, here = pwd.getpwuid(65534 if os.getuid() == 0 else os.getuid()).pw_name, self.command.path
        self.as_user = ['setpriv', '--reuid', user, '--clear-groups', '--regid', str(pwd.getpwnam(user).pw_gid), '--'] if os.getuid() == 0 else []
        for name in 'data', 'run':
            os.mkdir(here(name))
            os.chmod(here(name), 0o700)
            shutil.chown(here(name), user)
        subprocess.run([*self.as_user, folders[-1] + '/initdb', '-N', '-A', 'trust', '-U', 'test', '-E', 'UTF8', '--no-locale', '-D', here('data')],
                       check=True, stdout=subprocess.DEVNULL, cwd='/')
        # It stops at once and cleanly by SIGINT.
        postgres = self.start(*self.as_user, folders[-1] + '/postgres', '-D', here('data'), '-k', here('run'), '-h', '', '-F', cwd='/')
        self.addCleanup(postgres.send_signal, signal.SIGINT)
        os.chmod(here('run'), 0o755)
        self.wait_for(lambda: glob.glob(here('run', '.s.PGSQL.*')) and self.psql('-c', 'SELECT 1').returncode == 0, 'PostgreSQL')
        self.env.update(PGHOST=here('run'), PGUSER='test', PGDATABASE='postgres')
        self.shell('createdb vpn')
        self.env['PGDATABASE'] = 'vpn'
        with open(here('captures', 'broken.pcapng'), 'w') as f:
            f.write('\n\r\r\n broken')
        subprocess.run(['sstpdiag', '--fail-on', 'never', '--output', here('reports.jsonl'), here('captures')], env=self.env,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name in 'schema.sql', 'queries.sql':
            shutil.copy(os.path.join(FLEET, name), here(name))
        self.shell(code('Schema'))
        for _ in range(2):                      # loaded twice, it is there once
            self.assertIn('5', self.shell(code('Load')))
            self.assertEqual(self.shell('psql -At -c "SELECT count(*) FROM captures"'), '5\n')
        self.assertEqual(self.shell('psql -At -c "SELECT verdict FROM sessions ORDER BY 1"').split(), sorted(CASES.values()))
        answers = self.shell('psql -At -v ON_ERROR_STOP=1 -f queries.sql')
        for line in ('vpn.lab.test|4|2|auth_bad_credentials', 'vpn.lab.test|auth|1', 'vpn.lab.test|sstp|1', '|50.0', 'auth_bad_credentials|1|1', '|alice',
                     'broken.pcapng|'):
            self.assertIn(line, answers)

    def psql(self, *args):
        return subprocess.run(['psql', '-h', self.command.path('run'), '-U', 'test', '-d', 'postgres', *args], capture_output=True, env=self.env)


if __name__ == '__main__':
    result = unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2, warnings='ignore', exit=False).result
    if result.skipped and len(result.skipped) == result.testsRun:
        sys.exit(SKIPPED)
    sys.exit(not result.wasSuccessful())
