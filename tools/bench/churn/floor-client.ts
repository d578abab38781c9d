/** The least that can follow a control plane: the daemon's gRPC, and one store into mapped memory for each response. */
import { openSync } from "node:fs";
import { openKernel } from "../../../runtime/kernel/index.ts";
import { grpcTransport } from "../../../runtime/xds/grpc.ts";
import { typeUrls } from "../../../runtime/xds/protocol.ts";
import { encodeProtocol } from "../../../runtime/xds/test/messages.ts";

const [address, file] = process.argv.slice(2) as [string, string];
const counter = openKernel().map(openSync(file, "r+"), 8);
const request = (nonce: string): Buffer => encodeProtocol("DiscoveryRequest", { type_url: typeUrls.endpoint, response_nonce: nonce });
let responses = 0n;
const stream = grpcTransport({ address, mode: "sotw", security: { kind: "plaintext" } }).connect({
  onReady: () => void stream.send(request("")),
  onMessage() {
    responses += 1n;
    counter.store(0, responses);
    stream.send(request(String(responses)));
  },
  onEnd(problem) {
    throw new Error(problem.message);
  },
});
process.on("disconnect", () => process.exit(0));
