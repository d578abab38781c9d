import type { XdsResource } from "../../compiler/decode/index.ts";
import { InternalError } from "../../compiler/diag/index.ts";

/**
 * Lets go of the message of a resource that nobody resolves any more: of a large mesh's endpoints, a seventh of all that the compiling
 * thread holds. Reading it from then on is a bug, and throws: it must not look like a message that says nothing.
 */
export function letGoOfMessage(resource: XdsResource): void {
  Object.defineProperty(resource, "message", gone);
}

const gone: PropertyDescriptor = {
  get: () => {
    throw new InternalError("the message of a resource is read after it was let go");
  },
  configurable: true,
};
