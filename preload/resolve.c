/* Which program a call would execute: what libc and the kernel would find, never argv[0]. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "platform.h"
#include "preload.h"

/*
 * Nothing that cannot be executed is asked about: programs try every directory of a PATH in turn. The
 * caller answers the error itself, so that a file that comes meanwhile is not run unasked. Keeps errno.
 */
int program_error(int dir, const char *path) {
  struct stat file;
  const int before = errno;
  if (fstatat(dir, path, &file, 0) != 0) {
    const int error = errno;
    errno = before;
    return error;
  }
  if (!S_ISREG(file.st_mode) || (file.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) return EACCES;
  return 0;
}

static const char *search_path(void) {
  for (char **entry = environ; entry && *entry; entry++)
    if (strncmp(*entry, "PATH=", 5) == 0) return *entry + 5;
  return "/bin:/usr/bin"; /* what glibc's confstr says */
}

/* An empty directory of PATH is the working directory. */
bool next_candidate(const char *file, const char **place, char candidate[PATH_MAX]) {
  if (!*place) *place = search_path();
  while (**place != '\1') {
    const char *dir = *place;
    const size_t length = strcspn(dir, ":");
    *place = dir[length] ? dir + length + 1 : "\1";
    struct writer out = {candidate, candidate, candidate + PATH_MAX - 1, false};
    put_bytes(&out, dir, length);
    if (length > 0) put_text(&out, "/");
    put_text(&out, file);
    *out.at = '\0';
    if (!out.full) return true;
  }
  return false;
}

bool path_of_fd(int fd, char path[PATH_MAX]) {
#ifdef __linux__
  char link[48];
  struct writer out = {link, link, link + sizeof link - 1, false};
  if (fd < 0) return false;
  put_text(&out, "/proc/self/fd/");
  put_number(&out, (uint64_t)fd);
  *out.at = '\0';
  const ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0 || length >= PATH_MAX - 1) return false;
  path[length] = '\0';
  return true;
#else
  return fcntl(fd, F_GETPATH, path) == 0;
#endif
}
