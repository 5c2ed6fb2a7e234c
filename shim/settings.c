/* Where the server is and who asks: `rampart.env` beside the program, else the environment. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

enum { FILE_MOST = 16 << 10, PASSWORDS_MOST = 256 << 10 };

static char file[FILE_MOST + 1];
static const char *file_end = file;
static char passwords[PASSWORDS_MOST];
static char socket_path[PATH_MAX], remote_program[PATH_MAX];

const char *rampart_variable(const char *name) {
  size_t size = strlen(name);
  for (char **at = environ; at && *at; at++)
    if (strncmp(*at, name, size) == 0 && (*at)[size] == '=') return *at + size + 1;
  return NULL;
}

/* Ours or root's, and nobody else may write it. */
static bool is_trusted(int fd) {
  struct stat at;
  return fstat(fd, &at) == 0 && S_ISREG(at.st_mode) && (at.st_mode & 022) == 0 &&
         (at.st_uid == 0 || at.st_uid == geteuid());
}

/* Whole, and without a NUL in it. */
static bool read_text(int fd) {
  const ssize_t size = read_small(fd, file, sizeof file);
  return size >= 0 && strlen(file) == (size_t)size;
}

enum found { NOT_THERE, TAKEN, UNREADABLE };

/* One call for all files: a filter of system calls sees no name, and hides the root with what it hides (F6). */
static __attribute__((noinline)) int try_open(const char *path) { return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); }

static bool is_gone(int error) {
  const int root = error == ENOENT || error == ENOTDIR ? try_open("/") : -1;
  if (root >= 0) close(root);
  return root >= 0;
}

static enum found load_beside(const char *program) {
  char path[PATH_MAX];
  if (!program || !strchr(program, '/')) return NOT_THERE;
  if (!name_beside(path, sizeof path, program, "rampart.env")) return UNREADABLE;
  int fd = try_open(path);
  if (fd < 0) return is_gone(errno) ? NOT_THERE : UNREADABLE;
  const bool good = is_trusted(fd) && read_text(fd);
  close(fd);
  /* A file that cannot be read names nothing, and no variable stands in. */
  if (!good) file[0] = '\0';
  /* Lines become strings. */
  char *at = file;
  for (; *at; at++)
    if (*at == '\n') *at = '\0';
  file_end = at;
  return good ? TAKEN : UNREADABLE;
}

static const char *in_file(const char *name) {
  size_t size = strlen(name);
  for (const char *at = file; at < file_end; at += strlen(at) + 1)
    if (strncmp(at, name, size) == 0 && at[size] == '=') return at + size + 1;
  return NULL;
}

static const char *nonempty(const char *value) { return value && *value ? value : NULL; }

/* What was set is never passed over: a place that cannot be read is asked about, and refuses. */
static void find_remote(struct rampart_settings *settings, const char *url, const char *own) {
  const char *host;
  size_t length;
  if (!url || place_of(url, &host, &length) == PLACE_HERE) return;
  if (!name_beside(remote_program, sizeof remote_program, own, "rampart-remote")) remote_program[0] = '\0';
  settings->remote = (struct remote){url, remote_program, settings->state};
}

void rampart_settings_read(struct rampart_settings *settings, const char *program, const char *own) {
  enum found beside = load_beside(program);
  if (beside == NOT_THERE) beside = load_beside(own);
  const char *(*const get)(const char *) = beside != NOT_THERE ? in_file : rampart_variable;
  const char *open_in_environment = rampart_variable("RAMPART_FAIL_OPEN");
  const char *open_in_file = in_file("RAMPART_FAIL_OPEN");
  const char *home = home_of_user(passwords, sizeof passwords);
  const char *file_home = nonempty(in_file("RAMPART_HOME"));
  const char *state = nonempty(get("RAMPART_HOME"));
  *settings = (struct rampart_settings){
      .socket = nonempty(get("RAMPART_SOCKET")),
      .agent = nonempty(get("RAMPART_AGENT")),
      .session = nonempty(get("RAMPART_SESSION")),
      .run = nonempty(get("RAMPART_RUN")),
      .bin = nonempty(get("RAMPART_BIN")),
      /* An environment's state directory could hold another policy: only the file's counts. */
      .state = file_home ? file_home - strlen("RAMPART_HOME=") : NULL,
      .library = nonempty(get("RAMPART_LIB")),
      .real_shell = nonempty(in_file("RAMPART_REAL_SHELL")),
      .home = home,
      .broken = beside == UNREADABLE ? "rampart.env beside the shell cannot be read, or others may write it" : NULL,
      .timeout_ms = read_timeout(get("RAMPART_TIMEOUT_MS")),
      .fail_open = !(open_in_file && strcmp(open_in_file, "0") == 0) &&
                   !(open_in_environment && strcmp(open_in_environment, "0") == 0),
      .quiet = nonempty(get("RAMPART_QUIET")) != NULL,
  };
  const char *wrong = settings->socket ? NULL : name_socket(socket_path, sizeof socket_path, NULL, state, home);
  /* Where nobody listens. */
  if (!settings->socket) settings->socket = wrong ? "/.rampart/run/rampart.sock" : socket_path;
  find_remote(settings, nonempty(get("RAMPART_URL")), own);
}
