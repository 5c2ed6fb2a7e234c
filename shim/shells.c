/* Which shell this program stands for, and where the real one is. */
#include "shim.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where shells are. No variable adds to it: the real shell is never an agent's choice. */
static const char *const PLACES[] = {"/bin/", "/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/",
                                     "/run/current-system/sw/bin/"};

static const struct {
  const char *name;
  enum rampart_dialect dialect;
} SHELLS[] = {
    {"bash", RAMPART_BASH}, {"rbash", RAMPART_BASH}, {"dash", RAMPART_DASH}, {"ash", RAMPART_DASH},
    {"busybox", RAMPART_DASH}, {"zsh", RAMPART_ZSH}, {"rzsh", RAMPART_ZSH}, {"ksh", RAMPART_KSH},
    {"ksh93", RAMPART_KSH}, {"mksh", RAMPART_KSH}, {"lksh", RAMPART_KSH},
    /* By the file that it leads to. */
    {"sh", RAMPART_NO_SHELL},
};

const char *rampart_base(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static bool dialect_of(const char *name, enum rampart_dialect *dialect) {
  for (size_t i = 0; i < sizeof SHELLS / sizeof SHELLS[0]; i++) {
    if (strcmp(SHELLS[i].name, name) != 0) continue;
    *dialect = SHELLS[i].dialect;
    return true;
  }
  return false;
}

/* Of `bash5`, `zsh-5.9`, `bash-static`: what stands before the first character that is no letter. */
static enum rampart_dialect dialect_of_file(const char *file) {
  enum rampart_dialect dialect;
  const char *name = rampart_base(file);
  if (dialect_of(name, &dialect)) return dialect;
  char plain[16] = {0};
  for (size_t i = 0; i < sizeof plain - 1 && name[i] >= 'a' && name[i] <= 'z'; i++) plain[i] = name[i];
  return dialect_of(plain, &dialect) ? dialect : RAMPART_NO_SHELL;
}

/* What symbolic links lead to, as far as its name is concerned. */
static enum rampart_dialect dialect_at(const char *path) {
  char here[PATH_MAX];
  char next[PATH_MAX];
  strcpy(here, path);
  for (int steps = 0; steps < 16; steps++) {
    ssize_t size = readlink(here, next, sizeof next - 1);
    if (size < 0) return dialect_of_file(here);
    next[size] = '\0';
    size_t kept = next[0] == '/' ? 0 : (size_t)(rampart_base(here) - here);
    if (kept + (size_t)size >= sizeof here) return RAMPART_NO_SHELL;
    memcpy(here + kept, next, (size_t)size + 1);
  }
  return RAMPART_NO_SHELL;
}

bool rampart_is_ourselves(const char *path) {
  struct stat file, own;
  return stat(path, &file) == 0 && stat("/proc/self/exe", &own) == 0 && own.st_dev == file.st_dev &&
         own.st_ino == file.st_ino;
}

static bool find_real(const char *name, struct rampart_shell *shell) {
  for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
    struct writer path = WRITER(shell->path, sizeof shell->path - 1);
    put_text(&path, PLACES[i]);
    put_text(&path, name);
    *path.at = '\0';
    struct stat file;
    if (path.full || stat(shell->path, &file) != 0) continue;
    if (!S_ISREG(file.st_mode) || (file.st_mode & 0111) == 0 || rampart_is_ourselves(shell->path)) continue;
    shell->dialect = dialect_at(shell->path);
    return shell->dialect != RAMPART_NO_SHELL;
  }
  return false;
}

bool rampart_shell_find(const char *program, const struct rampart_settings *settings,
                        struct rampart_shell *shell) {
  const char *name = rampart_base(program);
  if (*name == '-') name++;
  enum rampart_dialect dialect;
  /* Under a name of its own it stands for the person's shell. */
  if (!dialect_of(name, &dialect)) name = settings->real_shell ? rampart_base(settings->real_shell) : "bash";
  if (!dialect_of(name, &dialect) || strcmp(name, "busybox") == 0) return false;
  strcpy(shell->name, name);
  return find_real(name, shell);
}
