/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_RAND_H
#define HL_BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

/* Fills with cryptographic random bytes; waits for the kernel's pool at
 * boot and never fails after it. */
void hl_rand_bytes(void *p, size_t n);
/* Even over 0..below-1; below > 0. */
uint32_t hl_rand_below(uint32_t below);
/* A fresh random id of HL_ID_BITS bits, never 0. */
int64_t hl_rand_id(void);

#endif
