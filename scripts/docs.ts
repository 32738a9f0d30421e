/**
 * Makes the pictures of README.md and docs/ from the example pictures, with the built command.
 * Usage: npm run build && IMPASTO_WEIGHTS=<file> npm run docs
 * @module
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Each picture and what it is made with. */
const PICTURES: Readonly<Record<string, readonly string[]>> = {
  "docs/cat-starry_night.jpg": ["examples/cat.png", "examples/starry_night.jpg", "--network", "vgg19"],
  "docs/cat-starry_night-built-in.jpg": [
    "examples/cat.png",
    "examples/starry_night.jpg",
    "--network",
    "built-in",
  ],
  "docs/rocket-starry_night.jpg": ["examples/rocket.jpg", "examples/starry_night.jpg", "--network", "vgg19"],
  "docs/rocket-starry_night-built-in.jpg": [
    "examples/rocket.jpg",
    "examples/starry_night.jpg",
    "--network",
    "built-in",
  ],
};

for (const [output, [content = "", style = "", ...options]] of Object.entries(PICTURES)) {
  console.log(output);
  const args = [at("dist/cli/main.js"), at(content), at(style), "-o", at(output), ...options];
  execFileSync(process.execPath, args, { stdio: "inherit" });
}
