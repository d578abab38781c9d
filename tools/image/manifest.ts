/** deploy/daemonset.yaml, as a container engine on this machine is told the same. */
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

export interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly securityContext: {
    readonly runAsUser: number;
    readonly allowPrivilegeEscalation: boolean;
    readonly readOnlyRootFilesystem: boolean;
    readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
    readonly seccompProfile: { readonly type: string };
  };
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

export interface Probe {
  readonly httpGet: { readonly port: string; readonly path: string };
}

export interface PodTemplate {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly [Container];
    readonly volumes: readonly Readonly<Record<string, unknown>>[];
  };
}

/** The pod of the DaemonSet. */
export function readPodTemplate(): PodTemplate {
  const documents = parseAllDocuments(readFileSync("deploy/daemonset.yaml", "utf8"));
  const daemonSet = documents
    .map((document) => document.toJS() as { readonly kind: string; readonly spec?: { readonly template: PodTemplate } })
    .find(({ kind }) => kind === "DaemonSet");
  return daemonSet!.spec!.template;
}

/**
 * Options of `podman run` or `docker run`: rights and mounts as the manifest gives them.
 *
 * @param sources folders of this machine, by the name of a volume; an empty string is a tmpfs, and a volume that is not named is left out
 */
export function engineOptions({ securityContext, volumeMounts }: Container, sources: Readonly<Record<string, string>>): readonly string[] {
  const { runAsUser, allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } = securityContext;
  return [
    `--user=${runAsUser}`,
    ...capabilities.drop.map((name) => `--cap-drop=${name}`),
    ...capabilities.add.map((name) => `--cap-add=${name}`),
    ...(readOnlyRootFilesystem ? ["--read-only"] : []),
    ...(allowPrivilegeEscalation ? [] : ["--security-opt=no-new-privileges"]),
    ...volumeMounts.flatMap(({ name, mountPath, readOnly }) => {
      const source = sources[name];
      if (source === undefined) return [];
      return source === "" ? [`--tmpfs=${mountPath}`] : [`--volume=${source}:${mountPath}${readOnly ? ":ro" : ""}`];
    }),
  ];
}
