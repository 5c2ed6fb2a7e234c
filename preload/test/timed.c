/*
 * timed exec RUNS: vfork, exec and end of /bin/true, in microseconds, a line each; timed open RUNS PATH:
 * opening and closing a file. What the library adds is the difference between two runs of this.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int execute(void) {
  char *const words[] = {"true", NULL};
  int status = -1;
  const pid_t pid = vfork();
  if (pid == 0) {
    execv("/bin/true", words);
    _exit(99);
  }
  waitpid(pid, &status, 0);
  return status;
}

static int open_file(const char *path) {
  const int fd = open(path, O_RDONLY);
  return fd < 0 ? 1 : close(fd);
}

int main(int count, char **argv) {
  if (count < 3) return 64;
  const int runs = atoi(argv[2]), opens = strcmp(argv[1], "open") == 0;
  double *took = calloc((size_t)runs, sizeof *took);
  for (int i = 0; i < runs; i++) {
    const double from = now();
    if ((opens ? open_file(argv[3]) : execute()) != 0) return 1;
    took[i] = now() - from;
  }
  for (int i = 0; i < runs; i++) printf("%.1f\n", took[i]);
  free(took);
  return 0;
}
