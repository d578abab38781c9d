type Action = () => void | Promise<void>;

/** Steps that take effect together: either all are kept, or what was done is taken back in reverse order. */
export interface Transaction {
  /** Takes back what was just done, if a later step fails. */
  onRollback(action: Action): void;
  /** Makes it final, when all steps are done. */
  onCommit(action: Action): void;
  /** Releases what was only needed meanwhile, either way. */
  atEnd(action: Action): void;
  /** Both give the errors of actions that failed; all are tried. */
  commit(): Promise<readonly unknown[]>;
  rollBack(): Promise<readonly unknown[]>;
}

export function beginTransaction(): Transaction {
  const back: Action[] = [];
  const forward: Action[] = [];
  const end: Action[] = [];
  return {
    onRollback: (action) => void back.push(action),
    onCommit: (action) => void forward.push(action),
    atEnd: (action) => void end.push(action),
    async commit() {
      return [...(await tryAll(forward)), ...(await tryAll(end))];
    },
    async rollBack() {
      return [...(await tryAll(back.reverse())), ...(await tryAll(end))];
    },
  };
}

async function tryAll(actions: readonly Action[]): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  for (const action of actions) {
    try {
      await action();
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}
