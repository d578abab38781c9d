/** A thread that collects its garbage again and again. */
import { collectOnce } from "../collect.ts";

for (let n = 0; n < 500; n++) collectOnce();
