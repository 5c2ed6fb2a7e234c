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
  if (snapshot_open(&next, settings.snapshot) != 0) return (struct snapshot){NULL, 0};
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

/* As the kernel calls it; of a file that is to be made, its directory's real name and its own. */
static bool real_path(const char *given, char real[PATH_MAX], struct stat *file) {
  int fd = own_open(given, O_PATH | O_CLOEXEC, 0);
  char parent[PATH_MAX];
  const char *last = NULL;
  if (fd < 0) {
    last = strrchr(given, '/') + 1;
    const size_t length = (size_t)(last - given);
    if (errno != ENOENT || !*last || strcmp(last, "..") == 0 || strcmp(last, ".") == 0) return false;
    memcpy(parent, given, length);
    parent[length] = '\0';
    if ((fd = own_open(parent, O_PATH | O_CLOEXEC, 0)) < 0) return false;
  }
  bool known = path_of_fd(fd, real);
  if (!last) known = fstat(fd, file) == 0 && known;
  close(fd);
  if (!known || !last) return known;
  struct writer out = {real, real + strlen(real), real + PATH_MAX - 1, false};
  if (out.at - out.start > 1) put_text(&out, "/");
  put_text(&out, last);
  *out.at = '\0';
  /* What stands there may be a link to nothing yet: then it is made where the link leads. */
  return !out.full && readlink(given, parent, sizeof parent) < 0;
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
