/*
 * probe DOOR MARKER: make MARKER with touch(1) through one door of libc, the way a program would. The
 * marker is the effect that is tested; what the door said goes to stdout as "result errno".
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

#ifndef __GLIBC__
/* musl has none. */
#define execveat(dir, path, argv, envp, flags) ((int)syscall(SYS_execveat, dir, path, argv, envp, flags))
#endif

extern char **environ;
static char *marker;
static char line[4096];
static int result;
#define TOUCH "/usr/bin/touch"
/* argv[0] lies: who judges by it judges `ls`. */
static char *words[3] = {"ls", NULL, NULL};

static void by_execve(void) { result = execve(TOUCH, words, environ); }
static void by_execv(void) { result = execv(TOUCH, words); }
static void by_execvp(void) { result = execvp("touch", words); }
static void by_execvpe(void) { result = execvpe("touch", words, environ); }
static void by_execl(void) { result = execl(TOUCH, "ls", marker, (char *)NULL); }
static void by_execlp(void) { result = execlp("touch", "ls", marker, (char *)NULL); }
static void by_execle(void) { result = execle(TOUCH, "ls", marker, (char *)NULL, environ); }
static void by_fexecve(void) { result = fexecve(open(TOUCH, O_RDONLY | O_CLOEXEC), words, environ); }
static void by_execveat(void) { result = execveat(AT_FDCWD, TOUCH, words, environ, 0); }
static void by_execveat_dir(void) { result = execveat(open("/usr/bin", O_PATH), "touch", words, environ, 0); }
static void by_execveat_fd(void) { result = execveat(open(TOUCH, O_PATH), "", words, environ, AT_EMPTY_PATH); }
static void by_syscall_execve(void) { result = (int)syscall(SYS_execve, TOUCH, words, environ); }
static void by_syscall_execveat(void) { result = (int)syscall(SYS_execveat, AT_FDCWD, TOUCH, words, environ, 0); }

static void await(pid_t pid) {
  int status;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
}
static void by_posix_spawn(void) {
  pid_t pid;
  result = posix_spawn(&pid, TOUCH, NULL, NULL, words, environ);
  if (result == 0) await(pid);
}
static void by_posix_spawnp(void) {
  pid_t pid;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  result = posix_spawnp(&pid, "touch", &actions, NULL, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (result == 0) await(pid);
}
static void by_system(void) { result = system(line); }
static void by_popen(void) {
  FILE *pipe = popen(line, "r");
  result = pipe ? pclose(pipe) : -1;
}
#ifdef __GLIBC__
FILE *_IO_popen(const char *, const char *);
#else
#define _IO_popen popen
#endif
static void by_old_popen(void) {
  FILE *pipe = _IO_popen(line, "r");
  result = pipe ? pclose(pipe) : -1;
}
static void by_wordexp(void) {
  wordexp_t words_of;
  char text[4200];
  snprintf(text, sizeof text, "$(%s)", line);
  result = wordexp(text, &words_of, 0);
  if (result == 0) wordfree(&words_of);
}

static volatile int child_errno, child_result;
static void in_vfork(void (*door)(void)) {
  const pid_t pid = vfork();
  if (pid == 0) {
    door();
    child_result = result;
    child_errno = errno;
    _exit(0);
  }
  await(pid);
  result = child_result;
  errno = child_errno;
}
static void by_vfork_execve(void) { in_vfork(by_execve); }
static void by_vfork_execvp(void) { in_vfork(by_execvp); }
static void by_vfork_execl(void) { in_vfork(by_execl); }
static void by_vfork_execle(void) { in_vfork(by_execle); }

static int thread_errno;
static void *in_thread(void *nothing) {
  errno = 4242;
  by_posix_spawn();
  thread_errno = errno;
  return nothing;
}
/* The smallest stack that POSIX lets a thread have. */
static void by_thread_spawn(void) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, (size_t)sysconf(_SC_THREAD_STACK_MIN) + 16384);
  if (pthread_create(&thread, &attributes, in_thread, NULL) != 0) abort();
  pthread_join(thread, NULL);
  errno = thread_errno;
}
static int handler_errno;
static void in_handler(int signal) {
  (void)signal;
  const pid_t pid = fork();
  if (pid == 0) {
    by_execv();
    _exit(errno);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  handler_errno = WEXITSTATUS(status);
}
/* On an alternate stack of the least size, as a crash handler that starts a debugger does it. */
static void by_handler_execv(void) {
  static char stack[32 * 1024];
  const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  struct sigaction action = {.sa_handler = in_handler, .sa_flags = SA_ONSTACK};
  sigaltstack(&alternate, NULL);
  sigaction(SIGUSR1, &action, NULL);
  raise(SIGUSR1);
  errno = handler_errno;
  result = handler_errno == 0 ? 0 : -1;
}

static const struct {
  const char *name;
  void (*go)(void);
} doors[] = {
    {"execve", by_execve},           {"execv", by_execv},
    {"execvp", by_execvp},           {"execvpe", by_execvpe},
    {"execl", by_execl},             {"execlp", by_execlp},
    {"execle", by_execle},           {"fexecve", by_fexecve},
    {"execveat", by_execveat},       {"execveat_dir", by_execveat_dir},
    {"execveat_fd", by_execveat_fd}, {"syscall_execve", by_syscall_execve},
    {"syscall_execveat", by_syscall_execveat}, {"posix_spawn", by_posix_spawn},
    {"posix_spawnp", by_posix_spawnp}, {"system", by_system},
    {"popen", by_popen},             {"old_popen", by_old_popen},
             {"wordexp", by_wordexp},
    {"vfork_execve", by_vfork_execve}, {"vfork_execvp", by_vfork_execvp},
    {"vfork_execl", by_vfork_execl}, {"vfork_execle", by_vfork_execle},
    {"thread_spawn", by_thread_spawn}, {"handler_execv", by_handler_execv},
};

int main(int count, char **argv) {
  if (count == 1) {
    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) puts(doors[i].name);
    return 0;
  }
  marker = words[1] = argv[2];
  snprintf(line, sizeof line, "touch %s", marker);
  for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) {
    if (strcmp(doors[i].name, argv[1]) != 0) continue;
    errno = 4242; /* what an allowed call leaves alone */
    doors[i].go();
    printf("%d %d\n", result, errno);
    return 0;
  }
  return 64;
}
