export { type ConnectOptions, lowerConnect } from "./connect.ts";
export { lowerRun } from "./connect-target.ts";
export { type Interned, internModel } from "./intern.ts";
