/** One text. What is added up is held in parts until somebody reads it, and in 32 bytes more from then on: of paths that stay, too much. */
export function joinedText(...parts: readonly (string | number)[]): string {
  return parts.join("");
}
