/*
 * rampart-remote https://HOST[:PORT] MS: one request from standard input, to a server on another machine over
 * TLS; what comes back to standard output, byte for byte. The library cannot do this itself: libcurl takes
 * memory and locks. libcurl makes the connection and checks the certificate, and does nothing else: no redirect,
 * no proxy, no protocol but TLS.
 */
#include "../wire/wire.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../wire/kernel.h"

enum { HEAD_LIMIT = 2048, FILE_LIMIT = 4096, TOKEN_LIMIT = 512 };

/* libcurl's own numbers, which are part of its ABI: its headers need not be here to build us. */
enum {
  SET_TEXT = 10000,
  SSL_VERSION = 32, VERIFY_PEER = 64, VERIFY_HOST = 81, HTTP_VERSION = 84, NO_SIGNAL = 99, CONNECT_ONLY = 141,
  TIME_LIMIT_MS = 155, CONNECT_LIMIT_MS = 156, PROTOCOLS = 181,
  URL = SET_TEXT + 2, PROXY = SET_TEXT + 4, CA_FILE = SET_TEXT + 65,
  TLS_1_2 = 6, HTTP_1_1 = 2, HTTPS_ONLY = 2,
  INFO_SYSTEM_ERROR = 0x200000 + 25, INFO_SOCKET = 0x500000 + 44,
  NO_CONNECTION = 7, TOO_LATE = 28, CERTIFICATE = 60, CA_UNREADABLE = 77, AGAIN = 81
};

static struct {
  void *(*init)(void);
  int (*set)(void *, int, ...);
  int (*info)(void *, int, ...);
  int (*perform)(void *);
  int (*send)(void *, const void *, size_t, size_t *);
  int (*recv)(void *, void *, size_t, size_t *);
} curl;

static char request[HEAD_LIMIT + BODY_LIMIT], head[HEAD_LIMIT + TOKEN_LIMIT], settings_text[FILE_LIMIT];
static const char *token, *ca_file;
static int64_t end;

static bool load_curl(void) {
#ifdef __APPLE__
  static const char *const names[] = {"/usr/lib/libcurl.4.dylib"};
#else
  static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
#endif
  const struct {
    const char *name;
    void **place;
  } wanted[] = {
      {"curl_easy_init", (void **)&curl.init},       {"curl_easy_setopt", (void **)&curl.set},
      {"curl_easy_getinfo", (void **)&curl.info},    {"curl_easy_perform", (void **)&curl.perform},
      {"curl_easy_send", (void **)&curl.send},       {"curl_easy_recv", (void **)&curl.recv},
  };
  void *library = NULL;
  for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  for (size_t i = 0; library && i < sizeof wanted / sizeof *wanted; i++)
    if (!(*wanted[i].place = dlsym(library, wanted[i].name))) return false;
  return library != NULL;
}

/* The value of a line NAME=VALUE that was cut into strings. */
static const char *line_of(const char *text, const char *last, const char *name) {
  const size_t size = strlen(name);
  for (const char *at = text; at < last; at += strlen(at) + 1)
    if (strncmp(at, name, size) == 0 && at[size] == '=' && at[size + 1]) return at + size + 1;
  return NULL;
}

/*
 * `keys/remote.env` of the state directory: RAMPART_URL, RAMPART_TOKEN, perhaps RAMPART_CA. The token goes to the
 * server that the same file names and nowhere else, so no variable draws it to another (F5, F7). Nobody but us
 * may read it.
 */
static bool read_credential(const char *host, size_t length) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
  const char *state = getenv("RAMPART_HOME"), *home = getenv("HOME"), *its;
  char path[PATH_MAX];
  struct stat file;
  size_t its_length;
  struct writer out = WRITER(path, sizeof path - 1);
  put_text(&out, state ? state : home ? home : "");
  put_text(&out, state ? "/keys/remote.env" : "/.rampart/keys/remote.env");
  *out.at = '\0';
  const int fd = out.full ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  const bool ours = fd >= 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == geteuid() && !(file.st_mode & 077);
  const ssize_t size = ours ? read_small(fd, settings_text, sizeof settings_text) : -1;
  if (fd >= 0) close(fd);
  for (ssize_t i = 0; i < size; i++)
    if (settings_text[i] == '\n') settings_text[i] = '\0';
  const char *last = settings_text + (size > 0 ? size : 0), *url = line_of(settings_text, last, "RAMPART_URL");
  token = line_of(settings_text, last, "RAMPART_TOKEN");
  ca_file = line_of(settings_text, last, "RAMPART_CA");
  if (!url || !token || place_of(url, &its, &its_length) != PLACE_REMOTE) return false;
  return its_length == length && memcmp(its, host, length) == 0 && strlen(token) <= TOKEN_LIMIT / 2 &&
         strspn(token, letters) == strlen(token);
}

/* The head as it is sent: the host and the token in the place of the line for the socket. */
static bool make_head(size_t size, const char *host, size_t length, const char **rest) {
  static const char line[] = "\r\nHost: rampart\r\n";
  const char *at = strstr(request, "\r\n");
  struct writer out = WRITER(head, sizeof head);
  if (!at || (size_t)(at - request) > HEAD_LIMIT / 2 || strncmp(at, line, sizeof line - 1) != 0) return false;
  put_bytes(&out, request, (size_t)(at + 2 - request));
  put_text(&out, "Host: ");
  put_bytes(&out, host, length);
  put_text(&out, "\r\nAuthorization: Bearer ");
  put_text(&out, token);
  put_text(&out, "\r\n");
  *rest = at + sizeof line - 1;
  if (out.full || *rest > request + size) return false;
  *out.at = '\0';
  return true;
}

