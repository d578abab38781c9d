import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Diagnostic } from "../../../compiler/diag/index.ts";
import { readGrpcBootstrap } from "../bootstrap.ts";
import { type Environment, identityFromEnv, type XdsIdentity } from "../identity.ts";

const identity = suite("xds: identity");

function fromEnv(env: Environment): { readonly identity: XdsIdentity; readonly told: readonly string[] } {
  const told: Diagnostic[] = [];
  const made = identityFromEnv(env, { version: "0.1.0" }, (diagnostic) => told.push(diagnostic));
  return { identity: made, told: told.map(({ code, path }) => `${code} ${path}`) };
}

identity("the environment of Kmesh's manifests gives the node that Kmesh sends", () => {
  const env = {
    POD_NAME: "kmesh-8jqnr",
    POD_NAMESPACE: "kmesh-system",
    INSTANCE_IP: "10.244.1.14",
    NODE_NAME: "node-1",
    SERVICE_ACCOUNT: "kmesh",
    XDS_ADDRESS: "istiod.istio-system.svc:15012",
  };
  const { identity: made, told } = fromEnv(env);
  assert.equal(told, []);
  assert.is(made.node.id, "sidecar~10.244.1.14~kmesh-8jqnr.kmesh-system~kmesh-system.svc.cluster.local");
  assert.equal(made.node.metadata, {
    CLUSTER_ID: "Kubernetes",
    INSTANCE_IPS: "10.244.1.14",
    MESH_ID: "cluster.local",
    NAMESPACE: "kmesh-system",
    NODE_NAME: "node-1",
    SERVICE_ACCOUNT: "kmesh",
  });
  assert.is(made.address, "istiod.istio-system.svc:15012");
  assert.is(made.clusterId, "Kubernetes");
  assert.equal(made.security, {
    kind: "tls",
    rootCertFile: "/var/run/secrets/istio/root-cert.pem",
    tokenFile: "/var/run/secrets/tokens/istio-token",
  });
});

identity("metadata of Istio's agent, and what replaces defaults", () => {
  const { identity: made, told } = fromEnv({
    POD_NAME: "p",
    POD_NAMESPACE: "ns",
    INSTANCE_IPS: "10.0.0.1, fd00::1",
    CLUSTER_ID: "east",
    MESH_ID: "mesh",
    CLUSTER_DOMAIN: "example.org",
    ISTIO_META_NETWORK: "net-1",
    ISTIO_META_ISTIO_VERSION: "1.31.0",
    ISTIO_METAJSON_LABELS: '{"app":"kmesh"}',
    ISTIO_META_EMPTY: "",
    XDS_PLAINTEXT: "true",
  });
  assert.equal(told, []);
  assert.is(made.node.id, "sidecar~10.0.0.1~p.ns~ns.svc.example.org");
  const { metadata } = made.node;
  assert.equal(metadata["INSTANCE_IPS"], "10.0.0.1,fd00::1");
  assert.equal(
    [metadata["CLUSTER_ID"], metadata["MESH_ID"], metadata["NETWORK"], metadata["ISTIO_VERSION"]],
    ["east", "mesh", "net-1", "1.31.0"],
  );
  assert.equal(metadata["LABELS"], { app: "kmesh" });
  assert.not("EMPTY" in metadata);
  assert.equal(made.security, { kind: "plaintext" });
});

identity("the name of the control plane's certificate", () => {
  const serverName = "istiod.istio-system.svc";
  const { security } = fromEnv({ XDS_ADDRESS: "10.0.0.1:15012", XDS_SERVER_NAME: serverName }).identity;
  assert.is(security.kind === "tls" && security.serverName, serverName);
  assert.not("serverName" in fromEnv({ XDS_SERVER_NAME: "" }).identity.security);
});

identity("XDS_PLAINTEXT is one of two words; any other leaves TLS on, and is told", () => {
  const { identity: made, told } = fromEnv({ POD_NAME: "p", XDS_PLAINTEXT: "yes" });
  assert.is(made.security.kind, "tls");
  assert.equal(told, ["KM7032 env XDS_PLAINTEXT"]);
  assert.equal(fromEnv({ POD_NAME: "p", XDS_PLAINTEXT: "false" }).told, []);
});

