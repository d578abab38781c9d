export { type ConnectShape, connectPrograms, connectShape, connectShapes, emitConnect } from "./connect.ts";
export { renderTemplate, type View, type ViewValue } from "./render.ts";
