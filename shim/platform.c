/* What the kernel knows: time, parents, and how we were started. */
#define _GNU_SOURCE
#include "shim.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

static uint64_t read_clock(clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0) return 0;
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int64_t rampart_now_ms(void) { return (int64_t)read_clock(CLOCK_MONOTONIC); }

uint64_t rampart_time_ms(void) { return read_clock(CLOCK_REALTIME); }

void rampart_pause_ms(int ms) {
  const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
  nanosleep(&pause, NULL);
}

const char *rampart_started_as(void) {
#ifdef __linux__
  /* Not argv[0], which is whatever the caller likes. */
  return (const char *)getauxval(AT_EXECFN);
#else
  return NULL;
#endif
}

pid_t rampart_parent_of(pid_t pid) {
  char buffer[512];
  struct rampart_text path = {.at = buffer, .most = sizeof buffer - 1};
  rampart_add_word(&path, "/proc/");
  rampart_add_number(&path, (uint64_t)pid);
  rampart_add_word(&path, "/stat");
  buffer[path.size] = '\0';
  int fd = open(buffer, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t size = read(fd, buffer, sizeof buffer - 1);
  close(fd);
  if (size <= 0) return 0;
  buffer[size] = '\0';
  /* `PID (name) S PPID`; the name may hold anything, parentheses too. */
  const char *at = strrchr(buffer, ')');
  if (!at || strlen(at) < 5) return 0;
  pid_t parent = 0;
  for (at += 4; *at >= '0' && *at <= '9' && parent < 100000000; at++) parent = parent * 10 + (*at - '0');
  return parent;
}