identity("what can't be used is told and left out", () => {
  const { identity: made, told } = fromEnv({ POD_NAME: "p", INSTANCE_IP: "ten", ISTIO_METAJSON_LABELS: "{" });
  assert.equal(told, ["KM7032 env INSTANCE_IP", "KM7032 env ISTIO_METAJSON_LABELS"]);
  assert.is(made.node.id, "sidecar~127.0.0.1~p.kmesh-system~kmesh-system.svc.cluster.local");
});

function bootstrap(content: unknown): { readonly identity: XdsIdentity | undefined; readonly told: readonly string[] } {
  const told: Diagnostic[] = [];
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const made = readGrpcBootstrap(text, "0.1.0", (diagnostic) => told.push(diagnostic));
  return { identity: made, told: told.map(({ code, path }) => `${code} ${path}`) };
}

const server = { server_uri: "istiod:15010", channel_creds: [{ type: "insecure" }], server_features: ["xds_v3"] };
const node = { id: "sidecar~1.2.3.4~p.ns~ns.svc.cluster.local", metadata: { CLUSTER_ID: "Kubernetes" }, locality: { zone: "z" } };

identity("gRPC's bootstrap", () => {
  const { identity: made, told } = bootstrap({ xds_servers: [server], node });
  assert.equal(told, []);
  assert.equal(made, {
    address: "istiod:15010",
    security: { kind: "plaintext" },
    clusterId: "Kubernetes",
    node: { id: node.id, metadata: node.metadata, locality: { zone: "z" }, userAgentName: "kmesh-daemon", userAgentVersion: "0.1.0" },
  });
});

identity("gRPC's bootstrap with TLS and a token; the first credentials that are known", () => {
  const tls = { ca_certificate_file: "/ca.pem", certificate_file: "/cert.pem", private_key_file: "/key.pem" };
  const creds = [{ type: "google_default" }, { type: "tls", config: tls }, { type: "insecure" }];
  const calls = [{ type: "jwt_token_file", config: { jwt_token_file: "/token" } }];
  const { identity: made } = bootstrap({ xds_servers: [{ ...server, channel_creds: creds, call_creds: calls }], node });
  assert.equal(made!.security, { kind: "tls", rootCertFile: "/ca.pem", certFile: "/cert.pem", keyFile: "/key.pem", tokenFile: "/token" });
});

identity("gRPC's bootstrap: what has no effect is told", () => {
  const calls = [{ type: "jwt_token_file", config: { jwt_token_file: "/token" } }];
  const first = { ...server, server_features: ["ignore_resource_deletion"], call_creds: calls };
  const { told } = bootstrap({ xds_servers: [first, server], node });
  assert.equal(
    told,
    ["[1]", "[0].server_features", "[0].call_creds"].map((path) => `KM7031 bootstrap.xds_servers${path}`),
  );
});

identity("gRPC's bootstrap: keys that nobody reads", () => {
  const { told } = bootstrap({
    xds_servers: [{ ...server, channel_cred: [] }],
    node: { ...node, locale: "" },
    authorities: {},
    xds_server: [],
  });
  assert.equal(
    told,
    [".authorities", ".xds_server", ".xds_servers[0].channel_cred", ".node.locale"].map((path) => `KM7031 bootstrap${path}`),
  );
});

identity("gRPC's bootstrap: what can't be used", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    ["{", ""],
    ["[]", ""],
    [{ node }, ".xds_servers"],
    [{ xds_servers: [{}], node }, ".xds_servers[0].server_uri"],
    [{ xds_servers: [{ ...server, channel_creds: [{ type: "google_default" }] }], node }, ".xds_servers[0].channel_creds"],
    [{ xds_servers: [server] }, ".node.id"],
  ];
  for (const [content, path] of cases) {
    const { identity: made, told } = bootstrap(content);
    assert.is(made, undefined);
    assert.equal(told, [`KM7030 bootstrap${path}`]);
  }
});

identity.run();
