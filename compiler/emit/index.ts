export { type ConnectShape, connectPrograms, connectShape, emitConnect, genericShape } from "./connect.ts";
export { renderTemplate, type View, type ViewValue } from "./render.ts";
