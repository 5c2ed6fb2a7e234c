/*
 * The doors to hosts: a third table, open unless RAMPART_PRELOAD says net. Built without _GNU_SOURCE, with
 * which glibc declares addresses as a union of its own.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "platform.h"
#include "preload.h"

#ifndef __APPLE__
/* Sockets of other families name no host. */
static bool address_permitted(const struct sockaddr *to, socklen_t length) {
  char host[INET6_ADDRSTRLEN];
  if (!settings.net || !to || length < sizeof to->sa_family) return true;
  const int saved = errno;
  bool yes = true;
  if (to->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
    struct sockaddr_in four;
    memcpy(&four, to, sizeof four);
    yes = !inet_ntop(AF_INET, &four.sin_addr, host, sizeof host) || host_permitted(host, ntohs(four.sin_port));
  } else if (to->sa_family == AF_INET6 && length >= sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 six;
    memcpy(&six, to, sizeof six);
    /* ::ffff:a.b.c.d is the IPv4 address. */
    const bool four = IN6_IS_ADDR_V4MAPPED(&six.sin6_addr);
    const void *at = four ? (const void *)(six.sin6_addr.s6_addr + 12) : (const void *)&six.sin6_addr;
    yes = !inet_ntop(four ? AF_INET : AF_INET6, at, host, sizeof host) || host_permitted(host, ntohs(six.sin6_port));
  }
  errno = saved;
  return yes;
}

/* As <sys/socket.h> has it for _GNU_SOURCE alone. */
struct mmsghdr {
  struct msghdr msg_hdr;
  unsigned msg_len;
};
int sendmmsg(int, struct mmsghdr *, unsigned, int);
int gethostbyname_r(const char *, struct hostent *, char *, size_t, struct hostent **, int *);
int gethostbyname2_r(const char *, int, struct hostent *, char *, size_t, struct hostent **, int *);

/* The kernel takes no more at once. */
static bool messages_permitted(const struct mmsghdr *m, unsigned count) {
  for (unsigned i = 0; m && i < count && i < 1024; i++)
    if (!address_permitted(m[i].msg_hdr.msg_name, m[i].msg_hdr.msg_namelen)) return false;
  return true;
}

/* A name that is looked up is about to be reached; the port is a guess where none is said. */
static bool name_permitted(const char *node, const char *service) {
  if (!settings.net || !node || !*node) return true;
  char *end = NULL;
  const unsigned long port = service && *service ? strtoul(service, &end, 10) : 0;
  const bool said = end && *end == '\0' && port > 0 && port <= 65535;
  return host_permitted(node, said ? (unsigned)port : service && strcmp(service, "http") == 0 ? 80 : 443);
}

#ifdef __GLIBC__
int __connect(int, const struct sockaddr *, socklen_t); /* an older name */
#define GLIBC_DOORS(X) \
  X(int, __connect, (int fd, const struct sockaddr *to, socklen_t n), (fd, to, n), address_permitted(to, n), -1)
#else
#define GLIBC_DOORS(X)
#endif

/* X(returns, name, parameters, arguments, whether it may be done, result when it may not) */
#define NET_DOORS(X)                                                                                                \
  X(int, connect, (int fd, const struct sockaddr *to, socklen_t n), (fd, to, n), address_permitted(to, n), -1)      \
  X(ssize_t, sendto, (int fd, const void *b, size_t s, int f, const struct sockaddr *to, socklen_t n),              \
    (fd, b, s, f, to, n), address_permitted(to, n), -1)                                                             \
  X(ssize_t, sendmsg, (int fd, const struct msghdr *m, int f), (fd, m, f),                                          \
    !m || address_permitted(m->msg_name, m->msg_namelen), -1)                                                       \
  X(int, getaddrinfo,                                                                                               \
    (const char *restrict n, const char *restrict s, const struct addrinfo *restrict h, struct addrinfo **restrict r), \
    (n, s, h, r), name_permitted(n, s), EAI_SYSTEM)                                                                 \
  X(int, sendmmsg, (int fd, struct mmsghdr *m, unsigned c, int f), (fd, m, c, f), messages_permitted(m, c), -1)        \
  X(int, gethostbyname_r, (const char *n, struct hostent *h, char *b, size_t s, struct hostent **r, int *e),         \
    (n, h, b, s, r, e), name_permitted(n, NULL) || (*r = NULL, false), EPERM)                                        \
  X(int, gethostbyname2_r, (const char *n, int f, struct hostent *h, char *b, size_t s, struct hostent **r, int *e), \
    (n, f, h, b, s, r, e), name_permitted(n, NULL) || (*r = NULL, false), EPERM)                                     \
  X(struct hostent *, gethostbyname, (const char *n), (n), name_permitted(n, NULL), NULL)                           \
  X(struct hostent *, gethostbyname2, (const char *n, int f), (n, f), name_permitted(n, NULL), NULL)

#define NET_DOOR(returns, name, parameters, arguments, may, denied) \
  static returns(*next_##name) parameters;                          \
  DOOR(returns, name, parameters) {                                 \
    if (!(may)) return errno = EPERM, denied;                       \
    return NEXT(name) arguments;                                    \
  }
NET_DOORS(NET_DOOR)
GLIBC_DOORS(NET_DOOR)

#define PLACE(returns, name, parameters, arguments, may, denied) {#name, (void **)&next_##name},
static const struct {
  const char *name;
  void **place;
} behind_doors[] = {NET_DOORS(PLACE) GLIBC_DOORS(PLACE)};

void resolve_net(void) {
  for (size_t i = 0; i < sizeof behind_doors / sizeof *behind_doors; i++)
    behind(behind_doors[i].name, behind_doors[i].place);
}

bool net_call_permitted(long number, const long a[6]) {
  if (number == SYS_connect) return address_permitted((const struct sockaddr *)a[1], (socklen_t)a[2]);
  if (number == SYS_sendto) return address_permitted((const struct sockaddr *)a[4], (socklen_t)a[5]);
  if (number == SYS_sendmmsg) return messages_permitted((const struct mmsghdr *)a[1], (unsigned)a[2]);
  const struct msghdr *message = number == SYS_sendmsg ? (const struct msghdr *)a[1] : NULL;
  return !message || address_permitted(message->msg_name, message->msg_namelen);
}
#else
void resolve_net(void) {}
#endif
