import type { Answer, AnswerCluster } from "./decision.ts";

/** An answer for people: what happens on the first line, then where, then which rule decided. Ends with a newline. */
export function renderAnswer(answer: Answer): string {
  const lines = [headline(answer)];
  const put = (word: string, text: string | undefined) => {
    if (text !== undefined) lines.push(`  ${word.padEnd(13)} ${text}`);
  };
  put("location", answer.location);
  if (answer.body) put("body", JSON.stringify(answer.body));
  for (const cluster of answer.clusters ?? []) put("cluster", `${percent(cluster.probability)}  ${clusterText(cluster)}`);
  for (const { address, cluster, probability } of answer.endpoints ?? [])
    put("endpoint", `${percent(probability)}  ${address}  (${cluster})`);
  put("listener", answer.listener);
  put("filter chain", answer.filter_chain);
  put("virtual host", answer.virtual_host);
  put("route", answer.route);
  if (answer.upstream) {
    const { method, authority, path, headers } = answer.upstream;
    put(
      "upstream sees",
      [method, path, authority === undefined ? undefined : `host ${authority}`].filter((part) => part !== undefined).join(" "),
    );
    for (const [name, value] of headers ?? []) put("", `${name}: ${value}`);
  }
  put("carried", answer.tier);
  put("decided by", answer.xds_path);
  return `${lines.join("\n")}\n`;
}

/** The reasons of `error`, in words: nothing is decided yet. */
export const undecided: Readonly<Record<string, string>> = {
  waiting: "waits for the client's first bytes",
  incomplete: "waits for the rest of what the client sends",
};

function headline({ verdict, why, status }: Answer): string {
  if (verdict === "error" && undecided[why ?? ""]) return `${verdict} (${why}): ${undecided[why!]}`;
  const what = status === undefined ? verdict : `${verdict} ${status}`;
  return why === undefined ? what : `${what} (${why})`;
}

function clusterText({ name, verdict, why, status }: AnswerCluster): string {
  const text = name === "" ? "(no cluster)" : name;
  if (verdict === undefined) return text;
  return `${text}: ${[verdict, status, why && `(${why})`].filter((part) => part !== undefined).join(" ")}`;
}

/** Four digits are enough to read, more where that would say all; the JSON form has them all. */
function percent(probability: number): string {
  const rounded = Number((probability * 100).toPrecision(4));
  const rest = Number(((1 - probability) * 100).toPrecision(2));
  // Sums of parts may miss 1 by a last digit.
  const isAlmost = rounded === 100 && rest > 1e-9;
  return `${isAlmost ? Number((100 - rest).toPrecision(15)) : rounded} %`.padStart(8);
}
