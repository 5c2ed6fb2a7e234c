# The files of the image as a container has them: a root that cannot be written, one account, a place for the state.
set -u
root=$1
mount --bind "$root" "$root" && mount -o remount,ro,bind "$root" || exit 9
mount -t tmpfs -o mode=700,uid=65532,gid=65532 none "$root/var/lib/rampart" || exit 9
mount -t proc none "$root/proc" && mount --bind /dev "$root/dev" || exit 9
rampart() {
  env -i PATH="$PATH" HOME=/var/lib/rampart RAMPART_HOME=/var/lib/rampart/state \
    chroot --userspec 65532:65532 "$root" /usr/bin/rampart "$@"
}
rampart status --check > /dev/null
echo "before $?"
rampart serve --addr 127.0.0.1:0 --background > /dev/null
echo "serve $?"
rampart status --check > /dev/null
echo "health $?"
rampart test "rm -rf /" > /dev/null
echo "test $?"
rampart audit verify > /dev/null
echo "verify $?"
rampart serve stop > /dev/null
echo "stop $?"
