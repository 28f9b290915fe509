/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "media/av.h"
#include "media/heif_lib.h"
#include "media/late.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define AV_NAME(name, library) \
	"lib" name ".so." TEXT(LIB##library##_VERSION_MAJOR)

/* libraries[] and the struct that is filled in are the caller's. */
#define FIND(into, library, name)                                 \
	(into)->name = (__typeof__(name) *)dlsym(library, #name); \
	if (!(into)->name) {                                      \
		return false;                                     \
	}

/* n libraries by their names, never to be let go. Those that are loaded
 * already are found without a look at files. */
static bool open_all(const char *const *names, size_t n, void **out)
{
	for (size_t i = 0; i < n; i++) {
		out[i] =
			dlopen(names[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
		if (!out[i]) {
			return false;
		}
	}
	return true;
}

bool hl_media_av_load(struct hl_media_av *av)
{
	enum { AVUTIL, SWSCALE, AVCODEC, AVFORMAT, N_LIBRARIES };
	static const char *const names[N_LIBRARIES] = {
		[AVUTIL] = AV_NAME("avutil", AVUTIL),
		[SWSCALE] = AV_NAME("swscale", SWSCALE),
		[AVCODEC] = AV_NAME("avcodec", AVCODEC),
		[AVFORMAT] = AV_NAME("avformat", AVFORMAT),
	};
	void *libraries[N_LIBRARIES];

	if (!open_all(names, N_LIBRARIES, libraries)) {
		return false;
	}
#define FIND_AV(library, name) FIND(av, libraries[library], name)
	HL_MEDIA_AV_FUNCTIONS(FIND_AV)
#undef FIND_AV
	av->av_log_set_level(AV_LOG_QUIET);
	return true;
}

bool hl_media_heif_load(struct hl_media_heif_lib *lib)
{
	enum { HEIF, DE265, DAV1D, N_LIBRARIES };
	static const char *const names[N_LIBRARIES] = {
		[HEIF] = "libheif.so.1",
		[DE265] = "libde265.so.0",
		[DAV1D] = ("libdav1d.so." TEXT(DAV1D_API_VERSION_MAJOR)),
	};
	void *libraries[N_LIBRARIES];

	if (!open_all(names, N_LIBRARIES, libraries)) {
		return false;
	}
#define FIND_HEIF(library, name) FIND(lib, libraries[library], name)
	HL_MEDIA_HEIF_FUNCTIONS(FIND_HEIF)
#undef FIND_HEIF
	return true;
}

/* As the kernel counts it for RLIMIT_DATA; 0 if it does not say. */
static size_t data_bytes(void)
{
	unsigned long pages = 0;
	char text[256], *at = text;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file) {
		return 0;
	}
	if (fgets(text, sizeof(text), file)) {
		/* The sixth number: size, resident, shared, text, lib, data */
		for (int i = 0; i < 6; i++) {
			pages = strtoul(at, &at, 10);
		}
	}
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

size_t hl_media_late_prepare(void)
{
	size_t before = data_bytes(), after;
	struct hl_media_av av;
	struct hl_media_heif_lib heif;

	(void)hl_media_av_load(&av);
	(void)hl_media_heif_load(&heif);
	after = data_bytes();
	return after > before ? after - before : 0;
}
