/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF: what a generation is, for the generated accessors: a header in the kernel. It is written before the root names it and is not
 * changed while a program may read it. */
#pragma once

#include "km_bpf.h"
#include "km_records.h"
#include "km_tables.h"

typedef const struct km_header *km_gen_t;
/* An inner map. */
typedef void *km_map_t;
