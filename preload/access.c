/*
 * Files and hosts, where they are asked about (`RAMPART_PRELOAD=exec,file,net`). What no rule could speak
 * of, as the rule snapshot says, costs no question.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "platform.h"
#include "preload.h"
#include "snapshot.h"

int library_open(const char *path, int flags, ...);

/** What snapshot.c opens with, so that it does not come to our own doors. */
int library_open(const char *path, int flags, ...) { return own_open(path, flags, 0); }

/*
 * The snapshot that is mapped now. One that has become stale is replaced and stays mapped: another thread
 * may be reading it, and there is one for each change of the policy.
 */
static _Atomic(const unsigned char *) mapped;

static struct snapshot snapshot_of(const unsigned char *base) {
  unsigned size = 0;
  if (base) memcpy(&size, base + 8, sizeof size);
  return (struct snapshot){base, size};
}

static struct snapshot current(void) {
  const unsigned char *before = atomic_load(&mapped);
  struct snapshot now = snapshot_of(before);
  if (before && snapshot_fresh(&now)) return now;
  struct snapshot next;
  if (snapshot_open(&next, settings.snapshot, may_answer) != 0) return (struct snapshot){NULL, 0};
  if (atomic_compare_exchange_strong(&mapped, &before, next.base)) return next;
  snapshot_close(&next);
  return snapshot_of(before);
}

static const struct {
  unsigned access;
  const char *tool;
} tools[] = {{SNAPSHOT_READ, "read"}, {SNAPSHOT_WRITE, "write"}, {SNAPSHOT_DELETE, "delete_file"}};

/* As the program named it, absolute. */
static bool name_path(struct writer *out, int dir, const char *path) {
  if (path[0] != '/') {
    const size_t room = (size_t)(out->end - out->at);
    const bool known = dir == AT_FDCWD ? own_cwd(out->at, room) : room >= PATH_MAX && path_of_fd(dir, out->at);
    if (!known) return false;
    out->at += strlen(out->at);
    put_text(out, "/");
  }
  put_text(out, path);
  *out->at = '\0';
  return !out->full;
}

/*
 * As the kernel calls it; of what is not there, the real name of the nearest directory that is and the rest
 * as it was given: compilers look for every header in many places.
 */
static bool real_path(const char *given, char real[PATH_MAX], struct stat *file) {
  char parent[PATH_MAX + 1];
  size_t length = strlen(given);
  int fd = own_open(given, O_PATH | O_CLOEXEC, 0);
  const bool there = fd >= 0;
  while (fd < 0 && errno == ENOENT && length > 1) {
    memcpy(parent, given, length);
    parent[length] = '\0';
    /* A link to nothing: what is made there is made where the link leads. */
    if (readlink(parent, real, PATH_MAX) >= 0) return false;
    while (length > 1 && given[length - 1] != '/') length--;
    while (length > 1 && given[length - 1] == '/') length--;
    parent[length] = '\0';
    fd = own_open(parent, O_PATH | O_CLOEXEC, 0);
  }
  if (fd < 0) return false;
  bool known = path_of_fd(fd, real);
  if (there) known = fstat(fd, file) == 0 && known;
  close(fd);
  if (!known || there) return known;
  if (strstr(given + length, "..")) return false;
  struct writer out = {real, real + strlen(real), real + PATH_MAX - 1, false};
  if (out.at - out.start == 1) out.at--;
  if (given[length] != '/') put_text(&out, "/");
  put_text(&out, given + length);
  *out.at = '\0';
  return !out.full;
}

static bool ask_file(const char *given, unsigned access) {
  for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
    const struct call call = {.tool = tools[i].tool, .target = given};
    if ((access & tools[i].access) && !permitted(&call)) return false;
  }
  return true;
}

bool file_permitted(unsigned access, int dir, const char *path) {
  if (!settings.files || !path || !path[0] || access == 0) return true;
  const int saved = errno;
  char given[PATH_MAX + 1], real[PATH_MAX];
  struct writer out = {given, given, given + sizeof given - 1, false};
  struct stat file = {0};
  bool yes = true;
  if (name_path(&out, dir, path)) {
    const struct snapshot rules = current();
    const bool known = real_path(given, real, &file);
    if (snapshot_mode(&rules) != SNAPSHOT_DISABLED &&
        (snapshot_asks_file(&rules, access, given, known ? real : NULL) ||
         (known && file.st_ino != 0 && snapshot_asks_identity(&rules, file.st_dev, file.st_ino))))
      yes = ask_file(given, access);
  } else {
    /* Relative to a directory that is too deep or out of sight: what it names is still there. */
    yes = ask_file(path, access);
  }
  errno = saved;
  return yes;
}

bool host_permitted(const char *host, unsigned port) {
  char url[512];
  if (!settings.net) return true;
  const struct snapshot rules = current();
  if (snapshot_mode(&rules) == SNAPSHOT_DISABLED || !snapshot_asks_host(&rules, host, port)) return true;
  const bool plain = snapshot_url(url, sizeof url, host, port) >= 0;
  const struct call call = {.tool = "fetch", .target = plain ? url : host};
  return permitted(&call);
}
