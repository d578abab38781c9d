import { callError } from "./error.ts";
import { lastErrno, library, memory } from "./library.ts";
import type { Fd, Ring } from "./types.ts";

const PROT_READ = 1;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
/** Bits of a record's length word (BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT). */
const BUSY = 0x8000_0000;
const DISCARD = 0x4000_0000;
/** Bytes before a record's payload: length word, page offset. */
const HEADER = 8;

/**
 * A ring buffer map in this process's memory, as Documentation/bpf/ringbuf.rst lays it out: a page with the consumer's position, a page
 * with the producer's, and the data twice in a row, so that no record is cut by the end.
 */
export function openRing(fd: Fd, size: number): Ring {
  const page = library().pageSize();
  const consumer = mapPages(fd, page, PROT_READ_WRITE, 0);
  let producer: Pages;
  try {
    producer = mapPages(fd, page + 2 * size, PROT_READ, page);
  } catch (error) {
    consumer.unmap();
    throw error;
  }
  const read = new BigUint64Array(consumer.buffer, 0, 1);
  const written = new BigUint64Array(producer.buffer, 0, 1);
  const lengths = new Uint32Array(producer.buffer, page);
  const bytes = new Uint8Array(producer.buffer, page);
  return {
    read() {
      const records: Uint8Array[] = [];
      const end = Atomics.load(written, 0);
      let at = Atomics.load(read, 0);
      while (at < end) {
        const offset = Number(at % BigInt(size));
        const word = Atomics.load(lengths, offset / 4);
        // Being written: it and what is behind it come next time.
        if (word >= BUSY) break;
        const length = word % DISCARD;
        if (word < DISCARD) records.push(bytes.slice(offset + HEADER, offset + HEADER + length));
        at += BigInt(Math.ceil((HEADER + length) / 8) * 8);
      }
      Atomics.store(read, 0, at);
      return records;
    },
    close() {
      consumer.unmap();
      producer.unmap();
    },
  };
}

interface Pages {
  readonly buffer: ArrayBuffer;
  unmap(): void;
}

function mapPages(fd: Fd, length: number, protection: number, offset: number): Pages {
  const lib = library();
  const address = lib.mmap(null, length, protection, MAP_SHARED, fd, offset);
  // MAP_FAILED is -1.
  if (address === null || BigInt.asIntN(64, address) === -1n) throw callError("mmap", `ring of ${length} bytes`, lastErrno());
  return { buffer: memory(address, length), unmap: () => void lib.munmap(address, length) };
}
