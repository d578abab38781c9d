/** One request to a server of a test. */
import { request } from "node:http";

export interface Got {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface Question {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function ask(where: { readonly port?: number; readonly socketPath?: string }, path: string, question: Question = {}): Promise<Got> {
  const { method = "GET", body, headers = {} } = question;
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", ...where, path, method, agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (data: Buffer) => chunks.push(data));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), headers: response.headers }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
