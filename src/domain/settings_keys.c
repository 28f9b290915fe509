/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/settings_keys.h"

static const struct hl_vocab_word transports[] = {
	{HL_MAIL_NONE, "none", HL_MSG("No mail is sent")},
	{HL_MAIL_SMTP, "smtp", HL_MSG("Through a mail server")},
	{HL_MAIL_FOLDER, "folder", HL_MSG("Into files in a folder")},
};
static const struct hl_vocab vocab_transport = {
	"mail_transport", HL_ARRAY_LEN(transports), transports};

static const struct hl_vocab_word levels[] = {
	{HL_LOG_DEBUG, "debug", HL_MSG("Everything")},
	{HL_LOG_INFO, "info", HL_MSG("What happens")},
	{HL_LOG_WARN, "warn", HL_MSG("What needs attention")},
	{HL_LOG_ERROR, "error", HL_MSG("What failed")},
};
static const struct hl_vocab vocab_level = {
	"log_level", HL_ARRAY_LEN(levels), levels};

#define AT(member) offsetof(struct hl_settings, member)
#define KEY(name, type, member, initial, doc)                                  \
	{                                                                      \
		name, HL_SETTINGS_##type, AT(member), initial, 0, 0, NULL, doc \
	}
#define NUM(name, type, member, initial, min, max, doc)                        \
	{                                                                      \
		name, HL_SETTINGS_##type, AT(member), initial, min, max, NULL, \
			doc                                                    \
	}
#define WORD(name, vocab, member, initial, doc)                               \
	{                                                                     \
		name, HL_SETTINGS_WORD, AT(member), initial, 0, 0, vocab, doc \
	}
