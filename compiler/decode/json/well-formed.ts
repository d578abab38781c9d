/** ES2024, in every Node that runs this; not yet in the library that the compiler is type-checked against. */
const { isWellFormed: check } = String.prototype as unknown as { readonly isWellFormed: (this: string) => boolean };

/** Whether a string has no lone surrogate (`"\ud800"` in JSON): no UTF-8 text holds one, and Envoy refuses it. */
export function isWellFormed(text: string): boolean {
  return check.call(text);
}
