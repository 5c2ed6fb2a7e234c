/* Where the server is and who asks: `rampart.env` beside the program, else the environment. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

enum { FILE_MOST = 16 << 10, PASSWORDS_MOST = 256 << 10, TIMEOUT_MS = 500, TIMEOUT_MOST_MS = 60000 };

static char file[FILE_MOST + 1];
static const char *file_end = file;
static char passwords[PASSWORDS_MOST];
static char socket_path[PATH_MAX];

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

static bool load_beside(const char *program) {
  const char *end = program ? strrchr(program, '/') : NULL;
  if (!end) return false;
  char path[PATH_MAX];
  struct writer text = WRITER(path, sizeof path - 1);
  put_bytes(&text, program, (size_t)(end - program));
  put_text(&text, "/rampart.env");
  if (text.full) return false;
  *text.at = '\0';
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return false;
  bool good = is_trusted(fd) && read_text(fd);
  close(fd);
  if (!good) file[0] = '\0';
  /* Lines become strings; a file that cannot be read names nothing, and no variable stands in. */
  char *at = file;
  for (; *at; at++)
    if (*at == '\n') *at = '\0';
  file_end = at;
  return true;
}

static const char *in_file(const char *name) {
  size_t size = strlen(name);
  for (const char *at = file; at < file_end; at += strlen(at) + 1)
    if (strncmp(at, name, size) == 0 && at[size] == '=') return at + size + 1;
  return NULL;
}

static const char *nonempty(const char *value) { return value && *value ? value : NULL; }

static long number(const char *text, long least, long most, long otherwise) {
  if (!text || !*text) return otherwise;
  long value = 0;
  for (; *text; text++) {
    if (*text < '0' || *text > '9' || value > most) return otherwise;
    value = value * 10 + (*text - '0');
  }
  return value >= least && value <= most ? value : otherwise;
}

static const char *default_socket(const char *state, const char *home) {
  struct writer text = WRITER(socket_path, sizeof socket_path - 1);
  put_text(&text, state ? state : home ? home : "");
  put_text(&text, state ? "/run/rampart.sock" : "/.rampart/run/rampart.sock");
  if (text.full || socket_path[0] != '/') return NULL;
  *text.at = '\0';
  return socket_path;
}

void rampart_settings_read(struct rampart_settings *settings, const char *program, const char *own) {
  bool beside = load_beside(program) || load_beside(own);
  const char *(*const get)(const char *) = beside ? in_file : rampart_variable;
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
      .timeout_ms = (int)number(get("RAMPART_TIMEOUT_MS"), 1, TIMEOUT_MOST_MS, TIMEOUT_MS),
      .fail_open = !(open_in_file && strcmp(open_in_file, "0") == 0) &&
                   !(open_in_environment && strcmp(open_in_environment, "0") == 0),
      .quiet = nonempty(get("RAMPART_QUIET")) != NULL,
  };
  if (!settings->socket) settings->socket = default_socket(state, home);
  /* Where nobody listens. */
  if (!settings->socket) settings->socket = "/.rampart/run/rampart.sock";
}
