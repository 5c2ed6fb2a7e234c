"""A terminal with a person at it: `terminal.py RAMPART…` types at a shell in which wrap runs."""
import os
import pty
import re
import select
import shutil
import sys
import tempfile
import time

DEADLINE = 120
rampart = " ".join("'" + word.replace("'", "'\\''") + "'" for word in sys.argv[1:])


def open_shell():
    """An interactive shell on a terminal of its own."""
    pid, fd = pty.fork()
    if pid == 0:
        env = dict(os.environ, PS1="$ ", ENV="", HISTFILE="/dev/null", TERM="dumb")
        os.execve("/bin/bash", ["bash", "--norc", "--noprofile", "-i"], env)
    return pid, fd


class Terminal:
    def __init__(self):
        self.pid, self.fd = open_shell()
        self.seen = ""

    def type(self, text):
        os.write(self.fd, text.encode())

    def until(self, pattern):
        """What the screen shows once it holds the pattern; what stood before is forgotten."""
        end = time.monotonic() + DEADLINE
        while True:
            found = re.search(pattern, self.seen)
            if found:
                self.seen = self.seen[found.end():]
                return found
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                sys.exit("waited for %r, saw %r" % (pattern, self.seen))
            self.seen += os.read(self.fd, 65536).decode("utf8", "replace")


def descendants(pid, session):
    """Children of a process and theirs, as far as they have its terminal: a server that wrap starts has none."""
    found = []
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%s/stat" % name, encoding="latin1") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if name.isdigit() and int(fields[1]) == pid and int(fields[3]) == session:
            found += [(int(name), fields[0])] + descendants(int(name), session)
    return found


def until_all_stopped(shell):
    """
    The shell tells when its own child stopped. What that child started may not have got there yet, and one that
    is still within read() takes what is typed next: a person is never as fast, this script is.
    """
    end = time.monotonic() + DEADLINE
    while not all(state in "TZ" for _, state in descendants(shell, shell)):
        if time.monotonic() > end:
            sys.exit("not stopped: %r" % descendants(shell, shell))


t = Terminal()
wrap = rampart + " wrap --quiet -- "

# Ctrl-C ends the program, not wrap: its exit code comes through.
t.type(wrap + "/bin/sh -c 'trap \"exit 7\" INT; echo rea''dy; while :; do sleep 0.05; done'; echo co''de=$?\r")
t.until("ready")
t.type("\x03")
t.until("code=7")

# Ctrl-Z stops both, fg goes on.
t.type(wrap + "/bin/sh -c 'echo rea''dy; read line; echo got=$line'; echo co''de=$?\r")
t.until("ready")
t.type("\x1a")
t.until("Stopped")
t.until("code=")
until_all_stopped(t.pid)
t.type("fg\r")
t.until("fg\r\n(?s:.*)read line")
t.type("words\r")
t.until("got=words")

# What stty sets stays set, and an interactive shell has job control.
t.until(r"\$ $")
t.type(wrap + "stty -echoctl; stty -a | grep -q -e -echoctl; echo last''ed=$?\r")
t.until("lasted=0")
t.until(r"\$ $")
# A program that takes single keys, as an editor does, and is ended before it puts the terminal back.
raw = "import os,sys,tty; tty.setraw(0); os.write(1, b'raw'b'ing'); c = os.read(0, 1); os.write(1, b'key=' + c); os.abort()"
t.type(wrap + "python3 -c \"" + raw + "\"; echo co''de=$?; stty sane\r")
t.until("rawing")
t.type("\x03")
t.until("key=\x03")
t.until("code=134")
t.until(r"\$ $")
# An editor, stopped in the middle of what is typed.
if shutil.which("vim"):
    place = tempfile.mkdtemp()
    t.type("%svim -u NONE -N -n %s/edited; echo co''de=$?\r" % (wrap, place))
    t.until(r"\[New\]")
    t.type("ione")
    t.until("one")
    # What is typed with a Ctrl-C is thrown away with it: the cursor goes back once it has been heard.
    t.type("\x03")
    t.until(r"\x1b\[1;3H")
    t.type(":stop\r")
    t.until("code=148")
    until_all_stopped(t.pid)
    t.type("fg\r")
    t.until("one")
    t.type("atwo")
    t.until("two")
    t.type("\x03")
    t.until(r"\x1b\[1;6H")
    t.type(":wq\r")
    t.until(r"written(?s:.*)\$ $")
    t.type("cat %s/edited; echo re''ad\r" % place)
    t.until("onetwo\r\nread")
    shutil.rmtree(place)
t.type(wrap + "bash --norc -i\r")
t.until(r"\$ $")
t.type("sh -c 'echo star''ted; while :; do :; done'\r")
t.until("started")
t.type("\x1a")
t.until("Stopped")
t.until(r"\$ ")
t.type("kill -9 %1; disown -a; exit 5\r")
t.type("echo co''de=$?\r")
t.until("code=5")
