/** What Kubernetes objects say that a daemon should have, in istiod's words. */

/** The fields of Kubernetes' JSON that are read here. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[];
  };
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[] | null;
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly conditions?: { readonly ready?: boolean | null; readonly terminating?: boolean | null };
      }[]
    | null;
}

/** Clusters by name, each with the addresses (`10.0.0.1:80`, sorted) that take connections. */
export type View = ReadonlyMap<string, readonly string[]>;

/**
 * The clusters of services with an address of their own (headless services and names of other services have no endpoints to choose from), without
 * subsets: the ready endpoints of their EndpointSlices.
 * @param domain of the cluster: `cluster.local`
 */
export function expectedView(objects: readonly KubernetesObject[], domain: string): View {
  const slices = objects.filter(({ kind }) => kind === "EndpointSlice");
  const view = new Map<string, readonly string[]>();
  for (const { kind, metadata, spec } of objects) {
    if (kind !== "Service" || spec?.type === "ExternalName" || !spec?.clusterIP || spec.clusterIP === "None") continue;
    const { name, namespace = "default" } = metadata;
    const own = slices.filter((slice) => {
      const { labels, namespace: of = "default" } = slice.metadata;
      return of === namespace && labels?.["kubernetes.io/service-name"] === name;
    });
    for (const { name: portName = "", port, protocol = "TCP" } of spec.ports ?? []) {
      if (protocol !== "TCP") continue;
      const addresses = new Set(own.flatMap((slice) => readyOf(slice, portName)));
      view.set(`outbound|${port}||${name}.${namespace}.svc.${domain}`, [...addresses].sort());
    }
  }
  return view;
}

/** Host names of all services. */
export function serviceHosts(objects: readonly KubernetesObject[], domain: string): ReadonlySet<string> {
  const services = objects.filter(({ kind }) => kind === "Service");
  return new Set(services.map(({ metadata: { name, namespace = "default" } }) => `${name}.${namespace}.svc.${domain}`));
}

function readyOf({ ports, endpoints }: KubernetesObject, portName: string): readonly string[] {
  const port = ports?.find(({ name = "" }) => name === portName)?.port;
  if (port === undefined) return [];
  const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true);
  return ready.flatMap(({ addresses }) => addresses.map((ip) => (ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`)));
}
