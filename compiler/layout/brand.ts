/**
 * Width brands: how a record field is stored. The generator reads the names, so a record is declared once, in TypeScript, and both the C
 * struct and the packer follow. In memory a field is a plain number (host meaning); byte order exists only in the stored form.
 */

declare const width: unique symbol;
type Branded<T, Name extends string> = T & { readonly [width]?: Name };

/** Unsigned, stored little-endian (the byte order of every target: bpfel and wasm32). */
export type u8 = Branded<number, "u8">;
export type u16 = Branded<number, "u16">;
export type u32 = Branded<number, "u32">;
export type u64 = Branded<bigint, "u64">;

/** Stored in network byte order, as the kernel hands addresses and ports to a program. */
export type be16 = Branded<number, "be16">;
export type be32 = Branded<number, "be32">;

/** 16 bytes in network order; an IPv4 address is ::ffff:a.b.c.d. */
export type Ip = Branded<Uint8Array, "Ip">;

/** Exactly N bytes. */
export type Bytes<N extends number> = Branded<Uint8Array, `Bytes<${N}>`>;

/** Exactly N items of one record or number type. */
export type Fixed<T, N extends number> = readonly T[] & { readonly [width]?: N };
