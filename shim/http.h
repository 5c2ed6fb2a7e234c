#ifndef RAMPART_HTTP_H
#define RAMPART_HTTP_H

#include "shim.h"

enum rampart_http { RAMPART_HTTP_MORE, RAMPART_HTTP_WHOLE, RAMPART_HTTP_BAD };

/* `closed`: nothing more will come. Fills `reply` when the whole is there. */
enum rampart_http rampart_http_read(const char *bytes, size_t size, bool closed,
                                    struct rampart_reply *reply);

#endif
