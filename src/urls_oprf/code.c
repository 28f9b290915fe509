/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_oprf/oprf.h"

#include <sodium.h>

const char *hl_oprf_code_name(int code)
{
	static const char *const names[] = {
		[-HL_OPRF_OK] = "ok",
		[-HL_OPRF_E_ARG] = "an argument breaks its description",
		[-HL_OPRF_E_LENGTH] = "not as many bytes as there must be",
		[-HL_OPRF_E_ELEMENT] = "no encoding of an element",
		[-HL_OPRF_E_IDENTITY] = "the group's identity",
		[-HL_OPRF_E_SCALAR] = "no scalar below the group's order",
		[-HL_OPRF_E_ZERO] = "the scalar 0",
		[-HL_OPRF_E_LIMIT] = "input or info over 65,535 bytes",
		[-HL_OPRF_E_FULL] = "no more pairs in one proof",
		[-HL_OPRF_E_STATE] = "called out of order",
		[-HL_OPRF_E_PROOF] = "the proof does not hold",
		[-HL_OPRF_E_INPUT] = "an input that maps to the identity",
		[-HL_OPRF_E_SYSTEM] = "libsodium could not start",
	};

	if (code > 0 || code < HL_OPRF_E_SYSTEM) {
		return "unknown";
	}
	return names[-code];
}

int hl_oprf_init(void)
{
	return sodium_init() < 0 ? HL_OPRF_E_SYSTEM : 0;
}