/*
 * Whether it is the kernel that says so, and not a filter of system calls which this process was born under (F6):
 * that sees no address, and would say the same where the kernel says yes to none.
 */
static bool is_refused(void) {
  const union {
    struct sockaddr any;
    struct sockaddr_in6 room;
  } none = {.any = {.sa_family = AF_UNSPEC}};
  int error;
  socklen_t size = sizeof error;
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const bool kernels = fd >= 0 && own_connect(fd, &none.any, sizeof(struct sockaddr_in)) == 0 &&
                       own_connect(fd, &none.any, sizeof none) == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0;
  if (fd >= 0) close(fd);
  return kernels;
}

static int connect_to(void *handle, const char *url) {
  const long left = (long)(end - now_ms());
  const struct {
    int option;
    long value;
  } numbers[] = {
      {VERIFY_PEER, 1}, {VERIFY_HOST, 2}, {SSL_VERSION, TLS_1_2}, {PROTOCOLS, HTTPS_ONLY}, {HTTP_VERSION, HTTP_1_1},
      {NO_SIGNAL, 1}, {CONNECT_ONLY, 1}, {TIME_LIMIT_MS, left > 0 ? left : 1}, {CONNECT_LIMIT_MS, left > 0 ? left : 1},
  };
  /* A limit that cannot be set is none: then nothing is sent. */
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (curl.set(handle, numbers[i].option, numbers[i].value) != 0) return REMOTE_BROKEN;
  if (curl.set(handle, URL, url) != 0 || curl.set(handle, PROXY, "") != 0) return REMOTE_BROKEN;
  if (ca_file && curl.set(handle, CA_FILE, ca_file) != 0) return REMOTE_BROKEN;
  const int failed = curl.perform(handle);
  long error = 0;
  if (failed == 0) return 0;
  if (failed == CERTIFICATE || failed == CA_UNREADABLE) return REMOTE_UNTRUSTED;
  if (failed == TOO_LATE) return REMOTE_LATE;
  const bool told = failed == NO_CONNECTION && curl.info(handle, INFO_SYSTEM_ERROR, &error) == 0 && error == ECONNREFUSED;
  return told && is_refused() ? REMOTE_REFUSED : REMOTE_UNREACHED;
}

/* 0 when the server's socket is ready; whoever asked may be gone before. */
static int await(int fd, short events) {
  const int64_t left = end - now_ms();
  struct pollfd on[] = {{.fd = fd, .events = events}, {.fd = STDOUT_FILENO, .events = 0}};
  const int count = left > 0 ? poll(on, 2, (int)left) : 0;
  if (count == 0) return REMOTE_LATE;
  return (count < 0 && errno != EINTR) || (count > 0 && on[1].revents) ? REMOTE_BROKEN : 0;
}

static int send_all(void *handle, int fd, const char *bytes, size_t size) {
  while (size > 0) {
    size_t sent = 0;
    const int failed = curl.send(handle, bytes, size, &sent);
    if (failed != 0 && failed != AGAIN) return REMOTE_BROKEN;
    const int late = failed == AGAIN ? await(fd, POLLOUT) : 0;
    if (late != 0) return late;
    bytes += sent, size -= sent;
  }
  return 0;
}

static int pass_on(const char *bytes, size_t size) {
  while (size > 0) {
    const ssize_t done = write(STDOUT_FILENO, bytes, size);
    if (done < 0 && errno != EINTR) return REMOTE_BROKEN;
    if (done > 0) bytes += done, size -= (size_t)done;
  }
  return 0;
}

/* To its end, or till one byte more has come than anybody reads. */
static int receive_all(void *handle, int fd) {
  static char piece[16 << 10];
  for (size_t have = 0; have <= REPLY_LIMIT;) {
    size_t got = 0;
    const int failed = curl.recv(handle, piece, sizeof piece, &got);
    if (failed != 0 && failed != AGAIN) return REMOTE_BROKEN;
    if (failed == 0 && got == 0) return 0;
    const int wrong = failed == AGAIN ? await(fd, POLLIN) : pass_on(piece, got);
    if (wrong != 0) return wrong;
    have += got;
  }
  return 0;
}

int main(int argc, char *argv[]) {
  const char *host, *rest;
  size_t length;
  int fd = -1;
  const long ms = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
  if (ms <= 0 || ms > 3600000 || place_of(argv[1], &host, &length) != PLACE_REMOTE) return REMOTE_USAGE;
  end = now_ms() + ms;
  /* Looking up a name may hang; whoever started us may be gone. */
  alarm((unsigned)(ms / 1000) + 2);
  signal(SIGPIPE, SIG_IGN);
  const ssize_t size = read_small(STDIN_FILENO, request, sizeof request);
  if (size <= 0) return REMOTE_USAGE;
  if (!read_credential(host, length)) return REMOTE_NO_TOKEN;
  if (!make_head((size_t)size, host, length, &rest)) return REMOTE_USAGE;
  void *handle = load_curl() ? curl.init() : NULL;
  if (!handle) return REMOTE_NO_CURL;
  int failed = connect_to(handle, argv[1]);
  if (failed == 0 && curl.info(handle, INFO_SOCKET, &fd) != 0) failed = REMOTE_BROKEN;
  if (failed == 0) failed = send_all(handle, fd, head, strlen(head));
  if (failed == 0) failed = send_all(handle, fd, rest, (size_t)(request + size - rest));
  return failed == 0 ? receive_all(handle, fd) : failed;
}
