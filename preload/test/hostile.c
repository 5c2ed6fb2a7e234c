/* hostile WHAT MARKER: try to slip out of the library's hands in one way, then make MARKER with touch(1). */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char *marker;
static char *words[4] = {"touch", NULL, NULL, NULL};
#define TOUCH "/usr/bin/touch"
/* A shell that says what it inherited, then makes the marker. */
static char text[512];
static char *shell[4] = {"sh", "-c", text, NULL};

static void no_environment(void) { environ = NULL; execv("/bin/sh", shell); }
static void cleared(void) { clearenv(); execvp("/bin/sh", shell); }
static void unset(void) {
  unsetenv("LD_PRELOAD");
  unsetenv("RAMPART_SOCKET");
  setenv("RAMPART_FAIL_OPEN", "1", 1);
  execl("/bin/sh", "sh", "-c", text, (char *)NULL);
}
static void own_envp(void) {
  char *envp[] = {"LD_PRELOAD=/nowhere.so", "RAMPART_SOCKET=/nowhere", "RAMPART_MODE=disabled", "RAMPART_QUIET=1",
                  "RAMPART_SOCKET=/elsewhere", "KEPT=1", NULL};
  execve("/bin/sh", shell, envp);
}
static void null_envp(void) { execve("/bin/sh", shell, NULL); }
static void spawned(void) {
  char *envp[] = {NULL};
  pid_t pid;
  if (posix_spawn(&pid, "/bin/sh", NULL, NULL, shell, envp) == 0) waitpid(pid, NULL, 0);
}
static void cleared_system(void) {
  clearenv();
  putenv("RAMPART_MODE=disabled");
  if (system(text) < 0) perror("system");
}
static void null_popen(void) {
  environ = NULL;
  FILE *pipe = popen(text, "r");
  char line[4096];
  while (pipe && fgets(line, sizeof line, pipe)) fputs(line, stdout);
  if (pipe) pclose(pipe);
}
/* Ten thousand variables, so that the copy does not fit a small buffer. */
static void large_envp(void) {
  static char *envp[10001];
  for (int i = 0; i < 10000; i++) {
    envp[i] = malloc(32);
    snprintf(envp[i], 32, "V%d=%d", i, i);
  }
  execve("/bin/sh", shell, envp);
}

static void no_files(void) {
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_NOFILE, &none);
  execv(TOUCH, words);
}
static void no_memory(void) {
  const struct rlimit none = {1 << 20, 1 << 20};
  setrlimit(RLIMIT_AS, &none);
  execv(TOUCH, words);
}
/* As the kernel has them: not every libc brings its headers along. */
struct step { uint16_t code; uint8_t yes, no; uint32_t value; };
struct filter { unsigned short count; struct step *steps; };
enum { LOAD = 0x20, IS = 0x15, ANSWER = 0x06, NUMBER_AT = 0, FOURTH_AT = 40, ERROR = 0x00050000, PASS = 0x7fff0000, BY_FILTER = 2 };

