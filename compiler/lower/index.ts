export { lowerConnect } from "./connect.ts";
export { type Interned, internModel } from "./intern.ts";
