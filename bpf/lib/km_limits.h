/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The emitted file defines KM_SHAPE_HTTP, KM_SHAPE_REGEX and KM_SHAPE_TLS (0 or 1) before it includes km_decide.h: steps that no rule
 * needs are compiled out.
 *
 * Sizes of the decide tier's state. What does not fit is left to a proxy (KM_E_TOO_LONG), never cut. KM_HEAD_BYTES and KM_LINES are the
 * target's (km_head_size.h). */
#pragma once

#include "km_head_size.h"

/* Unit: application protocols of a ClientHello. Origin: browsers send 2 or 3. Beyond it: left to a proxy. */
#define KM_PROTOCOLS 32

/* Unit: halvings of a search among KM_MAX_EDGES_PER_NODE intervals. */
#define KM_SEARCH_STEPS 17

/* Unit: choices on the way to a filter chain: one for each criterion. */
#define KM_CHAIN_LEVELS 10
