/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_EXCHANGE_WRITE_H
#define HL_EXCHANGE_WRITE_H

#include "exchange/hashlist.h"

struct hl_hashlist_writer {
	struct hl_hashlist_options options;
	struct hl_buf *out;
	uint64_t n_elements; /* written, for what stands between them */
	uint64_t n_lost;
	enum hl_hashlist_media group; /* NCMEC: the one that is open */
};

void hl_exchange_write_csv_head(struct hl_hashlist_writer *w);
void hl_exchange_write_csv(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record);
void hl_exchange_write_vics_head(struct hl_hashlist_writer *w);
void hl_exchange_write_vics(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record);
void hl_exchange_write_tx(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record);
void hl_exchange_write_ncmec_head(struct hl_hashlist_writer *w);
void hl_exchange_write_ncmec(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record);
void hl_exchange_write_ncmec_end(struct hl_hashlist_writer *w);

#endif
