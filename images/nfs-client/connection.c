/*
 * libnfs is for one thread. So a call is handed to it under a lock, one thread waits for the server's
 * answers, and whoever called sleeps until his has come. When the connection breaks, libnfs connects
 * again and repeats what was not answered, for as long as it takes: a hard mount.
 */
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define RECONNECT_FOR_EVER (-1)
#define RECONNECT_PAUSE_US 100000

struct nfs_context *nfs;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int wake_up;

int connection_open(const char *url)
{
	struct nfs_url *parts;

	nfs = nfs_init_context();
	parts = nfs ? nfs_parse_url_dir(nfs, url) : NULL;
	if (!parts || nfs_mount(nfs, parts->server, parts->path) < 0) {
		fprintf(stderr, "mount.nfs: %s: %s\n", url, nfs ? nfs_get_error(nfs) : strerror(ENOMEM));
		return -1;
	}
	nfs_destroy_url(parts);
	nfs_set_autoreconnect(nfs, RECONNECT_FOR_EVER);
	nfs_set_timeout(nfs, -1);
	nfs_set_dircache(nfs, 0);
	return 0;
}

static void *serve(void *unused)
{
	struct pollfd fds[2] = {{0}, {.fd = wake_up, .events = POLLIN}};
	eventfd_t count;

	for (;;) {
		pthread_mutex_lock(&lock);
		fds[0].fd = nfs_get_fd(nfs);
		fds[0].events = nfs_which_events(nfs);
		pthread_mutex_unlock(&lock);

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents)
			eventfd_read(wake_up, &count);
		if (fds[0].revents & (POLLERR | POLLHUP))
			usleep(RECONNECT_PAUSE_US);

		pthread_mutex_lock(&lock);
		nfs_service(nfs, fds[0].revents);
		pthread_mutex_unlock(&lock);
	}
	return unused;
}

int connection_start(void)
{
	pthread_t thread;

	wake_up = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return wake_up < 0 ? -1 : -pthread_create(&thread, NULL, serve, NULL);
}

void call_begin(struct call *call)
{
	sem_init(&call->finished, 0, 0);
	pthread_mutex_lock(&lock);
}

int call_end(struct call *call, int started)
{
	pthread_mutex_unlock(&lock);
	if (started < 0)
		return -EIO;
	eventfd_write(wake_up, 1);
	while (sem_wait(&call->finished) < 0)
		;
	sem_destroy(&call->finished);
	return call->status;
}

void call_finish(int status, struct nfs_context *context, void *data, void *private)
{
	struct call *call = private;

	(void)context;
	call->status = status;
	if (status >= 0)
		call->keep(call, data);
	sem_post(&call->finished);
}

void keep_nothing(struct call *call, const void *data)
{
	(void)call;
	(void)data;
}

void keep_pointer(struct call *call, const void *data)
{
	*(const void **)call->to = data;
}

void keep_bytes(struct call *call, const void *data)
{
	memcpy(call->to, data, call->status);
}
