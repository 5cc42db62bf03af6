#!/usr/bin/env python3
"""Open captures with the profile SSTP in the real Wireshark, on a display of its own, go through what the plugin
adds to its menus, and look at what comes of it.

run.py --plugins DIR [--wireshark CMD] [--images DIR] [--size WIDTHxHEIGHT] [--dark] [--step NAME] [-v]

DIR is a tree of plugins as WIRESHARK_PLUGIN_DIR takes it. --images: where screenshots go; without it they are made
and thrown away. --size: of the screen. --dark: with light text on dark ground. Exit status: 0 all passed, 1 something failed, 2 usage, 77 a program is missing.
"""
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import view  # noqa: E402
from place import Failure, Place, skip  # noqa: E402
from reports import CAPTURES  # noqa: E402

PROGRAMS = 'Xvfb', 'xdotool', 'import', 'xclip', 'wireshark', 'tshark'
SCREEN = 1366, 768
BELOW_TREE = 300, 60        # in the empty part of the pane of details: from the left, and above the lower edge
PATIENCE = 40       # seconds until a window must be there, on a busy machine
SETTLE = .3         # seconds that Qt takes to draw what is there
BUILD = 1.5         # and to make a page of preferences
MESSAGE = 'Wireshark'         # the title of a message box, and nothing else's
STATISTICS_ABOVE = 11, 12     # entries above the first one of ours, up to Wireshark 4.4 and from 4.6 on
FOLLOW_MENU = 4, 2          # the first Wireshark with its menu Follow open to plugins
PREFERENCES_BELOW = 8       # fields of the plugin's preferences from the button of credentials to the last one
VALUE_CELL = 300, 38        # of the first row of that table, in its window
USER, PASSWORD = 'alice', 'Secret-123'      # of the captures
# What Wireshark says of its own windows: 4.6 when one with text closes, 4.0 when one with a table opens.
KNOWN = {'**  [GUI WARNING] -- QObject::disconnect: wildcard call disconnects from destroyed signal of FunnelTextDialog::FunnelTextDialog',
         '**  [GUI WARNING] -- FIX Add drag reordering to UAT dialog'}
DOT = 17, 11            # of the expert information: from the left, and above the lower edge
LIMIT = 18, 55          # of the Flow Graph to the display filter, likewise
FLOW_BELOW = 10         # entries of Statistics from our first one to the Flow Graph
BUTTON = 444, 426       # of ours in a window with text
COLOURS = '128'     # of a screenshot: small files, in which a red dot stays red
# Qt reads the colours of KDE's settings, where it is told that this is KDE.
DARK = {'XDG_CURRENT_DESKTOP': 'KDE', 'KDE_FULL_SESSION': 'true', 'KDE_SESSION_VERSION': '5'}
DARK_COLOURS = '''[Colors:Button]
BackgroundNormal=49,54,59
ForegroundNormal=239,240,241
[Colors:Selection]
BackgroundNormal=61,174,233
ForegroundNormal=0,0,0
[Colors:Tooltip]
BackgroundNormal=49,54,59
ForegroundNormal=239,240,241
[Colors:View]
BackgroundAlternate=49,54,59
BackgroundNormal=27,30,32
ForegroundLink=41,128,185
ForegroundNormal=239,240,241
ForegroundVisited=127,140,141
[Colors:Window]
BackgroundNormal=42,46,50
ForegroundNormal=239,240,241
'''


