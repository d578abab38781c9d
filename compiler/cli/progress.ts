/** One line on stderr that tells what runs now, only on a terminal and only for work that takes a while. */
export interface Progress {
  step(what: string): void;
  done(): void;
}

const delayMs = 300;

export function createProgress(quiet: boolean): Progress {
  const stream = process.stderr;
  if (quiet || !stream.isTTY) return { step() {}, done() {} };
  const start = performance.now();
  let shown = false;
  return {
    step(what) {
      if (performance.now() - start < delayMs) return;
      shown = true;
      stream.write(`\r\u001b[K${what}...`);
    },
    done() {
      if (shown) stream.write("\r\u001b[K");
    },
  };
}
