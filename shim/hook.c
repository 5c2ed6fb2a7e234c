/*
 * `rampart-shim hook HOST`: what an agent's host wrote to us goes to the server as it is, and what it answers is
 * printed. Where no such answer comes the executable decides; where that cannot, the answer is no. Hosts take
 * any other end for a yes: 1, 101, 127, a signal, silence (agents/README.md).
 */
#include "shim.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "../wire/kernel.h"

extern char **environ;

enum {
  EVENT_LIMIT = 8 << 20,            /* as the server's */
  OUTPUT_LIMIT = (8 << 20) + (64 << 10),
  DEADLINE_MS = 55000,
  DEADLINE_MOST_MS = 3600000,
  LOCAL_LEAST_MS = 5000,            /* kept for the executable, of a deadline that is long enough */
  VARIABLES_MOST = 4096
};

/* One byte more than the limit: the executable says what is too large, in the host's own words. */
static char event[EVENT_LIMIT + 2];
static char output[OUTPUT_LIMIT + 1];
static const char *kept[VARIABLES_MOST + 3];

struct hook {
  const char *host, *socket, *home, *bin;
  int64_t end;
  size_t length;
};

static int64_t left_of(const struct hook *hook) {
  const int64_t left = hook->end - now_ms();
  return left > 0 ? left : 0;
}

static bool write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    const ssize_t done = write(fd, bytes, length);
    if (done < 0 && errno != EINTR) return false;
    if (done > 0) bytes += done, length -= (size_t)done;
  }
  return true;
}

/* Hosts that run the call after exit code 2, with how a denial of theirs begins (src/hosts/refusals.ts). */
static const struct {
  const char *host, *begins;
} FORMS[] = {
    {"cline", "{\"cancel\":true,\"errorMessage\":\"Rampart cannot decide: "},
    {"antigravity", "{\"decision\":\"deny\",\"reason\":\"Rampart cannot decide: "},
};

/* How a denial begins where only such a text denies; NULL where the exit code does. */
static const char *form_of(const char *host) {
  for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
    if (strcmp(FORMS[i].host, host) == 0) return FORMS[i].begins;
  return NULL;
}

/* No answer is a no. */
static int refuse(const char *host, const char *why) {
  char line[512];
  const char *form = form_of(host);
  struct writer out = WRITER(line, sizeof line - 4);
  put_text(&out, form ? form : "rampart: cannot decide: ");
  if (form) put_escaped(&out, why, strlen(why));
  else put_shown(&out, why);
  out.full = false;
  out.end = line + sizeof line;
  put_text(&out, form ? "\"}\n" : "\n");
  const bool told = write_all(form ? STDOUT_FILENO : STDERR_FILENO, line, written(&out));
  return form && told ? 0 : 2;
}

/* All of standard input, or one byte more than may be; false where it does not end in time. */
static bool read_event(struct hook *hook) {
  while (hook->length <= EVENT_LIMIT) {
    struct pollfd more = {.fd = STDIN_FILENO, .events = POLLIN};
    const int count = poll(&more, 1, (int)left_of(hook));
    if (count == 0) return false;
    if (count < 0 && errno == EINTR) continue;
    const ssize_t got = count < 0 ? -1 : read(STDIN_FILENO, event + hook->length, EVENT_LIMIT + 1 - hook->length);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return got == 0;
    hook->length += (size_t)got;
  }
  return true;
}

static void put_process(struct writer *head) {
  pid_t chain[PARENTS_LIMIT];
  const size_t count = parents(chain);
  put_text(head, "Rampart-Process: ");
  put_number(head, (uint64_t)getpid());
  for (size_t i = 0; i < count; i++) put_text(head, ","), put_number(head, (uint64_t)chain[i]);
  put_text(head, "\r\n");
}

