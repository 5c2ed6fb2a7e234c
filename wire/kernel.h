/* The kernel itself, where Linux and macOS differ. Linux is what is tested; for macOS it is compiled and linked. */
#ifndef RAMPART_KERNEL_H
#define RAMPART_KERNEL_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>
#ifdef __linux__
#include <fcntl.h>
#include <sys/syscall.h>
#endif

/*
 * The kernel itself, for what we do ourselves: it can be had before anything is resolved, and our own
 * opens and connects do not come back to us as calls to judge. Sets errno.
 */
#ifdef __linux__
static inline long kernel(long number, long a, long b, long c, long d, long e, long f) {
#if defined __x86_64__
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
#elif defined __aarch64__
  register long x8 __asm__("x8") = number;
  register long result __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(result)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
#else
#error "Add this processor's system call here"
#endif
  if (result < 0 && result > -4096) {
    errno = (int)-result;
    return -1;
  }
  return result;
}

static inline int own_open(const char *path, int flags, mode_t mode) {
  return (int)kernel(SYS_openat, -100 /* AT_FDCWD */, (long)path, flags, (long)mode, 0, 0);
}
static inline int own_connect(int fd, const struct sockaddr *to, socklen_t length) {
  return (int)kernel(SYS_connect, fd, (long)to, (long)length, 0, 0, 0);
}
/*
 * A child whose end is told to nobody but us, and without what libc lets others do around a fork. Emulators
 * (qemu-user) know none without a signal.
 */
static inline pid_t own_fork(void) {
  const pid_t pid = (pid_t)kernel(SYS_clone, 0, 0, 0, 0, 0, 0);
  return pid < 0 && errno == EINVAL ? (pid_t)kernel(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0) : pid;
}
static inline void own_execve(const char *path, const char *const argv[], const char *const envp[]) {
  kernel(SYS_execve, (long)path, (long)argv, (long)envp, 0, 0, 0);
}
static inline bool own_wait(pid_t pid, int *status) {
  while (kernel(SYS_wait4, pid, (long)status, 0x40000000 /* __WALL */, 0, 0, 0) < 0)
    if (errno != EINTR) return false;
  return true;
}
/* Every signal as a program is born with it. */
static inline void own_default_signals(void) {
  const long none[4] = {0};
  for (int number = 1; number < 65; number++) kernel(SYS_rt_sigaction, number, (long)none, 0, 8, 0, 0);
}
static inline uint64_t own_mask(int how, uint64_t set) {
  uint64_t before = 0;
  kernel(SYS_rt_sigprocmask, how, (long)&set, (long)&before, 8, 0, 0);
  return before;
}
static inline bool own_cwd(char *into, size_t room) {
  return kernel(SYS_getcwd, (long)into, (long)room, 0, 0, 0, 0) > 0 && into[0] == '/';
}
/* A file without a name, closed on exec. */
static inline int own_memory(const char *name) {
  return (int)kernel(SYS_memfd_create, (long)name, 3 /* MFD_CLOEXEC | MFD_ALLOW_SEALING */, 0, 0, 0, 0);
}
static inline bool own_pipe(int pair[2]) { return kernel(SYS_pipe2, (long)pair, O_CLOEXEC, 0, 0, 0, 0) == 0; }
static inline bool peer_uid(int fd, uid_t *uid) {
  struct {
    pid_t pid;
    uid_t uid;
    gid_t gid;
  } peer = {0, (uid_t)-1, (gid_t)-1}; /* for whoever answers without filling it */
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
  *uid = peer.uid;
  return true;
}
#else
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#ifdef __APPLE__
#define O_PATH O_EVTONLY
#endif
#define own_fork() fork()
#define own_execve(path, argv, envp) execve(path, (char *const *)(uintptr_t)(argv), (char *const *)(uintptr_t)(envp))
#define own_wait(pid, status) (waitpid(pid, status, 0) == (pid))
#define own_default_signals() ((void)0)
#define own_mask(how, set) ((uint64_t)(set))
#define own_open(path, flags, mode) open(path, flags, mode)
#define own_connect(fd, to, length) connect(fd, to, length)
#define own_cwd(into, room) (getcwd(into, room) != NULL)
static inline int own_memory(const char *name) {
  char path[] = "/tmp/rampart-XXXXXX";
  (void)name;
  const int fd = mkstemp(path);
  if (fd < 0) return -1;
  unlink(path);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  return fd;
}
static inline bool own_pipe(int pair[2]) {
  if (pipe(pair) != 0) return false;
  for (int i = 0; i < 2; i++) fcntl(pair[i], F_SETFD, FD_CLOEXEC);
  return true;
}
static inline bool peer_uid(int fd, uid_t *uid) {
  gid_t gid;
  return getpeereid(fd, uid, &gid) == 0;
}
#endif

#endif
