/** Every shape that `steps` allow: each step with and without each other, from none to all. */
export function everyShape<Step extends string>(steps: readonly Step[]): readonly Readonly<Record<Step, boolean>>[] {
  const shapes: Readonly<Record<Step, boolean>>[] = [];
  for (let bits = 0; bits < 1 << steps.length; bits++) {
    shapes.push(Object.fromEntries(steps.map((step, i) => [step, ((bits >> i) & 1) === 1])) as Record<Step, boolean>);
  }
  return shapes;
}
