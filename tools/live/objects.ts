/** The fields of Kubernetes' and Istio's objects that are read here, as `kubectl get -o json` prints them. */

export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
  };
}

export interface Service extends KubernetesObject {
  readonly spec?: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly trafficDistribution?: string;
    readonly ports?: readonly ServicePort[];
  };
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

export interface EndpointSlice extends KubernetesObject {
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[] | null;
  readonly endpoints?: readonly SliceEndpoint[] | null;
}

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  readonly nodeName?: string;
  readonly conditions?: { readonly ready?: boolean | null; readonly terminating?: boolean | null };
}

export interface DestinationRule extends KubernetesObject {
  readonly spec?: { readonly host?: string; readonly trafficPolicy?: TrafficPolicy };
}

export interface TrafficPolicy {
  readonly tls?: { readonly mode?: string };
  readonly outlierDetection?: { readonly minHealthPercent?: number };
  readonly loadBalancer?: { readonly localityLbSetting?: LocalitySetting; readonly zoneAwareLbSetting?: object };
  readonly portLevelSettings?: readonly (TrafficPolicy & { readonly port?: { readonly number: number } })[];
}

export interface LocalitySetting {
  readonly enabled?: boolean;
  readonly distribute?: readonly object[];
  readonly failoverPriority?: readonly string[];
  readonly failover?: readonly { readonly from?: string; readonly to?: string }[];
}

export interface VirtualService extends KubernetesObject {
  readonly spec?: {
    readonly hosts?: readonly string[];
    readonly gateways?: readonly string[];
    readonly http?: readonly HttpRule[];
    readonly tcp?: readonly { readonly match?: readonly object[]; readonly route?: readonly WeightedDestination[] }[];
    readonly tls?: readonly object[];
  };
}

export interface HttpRule {
  readonly match?: readonly HttpMatch[];
  readonly route?: readonly WeightedDestination[];
  readonly delegate?: object;
}

export interface HttpMatch {
  readonly uri?: { readonly prefix?: string };
  readonly [condition: string]: unknown;
}

export interface WeightedDestination {
  readonly destination: { readonly host: string; readonly subset?: string; readonly port?: { readonly number: number } };
  readonly weight?: number;
}

interface Kinds {
  readonly Service: Service;
  readonly EndpointSlice: EndpointSlice;
  readonly Node: KubernetesObject;
  readonly DestinationRule: DestinationRule;
  readonly VirtualService: VirtualService;
}

export function ofKind<K extends keyof Kinds>(objects: readonly KubernetesObject[], kind: K): readonly Kinds[K][] {
  return objects.filter((object) => object.kind === kind) as Kinds[K][];
}

export function namespaceOf({ metadata }: KubernetesObject): string {
  return metadata.namespace ?? "default";
}

/** A service's host name in istiod's words. */
export function hostOf(service: Service, domain: string): string {
  return `${service.metadata.name}.${namespaceOf(service)}.svc.${domain}`;
}

/** A host as rules name it: one without dots is a service of the rule's own namespace. */
export function fullHost(host: string, rule: KubernetesObject, domain: string): string {
  return host.includes(".") || host === "*" ? host : `${host}.${namespaceOf(rule)}.svc.${domain}`;
}
