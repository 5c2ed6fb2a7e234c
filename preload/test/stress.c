/*
 * stress THREADS SPAWNS FORKS: start programs from many threads at once by posix_spawn and by vfork and
 * exec, then one after another; nothing may fail, and no zombie, descriptor or mapping may stay behind.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char *words[] = {"true", NULL};
static int spawns;
static atomic_int started, failed;

static void await(pid_t pid) {
  int status = -1;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (status != 0) atomic_fetch_add(&failed, 1);
  atomic_fetch_add(&started, 1);
}

/* An environment of its own, so that the copy that is carried is another in each. */
static void by_spawn(void) {
  char *envp[] = {"A=1", NULL};
  pid_t pid;
  if (posix_spawnp(&pid, "true", NULL, NULL, words, envp) != 0) atomic_fetch_add(&failed, 1);
  else await(pid);
}
static void by_vfork(void) {
  const pid_t pid = vfork();
  if (pid == 0) {
    execv("/bin/true", words);
    _exit(99);
  }
  await(pid);
}
static void by_fork(void) {
  const pid_t pid = fork();
  if (pid == 0) {
    execlp("true", "true", (char *)NULL);
    _exit(99);
  }
  await(pid);
}

static void *work(void *number) {
  errno = 0;
  for (int i = 0; i < spawns; i++) {
    if ((i + *(int *)number) % 2) by_spawn();
    else by_vfork();
    if (errno != 0) atomic_fetch_add(&failed, 1);
  }
  return NULL;
}

static long count_of(const char *what) {
  long count = 0;
  if (strcmp(what, "fd") == 0) {
    DIR *dir = opendir("/proc/self/fd");
    while (readdir(dir)) count++;
    closedir(dir);
    return count;
  }
  char line[4096];
  FILE *maps = fopen("/proc/self/smaps_rollup", "r");
  while (maps && fgets(line, sizeof line, maps)) sscanf(line, "Anonymous: %ld", &count);
  if (maps) fclose(maps);
  return count;
}

static long mappings(void) {
  long count = 0;
  char line[4096];
  FILE *maps = fopen("/proc/self/maps", "r");
  while (maps && fgets(line, sizeof line, maps)) count++;
  if (maps) fclose(maps);
  return count;
}

int main(int count, char **argv) {
  if (count != 4) return 64;
  const int threads = atoi(argv[1]), forks = atoi(argv[3]);
  spawns = atoi(argv[2]);
  by_fork(), by_vfork(), by_spawn();
  pthread_t *all = calloc((size_t)threads, sizeof *all);
  int *numbers = calloc((size_t)threads, sizeof *numbers);
  for (int i = 0; i < threads; i++) {
    numbers[i] = i;
    if (pthread_create(&all[i], NULL, work, &numbers[i]) != 0) abort();
  }
  for (int i = 0; i < threads; i++) pthread_join(all[i], NULL);
  by_fork(), by_vfork(), by_spawn();
  const long descriptors = count_of("fd"), maps = mappings(), before = count_of("memory");
  for (int i = 0; i < forks; i++) (i % 3 == 0 ? by_fork : i % 3 == 1 ? by_vfork : by_spawn)();
  const long grown = count_of("memory") - before;
  printf("started %d failed %d descriptors %ld mappings %ld\n", atomic_load(&started), atomic_load(&failed),
         count_of("fd") - descriptors, mappings() - maps);
  fprintf(stderr, "%ld kB more\n", grown);
  const int zombies = waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD;
  free(all), free(numbers);
  return zombies || grown > 256 ? 1 : 0;
}
