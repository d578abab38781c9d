import { notice } from "./dsl.ts";

/** Notes that several messages give in the same words. */

export const ownSocket = notice("KM1301", "has no effect: no socket is opened for a listener, connections are steered where they are made");
export const timeouts = notice(
  "KM1302",
  "is not kept: no proxy stands between client and endpoint that could end the connection or request (0s, no limit, is what happens)",
);
export const connectTimeouts = notice("KM1315", "is not kept: the client's own connect() and handshake take as long as the client waits");
export const dnsTransport = notice(
  "KM1412",
  "is not obeyed: name servers are asked by UDP, and by TCP for what does not fit, in their order, with times of the daemon's own",
);
export const retries = notice("KM1303", "is not kept: a request or connection that fails is not tried again, the client sees the failure");
export const buffers = notice("KM1304", "has no effect: nothing is buffered between client and endpoint");
export const affinity = notice("KM1305", "is not kept: the endpoint is drawn by weight for each connection, not by this hash");
export const mirrors = notice("KM1306", "is not done: no copy of the request is sent to the mirror cluster");
export const responseHeaders = notice("KM1307", "is not applied: the client gets responses as the endpoint sends them");
export const ownHeaders = notice("KM1308", "is not applied: the endpoint does not get the headers that Envoy adds for itself");
export const cors = notice("KM1309", "is not applied: responses, those to preflight requests too, get no CORS header from a proxy");
export const localReplies = notice(
  "KM1356",
  "is not done: replies that stand for Envoy's own (404, 503 and so on) have its plain headers and body",
);
export const rateLimitDescriptors = notice(
  "KM1310",
  "has no effect by itself: where a chain of the snapshot has a rate limit filter, requests with such a descriptor are left to a proxy",
);
export const runtimeKeys = notice("KM1311", "is not looked up: there is no runtime, the default value holds");
export const otherSource = notice(
  "KM1312",
  "has no effect: the snapshot is the only source of resources, whatever service or file delivers them to Envoy",
);
export const leftToProxy = notice(
  "KM1313",
  "is not read: it is a setting of something that is left to a proxy as a whole (see the diagnostic of what it belongs to)",
);
export const protocols = notice(
  "KM1411",
  "is not obeyed: the endpoint is spoken to in the protocol that the client speaks; a client and an endpoint that differ need a proxy between them",
);
export const notProbed = notice("KM1406", "has no effect: endpoints are not probed, their health is what the control plane says");
export const notInEnvoy = notice("KM1314", "has no effect: Envoy 1.40 does not implement it");
export const metadata = notice("KM1390", "has no effect: metadata is not used to decide");
export const statistics = notice("KM1391", "has no effect: Envoy's statistics are not kept");
export const accessLogs = notice("KM1392", "has no effect: access logs are not written");
export const tracing = notice("KM1393", "has no effect: no spans are made");
