/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_HEIF_LIB_H
#define HL_MEDIA_HEIF_LIB_H

#include <dav1d/dav1d.h>
#include <libde265/de265.h>
#include <libheif/heif.h>
#include <libheif/heif_plugin.h>
#include <stdbool.h>

/*
 * libheif and its two codecs, found by name when first asked for and not
 * linked, as av.h does it: libheif brings encoders with it, and doubles the
 * time that a command takes to start.
 */
#define HL_MEDIA_HEIF_FUNCTIONS(X)                                    \
	X(HEIF, heif_context_alloc)                                   \
	X(HEIF, heif_context_free)                                    \
	X(HEIF, heif_context_get_image_handle)                        \
	X(HEIF, heif_context_get_list_of_top_level_image_IDs)         \
	X(HEIF, heif_context_get_number_of_top_level_images)          \
	X(HEIF, heif_context_get_primary_image_ID)                    \
	X(HEIF, heif_context_read_from_memory_without_copy)           \
	X(HEIF, heif_context_set_max_decoding_threads)                \
	X(HEIF, heif_context_set_maximum_image_size_limit)            \
	X(HEIF, heif_decode_image)                                    \
	X(HEIF, heif_decoding_options_alloc)                          \
	X(HEIF, heif_decoding_options_free)                           \
	X(HEIF, heif_image_add_plane)                                 \
	X(HEIF, heif_image_create)                                    \
	X(HEIF, heif_image_get_height)                                \
	X(HEIF, heif_image_get_plane)                                 \
	X(HEIF, heif_image_get_plane_readonly)                        \
	X(HEIF, heif_image_get_width)                                 \
	X(HEIF, heif_image_handle_get_height)                         \
	X(HEIF, heif_image_handle_get_ispe_height)                    \
	X(HEIF, heif_image_handle_get_ispe_width)                     \
	X(HEIF, heif_image_handle_get_width)                          \
	X(HEIF, heif_image_handle_release)                            \
	X(HEIF, heif_image_release)                                   \
	X(HEIF, heif_image_set_nclx_color_profile)                    \
	X(HEIF, heif_nclx_color_profile_alloc)                        \
	X(HEIF, heif_nclx_color_profile_free)                         \
	X(HEIF, heif_nclx_color_profile_set_color_primaries)          \
	X(HEIF, heif_nclx_color_profile_set_matrix_coefficients)      \
	X(HEIF, heif_nclx_color_profile_set_transfer_characteristics) \
	X(HEIF, heif_register_decoder_plugin)                         \
	X(DE265, de265_decode)                                        \
	X(DE265, de265_flush_data)                                    \
	X(DE265, de265_free_decoder)                                  \
	X(DE265, de265_get_bits_per_pixel)                            \
	X(DE265, de265_get_chroma_format)                             \
	X(DE265, de265_get_default_image_allocation_functions)        \
	X(DE265, de265_get_image_colour_primaries)                    \
	X(DE265, de265_get_image_full_range_flag)                     \
	X(DE265, de265_get_image_height)                              \
	X(DE265, de265_get_image_matrix_coefficients)                 \
	X(DE265, de265_get_image_plane)                               \
	X(DE265, de265_get_image_transfer_characteristics)            \
	X(DE265, de265_get_image_width)                               \
	X(DE265, de265_get_next_picture)                              \
	X(DE265, de265_isOK)                                          \
	X(DE265, de265_new_decoder)                                   \
	X(DE265, de265_push_NAL)                                      \
	X(DE265, de265_release_next_picture)                          \
	X(DE265, de265_set_image_allocation_functions)                \
	X(DAV1D, dav1d_close)                                         \
	X(DAV1D, dav1d_data_create)                                   \
	X(DAV1D, dav1d_data_unref)                                    \
	X(DAV1D, dav1d_default_settings)                              \
	X(DAV1D, dav1d_get_picture)                                   \
	X(DAV1D, dav1d_open)                                          \
	X(DAV1D, dav1d_picture_unref)                                 \
	X(DAV1D, dav1d_send_data)

struct hl_media_heif_lib {
#define HL_MEDIA_HEIF_MEMBER(library, name) __typeof__(name) *name;
	HL_MEDIA_HEIF_FUNCTIONS(HL_MEDIA_HEIF_MEMBER)
#undef HL_MEDIA_HEIF_MEMBER
};

/* As hl_media_av_load(). */
bool hl_media_heif_load(struct hl_media_heif_lib *lib);

#endif
