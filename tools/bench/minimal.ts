/** Loads minimal.bpf.c, the yardstick of bench-connect, with the tables of a mesh as tcp-mesh.ts makes it. */
import { readFileSync } from "node:fs";
import { compileC } from "../../compiler/toolchain/index.ts";
import type { Fd, Kernel } from "../../runtime/kernel/index.ts";
import { PORT } from "./connector.ts";
import { ENDPOINTS, endpoint, type Target, vipTargets } from "./tcp-mesh.ts";

/** The services' buckets fit: on average a little less than half full. */
const LOAD = 2.2;

export interface Minimal {
  readonly program: Fd;
  /** Addresses of its services: the few that find no place are left out. */
  readonly targets: readonly Target[];
  close(): void;
}

export async function loadMinimal(kernel: Kernel, services: number): Promise<Minimal> {
  const source = readFileSync(new URL("./minimal.bpf.c", import.meta.url), "utf8");
  const { bytes, diagnostics } = await compileC({ sources: new Map([["minimal.bpf.c", source]]), target: "bpf" });
  if (!bytes) throw new Error(diagnostics.map((d) => d.message).join("\n"));
  const { buckets, targets } = serviceTable(services);
  const object = kernel.load(bytes, { constants: { mask: buckets.byteLength / 64 - 1 }, reuse: new Map() });
  const tables = {
    services: { image: buckets, size: 64 },
    cells: { image: cellTable(services), size: 8 },
    endpoints: { image: endpointTable(services), size: 8 },
  };
  const open: Fd[] = [];
  for (const [name, { image, size }] of Object.entries(tables)) {
    const inner = kernel.createInner(`m_${name}`, size, image.byteLength / size);
    open.push(inner);
    const mapping = kernel.map(inner, image.byteLength);
    mapping.bytes.set(new Uint8Array(image.buffer));
    mapping.unmap();
    await kernel.setSlot(object.maps.get(name)!, 0, inner);
  }
  return {
    program: object.programs.get("minimal")!.fd,
    targets,
    close() {
      for (const fd of open) kernel.close(fd);
      object.close();
    },
  };
}

/** Each address in the first free place of one of its two buckets. */
function serviceTable(services: number): { readonly buckets: DataView; readonly targets: readonly Target[] } {
  let count = 2;
  while (count * 4 < services * LOAD) count *= 2;
  const view = new DataView(new ArrayBuffer(count * 64));
  const targets: Target[] = [];
  for (const [cluster, [ip, port]] of vipTargets(services).entries()) {
    const mixed = hash(ip, 80);
    const place = [mixed, mixed >>> 12]
      .flatMap((at) => [0, 1, 2, 3].map((slot) => (at & (count - 1)) * 64 + slot * 8))
      .find((at) => view.getUint32(at) === 0);
    if (place === undefined) continue;
    targets.push([ip, port]);
    view.setUint32(place, ip);
    view.setUint16(place + 4, port);
    view.setUint32(place + 32, cluster, true);
  }
  return { buckets: view, targets };
}

function cellTable(services: number): DataView {
  const view = new DataView(new ArrayBuffer(services * 8));
  for (let i = 0; i < services; i++) view.setBigUint64(i * 8, (BigInt(i * ENDPOINTS) << 32n) | BigInt(ENDPOINTS << 16), true);
  return view;
}

function endpointTable(services: number): DataView {
  const view = new DataView(new ArrayBuffer(services * ENDPOINTS * 8));
  for (let i = 0; i < services * ENDPOINTS; i++) {
    view.setUint32(i * 8, endpoint(i));
    view.setUint16(i * 8 + 4, PORT);
  }
  return view;
}

/** As in minimal.bpf.c. */
function hash(ip: number, port: number): number {
  const mask = 0xffff_ffff_ffff_ffffn;
  let x = (BigInt(ip) << 16n) ^ BigInt(port);
  x = (x * 0x9e3779b97f4a7c15n) & mask;
  x ^= x >> 32n;
  x = (x * 0xd6e8feb86659fd93n) & mask;
  return Number(x >> 40n);
}
