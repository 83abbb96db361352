/* One connection to an NFS server, used by many threads at once. */
#pragma once

#include <semaphore.h>
#include <sys/time.h> /* libnfs.h forgets it */

#include <nfsc/libnfs.h>

struct call {
	sem_t finished;
	int status; /* what libnfs gave: negative errno, or a count */
	void (*keep)(struct call *call, const void *data);
	void *to; /* where `keep` puts what libnfs shows for the time of the callback */
};

extern struct nfs_context *nfs;

/* Mounts URL. Prints the reason and returns -1 if that fails. */
int connection_open(const char *url);

/* Starts the thread that talks to the server; after a fork, not before. */
int connection_start(void);

void call_begin(struct call *call);
int call_end(struct call *call, int started);
void call_finish(int status, struct nfs_context *context, void *data, void *call);

void keep_nothing(struct call *call, const void *data);
void keep_pointer(struct call *call, const void *data);
void keep_bytes(struct call *call, const void *data);

/* CALL(keep, to, nfs_..._async, arguments...): the status, after the server's answer. */
#define CALL(how, where, function, ...)                                                          \
	({                                                                                       \
		struct call call_ = {.keep = (how), .to = (where)};                              \
		call_begin(&call_);                                                              \
		call_end(&call_, function(nfs, __VA_ARGS__, call_finish, &call_));               \
	})
