/*
 * A script that comes through a descriptor. What was read is put back as a sealed file in memory, so
 * that the shell reads the very bytes that were judged.
 */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../wire/kernel.h"

enum {
  ENDLESS_MS = 1000,  /* a pipe that is still open then, with little in it, is fed as one types */
  WHOLE_MS = 10000,   /* what is being poured in has to end by then */
  FULL_BYTES = 32768, /* so much waiting in it is no typing: whoever pours it waits for us */
  STEP_MS = 20
};

#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

/* Whether whoever feeds it has ended; nothing is taken out. */
static enum rampart_captured wait_for_end(int fd) {
  int64_t start = now_ms();
  while (now_ms() - start < ENDLESS_MS) {
    struct pollfd end = {.fd = fd, .events = POLLRDHUP};
    int n = poll(&end, 1, STEP_MS);
    if (n < 0 && errno != EINTR) return RAMPART_UNREAD;
    if (n > 0) return RAMPART_CAPTURED;
    int waiting = 0;
    if (ioctl(fd, FIONREAD, &waiting) == 0 && waiting >= FULL_BYTES) return RAMPART_CAPTURED;
  }
  return RAMPART_ENDLESS;
}

static enum rampart_captured read_to_end(int fd, bool regular, char *buffer, size_t most, size_t *size) {
  int64_t start = now_ms();
  while (*size <= most) {
    struct pollfd more = {.fd = fd, .events = POLLIN};
    if (!regular && poll(&more, 1, STEP_MS) == 0) {
      if (now_ms() - start > WHOLE_MS) return RAMPART_TOO_LONG;
      continue;
    }
    ssize_t n = read(fd, buffer + *size, most + 1 - *size);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return RAMPART_UNREAD;
    if (n == 0) return RAMPART_CAPTURED;
    *size += (size_t)n;
  }
  return RAMPART_TOO_LONG;
}

static bool put_back(int fd, const char *buffer, size_t size) {
#ifdef __linux__
  int memory = own_memory("rampart-script");
  if (memory < 0) return false;
  size_t done = 0;
  for (ssize_t n; done < size && (n = write(memory, buffer + done, size - done)) > 0;) done += (size_t)n;
  const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  bool good = done == size && lseek(memory, 0, SEEK_SET) == 0 && fcntl(memory, F_ADD_SEALS, seals) == 0 &&
              dup2(memory, fd) == fd;
  close(memory);
  return good;
#else
  (void)fd, (void)buffer, (void)size;
  return false;
#endif
}

enum rampart_captured rampart_capture(int fd, char *buffer, size_t most, size_t *size) {
  struct stat file;
  *size = 0;
  if (fstat(fd, &file) != 0) return errno == EBADF ? RAMPART_CAPTURED : RAMPART_UNREAD;
  if (S_ISDIR(file.st_mode)) return RAMPART_CAPTURED; /* no shell reads one */
  if (isatty(fd)) return RAMPART_TERMINAL;
  if (S_ISFIFO(file.st_mode) || S_ISSOCK(file.st_mode)) {
    enum rampart_captured ended = wait_for_end(fd);
    if (ended != RAMPART_CAPTURED) return ended;
  }
  enum rampart_captured read = read_to_end(fd, S_ISREG(file.st_mode), buffer, most, size);
  if (read != RAMPART_CAPTURED || *size == 0) return read;
  return put_back(fd, buffer, *size) ? RAMPART_CAPTURED : RAMPART_UNREAD;
}
