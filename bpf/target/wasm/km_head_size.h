/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#pragma once

/* Unit: bytes of the first bytes that are looked at; a power of two. Origin: Envoy's default limit is 60 KiB. */
#define KM_HEAD_BYTES 65536u

/* Unit: header lines whose names rules or the connection manager know. Origin: Envoy takes 100 headers by default. */
#define KM_LINES 1024u
