/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Words: byte strings that rules name, each in a space (whole domains, header names...). A route table's spaces are a bucket table of their
 * own, all others are another. The hash only finds the slot; space and bytes are compared. compiler/layout/decide-words.ts is the same function. */
#pragma once

#include "km_hash.h"
#include "km_text.h"

/* Two independent hashes that grow byte by byte, so that one pass over a host name gives those of all its suffixes. */
struct km_word {
	__u32 a;
	__u32 b;
};

#define KM_WORD_START ((struct km_word){ 0x811c9dc5u, 0x9e3779b9u })

static __always_inline struct km_word km_word_step(struct km_word word, __u8 c)
{
	word.a = (word.a ^ c) * 0x01000193u;
	word.b = (word.b + c) * 0x85ebca6bu;
	word.b ^= word.b >> 15;
	return word;
}

/* From the last byte to the first: the direction of all spaces but KM_W_PREFIX. */
static __always_inline struct km_word km_word_of(const struct km_decide *d, __u32 space, struct km_span span)
{
	struct km_word word = KM_WORD_START;

	for (__u32 i = span.length; i > 0; i--) {
		__u8 c = km_byte(d, span.at + i - 1);

		word = km_word_step(word, space & KM_W_FOLD ? km_lower(c) : c);
	}
	return word;
}

/* The value of a word whose hash is known; KM_NONE when the space has no such word. */
km_shared __u32 km_word_value(const struct km_decide *d, const struct km_words *words, __u32 space, struct km_word word, struct km_span span)
{
	__u32 hash = km_hash_add(km_hash_add(words->seed ^ space * 0x9e3779b1u, word.a), word.b);

	for (int probe = 0; probe < 2; probe++) {
		const struct km_word_bucket *bucket = km_word_at(d->gen, words->first + (hash & words->mask));

		if (!bucket)
			return KM_NONE;
		for (int i = 0; i < 4; i++) {
			const struct km_word_slot *slot = &bucket->slot[i];

			if (slot->space == space && slot->hash == word.a && km_is_text(d, span, slot->text, space & KM_W_FOLD))
				return slot->value;
		}
		hash = km_hash_second(hash);
	}
	return KM_NONE;
}

/* Words of all but route tables. */
static inline const struct km_words *km_common_words(const struct km_decide *d)
{
	return &km_header_of(d->gen)->decide.words;
}

km_shared __u32 km_word_find(const struct km_decide *d, __u32 space, struct km_span span)
{
	return km_word_value(d, km_common_words(d), space, km_word_of(d, space, span), span);
}
