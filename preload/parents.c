/* The chain of parents, as a hint to the server about what belongs to one action. */
#include "platform.h"
#include "preload.h"

#include <fcntl.h>
#include <string.h>

#ifdef __linux__
/* The fourth field of /proc/PID/stat, behind a name in brackets that may itself hold brackets. */
static pid_t parent_of(pid_t pid) {
  char text[512];
  struct writer path = {text, text, text + sizeof text - 1, false};
  put_text(&path, "/proc/");
  put_number(&path, (unsigned long)pid);
  put_text(&path, "/stat");
  *path.at = '\0';
  const int fd = own_open(text, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  const ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return 0;
  text[length] = '\0';
  const char *at = strrchr(text, ')');
  if (!at || strlen(at) < 5) return 0;
  pid_t parent = 0;
  for (at += 4; *at >= '0' && *at <= '9' && parent < 1 << 22; at++) parent = parent * 10 + (*at - '0');
  return parent;
}
#else
static pid_t parent_of(pid_t pid) { return pid ? 0 : 0; }
#endif

size_t parents(pid_t chain[PARENTS_LIMIT]) {
  size_t count = 0;
  for (pid_t pid = getppid(); pid > 0 && count < PARENTS_LIMIT; pid = parent_of(pid)) {
    chain[count++] = pid;
    if (pid == 1) break;
  }
  return count;
}