class Display:
    """An X server, and what is on it."""

    def __init__(self, place, size=SCREEN, dark=False):
        self.place, self.size = place, size
        read, write = os.pipe()
        self.server = subprocess.Popen(['Xvfb', '-displayfd', str(write), '-nolisten', 'tcp', '-noreset',
                                        '-screen', '0', '%dx%dx24' % size],
                                       pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as f:
            self.name = ':' + f.readline().strip()
        if self.name == ':':
            raise Failure('Xvfb does not start')
        runtime = place.path('runtime')
        os.mkdir(runtime, 0o700)
        if place.user:
            os.chown(runtime, place.user['user'], place.user['group'])
        self.env = dict(os.environ, DISPLAY=self.name, HOME=place.home, XDG_CONFIG_HOME=os.path.join(place.home, '.config'),
                        XDG_RUNTIME_DIR=runtime, LC_ALL='C.UTF-8', TZ='UTC', QT_QPA_PLATFORM='xcb',
                        WIRESHARK_PLUGIN_DIR=place.plugins)
        if dark:
            self.env.update(DARK)
            os.makedirs(self.env['XDG_CONFIG_HOME'], exist_ok=True)
            os.chmod(self.env['XDG_CONFIG_HOME'], 0o777)
            with open(os.path.join(self.env['XDG_CONFIG_HOME'], 'kdeglobals'), 'w') as f:
                f.write(DARK_COLOURS)

    def close(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait()

    def do(self, *command, check=True):
        r = subprocess.run(command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        if check and r.returncode:
            raise Failure('%s: %s' % (' '.join(command), r.stderr[:200]))
        return r.stdout.strip()

    def windows(self):
        """All windows: [(title, id)]."""
        ids = self.do('xdotool', 'search', '--onlyvisible', '--class', 'wireshark', check=False).split()
        return [(self.do('xdotool', 'getwindowname', i, check=False), i) for i in ids]

    def titles(self):
        return ', '.join(sorted(title for title, _ in self.windows())) or 'none'

    def window(self, part):
        """Waits for the window that has part in its title, or is a message."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = [i for title, i in self.windows() if part in title and (part != MESSAGE or title == MESSAGE)]
            if found:
                return found[0]
            time.sleep(.2)
        raise Failure('no window "%s", but %s' % (part, self.titles()))

    def focus(self, window):
        self.do('xdotool', 'windowfocus', '--sync', window)
        time.sleep(SETTLE)

    def keys(self, *keys):
        for key in keys:
            self.do('xdotool', 'key', key)
            time.sleep(SETTLE / 2)
        time.sleep(SETTLE)

    def type(self, text):
        self.do('xdotool', 'type', '--delay', '30', text)
        time.sleep(SETTLE)

    def shot(self, path, window='root'):
        time.sleep(SETTLE)
        self.do('import', '-window', window, '-colors', COLOURS, '+dither', '-strip', 'PNG8:' + path)

    def colour(self, x, y):
        """Of one point of the screen: red, green, blue."""
        pixel = self.do('import', '-window', 'root', '-crop', '1x1+%d+%d' % (x, y), '-depth', '8', 'txt:-').splitlines()[-1]
        return tuple(int(n) for n in re.search(r'\((\d+),(\d+),(\d+)', pixel).groups())

    def clipboard(self):
        return self.do('xclip', '-o', '-selection', 'clipboard', check=False)


class Wireshark:
    """The program with a capture, and its window in front of all the display."""

    def __init__(self, display, command, path, *options, plugin=True):
        self.display, self.log = display, display.place.path('wireshark.log')
        env = display.env if plugin else dict(display.env, WIRESHARK_PLUGIN_DIR=display.place.no_plugins)
        with open(self.log, 'w') as log:
            self.process = subprocess.Popen([*command, *options, '-r', path], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd=display.place.home, **display.place.user)
        try:
            self.main = display.window(os.path.basename(path))
            display.do('xdotool', 'windowmove', self.main, '0', '0', 'windowsize', '--sync', self.main, *map(str, display.size))
            display.focus(self.main)
        except Failure as e:
            self.process.kill()
            self.process.wait()
            raise Failure('%s; its log: %s' % (e, self.complaints() or 'empty'))

    def complaints(self):
        """Lines of its log, without time, process and addresses."""
        with open(self.log) as f:
            lines = (re.sub(r'\(\S+:\d+\) [\d:.]+|(?<=0x)[0-9a-f]+', '', s).strip() for s in f)
            return {s for s in lines if s}

    def tools(self, entry):
        """Chooses an entry of the menu Tools > SSTP, counted from 0; that menu is the last one in Tools."""
        self.display.focus(self.main)
        self.display.keys('alt+t', 'Up', 'Right', *['Down'] * entry)

    def frame(self):
        """Number of the chosen frame: Edit > Copy > As Plain Text."""
        self.display.focus(self.main)
        self.display.keys('alt+e', 'Right', 'Return')
        words = self.display.clipboard().split('\n')[-1].split()
        return int(words[0]) if words and words[0].isdigit() else None

    def report(self):
        """Tools > SSTP > Copy the report as text."""
        self.tools(4)
        self.display.keys('Return')
        return self.display.clipboard()

    def close(self):
        """Ends it as a user does; exit status 0 is expected."""
        self.display.focus(self.main)
        self.display.keys('ctrl+q')
        try:
            status = self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure('does not end; windows: %s' % self.display.titles())
        if status:
            raise Failure('Wireshark ended with status %d: %s' % (status, self.complaints()))


def expect(what, got, want):
    if got != want:
        raise Failure('%s: %r, not %r' % (what, got, want))


def binding(report, check):
    """Result of a check of the crypto binding, from the line that names all, or from the table where something differs."""
    found = re.search(r'^ +%s +(not verified|\w+)' % check, report, re.M)
    if found:
        return found[1]
    line = re.search(r' Binding (.*?) Verdict:', ' '.join(report.split()))
    rest = None     # of what is not named, where all the others are the same
    for part in line[1].split('; ') if line else []:
        names, result = re.match(r'(?:(.*?) )?(ok|differs|not verified)', part).groups()
        if names is None:
            rest = result
        elif check in names.split(', '):
            return result
    return rest


def expect_windows(display, *parts):
    """Those with these parts in their titles, and no message that nobody asked for."""
    strange = [title for title, _ in display.windows() if not any(p in title for p in parts)]
    if strange:
        raise Failure('unexpected windows: %s' % ', '.join(strange))


class Tour:
    def __init__(self, place, display, command, images):
        self.place, self.display, self.command, self.images = place, display, command, images
        self.known, self.wireshark = KNOWN, None

    def open(self, path, *options, **more):
        self.wireshark = Wireshark(self.display, self.command, path, *options, **more)
        return self.wireshark

    def stop(self):
        """After a failure: the next step begins with an empty display."""
        if self.wireshark and self.wireshark.process.poll() is None:
            self.wireshark.process.kill()
            self.wireshark.process.wait()

    def end(self, wireshark):
        wireshark.close()
        new = wireshark.complaints() - self.known
        if new:
            raise Failure('its log has %s' % '; '.join(sorted(new))[:500])

    def shot(self, name, window='root'):
        self.display.shot(os.path.join(self.images, name + '.png'), window)

    def tree(self, wireshark):
        """Opens the tree of the plugin, the last one of the frame."""
        self.display.focus(wireshark.main)
        x, above = BELOW_TREE
        self.display.do('xdotool', 'mousemove', str(x), str(self.display.size[1] - above), 'click', '1')
        self.display.keys('Home', 'End', 'Right', 'End')

    def capture(self, *names):
        return self.place.path('captures', *names)

    # --- what is looked at, in this order

    def stock(self):
        """What Wireshark says on this machine without plugin and profile is not ours."""
        wireshark = self.open(self.capture('wrong-password', 'client.pcapng'), plugin=False)
        wireshark.close()
        self.known = KNOWN | wireshark.complaints()

    def menu_tools(self):
        """The verdict's frame, the session's filter, the report as text and in a window."""
        w = self.open(self.capture('wrong-password', 'client.pcapng'), *view.with_profile(self.place))
        expect('first frame', w.frame(), 1)
        w.tools(0)
        self.shot('menu-tools')
        self.display.keys('Return')
        expect('frame of the verdict', w.frame(), 45)
        w.tools(1)
        self.display.keys('Return')
        self.display.keys('ctrl+Home')
        expect('first frame of the session', w.frame(), 13)
        report = w.report()
        if '[auth_bad_credentials]' not in report or '1 SSTP session in 56 frames (5.5 s)' not in report:
            raise Failure('the clipboard has %r' % report[:100])
        w.tools(2)
        self.display.keys('Return')
        self.shot('report', self.display.window('SSTP report'))
        expect_windows(self.display, 'client.pcapng', 'SSTP report')
        self.display.focus(self.display.window('SSTP report'))
        self.display.keys('Escape')
        w.tools(3)
        self.display.keys('Return')
        window = self.display.window('SSTP messages')
        time.sleep(1)
        self.display.do('xdotool', 'mousemove', '--window', window, *map(str, BUTTON), 'click', '1')
        self.shot('ladder', window)
        self.display.do('xdotool', 'mousemove', '--window', window, '100', '100', 'click', '1')
        self.display.keys('ctrl+a', 'ctrl+c')
        text = self.display.clipboard()
        if 'SSTP session 0: User name or password refused' not in text or '>> User name or password refused (verdict)' not in text:
            raise Failure('the ladder is %r' % text[:200])
        self.display.keys('Escape')
        w.tools(0)
        self.display.keys('Return')
        expect('frame of the verdict, once more', w.frame(), 45)
        self.tree(w)
        self.shot('profile')
        self.end(w)

    def graphs(self):
        """The profile's graphs load, without a word of protest."""
        w = self.open(self.capture('ok-tls13', 'client.pcapng'), *view.with_profile(self.place))
        self.display.keys('alt+s', 'i')
        window = self.display.window('I/O Graph')
        self.display.do('xdotool', 'windowmove', window, '0', '0', 'windowsize', '--sync', window, '1000', '640')
        time.sleep(1)
        self.shot('io-graphs', window)
        expect_windows(self.display, 'client.pcapng', 'I/O Graph')
        self.display.focus(window)
        self.display.keys('Escape')
        self.end(w)

    def at_the_verdict(self):
        """From the dot of the status bar to the Expert dialog, which has the verdict of the coloured frame; messages in the Flow Graph."""
        w = self.open(self.capture('wrong-password', 'client.pcapng'), *view.with_profile(self.place), '-g', '45', '-Y', 'sstpdiag.messages')
        dot = DOT[0], self.display.size[1] - DOT[1]
        red, green, blue = self.display.colour(*dot)
        if red < 160 or max(green, blue) > red - 60:
            raise Failure('the dot is %s, not red' % ((red, green, blue),))
        self.display.do('xdotool', 'mousemove', *map(str, dot), 'click', '1')
        window = self.display.window('Expert Information')
        self.shot('expert', window)
        self.display.focus(window)
        self.display.keys('Escape')
        self.display.focus(w.main)
        above = STATISTICS_ABOVE[self.place.version >= (4, 6)]
        self.display.keys('alt+s', *['Down'] * (above + FLOW_BELOW), 'Return')
        window = self.display.window('Flow')
        height = int(re.search(r'HEIGHT=(\d+)', self.display.do('xdotool', 'getwindowgeometry', '--shell', window))[1])
        self.display.do('xdotool', 'mousemove', '--window', window, str(LIMIT[0]), str(height - LIMIT[1]), 'click', '1')
        time.sleep(1)
        self.shot('flow-graph', window)
        self.display.focus(window)
        self.display.keys('Escape')
        self.end(w)

    def without_keys(self):
        """Messages that were told by length, in tree and column."""
        w = self.open(view.keyless(self.place, 'ok-tls13'), *view.with_profile(self.place), '-g', '47')
        self.tree(w)
        self.shot('without-keys')
        self.end(w)

    def menu_statistics(self):
        """Each table opens from the menu, which has them by title, one behind the other."""
        names = {'findings': 'Findings', 'keepalive': 'Keepalive', 'mtu': 'MTU', 'sessions': 'Sessions', 'setup': 'Set-up times'}
        w = self.open(self.capture('lcp-dead-client', 'client.pcapng'), *view.with_profile(self.place))
        above = STATISTICS_ABOVE[self.place.version >= (4, 6)]
        for i, (name, title) in enumerate(names.items()):
            self.display.focus(w.main)
            self.display.keys('alt+s', *['Down'] * (above + i))
            if i == 0:
                self.shot('menu-statistics')
            self.display.keys('Return')
            window = self.display.window('SSTP ' + title)
            self.display.do('xdotool', 'windowmove', window, '0', '0', 'windowsize', '--sync', window, '1340', '220')
            self.shot('table-' + name, window)
            expect_windows(self.display, 'client.pcapng', 'SSTP ' + title)
            self.display.focus(window)
            self.display.keys('Escape')
        self.end(w)

    def follow(self):
        """Analyze > Follow, the last entry but one; ours is the first that this session can be followed by."""
        w = self.open(self.capture('ok-tls13', 'client.pcapng'), *view.with_profile(self.place), '-g', '47')
        self.display.keys('alt+a', 'Up', 'Up', 'Right')
        self.shot('menu-follow')
        self.display.keys('Return')
        window = self.display.window('Follow SSTP Diagnostics Stream')
        self.display.focus(window)
        self.display.keys('ctrl+a', 'ctrl+c')
        text = self.display.clipboard()
        if not text.startswith('SSTP_DUPLEX_POST ') or 'M=Authentication succeeded' not in text:
            raise Failure('the stream is %r' % text[:100])
        self.shot('follow', window)
        expect_windows(self.display, 'client.pcapng', 'Follow SSTP Diagnostics Stream')
        self.display.keys('Escape')
        self.end(w)

    def credentials(self):
        """A row added to the table of credentials: the binding is judged anew, with it."""
        table_file = self.place.path('home', '.config', 'wireshark', 'sstpdiag_credentials')
        if os.path.exists(table_file):      # of a first try
            os.remove(table_file)
        w = self.open(self.capture('ok-tls13', 'client.pcapng'), *view.with_profile(self.place), '-g', '47')
        expect('Compound MAC, unknown password', binding(w.report(), 'Compound MAC'), 'not verified')
        self.display.focus(w.main)
        self.display.keys('alt+e', 'p')
        preferences = self.display.window('Preferences')
        self.display.focus(preferences)
        self.display.type('Protocols')
        self.display.keys('Right')
        time.sleep(BUILD)
        self.display.type('SSTP Diagnostics')
        time.sleep(BUILD)
        self.display.keys(*['shift+Tab'] * PREFERENCES_BELOW)
        self.display.keys('space')
        table = self.display.window('SSTP Credentials')
        self.display.focus(table)
        self.display.keys('Tab', 'space')
        self.display.type(USER)
        self.display.keys('Return')
        self.display.do('xdotool', 'mousemove', '--window', table, *map(str, VALUE_CELL), 'click', '1')
        self.display.type(PASSWORD)
        self.display.keys('Return')
        self.shot('credentials', table)
        self.display.keys('Return')
        expect_windows(self.display, 'client.pcapng', 'Preferences')
        self.display.focus(preferences)
        self.display.keys('Escape')
        report = w.report()
        expect('Compound MAC, known password', binding(report, 'Compound MAC'), 'ok')
        if PASSWORD in report:
            raise Failure('the report tells the password')
        self.end(w)
        expect('mode of the table', os.stat(table_file).st_mode & 0o777, 0o600)

    def wrong_word(self):
        """What tshark ends at, Wireshark tells, and goes on."""
        w = self.open(self.capture('wrong-password', 'client.pcapng'), '-z', 'sstpdiag,sessoins')
        self.display.focus(self.display.window(MESSAGE))
        self.display.keys('Return')
        expect_windows(self.display, 'client.pcapng')
        expect('first frame', w.frame(), 1)
        self.end(w)

    def steps(self, name=None):
        steps = [self.stock, self.menu_tools, self.at_the_verdict, self.without_keys, self.graphs, self.menu_statistics, self.wrong_word, self.credentials]
        if self.place.version >= FOLLOW_MENU:
            steps.append(self.follow)
        return [step for step in steps if name in (None, step.__name__) or step == self.stock]


def attempt(tour, step):
    """What went wrong, or None."""
    try:
        step()
    except (Failure, subprocess.TimeoutExpired) as e:
        tour.stop()
        return e
    return None


def run(tour, name, verbose):
    failed, steps = 0, tour.steps(name)
    for step in steps:
        begin, error = time.monotonic(), attempt(tour, step)
        if error:
            # A machine that is too busy swallows keys; what is wrong is so again.
            print('again    gui: %s: %s' % (step.__name__, error), flush=True)
            error = attempt(tour, step)
        failed += bool(error)
        if verbose or error:
            print('%-8s gui: %s (%.1f s)%s' % ('FAILED' if error else 'ok', step.__name__, time.monotonic() - begin,
                                               ': %s' % error if error else ''), flush=True)
    print('gui: %d passed, %d failed' % (len(steps) - failed, failed), flush=True)
    return failed


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--plugins', required=True, metavar='DIR')
    p.add_argument('--wireshark', default='wireshark', metavar='CMD')
    p.add_argument('--images', metavar='DIR')
    p.add_argument('--size', metavar='WIDTHxHEIGHT', default='%dx%d' % SCREEN)
    p.add_argument('--dark', action='store_true')
    p.add_argument('--step', metavar='NAME', help='this one alone')
    p.add_argument('-v', '--verbose', action='store_true', help='name what passed, too')
    a = p.parse_args()
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        skip('not installed: %s (scripts/install-deps ci)' % ' '.join(missing))
    os.umask(0o022)
    place = Place(a.plugins, CAPTURES, 'tshark')
    display = None
    try:
        display = Display(place, tuple(int(n) for n in a.size.split('x')), a.dark)
        images = a.images or place.path('images')
        os.makedirs(images, exist_ok=True)
        return 1 if run(Tour(place, display, a.wireshark.split(), images), a.step, a.verbose) else 0
    finally:
        if display:
            display.close()
        place.remove()


if __name__ == '__main__':
    sys.exit(main())
