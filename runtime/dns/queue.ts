/** Runs tasks in the order in which they came, a number of them at once. */
export interface Queue {
  /** The task must not reject. */
  add(task: () => Promise<void>): void;
}

export function createQueue(atOnce: number): Queue {
  const waiting: (() => Promise<void>)[] = [];
  let next = 0;
  let running = 0;

  function run(): void {
    while (running < atOnce && next < waiting.length) {
      const task = waiting[next++]!;
      if (next === waiting.length) {
        waiting.length = 0;
        next = 0;
      }
      running++;
      void task().then(() => {
        running--;
        run();
      });
    }
  }

  return {
    add(task) {
      waiting.push(task);
      run();
    },
  };
}
