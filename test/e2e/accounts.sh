# Three accounts of one machine: the server's, an agent's in its group, and a stranger's. In a mount namespace of its
# own, so that root can pin the server's account in /etc/rampart. Each result is a line "NAME: what was seen".
set -u
base=$1 shim=$2 library=$3
shift 3 # the command line of rampart
server=61001 agent=61002 stranger=61003 group=61010

mkdir "$base/etc"
for name in passwd group nsswitch.conf hosts ld.so.cache localtime; do
  [ -e "/etc/$name" ] && cp -L "/etc/$name" "$base/etc/$name"
done
echo "agents:x:$group:" >> "$base/etc/group"
mkdir -m 755 "$base/etc/rampart"
mount --bind "$base/etc" /etc || exit 9

chmod 755 "$base"
for account in server agent stranger; do
  eval "uid=\$$account"
  mkdir -m 700 "$base/$account"
  chown "$uid:$uid" "$base/$account"
done
mkdir -m 750 "$base/run"
chown "$server:$group" "$base/run"
mkdir -m 755 "$base/bin"
cp "$shim" "$base/bin/bash"
mkdir -m 755 "$base/work" "$base/work/.ssh"
echo PRIVATE > "$base/work/.ssh/id_rsa"
socket=$base/run/rampart.sock

# as ACCOUNT GROUPS WORD…: with an environment of that account alone
as() {
  account=$1 groups=$2
  shift 2
  eval "uid=\$$account"
  setpriv --reuid "$uid" --regid "$uid" --groups "$groups" env -i PATH="$PATH" HOME="$base/$account" \
    RAMPART_HOME="$base/$account/.rampart" RAMPART_SOCKET="$socket" RAMPART_TIMEOUT_MS=20000 RAMPART_QUIET="${quiet-}" "$@"
}
serve() {
  as server $group "$@" serve --addr 127.0.0.1:0 --socket "$socket" --socket-group agents >> "$base/log" 2>&1 &
  serving=$!
  # The snapshot comes right after.
  until [ -e "$base/server/.rampart/run/serve.json" ] && [ -e "$base/run/rules.snapshot" ]; do
    kill -0 $serving || { cat "$base/log"; exit 8; }
    sleep 0.05
  done
}
say() {
  name=$1
  shift
  echo "$name: $("$@" 2>&1 | tr '\n' ' ')"
}
# The shim, as the shell of whoever.
shell() { as "$1" "$2" "$base/bin/bash" -c "$3"; }
# A program under the library, which asks about what it starts.
under() { as "$1" "$2" env LD_PRELOAD="$library" RAMPART_ASKED="s$$" bash -c "$3; true"; }
secret="cat $base/work/.ssh/id_rsa"

serve "$@"
status() { as server $group "$@" status --json; }
echo "level: $(status "$@" | tr -d ' \n' | sed 's/.*"level":"\([^"]*\)".*/\1/')"
for name in "" /rampart.sock /rules.snapshot /gaps; do
  say "mode$name" stat -c '%a %u %g' "$base/run$name"
done

say unpinned shell agent $group 'echo RAN'
echo $server > /etc/rampart/server-uid
say allowed shell agent $group 'echo RAN'
say denied shell agent $group "$secret"
say library under agent $group "$secret"
say outside shell stranger $stranger 'echo RAN'
for file in token rampart.db config.yaml keys audit policies; do
  say "read $file" as agent $group cat "$base/server/.rampart/$file"
done
say replace as agent $group mv "$socket" "$base/agent/"
say plant as agent $group sh -c "echo x > '$base/run/planted'"

mkdir "$base/agent/.rampart"
chown $agent:$agent "$base/agent/.rampart"
event='{"hook_event_name":"PreToolUse","session_id":"h","cwd":"/","permission_mode":"default","tool_name":"Bash","tool_input":{"command":"'"$secret"'"}}'
hook() { printf %s "$event" | as agent $group "$@" hook --format claude-code; }
say hook hook "$@"

say foreign as stranger $stranger "$@" serve --addr 127.0.0.1:0 --socket "$base/stranger/run/s" --socket-group $group

# Somebody else's server, which allows everything.
mkdir -m 755 "$base/false"
chown $stranger:$stranger "$base/false"
yes='{"allowed":true,"decision":"allow","message":"","policy":null,"effects":[]}'
as stranger $stranger "$1" -e "require('http').createServer((q, a) => a.end('$yes'))
  .listen('$base/false/new', () => {
    require('fs').chmodSync('$base/false/new', 0o777)
    require('fs').renameSync('$base/false/new', '$base/false/sock')
  })" &
until [ -S "$base/false/sock" ]; do sleep 0.05; done
socket=$base/false/sock
say impostor shell agent $group 'echo RAN'
say "impostor hook" hook "$@"
socket=$base/run/rampart.sock

say answer as agent $group "$@" approve 00

kill -9 "$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' "$base/server/.rampart/run/serve.json")"
wait $serving
echo 61003 > /etc/rampart/server-uid
say absent under agent $group 'ls /dev/null'
say noted stat -c %U%g "$base/run/gaps"
say notes sh -c "wc -l < '$base/run/gaps'"
echo $server > /etc/rampart/server-uid
rm -f "$base/server/.rampart/run/serve.json"
serve "$@"
status "$@" > /dev/null
say trail sh -c "cat '$base'/server/.rampart/audit/*.jsonl | grep -c '\"kind\":\"fail_open\"'"
say sessions sh -c "cat '$base'/server/.rampart/audit/*.jsonl | grep -c '\"session\":\"h\"'"
kill "$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' "$base/server/.rampart/run/serve.json")"
wait $serving
