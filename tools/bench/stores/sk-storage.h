/* Storage of the socket itself. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct km_original);
} km_bench_store SEC(".maps");

static __always_inline void km_bench_keep(struct bpf_sock_addr *ctx, const struct km_original *original)
{
	struct bpf_sock *sk = ctx->sk;

	if (sk)
		bpf_sk_storage_get(&km_bench_store, sk, (void *)original, BPF_SK_STORAGE_GET_F_CREATE);
}

#define km_original_keep km_bench_keep
