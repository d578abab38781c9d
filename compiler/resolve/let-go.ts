import type { XdsResource } from "../decode/index.ts";
import { InternalError } from "../diag/index.ts";

/**
 * Lets go of the message of a resource that nobody resolves any more: of a large mesh's endpoints, a seventh of all that the compiling
 * thread holds. Reading anything of it from then on is a bug, and throws: it must not look like a message that says nothing.
 */
export function letGoOfMessage(resource: XdsResource): void {
  // Assigned, not defined: an accessor of its own costs each resource more than half a kilobyte.
  (resource as { message: object }).message = gone;
}

const fail = (): never => {
  throw new InternalError("the message of a resource is read after it was let go");
};

/** One for all. */
const gone: object = new Proxy({}, { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail });
