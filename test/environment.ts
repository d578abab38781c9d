/** Sets variables of this process' environment; returns what puts them back. */
export function setEnvironment(changes: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(changes).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, changes);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
