// rp2040js.mjs - the emulator's own parts, from where ./dev has put them (build/js).
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { dirname, join } from "node:path";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const require = createRequire(join(process.env.JEMBATAN_JS ?? join(root, "build/js"), "package.json"));
const folder = join(dirname(require.resolve("rp2040js")), "../esm");
const part = (name) => import(pathToFileURL(join(folder, name)));

export const { RP2040, GPIOPinState } = await part("index.js");
export const { BasePeripheral } = await part("peripherals/peripheral.js");