static void filter_by(struct step *steps, unsigned short count) {
  struct filter filter = {count, steps};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, BY_FILTER, &filter) != 0) {
    printf("no filter: %d\n", errno);
    exit(0);
  }
}
/* A sandbox whose filter answers one system call with an error. */
static void filtered_call(uint32_t number, int error) {
  struct step steps[] = {
      {LOAD, 0, 0, NUMBER_AT}, {IS, 0, 1, number}, {ANSWER, 0, 0, ERROR | (uint32_t)error}, {ANSWER, 0, 0, PASS}};
  filter_by(steps, sizeof steps / sizeof *steps);
}
/* One that hides every file from stat(2), but not from the loader, which has it open. */
static void files_hidden(void) {
  struct step steps[] = {{LOAD, 0, 0, NUMBER_AT}, {IS, 0, 3, SYS_newfstatat}, {LOAD, 0, 0, FOURTH_AT}, {IS, 0, 1, 0},
                         {ANSWER, 0, 0, ERROR | ENOENT}, {ANSWER, 0, 0, PASS}};
  const int touch = open(TOUCH, O_RDONLY);
  filter_by(steps, sizeof steps / sizeof *steps);
  fexecve(touch, words, environ);
  printf("%d\n", errno);
}
static void filtered(int error) { filtered_call(SYS_socket, error); }
/* Its error is the library's answer to the call, seen where the caller would look. */
static void touched(void) {
  execv(TOUCH, words);
  printf("%d\n", errno);
}
static void in_vfork(void) {
  const pid_t pid = vfork();
  if (pid == 0) {
    execv(TOUCH, words);
    _exit(errno);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  printf("%d\n", WEXITSTATUS(status));
}
static void no_sockets(void) { filtered(ENOSYS), touched(); }
static void sockets_refused(void) { filtered(EPERM), touched(); }
/* What says of a server that it is gone says nothing here. */
static void sockets_absent(void) { filtered(ENOENT), touched(); }
static void vforked_sockets_absent(void) { filtered(ECONNREFUSED), in_vfork(); }
static void connects_refused(void) { filtered_call(SYS_connect, ECONNREFUSED), touched(); }
static void connects_absent(void) { filtered_call(SYS_connect, ENOENT), touched(); }
static void connects_nowhere(void) { filtered_call(SYS_connect, ENOTDIR), touched(); }
/* The answer of success, without a connection. */
static void connects_feigned(void) { filtered_call(SYS_connect, 0), touched(); }
static void peers_feigned(void) { filtered_call(SYS_connect, 0), filtered_call(SYS_getsockopt, 0), touched(); }
static void questions_refused(void) { filtered_call(SYS_getsockopt, ECONNREFUSED), touched(); }
static void vforked_connects_refused(void) { filtered_call(SYS_connect, ECONNREFUSED), in_vfork(); }
static void vforked_connects_absent(void) { filtered_call(SYS_connect, ENOENT), in_vfork(); }
static void vforked_no_sockets(void) { filtered(ENOSYS), in_vfork(); }
static void vforked_sockets_refused(void) { filtered(EPERM), in_vfork(); }
/* The filter is the child's: the parent asks as before. */
static void child_filtered(void) {
  const pid_t pid = fork();
  if (pid == 0) sockets_refused(), _exit(0);
  waitpid(pid, NULL, 0);
  in_vfork();
}
static void no_signals(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  execv(TOUCH, words);
}
static void no_stderr(void) {
  close(2);
  execv(TOUCH, words);
  printf("%d\n", errno);
}
/* A reader that is gone: the line about the block must not kill. */
static void broken_stderr(void) {
  int ends[2];
  if (pipe(ends) != 0) abort();
  close(ends[0]);
  dup2(ends[1], 2);
  execv(TOUCH, words);
  printf("alive %d\n", errno);
}
static void told(int signal) { (void)signal; }
/* Signals that come all the time while the answer is waited for. */
static void restless(void) {
  const struct sigaction action = {.sa_handler = told};
  const struct itimerval often = {{0, 300}, {0, 300}};
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &often, NULL);
  const pid_t pid = fork();
  if (pid == 0) {
    setitimer(ITIMER_REAL, &often, NULL);
    pid_t child;
    char *envp[] = {NULL};
    _exit(posix_spawn(&child, TOUCH, NULL, NULL, words, envp) == 0 ? (waitpid(child, NULL, 0), 0) : 1);
  }
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
}
/* A program that handles the signals somebody sends while a person is waited for. */
static void waiting(void) {
  const struct sigaction action = {.sa_handler = told, .sa_flags = SA_RESTART};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGCHLD, &action, NULL);
  execv(TOUCH, words);
  printf("%d\n", errno);
}
static void bytes(void) {
  words[2] = "\xff\xfe\"\\\n\t";
  words[3] = NULL;
  execv(TOUCH, words);
}
static void long_line(void) {
  char *large = malloc((1 << 17) - 16);
  memset(large, 'x', (1 << 17) - 17);
  large[(1 << 17) - 17] = '\0';
  static char *many[16];
  many[0] = "sh", many[1] = "-c", many[2] = text;
  for (int i = 3; i < 15; i++) many[i] = large;
  execv("/bin/sh", many);
  printf("%d\n", errno);
}
static void some_line(void) {
  char *large = malloc(100001);
  memset(large, 'x', 100000);
  large[100000] = '\0';
  char *few[] = {"sh", "-c", text, large, large, NULL};
  execv("/bin/sh", few);
}
static void no_argv(void) {
  char *const *volatile none = NULL;
  execve(TOUCH, none, environ);
  printf("%d\n", errno);
}
static void nothing_there(void) {
  execv("/nowhere/at/all", words);
  printf("%d ", errno);
  execvp("no-such-program-here", words);
  printf("%d ", errno);
  execv("/etc/passwd", words);
  printf("%d ", errno);
  syscall(SYS_execveat, AT_FDCWD, "", words, environ, AT_EMPTY_PATH);
  printf("%d ", errno);
  pid_t pid;
  printf("%d\n", posix_spawnp(&pid, "no-such-program-here", NULL, NULL, words, environ));
}
static void script(void) {
  FILE *file = fopen("plain-script", "w");
  fprintf(file, "touch %s\n", marker);
  fclose(file);
  chmod("plain-script", 0755);
  execlp("./plain-script", "plain-script", (char *)NULL);
  printf("%d\n", errno);
}
static void memory_file(void) {
  char buffer[1 << 16];
  const int from = open(TOUCH, O_RDONLY), to = memfd_create("ls", 0);
  for (ssize_t n; (n = read(from, buffer, sizeof buffer)) > 0;)
    if (write(to, buffer, (size_t)n) != n) abort();
  fexecve(to, words, environ);
}
/* A second libc, that nothing was loaded before. */
static void own_libc(void) {
#ifdef __GLIBC__
  void *libc = dlmopen(LM_ID_NEWLM, "libc.so.6", RTLD_NOW);
  int (*run)(const char *, char *const[]) = NULL;
  if (libc) *(void **)&run = dlsym(libc, "execv");
  if (run) run(TOUCH, words);
#endif
  printf("no second libc\n");
}

