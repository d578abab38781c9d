/* Nothing is kept: what a hit costs without getpeername(). */
#define km_original_keep(ctx, original) ((void)(original))
