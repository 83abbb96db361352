/*
 * What NFS-Ganesha shall not see of its host: a port mapper and IPv6.
 *
 * It does not start NFSv3 without a port mapper. Our clients name the ports, and a port mapper would
 * have to share port 111 with the host's; so registering succeeds and does nothing.
 *
 * It binds its IPv6 sockets to the IPv4 address it was given only if the host has an IPv6 address, and
 * to every address otherwise; so there is no IPv6.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <sys/socket.h>

bool rpcb_set(void);
bool rpcb_unset(void);

bool rpcb_set(void)
{
	return true;
}

bool rpcb_unset(void)
{
	return true;
}

int socket(int domain, int type, int protocol)
{
	int (*next)(int, int, int) = dlsym(RTLD_NEXT, "socket");

	if (domain == AF_INET6) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return next(domain, type, protocol);
}

int getaddrinfo(const char *restrict node, const char *restrict service,
		const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
	int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
		dlsym(RTLD_NEXT, "getaddrinfo");
	struct addrinfo ipv4 = hints ? *hints : (struct addrinfo){0};

	ipv4.ai_family = AF_INET;
	ipv4.ai_flags &= ~(AI_ADDRCONFIG | AI_V4MAPPED);
	return next(node, service, &ipv4, result);
}