static const struct {
  const char *name;
  void (*go)(void);
} ways[] = {
    {"no_environment", no_environment}, {"cleared", cleared}, {"unset", unset}, {"own_envp", own_envp},
    {"null_envp", null_envp}, {"spawned", spawned}, {"cleared_system", cleared_system}, {"null_popen", null_popen},
    {"large_envp", large_envp}, {"no_files", no_files}, {"no_memory", no_memory}, {"no_signals", no_signals},
    {"no_sockets", no_sockets}, {"sockets_refused", sockets_refused}, {"vforked_no_sockets", vforked_no_sockets},
    {"vforked_sockets_refused", vforked_sockets_refused}, {"child_filtered", child_filtered},
    {"sockets_absent", sockets_absent}, {"vforked_sockets_absent", vforked_sockets_absent},
    {"connects_refused", connects_refused}, {"vforked_connects_refused", vforked_connects_refused},
    {"connects_absent", connects_absent}, {"vforked_connects_absent", vforked_connects_absent},
    {"connects_nowhere", connects_nowhere}, {"connects_feigned", connects_feigned}, {"questions_refused", questions_refused},
    {"peers_feigned", peers_feigned},
    {"files_hidden", files_hidden}, {"own_libc", own_libc}, {"no_stderr", no_stderr}, {"broken_stderr", broken_stderr}, {"restless", restless}, {"waiting", waiting}, {"bytes", bytes},
    {"long_line", long_line}, {"some_line", some_line}, {"no_argv", no_argv}, {"nothing_there", nothing_there},
    {"script", script}, {"memory_file", memory_file},
};

int main(int count, char **argv) {
  if (count != 3) return 64;
  setvbuf(stdout, NULL, _IONBF, 0);
  marker = words[1] = argv[2];
  snprintf(text, sizeof text, "/usr/bin/env; /usr/bin/touch %s", marker);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
    if (strcmp(ways[i].name, argv[1]) == 0) return ways[i].go(), 0;
  return 64;
}
