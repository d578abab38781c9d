/* A preallocated hash by socket cookie. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct km_original);
} km_bench_store SEC(".maps");

static __always_inline void km_bench_keep(struct bpf_sock_addr *ctx, const struct km_original *original)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);

	bpf_map_update_elem(&km_bench_store, &cookie, original, BPF_ANY);
}

#define km_original_keep km_bench_keep
