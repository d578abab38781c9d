import { assertNever } from "../../diag/index.ts";
import { createFinder } from "../../memo/index.ts";
import { wireText } from "../bytes.ts";
import type { Decision, DecisionShare, Outcome, Question } from "../decision.ts";
import { anyDraw } from "../draw.ts";
import type { HirChain, HirCluster, HirHttp, HirListener, HirModel, HirRouteConfig, HirTarget } from "../model.ts";
import { type ChooseChain, indexChains } from "./choose-chain.ts";
import { chooseCluster } from "./choose-cluster.ts";
import { indexListeners } from "./choose-listener.ts";
import { decideRequest, indexRoutes, type RouteTable } from "./decide-request.ts";
import { firstBytes } from "./first-bytes.ts";
import { inspect, isHttp2Preface } from "./inspect.ts";
import { prepareQuestion } from "./prepare-request.ts";
import { sourceOf } from "./source.ts";

export { connectUdpPunt, ownAddressPunt } from "./prepare-request.ts";

export interface Interpreter {
  readonly decide: (question: Question) => Decision;
}

/** The code of the punt for HTTP/2 and HTTP/3 on an HTTP connection manager. */
export const http2Punt = "KM2900";

/**
 * The model's meaning, executed: what Envoy decides for one connection or request. Indexes and matchers are built once, chains and
 * virtual hosts when they are first met. Random choices become shares with their exact probabilities.
 */
export function createInterpreter(model: HirModel): Interpreter {
  const chooseListener = indexListeners(model);
  const clusters = findCluster(model.clusters);
  const configs = findConfig(model.routeConfigs);
  const tables = memo((path: string): RouteTable | undefined => {
    const place = configs.get(path);
    return place === undefined ? undefined : indexRoutes(model.routeConfigs[place]!);
  });
  const chains = memo((listener: HirListener): ChooseChain => indexChains(listener));
  const clusterOf = (name: string): string | undefined => {
    const place = clusters.get(name);
    return place === undefined ? undefined : model.clusters[place]!.name;
  };

  const decide = (question: Question): Decision => {
    const choice = chooseListener(question.to);
    if (!choice) return only({ kind: "pass", why: "unmanaged" });
    const { listener, virtual } = choice;
    const here = { listener: listener.path };
    const punt = virtual?.punt ?? listener.punt;
    if (punt !== undefined) return only({ kind: "punt", why: punt }, here);

    const inspected = inspect(question.first, virtual ? [virtual, listener] : [listener]);
    if (inspected.kind === "waiting") return only({ kind: "error", why: question.first.kind === "bytes" ? "incomplete" : "waiting" }, here);
    if (inspected.kind === "closed") return only({ kind: "close", why: "no_filter_chain" }, here);
    const source = sourceOf(question);
    const chain = chains(listener)({ ...inspected, to: question.to, source });
    if (!chain) return only({ kind: "close", why: "no_filter_chain" }, here);
    return decideChain(chain, question, { ...here, chain: chain.path });
  };

  const decideChain = (chain: HirChain, question: Question, here: Place): Decision => {
    const { network } = chain;
    switch (network.kind) {
      case "tcp":
        return { shares: tcpShares(network.target, here) };
      case "http":
        return decideHttp(network.http, question, here);
      case "punt":
        return only({ kind: "punt", why: network.why }, here);
      case "close":
        return only({ kind: "close", why: "no_filters" }, here);
      default:
        return assertNever(network);
    }
  };

  const tcpShares = (target: HirTarget, here: Place): readonly DecisionShare[] =>
    chooseCluster(target, anyDraw).map(({ probability, cluster, weighted }) => {
      const found = clusterOf(cluster);
      const outcome: Outcome = found === undefined ? { kind: "close", why: "no_cluster" } : { kind: "cluster", cluster: found };
      return { ...here, probability, ...(weighted === undefined ? {} : { weighted }), outcome };
    });

  const decideHttp = (http: HirHttp, question: Question, here: Place): Decision => {
    if (http.punt !== undefined) return only({ kind: "punt", why: http.punt }, here);
    const bytes = firstBytes(question);
    if (http.codec === "http2" || http.codec === "http3") return only({ kind: "punt", why: http2Punt }, here);
    if (!bytes) return only({ kind: "error", why: "waiting" }, here);
    if (http.codec === "auto" && isHttp2Preface(bytes)) return only({ kind: "punt", why: http2Punt }, here);

    const table = http.routeConfig === undefined ? undefined : tables(http.routeConfig);
    const prepared = prepareQuestion(question, bytes, http, table?.config);
    switch (prepared.kind) {
      case "incomplete":
        return only({ kind: "error", why: "incomplete" }, here);
      case "reply":
        return only({ kind: "respond", why: prepared.status === 404 ? "no_route" : "bad_request", status: prepared.status }, here);
      case "redirect":
        return only({ kind: "redirect", by: "escaped_slashes" }, here);
      case "punt":
        return only({ kind: "punt", why: prepared.why }, here);
      case "request": {
        const shares = decideRequest(prepared.request, table, { http, upgrade: prepared.upgrade, findCluster: clusterOf });
        return { shares: shares.map((share) => ({ ...here, ...share })) };
      }
      default:
        return assertNever(prepared);
    }
  };

  return { decide };
}

/** By the bytes of their names (wireText): one index for all who ask about a model. */
export const findCluster = createFinder(({ name }: HirCluster) => wireText(name));
const findConfig = createFinder(({ path }: HirRouteConfig) => path);

interface Place {
  readonly listener: string;
  readonly chain?: string;
}

function only(outcome: Outcome, here?: Place): Decision {
  return { shares: [{ probability: 1, ...here, outcome }] };
}

function memo<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      known.set(key, value);
    }
    return value;
  };
}
