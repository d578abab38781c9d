import type { DecisionShare, Question } from "../decision.ts";
import { firstBytes } from "../interpret/first-bytes.ts";
import { type Prepared, prepareQuestion } from "../interpret/prepare-request.ts";
import { type HttpRequest, isGrpcRequest } from "../interpret/request.ts";
import type { HirChain, HirHttp, HirRoute, HirRouteConfig, HirVirtualHost, HirWeighted } from "../model.ts";
import type { ModelIndex } from "./names.ts";

/** A share of a decision with everything that it names, and the request if there is one. */
export interface Exchange {
  readonly question: Question;
  readonly share: DecisionShare;
  readonly chain?: HirChain;
  readonly http?: HirHttp;
  readonly config?: HirRouteConfig;
  readonly vhost?: HirVirtualHost;
  readonly route?: HirRoute;
  readonly weighted?: HirWeighted;
  readonly prepared?: Prepared;
  readonly request?: HttpRequest;
  /** Local replies go out as gRPC: status 200 without body. */
  readonly grpc: boolean;
}

export function openExchange(index: ModelIndex, question: Question, share: DecisionShare): Exchange {
  const chain = share.chain === undefined ? undefined : index.chains.get(share.chain);
  const http = chain?.network.kind === "http" ? chain.network.http : undefined;
  const config = http?.routeConfig === undefined ? undefined : index.routeConfigs.get(http.routeConfig);
  const vhost = share.vhost === undefined ? undefined : index.vhosts.get(share.vhost);
  const route = share.route === undefined ? undefined : index.routes.get(share.route);
  const weighted = share.weighted === undefined ? undefined : index.weighted.get(share.weighted);
  const bytes = http && firstBytes(question);
  const prepared = http && bytes ? prepareQuestion(question, bytes, http, config) : undefined;
  const request = prepared?.kind === "request" ? prepared.request : undefined;
  return {
    question,
    share,
    ...(chain && { chain }),
    ...(http && { http }),
    ...(config && { config }),
    ...(vhost && { vhost }),
    ...(route && { route }),
    ...(weighted && { weighted }),
    ...(prepared && { prepared }),
    ...(request && { request }),
    grpc: request ? isGrpcRequest(request) : (prepared?.kind === "reply" || prepared?.kind === "redirect") && prepared.grpc,
  };
}
