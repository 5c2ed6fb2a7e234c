/*
 * The executable decides where the server does not (F6): `$RAMPART_BIN shim decide --layer preload --stdin`,
 * with an environment of our own making (F37) and nothing of the program's but its stderr's absence.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "platform.h"
#include "preload.h"

enum { CHILD_STACK = 32 * 1024, ACCOUNTS = 64 * 1024 };

#ifdef __linux__
struct child {
  int input, output;
  char **argv, **envp;
  sigset_t mask;
  volatile int failed;
};

/* In the child, in our memory: nothing but system calls. */
static int run(void *argument) {
  struct child *child = argument;
  for (int signal = 1; signal < 65; signal++) {
    struct sigaction now;
    if (sigaction(signal, NULL, &now) != 0 || now.sa_handler == SIG_DFL) continue;
    now.sa_handler = SIG_DFL;
    now.sa_flags = 0;
    sigaction(signal, &now, NULL);
  }
  sigset_t none;
  sigemptyset(&none);
  const int quiet = own_open("/dev/null", O_WRONLY, 0);
  /* Above 2, so that no copy overwrites what is still to be copied. */
  const int input = fcntl(child->input, F_DUPFD, 3), output = fcntl(child->output, F_DUPFD, 3);
  if (chdir("/") == 0 && quiet >= 0 && input >= 0 && output >= 0 && dup2(input, 0) == 0 &&
      dup2(output, 1) == 1 && dup2(quiet, 2) == 2) {
#ifdef SYS_close_range
    kernel(SYS_close_range, 3, 0x7fffffff, 0, 0, 0, 0);
#endif
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    kernel(SYS_execve, (long)child->argv[0], (long)child->argv, (long)child->envp, 0, 0, 0);
  }
  child->failed = errno;
  _exit(127);
}

/* HOME of this uid, from /etc/passwd: the environment's may be the agent's. */
static void put_home(struct writer *out, char *text, size_t room) {
  const int fd = own_open("/etc/passwd", O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return;
  size_t have = 0;
  for (ssize_t got; have < room - 1 && (got = read(fd, text + have, room - 1 - have)) > 0;) have += (size_t)got;
  close(fd);
  text[have] = '\0';
  for (char *line = text, *next; *line; line = next) {
    next = strchr(line, '\n');
    if (next) *next++ = '\0';
    else next = line + strlen(line);
    char *field[7] = {line};
    int count = 1;
    for (char *at = line; *at && count < 7; at++)
      if (*at == ':') *at = '\0', field[count++] = at + 1;
    if (count < 7) continue;
    uid_t uid = 0;
    const char *digit = field[2];
    for (; *digit >= '0' && *digit <= '9'; digit++) uid = uid * 10 + (uid_t)(*digit - '0');
    if (*digit || digit == field[2] || uid != getuid()) continue;
    put_text(out, "HOME=");
    put_bytes(out, field[5], strlen(field[5]) + 1);
    return;
  }
}

static int memory_file(const char *bytes, size_t length) {
  const int fd = (int)kernel(SYS_memfd_create, (long)"rampart", 1 /* MFD_CLOEXEC */, 0, 0, 0, 0);
  while (fd >= 0 && length > 0) {
    const ssize_t put = write(fd, bytes, length);
    if (put <= 0 && errno == EINTR) continue;
    if (put <= 0) return close(fd), -1;
    bytes += put;
    length -= (size_t)put;
  }
  if (fd >= 0) lseek(fd, 0, SEEK_SET);
  return fd;
}

/* What it printed, up to the limit and the deadline; -1 for more or later. */
static ssize_t read_all(int fd, char *into, size_t room) {
  const long long end = now_ms() + LOCAL_MS;
  for (size_t have = 0;;) {
    const long long left = end - now_ms();
    struct pollfd on = {.fd = fd, .events = POLLIN};
    if (left <= 0 || have == room) return -1;
    if (poll(&on, 1, (int)left) <= 0) {
      if (errno == EINTR) continue;
      return -1;
    }
    const ssize_t got = read(fd, into + have, room - have);
    if (got < 0 && errno != EINTR) return -1;
    if (got == 0) return (ssize_t)have;
    if (got > 0) have += (size_t)got;
  }
}

/* The child is nobody's but ours: no exit signal, so the program's own waits never see it. */
static pid_t start(struct child *child, char *stack) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = clone(run, stack + CHILD_STACK - 64, CLONE_VM | CLONE_VFORK, child);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pid;
}

static enum local finish(struct scratch *scratch, const struct child *child, pid_t pid, int output) {
  const ssize_t length = child->failed ? 0 : read_all(output, scratch->received, REPLY_LIMIT - 1);
  int status = -1;
  if (length < 0) kernel(SYS_kill, pid, SIGKILL, 0, 0, 0, 0);
  while (kernel(SYS_wait4, pid, (long)&status, 0x40000000 /* __WALL */, 0, 0, 0) < 0 && errno == EINTR) continue;
  if (child->failed) return child->failed == ENOENT || child->failed == ENOTDIR ? LOCAL_ABSENT : LOCAL_FAILED;
  if (length < 0 || status != 0) return LOCAL_FAILED;
  scratch->received[length] = '\0';
  return read_answer(scratch->received, (size_t)length, &scratch->answer) && scratch->answer.has_allowed
             ? LOCAL_ANSWERED
             : LOCAL_FAILED;
}

enum local ask_executable(struct scratch *scratch, size_t body) {
  const char *program = setting(BIN);
  if (!program || program[0] != '/') return LOCAL_ABSENT;
  char home[PATH_MAX];
  struct writer out = {home, home, home + sizeof home - 1, false};
  put_home(&out, scratch->received, REPLY_LIMIT - 1);
  *out.at = '\0';
  char *argv[] = {(char *)(size_t)program, "shim", "decide", "--layer", "preload", "--stdin", NULL};
  char *envp[6] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"};
  size_t count = 2;
  if (out.at > home && !out.full) envp[count++] = home;
  if (settings.entry[HOME]) envp[count++] = (char *)(size_t)settings.entry[HOME];
  struct child child = {.argv = argv, .envp = envp, .input = memory_file(scratch->body, body)};
  int pipe_fds[2];
  if (child.input < 0) return LOCAL_FAILED;
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) return close(child.input), LOCAL_FAILED;
  child.output = pipe_fds[1];
  /* The reply's buffer is free now but for the answer's; its upper half is the child's stack. */
  const size_t half = REPLY_LIMIT / 2;
  _Static_assert(CHILD_STACK <= REPLY_LIMIT / 2, "the stack has to fit");
  const pid_t pid = start(&child, scratch->received + half);
  close(child.input);
  close(child.output);
  const enum local result = pid < 0 ? LOCAL_FAILED : finish(scratch, &child, pid, pipe_fds[0]);
  close(pipe_fds[0]);
  return result;
}
#else
enum local ask_executable(struct scratch *scratch, size_t body) {
  /* Not written for macOS yet: what the server cannot answer is denied. */
  return scratch && body ? LOCAL_FAILED : LOCAL_FAILED;
}
#endif
