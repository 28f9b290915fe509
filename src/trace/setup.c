/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/setup.h"

#include <limits.h>
#include <stdlib.h>

#include "trace/builtin.h"

struct hl_trace_setup {
	struct hl_net_dns_config dns;
	struct hl_net_policy *policy;
	struct hl_net_client registry; /* says who asks */
	struct hl_net_client plain;    /* does not */
	struct hl_trace_geo *geo;
	struct hl_trace_bootstrap *bootstrap;
	struct hl_trace_rdap rdap;
	struct hl_trace_config config;
	char *base;
	char *ca_file;
};

/* An absolute path, or one below folder. */
static int put_path(struct hl_buf *out, const char *folder, const char *path,
	struct hl_err *err)
{
	hl_buf_printf(out, "%s%s%s", folder && path[0] != '/' ? folder : "",
		folder && path[0] != '/' ? "/" : "", path);
	return out->fault ? HL_FAIL(err, out->fault, "path") : 0;
}

static int make_policy(struct hl_trace_setup *t, const struct hl_settings *s,
	struct hl_err *err)
{
	HL_BUF_AUTO allow = HL_BUF_INIT(8192);
	char text[HL_NET_ADDR_MAX];

	for (size_t i = 0; i < s->n_egress_allow; i++) {
		const struct hl_settings_net *n = &s->egress_allow[i];
		struct hl_net_addr a = {.v6 = n->family == AF_INET6};

		memcpy(a.b, n->address, a.v6 ? 16 : 4);
		hl_net_addr_print(&a, text);
		hl_buf_printf(
			&allow, "%s%s/%d:", i ? "," : "", text, n->prefix);
		hl_buf_printf(&allow, n->port ? "%d" : "*", n->port);
	}
	struct hl_net_policy_config c = {.allow = hl_buf_str(&allow),
		.proxy = hl_str_c(s->egress_proxy)};
	return hl_net_policy_new(&c, &t->policy, err);
}

static int find_resolvers(struct hl_trace_setup *t, const struct hl_settings *s,
	struct hl_err *err)
{
	HL_BUF_AUTO list = HL_BUF_INIT(4096);

	for (size_t i = 0; i < s->trace_dns_servers.n; i++) {
		hl_buf_printf(&list, "%s%s", i ? "," : "",
			s->trace_dns_servers.at[i]);
	}
	return hl_net_dns_config_init(&t->dns, hl_buf_str(&list), err);
}

static int open_geo(struct hl_trace_setup *t, const struct hl_settings *s,
	const char *folder, struct hl_err *err)
{
	const char *dirs[HL_SETTINGS_LIST_MAX] = {0};
	struct hl_buf paths[HL_SETTINGS_LIST_MAX];
	size_t n = s->trace_geo_paths.n;
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		paths[i] = HL_BUF_INIT(PATH_MAX);
		if (!r) {
			r = put_path(&paths[i], folder,
				s->trace_geo_paths.at[i], err);
		}
		dirs[i] = paths[i].p;
	}
	if (!r) {
		r = hl_trace_geo_open(dirs, n, &t->geo, err);
	}
	for (size_t i = 0; i < n; i++) {
		hl_buf_fini(&paths[i]);
	}
	return r;
}

static int set_registry(struct hl_trace_setup *t, const struct hl_settings *s,
	const char *folder, struct hl_err *err)
{
	HL_BUF_AUTO ca = HL_BUF_INIT(PATH_MAX);
	int r = hl_trace_bootstrap_parse(
		hl_str_c(hl_trace_bootstrap_builtin), &t->bootstrap, err);

	if (!r && *s->trace_rdap_ca_file) {
		r = put_path(&ca, folder, s->trace_rdap_ca_file, err);
	}
	if (r) {
		return r;
	}
	t->ca_file = ca.n ? strdup(ca.p) : NULL;
	t->base = *s->trace_rdap_bootstrap ? strdup(s->trace_rdap_bootstrap)
					   : NULL;
	if ((ca.n && !t->ca_file) || (*s->trace_rdap_bootstrap && !t->base)) {
		return HL_FAIL(err, HL_E_NOMEM, "registry");
	}
	return 0;
}

static void connect_parts(struct hl_trace_setup *t, bool enabled)
{
	t->plain = (struct hl_net_client){.policy = t->policy,
		.dns = &t->dns,
		.user_agent = "Mozilla/5.0"};
	t->registry = t->plain;
	t->registry.user_agent = "OpenHotline";
	t->registry.ca_file = t->ca_file;
	t->rdap = (struct hl_trace_rdap){.client = &t->registry,
		.base = t->base,
		.bootstrap = t->bootstrap};
	t->config = (struct hl_trace_config){.client = &t->registry,
		.geo = t->geo,
		.rdap = enabled ? &t->rdap : NULL,
		.offline = !enabled};
}

int hl_trace_setup_new(const struct hl_settings *s, const char *folder,
	struct hl_trace_setup **out, struct hl_err *err)
{
	struct hl_trace_setup *t = calloc(1, sizeof(*t));

	if (!t) {
		return HL_FAIL(err, HL_E_NOMEM, "trace");
	}
	int r = make_policy(t, s, err);
	if (!r) {
		r = find_resolvers(t, s, err);
	}
	if (!r) {
		r = open_geo(t, s, folder, err);
	}
	if (!r) {
		r = set_registry(t, s, folder, err);
	}
	if (r) {
		hl_trace_setup_free(t);
		return r;
	}
	connect_parts(t, s->trace_enabled);
	*out = t;
	return 0;
}

void hl_trace_setup_free(struct hl_trace_setup *t)
{
	if (t) {
		hl_net_policy_free(t->policy);
		hl_trace_geo_free(t->geo);
		hl_trace_bootstrap_free(t->bootstrap);
		free(t->base);
		free(t->ca_file);
		free(t);
	}
}

void hl_trace_setup_freep(struct hl_trace_setup **t)
{
	hl_trace_setup_free(*t);
	*t = NULL;
}

const struct hl_trace_config *hl_trace_setup_config(
	const struct hl_trace_setup *t)
{
	return &t->config;
}

const struct hl_net_client *hl_trace_setup_client(
	const struct hl_trace_setup *t)
{
	return &t->plain;
}

const struct hl_trace_geo *hl_trace_setup_geo(const struct hl_trace_setup *t)
{
	return t->geo;
}
