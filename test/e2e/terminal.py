"""A terminal with a person at it: `terminal.py RAMPART…` types at a shell in which wrap runs."""
import os
import pty
import re
import select
import sys
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
t.type("fg\r")
t.until("fg\r\n(?s:.*)read line")
t.type("words\r")
t.until("got=words")

# What stty sets stays set, and an interactive shell has job control.
t.type(wrap + "stty -echoctl; stty -a | grep -o -e '-echoc[t]l' ; echo do''ne\r")
t.until("-echoctl")
t.until("done")
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