/* The server's answer, printed; false where there is none that can be read. */
static bool ask_server(const struct hook *hook, int *code) {
  char text[512];
  struct sockaddr_un server;
  struct reply reply;
  struct writer head = WRITER(text, sizeof text - 1);
  const int64_t left = left_of(hook), within = left > 2 * LOCAL_LEAST_MS ? left - LOCAL_LEAST_MS : left / 2;
  if (hook->length > EVENT_LIMIT || within <= 0 || !name_server(&server, hook->socket)) return false;
  put_text(&head, "POST /v1/hook/");
  put_text(&head, hook->host);
  put_text(&head, " HTTP/1.1\r\nHost: rampart\r\nConnection: close\r\nContent-Type: application/json\r\nRampart-Timeout-Ms: ");
  put_number(&head, (uint64_t)within);
  put_text(&head, "\r\n");
  put_process(&head);
  put_text(&head, "Content-Length: ");
  put_number(&head, hook->length);
  put_text(&head, "\r\n\r\n");
  *head.at = '\0';
  const struct exchange with = {
      .to = &server, .head = text, .body = event, .length = hook->length, .within_ms = (int)within,
      .received = output, .room = sizeof output,
  };
  size_t size = 0;
  if (head.full || exchange(&with, &reply) != 0 || reply.status != 200) return false;
  const char *end = reply_field(&reply, "rampart-exit", &size);
  if (!end || size != 1 || (*end != '0' && *end != '2')) return false;
  const bool allows = *end == '0';
  /* Hosts take silence and what they cannot read for a yes. */
  if (allows && !is_object(reply.body, reply.length)) return false;
  *code = write_all(allows ? STDOUT_FILENO : STDERR_FILENO, reply.body, reply.length) && allows ? 0 : 2;
  return true;
}

/* What makes a runtime or the loader run code of others before the executable's own (F37). */
static bool is_unwanted(const char *entry) {
  static const char *const begins[] = {"BUN_", "LD_", "DYLD_", "NODE_", "DENO_", "GCONV_PATH=", "GLIBC_TUNABLES=",
                                       "LOCPATH=", "MALLOC_", "HOME=", "RAMPART_HOME="};
  for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
    if (strncmp(entry, begins[i], strlen(begins[i])) == 0) return true;
  return false;
}

/* What lives for one answer is over before code that was compiled for it pays: a third of its processor time. */
static const char *const brief[] = {"BUN_JSC_thresholdForJITAfterWarmUp=10000",
                                    "BUN_JSC_thresholdForOptimizeAfterWarmUp=100000"};

static void keep_variables(const struct rampart_settings *settings, char *home, size_t room) {
  struct writer out = WRITER(home, room - 1);
  size_t count = 0;
  put_text(&out, "HOME=");
  put_text(&out, settings->home ? settings->home : "/");
  *out.at = '\0';
  kept[count++] = home;
  if (settings->state) kept[count++] = settings->state;
  for (size_t i = 0; i < sizeof brief / sizeof *brief; i++) kept[count++] = brief[i];
  for (char **entry = environ; *entry && count < VARIABLES_MOST; entry++)
    if (!is_unwanted(*entry)) kept[count++] = *entry;
  kept[count] = NULL;
}

static _Noreturn void become(const struct hook *hook, int input, int to) {
  char number[24];
  struct writer left = WRITER(number, sizeof number - 1);
  put_number(&left, (uint64_t)left_of(hook));
  *left.at = '\0';
  const char *argv[12] = {hook->bin, "hook", "--format", hook->host, "--timeout-ms", number};
  size_t count = 6;
  if (hook->home) argv[count++] = "--home", argv[count++] = hook->home;
  argv[count++] = "--socket";
  argv[count++] = hook->socket;
  own_default_signals();
  if (dup2(input, STDIN_FILENO) == 0 && dup2(to, STDOUT_FILENO) == 1) own_execve(hook->bin, argv, kept);
  _exit(127);
}

