/* SPDX-License-Identifier: Apache-2.0 */
#include "main/zones.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/file.h"

static int read_address(
	const char *address, struct hl_net_endpoint *out, struct hl_err *err)
{
	return hl_net_endpoint_parse(hl_str_c(address), 53, out)
		       ? HL_FAIL(err, HL_E_INVALID,
				 "lists.rpz_listen = %s: not an address and a "
				 "port, as 192.0.2.53:53",
				 address)
		       : 0;
}

int hl_main_rpz_check(const struct hl_settings *s, struct hl_err *err)
{
	struct hl_net_endpoint at;
	int r = read_address(s->lists_rpz_listen, &at, err);

	if (!r && hl_net_addr_class(&at.addr) == HL_NET_UNSPECIFIED) {
		return HL_FAIL(err, HL_E_INVALID,
			"lists.rpz_listen = %s: set one address of this "
			"machine, not all",
			s->lists_rpz_listen);
	}
	if (!r && !*s->lists_rpz_zone) {
		return HL_FAIL(err, HL_E_INVALID,
			"lists.rpz_listen is set: set lists.rpz_zone as well, "
			"as lists.hotline.example");
	}
	return r;
}

static socklen_t put_address(
	const struct hl_net_endpoint *at, struct sockaddr_storage *out)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
	struct sockaddr_in *in = (struct sockaddr_in *)out;

	*out = (struct sockaddr_storage){0};
	if (at->addr.v6) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(at->port);
		memcpy(&in6->sin6_addr, at->addr.b, 16);
		return sizeof(*in6);
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(at->port);
	memcpy(&in->sin_addr, at->addr.b, 4);
	return sizeof(*in);
}

int hl_main_rpz_bind(const char *address, int *out, struct hl_err *err)
{
	struct hl_net_endpoint at;
	struct sockaddr_storage sa;
	int r = read_address(address, &at, err);

	if (r) {
		return r;
	}
	socklen_t n = put_address(&at, &sa);
	int fd = socket(sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, n) < 0) {
		r = errno == EADDRINUSE
			    ? HL_FAIL(err, HL_CONFLICT,
				      "lists.rpz_listen = %s: the address is "
				      "in use by another program",
				      address)
			    : HL_FAIL_SYS(
				      err, "lists.rpz_listen = %s", address);
		hl_file_closep(&fd);
		return r;
	}
	*out = fd;
	return 0;
}

int hl_main_zones_open(struct hl_proc_self *self,
	const struct hl_main_hotline *hotline,
	const struct hl_seal_secret *place, struct hl_main_zones *out,
	struct hl_err *err)
{
	const struct hl_lists_zones_config config = {
		.listener = {hotline->lists_rpz[0], hotline->lists_rpz[1]},
		.under = hotline->settings->lists_rpz_zone,
		.place = place,
		.stop_fd = self->stop_fd};

	*out = (struct hl_main_zones){0};
	return config.listener.udp_fd < 0
		       ? 0
		       : hl_lists_zones_new(&config, &out->zones, err);
}

static void *run(void *arg)
{
	struct hl_main_zones *z = arg;
	struct hl_err err = {0};

	if (hl_lists_zones_run(z->zones, &err)) {
		/* the supervisor starts all of it anew */
		exit(hl_main_give_up("lists.zones", &err));
	}
	return NULL;
}

int hl_main_zones_start(struct hl_main_zones *z, struct hl_err *err)
{
	if (!z->zones) {
		return 0;
	}
	if (pthread_create(&z->thread, NULL, run, z) != 0) {
		return HL_FAIL(err, HL_E_NOMEM, "no thread to serve zones by");
	}
	z->runs = true;
	return 0;
}

void hl_main_zones_close(struct hl_main_zones *z)
{
	if (z->runs) {
		pthread_join(z->thread, NULL);
	}
	hl_lists_zones_free(z->zones);
	*z = (struct hl_main_zones){0};
}
