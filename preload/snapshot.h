/*
 * The rule snapshot: a file the server writes beside its socket, so that a program which opens a file or
 * connects to a host need not ask about what no rule could speak of.
 *
 * A false "ask" costs a question; there is no false "no rule could": whatever is in doubt is asked. The
 * file is mapped, never copied: no memory is allocated, and every function here may be called in a signal
 * handler and between vfork and exec. A hostile file costs a wrong answer at most (whoever may write it
 * is the same account, level L0 in docs/boundary.md), never a crash by its content; nothing but the
 * server may write it in place, and the server only ever writes the state word there.
 *
 * Layout, numbers in the machine's own order (the file never leaves the machine):
 *
 *   offset  type  what
 *        0  u8[8] magic "RAMPSNP\1": the last byte is the version
 *        8  u32   size of the file
 *       12  u32   state: SNAPSHOT_FRESH, anything else = stale, ask the server (security.md F26)
 *       16  u32   mode: 0 disabled, 1 monitor, 2 enforce
 *       20  u32   accesses about which everything is asked, as bits of SNAPSHOT_READ …
 *       24  u32   number of patterns
 *       28  u32   number of links
 *       32  u32   number of file identities
 *       36  u32   0
 *       40        patterns, links, identities, one behind the other and nothing behind them
 *
 *   pattern   u16 bytes of the whole record · u8 accesses · u8 kind (1 path, 2 host, 3 URL) ·
 *             u8 flags (1 begins with the first piece, 2 ends with the last) · u8 number of pieces ·
 *             each piece: u16 length, its bytes. Matches a text that holds all pieces in their order.
 *   link      u16 bytes of the whole record · u16 length of the name · name · target (the rest):
 *             symbolic links of the system (`/bin` -> `/usr/bin`) whose other name is looked at too
 *   identity  u64 device · u64 inode: files of Rampart's own, known by any name (security.md F34)
 *
 * The file is replaced by rename. Before that the server sets the state of the old one to stale, so that
 * whoever has it mapped opens it again.
 */
#ifndef RAMPART_SNAPSHOT_H
#define RAMPART_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SNAPSHOT_MAGIC "RAMPSNP\1"
#define SNAPSHOT_HEAD 40u
#define SNAPSHOT_LARGEST (4u << 20)
#define SNAPSHOT_FRESH 0x48535246u

enum snapshot_access {
  SNAPSHOT_READ = 1,
  SNAPSHOT_WRITE = 2,
  SNAPSHOT_DELETE = 4, /* asked as a write that deletes: unlink, rmdir, the source of a rename */
  SNAPSHOT_FETCH = 8
};

enum snapshot_mode { SNAPSHOT_DISABLED = 0, SNAPSHOT_MONITOR = 1, SNAPSHOT_ENFORCE = 2 };

/* All zero is "there is none": everything is asked. */
struct snapshot {
  const unsigned char *base;
  size_t size;
};

/*
 * Map the file. It must be a regular file of an account that is `trusted`, that nobody else may write, of a
 * version this reader knows. 0, or -1 with `*s` all zero. errno is kept.
 */
int snapshot_open(struct snapshot *s, const char *path, bool (*trusted)(uid_t));
void snapshot_close(struct snapshot *s);

/* Whether it still speaks for the server. If not: close it, open it again, ask while that fails. */
int snapshot_fresh(const struct snapshot *s);

/* enum snapshot_mode; SNAPSHOT_ENFORCE where there is no snapshot. */
int snapshot_mode(const struct snapshot *s);

/*
 * Whether the server must be asked (1) or no rule could speak of it (0).
 *
 * `given` is the path as the program named it, absolute (the caller puts the directory in front). `real`
 * is what the kernel calls it: readlink("/proc/self/fd/N") of an O_PATH descriptor, and for a file that is
 * to be made, the real name of its directory with the last part behind it. Rules see every name of a
 * path, those of links in between included, so where `real` is neither `given` nor `given` by way of the
 * listed links, the answer is 1. NULL for `real` = not known = 1 unless everything is known to be free.
 */
int snapshot_asks_file(const struct snapshot *s, unsigned access, const char *given,
                       const char *real);

/* The same for one name alone. */
int snapshot_asks_path(const struct snapshot *s, unsigned access, const char *path);

/* Whether a file is one of Rampart's own, whatever name led to it: fstat() of what was opened. */
int snapshot_asks_identity(const struct snapshot *s, dev_t device, ino_t inode);

/* The same for a connection. `host` is a name, or an address as inet_ntop writes it, without brackets. */
int snapshot_asks_host(const struct snapshot *s, const char *host, unsigned port);

/*
 * The URL by which the server is asked about a connection: http://HOST:PORT/, https://HOST/ for port 443,
 * http://HOST/ for port 80; IPv6 in brackets. Its length, or -1 where it does not fit or the host is no
 * plain name: then the server is asked with the name as it is.
 */
int snapshot_url(char *out, size_t size, const char *host, unsigned port);

#endif
