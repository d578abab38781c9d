/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* wasm32: km_target.h and the tables of the decide tier. */
#pragma once

#include "km_target.h"
#include "km_images_decide.h"
