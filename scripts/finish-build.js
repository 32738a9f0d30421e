/** Makes the command executable: the compiler does not, and only installation from a registry would. */
import { chmodSync } from "node:fs";

chmodSync(new URL("../dist/cli/main.js", import.meta.url), 0o755);
