/* SPDX-License-Identifier: Apache-2.0 */
#include "media/decode.h"

const struct hl_media_decoder *const *hl_media_decoders(void)
{
	static const struct hl_media_decoder *const all[] = {
		&hl_media_jpeg,
		&hl_media_png,
		&hl_media_webp,
		&hl_media_gif,
		&hl_media_tiff,
		&hl_media_bmp,
		&hl_media_avif,
		&hl_media_heif,
		&hl_media_video,
		NULL,
	};

	return all;
}
