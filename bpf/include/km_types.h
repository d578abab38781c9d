/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Number types of both targets. No system header is used, so that the build is the same on every host. */
#pragma once

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef signed short __s16;
typedef signed int __s32;
typedef signed long long __s64;

/* Network byte order. */
typedef __u16 __be16;
typedef __u32 __be32;

#define __always_inline inline __attribute__((always_inline))
#define km_bool _Bool

/* One access of exactly this width, never repeated or split by the compiler. */
#define KM_READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))

/* Both targets are little-endian. */
static __always_inline __u16 km_ntohs(__be16 x)
{
	return __builtin_bswap16(x);
}

static __always_inline __u32 km_ntohl(__be32 x)
{
	return __builtin_bswap32(x);
}

/* A constant in network order. */
static __always_inline __be32 km_be32(__u32 x)
{
	return __builtin_bswap32(x);
}
