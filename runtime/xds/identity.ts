import { isIP } from "node:net";
import { hostname } from "node:os";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { XdsSecurity } from "./credentials.ts";
import type { Json, JsonObject, XdsNode } from "./request.ts";

/** Who we are to the control plane, and where it is. */
export interface XdsIdentity {
  readonly node: XdsNode;
  readonly address: string;
  readonly security: XdsSecurity;
  readonly clusterId?: string;
}

export interface IdentityOptions {
  /** Istio's role: `sidecar` is sent a proxy's listeners, clusters, endpoints and routes. */
  readonly role?: "sidecar" | "ztunnel" | "waypoint" | "router";
  /** Of the daemon, told as user agent. */
  readonly version: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The identity as Istio wants it, from the environment that Istio's and Kmesh's manifests give: POD_NAME, POD_NAMESPACE, INSTANCE_IP or INSTANCE_IPS,
 * NODE_NAME, SERVICE_ACCOUNT, XDS_ADDRESS, CLUSTER_ID, MESH_ID, CLUSTER_DOMAIN, XDS_ROOT_CA, XDS_TOKEN_FILE, XDS_SERVER_NAME,
 * XDS_PLAINTEXT, and the node's metadata:
 * ISTIO_META_NAME=text, ISTIO_METAJSON_NAME=json. What can't be used is told and left out.
 */
export function identityFromEnv(env: Environment, options: IdentityOptions, report: (diagnostic: Diagnostic) => void): XdsIdentity {
  const get = (name: string, otherwise: string): string => (env[name] === undefined || env[name] === "" ? otherwise : env[name]);
  const namespace = get("POD_NAMESPACE", "kmesh-system");
  const domain = get("CLUSTER_DOMAIN", "cluster.local");
  const clusterId = get("CLUSTER_ID", "Kubernetes");
  const ips = addresses(env, report);
  const plaintext = get("XDS_PLAINTEXT", "false");
  if (plaintext !== "true" && plaintext !== "false")
    report(unusable("XDS_PLAINTEXT", `${JSON.stringify(plaintext)} is neither true nor false`));
  const metadata: Record<string, Json> = {
    CLUSTER_ID: clusterId,
    INSTANCE_IPS: ips.join(","),
    MESH_ID: get("MESH_ID", "cluster.local"),
    NAMESPACE: namespace,
    ...(env["NODE_NAME"] && { NODE_NAME: env["NODE_NAME"] }),
    ...(env["SERVICE_ACCOUNT"] && { SERVICE_ACCOUNT: env["SERVICE_ACCOUNT"] }),
    ...(env["ISTIO_VERSION"] && { ISTIO_VERSION: env["ISTIO_VERSION"] }),
    ...metadataFromEnv(env, report),
  };
  return {
    node: {
      id: `${options.role ?? "sidecar"}~${ips[0]}~${get("POD_NAME", hostname())}.${namespace}~${namespace}.svc.${domain}`,
      metadata,
      userAgentName: "kmesh-daemon",
      userAgentVersion: options.version,
    },
    address: get("XDS_ADDRESS", "istiod.istio-system.svc:15012"),
    security:
      plaintext === "true"
        ? { kind: "plaintext" }
        : {
            kind: "tls",
            rootCertFile: get("XDS_ROOT_CA", "/var/run/secrets/istio/root-cert.pem"),
            tokenFile: get("XDS_TOKEN_FILE", "/var/run/secrets/tokens/istio-token"),
            ...(env["XDS_SERVER_NAME"] && { serverName: env["XDS_SERVER_NAME"] }),
          },
    clusterId,
  };
}

function addresses(env: Environment, report: (diagnostic: Diagnostic) => void): readonly string[] {
  const listed = (env["INSTANCE_IPS"] || env["INSTANCE_IP"] || "").split(",").map((ip) => ip.trim());
  const valid = listed.filter((ip) => isIP(ip) !== 0);
  const wrong = listed.find((ip) => ip !== "" && isIP(ip) === 0);
  if (wrong !== undefined) report(unusable("INSTANCE_IP", `${JSON.stringify(wrong)} is no IP address`));
  // As Kmesh: a node without an address is still sent the mesh.
  return valid.length > 0 ? valid : ["127.0.0.1"];
}

const textPrefix = "ISTIO_META_";
const jsonPrefix = "ISTIO_METAJSON_";

/** https://github.com/istio/istio/blob/1.31.0/pkg/bootstrap/config.go, `extractMetadata` */
function metadataFromEnv(env: Environment, report: (diagnostic: Diagnostic) => void): JsonObject {
  const metadata: Record<string, Json> = {};
  for (const name of Object.keys(env).sort()) {
    const value = env[name];
    if (value === undefined || value === "") continue;
    if (name.startsWith(textPrefix)) metadata[name.slice(textPrefix.length)] = value;
    else if (name.startsWith(jsonPrefix)) {
      try {
        metadata[name.slice(jsonPrefix.length)] = JSON.parse(value) as Json;
      } catch (error) {
        report(unusable(name, (error as Error).message));
      }
    }
  }
  return metadata;
}

function unusable(name: string, message: string): Diagnostic {
  return { code: "KM7032", severity: "error", path: `env ${name}`, message };
}