#define POINTS(name, reason, initial, doc)                                \
	NUM("priority." name, INT, priority.points[HL_PRIORITY_##reason], \
		initial, 0, 1000, doc)

/* No decoder takes 2^28 pixels or more. */
#define MEGAPIXELS_MAX 268

const struct hl_settings_key hl_settings_keys[] = {
	KEY("service.name", TEXT, service_name, "Hotline",
		"Name of the service on every page."),
	KEY("operator.name", TEXT, operator_name, "",
		"Name of the organisation that runs it."),
	KEY("operator.country", COUNTRY, operator_country, "",
		"Country of the organisation."),
	KEY("operator.mail", MAIL, operator_mail, "",
		"Where recipients and reporters can reach the organisation."),

	KEY("public.listen", LISTEN, public_listen, "127.0.0.1:8080",
		"Where the reporting form listens."),
	KEY("public.url", URL, public_url_set, "",
		"How the world reaches it; answer links begin with it. Not "
		"set, it is http:// and public.listen."),
	KEY("public.exit_url", URL, public_exit_url,
		"https://www.wikipedia.org",
		"Where \"Exit this page\" leads: a site that says nothing."),
	KEY("public.peer_header", TEXT, public_peer_header, "",
		"Header in which the web server in front gives a visitor's "
		"address, as X-Real-IP, for report.rate_limit; it must set it "
		"itself. Without it there is no limit behind https://."),
	KEY("public.emergency", LINES, public_emergency,
		"If a child is in danger now, call the police: 112.\n"
		"Children can call the helpline: 116 111.",
		"What to do in danger, shown before anything else; may stand "
		"several times, a line each."),
	KEY("stop.worry_name", TEXT, stop_worry_name, "",
		"Help for people who worry about their own thoughts, as the "
		"page in place of a blocked address names it, with a number "
		"if it has one; empty: none."),
	KEY("stop.worry_url", URL, stop_worry_url, "", "Where it is."),
	KEY("stop.young_name", TEXT, stop_young_name, "",
		"Help for children and young people, named there likewise."),
	KEY("stop.young_url", URL, stop_young_url, "", "Where it is."),
	KEY("staff.listen", LISTEN, staff_listen, "127.0.0.1:8081",
		"Where the workbench listens; keep it off the internet."),
	KEY("staff.url", URL, staff_url_set, "",
		"How staff reach it. Not set, it is http:// and "
		"staff.listen."),
	KEY("api.listen", LISTEN, api_listen, "",
		"Where programs with a key ask the registry of hashes, as "
		"127.0.0.1:8082; empty: nowhere."),
	KEY("api.pictures", BOOL, api_pictures, "yes",
		"Whether they may send pictures to be hashed."),
	NUM("api.picture_megapixels", INT, api_picture_megapixels, "50", 1,
		MEGAPIXELS_MAX,
		"The largest picture, in millions of pixels, as its file says "
		"before anything is decoded."),
	NUM("api.picture_seconds", INT, api_picture_seconds, "20", 1, 3600,
		"How long a picture or video may take, by the clock."),
	NUM("api.picture_memory_mib", INT, api_picture_memory_mib, "512", 64,
		65536,
		"Memory that a decoder may use, in MiB; there is a decoder "
		"for each core, at most 16."),

	KEY("lists.alarm_mail", MAIL, lists_alarm_mail, "",
		"Whom to mail when a breaker holds the block lists back; "
		"empty: nobody."),
	KEY("lists.canary_domain", TEXT, lists_canary_domain, "",
		"Domain of ours with nothing on it: names under it stand on "
		"one consumer's list only, and so tell whose list leaked."),
	KEY("lists.popular_file", PATH, lists_popular_file, "",
		"More hosts that are never listed as a whole, a domain a line, "
		"beside those that come with the program."),
	KEY("lists.listen", LISTEN, lists_listen, "",
		"Where consumers get their lists of addresses and ask, as "
		"127.0.0.1:8083, behind a web server that speaks TLS; empty: "
		"nowhere."),
	KEY("lists.rpz_listen", LISTEN, lists_rpz_listen, "",
		"Where resolvers of consumers of tier 2 get their policy zones "
		"by DNS, UDP and TCP, as 192.0.2.53:53: one address, not all, "
		"that only a tunnel reaches; empty: nowhere."),
	KEY("lists.rpz_zone", TEXT, lists_rpz_zone, "",
		"Name under which the zone of each such consumer is, as "
		"lists.hotline.example; it needs no delegation."),
	NUM("lists.stage_minutes", INT, lists_stage_minutes, "30", 0, 1440,
		"How long consumers of the first stage have a new entry before "
		"the others."),
	KEY("lists.url", URL, lists_url, "",
		"How consumers reach it, for what they are given to copy."),

	KEY("store.path", PATH, store_path, "hotline.db", "The database file."),
	KEY("keys.dir", PATH, keys_dir, "keys",
		"Folder of the key files; one that only the service reads."),
	KEY("law.dir", PATH, laws_dir, "laws", "Folder of the law profiles."),
	KEY("law.national", ID, law_national, "",
		"Id of the national law profile, as dk; empty for none."),

	POINTS("danger", DANGER, "100",
		"Points when a child is said to be in danger now."),
	POINTS("unknown_content", UNKNOWN_CONTENT, "30",
		"Points when nobody has assessed it before."),
	POINTS("independent_reports", INDEPENDENT, "10",
		"Points for each independent report after the first."),
	NUM("priority.independent_max", INT, priority.independent_max, "5", 0,
		100, "How many further reports count at most."),
	POINTS("hosted_home", HOSTED_HOME, "20",
		"Points when it is hosted in our country."),
	POINTS("pay_site", PAY_SITE, "10", "Points when one has to pay."),
	POINTS("infant", INFANT, "25",
		"Points when the youngest is an infant or toddler."),
	POINTS("prepubescent", PREPUBESCENT, "15",
		"Points when the youngest is before puberty."),
	POINTS("live", LIVE, "40", "Points for a live stream."),
	NUM("duplicate.window_days", INT, duplicate_window_days, "90", 1, 3650,
		"How long after its last report a closed address counts as "
		"reported already."),
	NUM("case.lease_minutes", INT, case_lease_minutes, "60", 5, 1440,
		"How long somebody holds a case that they took."),
	NUM("case.retention_days", INT, retention_days, "365", 1, 36500,
		"Cases closed for longer are proposed for erasure."),

	NUM("referral.police_hold_hours", INT, police_hold_hours, "24", 0,
		HL_SETTINGS_HOLD_MAX_HOURS,
		"How long the police have, counted from when they were told, "
		"before a provider is told; 0 does not wait for them."),
	NUM("referral.remind_hours", INT, referral_remind_hours, "24", 1, 720,
		"After how long without an answer a notice is sent again."),
	NUM("answer.ttl_days", INT, answer_ttl_days, "30", 1, 365,
		"How long the link to the answer page is good."),

	WORD("mail.transport", &vocab_transport, mail_transport, "none",
		"How mail leaves."),
	KEY("mail.folder", PATH, mail_folder, "outbox",
		"Folder of the transport \"folder\"."),
	KEY("mail.smtp.url", SMTP_URL, mail_smtp_url, "",
		"Mail server; smtp:// uses STARTTLS, and both verify TLS."),
	KEY("mail.smtp.user", TEXT, mail_smtp_user, "",
		"User name at the mail server; empty logs in nowhere."),
	KEY("mail.smtp.password_file", PATH, mail_smtp_password_file, "",
		"File that holds the password and nothing else."),
	KEY("mail.smtp.ca_file", PATH, mail_smtp_ca_file, "",
		"Certificates to trust instead of the system's."),
	KEY("mail.from", MAIL, mail_from, "",
		"Sender of everything that is mailed."),
	KEY("mail.production", BOOL, mail_production, "no",
		"Whether messages are real; else each is marked as a test."),

	KEY("trace.enabled", BOOL, trace_enabled, "no",
		"Whether hosts are looked up over the network."),
	KEY("trace.dns.servers", SERVERS, trace_dns_servers, "",
		"Resolvers to ask; empty uses the system's."),
	KEY("trace.rdap.bootstrap", URL, trace_rdap_bootstrap, "",
		"One RDAP server to ask about every address; empty asks the "
		"registry of the address's region."),
	KEY("trace.rdap.ca_file", PATH, trace_rdap_ca_file, "",
		"Certificates to trust for RDAP instead of the system's."),
	KEY("trace.geo.paths", PATHS, trace_geo_paths, "",
		"Folders with the files that say which country and network "
		"an address belongs to."),
	KEY("trace.home_country", COUNTRY, trace_home_country, "",
		"What counts as hosted at home; empty takes "
		"operator.country."),

	KEY("watch.enabled", BOOL, watch_enabled, "no",
		"Whether addresses are checked again by themselves."),
	KEY("watch.http", BOOL, watch_http, "no",
		"Whether a check asks the web server too, or DNS alone."),
	KEY("watch.schedule", DURATIONS, n_watch_schedule, "10m 30m 1h 2h 4h",
		"Time before each check; the last one repeats."),
	NUM("watch.misses", INT, watch_misses, "3", 1, 20,
		"Misses in a row before an address counts as gone."),
	NUM("watch.miss_gap", DURATION, watch_miss_gap_us, "3m", 1, 86400,
		"Least time between two misses that count."),

	KEY("egress.proxy", PROXY_URL, egress_proxy, "",
		"Proxy for everything that leaves, as for Tor."),
	KEY("egress.allow_private_for_tests", NETS, n_egress_allow, "",
		"Private networks that may be reached all the same; for tests "
		"only."),

	NUM("report.rate_limit", INT, report_rate_limit, "30", 0, 100000,
		"Reports a minute from one network address before the form "
		"slows down; 0 never does. The address is not kept."),
	NUM("draft.ttl_minutes", INT, draft_ttl_minutes, "60", 5, 1440,
		"How long a half-finished report is kept."),
	NUM("session.idle_minutes", INT, session_idle_minutes, "20", 1, 720,
		"After how long without a click staff are signed out."),
	NUM("session.max_hours", INT, session_max_hours, "10", 1, 72,
		"After how long they are signed out in any case."),
	NUM("exposure.minutes_per_day", INT, exposure_minutes_per_day, "300", 0,
		1440,
		"Viewing time after which a person gets no more cases that "
		"day."),
	WORD("log.level", &vocab_level, log_level, "info",
		"Least weight of what is logged."),
};
const size_t hl_settings_n_keys = HL_ARRAY_LEN(hl_settings_keys);
