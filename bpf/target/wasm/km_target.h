/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* wasm32: the accessors and services that lib/ needs, by exports and imports of the module. */
#pragma once

#include "km_generation.h"
#include "km_images.h"

#define KM_IMPORT(name) __attribute__((import_module("km"), import_name(#name)))
#define KM_EXPORT(name) __attribute__((export_name(#name), visibility("default")))

/* Uniform in 0..0xffffffff; the host draws, replays or enumerates. */
KM_IMPORT(random) __u32 km_import_random(void);
/* The host keeps the counters. */
KM_IMPORT(count) void km_import_count(__u32 reason);

static struct km_directory km_directory;

/* Address of the directory: the host writes the header and, for each table, its base and count. */
KM_EXPORT(directory) struct km_directory *km_export_directory(void);
struct km_directory *km_export_directory(void)
{
	return &km_directory;
}

static __always_inline km_gen_t km_generation(void)
{
	return &km_directory;
}

static __always_inline const struct km_header *km_header_of(km_gen_t gen)
{
	return &gen->header;
}

static __always_inline __u32 km_table_count(km_gen_t gen, enum km_table table)
{
	return gen->image[table].count;
}

static __always_inline __u32 km_random_u32(void)
{
	return km_import_random();
}

static __always_inline void km_count(enum km_reason reason)
{
	km_import_count(reason);
}
