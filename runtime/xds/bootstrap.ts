import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { XdsSecurity } from "./credentials.ts";
import type { XdsIdentity } from "./identity.ts";
import type { JsonObject } from "./request.ts";

/**
 * gRPC's xDS bootstrap file: `xds_servers[0]` (server_uri, channel_creds `insecure` or `tls`, call_creds `jwt_token_file`) and `node`. What it says
 * and is not obeyed is told (KM7031). Undefined, with the error told (KM7030), where it can't be used.
 * https://github.com/grpc/proposal/blob/master/A27-xds-global-load-balancing.md#xdsclient-and-bootstrap-file, A65 (tls), A97 (jwt_token_file)
 */
export function readGrpcBootstrap(text: string, version: string, report: (diagnostic: Diagnostic) => void): XdsIdentity | undefined {
  const refuse = (path: string, message: string): undefined => {
    report({ code: "KM7030", severity: "error", path: `bootstrap${path}`, message });
    return undefined;
  };
  const ignore = (path: string, message: string): void => report({ code: "KM7031", severity: "note", path: `bootstrap${path}`, message });
  const root = parse(text);
  if (typeof root === "string") return refuse("", root);
  const ignoreOthers = (path: string, fields: Fields, known: readonly string[]): void => {
    for (const key of Object.keys(fields)) if (!known.includes(key)) ignore(`${path}.${key}`, "has no effect");
  };
  ignoreOthers("", root, ["xds_servers", "node"]);
  const servers = listOf(root["xds_servers"]);
  const server = servers[0];
  if (!server) return refuse(".xds_servers", "lists no server");
  if (servers.length > 1) ignore(".xds_servers[1]", "only the first server is used");
  ignoreOthers(".xds_servers[0]", server, ["server_uri", "channel_creds", "call_creds", "server_features"]);
  const address = server["server_uri"];
  if (typeof address !== "string" || address === "") return refuse(".xds_servers[0].server_uri", "is no address");
  for (const feature of Array.isArray(server["server_features"]) ? server["server_features"] : []) {
    if (feature !== "xds_v3") ignore(".xds_servers[0].server_features", `${JSON.stringify(feature)} has no effect`);
  }
  const security = securityOf(server, ignore);
  if (!security) return refuse(".xds_servers[0].channel_creds", "has none of insecure, tls");
  const node = objectOf(root["node"]);
  const id = node?.["id"];
  if (typeof id !== "string" || id === "") return refuse(".node.id", "is no text");
  ignoreOthers(".node", node!, ["id", "cluster", "metadata", "locality"]);
  const metadata = (objectOf(node!["metadata"]) ?? {}) as JsonObject;
  const locality = objectOf(node!["locality"]);
  const clusterId = metadata["CLUSTER_ID"];
  return {
    address,
    security,
    ...(typeof clusterId === "string" && { clusterId }),
    node: {
      id,
      metadata,
      ...(typeof node!["cluster"] === "string" && { cluster: node!["cluster"] }),
      ...(locality && { locality: localityOf(locality) }),
      userAgentName: "kmesh-daemon",
      userAgentVersion: version,
    },
  };
}

/** The first kind of credentials that we know, as gRPC chooses. */
function securityOf(server: Fields, ignore: (path: string, message: string) => void): XdsSecurity | undefined {
  const known = listOf(server["channel_creds"]).find(({ type }) => type === "insecure" || type === "tls");
  if (!known) return undefined;
  const token = listOf(server["call_creds"]).find(({ type }) => type === "jwt_token_file");
  const tokenFile = text(objectOf(token?.["config"])?.["jwt_token_file"]);
  if (known["type"] === "insecure") {
    if (tokenFile !== undefined) ignore(".xds_servers[0].call_creds", "a token is not sent without TLS");
    return { kind: "plaintext" };
  }
  const config = objectOf(known["config"]) ?? {};
  const rootCertFile = text(config["ca_certificate_file"]);
  const certFile = text(config["certificate_file"]);
  const keyFile = text(config["private_key_file"]);
  return {
    kind: "tls",
    ...(rootCertFile !== undefined && { rootCertFile }),
    ...(certFile !== undefined && { certFile }),
    ...(keyFile !== undefined && { keyFile }),
    ...(tokenFile !== undefined && { tokenFile }),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parse(text: string): Fields | string {
  try {
    return objectOf(JSON.parse(text)) ?? "is no JSON object";
  } catch (error) {
    return (error as Error).message;
  }
}

function objectOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map((item) => objectOf(item) ?? {}) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function localityOf(fields: Fields): NonNullable<XdsIdentity["node"]["locality"]> {
  const region = text(fields["region"]);
  const zone = text(fields["zone"]);
  const subZone = text(fields["sub_zone"]);
  return {
    ...(region !== undefined && { region }),
    ...(zone !== undefined && { zone }),
    ...(subZone !== undefined && { sub_zone: subZone }),
  };
}
