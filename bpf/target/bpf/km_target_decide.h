/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF: km_target.h and the tables of the decide tier. */
#pragma once

#include "km_target.h"
#include "km_pools_decide.h"