/* What the executable printed, until it ends or the time is over; -1 for more or later. */
static ssize_t hear(const struct hook *hook, int fd) {
  for (size_t have = 0; have < OUTPUT_LIMIT;) {
    struct pollfd on = {.fd = fd, .events = POLLIN};
    const int count = poll(&on, 1, (int)left_of(hook));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return -1;
    const ssize_t got = read(fd, output + have, OUTPUT_LIMIT - have);
    if (got < 0 && errno != EINTR) return -1;
    if (got == 0) return (ssize_t)have;
    if (got > 0) have += (size_t)got;
  }
  return -1;
}

/* It stays our child: an end that is none of a hook's must not become ours. */
static int ask_bin(const struct hook *hook, const struct rampart_settings *settings) {
  char home[PATH_MAX + 8];
  int pipe_fds[2], status = -1;
  if (rampart_is_ourselves(hook->bin)) return refuse(hook->host, "no executable of Rampart is here");
  const int input = own_memory("rampart-event");
  if (input < 0 || !write_all(input, event, hook->length) || lseek(input, 0, SEEK_SET) != 0)
    return refuse(hook->host, "no memory is left");
  if (!own_pipe(pipe_fds)) return refuse(hook->host, "no file descriptor is left");
  keep_variables(settings, home, sizeof home);
  const pid_t child = own_fork();
  if (child == 0) become(hook, input, pipe_fds[1]);
  close(pipe_fds[1]);
  const ssize_t length = child < 0 ? -1 : hear(hook, pipe_fds[0]);
  if (child < 0) return refuse(hook->host, "no process is left");
  if (length < 0) kill(child, SIGKILL);
  if (!own_wait(child, &status) || length < 0) return refuse(hook->host, "nothing answered in time");
  if (status == 2 << 8 && !form_of(hook->host)) return 2;
  if (status != 0) return refuse(hook->host, "the executable failed or is not there");
  if (!is_object(output, (size_t)length)) return refuse(hook->host, "the executable printed no answer");
  return write_all(STDOUT_FILENO, output, (size_t)length) ? 0 : 2;
}

static bool is_host(const char *host) {
  const size_t size = strlen(host);
  return size > 0 && size <= 32 && strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

static bool read_ms(const char *text, int64_t *ms) {
  const size_t size = strspn(text, "0123456789");
  if (size == 0 || size > 7 || text[size]) return false;
  for (*ms = 0; *text; text++) *ms = *ms * 10 + (*text - '0');
  return *ms > 0 && *ms <= DEADLINE_MOST_MS;
}

/* The executable beside us, where nobody says another. */
static const char *beside(const char *own) {
  static char path[PATH_MAX];
  return name_beside(path, sizeof path, own, "rampart") ? path : "";
}

int rampart_hook(int argc, char *const argv[], const struct rampart_settings *settings, const char *own) {
  struct hook hook = {.host = "", .socket = settings->socket, .bin = settings->bin ? settings->bin : beside(own)};
  struct {
    const char *name, **value;
  } flags[] = {{"--socket", &hook.socket}, {"--home", &hook.home}, {"--bin", &hook.bin}};
  static char home_socket[PATH_MAX];
  int64_t ms = DEADLINE_MS;
  bool named = false;
  if (argc < 1 || !is_host(argv[0])) return refuse("", "which host? rampart-shim hook HOST");
  hook.host = argv[0];
  for (int i = 1; i < argc; i += 2) {
    size_t row = 0;
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    while (row < 3 && strcmp(argv[i], flags[row].name) != 0) row++;
    if (row == 3 ? strcmp(argv[i], "--timeout-ms") != 0 || !value || !read_ms(value, &ms) : !value || value[0] != '/')
      return refuse(hook.host, "an option of the hook cannot be read");
    if (row < 3) *flags[row].value = value;
    named = named || row == 0;
  }
  if (hook.home && !named) {
    name_socket(home_socket, sizeof home_socket, NULL, hook.home, NULL);
    hook.socket = home_socket;
  }
  hook.end = now_ms() + ms;
  int code = 2;
  if (!read_event(&hook)) return refuse(hook.host, "the event did not end in time");
  return ask_server(&hook, &code) ? code : ask_bin(&hook, settings);
}
