/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* wasm32: what a generation is, for the generated accessors. The host fills the directory; nothing here changes it. */
#pragma once

#include "km_records.h"
#include "km_tables.h"

/* One table: the same bytes as the kernel's inner map, anywhere in linear memory. */
struct km_image {
	const void *base;
	__u32 count;
};

struct km_directory {
	struct km_header header;
	struct km_image image[KM_TABLES];
};

typedef const struct km_directory *km_gen_t;
typedef const struct km_image *km_map_t;
